/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/term_links.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"

void
term_links_release(struct term_links *l)
{
	osc8_release(&l->links);
	free(l->row_sums);
	memset(l, 0, sizeof(*l));
}

void
term_links_begin(struct term_links *l, int rows)
{
	size_t size = (size_t)rows * sizeof(*l->row_sums);

	osc8_clear(&l->links);
	if (l->rows != rows)
		l->row_sums = mem_realloc(l->row_sums, size);
	l->rows = rows;
	memset(l->row_sums, 0, size);
}

void
term_links_cell(struct term_links *l, int row, uint64_t cell)
{
	if (row >= 0 && row < l->rows)
		l->row_sums[row] = osc8_mix(l->row_sums[row], cell);
}

void
term_links_forget(struct term_links *l)
{
	l->written = 0;
}

char *
term_links_bytes(struct term_links *l, bool colours)
{
	uint64_t sum;

	if (l->links.count == 0)
		return NULL;
	sum = osc8_sum(&l->links, l->row_sums, l->rows);
	if (sum == l->written)
		return NULL;
	l->written = sum;
	return osc8_bytes(&l->links, colours);
}
