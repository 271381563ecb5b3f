/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What waits for the person: the first unread line, and open questions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/util.h"
#include "tests/unit/log_scene.h"

enum { DAY_MS = 24 * 3600 * 1000 };

/* A 'd' for each date in view, 'n' for "new", 'x' for each row of text. */
static const char *
picture(const struct scene *s)
{
	static char out[COUNT(s->rows) + 1];

	for (size_t i = 0; i < s->count; i++)
		out[i] = s->rows[i].row == LOG_DATE_ROW     ? 'd'
			 : s->rows[i].row == LOG_UNREAD_ROW ? 'n'
							    : 'x';
	out[s->count] = '\0';
	return out;
}

static void
assert_picture(struct scene *s, const char *want)
{
	scene_look(s, COLUMNS, HEIGHT);
	assert_string_equal(picture(s), want);
}

static void
add_question(struct scene *s, unsigned number)
{
	const struct line_spec spec = {
	    .kind = LINE_QUESTION, .text = "?", .question = number};

	model_add(&s->model, &spec);
}

static void
test_above_the_first_that_comes(void **state)
{
	struct scene *s = *state;

	scene_add(s, 2);
	assert_picture(s, "xx");
	logpane_mark_unread(&s->pane, &s->model);
	assert_picture(s, "xx");
	scene_add(s, 2);
	assert_picture(s, "xxnxx");
	assert_int_equal(s->rows[2].line, 2);
	scene_add(s, 1);
	assert_picture(s, "xxnxxx");
	/* Away again before it was seen: it stays where it is. */
	logpane_mark_unread(&s->pane, &s->model);
	scene_add(s, 1);
	assert_picture(s, "xxnxxxx");
}

static void
test_own_lines_and_help_are_not_news(void **state)
{
	struct scene *s = *state;

	scene_add(s, 1);
	scene_look(s, COLUMNS, HEIGHT);
	logpane_mark_unread(&s->pane, &s->model);
	scene_add_line(s, LINE_OWN, 0);
	scene_add_line(s, LINE_HELP, 0);
	assert_picture(s, "xxx");
	scene_add_line(s, LINE_PEER, 0);
	assert_picture(s, "xxxnx");
}

static void
test_goes_when_seen_and_typed(void **state)
{
	struct scene *s = *state;

	scene_add(s, 1);
	scene_look(s, COLUMNS, HEIGHT);
	logpane_mark_unread(&s->pane, &s->model);
	scene_add(s, 2);
	/* In view, but nobody looks. */
	assert_picture(s, "xnxx");
	logpane_typed(&s->pane, &s->model);
	assert_picture(s, "xnxx");
	logpane_typed(&s->pane, &s->model);
	assert_picture(s, "xxx");
	/* What comes while they type is seen. */
	scene_add(s, 1);
	assert_picture(s, "xxxx");
}

static void
test_back_before_anything_came(void **state)
{
	struct scene *s = *state;

	scene_add(s, 1);
	scene_look(s, COLUMNS, HEIGHT);
	logpane_mark_unread(&s->pane, &s->model);
	logpane_here(&s->pane, &s->model);
	scene_add(s, 1);
	assert_picture(s, "xx");
}

static void
test_seen_and_away_again(void **state)
{
	struct scene *s = *state;

	scene_add(s, 1);
	scene_look(s, COLUMNS, HEIGHT);
	logpane_mark_unread(&s->pane, &s->model);
	scene_add(s, 2);
	logpane_here(&s->pane, &s->model);
	assert_picture(s, "xnxx");
	logpane_mark_unread(&s->pane, &s->model);
	assert_picture(s, "xxx");
	scene_add(s, 1);
	assert_picture(s, "xxxnx");
}

/* Far above what is in view, it is not seen. */
static void
test_not_seen_where_it_scrolled_away(void **state)
{
	struct scene *s = *state;

	scene_add(s, 1);
	scene_look(s, COLUMNS, HEIGHT);
	logpane_mark_unread(&s->pane, &s->model);
	scene_add(s, 50);
	logpane_here(&s->pane, &s->model);
	scene_look(s, COLUMNS, HEIGHT);
	logpane_typed(&s->pane, &s->model);
	scene_look(s, COLUMNS, HEIGHT);
	assert_true(logpane_to_unread(&s->pane, &s->model));
	assert_picture(s, "nxxxxxxxxx");
	assert_int_equal(s->rows[1].line, 1);
	/* The view stays where it is while more comes, and when it goes. */
	scene_add(s, 5);
	assert_picture(s, "nxxxxxxxxx");
	logpane_typed(&s->pane, &s->model);
	assert_picture(s, "xxxxxxxxxx");
	assert_int_equal(s->rows[9].line, 9);
}

static void
test_below_the_date(void **state)
{
	struct scene *s = *state;

	scene_add_line(s, LINE_PEER, 0);
	scene_look(s, COLUMNS, HEIGHT);
	logpane_mark_unread(&s->pane, &s->model);
	scene_add_line(s, LINE_PEER, 2 * (int64_t)DAY_MS);
	assert_picture(s, "xdnx");
	logpane_here(&s->pane, &s->model);
	scene_look(s, COLUMNS, HEIGHT);
	logpane_typed(&s->pane, &s->model);
	assert_picture(s, "xdx");
}

/* Each row above and of the unread line as the lowest in view. */
static void
test_lowest_row_stays_when_it_goes(void **state)
{
	static const char text[] = "words that take three rows of forty "
				   "columns, because they are so very many "
				   "of them";
	struct scene *s = *state;
	struct line_spec spec = {.kind = LINE_PEER, .who = "ana", .text = text};

	for (int i = 0; i < 30; i++)
		scene_add_line(s, LINE_PEER, 0);
	spec.time_ms = 2 * (int64_t)DAY_MS;
	scene_look(s, COLUMNS, HEIGHT);
	for (int up = 0; up < 5; up++) {
		struct log_row lowest;

		logpane_bottom(&s->pane, &s->model);
		logpane_mark_unread(&s->pane, &s->model);
		spec.time_ms += DAY_MS;
		model_add(&s->model, &spec);
		scene_look(s, COLUMNS, HEIGHT);
		logpane_here(&s->pane, &s->model);
		logpane_scroll(&s->pane, &s->model, -up);
		scene_look(s, COLUMNS, HEIGHT);
		lowest = s->rows[HEIGHT - 1];
		logpane_typed(&s->pane, &s->model);
		scene_look(s, COLUMNS, HEIGHT);
		assert_int_equal(s->rows[HEIGHT - 1].line, lowest.line);
		/* The row that is gone gives way to the one below it. */
		assert_int_equal(s->rows[HEIGHT - 1].row,
		    lowest.row == LOG_UNREAD_ROW ? 0 : lowest.row);
	}
}

/* It is the same line when the older half goes to the past, and hidden ones. */
static void
test_follows_its_line(void **state)
{
	struct scene *s = *state;

	scene_add(s, MODEL_PRESENT_MAX - 2);
	scene_look(s, COLUMNS, HEIGHT);
	logpane_mark_unread(&s->pane, &s->model);
	scene_add(s, 1);
	assert_picture(s, "xxxxxxxxnx");
	scene_add(s, 3);
	assert_picture(s, "xxxxxnxxxx");
	model_clear(&s->model);
	assert_picture(s, "");
	scene_add(s, 2);
	assert_picture(s, "xx");
	assert_false(logpane_to_unread(&s->pane, &s->model));
	logpane_mark_unread(&s->pane, &s->model);
	scene_add(s, 1);
	assert_picture(s, "xxnx");
	model_open(&s->model, 0);
	scene_add(s, 2);
	assert_picture(s, "xx");
}

/* Without a row, to what came while an older place was looked at. */
static void
test_to_what_came_meanwhile(void **state)
{
	struct scene *s = *state;

	scene_add(s, 50);
	scene_look(s, COLUMNS, HEIGHT);
	assert_false(logpane_to_unread(&s->pane, &s->model));
	logpane_scroll(&s->pane, &s->model, -20);
	scene_add(s, 30);
	scene_look(s, COLUMNS, HEIGHT);
	assert_true(logpane_to_unread(&s->pane, &s->model));
	scene_assert_view(s, 50, 59);
	/* Also after a change of the size. */
	scene_look(s, COLUMNS, 5);
	assert_int_equal(s->rows[0].line, 50);
}

static void
test_questions_one_after_the_other(void **state)
{
	struct scene *s = *state;

	scene_look(s, COLUMNS, HEIGHT);
	assert_false(logpane_to_question(&s->pane, &s->model));
	scene_add(s, 30);
	add_question(s, 1);
	scene_add(s, 30);
	add_question(s, 2);
	scene_add(s, 2);
	scene_look(s, COLUMNS, HEIGHT);
	assert_true(logpane_to_question(&s->pane, &s->model));
	scene_assert_view(s, 26, 35);
	assert_int_equal(s->pane.target, 30);
	assert_true(logpane_to_question(&s->pane, &s->model));
	scene_assert_view(s, 54, 63);
	/* In the last page it still stands out. */
	assert_int_equal(s->pane.goal, LOG_GOAL_QUESTION);
	assert_int_equal(s->pane.target, 61);
	scene_add(s, 1);
	scene_assert_view(s, 55, 64);
	assert_int_equal(s->pane.goal, LOG_GOAL_QUESTION);
	assert_true(logpane_to_question(&s->pane, &s->model));
	scene_assert_view(s, 26, 35);
	logpane_bottom(&s->pane, &s->model);
	assert_int_equal(s->pane.goal, LOG_GOAL_NONE);
}

static bool
only_two(void *arg, unsigned number)
{
	(void)arg;
	return number == 2;
}

static void
test_answered_questions(void **state)
{
	struct scene *s = *state;

	add_question(s, 1);
	add_question(s, 2);
	add_question(s, 2);
	/* Asked again: only the last one counts. */
	assert_int_equal(model_line(&s->model, 1)->question, 0);
	assert_int_equal(model_line(&s->model, 2)->question, 2);
	model_settle_questions(&s->model, only_two, NULL);
	assert_int_equal(model_line(&s->model, 0)->question, 0);
	assert_int_equal(model_line(&s->model, 2)->question, 2);
	scene_look(s, COLUMNS, HEIGHT);
	assert_true(logpane_to_question(&s->pane, &s->model));
	assert_int_equal(s->pane.target, 2);
}

/*
 * The line at the bottom of the view stays, whatever the width, the height
 * and what comes meanwhile, with dates and unread lines in between.
 */
static void
test_place_stays(void **state)
{
	struct scene *s = *state;
	uint32_t random = 77;
	size_t line;

	for (int i = 0; i < 200; i++)
		scene_add_line(s, LINE_PEER, (int64_t)(i / 3) * DAY_MS);
	scene_add_text(s, "some words that are wrapped where it is narrow");
	scene_look(s, COLUMNS, HEIGHT);
	logpane_scroll(&s->pane, &s->model, -120);
	scene_look(s, COLUMNS, HEIGHT);
	line = s->rows[s->count - 1].line;
	for (int round = 0; round < 500; round++) {
		random = random * 1664525u + 1013904223u;
		switch (random >> 28) {
		case 0:
			logpane_mark_unread(&s->pane, &s->model);
			break;
		case 1:
			logpane_here(&s->pane, &s->model);
			break;
		case 2:
			logpane_typed(&s->pane, &s->model);
			break;
		case 3:
			scene_add_line(s, LINE_PEER, (int64_t)200 * DAY_MS);
			break;
		default:
			break;
		}
		scene_look(s, 1 + (int)(random >> 16 & 63),
		    1 + (int)(random >> 8 & 15));
		assert_int_equal(s->rows[s->count - 1].line, line);
	}
}

static void
test_text(void **state)
{
	(void)state;
	for (int columns = 1; columns < 20; columns++) {
		char *text = log_unread_text(columns);

		assert_true(text_columns(text) <= columns);
		assert_string_equal(text, columns >= 9  ? "── new ──"
					  : columns > 2 ? "new"
					  : columns > 1 ? "n…"
							: "…");
		free(text);
	}
}

#define IN_SCENE(test)                                                         \
	cmocka_unit_test_setup_teardown(test, scene_set_up, scene_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_SCENE(test_above_the_first_that_comes),
	    IN_SCENE(test_own_lines_and_help_are_not_news),
	    IN_SCENE(test_goes_when_seen_and_typed),
	    IN_SCENE(test_back_before_anything_came),
	    IN_SCENE(test_seen_and_away_again),
	    IN_SCENE(test_not_seen_where_it_scrolled_away),
	    IN_SCENE(test_below_the_date),
	    IN_SCENE(test_lowest_row_stays_when_it_goes),
	    IN_SCENE(test_follows_its_line),
	    IN_SCENE(test_to_what_came_meanwhile),
	    IN_SCENE(test_questions_one_after_the_other),
	    IN_SCENE(test_answered_questions),
	    IN_SCENE(test_place_stays),
	    cmocka_unit_test(test_text),
	};

	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
