/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/matchpane.h"

#include <limits.h>
#include <string.h>

enum { GAP = 2, HELP_LEAST = 16 };

static void
arrange(const struct match_sizes *sizes, int columns, struct match_page *out)
{
	int width = sizes->width;

	memset(out, 0, sizeof(*out));
	out->helps =
	    sizes->help_width > 0 && columns >= sizes->width + GAP + HELP_LEAST;
	if (out->helps)
		width += GAP + sizes->help_width;
	out->step = width + GAP;
	out->per_row = (columns + GAP) / out->step;
	if (out->per_row < 1)
		out->per_row = 1;
}

int
matchpane_rows(const struct match_sizes *sizes, int columns)
{
	struct match_page page;
	size_t rows;

	arrange(sizes, columns, &page);
	rows = (sizes->count + (size_t)page.per_row - 1) / (size_t)page.per_row;
	return rows < INT_MAX ? (int)rows : INT_MAX;
}

void
matchpane_page(const struct match_sizes *sizes, int rows, int columns,
    size_t page, struct match_page *out)
{
	size_t places, step;

	arrange(sizes, columns, out);
	places = (size_t)(rows > 0 ? rows : 0) * (size_t)out->per_row;
	if (places == 0 || sizes->count <= places) {
		out->count = places == 0 ? 0 : sizes->count;
		out->more = sizes->count - out->count;
		return;
	}
	/* One place says that there are more. */
	step = places > 1 ? places - 1 : 1;
	out->from = page % ((sizes->count + step - 1) / step) * step;
	out->more = sizes->count - out->from;
	out->count = out->more < step ? out->more : step;
	out->more -= out->count;
}
