/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/util.h"
#include "ui/lineview.h"

#define BYTES(literal) literal, sizeof(literal) - 1

struct view_case {
	const char *prompt;
	const char *text;
	size_t len;
	size_t point;
	int columns;
	/* Rows with | between them; a row begins where a cell says so. */
	const char *want;
	int rows, cursor_row, cursor_column;
};

static const struct view_case cases[] = {
    {"> ", BYTES(""), 0, 10, "> ", 1, 0, 2},
    {"", BYTES(""), 0, 10, "", 1, 0, 0},
    {"> ", BYTES("abc"), 0, 10, "> abc", 1, 0, 2},
    {"> ", BYTES("abc"), 2, 10, "> abc", 1, 0, 4},
    {"> ", BYTES("abc"), 3, 10, "> abc", 1, 0, 5},
    {"> ", BYTES("abc"), 99, 10, "> abc", 1, 0, 5},
    {"\001\033[1m\002> ", BYTES("a"), 1, 10, "^[[1m> a", 1, 0, 8},
    {"\001\002> \001\002", BYTES("a"), 1, 10, "> a", 1, 0, 3},
    /* rows that are just full */
    {"> ", BYTES("abc"), 3, 5, "> abc", 2, 1, 0},
    {"> ", BYTES("abc"), 2, 5, "> abc", 1, 0, 4},
    {"> ", BYTES("abcd"), 3, 5, "> abc|d", 2, 1, 0},
    {"> ", BYTES("abcd"), 4, 5, "> abc|d", 2, 1, 1},
    {"> ", BYTES(""), 0, 2, "> ", 2, 1, 0},
    {"> ", BYTES(""), 0, 1, ">| ", 3, 2, 0},
    {"> ", BYTES("ab"), 0, 1, ">| |a|b", 4, 2, 0},
    {"", BYTES("ab"), 2, 0, "a|b", 3, 2, 0},
    {"", BYTES("ab"), 2, -3, "a|b", 3, 2, 0},
    /* newlines */
    {"> ", BYTES("a\nb"), 1, 10, "> a⏎|b", 2, 0, 3},
    {"> ", BYTES("a\nb"), 2, 10, "> a⏎|b", 2, 1, 0},
    {"> ", BYTES("a\n"), 2, 10, "> a⏎", 2, 1, 0},
    {"> ", BYTES("a\n"), 0, 10, "> a⏎", 2, 0, 2},
    {"", BYTES("ab\nc"), 2, 2, "ab|⏎|c", 3, 1, 0},
    {"", BYTES("a\n\n"), 3, 10, "a⏎|⏎", 3, 2, 0},
    /* tabs go to the next multiple of eight, or to the end of the row */
    {"", BYTES("\tb"), 1, 20, "        b", 1, 0, 8},
    {"", BYTES("a\tb"), 1, 20, "a       b", 1, 0, 1},
    {"", BYTES("1234567\tb"), 8, 20, "1234567 b", 1, 0, 8},
    {"", BYTES("12345678\tb"), 9, 20, "12345678        b", 1, 0, 16},
    {"", BYTES("123\tb"), 4, 5, "123  |b", 2, 1, 0},
    {"", BYTES("12345\tb"), 6, 5, "12345|     |b", 3, 2, 0},
    /* controls, and bytes that are no UTF-8 */
    {"", BYTES("\x01\x1b\x7f"), 1, 20, "^A^[^?", 1, 0, 2},
    {"", BYTES("a\0b"), 2, 20, "a^@b", 1, 0, 3},
    {"",
	BYTES("a\xff"
	      "b"),
	2, 20, "a\\xFFb", 1, 0, 5},
    {"", BYTES("\xe2\x82"), 1, 20, "\\xE2\\x82", 1, 0, 4},
    {"", BYTES("\xe2\x82z"), 2, 20, "\\xE2\\x82z", 1, 0, 8},
    {"", BYTES("\xed\xa0\x80"), 3, 20, "\\xED\\xA0\\x80", 1, 0, 12},
    {"", BYTES("\xff"), 1, 3, "\\xF|F", 2, 1, 1},
    {"", BYTES("\x03"), 1, 1, "^|C", 3, 2, 0},
    {"", BYTES("\xef\xbf\xbd"), 3, 20, "\ufffd", 1, 0, 1},
    {"", BYTES("\xc2\x9b!"), 2, 20, "\ufffd!", 1, 0, 1},
    /* double width */
    {"", BYTES("漢字"), 3, 4, "漢字", 1, 0, 2},
    {"", BYTES("漢字"), 6, 4, "漢字", 2, 1, 0},
    {"", BYTES("漢字"), 3, 3, "漢|字", 2, 1, 0},
    {"a", BYTES("漢"), 0, 2, "a|漢", 2, 1, 0},
    {"", BYTES("漢a"), 0, 1, "\ufffd|a", 2, 0, 0},
    /* marks join, up to five characters in a cell */
    {"", BYTES("e\u0301x"), 3, 20, "e\u0301x", 1, 0, 1},
    {"", BYTES("e\u0301x"), 1, 20, "e\u0301x", 1, 0, 1},
    {"", BYTES("e\u0301\u0301\u0301\u0301x"), 9, 20,
	"e\u0301\u0301\u0301\u0301x", 1, 0, 1},
    {"", BYTES("e\u0301\u0301\u0301\u0301\u0302x"), 11, 20,
	"e\u0301\u0301\u0301\u0301◌\u0302x", 1, 0, 2},
    {"> ", BYTES("\u0301"), 0, 20, "> ◌\u0301", 1, 0, 2},
    {"> ", BYTES("\u0301\u0302"), 4, 20, "> ◌\u0301\u0302", 1, 0, 3},
    {"", BYTES("\n\u0301"), 3, 20, "⏎|◌\u0301", 2, 1, 1},
    {"", BYTES("\x01\u0301"), 3, 20, "^A◌\u0301", 1, 0, 3},
    {"", BYTES("हिन्दी"), 18, 20, "हिन्दी", 1, 0, 5},
    /* what terminals do not agree on is not drawn, but it is there */
    {"", BYTES("👨\u200d👩x"), 11, 20, "👨👩x", 1, 0, 4},
    {"", BYTES("❤\ufe0fx"), 6, 20, "❤x", 1, 0, 1},
    {"", BYTES("👍🏽x"), 8, 20, "👍x", 1, 0, 2},
    {"", BYTES("a\u202ez"), 1, 20, "az", 1, 0, 1},
    {"", BYTES("a\u202ez"), 4, 20, "az", 1, 0, 1},
    {"", BYTES("\u202e"), 3, 20, "", 1, 0, 0},
    {"", BYTES("e\u200d\u0301"), 6, 20, "e\u0301", 1, 0, 1},
    /* readline's own prompts */
    {"(reverse-i-search)`é\xff': ", BYTES("x"), 1, 80,
	"(reverse-i-search)`é\\xFF': x", 1, 0, 28},
};

/* The rows, joined by "|"; cells must follow each other without a hole. */
static char *
drawn(const struct line_view *view, int columns)
{
	char *all = str_dup("");
	int row = 0, column = 0;
	size_t i;

	for (i = 0; i < view->count; i++) {
		const struct line_cell *cell = &view->cells[i];

		if (cell->row != row) {
			assert_int_equal(cell->row, row + 1);
			row = cell->row;
			column = 0;
			str_replace(&all, str_printf("%s|", all));
		}
		assert_int_equal(cell->column, column);
		assert_in_range(cell->width, 1, 2);
		assert_int_equal(text_columns(cell->text), cell->width);
		column += cell->width;
		assert_true(column <= columns);
		str_replace(&all, str_printf("%s%s", all, cell->text));
	}
	return all;
}

static void
known_lines(void **state)
{
	struct line_view view = {0};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		const struct view_case *c = &cases[i];
		char *got;

		line_view_layout(
		    &view, c->prompt, c->text, c->len, c->point, c->columns);
		got = drawn(&view, c->columns < 1 ? 1 : c->columns);
		if (strcmp(got, c->want) != 0)
			fail_msg(
			    "case %zu: \"%s\", not \"%s\"", i, got, c->want);
		if (view.rows != c->rows || view.cursor_row != c->cursor_row ||
		    view.cursor_column != c->cursor_column)
			fail_msg("case %zu (\"%s\"): %d rows, cursor %d,%d", i,
			    c->want, view.rows, view.cursor_row,
			    view.cursor_column);
		free(got);
	}
	line_view_release(&view);
	assert_null(view.cells);
	line_view_release(&view);
}

static void
styles_and_offsets(void **state)
{
	static const struct {
		enum cell_style style;
		size_t offset;
	} want[] = {
	    {CELL_PLAIN, SIZE_MAX}, /* ^ of the prompt */
	    {CELL_PLAIN, SIZE_MAX}, /* N */
	    {CELL_PLAIN, 0},        /* a */
	    {CELL_CONTROL, 1},      /* ^ */
	    {CELL_CONTROL, 1},      /* A */
	    {CELL_DIM, 2},          /* \xFF */
	    {CELL_DIM, 2}, {CELL_DIM, 2}, {CELL_DIM, 2},
	    {CELL_PLAIN, 3}, /* e with its accent */
	    {CELL_DIM, 6},   /* the newline */
	    {CELL_PLAIN, 7}, /* double width */
	};
	struct line_view view = {0};
	size_t i;

	(void)state;
	line_view_layout(&view, "\001\016\002",
	    BYTES("a\x01\xff"
		  "e\u0301\n漢"),
	    0, 40);
	assert_int_equal(view.count, COUNT(want));
	for (i = 0; i < COUNT(want); i++) {
		assert_int_equal(view.cells[i].style, want[i].style);
		assert_true(view.cells[i].offset == want[i].offset);
	}
	line_view_release(&view);
}

/* What holds for all bytes, at every width and cursor. */
static void
assert_layout(struct line_view *view, const char *text, size_t len, int columns)
{
	size_t point;
	char *all;

	for (point = 0; point <= len; point++) {
		line_view_layout(view, "> ", text, len, point, columns);
		all = drawn(view, columns);
		assert_true(text_is_utf8(all, strlen(all)));
		free(all);
		assert_in_range(view->cursor_row, 0, view->rows - 1);
		assert_in_range(view->cursor_column, 0, columns - 1);
		if (view->count > 0)
			assert_true(
			    view->cells[view->count - 1].row < view->rows);
	}
}

static void
any_bytes(void **state)
{
	static const char *const parts[] = {"a", "漢", "\u0301", "\n", "\t",
	    "\xff", "\xc2", "\x80", "\033", "😀", "\u200d", "\u202e", "\xc2\x85",
	    "\xf0\x9f", "\U0001f3fb"};
	struct line_view view = {0};
	uint32_t random = 99;
	char text[128];
	int round, i;

	(void)state;
	for (round = 0; round < 2000; round++) {
		text[0] = '\0';
		for (i = 0; i < 12; i++) {
			random = random * 1664525u + 1013904223u;
			strcat(text, parts[(random >> 16) % COUNT(parts)]);
		}
		assert_layout(&view, text, strlen(text), 1 + round % 13);
	}
	line_view_release(&view);
}

/* Where the cursor goes in a row; the prompt is "> ". */
static void
points(void **state)
{
	static const struct {
		const char *text;
		int columns, row, column;
		size_t want;
	} point_cases[] = {
	    {"abc\ndef", 20, 0, 0, 0},
	    {"abc\ndef", 20, 0, 2, 0},
	    {"abc\ndef", 20, 0, 4, 2},
	    {"abc\ndef", 20, 0, 9, 3},
	    {"abc\ndef", 20, 1, 0, 4},
	    {"abc\ndef", 20, 1, 2, 6},
	    {"abc\ndef", 20, 1, 9, 7},
	    {"abc\n\ndef", 20, 1, 5, 4},
	    {"abc\n", 20, 1, 5, 4},
	    {"", 20, 0, 5, 0},
	    /* Rows that are full: the cursor stays in its own. */
	    {"abcdefgh", 5, 0, 9, 2},
	    {"abcdefgh", 5, 1, 0, 3},
	    {"abcdefgh", 5, 1, 4, 7},
	    {"abcdefgh", 5, 2, 0, 8},
	    /* The middle of a wide one, and of a notation, is its start. */
	    {"日本\nx", 20, 0, 5, 3},
	    {"a\001b\nx", 20, 0, 4, 1},
	    {"\t\nx", 20, 0, 5, 0},
	};
	struct line_view view = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(point_cases); i++) {
		const char *text = point_cases[i].text;

		line_view_layout(
		    &view, "> ", text, strlen(text), 0, point_cases[i].columns);
		assert_int_equal(line_view_point(&view, strlen(text),
				     point_cases[i].row, point_cases[i].column),
		    point_cases[i].want);
	}
	line_view_release(&view);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(known_lines),
	    cmocka_unit_test(styles_and_offsets),
	    cmocka_unit_test(any_bytes),
	    cmocka_unit_test(points),
	};

	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
