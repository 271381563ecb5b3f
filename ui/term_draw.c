/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text into cells. */
#include <wchar.h>

#include "src/base/text.h"
#include "ui/term_state.h"

enum { TERM_CLUSTER_MAX = 5 };

void
term_begin(struct term *t)
{
	term_links_begin(&t->links, t->rows);
	erase();
}

static attr_t
attributes(unsigned style)
{
	attr_t attr = A_NORMAL;

	if (style & TERM_BOLD)
		attr |= A_BOLD;
	if (style & TERM_DIM)
		attr |= A_DIM;
	if (style & TERM_REVERSE)
		attr |= A_REVERSE;
	if (style & TERM_UNDERLINE)
		attr |= A_UNDERLINE;
	return attr;
}

/* One cluster of text_cluster; what ncurses cannot hold is left out. */
static void
put_cluster(
    struct term *t, const struct term_pen *pen, const char *text, size_t len)
{
	unsigned colour = t->colours ? pen->style & TERM_COLOUR_MASK : 0;
	wchar_t wide[TERM_CLUSTER_MAX + 1];
	size_t count = 0;
	cchar_t cell;
	uint32_t cp;

	for (size_t at = 0; at < len && count < TERM_CLUSTER_MAX;) {
		at += text_decode(text + at, len - at, &cp);
		wide[count++] = (wchar_t)cp;
		term_links_cell(&t->links, pen->row,
		    (uint64_t)pen->style << 48 ^
			(uint64_t)(unsigned)pen->column << 24 ^ cp);
	}
	wide[count] = L'\0';
	if (setcchar(&cell, wide, attributes(pen->style),
		(short)(colour >> TERM_COLOUR_SHIFT), NULL) != ERR)
		mvadd_wch(pen->row, pen->column, &cell);
}

void
term_text(struct term *t, struct term_pen *pen, const char *text, size_t len)
{
	size_t at = 0;

	while (at < len) {
		int width;
		size_t n = text_cluster(text + at, len - at, &width);

		if (pen->column + width > pen->limit)
			return;
		if (width > 0)
			put_cluster(t, pen, text + at, n);
		pen->column += width;
		at += n;
	}
}

void
term_link_text(struct term *t, struct term_pen *pen, const char *text,
    size_t len, const struct term_link *link)
{
	int column = pen->column;
	const struct osc8_part part = {
	    .row = pen->row,
	    .column = column,
	    .style = pen->style,
	    .id = link->id,
	    .text = (char *)text,
	    .url = (char *)link->url,
	};

	term_text(t, pen, text, len);
	if (t->takes_strings && pen->column > column)
		osc8_add(&t->links.links, &part, (size_t)(pen->column - column),
		    link->len);
}

void
term_fill(struct term *t, struct term_pen *pen)
{
	while (pen->column < pen->limit)
		term_text(t, pen, " ", 1);
}
