/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The terminal as a device: its modes, our own non-blocking way to it, and
 * the promise that it is given back as it was, also when the program falls.
 * While it is held, standard error goes to the debug log, or nowhere.
 */
#ifndef CHARLA_UI_TTY_H
#define CHARLA_UI_TTY_H

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

#include "src/base/err.h"

enum { TTY_WAY_BACK_MAX = 256 };

struct tty {
	int out; /* opened for us alone, so O_NONBLOCK harms nobody */
	struct termios saved, raw;
	bool held;
};

/* ERR_INVALID where standard input or output is no terminal. */
int tty_open(struct tty *tty, struct reason *why);
void tty_close(struct tty *tty);

/* Raw modes, standard error out of the way, restored by a crash. */
void tty_hold(struct tty *tty);
/* The modes of before. What the screen shows is the caller's to restore. */
void tty_release(struct tty *tty);

/*
 * What follows the modes where a crash, or tty_abandon, gives it back: to the
 * ordinary screen, and so on. Copied; at most TTY_WAY_BACK_MAX - 1 bytes.
 */
void tty_set_way_back(const struct tty *tty, const char *bytes);

/* See term_guard_file. */
void tty_guard_file(const char *path);

/* Rows and columns, at least 1 each; 24 by 80 where it does not know. */
void tty_size(const struct tty *tty, int *rows, int *columns);
/*
 * Write what it takes now; returns the bytes, or -1 when the terminal is
 * gone.
 */
long tty_write(const struct tty *tty, const char *bytes, size_t len);
/* Wait until it takes more; false when it did not within timeout_ms. */
bool tty_wait(const struct tty *tty, int timeout_ms);
/* Drop what it sends, once something has come, or after timeout_ms. */
void tty_discard(const struct tty *tty, int timeout_ms);
/*
 * It does not read any more: drop what it has not read, and leave it the
 * way back to the ordinary screen for the time when it does.
 */
void tty_abandon(const struct tty *tty);

#endif
