/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A place is a row of a line; the first rows are those above it: the date, and
 * that it is unread, where the line has them. What
 * a line takes is counted when it comes into view, and remembered for as
 * many lines as are looked at at a time.
 */
#include "ui/logpane.h"

#include <stdlib.h>
#include <string.h>

#include "ui/wrap.h"

struct place {
	size_t line, row;
};

static uint32_t
count_rows(const struct logpane *p, const struct line *line)
{
	size_t head;
	char *text = log_text(line, &head);
	size_t rows = wrap_behind(
	    text, head, p->columns - log_indent(p, line->kind), NULL, 0);

	free(text);
	return rows < UINT32_MAX ? (uint32_t)rows : UINT32_MAX;
}

/* How many rows the line takes; *above gets how many are not its text's. */
static size_t
rows_of(
    struct logpane *p, const struct model *m, size_t position, size_t *above)
{
	size_t slot = position % LOG_COUNTED;
	const struct line *line;

	if (p->counted[slot].rows == 0 ||
	    p->counted[slot].position != position) {
		line = model_line(m, position);
		p->counted[slot].position = position;
		p->counted[slot].rows = line != NULL ? count_rows(p, line) : 1;
		p->counted[slot].dated = log_begins_day(m, position);
	}
	*above = p->counted[slot].dated ? 1 : 0;
	if (p->has_unread && position == p->unread)
		++*above;
	return p->counted[slot].rows + *above;
}

static size_t
last_row(struct logpane *p, const struct model *m, size_t position)
{
	size_t above;

	return rows_of(p, m, position, &above) - 1;
}

/* The newest row; false where there is no line at all. */
static bool
newest(struct logpane *p, const struct model *m, struct place *at)
{
	size_t total = model_total(m);

	if (total <= m->cleared)
		return false;
	at->line = total - 1;
	at->row = last_row(p, m, at->line);
	return true;
}

/* The lowest row in view; false where there is none. */
static bool
lowest(struct logpane *p, const struct model *m, struct place *at)
{
	if (!p->scrolled)
		return newest(p, m, at);
	at->line = p->line;
	at->row = p->row;
	return true;
}

/* Up to count rows up; returns how many there were. */
static size_t
walk_up(
    struct logpane *p, const struct model *m, struct place *at, size_t count)
{
	size_t left = count;

	while (left > 0) {
		size_t step = at->row < left ? at->row : left;

		at->row -= step;
		left -= step;
		if (left == 0 || at->line == m->cleared)
			break;
		at->line--;
		at->row = last_row(p, m, at->line);
		left--;
	}
	return count - left;
}

static size_t
walk_down(
    struct logpane *p, const struct model *m, struct place *at, size_t count)
{
	size_t left = count;

	while (left > 0) {
		size_t below = last_row(p, m, at->line) - at->row;
		size_t step = below < left ? below : left;

		at->row += step;
		left -= step;
		if (left == 0 || at->line + 1 == model_total(m))
			break;
		at->line++;
		at->row = 0;
		left--;
	}
	return count - left;
}

static size_t
rows_above_lowest(const struct logpane *p)
{
	return p->height > 0 ? (size_t)p->height - 1 : 0;
}

/* What the line can be found by when it has left the present. */
static uint64_t
number_near(const struct model *m, size_t position)
{
	for (size_t n = 0; n < LOG_COUNTED; n++, position--) {
		const struct line *line = model_line(m, position);

		if (line == NULL || line->number > 0 || position == 0)
			return line != NULL ? line->number : 0;
	}
	return 0;
}

/* Let the view end at this row, or as far below as the first page ends. */
static void
look_at(struct logpane *p, const struct model *m, struct place at)
{
	size_t page = rows_above_lowest(p);
	struct place top = at;
	size_t above = walk_up(p, m, &top, page);

	walk_down(p, m, &at, page - above);
	p->line = at.line;
	p->row = at.row;
	p->number = number_near(m, at.line);
	if (at.line >= p->seen)
		p->seen = at.line + 1;
	p->scrolled =
	    at.line + 1 < model_total(m) || at.row < last_row(p, m, at.line);
}

bool
logpane_span(
    struct logpane *p, const struct model *m, size_t *from, size_t *upto)
{
	struct place at;

	if (p->height < 1 || !lowest(p, m, &at))
		return false;
	*upto = at.line;
	walk_up(p, m, &at, rows_above_lowest(p));
	*from = at.line;
	return true;
}

static bool
is_complete(struct logpane *p, const struct model *m)
{
	size_t from, upto;

	if (!logpane_span(p, m, &from, &upto))
		return false;
	while (from <= upto && model_line(m, from) != NULL)
		from++;
	return from > upto;
}

/* The lowest row in view once the goal is reached. */
static struct place
goal_place(struct logpane *p, const struct model *m)
{
	struct place at = {m->cleared, 0};

	switch (p->goal) {
	case LOG_GOAL_FOUND:
	case LOG_GOAL_QUESTION:
		at.line = p->goal == LOG_GOAL_FOUND ? m->found : p->target;
		/* Not what stands above it: its first row. */
		rows_of(p, m, at.line, &at.row);
		walk_down(p, m, &at, (size_t)p->height / 2);
		break;
	case LOG_GOAL_UNREAD:
		at.line = p->target;
		walk_down(p, m, &at, rows_above_lowest(p));
		break;
	case LOG_GOAL_TOP:
	case LOG_GOAL_NONE:
		break;
	}
	return at;
}

/*
 * Look at what was asked for. Lines that are not there yet will take more
 * rows than now: until they have come it is not reached.
 */
static void
pursue(struct logpane *p, const struct model *m)
{
	look_at(p, m, goal_place(p, m));
	p->reached = is_complete(p, m);
}

/* Where a line of the last update is now; number: its own, or 0. */
static size_t
moved(const struct logpane *p, const struct model *m, size_t position,
    uint64_t number)
{
	size_t first = (size_t)p->past_end, now_first = (size_t)m->past_end;
	size_t shift = (size_t)(m->shift - p->shift); /* modulo its size */
	size_t given = now_first - first - shift;

	if (position < first)
		return position;
	if (position - first >= given)
		return position + shift;
	if (number > 0)
		return (size_t)(number - 1);
	return position < now_first ? position : now_first;
}

/* Go with what is in view when its position changes. */
static void
follow(struct logpane *p, const struct model *m)
{
	if (m->talk != p->talk) {
		p->scrolled = false;
		p->goal = LOG_GOAL_NONE;
		p->seen = 0;
		p->marked = p->has_unread = false;
	} else if (m->shift != p->shift || m->past_end != p->past_end) {
		p->line = moved(p, m, p->line, p->number);
		p->seen = moved(p, m, p->seen, 0);
		p->target = moved(p, m, p->target, 0);
		p->unread = moved(p, m, p->unread, 0);
		p->unread_from = moved(p, m, p->unread_from, 0);
	}
	if (m->found_version != p->found_version) {
		p->goal = LOG_GOAL_FOUND;
		p->reached = false;
	}
	if (p->goal == LOG_GOAL_FOUND &&
	    (m->found == SIZE_MAX || m->found < m->cleared))
		p->goal = LOG_GOAL_NONE;
}

/* Keep what the next update compares with. */
static void
remember(struct logpane *p, const struct model *m)
{
	if (p->layout != m->layout || p->cleared != m->cleared)
		memset(p->counted, 0, sizeof(p->counted));
	p->talk = m->talk;
	p->layout = m->layout;
	p->past_end = m->past_end;
	p->found_version = m->found_version;
	p->shift = m->shift;
	p->cleared = m->cleared;
	logpane_find_unread(p, m);
}

/* The newest row is in view, whatever comes. */
static void
stay_low(struct logpane *p, const struct model *m)
{
	p->scrolled = false;
	if (!p->resting)
		p->seen = model_total(m);
}

void
logpane_update(
    struct logpane *p, const struct model *m, int columns, int height)
{
	struct place at;

	p->resting = false;
	follow(p, m);
	remember(p, m);
	if (columns != p->columns || p->time_columns != p->counted_time)
		memset(p->counted, 0, sizeof(p->counted));
	if (columns != p->columns || height != p->height)
		p->reached = false;
	p->columns = columns;
	p->counted_time = p->time_columns;
	p->height = height;
	if (p->scrolled && (p->line < m->cleared || p->line >= model_total(m)))
		p->scrolled = false;
	if (model_total(m) <= m->cleared) {
		logpane_bottom(p, m);
	} else if (p->goal != LOG_GOAL_NONE && !p->reached) {
		pursue(p, m);
	} else if (p->scrolled) {
		at.line = p->line;
		at.row = last_row(p, m, at.line);
		if (p->row < at.row)
			at.row = p->row;
		look_at(p, m, at);
	} else {
		/* The question that was gone to still stands out. */
		if (p->goal != LOG_GOAL_QUESTION)
			p->goal = LOG_GOAL_NONE;
		stay_low(p, m);
	}
}

void
logpane_rest(struct logpane *p, const struct model *m)
{
	bool other = m->talk != p->talk;

	follow(p, m);
	remember(p, m);
	p->resting = true;
	if (other)
		p->seen = model_total(m);
	else if (p->seen < m->cleared)
		p->seen = m->cleared;
}

void
logpane_scroll(struct logpane *p, const struct model *m, int rows)
{
	struct place at;

	p->goal = LOG_GOAL_NONE;
	if (!lowest(p, m, &at))
		return;
	if (rows < 0)
		walk_up(p, m, &at, (size_t)-rows);
	else
		walk_down(p, m, &at, (size_t)rows);
	look_at(p, m, at);
}

void
logpane_go(struct logpane *p, const struct model *m, enum log_goal goal)
{
	p->goal = goal;
	pursue(p, m);
}

void
logpane_top(struct logpane *p, const struct model *m)
{
	if (model_total(m) <= m->cleared)
		return;
	logpane_go(p, m, LOG_GOAL_TOP);
}

void
logpane_bottom(struct logpane *p, const struct model *m)
{
	p->goal = LOG_GOAL_NONE;
	stay_low(p, m);
}

size_t
logpane_unseen(const struct logpane *p, const struct model *m)
{
	size_t total = model_total(m);

	return total > p->seen ? total - p->seen : 0;
}

/* What stands in this row of the line. */
static size_t
row_of_text(struct logpane *p, const struct model *m, struct place at)
{
	size_t above;

	rows_of(p, m, at.line, &above);
	if (at.row >= above)
		return at.row - above;
	if (at.row + 1 < above || !p->has_unread || at.line != p->unread)
		return LOG_DATE_ROW;
	return LOG_UNREAD_ROW;
}

size_t
logpane_view(struct logpane *p, const struct model *m, struct log_row *rows)
{
	struct place at;
	size_t count;

	if (p->height < 1 || !lowest(p, m, &at))
		return 0;
	count = walk_up(p, m, &at, rows_above_lowest(p)) + 1;
	for (size_t i = 0; i < count; i++) {
		rows[i].line = at.line;
		rows[i].row = row_of_text(p, m, at);
		if (rows[i].row == LOG_UNREAD_ROW && !p->away)
			p->unread_seen = true;
		walk_down(p, m, &at, 1);
	}
	return count;
}
