/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log: a window of the past, the present, and lines that change sides. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/base/util.h"
#include "src/model.h"

enum { HALF = MODEL_PRESENT_MAX / 2 };

static int
setup(void **state)
{
	static struct model m;

	model_init(&m);
	*state = &m;
	return 0;
}

static int
teardown(void **state)
{
	model_release(*state);
	return 0;
}

static uint64_t
add(struct model *m, const char *text, uint64_t number)
{
	const struct line_spec spec = {
	    .kind = LINE_NOTICE, .text = text, .number = number};

	return model_add(m, &spec);
}

/* Lines with these numbers on. */
static void
add_numbered(struct model *m, uint64_t number, size_t count)
{
	while (count-- > 0)
		add(m, "numbered", number++);
}

/* Positions from to upto, both included, with text. */
static void
fill(struct model *m, size_t from, size_t upto, const char *text)
{
	size_t count = upto - from + 1;
	struct line_spec *specs = mem_zalloc(count * sizeof(*specs));

	for (size_t i = 0; i < count; i++) {
		specs[i].kind = LINE_PEER;
		specs[i].who = "ana";
		specs[i].text = text;
		specs[i].number = from + i + 1;
	}
	model_fill(m, specs, count);
	free(specs);
}

/* Of the past, just these positions are in memory. */
static void
assert_window(const struct model *m, size_t from, size_t end)
{
	assert_int_equal(m->past_count, end - from);
	for (size_t i = 0; i < m->past_end; i++) {
		const struct line *line = model_line(m, i);

		if (i < from || i >= end) {
			assert_null(line);
		} else {
			assert_non_null(line);
			assert_int_equal(line->number, i + 1);
		}
	}
}

static void
test_lines(void **state)
{
	struct model *m = *state;
	const struct line_spec first = {
	    .kind = LINE_PEER,
	    .mark = MARK_SENT,
	    .action = true,
	    .time_ms = 1234,
	    .who = "e\x1bve",
	    .text = "one\ntwo\x1b[2J",
	    .number = 7,
	};
	const struct line_spec nobody = {.kind = LINE_OWN, .text = "hello"};
	uint64_t id = model_add(m, &first);
	const struct line *line = model_line(m, 0);
	char text[32];

	assert_int_equal(m->version, 1);
	assert_int_equal(line->kind, LINE_PEER);
	assert_int_equal(line->mark, MARK_SENT);
	assert_int_equal(line->time_ms, 1234);
	assert_true(line->action);
	assert_int_equal(line->number, 7);
	assert_string_equal(line->who, "e\xe2\x90\x9bve");
	assert_string_equal(line->text, "one\ntwo\xe2\x90\x9b[2J");
	assert_int_equal(model_add(m, &nobody), id + 1);
	assert_string_equal(model_line(m, 1)->who, "");
	assert_int_equal(add(m, "notice", 0), id + 2);
	assert_null(model_line(m, 2)->who);
	/* the array grows, the lines stay */
	for (size_t i = 3; i < 500; i++) {
		snprintf(text, sizeof(text), "line %zu", i);
		assert_int_equal(add(m, text, 0), id + i);
	}
	assert_int_equal(model_total(m), 500);
	assert_ptr_equal(model_line(m, 0), line);
	assert_string_equal(model_line(m, 499)->text, "line 499");
	assert_null(model_line(m, 500));
	assert_null(model_line(m, SIZE_MAX));
	assert_int_equal(m->version, 500);
}

static void
test_marks(void **state)
{
	struct model *m = *state;
	uint64_t id = add(m, "hi", 0), version = m->version;

	model_mark(m, id, MARK_SENT);
	assert_int_equal(model_line(m, 0)->mark, MARK_SENT);
	assert_int_equal(m->version, version + 1);
	model_mark(m, id, MARK_SENT);
	model_mark(m, id + 1, MARK_STORED);
	model_mark(m, id - 1, MARK_STORED);
	model_mark_number(m, 1, MARK_STORED);
	model_mark_number(m, 0, MARK_STORED);
	assert_int_equal(m->version, version + 1);
	/* A number cannot be seen. */
	model_set_number(m, id, 1);
	model_set_number(m, id + 1, 2);
	assert_int_equal(m->version, version + 1);
	model_mark_number(m, 1, MARK_STORED);
	assert_int_equal(model_line(m, 0)->mark, MARK_STORED);
	assert_int_equal(m->version, version + 2);
}

static void
test_clear(void **state)
{
	struct model *m = *state;

	model_clear(m);
	assert_int_equal(m->version, 0);
	add(m, "one", 0);
	model_clear(m);
	assert_int_equal(m->cleared, 1);
	assert_int_equal(model_total(m), 1);
	assert_int_equal(m->version, 2);
	model_clear(m);
	assert_int_equal(m->version, 2);
}

static void
test_open(void **state)
{
	struct model *m = *state;
	uint64_t id = add(m, "old", 0), talk = m->talk, layout = m->layout;

	model_find(m, 0);
	model_clear(m);
	model_open(m, 1000000);
	assert_true(m->talk > talk && m->layout > layout);
	assert_int_equal(model_total(m), 1000000);
	assert_int_equal(m->cleared, 0);
	assert_true(m->found == SIZE_MAX);
	assert_null(model_line(m, 0));
	assert_null(model_line(m, 999999));
	fill(m, 10, 19, "past");
	/* The ids of the old talk mean nothing any more. */
	assert_true(add(m, "new", 1000001) > id);
	model_mark(m, id, MARK_STORED);
	model_set_number(m, id, 5);
	assert_int_equal(model_line(m, 1000000)->mark, MARK_NONE);
	assert_int_equal(model_line(m, 1000000)->number, 1000001);
	model_open(m, 20);
	assert_window(m, 0, 0);
	assert_int_equal(model_total(m), 20);
}

/* One after the other, in a past of 5000. */
static void
test_fill(void **state)
{
	static const struct {
		size_t from, upto; /* that are filled */
		size_t there, end; /* what is in memory then */
	} cases[] = {
	    {2000, 2099, 2000, 2100},
	    {1900, 1999, 1900, 2100}, /* adjacent, before */
	    {2100, 2199, 1900, 2200}, /* and after */
	    {1850, 1949, 1850, 2200}, /* overlapping, before */
	    {2150, 2249, 1850, 2250}, /* and after */
	    {2000, 2000, 1850, 2250}, /* within */
	    {1800, 2299, 1800, 2300}, /* around */
	    {2300, 2855, 1832, 2856}, /* too many: the far end goes */
	    {1700, 1831, 1700, 2724}, {100, 199, 100, 200}, /* far away */
	    {201, 209, 201, 210}, /* by a single line */
	    {0, 199, 0, 200}, {200, 210, 0, 211}, {4990, 4999, 4990, 5000},
	    {4000, 4989, 4000, 5000},
	    {3000, 4999, 3000, 4024}, /* more than there is room for */
	};
	struct model *m = *state;

	model_open(m, 5000);
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint64_t version = m->version, layout = m->layout;

		fill(m, cases[i].from, cases[i].upto, "text");
		assert_window(m, cases[i].there, cases[i].end);
		assert_true(m->version > version);
		assert_true(m->layout > layout);
		assert_int_equal(m->past_from, cases[i].there);
	}
}

static void
test_fill_nonsense(void **state)
{
	struct model *m = *state;
	struct line_spec none = {.kind = LINE_PEER, .text = "none"};
	uint64_t version;

	model_open(m, 100);
	add(m, "present", 101);
	version = m->version;
	model_fill(m, NULL, 0);
	model_fill(m, &none, 1);
	fill(m, 100, 110, "beyond");
	fill(m, SIZE_MAX - 2, SIZE_MAX - 1, "far beyond");
	assert_int_equal(m->version, version);
	assert_window(m, 0, 0);
	fill(m, 95, 110, "partly beyond");
	assert_window(m, 95, 100);
	assert_string_equal(model_line(m, 100)->text, "present");
}

static void
test_fill_replaces(void **state)
{
	struct model *m = *state;
	const struct line_spec spec = {.kind = LINE_OWN,
	    .mark = MARK_SENT,
	    .action = true,
	    .time_ms = 5,
	    .who = "b\033",
	    .text = "new\033",
	    .number = 12};

	model_open(m, 100);
	fill(m, 5, 20, "old");
	model_fill(m, &spec, 1);
	assert_string_equal(model_line(m, 10)->text, "old");
	assert_string_equal(model_line(m, 11)->text, "new\xe2\x90\x9b");
	assert_string_equal(model_line(m, 11)->who, "b\xe2\x90\x9b");
	assert_int_equal(model_line(m, 11)->mark, MARK_SENT);
	assert_int_equal(model_line(m, 11)->time_ms, 5);
	assert_true(model_line(m, 11)->action);
	assert_string_equal(model_line(m, 12)->text, "old");
}

static void
test_positions_and_marks_by_number(void **state)
{
	struct model *m = *state;
	uint64_t version;

	model_open(m, 100);
	add(m, "notice", 0);
	add_numbered(m, 101, 3);
	fill(m, 50, 59, "past");
	assert_true(model_position(m, 0) == SIZE_MAX);
	assert_int_equal(model_position(m, 1), 0);
	assert_int_equal(model_position(m, 100), 99);
	assert_int_equal(model_position(m, 101), 101);
	assert_int_equal(model_position(m, 103), 103);
	assert_true(model_position(m, 104) == SIZE_MAX);
	version = m->version;
	model_mark_number(m, 51, MARK_STORED);
	assert_int_equal(model_line(m, 50)->mark, MARK_STORED);
	model_mark_number(m, 102, MARK_SEEN);
	assert_int_equal(model_line(m, 102)->mark, MARK_SEEN);
	assert_int_equal(m->version, version + 2);
	/* Not in memory: it will come with its mark. */
	model_mark_number(m, 1, MARK_STORED);
	assert_int_equal(m->version, version + 2);
}

static void
test_find(void **state)
{
	struct model *m = *state;
	uint64_t version;

	model_open(m, 100);
	add_numbered(m, 101, 10);
	version = m->version;
	model_find(m, 42);
	assert_int_equal(m->found, 42);
	assert_int_equal(m->found_version, 1);
	assert_int_equal(m->version, version + 1);
	/* The same place again: somebody may have looked elsewhere. */
	model_find(m, 42);
	assert_int_equal(m->found_version, 2);
	model_find(m, SIZE_MAX);
	assert_true(m->found == SIZE_MAX);
	assert_int_equal(m->found_version, 2);
	version = m->version;
	model_find(m, SIZE_MAX);
	model_find(m, 110);
	assert_true(m->found == SIZE_MAX);
	assert_int_equal(m->version, version);
	/* What /clear has hidden can be found. */
	model_clear(m);
	add_numbered(m, 111, 1);
	model_find(m, 110);
	assert_int_equal(m->cleared, 110);
	model_find(m, 109);
	assert_int_equal(m->cleared, 0);
}

/* What has a number goes to the past; notices are gone. */
static void
test_present_gives_way(void **state)
{
	struct model *m = *state;
	uint64_t id, first = 0, layout;
	enum { NOTICES = 96 };

	model_open(m, 1000);
	fill(m, 990, 999, "past");
	for (size_t i = 0; i < MODEL_PRESENT_MAX; i++) {
		id = add(m, "line", i < NOTICES ? 0 : 1001 + i - NOTICES);
		if (i == 0)
			first = id;
	}
	model_find(m, 1000 + HALF + 5);
	model_clear(m);
	assert_int_equal(m->shift, 0);
	layout = m->layout;
	id = add(m, "the last drop", 0);
	assert_int_equal(id, first + MODEL_PRESENT_MAX);
	assert_int_equal(m->present_count, HALF + 1);
	assert_int_equal(m->past_end, 1000 + HALF - NOTICES);
	assert_int_equal(m->shift, -NOTICES);
	assert_true(m->layout > layout);
	assert_int_equal(
	    model_total(m), 1000 + MODEL_PRESENT_MAX - NOTICES + 1);
	assert_int_equal(m->found, 1000 + HALF + 5 - NOTICES);
	assert_int_equal(m->cleared, model_total(m) - 1);
	/* The window stays; what was given away is not in it. */
	assert_window(m, 990, 1000);
	assert_int_equal(
	    model_line(m, (size_t)m->past_end)->number, m->past_end + 1);
	assert_int_equal(model_position(m, m->past_end), m->past_end - 1);
	/* Ids that are gone are let go, the others are what they were. */
	model_mark(m, first, MARK_STORED);
	model_mark(m, first + HALF - 1, MARK_STORED);
	model_set_number(m, first + HALF - 1, 1);
	assert_int_equal(model_line(m, (size_t)m->past_end)->mark, MARK_NONE);
	model_mark(m, first + HALF, MARK_SENT);
	assert_int_equal(model_line(m, (size_t)m->past_end)->mark, MARK_SENT);
	model_mark(m, id, MARK_SEEN);
	assert_int_equal(model_line(m, model_total(m) - 1)->mark, MARK_SEEN);
	/* What came late from them can be filled in. */
	fill(m, 1000, (size_t)m->past_end - 1, "again");
	assert_int_equal(m->past_count, MODEL_PAST_MAX);
}

/* Places in the half that goes: found and cleared go with their lines. */
static void
test_places_in_the_half_that_goes(void **state)
{
	/* Each message of the half has a notice behind it. */
	static const struct {
		size_t before, after;
	} cases[] = {
	    {0, 0},
	    {99, 99},
	    {100, 100},
	    {101, 101}, /* a notice: what follows */
	    {102, 101},
	    {104, 102},
	    {100 + HALF, 100 + HALF / 2},
	    {101 + HALF, 101 + HALF / 2},
	    {SIZE_MAX, SIZE_MAX},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct model m;

		model_init(&m);
		model_open(&m, 100);
		for (size_t n = 0; n < MODEL_PRESENT_MAX; n++)
			add(&m, "line", n % 2 == 0 ? 101 + n / 2 : 0);
		m.found = cases[i].before;
		m.cleared = cases[i].before;
		add(&m, "one more", 0);
		assert_true(m.found == cases[i].after);
		assert_true(m.cleared == cases[i].after);
		model_release(&m);
	}
}

/* The numbers of a talk that nobody keeps: everything just goes. */
static void
test_present_without_numbers(void **state)
{
	struct model *m = *state;

	for (size_t i = 0; i < 3 * MODEL_PRESENT_MAX; i++)
		add(m, "line", 0);
	assert_int_equal(m->past_end, 0);
	assert_in_range(model_total(m), HALF, MODEL_PRESENT_MAX);
	assert_int_equal(
	    m->shift, (int64_t)model_total(m) - 3 * MODEL_PRESENT_MAX);
	assert_non_null(model_line(m, 0));
}

#define IN_MODEL(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

/* Whose number is on its way stays: the past has nothing without one. */
static void
test_present_awaits_numbers(void **state)
{
	enum { COUNT_ALL = MODEL_PRESENT_MAX + HALF };
	const struct line_spec spec = {
	    .kind = LINE_PEER, .text = "it comes", .awaits = true};
	struct model *m = *state;
	uint64_t first = 0;

	for (size_t i = 0; i < COUNT_ALL; i++) {
		uint64_t id = model_add(m, &spec);

		first = i == 0 ? id : first;
	}
	assert_int_equal(m->present_count, COUNT_ALL);
	assert_int_equal(m->past_end, 0);

	/* All but one of the half that would go; that one gets none at last. */
	for (size_t i = 0; i < HALF; i++)
		model_set_number(m, first + i, i + 1);
	add(m, "one more", 0);
	assert_int_equal(m->past_end, HALF);
	assert_int_equal(m->present_count, COUNT_ALL - HALF + 1);
	assert_int_equal(model_total(m), COUNT_ALL + 1);
	model_set_number(m, first + HALF, 0);
	for (size_t i = HALF + 1; i < COUNT_ALL; i++)
		model_set_number(m, first + i, i);
	add(m, "and one more", 0);
	assert_int_equal(m->past_end, HALF + HALF - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_MODEL(test_lines),
	    IN_MODEL(test_marks),
	    IN_MODEL(test_clear),
	    IN_MODEL(test_open),
	    IN_MODEL(test_fill),
	    IN_MODEL(test_fill_nonsense),
	    IN_MODEL(test_fill_replaces),
	    IN_MODEL(test_positions_and_marks_by_number),
	    IN_MODEL(test_find),
	    IN_MODEL(test_present_gives_way),
	    cmocka_unit_test(test_places_in_the_half_that_goes),
	    IN_MODEL(test_present_without_numbers),
	    IN_MODEL(test_present_awaits_numbers),
	};

	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		return 1;
	return cmocka_run_group_tests_name("model_log", tests, NULL, NULL);
}
