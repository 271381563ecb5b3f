/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a person would see: the terminal model fed with the program's
 * output, and questions about it.
 */
#include "tests/e2e/internal.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/util.h"

static int
on_cursor(VTermPos now, VTermPos before, int visible, void *arg)
{
	struct screen *s = arg;

	(void)before;
	(void)visible;
	s->cursor = now;
	return 1;
}

/* Titles come whole in libvterm 0.1 and in pieces later. */
static void
set_title(struct screen *s, VTermValue *value)
{
#if VTERM_VERSION_MAJOR == 0 && VTERM_VERSION_MINOR < 2
	s->title.len = 0;
	bytes_add(&s->title, value->string, strlen(value->string));
#else
	if (value->string.initial)
		s->title.len = 0;
	bytes_add(&s->title, value->string.str, value->string.len);
#endif
}

static int
on_property(VTermProp property, VTermValue *value, void *arg)
{
	struct screen *s = arg;

	if (property == VTERM_PROP_ALTSCREEN)
		s->alternate = value->boolean;
	else if (property == VTERM_PROP_CURSORVISIBLE)
		s->cursor_visible = value->boolean;
	else if (property == VTERM_PROP_MOUSE)
		s->mouse = value->number;
	else if (property == VTERM_PROP_TITLE)
		set_title(s, value);
	return 1;
}

static int
on_bell(void *arg)
{
	struct screen *s = arg;

	s->bells++;
	return 1;
}

/* What a terminal answers by itself: to the keyboard's side of the pty. */
static void
on_answer(const char *data, size_t len, void *arg)
{
	struct screen *s = arg;

	bytes_add(&s->typed, data, len);
}

static const VTermScreenCallbacks callbacks = {
    .movecursor = on_cursor,
    .settermprop = on_property,
    .bell = on_bell,
};

void
picture_open(struct screen *s)
{
	s->vterm = vterm_new(s->rows, s->cols);
	if (s->vterm == NULL)
		harness_fail("no memory for a terminal model");
	s->cursor_visible = true;
	bytes_add(&s->title, "", 0);
	vterm_set_utf8(s->vterm, 1);
	vterm_output_set_callback(s->vterm, on_answer, s);
	s->picture = vterm_obtain_screen(s->vterm);
	vterm_screen_enable_altscreen(s->picture, 1);
	vterm_screen_set_callbacks(s->picture, &callbacks, s);
	vterm_screen_reset(s->picture, 1);
}

void
picture_close(struct screen *s)
{
	vterm_free(s->vterm);
	free(s->title.data);
}

void
picture_feed(struct screen *s, const char *data, size_t len)
{
	vterm_input_write(s->vterm, data, len);
}

/* Appends one cell to a row's text; returns its width in columns. */
static int
add_cell(const VTermScreenCell *cell, char *buf, size_t *len)
{
	if (cell->chars[0] == 0) {
		buf[(*len)++] = ' ';
		return 1;
	}
	for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL; i++) {
		if (cell->chars[i] == 0)
			break;
		*len += text_encode(cell->chars[i], buf + *len);
	}
	return cell->width > 0 ? cell->width : 1;
}

char *
screen_row_text(struct screen *s, int row, char buf[SCREEN_ROW_MAX])
{
	enum { CELL_MAX = VTERM_MAX_CHARS_PER_CELL * 4 };
	VTermPos at = {.row = row, .col = 0};
	VTermScreenCell cell;
	size_t len = 0;

	while (at.col < s->cols && len + CELL_MAX < SCREEN_ROW_MAX) {
		if (!vterm_screen_get_cell(s->picture, at, &cell))
			break;
		at.col += add_cell(&cell, buf, &len);
	}
	while (len > 0 && buf[len - 1] == ' ')
		len--;
	buf[len] = '\0';
	return buf;
}

int
screen_count(struct screen *s, const char *text)
{
	char row[SCREEN_ROW_MAX];
	int count = 0;

	for (int i = 0; i < s->rows; i++) {
		const char *at = screen_row_text(s, i, row);

		while ((at = strstr(at, text)) != NULL) {
			count++;
			at += strlen(text);
		}
	}
	return count;
}

/* The column at which byte offset of a row's text stands. */
static int
column_of(struct screen *s, int row, size_t offset)
{
	VTermPos at = {.row = row, .col = 0};
	VTermScreenCell cell;
	char buf[64];
	size_t len = 0;

	while (at.col < s->cols && len < offset) {
		size_t used = 0;

		if (!vterm_screen_get_cell(s->picture, at, &cell))
			break;
		at.col += add_cell(&cell, buf, &used);
		len += used;
	}
	return at.col;
}

int
screen_find(struct screen *s, const char *text, int *col)
{
	char row[SCREEN_ROW_MAX];

	for (int i = 0; i < s->rows; i++) {
		const char *at = strstr(screen_row_text(s, i, row), text);

		if (at == NULL)
			continue;
		if (col != NULL)
			*col = column_of(s, i, (size_t)(at - row));
		return i;
	}
	return -1;
}

void
screen_cursor(struct screen *s, int *row, int *col)
{
	*row = s->cursor.row;
	*col = s->cursor.col;
}

void
screen_size(struct screen *s, int *rows, int *cols)
{
	*rows = s->rows;
	*cols = s->cols;
}

void
screen_modes(struct screen *s, struct screen_modes *modes)
{
	*modes = (struct screen_modes){
	    .alternate = s->alternate,
	    .cursor_visible = s->cursor_visible,
	    .mouse = s->mouse,
	    .bells = s->bells,
	    .title = s->title.data,
	};
}

/*
 * The last word about a mode in "CSI ? n ; n ... h" or "l". Read from the
 * output, since the model keeps most modes to itself.
 */
bool
screen_dec_mode(struct screen *s, int number)
{
	const char *p = s->output.data;
	bool on = false;

	while (p != NULL) {
		bool named = false;

		p = memmem(p, s->output.len - (size_t)(p - s->output.data),
		    "\033[?", 3);
		if (p == NULL)
			break;
		for (p += 3; *p >= '0' && *p <= '9'; p += *p == ';') {
			char *end;

			named |= strtol(p, &end, 10) == number;
			p = end;
		}
		if (named && (*p == 'h' || *p == 'l'))
			on = *p == 'h';
	}
	return on;
}

static int
colour_index(const VTermColor *colour)
{
	if (VTERM_COLOR_IS_DEFAULT_FG(colour) ||
	    VTERM_COLOR_IS_DEFAULT_BG(colour))
		return -1;
	return VTERM_COLOR_IS_INDEXED(colour) ? colour->indexed.idx : -2;
}

void
screen_style(struct screen *s, int row, int col, struct screen_style *style)
{
	VTermPos at = {.row = row, .col = col};
	VTermScreenCell cell;

	memset(style, 0, sizeof(*style));
	if (!vterm_screen_get_cell(s->picture, at, &cell))
		return;
	style->bold = cell.attrs.bold;
	style->underline = cell.attrs.underline != VTERM_UNDERLINE_OFF;
	style->reverse = cell.attrs.reverse;
	style->fg = colour_index(&cell.fg);
	style->bg = colour_index(&cell.bg);
}

const char *
screen_output(struct screen *s, size_t *len)
{
	*len = s->output.len;
	return s->output.data;
}

bool
screen_output_has(struct screen *s, const char *bytes, size_t len)
{
	return memmem(s->output.data, s->output.len, bytes, len) != NULL;
}

void
screen_dump(struct screen *s, FILE *out)
{
	char row[SCREEN_ROW_MAX];

	child_look(s);
	fprintf(out, "---- %s, %d x %d, %s", s->name, s->rows, s->cols,
	    s->ended ? "ended" : "running");
	if (s->ended)
		fprintf(out, " with status 0x%x", (unsigned)s->status);
	fprintf(out, ", cursor at %d,%d%s%s, %zu bytes so far\n", s->cursor.row,
	    s->cursor.col, s->cursor_visible ? "" : " (hidden)",
	    s->alternate ? ", alternate screen" : "", s->output.len);
	for (int i = 0; i < s->rows; i++)
		fprintf(out, "%3d|%s\n", i, screen_row_text(s, i, row));
}
