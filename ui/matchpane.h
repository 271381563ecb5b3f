/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How what Tab has found stands in its pane: in columns, row by row, each
 * with its help where there is room. What does not fit is turned to by Tab,
 * page by page, and the last place of a page says how much that is. Pure.
 */
#ifndef CHARLA_UI_MATCHPANE_H
#define CHARLA_UI_MATCHPANE_H

#include <stdbool.h>
#include <stddef.h>

/* What there is to show. */
struct match_sizes {
	size_t count;
	int width;      /* columns of the widest word */
	int help_width; /* of the widest help; 0: there is none */
};

struct match_page {
	bool helps;
	int per_row;
	int step;    /* columns from one to the next in a row */
	size_t from; /* the first in view */
	size_t count;
	size_t more; /* behind those in view */
};

/* The rows that show them all. */
int matchpane_rows(const struct match_sizes *sizes, int columns);
/* Pages count from 0, and after the last comes the first again. */
void matchpane_page(const struct match_sizes *sizes, int rows, int columns,
    size_t page, struct match_page *out);

#endif
