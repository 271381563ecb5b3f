/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lines that come faster than their words go into the index: they are kept at
 * once, and found all the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <poll.h>
#include <stdlib.h>

#include "src/base/util.h"
#include "tests/unit/scratch.h"
#include "tests/unit/storing.h"

enum { EPOCH = 77, LINES = 3000 /* as in the texts */, WAIT_MS = 60 * 1000 };

struct scene {
	char *folder, *history;
	struct opened o;
	size_t kept;
};

static void
on_put(void *arg, bool ok, uint64_t number, const struct reason *why)
{
	size_t *kept = arg;

	(void)why;
	assert_true(ok);
	assert_int_equal(number, ++*kept);
}

/* All at once, and what is kept of them is known. */
static void
put_burst(struct scene *s)
{
	s->kept = 0;
	for (uint64_t i = 1; i <= LINES; i++) {
		char *text =
		    str_printf("word%llu of a burst", (unsigned long long)i);
		const struct store_line line =
		    storing_line('a', true, EPOCH, i, text);

		store_put_line(s->o.store, &line, true, on_put, &s->kept);
		free(text);
	}
	storing_wait(s->o.store, &s->kept, LINES);
}

static int64_t
lacking(const struct scene *s)
{
	return storing_ask(s->history, "SELECT sum(lines - worded) FROM talks");
}

static void
wait_tidy(struct scene *s)
{
	const uint64_t end = clock_mono_ms() + WAIT_MS;
	struct pollfd fd = {.fd = store_fd(s->o.store), .events = POLLIN};

	while (lacking(s) > 0) {
		assert_true(clock_mono_ms() < end);
		if (poll(&fd, 1, 10) > 0)
			store_dispatch(s->o.store);
	}
}

static void
check_finds(struct scene *s, uint64_t number)
{
	uint64_t found[STORE_FOUND_MAX];
	char *words = str_printf("word%llu burst", (unsigned long long)number);
	size_t count = storing_search(s->o.store, 'a', words, found);

	/* word3 is also the beginning of word30. */
	assert_true(count > 0);
	assert_int_equal(found[count - 1], number);
	free(words);
}

static void
check_index(const struct scene *s)
{
	storing_run(
	    s->history, "INSERT INTO words (words) VALUES ('integrity-check')");
	assert_int_equal(storing_ask(s->history, "SELECT count(*) FROM words"
						 " WHERE words MATCH 'burst'"),
	    storing_ask(s->history, "SELECT count(*) FROM lines"
				    " WHERE length(text) > 0"));
}

/* One at a time there is time for all. */
static void
test_no_hurry(void **state)
{
	struct scene *s = *state;

	for (uint64_t i = 1; i <= 3; i++) {
		const struct store_line line =
		    storing_line('a', true, EPOCH, i, "in no hurry");

		storing_keep(s->o.store, &line);
		assert_int_equal(lacking(s), 0);
	}
}

static void
test_comes_later(void **state)
{
	struct scene *s = *state;

	put_burst(s);
	assert_true(lacking(s) > 0);
	wait_tidy(s);
	check_finds(s, 1001);
	check_finds(s, LINES);
	check_index(s);
}

static void
test_search_waits(void **state)
{
	struct scene *s = *state;

	put_burst(s);
	assert_true(lacking(s) > 0);
	check_finds(s, LINES);
	assert_int_equal(lacking(s), 0);
	check_index(s);
}

/* Of what is taken back nothing is found, whether it was in the index or not.
 */
static void
test_taken_back(void **state)
{
	struct scene *s = *state;
	uint64_t found[STORE_FOUND_MAX];

	put_burst(s);
	assert_true(lacking(s) > 0);
	assert_true(storing_take_back(s->o.store, 'a', EPOCH, LINES));
	assert_true(storing_take_back(s->o.store, 'a', EPOCH, 1));
	assert_int_equal(storing_search(s->o.store, 'a', "word3000", found), 0);
	wait_tidy(s);
	assert_int_equal(storing_search(s->o.store, 'a', "word3000", found), 0);
	check_finds(s, LINES - 1);
	check_index(s);
}

/* What was left undone is done in the next run. */
static void
test_next_run(void **state)
{
	struct scene *s = *state;

	put_burst(s);
	store_close(s->o.store);
	assert_true(lacking(s) > 0);
	storing_open(&s->o, s->folder);
	wait_tidy(s);
	check_finds(s, LINES / 2);
	check_index(s);
}

/* Version 3 knew no lines without their words. */
static void
test_upgrade(void **state)
{
	struct scene *s = *state;
	const struct store_line next =
	    storing_line('a', true, EPOCH, LINES + 1, "word3001 of a burst");
	char *before, *after;

	put_burst(s);
	wait_tidy(s);
	store_close(s->o.store);
	before = storing_columns(s->history, "talks");
	storing_run(s->history,
	    "ALTER TABLE talks DROP COLUMN worded; PRAGMA user_version = 3;");
	storing_open(&s->o, s->folder);
	assert_non_null(s->o.memory);
	assert_int_equal(lacking(s), 0);
	check_finds(s, LINES);
	assert_int_equal(storing_keep(s->o.store, &next), LINES + 1);
	check_finds(s, LINES + 1);
	check_index(s);
	after = storing_columns(s->history, "talks");
	assert_string_equal(before, after);
	assert_int_equal(
	    storing_ask(s->history, "PRAGMA user_version"), STORE_SCHEMA);
	free(before);
	free(after);
}

static int
begin(void **state)
{
	struct scene *s = mem_zalloc(sizeof(*s));

	s->folder = scratch_new();
	s->history = storing_history_path(s->folder);
	storing_open(&s->o, s->folder);
	*state = s;
	return 0;
}

static int
end(void **state)
{
	struct scene *s = *state;

	store_close(s->o.store);
	scratch_free(s->folder);
	free(s->history);
	free(s);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_no_hurry),
	    TEST(test_comes_later),
	    TEST(test_search_waits),
	    TEST(test_taken_back),
	    TEST(test_next_run),
	    TEST(test_upgrade),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
