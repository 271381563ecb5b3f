/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines of a talk: numbers, names, what waits, and what is not kept. */
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

enum { EPOCH = 77, LATER = 5 }; /* epochs have no order */

/* Numbers are dense whoever wrote, and whatever the line is. */
static void
test_numbers(void **state)
{
	struct lines lines;
	struct opened o;
	struct store_line line;

	(void)state;
	storing_open(&o, NULL);
	line = storing_line('a', true, EPOCH, 1, "mine");
	line.kind = 2;
	line.time_ms = -5;
	assert_int_equal(storing_keep(o.store, &line), 1);
	line = storing_line('a', false, EPOCH, 1, "theirs");
	assert_int_equal(storing_keep(o.store, &line), 2);
	line = storing_line('a', false, 0, 0, "a file came");
	assert_int_equal(storing_keep(o.store, &line), 3);
	line = storing_line('a', true, 0, 0, "a file went");
	assert_int_equal(storing_keep(o.store, &line), 4);
	/* Another talk has its own. */
	line = storing_line('b', true, EPOCH, 1, "elsewhere");
	assert_int_equal(storing_keep(o.store, &line), 1);
	line = storing_line('a', true, INT64_MAX, INT64_MAX, "last");
	line.stored = true;
	assert_int_equal(storing_keep(o.store, &line), 5);

	storing_load(o.store, 'a', 1, 5, &lines);
	assert_true(lines.ok);
	assert_int_equal(lines.count, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(lines.list[i].line.number, i + 1);
		assert_int_equal(lines.list[i].line.key[31], 'a');
	}
	assert_true(lines.list[0].line.own);
	assert_false(lines.list[0].line.stored);
	assert_int_equal(lines.list[0].line.kind, 2);
	assert_int_equal(lines.list[0].line.epoch, EPOCH);
	assert_int_equal(lines.list[0].line.seq, 1);
	assert_int_equal(lines.list[0].line.time_ms, -5);
	assert_string_equal(lines.list[0].text, "mine");
	assert_false(lines.list[1].line.own);
	assert_int_equal(lines.list[1].line.seq, 1);
	assert_false(lines.list[2].line.own);
	assert_int_equal(lines.list[2].line.kind, STORE_NOTE);
	assert_int_equal(lines.list[2].line.epoch + lines.list[2].line.seq, 0);
	assert_string_equal(lines.list[2].text, "a file came");
	assert_true(lines.list[3].line.own);
	assert_true(lines.list[4].line.stored);
	assert_int_equal(lines.list[4].line.epoch, INT64_MAX);
	assert_int_equal(lines.list[4].line.seq, INT64_MAX);
	/* A note never waits. */
	storing_load_waiting(o.store, 'a', &lines);
	assert_int_equal(lines.count, 1);
	store_close(o.store);
}

/* Any stretch, and nothing where there is nothing. */
static void
test_load_lines(void **state)
{
	static const struct {
		uint64_t from, upto;
		size_t count;
		uint64_t first;
	} cases[] = {
	    {1, 50, 50, 1},
	    {1, 1, 1, 1},
	    {50, 50, 1, 50},
	    {17, 23, 7, 17},
	    {0, 2, 2, 1},
	    {0, 0, 0, 0},
	    {49, UINT64_MAX, 2, 49},
	    {0, UINT64_MAX, 50, 1},
	    {51, 60, 0, 0},
	    {30, 29, 0, 0},
	    {UINT64_MAX, UINT64_MAX, 0, 0},
	    {UINT64_MAX, 0, 0, 0},
	    {(UINT64_C(1) << 40) + 1, (UINT64_C(1) << 40) + 50, 0, 0},
	};
	static const uint8_t talks[] = {'a', 'b', 'c'};
	struct dones dones = {0};
	struct lines lines;
	struct opened o;

	(void)state;
	storing_open(&o, NULL);
	for (size_t i = 0; i < 150; i++) {
		const struct store_line line =
		    storing_line(talks[i % 3], i % 2 == 0, EPOCH, i + 1, "x");

		storing_put(o.store, &dones, i, &line, true);
	}
	for (size_t t = 0; t < COUNT(talks); t++) {
		for (size_t i = 0; i < COUNT(cases); i++) {
			storing_load(o.store, talks[t], cases[i].from,
			    cases[i].upto, &lines);
			assert_true(lines.ok);
			assert_int_equal(lines.count, cases[i].count);
			for (size_t n = 0; n < lines.count; n++) {
				uint64_t number = cases[i].first + n;
				const struct store_line *line =
				    &lines.list[n].line;

				assert_int_equal(line->number, number);
				assert_int_equal(
				    line->seq, 3 * (number - 1) + t + 1);
				assert_int_equal(line->key[0], talks[t]);
			}
		}
	}
	storing_load(o.store, 'd', 1, 50, &lines);
	assert_true(lines.ok);
	assert_int_equal(lines.count, 0);
	assert_int_equal(dones.bad, 0);
	store_close(o.store);
}

/* Kept byte for byte, in order, until the other side has them. */
static void
test_waiting(void **state)
{
	static const char bytes[] = "nul \0 and \xff\xfe";
	struct store_line line;
	struct dones dones = {0};
	struct lines lines;
	struct opened o;

	(void)state;
	storing_open(&o, NULL);
	storing_load_waiting(o.store, 'a', &lines);
	assert_int_equal(lines.count, 0);

	line = storing_line('a', true, EPOCH, 1, "");
	storing_put(o.store, &dones, 0, &line, true);
	line = storing_line('a', true, EPOCH, 2, bytes);
	line.text_len = sizeof(bytes) - 1;
	storing_put(o.store, &dones, 1, &line, true);
	line = storing_line('a', true, EPOCH, 3, "third");
	storing_put(o.store, &dones, 2, &line, true);
	line = storing_line('a', true, EPOCH, 4, "stored over there already");
	line.stored = true;
	storing_put(o.store, &dones, 3, &line, true);
	line = storing_line('a', false, EPOCH, 1, "theirs");
	storing_put(o.store, &dones, 4, &line, true);
	line = storing_line('b', true, EPOCH, 1, "to somebody else");
	storing_put(o.store, &dones, 5, &line, true);
	/* The text is copied: it may go. */
	line = storing_line('a', true, LATER, 1, "fifth");
	line.text = str_dup(line.text);
	storing_put(o.store, &dones, 6, &line, true);
	memset((char *)line.text, 'x', line.text_len);
	free((char *)line.text);

	storing_load_waiting(o.store, 'a', &lines);
	assert_int_equal(dones.count, 7);
	assert_int_equal(dones.bad, 0);
	assert_int_equal(lines.count, 4);
	assert_int_equal(lines.list[0].line.seq, 1);
	assert_int_equal(lines.list[0].line.text_len, 0);
	assert_int_equal(lines.list[1].line.seq, 2);
	assert_int_equal(lines.list[1].line.text_len, sizeof(bytes) - 1);
	assert_memory_equal(lines.list[1].text, bytes, sizeof(bytes) - 1);
	assert_int_equal(lines.list[2].line.seq, 3);
	assert_string_equal(lines.list[3].text, "fifth");
	assert_int_equal(lines.list[3].line.epoch, LATER);
	assert_int_equal(lines.list[3].line.number, 6);
	assert_int_equal(o.failures, 0);
	store_close(o.store);
}

/* Up to one of them; what never was is no such mark. */
static void
test_mark_stored(void **state)
{
	const struct store_line put[] = {
	    storing_line('a', true, EPOCH, 1, "first"),
	    storing_line('b', true, EPOCH, 1, "to somebody else"),
	    storing_line('a', true, EPOCH, 2, "second"),
	    storing_line('a', true, EPOCH, 3, "third"),
	    storing_line('a', true, LATER, 1, "fourth"),
	};
	struct lines lines;
	struct opened o;

	(void)state;
	storing_open(&o, NULL);
	for (size_t i = 0; i < COUNT(put); i++)
		storing_keep(o.store, &put[i]);
	storing_mark(o.store, 'a', EPOCH, 2);
	storing_mark(o.store, 'a', EPOCH, 4);
	storing_mark(o.store, 'a', 12345, 1);
	storing_mark(o.store, 'a', UINT64_MAX, UINT64_MAX);
	storing_mark(o.store, 'a', 0, 0);
	storing_mark(o.store, 'x', EPOCH, 1);
	storing_load_waiting(o.store, 'a', &lines);
	assert_int_equal(lines.count, 2);
	assert_int_equal(lines.list[0].line.seq, 3);
	/* One of a later run: all before it too. */
	storing_mark(o.store, 'a', LATER, 1);
	storing_load_waiting(o.store, 'a', &lines);
	assert_int_equal(lines.count, 0);
	storing_load_waiting(o.store, 'b', &lines);
	assert_int_equal(lines.count, 1);
	assert_int_equal(o.failures, 0);
	store_close(o.store);
}

/* A message that comes twice is there once, and says so: it is safe. */
static void
test_duplicates(void **state)
{
	static const bool sides[] = {true, false};
	struct lines lines;
	struct opened o;

	(void)state;
	storing_open(&o, NULL);
	for (size_t i = 0; i < COUNT(sides); i++) {
		struct store_line line =
		    storing_line('a', sides[i], EPOCH, 1, "first");

		assert_int_equal(storing_keep(o.store, &line), 3 * i + 1);
		line = storing_line('a', sides[i], EPOCH, 2, "second");
		assert_int_equal(storing_keep(o.store, &line), 3 * i + 2);
		line = storing_line('a', sides[i], EPOCH, 1, "another");
		assert_int_equal(storing_keep(o.store, &line), 3 * i + 1);
		/* The same number in another run is another message. */
		line = storing_line('a', sides[i], LATER, 1, "third");
		assert_int_equal(storing_keep(o.store, &line), 3 * i + 3);
	}
	storing_load(o.store, 'a', 1, 100, &lines);
	assert_int_equal(lines.count, 6);
	assert_string_equal(lines.list[0].text, "first");
	assert_string_equal(lines.list[3].text, "first");
	assert_string_equal(lines.list[5].text, "third");
	store_close(o.store);
}

/* A message of theirs is refused while the one before it is missing. */
static void
test_no_gap(void **state)
{
	static const struct {
		uint64_t epoch, seq, previous;
		size_t bad; /* refused so far */
	} steps[] = {
	    {EPOCH, 1, 0, 0},
	    {EPOCH, 3, 2, 1},
	    {EPOCH, 2, 1, 1},
	    {EPOCH, 3, 2, 1},
	    {EPOCH, 9, 3, 1},
	    {LATER, 4, 3, 2}, /* another run has its own */
	    {LATER, 4, 0, 2},
	    {LATER, 5, 4, 2},
	};
	struct dones dones = {0};
	struct opened o;

	(void)state;
	storing_open(&o, NULL);
	for (size_t i = 0; i < COUNT(steps); i++) {
		struct store_line line =
		    storing_line('a', false, steps[i].epoch, steps[i].seq, "x");

		line.previous = steps[i].previous;
		storing_put(o.store, &dones, i, &line, true);
		storing_wait(o.store, &dones.count, i + 1);
		assert_int_equal(dones.bad, steps[i].bad);
	}
	/* What was refused left no hole in the lines either. */
	assert_int_equal(dones.numbers[COUNT(steps) - 1], 6);
	store_close(o.store);
}

/* A refused one in the middle of a batch takes none with it. */
static void
test_bad_number(void **state)
{
	static const struct {
		uint64_t epoch, seq;
		bool bad;
	} cases[] = {
	    {EPOCH, 1, false},
	    {EPOCH, 0, true},
	    {EPOCH, UINT64_MAX, true},
	    {EPOCH, (uint64_t)INT64_MAX + 1, true},
	    {(uint64_t)INT64_MAX + 1, 1, true},
	    {0, 1, true},
	    {EPOCH, INT64_MAX, false},
	    {INT64_MAX, 2, false},
	};
	struct dones dones = {0};
	struct lines lines;
	struct opened o;
	size_t bad = 0;

	(void)state;
	storing_open(&o, NULL);
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct store_line line =
		    storing_line('a', true, cases[i].epoch, cases[i].seq, "x");

		bad += cases[i].bad;
		storing_put(o.store, &dones, i, &line, true);
	}
	storing_load_waiting(o.store, 'a', &lines);
	assert_int_equal(dones.count, COUNT(cases));
	assert_int_equal(dones.bad, bad);
	assert_int_equal(lines.count, COUNT(cases) - bad);
	assert_int_equal(lines.list[1].line.seq, INT64_MAX);
	store_close(o.store);
}

/* Of what is not kept there is its name, once, and no line. */
static void
test_not_kept(void **state)
{
	char *folder = scratch_new();
	const struct peer *peer;
	struct store_line line;
	struct dones dones = {0};
	struct lines lines;
	struct opened o;

	(void)state;
	storing_open(&o, folder);
	line = storing_line('a', false, EPOCH, 1, "kept");
	assert_int_equal(storing_keep(o.store, &line), 1);
	line = storing_line('a', false, EPOCH, 2, "passed by");
	line.previous = 1;
	storing_pass(o.store, &line);
	line = storing_line('a', true, LATER, 1, "mine, passed by");
	storing_pass(o.store, &line);
	line = storing_line('a', true, 0, 0, "a note");
	storing_pass(o.store, &line);
	line = storing_line('b', false, EPOCH, 1, "to one with no lines");
	storing_pass(o.store, &line);
	/* It came before, and nothing of it is there to keep. */
	line = storing_line('a', false, EPOCH, 2, "again");
	line.previous = 1;
	assert_int_equal(storing_keep(o.store, &line), 0);
	line = storing_line('a', false, EPOCH, 3, "kept again");
	line.previous = 2;
	assert_int_equal(storing_keep(o.store, &line), 2);
	/* One that is kept and comes again unkept has its number. */
	storing_put(o.store, &dones, 0, &line, false);
	/* Nor is a gap hidden where nothing is kept. */
	line = storing_line('a', false, EPOCH, 9, "after a gap");
	line.previous = 8;
	storing_put(o.store, &dones, 1, &line, false);
	storing_wait(o.store, &dones.count, 2);
	assert_int_equal(dones.numbers[0], 2);
	assert_int_equal(dones.bad, 1);
	storing_load_waiting(o.store, 'a', &lines);
	assert_int_equal(lines.count, 0);
	storing_load(o.store, 'a', 0, 100, &lines);
	assert_int_equal(lines.count, 2);
	assert_string_equal(lines.list[1].text, "kept again");
	store_close(o.store);

	storing_open(&o, folder);
	peer = storing_peer(&o, 'a');
	assert_int_equal(peer->lines, 2);
	assert_int_equal(peer->stream_count, 1);
	assert_int_equal(peer->received.last, 3);
	peer = storing_peer(&o, 'b');
	assert_int_equal(peer->lines, 0);
	assert_int_equal(peer->received.last, 1);
	store_close(o.store);
	scratch_free(folder);
}

/* An own message that did not get through is put again, late. */
static void
test_own_late(void **state)
{
	struct store_line line;
	struct lines lines;
	struct opened o;

	(void)state;
	storing_open(&o, NULL);
	line = storing_line('a', true, EPOCH, 2, "second");
	assert_int_equal(storing_keep(o.store, &line), 1);
	line = storing_line('a', true, EPOCH, 1, "first");
	assert_int_equal(storing_keep(o.store, &line), 2);
	storing_load_waiting(o.store, 'a', &lines);
	assert_int_equal(lines.count, 2);
	/* The later one is no less known for it. */
	assert_int_equal(
	    storing_meet(o.store, 'a', EPOCH, 2, &lines), STORE_MEET_SAME);
	store_close(o.store);
}

static void
test_take_back(void **state)
{
	char *folder = scratch_new();
	uint64_t found[STORE_FOUND_MAX];
	struct store_line line;
	struct lines lines;
	struct opened o;

	(void)state;
	storing_open(&o, folder);
	line = storing_line('a', true, EPOCH, 1, "gone before");
	storing_keep(o.store, &line);
	storing_mark(o.store, 'a', EPOCH, 1);
	line = storing_line('a', true, EPOCH, 2, "slip of the pen");
	storing_keep(o.store, &line);
	line = storing_line('a', true, EPOCH, 3, "of the other pen");
	storing_keep(o.store, &line);
	line = storing_line('a', true, EPOCH, 4, "passed by");
	storing_pass(o.store, &line);
	assert_int_equal(storing_search(o.store, 'a', "pen", found), 2);

	assert_false(storing_take_back(o.store, 'a', EPOCH, 1));
	assert_true(storing_take_back(o.store, 'a', EPOCH, 2));
	/* There is nothing of these to take back, or no more. */
	assert_true(storing_take_back(o.store, 'a', EPOCH, 2));
	assert_true(storing_take_back(o.store, 'a', EPOCH, 4));
	assert_true(storing_take_back(o.store, 'a', EPOCH, 99));
	assert_true(storing_take_back(o.store, 'a', LATER, 1));
	assert_true(storing_take_back(o.store, 'x', EPOCH, 1));
	store_close(o.store);

	storing_open(&o, folder);
	storing_load_waiting(o.store, 'a', &lines);
	assert_int_equal(lines.count, 1);
	assert_int_equal(lines.list[0].line.seq, 3);
	storing_load(o.store, 'a', 1, 9, &lines);
	assert_int_equal(lines.count, 3);
	assert_int_equal(lines.list[0].line.kind, 1);
	assert_string_equal(lines.list[0].text, "gone before");
	assert_int_equal(lines.list[1].line.kind, STORE_TAKEN_BACK);
	assert_int_equal(lines.list[1].line.text_len, 0);
	assert_int_equal(lines.list[1].line.seq, 2);
	assert_true(lines.list[1].line.own);
	assert_true(lines.list[1].line.stored);
	assert_int_equal(storing_search(o.store, 'a', "pen", found), 1);
	assert_int_equal(found[0], 3);
	assert_int_equal(storing_search(o.store, 'a', "slip", found), 0);
	/* Put again it is the same: taken back. */
	line = storing_line('a', true, EPOCH, 2, "slip of the pen");
	assert_int_equal(storing_keep(o.store, &line), 2);
	assert_int_equal(storing_search(o.store, 'a', "slip", found), 0);
	store_close(o.store);
	scratch_free(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_numbers),
	    cmocka_unit_test(test_load_lines),
	    cmocka_unit_test(test_waiting),
	    cmocka_unit_test(test_mark_stored),
	    cmocka_unit_test(test_duplicates),
	    cmocka_unit_test(test_no_gap),
	    cmocka_unit_test(test_bad_number),
	    cmocka_unit_test(test_not_kept),
	    cmocka_unit_test(test_own_late),
	    cmocka_unit_test(test_take_back),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("store lines", tests, NULL, NULL);
}
