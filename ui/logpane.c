/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/logpane.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "ui/wrap.h"

/*
 * /me changes a line that is there already, and with it perhaps its rows;
 * so a count also says which form it was made for.
 */
#define COUNTED_ACTION ((uint32_t)1 << 31)

int
log_indent(enum line_kind kind, int columns)
{
	if (columns < LOG_MARK_COLUMNS)
		return 0;
	if (kind == LINE_HELP || columns < LOG_TIME_COLUMNS)
		return LOG_INDENT_MARK;
	return LOG_INDENT;
}

char *
log_text(const struct line *line, size_t *head)
{
	bool own = line->kind == LINE_OWN;
	char *who, *text;

	if (line->who == NULL)
		who = str_dup("");
	else if (line->action)
		who = str_printf("* %s ", line->who);
	else
		who = str_printf(own ? "%s> " : "%s: ", line->who);
	*head = strlen(who);
	text = str_printf("%s%s", who, line->text);
	free(who);
	return text;
}

static uint32_t
count_rows(const struct line *line, int columns)
{
	size_t head;
	char *text = log_text(line, &head);
	size_t rows = wrap_words(
	    text, columns - log_indent(line->kind, columns), NULL, 0);

	free(text);
	return rows < COUNTED_ACTION ? (uint32_t)rows : COUNTED_ACTION - 1;
}

/* How many rows the line takes, counted at most once a width. */
static size_t
rows_of(struct logpane *p, const struct model *m, size_t line)
{
	const struct line *l = m->lines[line];
	uint32_t form = l->action ? COUNTED_ACTION : 0;
	uint32_t *rows = &p->rows[line];

	if (*rows == 0 || (*rows & COUNTED_ACTION) != form)
		*rows = count_rows(l, p->columns) | form;
	return *rows & ~COUNTED_ACTION;
}

void
logpane_release(struct logpane *p)
{
	free(p->rows);
	memset(p, 0, sizeof(*p));
}

static void
make_known(struct logpane *p, size_t lines)
{
	size_t size = lines * 2;

	if (lines <= p->known)
		return;
	p->rows = mem_realloc(p->rows, size * sizeof(p->rows[0]));
	memset(p->rows + p->known, 0, (size - p->known) * sizeof(p->rows[0]));
	p->known = size;
}

/* The newest row; false where there is no line at all. */
static bool
newest(struct logpane *p, const struct model *m, struct log_row *at)
{
	if (m->line_count <= m->cleared)
		return false;
	at->line = m->line_count - 1;
	at->row = rows_of(p, m, at->line) - 1;
	return true;
}

/* Up to count rows up; returns how many there were. */
static size_t
walk_up(
    struct logpane *p, const struct model *m, struct log_row *at, size_t count)
{
	size_t left = count;

	while (left > 0) {
		size_t step = at->row < left ? at->row : left;

		at->row -= step;
		left -= step;
		if (left == 0 || at->line == m->cleared)
			break;
		at->line--;
		at->row = rows_of(p, m, at->line) - 1;
		left--;
	}
	return count - left;
}

static size_t
walk_down(
    struct logpane *p, const struct model *m, struct log_row *at, size_t count)
{
	size_t left = count;

	while (left > 0) {
		size_t below = rows_of(p, m, at->line) - 1 - at->row;
		size_t step = below < left ? below : left;

		at->row += step;
		left -= step;
		if (left == 0 || at->line + 1 == m->line_count)
			break;
		at->line++;
		at->row = 0;
		left--;
	}
	return count - left;
}

/* Let the view end at this row, or as far below as the first page ends. */
static void
look_at(struct logpane *p, const struct model *m, struct log_row at)
{
	size_t page = p->height > 0 ? (size_t)p->height - 1 : 0;
	struct log_row top = at;
	size_t above = walk_up(p, m, &top, page);

	walk_down(p, m, &at, page - above);
	p->scrolled = true;
	p->line = at.line;
	p->row = at.row;
	if (at.line >= p->seen)
		p->seen = at.line + 1;
	if (at.line + 1 == m->line_count &&
	    at.row + 1 == rows_of(p, m, at.line))
		logpane_bottom(p, m);
}

void
logpane_update(
    struct logpane *p, const struct model *m, int columns, int height)
{
	struct log_row at = {p->line, p->row};

	if (columns != p->columns) {
		free(p->rows);
		p->rows = NULL;
		p->known = 0;
	}
	p->columns = columns;
	p->height = height;
	make_known(p, m->line_count);
	if (!p->scrolled || p->line < m->cleared || p->line >= m->line_count) {
		logpane_bottom(p, m);
		return;
	}
	if (at.row >= rows_of(p, m, at.line))
		at.row = rows_of(p, m, at.line) - 1;
	look_at(p, m, at);
}

void
logpane_scroll(struct logpane *p, const struct model *m, int rows)
{
	struct log_row at = {p->line, p->row};

	if (!p->scrolled && !newest(p, m, &at))
		return;
	if (rows < 0)
		walk_up(p, m, &at, (size_t)-rows);
	else
		walk_down(p, m, &at, (size_t)rows);
	look_at(p, m, at);
}

void
logpane_top(struct logpane *p, const struct model *m)
{
	struct log_row at = {m->cleared, 0};

	if (m->line_count > m->cleared)
		look_at(p, m, at);
}

void
logpane_bottom(struct logpane *p, const struct model *m)
{
	p->scrolled = false;
	p->seen = m->line_count;
}

size_t
logpane_unseen(const struct logpane *p, const struct model *m)
{
	return m->line_count > p->seen ? m->line_count - p->seen : 0;
}

size_t
logpane_view(struct logpane *p, const struct model *m, struct log_row *rows)
{
	struct log_row at = {p->line, p->row};
	size_t count;

	if (p->height < 1 || (!p->scrolled && !newest(p, m, &at)))
		return 0;
	count = walk_up(p, m, &at, (size_t)p->height - 1) + 1;
	for (size_t i = 0; i < count; i++) {
		rows[i] = at;
		walk_down(p, m, &at, 1);
	}
	return count;
}
