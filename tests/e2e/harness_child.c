/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The program at the far end of a pty: its environment, its start and its
 * end. It leads a session of its own, so closing the pty hangs it up, and
 * nothing outlives a test program that dies.
 */
#include "tests/e2e/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/util.h"

enum { ENV_MAX = 64 };

struct env {
	char *list[ENV_MAX + 1]; /* NULL-terminated "K=V" */
	size_t count;
};

/* Length of K in "K=V" or "K". */
static size_t
key_length(const char *entry)
{
	return strcspn(entry, "=");
}

/* "K=V" replaces or adds; "K" takes away. */
static void
env_set(struct env *env, const char *entry)
{
	size_t len = key_length(entry), i;

	for (i = 0; i < env->count; i++) {
		if (key_length(env->list[i]) == len &&
		    strncmp(env->list[i], entry, len) == 0)
			break;
	}
	if (i < env->count) {
		free(env->list[i]);
		env->list[i] = env->list[--env->count];
	}
	if (entry[len] == '=') {
		if (env->count == ENV_MAX)
			harness_fail("more than %d variables", ENV_MAX);
		env->list[env->count++] = str_dup(entry);
	}
	env->list[env->count] = NULL;
}

static void
env_add(struct env *env, const char *key, const char *value)
{
	char *entry = str_printf("%s=%s", key, value);

	env_set(env, entry);
	free(entry);
}

static void
env_fill(
    struct env *env, const struct screen *s, const struct screen_config *config)
{
	static const char *const pinned[] = {"TERM=xterm-256color",
	    "LANG=C.UTF-8", "TZ=UTC", "INPUTRC=/dev/null", "SHELL=/bin/sh",
	    /* Whoever else is on this network is nobody's business here. */
	    "DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nonexistent"};
	static const char *const kept[] = {"PATH", "TMPDIR", "LSAN_OPTIONS",
	    "UBSAN_OPTIONS", "GCOV_PREFIX", "LD_LIBRARY_PATH"};
	const char *asan = getenv("ASAN_OPTIONS");
	size_t i;

	for (i = 0; i < COUNT(kept); i++) {
		if (getenv(kept[i]) != NULL)
			env_add(env, kept[i], getenv(kept[i]));
	}
	for (i = 0; i < COUNT(pinned); i++)
		env_set(env, pinned[i]);
	/*
	 * Readline loses an undo list (tests/lsan.supp), and distributions
	 * build it without frame pointers: only the slow unwinder sees that
	 * it was readline.
	 */
	if (asan != NULL) {
		char *slow = str_printf("%s:fast_unwind_on_malloc=0", asan);

		env_add(env, "ASAN_OPTIONS", slow);
		free(slow);
	}
	env_add(env, "HOME", s->home);
	for (i = 0; config->env != NULL && config->env[i] != NULL; i++)
		env_set(env, config->env[i]);
}

/* In the child, after fork. */
static _Noreturn void
become(struct screen *s, const struct screen_config *config, struct env *env)
{
	sigset_t none;

	for (int i = 1; i < NSIG; i++)
		(void)signal(i, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	if (ioctl(s->slave, TIOCSCTTY, 0) < 0)
		_exit(126);
	if (dup2(s->slave, 0) < 0 || dup2(s->slave, 1) < 0 ||
	    dup2(s->slave, 2) < 0)
		_exit(126);
	if (config->cwd != NULL && chdir(config->cwd) < 0)
		_exit(126);
	execvpe(config->argv[0], (char *const *)config->argv, env->list);
	dprintf(2, "%s: %s\n", config->argv[0], strerror(errno));
	_exit(127);
}

static void
close_on_exec(int fd)
{
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
		harness_fail("fcntl: %s", strerror(errno));
}

void
child_start(struct screen *s, const struct screen_config *config)
{
	struct winsize size = {.ws_row = (unsigned short)s->rows,
	    .ws_col = (unsigned short)s->cols};
	struct env env = {.count = 0};

	if (openpty(&s->master, &s->slave, NULL, NULL, &size) < 0)
		harness_fail("openpty: %s", strerror(errno));
	close_on_exec(s->master);
	close_on_exec(s->slave);
	if (fcntl(s->master, F_SETFL, O_RDWR | O_NONBLOCK) < 0)
		harness_fail("fcntl: %s", strerror(errno));
	screen_termios_now(s, &s->before);

	env_fill(&env, s, config);
	s->pid = fork();
	if (s->pid < 0)
		harness_fail("fork: %s", strerror(errno));
	if (s->pid == 0)
		become(s, config, &env);
	for (size_t i = 0; i < env.count; i++)
		free(env.list[i]);
}

void
child_look(struct screen *s)
{
	if (!s->ended && waitpid(s->pid, &s->status, WNOHANG) == s->pid)
		s->ended = true;
}

void
child_kill(struct screen *s)
{
	if (s->ended)
		return;
	/* What it started and left in its group goes with it. */
	kill(-s->pid, SIGKILL);
	kill(s->pid, SIGKILL);
	while (waitpid(s->pid, &s->status, 0) < 0 && errno == EINTR)
		continue;
	s->ended = true;
}

pid_t
screen_pid(const struct screen *s)
{
	return s->pid;
}

void
screen_signal(struct screen *s, int signal_number)
{
	child_look(s);
	if (!s->ended)
		kill(s->pid, signal_number);
}

bool
screen_is_alive(struct screen *s)
{
	child_look(s);
	return !s->ended;
}

void
screen_termios_before(const struct screen *s, struct termios *t)
{
	*t = s->before;
}

void
screen_termios_now(const struct screen *s, struct termios *t)
{
	memset(t, 0, sizeof(*t));
	if (tcgetattr(s->slave, t) < 0)
		harness_fail("tcgetattr: %s", strerror(errno));
}

bool
screen_termios_restored(const struct screen *s)
{
	struct termios now;

	screen_termios_now(s, &now);
	return now.c_iflag == s->before.c_iflag &&
	       now.c_oflag == s->before.c_oflag &&
	       now.c_cflag == s->before.c_cflag &&
	       now.c_lflag == s->before.c_lflag &&
	       memcmp(now.c_cc, s->before.c_cc, sizeof(now.c_cc)) == 0;
}
