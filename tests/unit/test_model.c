/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <math.h>

#include "src/base/util.h"
#include "src/model.h"

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

static void
test_empty(void **state)
{
	struct model *m = *state;

	assert_int_equal(model_total(m), 0);
	assert_true(m->found == SIZE_MAX);
	assert_int_equal(m->row_count, 0);
	assert_int_equal(m->version, 0);
	assert_string_equal(m->title.who, "");
	assert_string_equal(m->title.where, "");
	assert_string_equal(m->title.trust, "");
	assert_string_equal(m->status, "");
	assert_null(m->typing);
}

static void
test_strings(void **state)
{
	struct model *m = *state;

	model_title(m, "eve\n", "192.0.2.7", "new key, encrypted");
	assert_string_equal(m->title.who, "eve\xe2\x90\x8a");
	assert_string_equal(m->title.where, "192.0.2.7");
	assert_string_equal(m->title.trust, "new key, encrypted");
	assert_int_equal(m->version, 1);
	model_title(m, "eve\n", "192.0.2.7", "new key, encrypted");
	assert_int_equal(m->version, 1);
	model_title(m, "eve\n", "192.0.2.7", "known key, encrypted");
	assert_int_equal(m->version, 2);
	model_title(m, NULL, "", NULL);
	assert_string_equal(m->title.who, "");
	assert_string_equal(m->title.trust, "");
	assert_int_equal(m->version, 3);

	model_status(m, "\xe2\x80\xae"
			"connected");
	assert_string_equal(m->status, "<U+202E>connected");
	assert_int_equal(m->version, 4);
	model_status(m, "\xe2\x80\xae"
			"connected");
	assert_int_equal(m->version, 4);
	model_status(m, NULL);
	assert_string_equal(m->status, "");
	assert_int_equal(m->version, 5);

	model_typing(m, NULL);
	model_typing(m, "");
	assert_int_equal(m->version, 5);
	model_typing(m, "eve");
	assert_string_equal(m->typing, "eve");
	assert_int_equal(m->version, 6);
	model_typing(m, "eve");
	assert_int_equal(m->version, 6);
	model_typing(m, "");
	assert_null(m->typing);
	assert_int_equal(m->version, 7);
}

static void
test_rows(void **state)
{
	struct model *m = *state;
	struct row *row;

	row = model_add_row(m, 1, true, "a\tb", 100);
	assert_int_equal(row->number, 1);
	assert_true(row->incoming);
	assert_int_equal(row->state, ROW_WAITING);
	assert_string_equal(row->name, "a\xe2\x90\x89"
				       "b");
	assert_int_equal(row->size, 100);
	model_add_row(m, 2, false, "two", 200);
	model_add_row(m, 3, false, "three", 300);
	assert_int_equal(m->row_count, 3);
	assert_int_equal(m->version, 3);
	assert_null(model_row(m, 4));

	model_remove_row(m, 2);
	assert_int_equal(m->row_count, 2);
	assert_int_equal(m->version, 4);
	assert_null(model_row(m, 2));
	assert_string_equal(model_row(m, 3)->name, "three");
	assert_ptr_equal(model_row(m, 3), &m->rows[1]);
	model_remove_row(m, 2);
	assert_int_equal(m->version, 4);
	model_remove_row(m, 3);
	model_remove_row(m, 1);
	assert_int_equal(m->row_count, 0);
	model_add_row(m, 4, true, "four", 0);
	assert_string_equal(model_row(m, 4)->name, "four");
}

static void
test_progress_begins(void **state)
{
	struct model *m = *state;
	struct row *row = model_add_row(m, 1, true, "file", 1000);

	model_progress(m, 9, 5, 5000);
	assert_int_equal(m->version, 1);
	model_progress(m, 1, 0, 5000);
	assert_int_equal(row->state, ROW_RUNNING);
	assert_int_equal(row->begun_ms, 5000);
	assert_int_equal(row->moved_ms, 5000);
	assert_int_equal(m->version, 2);
	/* nothing moved: nothing to draw */
	model_progress(m, 1, 0, 5500);
	assert_int_equal(row->moved_ms, 5000);
	assert_int_equal(m->version, 2);
	model_progress(m, 1, 10, 5600);
	assert_int_equal(row->begun_ms, 5000);
	assert_int_equal(row->moved_ms, 5600);
	assert_int_equal(m->version, 3);
	model_progress(m, 1, 10, 5650);
	assert_int_equal(row->moved_ms, 5600);
	/* never more than there is */
	model_progress(m, 1, 1001, 5700);
	assert_int_equal(row->done, 1000);
	/* a later state is not undone */
	row->state = ROW_CHECKING;
	model_progress(m, 1, 1000, 5800);
	assert_int_equal(row->state, ROW_CHECKING);
}

static bool
near(double got, double want)
{
	return fabs(got - want) <= 0.001 * want;
}

static void
test_progress_rate(void **state)
{
	struct model *m = *state;
	struct row *row = model_add_row(m, 1, true, "file", 100000000);
	double rate;
	uint64_t version;

	/* a part was there before: it was not moved now */
	model_progress(m, 1, 1000000, 10000);
	assert_true(row->pace.rate <= 0);
	model_progress(m, 1, 2000000, 11000);
	assert_true(near(row->pace.rate, 1e6));
	/* a burst within a few milliseconds is no rate, but it is there */
	version = m->version;
	model_progress(m, 1, 3000000, 11020);
	assert_true(near(row->pace.rate, 1e6));
	assert_int_equal(row->done, 3000000);
	assert_int_equal(m->version, version + 1);
	/* nothing moves, and the rate says so */
	model_progress(m, 1, 3000000, 12000);
	rate = row->pace.rate;
	model_progress(m, 1, 3000000, 13000);
	assert_true(row->pace.rate < rate);
	assert_int_equal(m->version, version + 3);
	/* a clock that stands still, or done that shrinks, does no harm */
	model_progress(m, 1, 3000000, 13000);
	model_progress(m, 1, 100, 14000);
	assert_int_equal(row->done, 100);
	assert_true(row->pace.rate >= 0 && row->pace.rate < rate);
}

/* What need not move is in done, and in no rate. */
static void
test_progress_skips(void **state)
{
	struct model *m = *state;
	struct row *row = model_add_row(m, 1, true, "tree", 100000000);
	uint64_t now = 10000, i;

	model_row_skipped(m, 9, 5);
	model_row_skipped(m, 1, 50000000);
	model_progress(m, 1, 50000000, now);
	for (i = 1; i <= 10; i++)
		model_progress(m, 1, 50000000 + i * 1000000, now + i * 1000);
	assert_true(near(row->pace.rate, 1e6));
	assert_int_equal(row->pace.seconds_left, 40);
	/* a whole second of nothing else is slow, but no stall */
	model_row_skipped(m, 1, 80000000);
	assert_int_equal(row->pace.seconds_left, 10);
	model_progress(m, 1, 90000000, now + 11000);
	assert_int_equal(row->moved_ms, now + 11000);
	assert_true(row->pace.rate < 0.8e6);
	/* both at a time */
	now += 11000;
	for (i = 1; i <= 4; i++) {
		model_row_skipped(m, 1, 80000000 + i * 1000000);
		model_progress(m, 1, 90000000 + i * 2000000, now + i * 1000);
	}
	assert_true(row->pace.rate < 1e6);
	/* more than there is, as before it is told how much is done */
	model_row_skipped(m, 1, UINT64_MAX);
	model_progress(m, 1, 100000000, now + 5000);
	assert_true(row->pace.rate >= 0);
	assert_int_equal(row->done, 100000000);
}

static void
test_row_files(void **state)
{
	struct model *m = *state;
	struct row *row = model_add_row(m, 1, true, "tree", 1000);

	model_row_files(m, 9, 0, 3, "a");
	assert_int_equal(m->version, 1);
	model_row_files(m, 1, 0, 3, NULL);
	assert_int_equal(m->version, 2);
	assert_int_equal(row->files, 3);
	assert_null(row->current);
	model_row_files(m, 1, 0, 3, NULL);
	assert_int_equal(m->version, 2);
	model_row_files(m, 1, 0, 3, "a\nb");
	assert_string_equal(row->current, "a\xe2\x90\x8a"
					  "b");
	assert_int_equal(m->version, 3);
	model_row_files(m, 1, 0, 3, "a\nb");
	assert_int_equal(m->version, 3);
	model_row_files(m, 1, 1, 3, "a\nb");
	assert_int_equal(row->files_done, 1);
	assert_int_equal(m->version, 4);
	model_row_files(m, 1, 1, 3, "c");
	assert_int_equal(m->version, 5);
	model_row_files(m, 1, 1, 3, NULL);
	assert_null(row->current);
	assert_int_equal(m->version, 6);
}

static char *
no_line(void *arg, size_t at)
{
	(void)arg, (void)at;
	return str_dup("");
}

static void
test_lists(void **state)
{
	struct model *m = *state;
	struct listing listing = {
	    .title = (char[]){"of\tana"}, .count = 3, .line = no_line};

	model_hide_list(m);
	assert_int_equal(m->version, 0);
	model_show_list(m, &listing);
	assert_string_equal(m->list.title, "of\xe2\x90\x89"
					   "ana");
	assert_int_equal(m->list.count, 3);
	assert_int_equal(m->list_id, 1);
	assert_int_equal(m->version, 1);
	/* the other one gives way */
	listing.title = NULL;
	listing.count = 0;
	model_show_list(m, &listing);
	assert_string_equal(m->list.title, "");
	assert_int_equal(m->list.count, 0);
	assert_int_equal(m->list_id, 2);
	assert_true(m->version > 1);
	model_hide_list(m);
	assert_true(m->list.line == NULL);
	assert_null(m->list.title);
	assert_int_equal(m->list_id, 2);
	/* and one that is still there is released with the model */
	model_show_list(m, &listing);
}

static void
test_row_states(void **state)
{
	struct model *m = *state;
	struct row *row = model_add_row(m, 1, true, "file", 1000);

	model_row_state(m, 9, ROW_AWAY);
	assert_int_equal(m->version, 1);
	model_row_state(m, 1, ROW_AWAY);
	assert_int_equal(row->state, ROW_AWAY);
	assert_int_equal(m->version, 2);
	model_row_state(m, 1, ROW_AWAY);
	assert_int_equal(m->version, 2);
	model_row_state(m, 1, ROW_RUNNING);
	assert_int_equal(row->state, ROW_RUNNING);
	assert_int_equal(m->version, 3);
}

/* What was there before, or came before a pause, is in no rate. */
static void
test_progress_goes_on(void **state)
{
	static const enum row_state pauses[] = {
	    ROW_WAITING, ROW_AWAY, ROW_CONTINUING, ROW_PAUSED, ROW_QUEUED};
	struct model *m = *state;
	struct row *row = model_add_row(m, 1, true, "file", 100000000);
	uint64_t now = 10000;

	model_row_state(m, 1, ROW_CONTINUING);
	model_progress(m, 1, 50000000, now);
	for (size_t i = 0; i < COUNT(pauses); i++) {
		assert_int_equal(row->state, ROW_RUNNING);
		assert_int_equal(row->begun_ms, now);
		assert_int_equal(row->moved_ms, now);
		assert_true(row->pace.rate <= 0);
		model_progress(m, 1, row->done + 1000000, now + 1000);
		assert_true(near(row->pace.rate, 1e6));

		model_row_state(m, 1, pauses[i]);
		assert_true(row->pace.rate <= 0);
		now += 3600000;
		/* More is there than we knew of. */
		model_progress(m, 1, row->done + 2000000, now);
	}
	assert_int_equal(row->state, ROW_RUNNING);
	/* However it came to wait. */
	model_progress(m, 1, row->done + 1000000, now + 1000);
	row->state = ROW_AWAY;
	now += 5000;
	model_progress(m, 1, row->done, now);
	assert_true(row->pace.rate <= 0);
	assert_int_equal(row->begun_ms, now);
	/* Verifying is no pause. */
	model_progress(m, 1, row->done + 1000000, now + 1000);
	model_row_state(m, 1, ROW_CHECKING);
	assert_true(near(row->pace.rate, 1e6));
	assert_int_equal(row->begun_ms, now);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_empty, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_strings, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_rows, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		test_progress_begins, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		test_progress_rate, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		test_progress_skips, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_row_files, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_lists, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_row_states, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		test_progress_goes_on, setup, teardown),
	};

	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
