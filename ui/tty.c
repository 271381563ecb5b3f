/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Descriptors 0 to 2 share their flags with the shell that started us, so
 * they never become non-blocking; the device is opened a second time for
 * what we write.
 */
#include "ui/tty.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/base/util.h"

enum { TTY_SIDE_MAX = 4000, CRASH_STACK = 16 * 1024 };

static const int crash_signals[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL};

/*
 * What a signal handler needs to give the terminal back. There is one
 * terminal and a handler takes no argument: so it is a file-level variable.
 */
static struct {
	volatile sig_atomic_t held;
	int out;
	int errors; /* where standard error went before; -1: not moved */
	struct termios saved;
	struct sigaction old[COUNT(crash_signals)];
	/* Goes with us, and its folder; empty: none. */
	volatile sig_atomic_t file_set;
	char file[PATH_MAX], folder[PATH_MAX];
	/* The one that is used is never the one that is being written. */
	volatile sig_atomic_t way;
	char way_back[2][TTY_WAY_BACK_MAX];
	volatile size_t way_back_len[2];
	bool stack_set;
	char stack[CRASH_STACK];
} guard = {.out = -1, .errors = -1};

/* Mouse, paste, focus, wheel and keypad modes, colours, cursor. */
static const char modes_back[] =
    "\033[?1006l\033[?1000l\033[?2004l\033[?1004l\033[?1007r\033[?1l\033>"
    "\033[0m\033[?25h";

/* Async-signal-safe. */
static void
write_way_back(void)
{
	const int way = guard.way;

	(void)!write(guard.out, modes_back, sizeof(modes_back) - 1);
	(void)!write(guard.out, guard.way_back[way], guard.way_back_len[way]);
}

/* Async-signal-safe. */
static void
give_back(void)
{
	if (guard.file_set) {
		guard.file_set = 0;
		unlink(guard.file);
		rmdir(guard.folder);
	}
	if (!guard.held)
		return;
	guard.held = 0;
	write_way_back();
	tcsetattr(STDIN_FILENO, TCSANOW, &guard.saved);
	if (guard.errors >= 0)
		dup2(guard.errors, STDERR_FILENO);
}

/* The old action gets the signal again: as a rule, the program's end. */
static void
on_crash(int sig)
{
	give_back();
	for (size_t i = 0; i < COUNT(crash_signals); i++) {
		if (crash_signals[i] == sig)
			sigaction(sig, &guard.old[i], NULL);
	}
	raise(sig);
}

/* A stack of its own, so that it also works when ours has overflowed. */
static void
guard_stack(void)
{
	stack_t stack = {.ss_sp = guard.stack, .ss_size = CRASH_STACK};
	stack_t old;

	guard.stack_set = sigaltstack(NULL, &old) == 0 &&
			  (old.ss_flags & SS_DISABLE) != 0 &&
			  sigaltstack(&stack, NULL) == 0;
}

static void
guard_install(void)
{
	static bool at_exit; /* atexit cannot be undone: once is enough */
	struct sigaction action = {.sa_handler = on_crash};

	guard_stack();
	sigemptyset(&action.sa_mask);
	action.sa_flags = SA_ONSTACK | (int)SA_RESETHAND;
	for (size_t i = 0; i < COUNT(crash_signals); i++)
		sigaction(crash_signals[i], &action, &guard.old[i]);
	if (!at_exit)
		at_exit = atexit(give_back) == 0;
}

static void
guard_remove(void)
{
	stack_t off = {.ss_flags = SS_DISABLE};

	for (size_t i = 0; i < COUNT(crash_signals); i++)
		sigaction(crash_signals[i], &guard.old[i], NULL);
	if (guard.stack_set)
		sigaltstack(&off, NULL);
}

/*
 * Standard output's own device first; after su(1) only /dev/tty may be
 * opened. Where neither can, writes may block.
 */
static int
open_out(void)
{
	int flags = O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	const char *name = ttyname(STDOUT_FILENO);
	int fd = name != NULL ? open(name, flags) : -1;

	if (fd < 0)
		fd = open("/dev/tty", flags);
	if (fd < 0)
		fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	return fd;
}

/* Control keys come as bytes; curses moves down with a bare newline. */
static struct termios
make_raw(const struct termios *saved)
{
	struct termios raw = *saved;

	raw.c_iflag &= ~(
	    tcflag_t)(BRKINT | ICRNL | IGNCR | INLCR | ISTRIP | IXON | PARMRK);
	raw.c_oflag &= ~(tcflag_t)ONLCR;
	raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | IEXTEN | ISIG);
	raw.c_cflag &= ~(tcflag_t)(CSIZE | PARENB);
	raw.c_cflag |= CS8;
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	return raw;
}

int
tty_open(struct tty *tty, struct reason *why)
{
	memset(tty, 0, sizeof(*tty));
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) ||
	    tcgetattr(STDIN_FILENO, &tty->saved) < 0) {
		reason_set(why,
		    _("input and output must be a terminal: start it without "
		      "redirecting them"));
		return ERR_INVALID;
	}
	tty->out = open_out();
	if (tty->out < 0) {
		reason_set(
		    why, _("cannot open the terminal: %s"), strerror(errno));
		return ERR_INVALID;
	}
	tty->raw = make_raw(&tty->saved);
	guard.out = tty->out;
	guard.saved = tty->saved;
	guard_install();
	return 0;
}

void
tty_close(struct tty *tty)
{
	tty_release(tty);
	guard_remove();
	guard.out = -1;
	close(tty->out);
}

static void
errors_away(void)
{
	int fd = log_fd();
	int null = -1;

	guard.errors = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	if (fd < 0)
		fd = null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (fd >= 0)
		dup2(fd, STDERR_FILENO);
	if (null >= 0)
		close(null);
}

static void
errors_back(void)
{
	if (guard.errors < 0)
		return;
	dup2(guard.errors, STDERR_FILENO);
	close(guard.errors);
	guard.errors = -1;
}

void
tty_hold(struct tty *tty)
{
	if (!tty->held)
		errors_away();
	tty->held = true;
	guard.held = 1;
	/* TCSADRAIN would wait for a terminal that has stopped reading. */
	tcsetattr(STDIN_FILENO, TCSANOW, &tty->raw);
}

void
tty_release(struct tty *tty)
{
	if (!tty->held)
		return;
	tty->held = false;
	guard.held = 0;
	tcsetattr(STDIN_FILENO, TCSANOW, &tty->saved);
	errors_back();
}

void
tty_guard_file(const char *path)
{
	size_t len = path != NULL ? strlen(path) : PATH_MAX;
	const char *slash = path != NULL ? strrchr(path, '/') : NULL;

	guard.file_set = 0;
	if (len >= PATH_MAX || slash == NULL)
		return;
	memcpy(guard.file, path, len + 1);
	memcpy(guard.folder, path, (size_t)(slash - path));
	guard.folder[slash - path] = '\0';
	guard.file_set = 1;
}

void
tty_set_way_back(const struct tty *tty, const char *bytes)
{
	const int next = !guard.way;
	const size_t len = strlen(bytes);

	(void)tty;
	if (len >= TTY_WAY_BACK_MAX)
		return;
	memcpy(guard.way_back[next], bytes, len);
	guard.way_back_len[next] = len;
	guard.way = next;
}

static int
clamp_side(int side, int unknown)
{
	if (side < 1)
		return unknown;
	return side < TTY_SIDE_MAX ? side : TTY_SIDE_MAX;
}

void
tty_size(const struct tty *tty, int *rows, int *columns)
{
	struct winsize size = {0};

	if (ioctl(tty->out, TIOCGWINSZ, &size) < 0)
		memset(&size, 0, sizeof(size));
	*rows = clamp_side(size.ws_row, 24);
	*columns = clamp_side(size.ws_col, 80);
}

long
tty_write(const struct tty *tty, const char *bytes, size_t len)
{
	ssize_t n = write(tty->out, bytes, len);

	if (n >= 0)
		return n;
	return errno == EAGAIN || errno == EINTR ? 0 : -1;
}

bool
tty_wait(const struct tty *tty, int timeout_ms)
{
	struct pollfd out = {.fd = tty->out, .events = POLLOUT};

	return poll(&out, 1, timeout_ms) > 0;
}

void
tty_abandon(const struct tty *tty)
{
	tcflush(tty->out, TCOFLUSH);
	write_way_back();
}

void
tty_discard(const struct tty *tty, int timeout_ms)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};

	(void)tty;
	if (poll(&in, 1, timeout_ms) > 0)
		tcflush(STDIN_FILENO, TCIFLUSH);
}
