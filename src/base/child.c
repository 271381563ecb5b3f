/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/util.h"

extern char **environ;

enum { WORDS_MAX = 16, CHUNK = 64 * 1024, LOOK_AGAIN_MS = 2 };

/* The thread that asks has its signals blocked; a child shall not. */
static void
use_own_signals(posix_spawnattr_t *attributes)
{
	sigset_t none, usual;

	sigemptyset(&none);
	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	posix_spawnattr_setsigmask(attributes, &none);
	posix_spawnattr_setsigdefault(attributes, &usual);
	posix_spawnattr_setflags(
	    attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

static bool
start(const char *const words[], int out, pid_t *pid)
{
	const char *path = getenv("PATH");
	char *places = str_printf(
	    "PATH=%s:/usr/sbin:/sbin", path != NULL ? path : "/usr/bin:/bin");
	char *line[WORDS_MAX] = {(char *)"env", (char *)"LC_ALL=C", places};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	bool ok;

	for (size_t i = 0; i < WORDS_MAX - 4 && words[i] != NULL; i++)
		line[i + 3] = (char *)(uintptr_t)words[i];
	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attributes);
	posix_spawn_file_actions_addopen(
	    &files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&files, out, STDERR_FILENO);
	use_own_signals(&attributes);
	ok =
	    posix_spawnp(pid, line[0], &files, &attributes, line, environ) == 0;
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	free(places);
	return ok;
}

/* False where it took too long, or said too much. */
static bool
read_all(int fd, uint64_t until, char **out)
{
	char *text = mem_alloc(CHUNK + 1);
	size_t len = 0, size = CHUNK;
	uint64_t now;
	ssize_t n = -1;

	while (len < CHILD_OUTPUT_MAX && (now = clock_mono_ms()) < until) {
		struct pollfd ready = {.fd = fd, .events = POLLIN};

		if (poll(&ready, 1, (int)(until - now)) <= 0)
			continue;
		n = read(fd, text + len, size - len);
		if (n == 0 || (n < 0 && errno != EINTR))
			break;
		len += n > 0 ? (size_t)n : 0;
		if (len == size) {
			size *= 2;
			text = mem_realloc(text, size + 1);
		}
	}
	text[len] = '\0';
	*out = text;
	return n == 0;
}

int
child_ask(const char *const words[], int max_ms, char **out)
{
	const uint64_t until = clock_mono_ms() + (uint64_t)max_ms;
	int ends[2], status = 0;
	bool whole;
	pid_t pid;

	*out = str_dup("");
	if (pipe2(ends, O_CLOEXEC) < 0)
		return CHILD_LOST;
	if (!start(words, ends[1], &pid)) {
		close(ends[0]);
		close(ends[1]);
		return CHILD_LOST;
	}
	close(ends[1]);
	free(*out);
	whole = read_all(ends[0], until, out);
	close(ends[0]);
	/* It has closed its output, and has little else to do. */
	while (whole && waitpid(pid, &status, WNOHANG) == 0) {
		whole = clock_mono_ms() < until;
		poll(NULL, 0, LOOK_AGAIN_MS);
	}
	if (!whole) {
		kill(pid, SIGKILL);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			continue;
	}
	return whole && WIFEXITED(status) ? WEXITSTATUS(status) : CHILD_LOST;
}
