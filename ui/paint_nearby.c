/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/paint_nearby.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"

enum {
	PEOPLE_MAX = 12, /* in rows; /peers has them all */
	NAME_MAX_COLUMNS = 32,
	GAP = 2,
	NUMBER_COLUMNS = 4,
};

/* One column of the table. */
struct column {
	int from, width;
};

int
paint_nearby_wish(const struct paint *p)
{
	size_t count = p->model->nearby_count;

	if (count == 0 || paint_shows_list(p))
		return 0;
	return 1 + (int)(count < PEOPLE_MAX ? count : PEOPLE_MAX);
}

static int
widest(const struct model *m, size_t count, bool names)
{
	int width = 0;

	for (size_t i = 0; i < count; i++) {
		int w = text_columns(
		    names ? m->nearby[i].name : m->nearby[i].trust);

		if (w > width)
			width = w;
	}
	return width < NAME_MAX_COLUMNS ? width : NAME_MAX_COLUMNS;
}

/* What does not fit lacks its end. */
static void
put(struct paint *p, int row, enum role role, const struct column *c,
    const char *text)
{
	int room = p->layout.columns - c->from;
	struct term_pen pen = {
	    .row = row,
	    .column = c->from,
	    .limit = p->layout.columns,
	    .style = paint_style(p, role),
	};
	char *cut;

	if (room <= 0)
		return;
	cut = text_cut(text, c->width < room ? c->width : room, false);
	term_text(p->term, &pen, cut, strlen(cut));
	free(cut);
}

static void
paint_title(struct paint *p, int row, size_t shown)
{
	const struct column c = {0, p->layout.columns};
	size_t count = p->model->nearby_count;
	char *text;

	if (shown == count)
		text = str_dup(
		    _("nearby; /connect with a number or a name calls:"));
	else
		text = str_printf(
		    _("nearby: %zu of %zu people, /peers lists them all; "
		      "/connect calls:"),
		    shown, count);
	put(p, row, ROLE_LIST_TITLE, &c, text);
	free(text);
}

static void
paint_person(struct paint *p, int row, const struct near *n,
    const struct column columns[3])
{
	const struct column first = {0, NUMBER_COLUMNS};
	char number[16];

	snprintf(number, sizeof(number), "%3u", n->number);
	put(p, row, ROLE_LIST, &first, number);
	put(p, row, ROLE_LIST, &columns[0], n->name);
	put(p, row, ROLE_LIST, &columns[1], n->trust);
	put(p, row, ROLE_LIST, &columns[2], n->where);
}

/* The title goes first where there is but one row. */
void
paint_nearby(struct paint *p)
{
	const struct pane *pane = &p->layout.nearby;
	int title = pane->height > 1 ? 1 : 0;
	size_t count = (size_t)(pane->height - title);
	struct column columns[3];

	if (pane->height == 0)
		return;
	columns[0].from = NUMBER_COLUMNS + 1;
	columns[0].width = widest(p->model, count, true);
	columns[1].from = columns[0].from + columns[0].width + GAP;
	columns[1].width = widest(p->model, count, false);
	columns[2].from = columns[1].from + columns[1].width + GAP;
	columns[2].width = p->layout.columns;
	if (title > 0)
		paint_title(p, pane->top, count);
	for (size_t i = 0; i < count; i++)
		paint_person(p, pane->top + title + (int)i,
		    &p->model->nearby[i], columns);
}
