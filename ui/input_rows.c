/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Up and Down. In a text of several lines they move by rows, as the screen
 * shows them; from the first and the last row, and in a single line, they
 * walk the history.
 */
#include <stdio.h>
#include <string.h>

#include <readline/readline.h>

#include "ui/input_state.h"
#include "ui/lineview.h"

/* One row up (-1) or down; false: there is none. */
static bool
move_row(struct input *in, int step)
{
	struct line_view view = {0};
	struct input_look look;
	int row;
	bool moved;

	input_look(in, &look);
	if (memchr(look.text, '\n', look.len) == NULL)
		return false;
	line_view_layout(
	    &view, look.prompt, look.text, look.len, look.point, in->columns);
	if (rl_last_func != input_row_up && rl_last_func != input_row_down)
		in->goal_column = view.cursor_column;
	row = view.cursor_row + step;
	moved = row >= 0 && row < view.rows;
	if (moved)
		rl_point =
		    (int)line_view_point(&view, look.len, row, in->goal_column);
	line_view_release(&view);
	return moved;
}

static int
go(int count, int key, int step)
{
	struct input *in = input_current();

	if (count < 0) {
		count = -count;
		step = -step;
	}
	for (; count > 0 && move_row(in, step); count--)
		in->changed = true;
	if (count == 0)
		return 0;
	return step < 0 ? rl_get_previous_history(count, key)
			: rl_get_next_history(count, key);
}

int
input_row_up(int count, int key)
{
	return go(count, key, -1);
}

int
input_row_down(int count, int key)
{
	return go(count, key, 1);
}
