/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "src/model.h"
#include "ui/logpane.h"

enum { COLUMNS = 40, HEIGHT = 10 };

struct scene {
	struct model model;
	struct logpane pane;
	struct log_row rows[200];
	size_t count;
};

static int
set_up(void **state)
{
	struct scene *s = mem_zalloc(sizeof(*s));

	model_init(&s->model);
	*state = s;
	return 0;
}

static int
tear_down(void **state)
{
	struct scene *s = *state;

	logpane_release(&s->pane);
	model_release(&s->model);
	free(s);
	return 0;
}

/* Lines of one row each. */
static void
add(struct scene *s, size_t lines)
{
	while (lines-- > 0)
		model_add(&s->model, LINE_NOTICE, NULL, "short", 0);
}

static void
look(struct scene *s, int columns, int height)
{
	logpane_update(&s->pane, &s->model, columns, height);
	s->count = logpane_view(&s->pane, &s->model, s->rows);
	assert_true(s->count <= (size_t)(height > 0 ? height : 0));
}

/* The view goes from line first to line last, each with one row. */
static void
assert_view(struct scene *s, size_t first, size_t last)
{
	look(s, COLUMNS, HEIGHT);
	assert_int_equal(s->count, last - first + 1);
	for (size_t i = 0; i < s->count; i++) {
		assert_int_equal(s->rows[i].line, first + i);
		assert_int_equal(s->rows[i].row, 0);
	}
}

static void
test_nothing_is_nothing(void **state)
{
	struct scene *s = *state;

	look(s, COLUMNS, HEIGHT);
	assert_int_equal(s->count, 0);
	logpane_scroll(&s->pane, &s->model, -5);
	logpane_top(&s->pane, &s->model);
	assert_false(s->pane.scrolled);
	add(s, 1);
	look(s, COLUMNS, 0);
	assert_int_equal(s->count, 0);
}

static void
test_newest_lines_are_in_view(void **state)
{
	struct scene *s = *state;

	add(s, 3);
	assert_view(s, 0, 2);
	add(s, 7);
	assert_view(s, 0, 9);
	add(s, 5);
	assert_view(s, 5, 14);
}

static void
test_scrolled_view_stands_still(void **state)
{
	struct scene *s = *state;

	add(s, 100);
	look(s, COLUMNS, HEIGHT);
	logpane_scroll(&s->pane, &s->model, -9);
	assert_view(s, 81, 90);
	assert_int_equal(logpane_unseen(&s->pane, &s->model), 0);
	add(s, 20);
	assert_view(s, 81, 90);
	assert_int_equal(logpane_unseen(&s->pane, &s->model), 20);
	/* Lines that come into view are no longer news. */
	logpane_scroll(&s->pane, &s->model, 14);
	assert_view(s, 95, 104);
	assert_int_equal(logpane_unseen(&s->pane, &s->model), 15);
	logpane_scroll(&s->pane, &s->model, 100);
	assert_false(s->pane.scrolled);
	assert_view(s, 110, 119);
	assert_int_equal(logpane_unseen(&s->pane, &s->model), 0);
	add(s, 1);
	assert_view(s, 111, 120);
}

static void
test_ends_are_ends(void **state)
{
	struct scene *s = *state;

	add(s, 100);
	look(s, COLUMNS, HEIGHT);
	logpane_scroll(&s->pane, &s->model, -1000000);
	assert_view(s, 0, 9);
	logpane_scroll(&s->pane, &s->model, 9);
	assert_view(s, 9, 18);
	logpane_top(&s->pane, &s->model);
	assert_view(s, 0, 9);
	logpane_bottom(&s->pane, &s->model);
	assert_view(s, 90, 99);
	assert_false(s->pane.scrolled);
}

static void
test_no_scrolling_where_all_is_in_view(void **state)
{
	struct scene *s = *state;

	add(s, HEIGHT);
	look(s, COLUMNS, HEIGHT);
	logpane_scroll(&s->pane, &s->model, -3);
	assert_false(s->pane.scrolled);
	logpane_top(&s->pane, &s->model);
	assert_false(s->pane.scrolled);
}

static void
test_long_lines_scroll_by_rows(void **state)
{
	struct scene *s = *state;
	char text[32 * 30 + 1];

	/* 30 rows of 32 columns: what COLUMNS leave for the text. */
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	add(s, 1);
	model_add(&s->model, LINE_NOTICE, NULL, text, 0);
	look(s, COLUMNS, HEIGHT);
	assert_int_equal(s->count, HEIGHT);
	assert_int_equal(s->rows[0].row, 20);
	assert_int_equal(s->rows[9].row, 29);
	logpane_scroll(&s->pane, &s->model, -9);
	look(s, COLUMNS, HEIGHT);
	assert_int_equal(s->rows[0].row, 11);
	assert_int_equal(s->rows[9].row, 20);
	logpane_scroll(&s->pane, &s->model, -100);
	look(s, COLUMNS, HEIGHT);
	assert_int_equal(s->rows[0].line, 0);
	assert_int_equal(s->rows[1].line, 1);
	assert_int_equal(s->rows[9].row, 8);
}

static void
test_clear_hides_what_was(void **state)
{
	struct scene *s = *state;

	add(s, 100);
	look(s, COLUMNS, HEIGHT);
	logpane_scroll(&s->pane, &s->model, -30);
	model_clear(&s->model);
	look(s, COLUMNS, HEIGHT);
	assert_int_equal(s->count, 0);
	assert_false(s->pane.scrolled);
	add(s, 3);
	assert_view(s, 100, 102);
	logpane_scroll(&s->pane, &s->model, -30);
	assert_view(s, 100, 102);
}

static void
test_every_size_is_survived(void **state)
{
	struct scene *s = *state;

	for (int i = 0; i < 300; i++)
		model_add(&s->model, LINE_PEER, "ana",
		    "some words that have to wrap in most widths, "
		    "日本語 and a newline\nin the middle",
		    0);
	for (int columns = 1; columns < 100; columns += 3) {
		for (int height = 0; height < 60; height += 7) {
			look(s, columns, height);
			logpane_scroll(&s->pane, &s->model, -height);
			look(s, columns, height);
			assert_int_equal(s->count, height);
			for (size_t i = 1; i < s->count; i++) {
				bool next =
				    s->rows[i].line == s->rows[i - 1].line + 1;

				assert_true(next ? s->rows[i].row == 0
						 : s->rows[i].row ==
						       s->rows[i - 1].row + 1);
			}
		}
	}
}

/* /me is made of a line that may have been counted already. */
static void
test_action_is_counted_anew(void **state)
{
	struct scene *s = *state;
	/* With "ana: " exactly one row of 32, with "* ana " one more. */
	size_t line = model_add(
	    &s->model, LINE_PEER, "ana", "xxxxxxxxxxxxxxxxxxxxxxxxxxx", 0);

	look(s, COLUMNS, HEIGHT);
	assert_int_equal(s->count, 1);
	model_set_action(&s->model, line);
	look(s, COLUMNS, HEIGHT);
	assert_int_equal(s->count, 2);
}

static void
test_texts(void **state)
{
	static const struct {
		enum line_kind kind;
		bool action;
		const char *who, *text;
		size_t head;
	} cases[] = {
	    {LINE_OWN, false, "ben", "ben> hi", 5},
	    {LINE_PEER, false, "ana", "ana: hi", 5},
	    {LINE_OWN, true, "ben", "* ben hi", 6},
	    {LINE_PEER, true, "ana", "* ana hi", 6},
	    {LINE_NOTICE, false, NULL, "hi", 0},
	    {LINE_HELP, false, NULL, "hi", 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char who[8] = "", hi[] = "hi";
		struct line line = {.kind = cases[i].kind, .text = hi};
		size_t head;
		char *text;

		if (cases[i].who != NULL)
			line.who = strcpy(who, cases[i].who);
		line.action = cases[i].action;
		text = log_text(&line, &head);
		assert_string_equal(text, cases[i].text);
		assert_int_equal(head, cases[i].head);
		free(text);
	}
}

static void
test_indent_gives_way(void **state)
{
	(void)state;
	assert_int_equal(log_indent(LINE_PEER, 80), LOG_INDENT);
	assert_int_equal(log_indent(LINE_HELP, 80), LOG_INDENT_MARK);
	assert_int_equal(log_indent(LINE_PEER, 29), LOG_INDENT_MARK);
	for (int columns = 1; columns < LOG_MARK_COLUMNS; columns++)
		assert_int_equal(log_indent(LINE_PEER, columns), 0);
}

/* 100,000 lines: a page costs a page, so each line is counted rarely. */
static void
test_pages_cost_pages(void **state)
{
	struct scene *s = *state;
	size_t counted = 0;

	add(s, 100000);
	look(s, COLUMNS, HEIGHT);
	for (int page = 0; page < 10; page++) {
		logpane_scroll(&s->pane, &s->model, -(HEIGHT - 1));
		look(s, COLUMNS, HEIGHT);
	}
	for (size_t i = 0; i < s->model.line_count; i++)
		counted += s->pane.rows[i] != 0;
	assert_in_range(counted, 1, 11 * HEIGHT);
}

#define IN_SCENE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_SCENE(test_nothing_is_nothing),
	    IN_SCENE(test_newest_lines_are_in_view),
	    IN_SCENE(test_scrolled_view_stands_still),
	    IN_SCENE(test_ends_are_ends),
	    IN_SCENE(test_no_scrolling_where_all_is_in_view),
	    IN_SCENE(test_long_lines_scroll_by_rows),
	    IN_SCENE(test_clear_hides_what_was),
	    IN_SCENE(test_every_size_is_survived),
	    IN_SCENE(test_action_is_counted_anew),
	    cmocka_unit_test(test_texts),
	    cmocka_unit_test(test_indent_gives_way),
	    IN_SCENE(test_pages_cost_pages),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests_name("logpane", tests, NULL, NULL);
}
