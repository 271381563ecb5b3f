/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A diary for debugging, off unless CHARLA_DEBUG names a file. Never holds
 * message texts or secrets. Safe from any thread.
 */
#ifndef CHARLA_BASE_LOG_H
#define CHARLA_BASE_LOG_H

/* Open path for appending (mode 0600). NULL leaves the log off. */
void log_open(const char *path);
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The descriptor to point stderr at while curses draws; -1 when off. */
int log_fd(void);

#endif
