/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/bare.h"

#include <stdlib.h>

#include "ui/barepage.h"

void
bare_begin(struct bare *b, struct paint *p)
{
	size_t from;

	b->on = logpane_span(&p->log, p->model, &from, &b->lowest);
	b->drawn = false;
}

bool
bare_end(struct bare *b, struct paint *p)
{
	if (!b->on)
		return false;
	b->on = false;
	term_repaint(p->term);
	return true;
}

void
bare_draw(struct bare *b, struct paint *p)
{
	char *page;

	if (b->drawn || term_wants_output(p->term))
		return;
	page = barepage_text(
	    p->model, b->lowest, term_rows(p->term), term_columns(p->term));
	term_page(p->term, page);
	free(page);
	b->drawn = true;
}

void
bare_stale(struct bare *b)
{
	b->drawn = false;
}
