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
	double weight = 1 - exp(-1.0 / 3), average;
	int i;

	/* a part was there before: it was not moved now */
	model_progress(m, 1, 1000000, 10000);
	assert_true(row->rate <= 0);
	/* the first sample sets it */
	model_progress(m, 1, 2000000, 11000);
	assert_true(near(row->rate, 1e6));
	/* twice as fast: it follows, weighted by the time that went by */
	model_progress(m, 1, 4000000, 12000);
	average = 1e6 + weight * 1e6;
	assert_true(near(row->rate, average));
	/* the same second in ten pieces gives the same as in one */
	for (i = 1; i <= 10; i++)
		model_progress(m, 1, 4000000 + (uint64_t)i * 200000,
		    12000 + (uint64_t)i * 100);
	average += weight * (2e6 - average);
	assert_true(near(row->rate, average));
	/* and so does one in pieces too short to be samples */
	for (i = 1; i <= 50; i++)
		model_progress(m, 1, 6000000 + (uint64_t)i * 40000,
		    13000 + (uint64_t)i * 20);
	average += weight * (2e6 - average);
	assert_true(near(row->rate, average));
	assert_int_equal(row->done, 8000000);
	/* a burst within a few milliseconds is no rate */
	model_progress(m, 1, 9000000, 14002);
	assert_true(near(row->rate, average));
	assert_int_equal(row->done, 9000000);
	/* a clock that stands still, or done that shrinks, does no harm */
	model_progress(m, 1, 9000000, 14002);
	model_progress(m, 1, 100, 15000);
	assert_int_equal(row->done, 100);
	assert_true(row->rate >= 0 && row->rate < average);
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
	    ROW_WAITING, ROW_AWAY, ROW_CONTINUING};
	struct model *m = *state;
	struct row *row = model_add_row(m, 1, true, "file", 100000000);
	uint64_t now = 10000;

	model_row_state(m, 1, ROW_CONTINUING);
	model_progress(m, 1, 50000000, now);
	for (size_t i = 0; i < COUNT(pauses); i++) {
		assert_int_equal(row->state, ROW_RUNNING);
		assert_int_equal(row->begun_ms, now);
		assert_int_equal(row->moved_ms, now);
		assert_true(row->rate <= 0);
		model_progress(m, 1, row->done + 1000000, now + 1000);
		assert_true(near(row->rate, 1e6));

		model_row_state(m, 1, pauses[i]);
		assert_true(row->rate <= 0);
		now += 3600000;
		/* More is there than we knew of. */
		model_progress(m, 1, row->done + 2000000, now);
	}
	/* However it came to wait. */
	model_progress(m, 1, row->done + 1000000, now + 1000);
	row->state = ROW_AWAY;
	now += 5000;
	model_progress(m, 1, row->done, now);
	assert_true(row->rate <= 0);
	assert_int_equal(row->begun_ms, now);
	/* Verifying is no pause. */
	model_progress(m, 1, row->done + 1000000, now + 1000);
	model_row_state(m, 1, ROW_CHECKING);
	assert_true(near(row->rate, 1e6));
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
	    cmocka_unit_test_setup_teardown(test_row_states, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		test_progress_goes_on, setup, teardown),
	};

	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
