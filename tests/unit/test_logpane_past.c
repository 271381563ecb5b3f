/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A log pane over a long history, of which a part is in memory: what it asks
 * for, what it shows meanwhile, and where it stays when positions shift.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <string.h>

#include "src/base/util.h"
#include "tests/unit/log_scene.h"

/* Three rows at COLUMNS. */
static const char long_text[] = "a text that is too long for one row of this "
				"narrow pane, and for two of them";

static void
test_lines_that_are_not_there(void **state)
{
	struct scene *s = *state;

	model_open(&s->model, 1000000);
	scene_assert_view(s, 999990, 999999);
	assert_int_equal(scene_blanks(s), HEIGHT);
	scene_add(s, 3);
	scene_assert_view(s, 999993, 1000002);
	assert_int_equal(scene_blanks(s), HEIGHT - 3);
	logpane_scroll(&s->pane, &s->model, -100);
	scene_assert_view(s, 999893, 999902);
	/* They arrive: the lowest row stays. */
	scene_fill(s, 999800, 999999, long_text);
	scene_look(s, COLUMNS, HEIGHT);
	assert_int_equal(scene_blanks(s), 0);
	assert_int_equal(s->rows[HEIGHT - 1].line, 999902);
	assert_int_equal(s->rows[HEIGHT - 1].row, 0);
	assert_int_equal(s->rows[HEIGHT - 2].row, 2);
}

static void
test_wants(void **state)
{
	enum { END = 10000 };
	static const struct {
		const char *what;
		size_t lowest;     /* line in view */
		size_t there, end; /* in memory */
		size_t from, upto; /* wanted; from > upto: nothing */
	} cases[] = {
	    {"nothing is there", 5000, 0, 0, 4868, 5123},
	    {"far away", 5000, 9000, 9500, 4868, 5123},
	    {"all is there", 5000, 4900, 5100, 1, 0},
	    {"two pages are enough", 5000, 4971, 5021, 1, 0},
	    {"one line above is not", 5000, 4972, 5021, 4716, 4971},
	    {"one line below is not", 5000, 4971, 5020, 5020, 5275},
	    {"both: above comes first", 5000, 4980, 5010, 4724, 4979},
	    {"in view comes first", 5000, 4980, 4999, 4999, 5254},
	    {"in view at both ends", 5000, 4993, 4999, 4737, 4992},
	    {"just not in reach, above", 5000, 4900, 4971, 4868, 5123},
	    {"just in reach", 5000, 4900, 4972, 4972, 5227},
	    {"just not in reach, below", 5000, 5021, 5100, 4868, 5123},
	    {"the first page", 9, 0, 0, 0, 132},
	    {"the first page, half of it", 9, 5, 100, 0, 4},
	    {"nothing before the first", 9, 0, 30, 1, 0},
	    {"the last page", END - 1, 0, 0, 9867, 9999},
	    {"nothing behind the last", END - 1, 9950, 10000, 1, 0},
	    {"the last lines", END - 1, 9950, 9990, 9990, 9999},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct scene *s;
		void *scene;
		size_t from, upto;
		bool wants;

		scene_set_up(&scene);
		s = scene;
		model_open(&s->model, END);
		if (cases[i].end > 0)
			scene_fill(
			    s, cases[i].there, cases[i].end - 1, "short");
		scene_look(s, COLUMNS, HEIGHT);
		logpane_scroll(
		    &s->pane, &s->model, -(int)(END - 1 - cases[i].lowest));
		scene_look(s, COLUMNS, HEIGHT);
		assert_int_equal(s->rows[HEIGHT - 1].line, cases[i].lowest);
		wants = logpane_wants(&s->pane, &s->model, &from, &upto);
		if (wants != (cases[i].from <= cases[i].upto) ||
		    (wants && (from != cases[i].from || upto != cases[i].upto)))
			fail_msg("%s: %d, %zu to %zu", cases[i].what, wants,
			    from, upto);
		scene_tear_down(&scene);
	}
}

static void
test_wants_nothing_without_a_past(void **state)
{
	struct scene *s = *state;
	size_t from, upto;

	scene_look(s, COLUMNS, HEIGHT);
	assert_false(logpane_wants(&s->pane, &s->model, &from, &upto));
	scene_add(s, 100);
	scene_look(s, COLUMNS, HEIGHT);
	assert_false(logpane_wants(&s->pane, &s->model, &from, &upto));
	/* Nor where /clear has hidden it. */
	model_open(&s->model, 100);
	scene_look(s, COLUMNS, HEIGHT);
	assert_true(logpane_wants(&s->pane, &s->model, &from, &upto));
	model_clear(&s->model);
	scene_look(s, COLUMNS, HEIGHT);
	assert_false(logpane_wants(&s->pane, &s->model, &from, &upto));
	scene_add(s, 3);
	scene_look(s, COLUMNS, HEIGHT);
	assert_false(logpane_wants(&s->pane, &s->model, &from, &upto));
}

/* The present fills the screen: the past is wanted where it comes near. */
static void
test_wants_from_the_present(void **state)
{
	struct scene *s = *state;
	size_t from, upto;

	model_open(&s->model, 500);
	scene_add(s, 40);
	scene_look(s, COLUMNS, HEIGHT);
	assert_false(logpane_wants(&s->pane, &s->model, &from, &upto));
	logpane_scroll(&s->pane, &s->model, -11);
	scene_look(s, COLUMNS, HEIGHT);
	assert_true(logpane_wants(&s->pane, &s->model, &from, &upto));
	assert_int_equal(upto, 499);
}

/* Who reads on sees no blank rows, and asks rarely. */
static void
test_pages_are_there_in_time(void **state)
{
	enum { PAST = 5000 };
	struct scene *s = *state;
	size_t served;

	model_open(&s->model, PAST);
	scene_add(s, 5);
	scene_look(s, COLUMNS, HEIGHT);
	served = scene_serve(s, long_text);
	for (int way = -1; way <= 1; way += 2) {
		for (int page = 0; page < 400; page++) {
			logpane_scroll(&s->pane, &s->model, way * (HEIGHT - 1));
			scene_look(s, COLUMNS, HEIGHT);
			assert_int_equal(s->count, HEIGHT);
			assert_int_equal(scene_blanks(s), 0);
			served += scene_serve(s, long_text);
		}
		assert_in_range(s->model.past_count, 256, MODEL_PAST_MAX);
	}
	assert_false(s->pane.scrolled);
	assert_in_range(served, 2, 12);
}

/* However tall the pane: what is wanted does not drive itself out. */
static void
test_wants_come_to_an_end(void **state)
{
	static const int heights[] = {1, 2, 24, 100, 200, 255, 256, 257, 300,
	    500, 766, 767, 768, 769, 999};
	static const int places[] = {0, -20, -5000, -9000, -100000};

	(void)state;
	for (size_t i = 0; i < COUNT(heights) * COUNT(places); i++) {
		int height = heights[i / COUNT(places)];
		struct scene *s;
		void *scene;

		scene_set_up(&scene);
		s = scene;
		model_open(&s->model, 10000);
		scene_add(s, 3);
		scene_look(s, COLUMNS, height);
		logpane_scroll(&s->pane, &s->model, places[i % COUNT(places)]);
		scene_look(s, COLUMNS, height);
		assert_in_range(scene_serve(s, "short"), 0, 6);
		if (height <= 768)
			assert_int_equal(scene_blanks(s), 0);
		scene_tear_down(&scene);
	}
}

static void
test_top_of_a_long_history(void **state)
{
	struct scene *s = *state;

	model_open(&s->model, 1000000);
	scene_add(s, 3);
	scene_look(s, COLUMNS, HEIGHT);
	scene_serve(s, long_text);
	logpane_top(&s->pane, &s->model);
	scene_assert_view(s, 0, 9);
	assert_int_equal(scene_blanks(s), HEIGHT);
	scene_serve(s, long_text);
	assert_int_equal(scene_blanks(s), 0);
	/* The date, then the line. */
	assert_int_equal(s->rows[0].line, 0);
	assert_int_equal(s->rows[0].row, LOG_DATE_ROW);
	assert_int_equal(s->rows[1].line, 0);
	assert_int_equal(s->rows[1].row, 0);
	assert_true(s->pane.scrolled);
	/* It has arrived: from now on pages are pages. */
	logpane_scroll(&s->pane, &s->model, HEIGHT - 1);
	scene_look(s, COLUMNS, HEIGHT);
	assert_int_equal(s->rows[0].line, 2);
	assert_int_equal(s->rows[0].row, 2);
	scene_look(s, COLUMNS, HEIGHT);
	assert_int_equal(s->rows[0].line, 2);
}

/* Somebody who scrolls on does not wait for the top any more. */
static void
test_top_is_called_off(void **state)
{
	struct scene *s = *state;

	model_open(&s->model, 1000);
	scene_add(s, 20);
	scene_look(s, COLUMNS, HEIGHT);
	logpane_top(&s->pane, &s->model);
	scene_look(s, COLUMNS, HEIGHT);
	logpane_bottom(&s->pane, &s->model);
	scene_assert_view(s, 1010, 1019);
	scene_serve(s, long_text);
	scene_assert_view(s, 1010, 1019);
	logpane_top(&s->pane, &s->model);
	logpane_scroll(&s->pane, &s->model, HEIGHT - 1);
	scene_look(s, COLUMNS, HEIGHT);
	scene_serve(s, long_text);
	assert_int_equal(s->rows[HEIGHT - 1].line, 18);
}

static void
test_found_line_is_in_the_middle(void **state)
{
	struct scene *s = *state;

	model_open(&s->model, 1000000);
	scene_add(s, 3);
	scene_look(s, COLUMNS, HEIGHT);
	scene_serve(s, long_text);
	model_find(&s->model, 5000);
	scene_look(s, COLUMNS, HEIGHT);
	assert_int_equal(scene_blanks(s), HEIGHT);
	assert_int_equal(s->rows[4].line, 5000);
	scene_serve(s, long_text);
	assert_int_equal(scene_blanks(s), 0);
	assert_int_equal(s->rows[4].line, 5000);
	assert_int_equal(s->rows[4].row, 0);
	/* The person goes on from there, and it does not hold on to them. */
	logpane_scroll(&s->pane, &s->model, -3);
	scene_look(s, COLUMNS, HEIGHT);
	assert_int_equal(s->rows[7].line, 5000);
	scene_add(s, 1);
	scene_look(s, COLUMNS, HEIGHT);
	assert_int_equal(s->rows[7].line, 5000);
	/* The same once more is news. */
	model_find(&s->model, 5000);
	scene_look(s, COLUMNS, HEIGHT);
	assert_int_equal(s->rows[4].line, 5000);
	assert_int_equal(logpane_unseen(&s->pane, &s->model), 1);
	logpane_bottom(&s->pane, &s->model);
	model_find(&s->model, SIZE_MAX);
	scene_look(s, COLUMNS, HEIGHT);
	assert_int_equal(s->rows[HEIGHT - 1].line, 1000003);
}

static void
test_found_near_the_ends(void **state)
{
	struct scene *s = *state;

	model_open(&s->model, 100);
	scene_look(s, COLUMNS, HEIGHT);
	/* As blank rows they all fit below it; as lines they do not. */
	model_find(&s->model, 97);
	scene_look(s, COLUMNS, HEIGHT);
	assert_false(s->pane.scrolled);
	scene_serve(s, long_text);
	assert_int_equal(s->rows[4].line, 97);
	assert_int_equal(s->rows[4].row, 0);
	assert_true(s->pane.scrolled);
	model_find(&s->model, 99);
	scene_look(s, COLUMNS, HEIGHT);
	assert_int_equal(s->rows[HEIGHT - 1].line, 99);
	assert_false(s->pane.scrolled);
	model_find(&s->model, 0);
	scene_look(s, COLUMNS, HEIGHT);
	scene_serve(s, long_text);
	assert_int_equal(s->rows[0].line, 0);
	assert_int_equal(s->rows[0].row, LOG_DATE_ROW);
}

static void
test_find_and_clear(void **state)
{
	struct scene *s = *state;

	model_open(&s->model, 1000);
	scene_add(s, 1);
	scene_look(s, COLUMNS, HEIGHT);
	model_clear(&s->model);
	scene_add(s, 1);
	scene_look(s, COLUMNS, HEIGHT);
	assert_int_equal(s->count, 2); /* with the date */
	model_find(&s->model, 500);
	scene_look(s, COLUMNS, HEIGHT);
	assert_int_equal(s->rows[4].line, 500);
	/* Before it has come, it is hidden, or called off. */
	model_clear(&s->model);
	scene_look(s, COLUMNS, HEIGHT);
	assert_int_equal(s->count, 0);
	assert_false(s->pane.scrolled);
	model_find(&s->model, 500);
	scene_look(s, COLUMNS, HEIGHT);
	model_find(&s->model, SIZE_MAX);
	scene_look(s, COLUMNS, HEIGHT);
	assert_int_equal(s->rows[4].line, 500);
	/* An old find moves nothing. */
	model_find(&s->model, 600);
	model_clear(&s->model);
	scene_add(s, 100);
	scene_look(s, COLUMNS, HEIGHT);
	assert_false(s->pane.scrolled);
	scene_assert_view(s, 1092, 1101);
}

static void
test_another_talk(void **state)
{
	struct scene *s = *state;

	model_open(&s->model, 1000);
	scene_look(s, COLUMNS, HEIGHT);
	logpane_scroll(&s->pane, &s->model, -500);
	scene_look(s, COLUMNS, HEIGHT);
	assert_true(s->pane.scrolled);
	model_open(&s->model, 2000);
	scene_assert_view(s, 1990, 1999);
	assert_false(s->pane.scrolled);
	logpane_top(&s->pane, &s->model);
	model_open(&s->model, 0);
	scene_look(s, COLUMNS, HEIGHT);
	assert_int_equal(s->count, 0);
	scene_add(s, 100);
	scene_assert_view(s, 90, 99);
	assert_int_equal(logpane_unseen(&s->pane, &s->model), 0);
}

/* The text of the line in a row of the view. */
static const char *
text_at(const struct scene *s, size_t row)
{
	const struct line *line = model_line(&s->model, s->rows[row].line);

	return line != NULL ? line->text : "";
}

/* Four notices, then messages until the present is full. */
static void
fill_present(struct scene *s)
{
	model_open(&s->model, 100);
	scene_add(s, 4);
	scene_add_numbered(s, 101, MODEL_PRESENT_MAX - 4);
	scene_look(s, COLUMNS, HEIGHT);
}

static void
scroll_to(struct scene *s, size_t lowest)
{
	logpane_scroll(
	    &s->pane, &s->model, -(int)(model_total(&s->model) - 1 - lowest));
	scene_look(s, COLUMNS, HEIGHT);
	assert_int_equal(s->rows[HEIGHT - 1].line, lowest);
}

static void
test_present_gives_way(void **state)
{
	static const struct {
		size_t lowest, after;
		const char *text; /* of it, before and after */
	} cases[] = {
	    {99, 99, ""}, /* of the past */
	    /* Stays in the present. */
	    {100 + MODEL_PRESENT_MAX / 2 + 50, 96 + MODEL_PRESENT_MAX / 2 + 50,
		"number 4243"},
	    {100 + MODEL_PRESENT_MAX / 2, 96 + MODEL_PRESENT_MAX / 2,
		"number 4193"},
	    /* Goes to the past, where its number is. */
	    {99 + MODEL_PRESENT_MAX / 2, 95 + MODEL_PRESENT_MAX / 2,
		"number 4192"},
	    {1000, 996, "number 997"},
	    {104, 100, "number 101"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct scene *s;
		void *scene;

		scene_set_up(&scene);
		s = scene;
		fill_present(s);
		scroll_to(s, cases[i].lowest);
		assert_string_equal(text_at(s, HEIGHT - 1), cases[i].text);
		assert_int_equal(logpane_unseen(&s->pane, &s->model), 0);
		scene_add(s, 2);
		scene_look(s, COLUMNS, HEIGHT);
		assert_int_equal(s->model.shift, -4);
		assert_int_equal(s->rows[HEIGHT - 1].line, cases[i].after);
		if (cases[i].after >= s->model.past_end)
			assert_string_equal(
			    text_at(s, HEIGHT - 1), cases[i].text);
		assert_int_equal(logpane_unseen(&s->pane, &s->model), 2);
		scene_tear_down(&scene);
	}
}

/* A notice that goes leaves the view at the messages before it. */
static void
test_notice_gives_way(void **state)
{
	struct scene *s = *state;

	model_open(&s->model, 100);
	scene_add_numbered(s, 101, 50);
	scene_add(s, 50);
	scene_add_numbered(s, 151, MODEL_PRESENT_MAX - 100);
	scene_look(s, COLUMNS, HEIGHT);
	scroll_to(s, 170);
	scene_add(s, 1);
	scene_look(s, COLUMNS, HEIGHT);
	assert_int_equal(s->rows[HEIGHT - 1].line, 149);
}

/* More than once between two frames, and what nobody has seen too. */
static void
test_flood_while_scrolled(void **state)
{
	struct scene *s = *state;

	fill_present(s);
	scroll_to(s, 1000);
	scene_add_numbered(
	    s, 101 + MODEL_PRESENT_MAX - 4, 2 * MODEL_PRESENT_MAX);
	scene_look(s, COLUMNS, HEIGHT);
	assert_int_equal(s->rows[HEIGHT - 1].line, 996);
	/* The four notices are gone, and may be missing here. */
	assert_in_range(logpane_unseen(&s->pane, &s->model),
	    2 * MODEL_PRESENT_MAX - 4, 2 * MODEL_PRESENT_MAX);
	scene_serve(s, "short");
	assert_int_equal(scene_blanks(s), 0);
	logpane_bottom(&s->pane, &s->model);
	scene_look(s, COLUMNS, HEIGHT);
	assert_int_equal(s->rows[HEIGHT - 1].line, model_total(&s->model) - 1);
}

/* A place that was found, before and after its positions shift. */
static void
test_found_shifts(void **state)
{
	struct scene *s = *state;
	size_t position;

	fill_present(s);
	position = model_position(&s->model, 5000);
	model_find(&s->model, position);
	scene_look(s, COLUMNS, HEIGHT);
	assert_string_equal(text_at(s, 4), "number 5000");
	scene_add(s, 1);
	scene_look(s, COLUMNS, HEIGHT);
	assert_string_equal(text_at(s, 4), "number 5000");
	assert_int_equal(s->model.found, position - 4);
}

static void
test_resize_where_nothing_is_there(void **state)
{
	struct scene *s = *state;

	model_open(&s->model, 100000);
	scene_look(s, COLUMNS, HEIGHT);
	logpane_scroll(&s->pane, &s->model, -50000);
	for (int columns = 1; columns < 200; columns += 13) {
		for (int height = 0; height < 60; height += 7) {
			scene_look(s, columns, height);
			assert_int_equal(s->count, height);
			if (height > 0)
				assert_int_equal(
				    s->rows[height - 1].line, 49999);
			if (columns % 2 == 0)
				scene_serve(s, long_text);
		}
	}
}

/* A goal that waits for its lines outlives a change of size. */
static void
test_resize_before_they_come(void **state)
{
	struct scene *s = *state;

	model_open(&s->model, 100000);
	scene_look(s, COLUMNS, HEIGHT);
	model_find(&s->model, 777);
	scene_look(s, COLUMNS, HEIGHT);
	scene_look(s, 2 * COLUMNS, 2 * HEIGHT);
	assert_int_equal(s->rows[HEIGHT - 1].line, 777);
	scene_look(s, COLUMNS, 0);
	scene_look(s, COLUMNS, HEIGHT);
	scene_serve(s, long_text);
	assert_int_equal(s->rows[4].line, 777);
	/* And after they have come: it is what the person looks at. */
	scene_look(s, COLUMNS / 2, 3 * HEIGHT);
	scene_serve(s, long_text);
	assert_int_equal(s->rows[14].line, 777);
	scene_look(s, COLUMNS, HEIGHT);
	assert_int_equal(s->rows[4].line, 777);
	assert_int_equal(s->rows[4].row, 0);
	/* No longer when they have gone on from there. */
	logpane_scroll(&s->pane, &s->model, -1);
	scene_look(s, COLUMNS, HEIGHT);
	assert_int_equal(s->rows[5].line, 777);
	scene_look(s, COLUMNS, HEIGHT - 1);
	assert_int_equal(s->rows[4].line, 777);
	logpane_top(&s->pane, &s->model);
	scene_look(s, COLUMNS, 2 * HEIGHT);
	scene_serve(s, long_text);
	assert_int_equal(s->rows[0].line, 0);
}

#define IN_SCENE(test)                                                         \
	cmocka_unit_test_setup_teardown(test, scene_set_up, scene_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_SCENE(test_lines_that_are_not_there),
	    cmocka_unit_test(test_wants),
	    IN_SCENE(test_wants_nothing_without_a_past),
	    IN_SCENE(test_wants_from_the_present),
	    IN_SCENE(test_pages_are_there_in_time),
	    cmocka_unit_test(test_wants_come_to_an_end),
	    IN_SCENE(test_top_of_a_long_history),
	    IN_SCENE(test_top_is_called_off),
	    IN_SCENE(test_found_line_is_in_the_middle),
	    IN_SCENE(test_found_near_the_ends),
	    IN_SCENE(test_find_and_clear),
	    IN_SCENE(test_another_talk),
	    cmocka_unit_test(test_present_gives_way),
	    IN_SCENE(test_notice_gives_way),
	    IN_SCENE(test_flood_while_scrolled),
	    IN_SCENE(test_found_shifts),
	    IN_SCENE(test_resize_where_nothing_is_there),
	    IN_SCENE(test_resize_before_they_come),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests_name("logpane_past", tests, NULL, NULL);
}
