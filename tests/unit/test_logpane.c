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
#include "tests/unit/log_scene.h"

static void
test_nothing_is_nothing(void **state)
{
	struct scene *s = *state;

	scene_look(s, COLUMNS, HEIGHT);
	assert_int_equal(s->count, 0);
	logpane_scroll(&s->pane, &s->model, -5);
	logpane_top(&s->pane, &s->model);
	assert_false(s->pane.scrolled);
	scene_add(s, 1);
	scene_look(s, COLUMNS, 0);
	assert_int_equal(s->count, 0);
}

static void
test_newest_lines_are_in_view(void **state)
{
	struct scene *s = *state;

	scene_add(s, 3);
	scene_assert_view(s, 0, 2);
	scene_add(s, 7);
	scene_assert_view(s, 0, 9);
	scene_add(s, 5);
	scene_assert_view(s, 5, 14);
}

static void
test_scrolled_view_stands_still(void **state)
{
	struct scene *s = *state;

	scene_add(s, 100);
	scene_look(s, COLUMNS, HEIGHT);
	logpane_scroll(&s->pane, &s->model, -9);
	scene_assert_view(s, 81, 90);
	assert_int_equal(logpane_unseen(&s->pane, &s->model), 0);
	scene_add(s, 20);
	scene_assert_view(s, 81, 90);
	assert_int_equal(logpane_unseen(&s->pane, &s->model), 20);
	/* Lines that come into view are no longer news. */
	logpane_scroll(&s->pane, &s->model, 14);
	scene_assert_view(s, 95, 104);
	assert_int_equal(logpane_unseen(&s->pane, &s->model), 15);
	logpane_scroll(&s->pane, &s->model, 100);
	assert_false(s->pane.scrolled);
	scene_assert_view(s, 110, 119);
	assert_int_equal(logpane_unseen(&s->pane, &s->model), 0);
	scene_add(s, 1);
	scene_assert_view(s, 111, 120);
}

static void
test_ends_are_ends(void **state)
{
	struct scene *s = *state;

	scene_add(s, 100);
	scene_look(s, COLUMNS, HEIGHT);
	logpane_scroll(&s->pane, &s->model, -1000000);
	scene_assert_view(s, 0, 9);
	logpane_scroll(&s->pane, &s->model, 9);
	scene_assert_view(s, 9, 18);
	logpane_top(&s->pane, &s->model);
	scene_assert_view(s, 0, 9);
	logpane_bottom(&s->pane, &s->model);
	scene_assert_view(s, 90, 99);
	assert_false(s->pane.scrolled);
}

static void
test_no_scrolling_where_all_is_in_view(void **state)
{
	struct scene *s = *state;

	scene_add(s, HEIGHT);
	scene_look(s, COLUMNS, HEIGHT);
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
	scene_add(s, 1);
	scene_add_text(s, text);
	scene_look(s, COLUMNS, HEIGHT);
	assert_int_equal(s->count, HEIGHT);
	assert_int_equal(s->rows[0].row, 20);
	assert_int_equal(s->rows[9].row, 29);
	logpane_scroll(&s->pane, &s->model, -9);
	scene_look(s, COLUMNS, HEIGHT);
	assert_int_equal(s->rows[0].row, 11);
	assert_int_equal(s->rows[9].row, 20);
	logpane_scroll(&s->pane, &s->model, -100);
	scene_look(s, COLUMNS, HEIGHT);
	assert_int_equal(s->rows[0].line, 0);
	assert_int_equal(s->rows[1].line, 1);
	assert_int_equal(s->rows[9].row, 8);
}

static void
test_clear_hides_what_was(void **state)
{
	struct scene *s = *state;

	scene_add(s, 100);
	scene_look(s, COLUMNS, HEIGHT);
	logpane_scroll(&s->pane, &s->model, -30);
	model_clear(&s->model);
	scene_look(s, COLUMNS, HEIGHT);
	assert_int_equal(s->count, 0);
	assert_false(s->pane.scrolled);
	scene_add(s, 3);
	scene_assert_view(s, 100, 102);
	logpane_scroll(&s->pane, &s->model, -30);
	scene_assert_view(s, 100, 102);
}

static void
test_every_size_is_survived(void **state)
{
	struct scene *s = *state;

	for (int i = 0; i < 300; i++)
		scene_add_text(s,
		    "some words that have to wrap in most "
		    "widths, 日本語 and a newline\nin the middle");
	for (int columns = 1; columns < 100; columns += 3) {
		for (int height = 0; height < 60; height += 7) {
			scene_look(s, columns, height);
			logpane_scroll(&s->pane, &s->model, -height);
			scene_look(s, columns, height);
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
	struct scene *s = *state;

	for (int time = 0; time <= 20; time++) {
		int whole =
		    time > 0 ? time + 1 + LOG_INDENT_MARK : LOG_INDENT_MARK;

		s->pane.time_columns = time;
		scene_look(s, 80, HEIGHT);
		assert_int_equal(log_indent(&s->pane, LINE_PEER), whole);
		assert_int_equal(
		    log_indent(&s->pane, LINE_HELP), LOG_INDENT_MARK);
		scene_look(s, whole + LOG_TEXT_LEAST, HEIGHT);
		assert_int_equal(log_indent(&s->pane, LINE_PEER), whole);
		scene_look(s, whole + LOG_TEXT_LEAST - 1, HEIGHT);
		assert_int_equal(
		    log_indent(&s->pane, LINE_PEER), LOG_INDENT_MARK);
		for (int columns = 1; columns < LOG_MARK_COLUMNS; columns++) {
			scene_look(s, columns, HEIGHT);
			assert_int_equal(log_indent(&s->pane, LINE_PEER), 0);
		}
	}
}

/* Another format of the time, and everything is wrapped anew. */
static void
test_time_columns_change(void **state)
{
	struct scene *s = *state;

	scene_add_text(s, "twelve words of text that do fill the row at eight");
	scene_look(s, 58, HEIGHT);
	assert_int_equal(s->count, 1);
	s->pane.time_columns = 14;
	scene_look(s, 58, HEIGHT);
	assert_int_equal(s->count, 2);
	s->pane.time_columns = 0;
	scene_look(s, 58, HEIGHT);
	assert_int_equal(s->count, 1);
}

/* What the pane has counted since it last forgot. */
static size_t
counted(const struct scene *s)
{
	size_t count = 0;

	for (size_t i = 0; i < COUNT(s->pane.counted); i++)
		count += s->pane.counted[i].rows != 0;
	return count;
}

/* A million lines: a page costs a page. */
static void
test_pages_cost_pages(void **state)
{
	struct scene *s = *state;

	model_open(&s->model, 1000000);
	scene_add(s, 1);
	scene_look(s, COLUMNS, HEIGHT);
	for (int page = 0; page < 10; page++) {
		logpane_scroll(&s->pane, &s->model, -(HEIGHT - 1));
		scene_look(s, COLUMNS, HEIGHT);
	}
	assert_in_range(counted(s), 1, 11 * HEIGHT);
}

/* One that is longer than the screen is wrapped once, not for each row. */
static void
test_rows_are_remembered(void **state)
{
	struct scene *s = *state;
	char *text = mem_alloc(64 * 1024 + 1);

	memset(text, 'x', 64 * 1024);
	text[64 * 1024] = '\0';
	scene_add_text(s, text);
	scene_look(s, COLUMNS, HEIGHT);
	/* As nothing else does, the number that is remembered decides. */
	s->pane.counted[0].rows = 20;
	scene_look(s, COLUMNS, HEIGHT);
	assert_int_equal(s->rows[HEIGHT - 1].row, 19);
	/* It counts for its width and layout alone. */
	scene_look(s, COLUMNS + 1, HEIGHT);
	assert_int_equal(s->rows[HEIGHT - 1].row, 64 * 1024 / 33);
	s->pane.counted[0].rows = 20;
	s->model.layout++;
	scene_look(s, COLUMNS + 1, HEIGHT);
	assert_int_equal(s->rows[HEIGHT - 1].row, 64 * 1024 / 33);
	/* Lines that share a place there do not share a number. */
	scene_add(s, LOG_COUNTED);
	scene_look(s, COLUMNS, HEIGHT);
	logpane_top(&s->pane, &s->model);
	scene_look(s, COLUMNS, HEIGHT);
	assert_int_equal(s->rows[1].line, 0);
	logpane_bottom(&s->pane, &s->model);
	scene_look(s, COLUMNS, HEIGHT);
	assert_int_equal(s->rows[HEIGHT - 1].line, LOG_COUNTED);
	assert_int_equal(s->rows[HEIGHT - 1].row, 0);
	assert_int_equal(s->rows[HEIGHT - 2].line, LOG_COUNTED - 1);
	free(text);
}

/* Something else stands there for a while. */
static void
test_rest_keeps_the_place(void **state)
{
	struct scene *s = *state;

	scene_add(s, 100);
	scene_assert_view(s, 90, 99);
	logpane_rest(&s->pane, &s->model);
	assert_int_equal(logpane_unseen(&s->pane, &s->model), 0);
	scene_add(s, 3);
	logpane_rest(&s->pane, &s->model);
	assert_int_equal(logpane_unseen(&s->pane, &s->model), 3);
	/* What is entered meanwhile does not show what came. */
	logpane_bottom(&s->pane, &s->model);
	assert_int_equal(logpane_unseen(&s->pane, &s->model), 3);
	scene_assert_view(s, 93, 102);
	assert_int_equal(logpane_unseen(&s->pane, &s->model), 0);
	/* The same from further up. */
	logpane_scroll(&s->pane, &s->model, -9);
	scene_assert_view(s, 84, 93);
	logpane_rest(&s->pane, &s->model);
	scene_add(s, 2);
	logpane_rest(&s->pane, &s->model);
	assert_int_equal(logpane_unseen(&s->pane, &s->model), 2);
	scene_assert_view(s, 84, 93);
	assert_int_equal(logpane_unseen(&s->pane, &s->model), 2);
	/* Unless something was entered. */
	logpane_rest(&s->pane, &s->model);
	logpane_bottom(&s->pane, &s->model);
	scene_assert_view(s, 95, 104);
}

static void
test_rest_follows_the_model(void **state)
{
	struct scene *s = *state;
	size_t line;

	/* Half of the present is given away meanwhile. */
	scene_add_numbered(s, 1, MODEL_PRESENT_MAX);
	scene_look(s, COLUMNS, HEIGHT);
	logpane_scroll(&s->pane, &s->model, -20);
	scene_look(s, COLUMNS, HEIGHT);
	line = s->rows[0].line;
	for (size_t i = 1; i <= 3; i++) {
		logpane_rest(&s->pane, &s->model);
		scene_add_numbered(s, MODEL_PRESENT_MAX + i, 1);
	}
	assert_true(s->model.past_end > 0);
	logpane_rest(&s->pane, &s->model);
	assert_int_equal(logpane_unseen(&s->pane, &s->model), 3);
	scene_look(s, COLUMNS, HEIGHT);
	assert_int_equal(s->rows[0].line, line);
	/* What was cleared is no news. */
	logpane_rest(&s->pane, &s->model);
	model_clear(&s->model);
	logpane_rest(&s->pane, &s->model);
	assert_int_equal(logpane_unseen(&s->pane, &s->model), 0);
	scene_add(s, 1);
	logpane_rest(&s->pane, &s->model);
	assert_int_equal(logpane_unseen(&s->pane, &s->model), 1);
	/* Nor is what another talk begins with. */
	model_open(&s->model, 500);
	logpane_rest(&s->pane, &s->model);
	assert_int_equal(logpane_unseen(&s->pane, &s->model), 0);
	scene_add(s, 2);
	logpane_rest(&s->pane, &s->model);
	assert_int_equal(logpane_unseen(&s->pane, &s->model), 2);
	scene_look(s, COLUMNS, HEIGHT);
	assert_int_equal(logpane_unseen(&s->pane, &s->model), 0);
	assert_false(s->pane.scrolled);
}

#define IN_SCENE(test)                                                         \
	cmocka_unit_test_setup_teardown(test, scene_set_up, scene_tear_down)

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
	    cmocka_unit_test(test_texts),
	    IN_SCENE(test_indent_gives_way),
	    IN_SCENE(test_time_columns_change),
	    IN_SCENE(test_pages_cost_pages),
	    IN_SCENE(test_rows_are_remembered),
	    IN_SCENE(test_rest_keeps_the_place),
	    IN_SCENE(test_rest_follows_the_model),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests_name("logpane", tests, NULL, NULL);
}
