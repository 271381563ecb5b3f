/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signals as events of the loop, through a pipe. */
#ifndef CHARLA_APP_SIGNALS_H
#define CHARLA_APP_SIGNALS_H

#include <stdbool.h>

#include "net/loop.h"

enum app_signal {
	APP_SIGNAL_LEAVE,     /* SIGTERM, SIGHUP */
	APP_SIGNAL_INTERRUPT, /* SIGINT from outside */
	APP_SIGNAL_RESIZE,    /* SIGWINCH */
	APP_SIGNAL_STOP,      /* SIGTSTP */
	APP_SIGNAL_CONTINUE,  /* SIGCONT */
	APP_SIGNAL_CHILD,     /* SIGCHLD */
};

/*
 * Before the screen opens: curses leaves handlers that are there alone. plain:
 * there is none, so that Ctrl-Z does what it usually does.
 */
void app_signals_install(bool plain);
/* Deliver what comes, and came meanwhile, from the loop. */
void app_signals_watch(struct loop *loop,
    void (*on_signal)(void *arg, enum app_signal signal), void *arg);
/* From here on signals do what they usually do. */
void app_signals_unwatch(void);

#endif
