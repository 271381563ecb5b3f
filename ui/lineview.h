/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The input line: readline's buffer, hard-wrapped, with the cursor. Pure.
 * Raw bytes, not cleaned: invalid ones show as \xNN, controls as ^X, a
 * newline as a mark and a new row, a tab as spaces to the next multiple of
 * eight. What has no width of its own (accents, joiners, selectors, bidi
 * controls) belongs to the cell before it; the marks on whose width
 * terminals disagree are there but not drawn.
 */
#ifndef CHARLA_UI_LINEVIEW_H
#define CHARLA_UI_LINEVIEW_H

#include <stddef.h>

enum cell_style { CELL_PLAIN, CELL_DIM, CELL_CONTROL };

struct line_cell {
	int row, column;
	int width; /* columns */
	enum cell_style style;
	char text[40]; /* UTF-8, terminated: what to draw there */
	size_t offset; /* byte in the text; SIZE_MAX: of the prompt */
};

struct line_view {
	struct line_cell *cells;
	size_t count, size;
	int rows; /* rows used, the cursor's included */
	int cursor_row, cursor_column;
};

/*
 * Lay out prompt followed by text (len bytes) at the given columns, cursor
 * in front of the byte at point (of text). Cells are allocated as needed;
 * line_view_release frees. A cursor in the column after the last belongs to
 * column 0 of the next row. The view may be reused for the next layout; a
 * zeroed one is an empty one. \001 and \002 in the prompt are skipped.
 */
void line_view_layout(struct line_view *view, const char *prompt,
    const char *text, size_t len, size_t point, int columns);
/*
 * Where the cursor goes in that row, as near to column as can be: a byte of
 * the text, of which there are len.
 */
size_t line_view_point(
    const struct line_view *view, size_t len, int row, int column);
void line_view_release(struct line_view *view);

#endif
