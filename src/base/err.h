/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Results and reasons. A function that can fail returns 0 or one of these;
 * one whose failure a person should understand also fills a struct reason.
 */
#ifndef CHARLA_BASE_ERR_H
#define CHARLA_BASE_ERR_H

enum err {
	ERR_AGAIN = -1,     /* more bytes or more time are needed */
	ERR_PROTO = -2,     /* the other side broke the rules of the wire */
	ERR_FULL = -3,      /* a bound was reached; nothing was added */
	ERR_IO = -4,        /* a system call failed */
	ERR_NOT_FOUND = -5, /* no such thing */
	ERR_EXISTS = -6,    /* it is there already */
	ERR_DENIED = -7,    /* not allowed, or refused on purpose */
	ERR_BUSY = -8,      /* somebody else has it */
	ERR_INVALID = -9,   /* the caller's input makes no sense */
};

/* One sentence for a person: lower case, no full stop, what to do next. */
struct reason {
	char text[512];
};

void reason_set(struct reason *why, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* A bug of ours or no memory: print to stderr and exit with status 1. */
_Noreturn void fatal(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));

#endif
