/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <limits.h>
#include <string.h>

#include "src/base/util.h"
#include "ui/layout.h"

struct heights {
	int title, log, nearby, completions, transfers, status, input;
};

struct layout_case {
	int rows, columns;
	struct layout_wishes wishes;
	struct heights want;
};

static const struct layout_case cases[] = {
    /* rows, columns, {input, transfers, completions, nearby}, from the top */
    {24, 80, {1, 0, 0, 0}, {1, 21, 0, 0, 0, 1, 1}},
    {24, 80, {3, 2, 4, 0}, {1, 13, 0, 4, 2, 1, 3}},
    {24, 80, {9, 0, 0, 0}, {1, 17, 0, 0, 0, 1, 5}},
    {24, 80, {1, 0, 99, 0}, {1, 11, 0, 10, 0, 1, 1}},
    {50, 80, {1, 0, 99, 0}, {1, 35, 0, 12, 0, 1, 1}},
    {24, 80, {1, 99, 0, 0}, {1, 11, 0, 0, 10, 1, 1}},
    {24, 80, {1, 99, 99, 0}, {1, 6, 0, 5, 10, 1, 1}},
    {10, 3, {1, 2, 4, 0}, {1, 3, 0, 2, 2, 1, 1}},
    {10, 3, {5, 2, 4, 0}, {1, 1, 0, 1, 1, 1, 5}},
    {6, 80, {1, 1, 1, 0}, {1, 1, 0, 1, 1, 1, 1}},
    {5, 80, {1, 9, 9, 0}, {1, 1, 0, 0, 1, 1, 1}},
    {4, 80, {1, 9, 9, 0}, {1, 1, 0, 0, 0, 1, 1}},
    {4, 80, {9, 9, 9, 0}, {0, 1, 0, 0, 0, 1, 2}},
    {3, 80, {9, 9, 9, 0}, {0, 1, 0, 0, 0, 1, 1}},
    {2, 80, {9, 9, 9, 0}, {0, 1, 0, 0, 0, 0, 1}},
    {1, 80, {9, 9, 9, 0}, {0, 0, 0, 0, 0, 0, 1}},
    {1, 1, {0, 0, 0, 0}, {0, 0, 0, 0, 0, 0, 1}},
    {24, 80, {-1, -2, -3, 0}, {1, 21, 0, 0, 0, 1, 1}},
    {24, 80, {INT_MIN, INT_MIN, INT_MIN, 0}, {1, 21, 0, 0, 0, 1, 1}},
    {24, 80, {INT_MAX, INT_MAX, INT_MAX, 0}, {1, 5, 0, 4, 8, 1, 5}},
    {24, 80, {1, 0, 0, 3}, {1, 18, 3, 0, 0, 1, 1}},
    {24, 80, {1, 2, 4, 3}, {1, 12, 3, 4, 2, 1, 1}},
    {24, 80, {1, 0, 99, 99}, {1, 6, 10, 5, 0, 1, 1}},
    {24, 80, {1, 99, 99, 99}, {1, 3, 5, 3, 10, 1, 1}},
    {6, 80, {1, 1, 1, 1}, {1, 1, 1, 0, 1, 1, 1}},
    {5, 80, {1, 0, 9, 9}, {1, 1, 1, 0, 0, 1, 1}},
    {4, 80, {1, 0, 9, 9}, {1, 1, 0, 0, 0, 1, 1}},
};

static void
known_sizes(void **state)
{
	struct layout l;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		const struct layout_case *c = &cases[i];
		struct heights got;

		layout_compute(&l, c->rows, c->columns, &c->wishes);
		assert_int_equal(l.rows, c->rows);
		assert_int_equal(l.columns, c->columns);
		got.title = l.title.height;
		got.log = l.log.height;
		got.nearby = l.nearby.height;
		got.completions = l.completions.height;
		got.transfers = l.transfers.height;
		got.status = l.status.height;
		got.input = l.input.height;
		if (memcmp(&got, &c->want, sizeof(got)) != 0)
			fail_msg("case %zu: %d %d %d %d %d %d %d", i, got.title,
			    got.log, got.nearby, got.completions, got.transfers,
			    got.status, got.input);
	}
}

static void
no_screen_is_one_cell(void **state)
{
	static const int sizes[] = {0, -1, INT_MIN};
	const struct layout_wishes wishes = {1, 1, 1, 1};
	struct layout l;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(sizes); i++) {
		layout_compute(&l, sizes[i], sizes[i], &wishes);
		assert_int_equal(l.rows, 1);
		assert_int_equal(l.columns, 1);
		assert_int_equal(l.input.top, 0);
		assert_int_equal(l.input.height, 1);
	}
}

/* The panes stand below each other and leave no row out. */
static void
assert_covered(const struct layout *l)
{
	const struct pane *panes[] = {&l->title, &l->log, &l->nearby,
	    &l->completions, &l->transfers, &l->status, &l->input};
	int top = 0;
	size_t i;

	for (i = 0; i < COUNT(panes); i++) {
		assert_int_equal(panes[i]->top, top);
		assert_true(panes[i]->height >= 0);
		top += panes[i]->height;
	}
	assert_int_equal(top, l->rows);
}

/* Nothing is there while something that outlives it is missing. */
static void
assert_order(const struct layout *l, const struct layout_wishes *w)
{
	int half = l->rows / 2 > 1 ? l->rows / 2 : 1;

	assert_true(l->input.height >= 1 && l->input.height <= half);
	assert_true(l->input.height <= LAYOUT_INPUT_MAX);
	assert_true(l->completions.height <= LAYOUT_COMPLETIONS_MAX);
	assert_true(l->completions.height <= w->completions);
	assert_true(l->transfers.height <= w->transfers);
	if (l->status.height > 0)
		assert_true(l->log.height > 0);
	if (l->title.height > 0)
		assert_true(l->status.height > 0);
	if (l->transfers.height > 0)
		assert_true(l->title.height > 0);
	assert_true(l->nearby.height <= w->nearby);
	if (l->nearby.height > 0) {
		assert_true(l->title.height > 0);
		assert_true(l->transfers.height > 0 || w->transfers == 0);
	}
	if (l->completions.height > 0) {
		assert_true(l->nearby.height > 0 || w->nearby == 0);
		assert_true(l->title.height > 0);
		assert_true(l->transfers.height > 0 || w->transfers == 0);
	}
}

static void
every_size(void **state)
{
	struct layout_wishes w;
	struct layout l;
	int rows;

	(void)state;
	for (rows = 1; rows <= 60; rows++)
		for (w.input = 0; w.input <= 7; w.input++)
			for (w.transfers = 0; w.transfers <= 12; w.transfers++)
				for (w.completions = 0; w.completions <= 10;
				     w.completions++) {
					w.nearby = (rows + w.completions) % 7;
					layout_compute(&l, rows, 80, &w);
					assert_covered(&l);
					assert_order(&l, &w);
				}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(known_sizes),
	    cmocka_unit_test(no_screen_is_one_cell),
	    cmocka_unit_test(every_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
