/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pen stands where the next cell would go; column may be one past the
 * last, and only what is drawn there turns to the next row. Every cell is one
 * or two columns wide, so that no notation ever sticks out of a row.
 */
#include "ui/lineview.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "src/base/text.h"
#include "src/base/util.h"

enum {
	CELL_CHARACTERS = 5, /* what curses holds in one cell */
	TAB_STOP = 8,
	CELLS_FIRST = 128,
};

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */
static const char circle[] = "\xe2\x97\x8c";      /* U+25CC */
static const char newline[] = "\xe2\x8f\x8e";     /* U+23CE */

struct pen {
	struct line_view *view;
	int columns;
	int row, column;
	size_t offset;  /* of what is being drawn */
	bool prompt;    /* that is the prompt */
	int characters; /* in the last cell; 0: it takes no more */
	bool cursor;    /* the cursor stands at offset, not placed yet */
	bool placed;
};

struct range {
	uint32_t first, last;
};

/*
 * Not drawn: what reorders a row or joins cells, and so makes the terminal
 * and us disagree about what stands where.
 */
static const struct range hidden[] = {
    {0x061C, 0x061C},   /* Arabic letter mark */
    {0x180B, 0x180F},   /* Mongolian selectors */
    {0x200B, 0x200B},   /* zero width space */
    {0x200D, 0x200F},   /* ZWJ, LRM, RLM */
    {0x202A, 0x202E},   /* embeddings and overrides */
    {0x2060, 0x206F},   /* word joiner, isolates, shapings */
    {0x20E3, 0x20E3},   /* keycap */
    {0xFE00, 0xFE0F},   /* variation selectors */
    {0xFEFF, 0xFEFF},   /* byte order mark */
    {0xFFF9, 0xFFFB},   /* interlinear annotation */
    {0x1F3FB, 0x1F3FF}, /* skin tones */
    {0xE0000, 0xE0FFF}, /* tags, more selectors */
};

static bool
is_hidden(uint32_t cp)
{
	size_t i;

	for (i = 0; i < COUNT(hidden); i++)
		if (cp >= hidden[i].first && cp <= hidden[i].last)
			return true;
	return false;
}

static void
place_cursor(struct pen *pen, int row, int column)
{
	if (column >= pen->columns) {
		row++;
		column = 0;
	}
	pen->view->cursor_row = row;
	pen->view->cursor_column = column;
	pen->cursor = false;
	pen->placed = true;
}

static struct line_cell *
new_cell(struct line_view *view)
{
	if (view->count == view->size) {
		view->size = view->size == 0 ? CELLS_FIRST : 2 * view->size;
		view->cells =
		    mem_realloc(view->cells, view->size * sizeof(*view->cells));
	}
	return &view->cells[view->count++];
}

static void
turn(struct pen *pen)
{
	pen->row++;
	pen->column = 0;
	pen->characters = 0;
}

/* Add len bytes of text as one cell, which takes no more afterwards. */
static void
put(struct pen *pen, const char *text, size_t len, int width,
    enum cell_style style)
{
	struct line_cell *cell = new_cell(pen->view);

	if (pen->column + width > pen->columns)
		turn(pen);
	if (pen->cursor)
		place_cursor(pen, pen->row, pen->column);
	cell->row = pen->row;
	cell->column = pen->column;
	cell->width = width;
	cell->style = pen->prompt ? CELL_PLAIN : style;
	cell->offset = pen->prompt ? SIZE_MAX : pen->offset;
	memcpy(cell->text, text, len);
	cell->text[len] = '\0';
	pen->column += width;
	pen->characters = 0;
}

/* Notation: one cell for each of its ASCII characters. */
static void
put_ascii(struct pen *pen, const char *text, enum cell_style style)
{
	for (; *text != '\0'; text++)
		put(pen, text, 1, 1, style);
}

static void
put_control(struct pen *pen, char c)
{
	char caret[] = {'^', c == 0x7F ? '?' : (char)(c + '@'), '\0'};

	if (c == '\n') {
		put(pen, newline, sizeof(newline) - 1, 1, CELL_DIM);
		turn(pen);
	} else if (c == '\t') {
		do
			put(pen, " ", 1, 1, CELL_PLAIN);
		while (
		    pen->column % TAB_STOP != 0 && pen->column < pen->columns);
	} else {
		put_ascii(pen, caret, CELL_CONTROL);
	}
}

/* A character of no width: into the last cell, or on a circle of its own. */
static void
put_mark(struct pen *pen, const char *bytes, size_t len)
{
	struct line_cell *cell;
	size_t end;

	if (pen->characters == 0 || pen->characters == CELL_CHARACTERS) {
		put(pen, circle, sizeof(circle) - 1, 1, CELL_PLAIN);
		pen->characters = 1;
	}
	cell = &pen->view->cells[pen->view->count - 1];
	end = strlen(cell->text);
	memcpy(cell->text + end, bytes, len);
	cell->text[end + len] = '\0';
	pen->characters++;
}

static void
put_character(struct pen *pen, uint32_t cp, const char *bytes, size_t len)
{
	int width = wcwidth((wchar_t)cp);

	if (is_hidden(cp))
		return;
	if (width == 0) {
		put_mark(pen, bytes, len);
	} else if (width < 0 || width > 2 || width > pen->columns) {
		put(pen, replacement, sizeof(replacement) - 1, 1, CELL_DIM);
	} else {
		put(pen, bytes, len, width, CELL_PLAIN);
		pen->characters = 1;
	}
}

/* Draw what stands at s (len >= 1 bytes there); returns the bytes used. */
static size_t
put_next(struct pen *pen, const char *s, size_t len)
{
	char notation[8];
	uint32_t cp;
	size_t used = text_decode(s, len, &cp);

	if (cp < 0x20 || cp == 0x7F) {
		put_control(pen, *s);
	} else if (text_is_utf8(s, used)) {
		put_character(pen, cp, s, used);
	} else {
		used = 1;
		snprintf(notation, sizeof(notation), "\\x%02X",
		    (unsigned)(unsigned char)*s);
		put_ascii(pen, notation, CELL_DIM);
	}
	return used;
}

static void
put_prompt(struct pen *pen, const char *prompt)
{
	size_t i, len = strlen(prompt);

	pen->prompt = true;
	for (i = 0; i < len;) {
		/* readline's marks around what is not seen. */
		if (prompt[i] == '\001' || prompt[i] == '\002')
			i++;
		else
			i += put_next(pen, prompt + i, len - i);
	}
	pen->prompt = false;
	pen->characters = 0;
}

void
line_view_layout(struct line_view *view, const char *prompt, const char *text,
    size_t len, size_t point, int columns)
{
	struct pen pen = {.view = view};
	int last;

	pen.columns = columns < 1 ? 1 : columns;
	view->count = 0;
	put_prompt(&pen, prompt);
	while (pen.offset < len) {
		pen.cursor = !pen.placed && pen.offset >= point;
		pen.offset +=
		    put_next(&pen, text + pen.offset, len - pen.offset);
		if (pen.cursor)
			place_cursor(&pen, pen.row, pen.column);
	}
	if (!pen.placed)
		place_cursor(&pen, pen.row, pen.column);
	last = view->cursor_row > pen.row ? view->cursor_row : pen.row;
	view->rows = last + 1;
}

size_t
line_view_point(const struct line_view *view, size_t len, int row, int column)
{
	size_t last = SIZE_MAX;

	for (size_t i = 0; i < view->count; i++) {
		const struct line_cell *cell = &view->cells[i];

		if (cell->row > row && last != SIZE_MAX)
			return last;
		if (cell->row != row || cell->offset == SIZE_MAX)
			continue;
		last = cell->offset;
		if (cell->column + cell->width > column)
			return last;
	}
	/* Behind the last character, where the text ends. */
	return len;
}

void
line_view_release(struct line_view *view)
{
	free(view->cells);
	memset(view, 0, sizeof(*view));
}
