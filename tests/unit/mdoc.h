/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a manual page lists, read from its source. For tests. */
#ifndef CHARLA_TESTS_MDOC_H
#define CHARLA_TESTS_MDOC_H

#include <stddef.h>

struct mdoc_row {
	char *section; /* "OPTIONS" */
	int list;      /* of the section, from 0; -1: an example's line */
	int depth;     /* 1: in no other list */
	char *text;    /* an item as it is shown, columns apart by tabs */
};

struct mdoc {
	struct mdoc_row *rows;
	size_t count;
};

/*
 * The items of all lists, and the lines between Bd and Ed, of a page, "man/x.1"
 * below $CHARLA_TOP or the current folder. Fails the test where it cannot.
 */
void mdoc_read(struct mdoc *page, const char *path);
void mdoc_release(struct mdoc *page);

#endif
