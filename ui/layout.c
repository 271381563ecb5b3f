/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rows are handed out in the order in which people would miss them: the
 * input line, the log, status, title. Of what is left then, transfers and
 * completions may take half each time, so that the talk stays in sight.
 */
#include "ui/layout.h"

static int
least(int a, int b)
{
	return a < b ? a : b;
}

static int
most(int a, int b)
{
	return a > b ? a : b;
}

/* Up to wish rows out of *left, with the rest kept behind. */
static int
take(int *left, int wish, int keep)
{
	int rows = most(0, least(wish, *left - keep));

	*left -= rows;
	return rows;
}

static void
place(struct pane *pane, int *top, int height)
{
	pane->top = *top;
	pane->height = height;
	*top += height;
}

void
layout_compute(struct layout *layout, int rows, int columns,
    const struct layout_wishes *wishes)
{
	int left, top = 0;
	int title, nearby, completions, transfers, status, input;

	layout->rows = left = most(rows, 1);
	layout->columns = most(columns, 1);

	input = least(wishes->input, LAYOUT_INPUT_MAX);
	input = take(&left, most(1, least(input, left / 2)), 0);
	status = take(&left, 1, 1);
	title = take(&left, 1, 1);
	transfers = take(&left, wishes->transfers, left - left / 2);
	nearby = take(&left, wishes->nearby, left - left / 2);
	completions = least(wishes->completions, LAYOUT_COMPLETIONS_MAX);
	completions = take(&left, completions, left - left / 2);

	place(&layout->title, &top, title);
	place(&layout->log, &top, left);
	place(&layout->nearby, &top, nearby);
	place(&layout->completions, &top, completions);
	place(&layout->transfers, &top, transfers);
	place(&layout->status, &top, status);
	place(&layout->input, &top, input);
}
