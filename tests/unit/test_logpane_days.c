/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The dates between the lines of the log. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/base/text.h"
#include "src/base/util.h"
#include "tests/unit/log_scene.h"

/* On the wall in Madrid, 2026. */
static int64_t
at(int month, int day, int hour, int minute)
{
	struct tm tm = {.tm_year = 126,
	    .tm_mon = month - 1,
	    .tm_mday = day,
	    .tm_hour = hour,
	    .tm_min = minute,
	    .tm_isdst = -1};

	return (int64_t)mktime(&tm) * 1000;
}

/* A 'd' for each date in view, an 'x' for each row of text. */
static const char *
picture(const struct scene *s)
{
	static char out[COUNT(s->rows) + 1];

	for (size_t i = 0; i < s->count; i++)
		out[i] = s->rows[i].row == LOG_DATE_ROW ? 'd' : 'x';
	out[s->count] = '\0';
	return out;
}

static void
assert_picture(struct scene *s, const char *want)
{
	scene_look(s, COLUMNS, 30);
	assert_string_equal(picture(s), want);
}

static void
test_first_start_has_none(void **state)
{
	struct scene *s = *state;

	for (int hour = 8; hour < 12; hour++)
		scene_add_line(s, LINE_PEER, at(11, 22, hour, 0));
	assert_picture(s, "xxxx");
	scene_add_line(s, LINE_PEER, at(11, 23, 0, 0));
	assert_picture(s, "xxxxdx");
}

static void
test_with_a_past(void **state)
{
	struct scene *s = *state;
	struct line_spec spec = {.kind = LINE_PEER, .text = "hi", .number = 1};

	model_open(&s->model, 3);
	scene_add_line(s, LINE_PEER, at(11, 22, 9, 0));
	/* Nobody knows of what day the line before was. */
	assert_picture(s, "xxxx");
	spec.number = 3;
	spec.time_ms = at(11, 20, 9, 0);
	model_fill(&s->model, &spec, 1);
	assert_picture(s, "xxxdx");
	spec.number = 2;
	model_fill(&s->model, &spec, 1);
	assert_picture(s, "xxxdx");
	spec.number = 1;
	spec.time_ms = at(11, 19, 9, 0);
	model_fill(&s->model, &spec, 1);
	assert_picture(s, "dxdxxdx");
	assert_int_equal(s->rows[0].line, 0);
	assert_int_equal(s->rows[1].line, 0);
	assert_int_equal(s->rows[1].row, 0);
	assert_int_equal(s->rows[2].line, 1);
}

static void
test_times(void **state)
{
	static const struct {
		const char *what;
		struct {
			int month, day, hour, minute;
		} times[4];
		const char *picture; /* below a first line of February */
	} cases[] = {
	    {"midnight", {{3, 2, 23, 59}, {3, 3, 0, 0}, {3, 3, 23, 59}},
		"xdxdxx"},
	    {"our midnight, not UTC's",
		{{7, 2, 0, 30}, {7, 2, 1, 30}, {7, 2, 2, 30}}, "xdxxx"},
	    {"the day of 23 hours",
		{{3, 29, 0, 10}, {3, 29, 3, 10}, {3, 29, 23, 50},
		    {3, 30, 0, 10}},
		"xdxxxdx"},
	    {"the day of 25 hours",
		{{10, 25, 0, 10}, {10, 25, 2, 30}, {10, 25, 23, 50},
		    {10, 26, 0, 10}},
		"xdxxxdx"},
	    {"out of order",
		{{5, 2, 12, 0}, {5, 1, 12, 0}, {5, 1, 11, 0}, {5, 2, 12, 0}},
		"xdxdxxdx"},
	    {"the same day of another month", {{4, 1, 12, 0}, {5, 1, 12, 0}},
		"xdxdx"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		void *scene;
		struct scene *s;

		scene_set_up(&scene);
		s = scene;
		scene_add_line(s, LINE_PEER, at(2, 1, 12, 0));
		for (int n = 0; n < 4 && cases[i].times[n].month > 0; n++)
			scene_add_line(s, LINE_PEER,
			    at(cases[i].times[n].month, cases[i].times[n].day,
				cases[i].times[n].hour,
				cases[i].times[n].minute));
		scene_look(s, COLUMNS, 30);
		if (strcmp(picture(s), cases[i].picture) != 0)
			fail_msg("%s: %s", cases[i].what, picture(s));
		scene_tear_down(&scene);
	}
}

/* The same day of two years. */
static void
test_years(void **state)
{
	struct scene *s = *state;

	scene_add_line(s, LINE_PEER, 1750000000000);
	scene_add_line(s, LINE_PEER, 1750000000000 + 365 * 86400000LL);
	assert_picture(s, "xdx");
}

static void
test_help_has_no_day(void **state)
{
	struct scene *s = *state;

	scene_add_line(s, LINE_PEER, at(11, 22, 9, 0));
	scene_add_line(s, LINE_HELP, at(11, 23, 9, 0));
	scene_add_line(s, LINE_HELP, 0);
	assert_picture(s, "xxx");
	scene_add_line(s, LINE_PEER, at(11, 23, 9, 0));
	assert_picture(s, "xxxdx");
	scene_add_line(s, LINE_HELP, 0);
	scene_add_line(s, LINE_PEER, at(11, 23, 9, 1));
	assert_picture(s, "xxxdxxx");
}

static void
test_cleared(void **state)
{
	struct scene *s = *state;

	scene_add_line(s, LINE_PEER, at(11, 22, 9, 0));
	scene_add_line(s, LINE_PEER, at(11, 23, 9, 0));
	model_clear(&s->model);
	scene_add_line(s, LINE_PEER, at(11, 23, 9, 1));
	assert_picture(s, "x");
	/* What was hidden is not forgotten. */
	model_clear(&s->model);
	scene_add_line(s, LINE_PEER, at(11, 24, 9, 1));
	assert_picture(s, "dx");

	model_open(&s->model, 10);
	model_clear(&s->model);
	scene_add_line(s, LINE_HELP, 0);
	scene_add_line(s, LINE_PEER, at(11, 23, 9, 0));
	scene_add_line(s, LINE_PEER, at(11, 23, 9, 1));
	assert_picture(s, "xdxx");
}

/* The date of a line that is there already comes when it is the first. */
static void
test_becomes_the_first(void **state)
{
	struct scene *s = *state;

	model_open(&s->model, 10);
	scene_fill(s, 0, 9, "old");
	scene_look(s, COLUMNS, 30);
	assert_string_equal(picture(s), "dxxxxxxxxxx");
	model_clear(&s->model);
	scene_add_line(s, LINE_PEER, 0);
	assert_picture(s, "dx");
	model_find(&s->model, 4);
	assert_picture(s, "dxxxxxxxxxxx");
}

/* From a peer with a broken clock, say. */
static void
test_far_away_days(void **state)
{
	static const int64_t times[] = {INT64_MAX, INT64_MIN, -1};
	struct scene *s = *state;

	scene_add_line(s, LINE_PEER, at(11, 22, 9, 0));
	for (size_t i = 0; i < COUNT(times); i++) {
		char *text = log_day_text(times[i], 80);

		scene_add_line(s, LINE_PEER, times[i]);
		scene_add_line(s, LINE_PEER, times[i]);
		assert_in_range(text_columns(text), 20, 80);
		free(text);
	}
	scene_add_line(s, LINE_PEER, at(11, 22, 9, 0));
	assert_picture(s, "xdxxdxxdxxdx");
}

static void
test_scrolling_counts_dates(void **state)
{
	struct scene *s = *state;

	for (int day = 1; day <= 30; day++)
		scene_add_line(s, LINE_PEER, at(11, day, 12, 0));
	scene_look(s, COLUMNS, 4);
	assert_string_equal(picture(s), "dxdx");
	logpane_scroll(&s->pane, &s->model, -3);
	scene_look(s, COLUMNS, 4);
	assert_string_equal(picture(s), "xdxd");
	assert_int_equal(s->rows[3].line, 28);
	assert_int_equal(s->rows[2].line, 27);
	logpane_top(&s->pane, &s->model);
	scene_look(s, COLUMNS, 4);
	assert_string_equal(picture(s), "xdxd");
	assert_int_equal(s->rows[0].line, 0);
}

static void
assert_day(int64_t time_ms, int columns, const char *want)
{
	char *text = log_day_text(time_ms, columns);

	assert_string_equal(text, want);
	assert_true(text_columns(text) <= columns);
	free(text);
}

static void
test_words(void **state)
{
	int64_t day = at(11, 22, 23, 59);

	(void)state;
	assert_day(day, 80, "── Sunday, 22 November 2026 ──");
	assert_day(day, 30, "── Sunday, 22 November 2026 ──");
	assert_day(day, 29, "Sunday, 22 November 2026");
	assert_day(day, 12, "Sunday, 22 …");
	assert_day(day, 1, "…");
	assert_day(at(3, 1, 0, 0), 80, "── Sunday, 1 March 2026 ──");
}

#define IN_SCENE(test)                                                         \
	cmocka_unit_test_setup_teardown(test, scene_set_up, scene_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_SCENE(test_first_start_has_none),
	    IN_SCENE(test_with_a_past),
	    cmocka_unit_test(test_times),
	    IN_SCENE(test_years),
	    IN_SCENE(test_help_has_no_day),
	    IN_SCENE(test_cleared),
	    IN_SCENE(test_becomes_the_first),
	    IN_SCENE(test_far_away_days),
	    IN_SCENE(test_scrolling_counts_dates),
	    cmocka_unit_test(test_words),
	};

	setlocale(LC_ALL, "C.UTF-8");
	/* Central Europe, whether or not this machine knows of it. */
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	return cmocka_run_group_tests_name("logpane_days", tests, NULL, NULL);
}
