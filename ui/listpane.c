/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/listpane.h"

#include <stdlib.h>

#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"

enum {
	GAP = 2,
	TITLE_KEEP = 12, /* columns; what is at the right goes before */
};

/* The first line of the last page. */
static size_t
last_top(const struct listpane *p)
{
	return p->count > p->height ? p->count - p->height : 0;
}

/* The first line in view. */
static size_t
first(const struct listpane *p)
{
	return p->top < last_top(p) ? p->top : last_top(p);
}

void
listpane_update(struct listpane *p, const struct model *m, int height)
{
	if (p->id != m->list_id)
		p->top = 0;
	p->id = m->list_id;
	p->count = m->list.count;
	p->height = height > 1 ? (size_t)height - 1 : 0;
}

static void
go_back(struct listpane *p, size_t step)
{
	size_t top = first(p);

	p->top = top > step ? top - step : 0;
}

static void
go_on(struct listpane *p, size_t step)
{
	size_t top = first(p);

	p->top = last_top(p) - top > step ? top + step : last_top(p);
}

void
listpane_page(struct listpane *p, int pages)
{
	size_t page = p->height > 1 ? p->height - 1 : 1;

	if (pages < 0)
		go_back(p, page * (size_t)-pages);
	else
		go_on(p, page * (size_t)pages);
}

void
listpane_scroll(struct listpane *p, int rows)
{
	if (rows < 0)
		go_back(p, (size_t)-rows);
	else
		go_on(p, (size_t)rows);
}

void
listpane_top(struct listpane *p)
{
	p->top = 0;
}

void
listpane_bottom(struct listpane *p)
{
	p->top = last_top(p);
}

size_t
listpane_view(const struct listpane *p, size_t *from)
{
	size_t below;

	*from = first(p);
	below = p->count - *from;
	return below < p->height ? below : p->height;
}

/* Which lines are in view, in words; NULL: none. */
static char *
place_text(const struct listpane *p)
{
	size_t from, count = listpane_view(p, &from);

	if (count == 0)
		return NULL;
	if (count == 1)
		return str_printf(_("line %zu of %zu"), from + 1, p->count);
	return str_printf(
	    _("lines %zu to %zu of %zu"), from + 1, from + count, p->count);
}

static int
least(int a, int b)
{
	return a < b ? a : b;
}

/* What stands at the right, gaps in front included; either may be NULL. */
static char *
right_text(const char *place, const char *hint)
{
	return str_printf("%*s%s%*s%s", place != NULL ? GAP : 0, "",
	    place != NULL ? place : "", hint != NULL ? GAP : 0, "",
	    hint != NULL ? hint : "");
}

char *
listpane_title(const struct listpane *p, const char *title, int columns)
{
	int width = text_columns(title), left;
	char *place = place_text(p);
	char *right = right_text(place, _("Esc closes"));
	char *cut, *row;

	/* The hint goes first, then the end of the title, then the place. */
	if (columns < width + text_columns(right))
		str_replace(&right, right_text(place, NULL));
	if (columns < least(width, TITLE_KEEP) + text_columns(right))
		str_replace(&right, str_dup(""));
	left = columns - text_columns(right);
	cut = text_cut(title, left, false);
	row = *right != '\0' ? str_printf("%s%*s%s", cut,
				   left - text_columns(cut), "", right)
			     : str_dup(cut);
	free(place);
	free(right);
	free(cut);
	return row;
}
