/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/app_signals.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "src/base/err.h"
#include "src/base/util.h"

static const struct {
	int number;
	enum app_signal signal;
} signals[] = {
    {SIGTERM, APP_SIGNAL_LEAVE},
    {SIGHUP, APP_SIGNAL_LEAVE},
    {SIGINT, APP_SIGNAL_INTERRUPT},
    {SIGWINCH, APP_SIGNAL_RESIZE},
    {SIGTSTP, APP_SIGNAL_STOP},
    {SIGCONT, APP_SIGNAL_CONTINUE},
    {SIGCHLD, APP_SIGNAL_CHILD},
};

/* A signal handler has no argument, so its pipe is the process's. */
static struct {
	int pipe[2];
	struct watch *watch;
	void (*on_signal)(void *arg, enum app_signal signal);
	void *arg;
} state = {.pipe = {-1, -1}};

static void
handle(int number)
{
	int saved = errno;
	unsigned char byte = (unsigned char)number;

	/* A full pipe has told of enough signals already. */
	if (write(state.pipe[1], &byte, 1) < 0)
		errno = saved;
	errno = saved;
}

void
app_signals_install(bool plain)
{
	struct sigaction action = {
	    .sa_handler = handle, .sa_flags = SA_RESTART};
	struct sigaction ignore = {.sa_handler = SIG_IGN};

	if (pipe2(state.pipe, O_CLOEXEC | O_NONBLOCK) < 0)
		fatal("pipe failed");
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < COUNT(signals); i++) {
		if (!plain || signals[i].signal != APP_SIGNAL_STOP)
			sigaction(signals[i].number, &action, NULL);
	}
	sigaction(SIGPIPE, &ignore, NULL);
}

static void
on_byte(void *arg, short revents)
{
	unsigned char byte;

	(void)arg;
	(void)revents;
	while (read(state.pipe[0], &byte, 1) == 1) {
		for (size_t i = 0; i < COUNT(signals); i++) {
			if (signals[i].number == byte)
				state.on_signal(state.arg, signals[i].signal);
		}
	}
}

void
app_signals_watch(struct loop *loop,
    void (*on_signal)(void *arg, enum app_signal signal), void *arg)
{
	state.on_signal = on_signal;
	state.arg = arg;
	state.watch = loop_watch(loop, state.pipe[0], POLLIN, on_byte, NULL);
}

void
app_signals_unwatch(void)
{
	struct sigaction usual = {.sa_handler = SIG_DFL};

	for (size_t i = 0; i < COUNT(signals); i++)
		sigaction(signals[i].number, &usual, NULL);
	watch_remove(state.watch);
	state.watch = NULL;
}
