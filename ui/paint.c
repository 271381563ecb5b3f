/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/paint.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"
#include "ui/matchpane.h"
#include "ui/paint_list.h"
#include "ui/paint_log.h"
#include "ui/paint_nearby.h"
#include "ui/progress.h"
#include "ui/titletext.h"

enum { MATCH_GAP = 2 };

static const char separator[] = " · ";

static void
put(struct paint *p, struct term_pen *pen, const char *text)
{
	term_text(p->term, pen, text, strlen(text));
}

unsigned
paint_style(const struct paint *p, enum role role)
{
	return theme_style(p->palette, role);
}

static struct term_pen
pen_at(const struct paint *p, int row, enum role role)
{
	struct term_pen pen = {
	    .row = row,
	    .limit = p->layout.columns,
	    .style = paint_style(p, role),
	};

	return pen;
}

void
paint_release(struct paint *p)
{
	line_view_release(&p->line);
	free(p->rows);
	p->rows = NULL;
	p->row_size = 0;
}

bool
paint_shows_list(const struct paint *p)
{
	return p->model->list.line != NULL;
}

static struct match_sizes
match_sizes(const struct input_matches *m)
{
	return (struct match_sizes){m->count, m->width, m->help_width};
}

void
paint_arrange(struct paint *p)
{
	int rows = term_rows(p->term), columns = term_columns(p->term);
	struct match_sizes matches = match_sizes(input_matches(p->input));
	struct layout_wishes wishes;
	struct input_look look;

	input_look(p->input, &look);
	line_view_layout(
	    &p->line, look.prompt, look.text, look.len, look.point, columns);
	wishes.input = p->line.rows;
	wishes.transfers = p->model->row_count < (size_t)rows
			       ? (int)p->model->row_count
			       : rows;
	wishes.completions = matchpane_rows(&matches, columns);
	wishes.nearby = paint_nearby_wish(p);
	layout_compute(&p->layout, rows, columns, &wishes);
	if (paint_shows_list(p)) {
		logpane_rest(&p->log, p->model);
		listpane_update(&p->list, p->model, p->layout.log.height);
	} else {
		logpane_update(
		    &p->log, p->model, columns, p->layout.log.height);
	}
}

static const char *
or_empty(const char *text)
{
	return text == NULL ? "" : text;
}

static void
paint_title(struct paint *p)
{
	const struct pane *pane = &p->layout.title;
	struct term_pen pen = pen_at(p, pane->top, ROLE_TITLE);
	char *text;

	if (pane->height == 0)
		return;
	text = title_text(&p->model->title, p->layout.columns);
	put(p, &pen, text);
	term_fill(p->term, &pen);
	free(text);
}

static void
paint_match(struct paint *p, const struct match_page *page, size_t place,
    const struct input_matches *m)
{
	const struct choice *c = &m->list[page->from + place];
	struct term_pen pen = pen_at(p,
	    p->layout.completions.top + (int)place / page->per_row, ROLE_MATCH);
	int column = (int)place % page->per_row * page->step;
	char *help;

	pen.column = column;
	put(p, &pen, c->word);
	if (!page->helps || c->help == NULL)
		return;
	pen.style = paint_style(p, ROLE_MATCH_HELP);
	pen.column = column + m->width + MATCH_GAP;
	help = text_cut(c->help, p->layout.columns - pen.column, false);
	put(p, &pen, help);
	free(help);
}

static void
paint_matches(struct paint *p)
{
	const struct pane *pane = &p->layout.completions;
	const struct input_matches *m = input_matches(p->input);
	struct match_sizes sizes = match_sizes(m);
	struct match_page page;
	struct term_pen pen;
	char *more;

	matchpane_page(&sizes, pane->height, p->layout.columns, m->page, &page);
	for (size_t i = 0; i < page.count; i++)
		paint_match(p, &page, i, m);
	if (page.more == 0 || (int)page.count / page.per_row >= pane->height)
		return;
	more = str_printf(_("+%zu more: Tab"), page.more);
	pen = pen_at(
	    p, pane->top + (int)page.count / page.per_row, ROLE_MATCH_HELP);
	pen.column = (int)page.count % page.per_row * page.step;
	put(p, &pen, more);
	free(more);
}

static void
paint_transfers(struct paint *p, uint64_t now_ms)
{
	const struct pane *pane = &p->layout.transfers;

	for (int i = 0; i < pane->height; i++) {
		struct term_pen pen = pen_at(p, pane->top + i, ROLE_TRANSFER);
		char *text = progress_text(
		    &p->model->rows[i], p->layout.columns, now_ms);
		size_t len, bar = progress_bar(text, &len);

		term_text(p->term, &pen, text, bar);
		pen.style = paint_style(p, ROLE_BAR);
		term_text(p->term, &pen, text + bar, len);
		pen.style = paint_style(p, ROLE_TRANSFER);
		put(p, &pen, text + bar + len);
		free(text);
	}
}

/* What of the log is out of view, in words; NULL: nothing. */
static char *
scroll_note(const struct paint *p)
{
	size_t unseen = logpane_unseen(&p->log, p->model);

	if (!p->log.scrolled && !paint_shows_list(p))
		return NULL;
	if (unseen == 0)
		return paint_shows_list(p) ? NULL : str_dup(_("↓ more below"));
	return str_printf(
	    ngettext("↓ %zu new line", "↓ %zu new lines", unseen), unseen);
}

/* Several lines in the input: they go as one message. */
static void
put_lines(struct paint *p, struct term_pen *pen, const struct input_look *look)
{
	size_t lines = 1;
	char *text;

	for (size_t i = 0; i < look->len; i++)
		lines += look->text[i] == '\n';
	if (lines == 1)
		return;
	text = str_printf(ngettext("%zu line, Enter sends it",
			      "%zu lines, Enter sends them all", lines),
	    lines);
	put(p, pen, text);
	put(p, pen, separator);
	free(text);
}

/* Who is typing, and the link. The caller frees. */
static char *
status_words(const struct model *m)
{
	const char *status = or_empty(m->status);
	char *typing, *words;

	if (m->typing == NULL || *m->typing == '\0')
		return str_dup(status);
	typing = str_printf(_("%s is typing"), m->typing);
	words = str_printf(
	    "%s%s%s", typing, *status != '\0' ? separator : "", status);
	free(typing);
	return words;
}

static void
paint_status(struct paint *p)
{
	const struct pane *pane = &p->layout.status;
	struct term_pen pen = pen_at(p, pane->top, ROLE_ALERT);
	const struct model *m = p->model;
	struct input_look look;
	char *note, *words, *cut;
	int from;

	if (pane->height == 0)
		return;
	note = scroll_note(p);
	if (note != NULL) {
		from = p->layout.columns - text_columns(note);
		pen.column = from > 0 ? from : 0;
		put(p, &pen, note);
		pen.limit = pen.column = from > 1 ? from - 1 : 0;
		free(note);
	}
	pen.column = 0;
	input_look(p->input, &look);
	if (look.mode != NULL) {
		put(p, &pen, look.mode);
		put(p, &pen, " ");
	}
	put_lines(p, &pen, &look);
	pen.style = paint_style(p, ROLE_STATUS);
	words = status_words(m);
	cut = text_cut(words, pen.limit - pen.column, false);
	put(p, &pen, cut);
	free(cut);
	free(words);
}

static unsigned
cell_look(const struct paint *p, const struct line_cell *cell,
    const struct input_look *look)
{
	static const enum role roles[] = {
	    [CELL_PLAIN] = ROLE_TEXT,
	    [CELL_DIM] = ROLE_FAINT,
	    [CELL_CONTROL] = ROLE_CONTROL,
	};
	unsigned style = paint_style(p, roles[cell->style]);

	if (cell->offset >= look->marked_from && cell->offset < look->marked_to)
		style |= paint_style(p, ROLE_REGION);
	return style;
}

/* Move the window over the line's rows no more than the cursor needs. */
static void
follow_cursor(struct paint *p)
{
	int height = p->layout.input.height;
	int cursor = p->line.cursor_row;

	if (p->line_top > p->line.rows - height)
		p->line_top = p->line.rows - height;
	if (p->line_top < 0 || cursor < p->line_top)
		p->line_top = cursor < p->line_top ? cursor : 0;
	if (cursor >= p->line_top + height)
		p->line_top = cursor - height + 1;
}

static void
paint_line(struct paint *p)
{
	const struct pane *pane = &p->layout.input;
	struct input_look look;

	follow_cursor(p);
	input_look(p->input, &look);
	for (size_t i = 0; i < p->line.count; i++) {
		const struct line_cell *cell = &p->line.cells[i];
		int row = cell->row - p->line_top;
		struct term_pen pen;

		if (row < 0)
			continue;
		if (row >= pane->height)
			break;
		pen = pen_at(p, pane->top + row, ROLE_TEXT);
		pen.style = cell_look(p, cell, &look);
		pen.column = cell->column;
		put(p, &pen, cell->text);
	}
}

void
paint_frame(struct paint *p, uint64_t now_ms)
{
	term_begin(p->term);
	paint_title(p);
	if (paint_shows_list(p))
		paint_list(p);
	else
		paint_log(p);
	paint_nearby(p);
	paint_matches(p);
	paint_transfers(p, now_ms);
	paint_status(p);
	paint_line(p);
	term_end(p->term,
	    p->layout.input.top + p->line.cursor_row - p->line_top,
	    p->line.cursor_column);
}
