/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Meetings: what the other side has of ours, against what we think. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "tests/unit/scratch.h"
#include "tests/unit/storing.h"

enum { FIRST = 900, SECOND = 40, THIRD = 555 }; /* runs; epochs have no order */

/*
 * A talk that opens on its lines 1 to 9, of which own ones are
 *     1: FIRST 1   3: FIRST 2   4: FIRST 3   6: SECOND 1   8: SECOND 3
 * SECOND 2 was not kept; 2 and 7 are theirs, 5 and 9 notes.
 */
static void
fill(struct store *s)
{
	const struct store_line lines[] = {
	    storing_line('a', true, FIRST, 1, "one"),
	    storing_line('a', false, THIRD, 1, "two"),
	    storing_line('a', true, FIRST, 2, "three"),
	    storing_line('a', true, FIRST, 3, "four"),
	    storing_line('a', false, 0, 0, "five"),
	    storing_line('a', true, SECOND, 1, "six"),
	    storing_line('a', false, THIRD, 2, "seven"),
	    storing_line('a', true, SECOND, 3, "eight"),
	    storing_line('a', true, 0, 0, "nine"),
	};
	const struct store_line passed =
	    storing_line('a', true, SECOND, 2, "not kept");

	for (size_t i = 0; i < COUNT(lines); i++) {
		if (i == 7)
			storing_pass(s, &passed);
		assert_int_equal(storing_keep(s, &lines[i]), i + 1);
	}
}

/* The lines that wait, by their numbers: "3 4 8". */
static void
check_lines(const struct lines *lines, const char *want)
{
	char *got = str_dup("");

	for (size_t i = 0; i < lines->count; i++)
		str_replace(
		    &got, str_printf("%s%s%llu", got, i > 0 ? " " : "",
			      (unsigned long long)lines->list[i].line.number));
	assert_string_equal(got, want);
	free(got);
}

static const struct {
	struct stream acked; /* 0: none */
	struct stream theirs;
	enum store_meeting meeting;
	uint64_t again;
	const char *waiting;
} cases[] = {
    /* Nothing there, and nothing thought to be there. */
    {{0, 0}, {0, 0}, STORE_MEET_SAME, 0, "1 3 4 6 8"},
    /* They have what we know they have, or more. */
    {{FIRST, 2}, {FIRST, 2}, STORE_MEET_SAME, 0, "4 6 8"},
    {{0, 0}, {FIRST, 2}, STORE_MEET_SAME, 0, "4 6 8"},
    {{FIRST, 1}, {FIRST, 3}, STORE_MEET_SAME, 0, "6 8"},
    {{FIRST, 1}, {SECOND, 1}, STORE_MEET_SAME, 0, "8"},
    {{FIRST, 1}, {SECOND, 3}, STORE_MEET_SAME, 0, ""},
    /* One that was not kept stands after the one before it. */
    {{FIRST, 1}, {SECOND, 2}, STORE_MEET_SAME, 0, "8"},
    {{SECOND, 2}, {SECOND, 2}, STORE_MEET_SAME, 0, "8"},
    {{SECOND, 2}, {SECOND, 1}, STORE_MEET_SAME, 0, "8"},
    /* They begin anew: what they had is not forced on them. */
    {{FIRST, 2}, {0, 0}, STORE_MEET_NEW, 0, "4 6 8"},
    {{SECOND, 3}, {0, 0}, STORE_MEET_NEW, 0, ""},
    {{FIRST, 2}, {FIRST, 0}, STORE_MEET_NEW, 0, "4 6 8"},
    /* They lost what they had. */
    {{FIRST, 2}, {FIRST, 1}, STORE_MEET_BEHIND, 1, "3 4 6 8"},
    {{SECOND, 3}, {FIRST, 1}, STORE_MEET_BEHIND, 4, "3 4 6 8"},
    {{SECOND, 3}, {FIRST, 3}, STORE_MEET_BEHIND, 2, "6 8"},
    {{SECOND, 3}, {SECOND, 1}, STORE_MEET_BEHIND, 1, "8"},
    {{SECOND, 3}, {SECOND, 2}, STORE_MEET_BEHIND, 1, "8"},
    /* They name what we do not remember: nothing changes. */
    {{FIRST, 2}, {FIRST, 4}, STORE_MEET_AHEAD, 0, "4 6 8"},
    {{FIRST, 2}, {SECOND, 4}, STORE_MEET_AHEAD, 0, "4 6 8"},
    {{FIRST, 2}, {THIRD, 1}, STORE_MEET_AHEAD, 0, "4 6 8"},
    {{0, 0}, {12345, 1}, STORE_MEET_AHEAD, 0, "1 3 4 6 8"},
    {{0, 0}, {UINT64_MAX, UINT64_MAX}, STORE_MEET_AHEAD, 0, "1 3 4 6 8"},
    {{0, 0}, {FIRST, UINT64_MAX}, STORE_MEET_AHEAD, 0, "1 3 4 6 8"},
};

static void
test_meetings(void **state)
{
	struct lines lines;
	struct opened o;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		storing_open(&o, NULL);
		fill(o.store);
		storing_mark(
		    o.store, 'a', cases[i].acked.epoch, cases[i].acked.last);
		assert_int_equal(
		    storing_meet(o.store, 'a', cases[i].theirs.epoch,
			cases[i].theirs.last, &lines),
		    cases[i].meeting);
		assert_int_equal(lines.met.again, cases[i].again);
		check_lines(&lines, cases[i].waiting);
		/* It was written down, and is only told once. */
		storing_load_waiting(o.store, 'a', &lines);
		check_lines(&lines, cases[i].waiting);
		if (cases[i].meeting == STORE_MEET_BEHIND)
			assert_int_equal(
			    storing_meet(o.store, 'a', cases[i].theirs.epoch,
				cases[i].theirs.last, &lines),
			    STORE_MEET_SAME);
		assert_int_equal(o.failures, 0);
		store_close(o.store);
	}
}

/* Somebody we never wrote to may say what they like. */
static void
test_strangers(void **state)
{
	const struct store_line theirs =
	    storing_line('b', false, FIRST, 1, "x");
	struct lines lines;
	struct opened o;

	(void)state;
	storing_open(&o, NULL);
	assert_int_equal(
	    storing_meet(o.store, 'b', 0, 0, &lines), STORE_MEET_SAME);
	assert_int_equal(
	    storing_meet(o.store, 'b', FIRST, 1, &lines), STORE_MEET_AHEAD);
	storing_keep(o.store, &theirs);
	assert_int_equal(
	    storing_meet(o.store, 'b', 0, 0, &lines), STORE_MEET_SAME);
	/* Their own run is none of ours. */
	assert_int_equal(
	    storing_meet(o.store, 'b', FIRST, 1, &lines), STORE_MEET_AHEAD);
	assert_int_equal(lines.count, 0);
	store_close(o.store);
}

/* Where nothing is kept, nothing is missed either. */
static void
test_not_kept(void **state)
{
	struct store_line line;
	struct lines lines;
	struct opened o;

	(void)state;
	storing_open(&o, NULL);
	for (uint64_t seq = 1; seq <= 3; seq++) {
		line = storing_line('a', true, FIRST, seq, "not kept");
		storing_pass(o.store, &line);
	}
	storing_mark(o.store, 'a', FIRST, 3);
	assert_int_equal(
	    storing_meet(o.store, 'a', FIRST, 1, &lines), STORE_MEET_SAME);
	assert_int_equal(
	    storing_meet(o.store, 'a', FIRST, 4, &lines), STORE_MEET_AHEAD);

	/* A later run keeps, and then passes by one before it keeps again. */
	line = storing_line('a', true, SECOND, 1, "kept");
	assert_int_equal(storing_keep(o.store, &line), 1);
	assert_int_equal(
	    storing_meet(o.store, 'a', FIRST, 3, &lines), STORE_MEET_SAME);
	check_lines(&lines, "1");
	/* All of a run not kept: it still comes after what was before it. */
	line = storing_line('a', true, THIRD, 1, "not kept");
	storing_pass(o.store, &line);
	storing_mark(o.store, 'a', THIRD, 1);
	storing_load_waiting(o.store, 'a', &lines);
	check_lines(&lines, "");
	assert_int_equal(
	    storing_meet(o.store, 'a', FIRST, 3, &lines), STORE_MEET_BEHIND);
	check_lines(&lines, "1");
	assert_int_equal(
	    storing_meet(o.store, 'a', THIRD, 1, &lines), STORE_MEET_SAME);
	check_lines(&lines, "");
	store_close(o.store);
}

/* What was taken back does not wait again, whatever they lost. */
static void
test_taken_back(void **state)
{
	struct lines lines;
	struct opened o;

	(void)state;
	storing_open(&o, NULL);
	fill(o.store);
	assert_true(storing_take_back(o.store, 'a', FIRST, 3));
	storing_mark(o.store, 'a', SECOND, 3);
	assert_int_equal(
	    storing_meet(o.store, 'a', FIRST, 1, &lines), STORE_MEET_BEHIND);
	assert_int_equal(lines.met.again, 3);
	check_lines(&lines, "3 6 8");
	store_close(o.store);
}

struct lost {
	size_t count, ends;
	uint64_t first;
	struct store_met met;
};

static void
count_line(void *arg, const struct store_line *line)
{
	struct lost *lost = arg;

	if (lost->count++ == 0)
		lost->first = line->number;
}

static void
on_met(void *arg, const struct store_met *met)
{
	struct lost *lost = arg;

	assert_non_null(met);
	lost->met = *met;
	lost->ends++;
}

/* They lost a life's work: the newest of it is offered at once. */
static void
test_many_lost(void **state)
{
	enum { MANY = 10050, AGAIN = 10000 };
	const struct stream theirs = {FIRST, 1};
	struct store_line line = storing_line('a', true, FIRST, 1, "x");
	struct lost lost = {0};
	struct opened o;

	(void)state;
	storing_open(&o, NULL);
	for (; line.seq < MANY; line.seq++)
		store_put_line(o.store, &line, true, NULL, NULL);
	assert_int_equal(storing_keep(o.store, &line), MANY);
	storing_mark(o.store, 'a', FIRST, MANY);
	store_meet(o.store, line.key, &theirs, count_line, on_met, &lost);
	storing_wait(o.store, &lost.ends, 1);
	assert_int_equal(lost.met.meeting, STORE_MEET_BEHIND);
	assert_int_equal(lost.met.again, AGAIN);
	assert_int_equal(lost.count, AGAIN);
	assert_int_equal(lost.first, MANY - AGAIN + 1);
	assert_int_equal(o.failures, 0);
	store_close(o.store);
}

/* Our history is an older one: a copy of it came back. */
static void
test_backup(void **state)
{
	char *folder = scratch_new(), *path = storing_history_path(folder);
	char *copy;
	size_t len;
	struct store_line line;
	struct lines lines;
	struct opened o;
	uint64_t epoch;

	(void)state;
	storing_open(&o, folder);
	fill(o.store);
	storing_mark(o.store, 'a', FIRST, 3);
	store_close(o.store);
	copy = scratch_read(path, &len);

	storing_open(&o, folder);
	epoch = o.memory->epoch;
	line = storing_line('a', true, epoch, 1, "after the copy");
	storing_keep(o.store, &line);
	storing_mark(o.store, 'a', epoch, 1);
	store_close(o.store);

	/* They have what we have forgotten, and all that waits here. */
	scratch_write(path, copy, len);
	storing_open(&o, folder);
	assert_true(o.memory->epoch != epoch);
	assert_int_equal(
	    storing_meet(o.store, 'a', epoch, 1, &lines), STORE_MEET_AHEAD);
	check_lines(&lines, "6 8");
	/* What is written now has a name that was never given. */
	line = storing_line('a', true, o.memory->epoch, 1, "in a new run");
	assert_int_equal(storing_keep(o.store, &line), 10);
	storing_mark(o.store, 'a', o.memory->epoch, 1);
	store_close(o.store);
	free(copy);
	free(path);
	scratch_free(folder);
}

/* Their history is an older one: what they lost is sent again, once. */
static void
test_their_backup(void **state)
{
	char *folder = scratch_new();
	struct lines lines;
	struct opened o;

	(void)state;
	storing_open(&o, folder);
	fill(o.store);
	storing_mark(o.store, 'a', SECOND, 3);
	store_close(o.store);
	storing_open(&o, folder);
	assert_int_equal(
	    storing_meet(o.store, 'a', FIRST, 2, &lines), STORE_MEET_BEHIND);
	check_lines(&lines, "4 6 8");
	store_close(o.store);
	storing_open(&o, folder);
	assert_int_equal(
	    storing_meet(o.store, 'a', FIRST, 3, &lines), STORE_MEET_SAME);
	check_lines(&lines, "6 8");
	storing_mark(o.store, 'a', SECOND, 3);
	store_close(o.store);
	storing_open(&o, folder);
	assert_int_equal(
	    storing_meet(o.store, 'a', SECOND, 3, &lines), STORE_MEET_SAME);
	check_lines(&lines, "");
	store_close(o.store);
	scratch_free(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_meetings),
	    cmocka_unit_test(test_strangers),
	    cmocka_unit_test(test_not_kept),
	    cmocka_unit_test(test_taken_back),
	    cmocka_unit_test(test_many_lost),
	    cmocka_unit_test(test_backup),
	    cmocka_unit_test(test_their_backup),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("store meet", tests, NULL, NULL);
}
