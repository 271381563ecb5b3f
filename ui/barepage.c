/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/barepage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/err.h"
#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"
#include "ui/logpane.h"

/*
 * Walk over clean text as a terminal of so many columns fills its rows, up to
 * where row number skip begins. Returns the rows begun, *at gets the place.
 */
static size_t
fill_rows(const char *text, int columns, size_t skip, size_t *at)
{
	size_t len = strlen(text), pos = 0, used, row = 0;
	int column = 0, width;

	while (pos < len && (row < skip || skip == 0)) {
		used = text_cluster(text + pos, len - pos, &width);
		if (text[pos] == '\n') {
			row++;
			column = 0;
		} else if (column + width > columns && column > 0) {
			row++;
			column = width;
			if (row == skip)
				break;
		} else {
			column += width;
		}
		pos += used;
	}
	*at = pos;
	return row + 1;
}

/* Its text, and in *rows how many it takes. The caller frees. */
static char *
text_of(const struct model *m, size_t position, int columns, size_t *rows)
{
	const struct line *line = model_line(m, position);
	size_t head, end;
	char *text;

	*rows = 0;
	if (line == NULL)
		return NULL;
	text = log_text(line, &head);
	*rows = fill_rows(text, columns, 0, &end);
	return text;
}

static void
print_line(FILE *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\n')
			fputs("\r\n", out);
		else
			fputc(*text, out);
	}
}

/* Lines from first to last; of the first one, skip rows are left out. */
static void
print_lines(FILE *out, const struct model *m, size_t first, size_t last,
    size_t skip, int columns)
{
	const char *gap = "";

	for (size_t at = first; at <= last; at++) {
		size_t rows, from = 0;
		char *text = text_of(m, at, columns, &rows);

		if (text == NULL)
			continue;
		if (at == first && skip > 0)
			fill_rows(text, columns, skip, &from);
		fputs(gap, out);
		print_line(out, text + from);
		gap = "\r\n";
		free(text);
	}
}

char *
barepage_text(const struct model *m, size_t lowest, int rows, int columns)
{
	size_t first = lowest + 1, taken = 0, more, len;
	size_t room = rows > 0 ? (size_t)rows : 0;
	char *page = NULL;
	FILE *out = open_memstream(&page, &len);

	if (out == NULL)
		fatal("%s", _("out of memory"));
	while (first > m->cleared && taken < room) {
		free(text_of(m, --first, columns, &more));
		taken += more;
	}
	if (room > 0 && first <= lowest)
		print_lines(out, m, first, lowest,
		    taken > room ? taken - room : 0, columns);
	if (fclose(out) != 0)
		fatal("%s", _("out of memory"));
	return page;
}
