/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every line says what it is without colour too: by its mark, and by the
 * sign behind the name, which is the prompt's for our own.
 */
#include "ui/paint_log.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "ui/links.h"
#include "ui/logtime.h"
#include "ui/wrap.h"

/* How the lines of a kind look. */
struct line_look {
	const char *mark;
	enum role mark_role, head_role, text_role;
};

static const struct line_look looks[] = {
    [LINE_OWN] = {" ", ROLE_OWN_MARK, ROLE_OWN_NAME, ROLE_TEXT},
    [LINE_PEER] = {" ", ROLE_TEXT, ROLE_PEER_NAME, ROLE_TEXT},
    [LINE_NOTICE] = {"·", ROLE_NOTICE_MARK, ROLE_NOTICE, ROLE_NOTICE},
    [LINE_WARNING] = {"!", ROLE_WARNING_MARK, ROLE_WARNING, ROLE_WARNING},
    [LINE_ERROR] = {"!", ROLE_ERROR_MARK, ROLE_ERROR, ROLE_ERROR},
    [LINE_QUESTION] = {"?", ROLE_QUESTION_MARK, ROLE_QUESTION, ROLE_QUESTION},
    [LINE_HELP] = {" ", ROLE_TEXT, ROLE_TEXT, ROLE_TEXT},
};

/* Nobody has to answer it any more. */
static const struct line_look answered = {
    "?", ROLE_NOTICE_MARK, ROLE_NOTICE, ROLE_NOTICE};

static const struct line_look *
look_of(const struct line *line)
{
	if (line->kind == LINE_QUESTION && line->question == 0)
		return &answered;
	return &looks[line->kind];
}

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

/* Time and mark, before a line's first row; style comes on top of theirs. */
static void
paint_indent(struct paint *p, struct term_pen *pen, const struct line *line,
    unsigned style)
{
	const struct line_look *look = look_of(line);
	int indent = log_indent(&p->log, line->kind);
	char *time;

	if (line->kind == LINE_HELP)
		return;
	if (indent > LOG_INDENT_MARK) {
		time = logtime_text(p->settings->time_format, line->time_ms,
		    p->log.time_columns);
		style |= paint_style(p, ROLE_TIME);
		put(p, pen, style, time);
		pen->limit = indent - LOG_INDENT_MARK;
		term_fill(p->term, pen);
		pen->limit = p->layout.columns;
		free(time);
	}
	if (indent >= LOG_INDENT_MARK)
		put(p, pen, paint_style(p, look->mark_role) | style,
		    line->mark != MARK_NONE ? marks[line->mark] : look->mark);
}

/* A line's text on its way to the cells; the links are found as it goes. */
struct text_brush {
	const char *text;
	size_t head; /* bytes that say who */
	unsigned head_style, text_style, link_style;
	bool has_link;
	struct text_link link; /* the next one, or the one we are in */
	uint32_t link_id;
};

static void
paint_link(struct paint *p, struct term_pen *pen, struct text_brush *b,
    const char *text, size_t len)
{
	const struct term_link link = {
	    .url = b->text + b->link.start,
	    .len = b->link.len,
	    .id = b->link_id,
	};

	pen->style = b->link_style;
	if (p->settings->links)
		term_link_text(p->term, pen, text, len, &link);
	else
		term_text(p->term, pen, text, len);
}

/* The bytes from at to end: up to the next place where the look changes. */
static size_t
paint_span(struct paint *p, struct term_pen *pen, struct text_brush *b,
    size_t at, size_t end)
{
	size_t link_end = b->link.start + b->link.len;

	while (b->has_link && link_end <= at) {
		b->has_link = links_next(b->text, link_end, &b->link);
		b->link_id++;
		link_end = b->link.start + b->link.len;
	}
	if (at < b->head) {
		end = b->head < end ? b->head : end;
		pen->style = b->head_style;
		term_text(p->term, pen, b->text + at, end - at);
	} else if (b->has_link && at >= b->link.start) {
		end = link_end < end ? link_end : end;
		paint_link(p, pen, b, b->text + at, end - at);
	} else {
		if (b->has_link && b->link.start < end)
			end = b->link.start;
		pen->style = b->text_style;
		term_text(p->term, pen, b->text + at, end - at);
	}
	return end;
}

static void
paint_row(struct paint *p, struct term_pen *pen, struct text_brush *b,
    const struct wrap_row *row)
{
	size_t at = row->start, end = row->start + row->len;

	while (at < end)
		at = paint_span(p, pen, b, at, end);
}

/* The date, or that the line below is the first unread one. */
static void
paint_above(struct paint *p, int top, const struct log_row *row,
    const struct line *line)
{
	struct term_pen pen = {.row = top, .limit = p->layout.columns};
	bool date = row->row == LOG_DATE_ROW;
	char *text = date ? log_day_text(line->time_ms, p->layout.columns)
			  : log_unread_text(p->layout.columns);

	put(p, &pen, paint_style(p, date ? ROLE_DAY : ROLE_UNREAD), text);
	free(text);
}

/* What was searched for, or the question that was gone to. */
static bool
stands_out(const struct paint *p, size_t position)
{
	const struct line *line = model_line(p->model, position);

	return position == p->model->found ||
	       (p->log.goal == LOG_GOAL_QUESTION && p->log.target == position &&
		   line->question > 0);
}

/* style comes on top of the line's own. */
static struct text_brush
brush_for(struct paint *p, const struct log_row *row, unsigned style)
{
	const struct line *line = model_line(p->model, row->line);
	const struct line_look *look = look_of(line);
	struct text_brush b = {
	    .head_style = style | paint_style(p, look->head_role),
	    .text_style = style | paint_style(p, look->text_role),
	    .link_style = style | paint_style(p, ROLE_LINK),
	    .link_id = (uint32_t)row->line << 8,
	};

	return b;
}

/*
 * The rows of one line's text that are in view, at so many of them from top
 * on. What stands out does it by its indent or, without one, by itself.
 */
static void
paint_text(struct paint *p, int top, const struct log_row *rows, size_t count)
{
	const struct line *line = model_line(p->model, rows[0].line);
	bool found = stands_out(p, rows[0].line);
	int columns = p->layout.columns;
	int indent = log_indent(&p->log, line->kind);
	unsigned style = found ? paint_style(p, ROLE_FOUND) : TERM_PLAIN;
	size_t needed = rows[count - 1].row + 1;
	struct wrap_row *wraps = mem_alloc(needed * sizeof(*wraps));
	struct text_brush brush =
	    brush_for(p, rows, indent == 0 ? style : TERM_PLAIN);
	char *text = log_text(line, &brush.head);

	brush.text = text;
	/* What charla tells may hold one that was cut. */
	brush.has_link = (line->who != NULL || line->kind == LINE_HELP) &&
			 links_next(text, brush.head, &brush.link);
	wrap_behind(text, brush.head, columns - indent, wraps, needed);
	for (size_t i = 0; i < count; i++) {
		struct term_pen pen = {.row = top + (int)i, .limit = columns};

		if (rows[i].row == 0)
			paint_indent(p, &pen, line, style);
		pen.column = indent;
		paint_row(p, &pen, &brush, &wraps[rows[i].row]);
	}
	free(text);
	free(wraps);
}

/* The rows of one line; none of one that is not in memory. */
static void
paint_line(struct paint *p, int top, const struct log_row *rows, size_t count)
{
	const struct line *line = model_line(p->model, rows[0].line);
	size_t above = 0;

	if (line == NULL)
		return;
	for (; above < count && rows[above].row >= LOG_UNREAD_ROW; above++)
		paint_above(p, top + (int)above, &rows[above], line);
	if (count > above)
		paint_text(p, top + (int)above, rows + above, count - above);
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
	p->row_count = count = logpane_view(&p->log, p->model, p->rows);
	for (size_t i = 0, n; i < count; i += n) {
		for (n = 1;
		     i + n < count && p->rows[i + n].line == p->rows[i].line;)
			n++;
		paint_line(p, pane->top + (int)i, p->rows + i, n);
	}
}

const struct line *
paint_log_at(const struct paint *p, int row)
{
	int at = row - p->layout.log.top;

	if (at < 0 || (size_t)at >= p->row_count || at >= p->layout.log.height)
		return NULL;
	return model_line(p->model, p->rows[at].line);
}
