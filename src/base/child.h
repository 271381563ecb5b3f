/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Other programs, asked for what they print. Blocks: for a worker. */
#ifndef CHARLA_BASE_CHILD_H
#define CHARLA_BASE_CHILD_H

#include <stddef.h>

enum {
	CHILD_OUTPUT_MAX = 8 * 1024 * 1024,
	CHILD_LOST = -1,     /* it could not be run, or took too long */
	CHILD_MISSING = 127, /* there is no such program */
};

/*
 * Run words (ends with NULL; found along PATH and where the system keeps what
 * is for root) in the C locale, with nothing to read, for at most max_ms.
 * Returns its exit status, or one of the above. *out: what it printed, on
 * standard error too, terminated; the caller frees.
 */
int child_ask(const char *const words[], int max_ms, char **out);

#endif
