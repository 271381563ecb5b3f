/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who gets which rows of the screen. Pure. When there is too little room,
 * panes go in this order: completions, people nearby, transfers (the last
 * ones first), title, status, log; the input line always keeps one row.
 *
 * The input line gets at most half of the rows. Transfers get at most half
 * of what title, status and input leave, people nearby at most half of what
 * is left then, and completions of what is left after that; all the rest is
 * the log's.
 */
#ifndef CHARLA_UI_LAYOUT_H
#define CHARLA_UI_LAYOUT_H

enum { LAYOUT_INPUT_MAX = 5, LAYOUT_COMPLETIONS_MAX = 12 };

struct pane {
	int top;
	int height; /* 0: not there */
};

struct layout {
	int rows, columns;
	struct pane title, log, nearby, completions, transfers, status, input;
};

/* What the panes would like, in rows; less than nothing is nothing. */
struct layout_wishes {
	int input;
	int transfers;
	int completions;
	int nearby;
};

/*
 * From top to bottom as they stand in struct layout; together the panes
 * cover every row once. Less than one row or column counts as one.
 */
void layout_compute(struct layout *layout, int rows, int columns,
    const struct layout_wishes *wishes);

#endif
