/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/paint_list.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"

/* Takes text over. */
static void
paint_row(struct paint *p, int row, enum role role, char *text)
{
	struct term_pen pen = {
	    .row = row,
	    .limit = p->layout.columns,
	    .style = paint_style(p, role),
	};

	term_text(p->term, &pen, text, strlen(text));
	free(text);
}

/* One row for each line: what is too long lacks its middle. */
static void
paint_line(struct paint *p, int row, size_t at)
{
	const struct listing *list = &p->model->list;
	char *line = list->line(list->arg, at);

	paint_row(
	    p, row, ROLE_LIST, text_cut(line, p->layout.columns, !list->words));
	free(line);
}

void
paint_list(struct paint *p)
{
	const struct pane *pane = &p->layout.log;
	size_t from, count = listpane_view(&p->list, &from);

	if (pane->height == 0)
		return;
	paint_row(p, pane->top, ROLE_LIST_TITLE,
	    listpane_title(&p->list, p->model->list.title, p->layout.columns));
	for (size_t i = 0; i < count; i++)
		paint_line(p, pane->top + 1 + (int)i, from + i);
}
