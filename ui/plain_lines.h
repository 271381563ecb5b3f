/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes of standard input, cut into lines. Pure. What is no UTF-8, and NUL,
 * becomes U+FFFD; a CR before the newline goes; lines of blanks are none.
 */
#ifndef CHARLA_UI_PLAIN_LINES_H
#define CHARLA_UI_PLAIN_LINES_H

#include <stddef.h>

enum { PLAIN_LINE_MAX = 64 * 1024 }; /* bytes, repaired */

struct plain_lines {
	char *data;
	size_t len, size;
	size_t came; /* bytes of this line so far, those not kept too */

	void (*line)(void *arg, const char *text);
	/* It was longer than PLAIN_LINE_MAX: came bytes, none of them kept. */
	void (*too_long)(void *arg, size_t came);
	void *arg;
};

void plain_lines_feed(struct plain_lines *l, const char *bytes, size_t len);
/* Nothing more will come: what there is of a line is one. */
void plain_lines_end(struct plain_lines *l);
void plain_lines_release(struct plain_lines *l);

#endif
