/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/e2e/avahi.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/e2e/internal.h"
#include "tests/e2e/meeting.h"
#include "tests/e2e/pausing.h"

enum { ENV_MAX = 4, PATIENCE_MS = 20 * 1000, LOOK_MS = 20 };

struct avahi {
	pid_t network; /* whose it is */
	pid_t bus, daemon;
	char folder[PATH_MAX];
	char *env[ENV_MAX];
};

static const char bus_config[] =
    "<!DOCTYPE busconfig PUBLIC"
    " \"-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN\""
    " \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\n"
    "<busconfig><type>system</type><listen>unix:path=%s</listen>"
    "<auth>EXTERNAL</auth><policy context=\"default\">"
    "<allow user=\"*\"/><allow own=\"*\"/><allow send_destination=\"*\"/>"
    "<allow receive_sender=\"*\"/><allow send_type=\"method_call\"/>"
    "</policy></busconfig>\n";

/* Nothing of the machine's own that would speak on the cable too. */
static const char daemon_config[] =
    "[server]\nhost-name=%s\nuse-ipv4=yes\nuse-ipv6=yes\n"
    "[wide-area]\nenable-wide-area=no\n"
    "[publish]\npublish-hinfo=no\npublish-workstation=no\n[rlimits]\n";

/* In a mount namespace: what it writes to /run is nobody else's. */
static const char daemon_command[] =
    "mount --make-rprivate / && mount -t tmpfs run /run && "
    "mkdir -p /run/avahi-daemon && exec avahi-daemon --no-drop-root "
    "--no-chroot --no-rlimits --no-proc-title -f '%s/avahi.conf'";

bool
avahi_allowed(void)
{
	if (system("avahi-daemon --version >/dev/null 2>&1 && "
		   "dbus-daemon --version >/dev/null 2>&1") != 0) {
		printf("avahi-daemon or dbus-daemon is missing: skipped\n");
		return false;
	}
	if (system("grep -qF _charla._tcp \"$CHARLA\"") != 0) {
		printf("charla was built without Avahi: skipped\n");
		return false;
	}
	if (!netns_allowed())
		return false;
	if (system("unshare -m true 2>/dev/null") != 0) {
		printf("mount namespaces are not allowed here: skipped\n");
		return false;
	}
	return true;
}

static void
write_config(const char *path, const char *format, const char *word)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
/* The formats are the two above. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	fprintf(f, format, word);
#pragma GCC diagnostic pop
	assert_int_equal(fclose(f), 0);
}

/* In the child. */
static _Noreturn void
become(const struct avahi *a, const char *log, const char *const argv[])
{
	int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	putenv(a->env[0]);
	if (fd < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
		_exit(126);
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

static pid_t
spawn(const struct avahi *a, const char *log, const char *const argv[])
{
	pid_t pid = fork();

	if (pid < 0)
		harness_fail("fork: %s", strerror(errno));
	if (pid == 0)
		become(a, in_folder(a->folder, log), argv);
	return pid;
}

static void
wait_for_file(const char *path)
{
	for (int ms = 0; access(path, F_OK) < 0; ms += LOOK_MS) {
		if (ms > PATIENCE_MS)
			harness_fail("no %s", path);
		pause_ms(LOOK_MS);
	}
}

void
avahi_again(struct avahi *a)
{
	char *network = str_printf("%d", (int)a->network);
	char *command;
	const char *argv[] = {"nsenter", "-t", network, "-n", "--", "unshare",
	    "-m", "sh", "-c", NULL, NULL};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	command = str_printf(daemon_command, a->folder);
#pragma GCC diagnostic pop
	argv[COUNT(argv) - 2] = command;
	a->daemon = spawn(a, "avahi.log", argv);
	free(command);
	free(network);
}

struct avahi *
avahi_new(struct netns *n, int machine, const char *host)
{
	struct avahi *a = mem_zalloc(sizeof(*a));
	const char *bus, *config;
	char *option;

	a->network = netns_pid(n, machine);
	make_temp_dir(a->folder, sizeof(a->folder));
	bus = in_folder(a->folder, "bus");
	config = in_folder(a->folder, "bus.conf");
	write_config(config, bus_config, bus);
	write_config(in_folder(a->folder, "avahi.conf"), daemon_config, host);
	a->env[0] = str_printf("DBUS_SYSTEM_BUS_ADDRESS=unix:path=%s", bus);
	option = str_printf("--config-file=%s", config);
	a->bus = spawn(a, "bus.log",
	    (const char *const[]){
		"dbus-daemon", option, "--nofork", "--nopidfile", NULL});
	free(option);
	wait_for_file(bus);
	avahi_again(a);
	return a;
}

/* In what the daemon says. */
static bool
has_started(const char *log)
{
	FILE *f = fopen(log, "r");
	bool found = false;
	char line[512];

	while (f != NULL && !found && fgets(line, sizeof(line), f) != NULL)
		found = strstr(line, "startup complete") != NULL;
	if (f != NULL)
		fclose(f);
	return found;
}

void
avahi_wait(struct avahi *a)
{
	const char *log = in_folder(a->folder, "avahi.log");

	for (int ms = 0; !has_started(log); ms += LOOK_MS) {
		if (ms > PATIENCE_MS)
			harness_fail("avahi-daemon does not start: %s", log);
		pause_ms(LOOK_MS);
	}
}

static void
reap(pid_t *pid)
{
	while (*pid > 0 && waitpid(*pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	*pid = 0;
}

void
avahi_signal(struct avahi *a, int signal_number)
{
	kill(a->daemon, signal_number);
}

void
avahi_ended(struct avahi *a)
{
	reap(&a->daemon);
}

void
avahi_free(struct avahi *a)
{
	if (a == NULL)
		return;
	if (a->daemon > 0)
		kill(a->daemon, SIGKILL);
	reap(&a->daemon);
	kill(a->bus, SIGKILL);
	reap(&a->bus);
	for (size_t i = 0; i < ENV_MAX; i++)
		free(a->env[i]);
	remove_tree(a->folder);
	free(a);
}

const char *const *
avahi_env(const struct avahi *a)
{
	return (const char *const *)a->env;
}
