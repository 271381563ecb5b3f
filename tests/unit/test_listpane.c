/* SPDX-License-Identifier: GPL-3.0-or-later */
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
#include "ui/listpane.h"

/* A model that shows a list, and the pane that looks at it. */
struct list_scene {
	struct model model;
	struct listpane pane;
	size_t asked; /* for lines */
};

static char *
numbered_line(void *arg, size_t at)
{
	struct list_scene *s = arg;

	s->asked++;
	return str_printf("line %zu", at);
}

static void
show(struct list_scene *s, size_t count)
{
	char title[] = "a list";
	const struct listing listing = {
	    .title = title, .count = count, .line = numbered_line, .arg = s};

	model_show_list(&s->model, &listing);
}

static int
set_up(void **state)
{
	struct list_scene *s = mem_zalloc(sizeof(*s));

	model_init(&s->model);
	*state = s;
	return 0;
}

static int
tear_down(void **state)
{
	struct list_scene *s = *state;

	model_release(&s->model);
	free(s);
	return 0;
}

/* At this height, count lines from line from on are in view. */
static void
assert_view(struct list_scene *s, int height, size_t from, size_t count)
{
	size_t got_from, got;

	listpane_update(&s->pane, &s->model, height);
	got = listpane_view(&s->pane, &got_from);
	if (got != count || (count > 0 && got_from != from))
		fail_msg("at height %d: %zu lines from %zu on, not %zu from "
			 "%zu on",
		    height, got, got_from, count, from);
}

static void
pages(void **state)
{
	struct list_scene *s = *state;
	struct listpane *p = &s->pane;

	show(s, 100);
	assert_view(s, 11, 0, 10);
	/* one line is seen again */
	listpane_page(p, 1);
	assert_view(s, 11, 9, 10);
	listpane_page(p, 1);
	assert_view(s, 11, 18, 10);
	listpane_page(p, -1);
	assert_view(s, 11, 9, 10);
	listpane_page(p, -3);
	assert_view(s, 11, 0, 10);
	listpane_page(p, -1);
	assert_view(s, 11, 0, 10);
	listpane_bottom(p);
	assert_view(s, 11, 90, 10);
	listpane_page(p, 1);
	assert_view(s, 11, 90, 10);
	listpane_page(p, -1);
	assert_view(s, 11, 81, 10);
	listpane_page(p, 5);
	assert_view(s, 11, 90, 10);
	listpane_top(p);
	assert_view(s, 11, 0, 10);
}

static void
short_lists(void **state)
{
	static const struct {
		size_t count;
		int height;
		size_t in_view;
	} cases[] = {
	    {0, 10, 0},
	    {1, 10, 1},
	    {9, 10, 9},
	    {10, 11, 10},
	    {10, 2, 1},
	    {10, 1, 0},
	    {10, 0, 0},
	    {10, -1, 0},
	};
	struct list_scene *s = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		show(s, cases[i].count);
		assert_view(s, cases[i].height, 0, cases[i].in_view);
		if (cases[i].count > cases[i].in_view)
			continue;
		listpane_page(&s->pane, 1);
		assert_view(s, cases[i].height, 0, cases[i].in_view);
		listpane_bottom(&s->pane);
		assert_view(s, cases[i].height, 0, cases[i].in_view);
	}
}

/* In a pane of two rows the one line moves by one. */
static void
one_row(void **state)
{
	struct list_scene *s = *state;

	show(s, 3);
	assert_view(s, 2, 0, 1);
	for (size_t i = 1; i < 3; i++) {
		listpane_page(&s->pane, 1);
		assert_view(s, 2, i, 1);
	}
	listpane_page(&s->pane, 1);
	assert_view(s, 2, 2, 1);
	listpane_page(&s->pane, -1);
	assert_view(s, 2, 1, 1);
}

/* Whatever size the window takes: what was at the top is so again. */
static void
resize_keeps_the_top(void **state)
{
	static const int heights[] = {5, 1, 0, 90, 300, 2, 60};
	struct list_scene *s = *state;

	show(s, 100);
	assert_view(s, 21, 0, 20);
	for (int i = 0; i < 3; i++)
		listpane_page(&s->pane, 1);
	assert_view(s, 21, 57, 20);
	for (size_t i = 0; i < COUNT(heights); i++) {
		listpane_update(&s->pane, &s->model, heights[i]);
		assert_view(s, 21, 57, 20);
	}
	/* Where it cannot stand there, the pane is full all the same. */
	assert_view(s, 61, 40, 60);
	/* And who moves then moves from what is to be seen. */
	listpane_page(&s->pane, -1);
	assert_view(s, 61, 0, 60);
	assert_view(s, 21, 0, 20);
}

static void
another_list(void **state)
{
	struct list_scene *s = *state;

	show(s, 100);
	assert_view(s, 11, 0, 10);
	listpane_bottom(&s->pane);
	assert_view(s, 11, 90, 10);
	show(s, 50);
	assert_view(s, 11, 0, 10);
	listpane_bottom(&s->pane);
	assert_view(s, 11, 40, 10);
	model_hide_list(&s->model);
	show(s, 200);
	assert_view(s, 11, 0, 10);
}

static void
assert_title(
    struct list_scene *s, const char *title, int columns, const char *want)
{
	char *got = listpane_title(&s->pane, title, columns);

	if (strcmp(got, want) != 0)
		fail_msg("at %d: \"%s\", not \"%s\"", columns, got, want);
	free(got);
}

static void
titles(void **state)
{
	static const char title[] = "1: doc, from ana";
	struct list_scene *s = *state;

	show(s, 100000);
	assert_view(s, 21, 0, 20);
	assert_title(s, title, 60,
	    "1: doc, from ana         lines 1 to 20 of 100000  Esc closes");
	assert_title(s, title, 53,
	    "1: doc, from ana  lines 1 to 20 of 100000  Esc closes");
	/* The hint goes, then the title gets shorter, then the place goes. */
	assert_title(s, title, 52,
	    "1: doc, from ana             lines 1 to 20 of 100000");
	assert_title(s, title, 41, "1: doc, from ana  lines 1 to 20 of 100000");
	assert_title(s, title, 40, "1: doc, from a…  lines 1 to 20 of 100000");
	assert_title(s, title, 37, "1: doc, fro…  lines 1 to 20 of 100000");
	assert_title(s, title, 36, "1: doc, from ana");
	assert_title(s, title, 10, "1: doc, f…");
	assert_title(s, title, 1, "…");
	assert_title(s, title, 0, "");
	assert_title(s, title, -1, "");
	listpane_bottom(&s->pane);
	assert_title(
	    s, "", 45, "  lines 99981 to 100000 of 100000  Esc closes");
	listpane_update(&s->pane, &s->model, 2);
	listpane_bottom(&s->pane);
	assert_view(s, 2, 99999, 1);
	assert_title(s, "a", 30, "a        line 100000 of 100000");
	/* None is in view. */
	assert_view(s, 1, 0, 0);
	assert_title(s, "a", 30, "a                   Esc closes");
	show(s, 0);
	assert_view(s, 10, 0, 0);
	assert_title(s, "a", 30, "a                   Esc closes");
}

static void
every_width(void **state)
{
	static const char *const names[] = {"", "a", "漢字漢字漢字漢字漢字",
	    "e\u0301e\u0301", "a title that is much too long for all of this"};
	static const size_t counts[] = {0, 1, 7, 1000000};
	struct list_scene *s = *state;

	for (size_t n = 0; n < COUNT(names) * COUNT(counts); n++) {
		show(s, counts[n / COUNT(names)]);
		for (int height = 0; height < 4; height++) {
			listpane_update(&s->pane, &s->model, height);
			for (int columns = -1; columns < 120; columns++) {
				char *text = listpane_title(
				    &s->pane, names[n % COUNT(names)], columns);

				assert_true(text_columns(text) <=
					    (columns < 0 ? 0 : columns));
				assert_true(text_is_utf8(text, strlen(text)));
				free(text);
			}
		}
	}
}

/* A million lines cost what is in view: no line is asked for beyond that. */
static void
long_lists(void **state)
{
	static const size_t counts[] = {1000000, SIZE_MAX};
	struct list_scene *s = *state;

	for (size_t i = 0; i < COUNT(counts); i++) {
		show(s, counts[i]);
		assert_view(s, 51, 0, 50);
		listpane_page(&s->pane, 1);
		assert_view(s, 51, 49, 50);
		listpane_bottom(&s->pane);
		assert_view(s, 51, counts[i] - 50, 50);
		listpane_page(&s->pane, 1);
		assert_view(s, 51, counts[i] - 50, 50);
		listpane_page(&s->pane, -1);
		assert_view(s, 51, counts[i] - 99, 50);
	}
	assert_int_equal(s->asked, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(pages, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(short_lists, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(one_row, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		resize_keeps_the_top, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(another_list, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(titles, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(every_width, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(long_lists, set_up, tear_down),
	};

	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
