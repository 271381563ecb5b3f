/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every line says what it is without colour too: by its mark, and by the
 * sign behind the name, which is the prompt's for our own.
 */
#include "ui/paint_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/base/util.h"
#include "ui/wrap.h"

enum { TIME_MAX = 16 };

/* How the lines of a kind look. */
struct line_look {
	const char *mark;
	unsigned mark_style, head_style, text_style;
};

static const struct line_look looks[] = {
    [LINE_OWN] = {" ", TERM_DIM, TERM_GREEN, TERM_PLAIN},
    [LINE_PEER] = {" ", TERM_PLAIN, TERM_BOLD | TERM_CYAN, TERM_PLAIN},
    [LINE_NOTICE] = {"·", TERM_DIM, TERM_PLAIN, TERM_PLAIN},
    [LINE_WARNING] = {"!", TERM_BOLD | TERM_YELLOW, TERM_BOLD, TERM_BOLD},
    [LINE_ERROR] = {"!", TERM_RED, TERM_PLAIN, TERM_PLAIN},
    [LINE_QUESTION] = {"?", TERM_BOLD | TERM_YELLOW, TERM_BOLD, TERM_BOLD},
    [LINE_HELP] = {" ", TERM_PLAIN, TERM_PLAIN, TERM_PLAIN},
};

static const char *const marks[] = {
    [MARK_NONE] = " ",
    [MARK_WAITING] = "…",
    [MARK_SENT] = "›",
    [MARK_STORED] = "✓",
    [MARK_SEEN] = "○",
    [MARK_BACK] = "×",
};

static void
put(struct paint *p, struct term_pen *pen, unsigned style, const char *text)
{
	pen->style = style;
	term_text(p->term, pen, text, strlen(text));
}

/* Hours and minutes as on the wall here. */
static void
clock_text(int64_t time_ms, char out[TIME_MAX])
{
	time_t seconds = (time_t)(time_ms / 1000);
	struct tm tm;

	if (localtime_r(&seconds, &tm) == NULL ||
	    strftime(out, TIME_MAX, "%H:%M ", &tm) == 0)
		memcpy(out, "--:-- ", 7);
}

/* Time and mark, before a line's first row; style comes on top of theirs. */
static void
paint_indent(struct paint *p, struct term_pen *pen, const struct line *line,
    unsigned style)
{
	const struct line_look *look = &looks[line->kind];
	int indent = log_indent(line->kind, p->layout.columns);
	char text[TIME_MAX];

	if (line->kind == LINE_HELP)
		return;
	if (indent >= LOG_INDENT) {
		clock_text(line->time_ms, text);
		put(p, pen, TERM_DIM | style, text);
	}
	if (indent >= LOG_INDENT_MARK)
		put(p, pen, look->mark_style | style,
		    line->mark != MARK_NONE ? marks[line->mark] : look->mark);
}

/* One row of text, len bytes; its first head bytes say who. */
static void
paint_row(struct paint *p, struct term_pen *pen, const struct line_look *look,
    const char *text, size_t len, size_t head)
{
	if (head > len)
		head = len;
	pen->style = look->head_style;
	term_text(p->term, pen, text, head);
	pen->style = look->text_style;
	term_text(p->term, pen, text + head, len - head);
}

static void
paint_day(struct paint *p, int row, const struct line *line)
{
	struct term_pen pen = {.row = row, .limit = p->layout.columns};
	char *text = log_day_text(line->time_ms, p->layout.columns);

	put(p, &pen, TERM_DIM, text);
	free(text);
}

/*
 * The rows of one line's text that are in view, at so many of them from top
 * on. What was searched for stands out by its indent or, without one, by
 * itself.
 */
static void
paint_text(struct paint *p, int top, const struct log_row *rows, size_t count)
{
	const struct line *line = model_line(p->model, rows[0].line);
	bool found = rows[0].line == p->model->found;
	int columns = p->layout.columns;
	int indent = log_indent(line->kind, columns);
	struct line_look look = looks[line->kind];
	size_t needed = rows[count - 1].row + 1;
	struct wrap_row *wraps = mem_alloc(needed * sizeof(*wraps));
	size_t head;
	char *text = log_text(line, &head);

	if (found && indent == 0) {
		look.head_style |= TERM_REVERSE;
		look.text_style |= TERM_REVERSE;
	}
	wrap_words(text, columns - indent, wraps, needed);
	for (size_t i = 0; i < count; i++) {
		const struct wrap_row *w = &wraps[rows[i].row];
		struct term_pen pen = {.row = top + (int)i, .limit = columns};

		if (rows[i].row == 0)
			paint_indent(
			    p, &pen, line, found ? TERM_REVERSE : TERM_PLAIN);
		pen.column = indent;
		paint_row(p, &pen, &look, text + w->start, w->len,
		    head > w->start ? head - w->start : 0);
	}
	free(text);
	free(wraps);
}

/* The rows of one line; none of one that is not in memory. */
static void
paint_line(struct paint *p, int top, const struct log_row *rows, size_t count)
{
	const struct line *line = model_line(p->model, rows[0].line);
	size_t date = rows[0].row == LOG_DATE_ROW ? 1 : 0;

	if (line == NULL)
		return;
	if (date > 0)
		paint_day(p, top, line);
	if (count > date)
		paint_text(p, top + (int)date, rows + date, count - date);
}

void
paint_log(struct paint *p)
{
	const struct pane *pane = &p->layout.log;
	size_t count;

	if (pane->height > p->row_size) {
		p->row_size = pane->height;
		p->rows = mem_realloc(
		    p->rows, (size_t)p->row_size * sizeof(*p->rows));
	}
	count = logpane_view(&p->log, p->model, p->rows);
	for (size_t i = 0, n; i < count; i += n) {
		for (n = 1;
		     i + n < count && p->rows[i + n].line == p->rows[i].line;)
			n++;
		paint_line(p, pane->top + (int)i, p->rows + i, n);
	}
}
