/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/e2e/netns.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/e2e/internal.h"
#include "tests/e2e/meeting.h"
#include "tests/e2e/netns_tun.h"

struct netns {
	pid_t holders[NETNS_COUNT];
	int pipes[NETNS_COUNT]; /* closed: the holder ends */
	pid_t cable;            /* 0: none, it is a veth pair */
	int cable_pipe;
	char folder[4096];
};

static const char *const addresses[] = {NETNS_ANA_ADDRESS, NETNS_BETO_ADDRESS};

static bool
write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok =
	    fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return ok;
}

static bool
become_root(void)
{
	const char *uids = text_of("0 %d 1", (int)geteuid());
	const char *gids = text_of("0 %d 1", (int)getegid());

	return unshare(CLONE_NEWUSER) == 0 &&
	       write_text("/proc/self/setgroups", "deny") &&
	       write_text("/proc/self/uid_map", uids) &&
	       write_text("/proc/self/gid_map", gids);
}

bool
netns_allowed(void)
{
	if (system("ip -V >/dev/null 2>&1 && nsenter -V >/dev/null 2>&1") !=
	    0) {
		printf("ip or nsenter is missing: skipped\n");
		return false;
	}
	if (geteuid() != 0 && !become_root()) {
		printf("neither root nor allowed to have user namespaces: "
		       "skipped\n");
		return false;
	}
	if (system("unshare -n ip link set lo up 2>/dev/null") != 0) {
		printf("network namespaces are not allowed here: skipped\n");
		return false;
	}
	return true;
}

/* In the child: a namespace of our own, until the other end is closed. */
static _Noreturn void
hold(int ready, int end)
{
	char byte = 0;

	if (unshare(CLONE_NEWNET) < 0 || write(ready, &byte, 1) != 1)
		_exit(1);
	while (read(end, &byte, 1) < 0 && errno == EINTR)
		continue;
	_exit(0);
}

static void
start_holder(struct netns *n, int machine)
{
	int ready[2], end[2];
	char byte;

	if (pipe2(ready, O_CLOEXEC) < 0 || pipe2(end, O_CLOEXEC) < 0)
		harness_fail("pipe: %s", strerror(errno));
	n->holders[machine] = fork();
	if (n->holders[machine] < 0)
		harness_fail("fork: %s", strerror(errno));
	if (n->holders[machine] == 0) {
		close(ready[0]);
		close(end[1]);
		hold(ready[1], end[0]);
	}
	close(ready[1]);
	close(end[0]);
	if (read(ready[0], &byte, 1) != 1)
		harness_fail("no network namespace");
	close(ready[0]);
	n->pipes[machine] = end[1];
}

void
netns_run(struct netns *n, int machine, const char *command)
{
	char *line = str_printf("nsenter -t %d -n -- sh -c '%s'",
	    (int)n->holders[machine], command);

	if (system(line) != 0)
		harness_fail("failed: %s", line);
	free(line);
}

/* Instead of charla: charla on that machine. */
static void
write_program(struct netns *n, int machine)
{
	const char *path = in_folder(n->folder, addresses[machine]);
	const char *program = getenv("CHARLA");
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_non_null(program);
	fprintf(f, "#!/bin/sh\nexec nsenter -t %d -n -- '%s' \"$@\"\n",
	    (int)n->holders[machine], program);
	fclose(f);
	assert_int_equal(chmod(path, 0700), 0);
}

static struct netns *
start(void)
{
	struct netns *n = mem_zalloc(sizeof(*n));

	make_temp_dir(n->folder, sizeof(n->folder));
	for (int i = 0; i < NETNS_COUNT; i++) {
		start_holder(n, i);
		write_program(n, i);
		netns_run(n, i, "ip link set lo up");
	}
	return n;
}

static void
set_addresses(struct netns *n)
{
	for (int i = 0; i < NETNS_COUNT; i++)
		netns_run(n, i,
		    text_of("ip addr add %s/24 dev cable && "
			    "ip link set cable up",
			addresses[i]));
}

struct netns *
netns_new(void)
{
	struct netns *n = start();

	netns_run(n, NETNS_ANA,
	    text_of("ip link add cable type veth peer name cable netns %d",
		(int)n->holders[NETNS_BETO]));
	set_addresses(n);
	return n;
}

struct netns *
netns_new_lossy(unsigned percent)
{
	struct netns *n;

	if (access("/dev/net/tun", R_OK | W_OK) < 0) {
		printf("/dev/net/tun: %s: skipped\n", strerror(errno));
		return NULL;
	}
	n = start();
	n->cable = netns_tun_start(n->holders, percent, &n->cable_pipe);
	set_addresses(n);
	return n;
}

static void
end_child(pid_t pid, int fd)
{
	close(fd);
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		continue;
}

void
netns_free(struct netns *n)
{
	if (n == NULL)
		return;
	if (n->cable != 0)
		end_child(n->cable, n->cable_pipe);
	for (int i = 0; i < NETNS_COUNT; i++)
		end_child(n->holders[i], n->pipes[i]);
	remove_tree(n->folder);
	free(n);
}

pid_t
netns_pid(const struct netns *n, int machine)
{
	return n->holders[machine];
}

void
netns_person_with(struct netns *n, int machine, struct person *p,
    const char *name, const char *const extra[])
{
	char *program = str_dup(getenv("CHARLA"));

	setenv("CHARLA", in_folder(n->folder, addresses[machine]), 1);
	person_start(p, name, extra);
	setenv("CHARLA", program, 1);
	free(program);
}

void
netns_person(struct netns *n, int machine, struct person *p, const char *name,
    const char *to)
{
	const char *const extra[] = {"--bind", "0.0.0.0", to, NULL};

	netns_person_with(n, machine, p, name, extra);
}
