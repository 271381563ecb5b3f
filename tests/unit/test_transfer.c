/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Offsets, credit and states of one transfer, at their edges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/transfer.h"
#include "src/base/err.h"
#include "src/base/util.h"
#include "tests/unit/transfers.h"

static const uint8_t hash[WIRE_HASH_LEN] = {1, 2, 3};

static struct transfer *
receiving(uint64_t size)
{
	struct transfer *t = file_offered(TRANSFER_IN, size);

	assert_int_equal(transfer_accept(t), 0);
	return t;
}

static struct transfer *
sending(uint64_t size, uint64_t limit)
{
	struct transfer *t = file_offered(TRANSFER_OUT, size);

	assert_int_equal(on_answered(t, true, WHY_NONE, 0), 0);
	assert_int_equal(transfer_on_credit(t, limit), 0);
	return t;
}

static void
test_data_edges(void **state)
{
	static const uint64_t top = (uint64_t)1 << 63;
	const struct {
		uint64_t size, taken, offset;
		size_t len;
		int result;
	} cases[] = {
	    {100, 0, 0, 100, 0},
	    {100, 0, 0, 101, ERR_PROTO},
	    {100, 0, 0, 0, ERR_PROTO},
	    {100, 50, 50, 50, 0},
	    {100, 50, 49, 1, ERR_PROTO},
	    {100, 50, 51, 1, ERR_PROTO},
	    {100, 100, 100, 1, ERR_PROTO},
	    {100, 100, 101, 1, ERR_PROTO},
	    {100, 0, top, 1, ERR_PROTO},
	    {100, 0, UINT64_MAX, 1, ERR_PROTO},
	    {100, 100, UINT64_MAX, 2, ERR_PROTO},
	    {0, 0, 0, 1, ERR_PROTO},
	    {0, 0, 0, 0, ERR_PROTO},
	    {top - 1, 0, 0, TRANSFER_WINDOW, 0},
	    {top - 1, 0, 0, TRANSFER_WINDOW + 1, ERR_PROTO},
	    {top - 1, 0, 0, SIZE_MAX, ERR_PROTO},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct transfer *t = receiving(cases[i].size);
		int r;

		if (cases[i].taken > 0) {
			r = transfer_on_data(t, 0, (size_t)cases[i].taken);
			assert_int_equal(r, 0);
		}
		r = transfer_on_data(t, cases[i].offset, cases[i].len);
		assert_int_equal(r, cases[i].result);
		assert_int_equal(
		    t->offset, cases[i].taken + (r == 0 ? cases[i].len : 0));
		transfer_free(t);
	}
}

/* The last window of the largest file: no sum may wrap. */
static void
test_far_end(void **state)
{
	const uint64_t size = INT64_MAX;
	struct transfer *t = receiving(size);

	(void)state;
	t->offset = t->limit = t->stored = size - TRANSFER_WINDOW - 10;
	assert_true(transfer_drained(t, 0));
	assert_int_equal(t->limit, size - 10);
	assert_int_equal(
	    transfer_on_data(t, t->offset, TRANSFER_WINDOW + 1), ERR_PROTO);
	assert_int_equal(transfer_on_data(t, t->offset, TRANSFER_WINDOW), 0);
	/* Little, but the rest of the file: said at once. */
	assert_false(transfer_drained(t, 9));
	assert_true(transfer_drained(t, 1));
	assert_int_equal(t->limit, size);
	assert_int_equal(transfer_on_data(t, size - 10, 11), ERR_PROTO);
	assert_int_equal(transfer_on_data(t, size - 10, 10), 0);
	assert_int_equal(transfer_on_data(t, size, 1), ERR_PROTO);
	assert_int_equal(transfer_on_done(t, hash), 0);
	transfer_free(t);
}

static void
test_credit_edges(void **state)
{
	static const struct {
		uint64_t limit;
		int result;
	} cases[] = {
	    {9, ERR_PROTO},
	    {10, 0},
	    {11, 0},
	    {100, 0},
	    {101, ERR_PROTO},
	    {(uint64_t)1 << 63, ERR_PROTO},
	    {UINT64_MAX, ERR_PROTO},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct transfer *t = sending(100, 10);
		uint64_t limit = cases[i].limit;

		assert_int_equal(transfer_on_credit(t, limit), cases[i].result);
		assert_int_equal(t->limit, cases[i].result == 0 ? limit : 10);
		transfer_free(t);
	}
}

static void
test_credit_granted(void **state)
{
	const uint64_t size = (uint64_t)5 << 30;
	struct transfer *t = receiving(size);

	(void)state;
	assert_int_equal(t->limit, TRANSFER_WINDOW);
	assert_int_equal(transfer_on_data(t, 0, TRANSFER_WINDOW), 0);
	assert_false(transfer_drained(t, TRANSFER_CREDIT_STEP - 1));
	assert_int_equal(t->limit, TRANSFER_WINDOW);
	assert_true(transfer_drained(t, 1));
	assert_int_equal(t->limit, TRANSFER_WINDOW + TRANSFER_CREDIT_STEP);
	/* More than ever arrived was not drained. */
	assert_false(transfer_drained(t, TRANSFER_WINDOW));
	assert_int_equal(t->stored, TRANSFER_CREDIT_STEP);
	transfer_free(t);

	t = receiving(TRANSFER_WINDOW);
	assert_int_equal(transfer_on_data(t, 0, TRANSFER_WINDOW), 0);
	assert_false(transfer_drained(t, TRANSFER_WINDOW));
	assert_int_equal(t->limit, TRANSFER_WINDOW);
	transfer_free(t);
}

static void
test_next_keeps_to_credit(void **state)
{
	struct transfer *t = sending(300 * 1000, 0);
	const uint8_t *bytes;

	(void)state;
	assert_int_equal(transfer_next(t, &bytes), 0);
	assert_int_equal(transfer_feed(t, new_block(200 * 1000)), 0);
	assert_int_equal(transfer_feed(t, new_block(100 * 1000)), 0);
	assert_int_equal(transfer_next(t, &bytes), 0);
	assert_int_equal(transfer_on_credit(t, 5), 0);
	assert_int_equal(transfer_next(t, &bytes), 5);
	assert_ptr_equal(bytes, t->first->bytes);
	transfer_sent(t, 5);
	assert_int_equal(transfer_next(t, &bytes), 0);
	assert_int_equal(transfer_on_credit(t, 300 * 1000), 0);
	while (t->offset < t->size) {
		size_t len = transfer_next(t, &bytes);

		assert_in_range(len, 1, WIRE_DATA_MAX);
		assert_false(transfer_done_due(t));
		transfer_sent(t, len);
	}
	assert_null(t->first);
	assert_null(t->last);
	assert_false(transfer_done_due(t));
	assert_int_equal(transfer_finish(t, hash), 0);
	assert_true(transfer_done_due(t));
	transfer_done_sent(t);
	assert_false(transfer_done_due(t));
	assert_int_equal(transfer_on_result(t, WHY_NONE), 0);
	assert_int_equal(t->state, TRANSFER_COMPLETE);
	transfer_free(t);
}

static void
test_feed_edges(void **state)
{
	struct transfer *t = sending(100, 100);

	(void)state;
	assert_int_equal(transfer_feed(t, new_block(0)), ERR_INVALID);
	assert_int_equal(transfer_feed(t, new_block(101)), ERR_INVALID);
	assert_int_equal(transfer_feed(t, new_block(60)), 0);
	assert_int_equal(transfer_finish(t, hash), ERR_INVALID);
	assert_int_equal(transfer_feed(t, new_block(41)), ERR_INVALID);
	assert_int_equal(transfer_feed(t, new_block(40)), 0);
	assert_int_equal(transfer_feed(t, new_block(1)), ERR_INVALID);
	assert_int_equal(transfer_finish(t, hash), 0);
	assert_int_equal(transfer_finish(t, hash), ERR_INVALID);
	transfer_free(t); /* blocks still inside go with it */
	transfer_free(NULL);
}

static void
test_empty_file(void **state)
{
	struct transfer *out = sending(0, 0);
	struct transfer *in = receiving(0);

	(void)state;
	assert_false(transfer_done_due(out));
	assert_int_equal(transfer_finish(out, hash), 0);
	assert_true(transfer_done_due(out));
	assert_int_equal(in->limit, 0);
	assert_int_equal(transfer_on_done(in, hash), 0);
	assert_int_equal(in->state, TRANSFER_VERIFYING);
	assert_int_equal(transfer_verified(in, WHY_NONE), 0);
	assert_int_equal(in->state, TRANSFER_COMPLETE);
	transfer_free(out);
	transfer_free(in);
}

static void
test_a_reason_is_always_there(void **state)
{
	struct transfer *t = file_offered(TRANSFER_OUT, 1);

	(void)state;
	assert_int_equal(on_answered(t, false, WHY_NONE, 0), 0);
	assert_int_equal(t->why, WHY_PERSON);
	transfer_free(t);
	t = file_offered(TRANSFER_IN, 1);
	transfer_on_cancel(t, WHY_CHANGED);
	transfer_on_cancel(t, WHY_PERSON);
	assert_int_equal(t->why, WHY_CHANGED);
	transfer_free(t);
}

/* What one says changes the flag of that one only, and both must be clear. */
static void
test_paused_by_either(void **state)
{
	struct transfer *t = sending(10, 10);
	const uint8_t *bytes;

	(void)state;
	assert_int_equal(transfer_feed(t, new_block(10)), 0);
	for (int by = 1; by < 4; by++) {
		if ((by & 1) != 0)
			assert_int_equal(transfer_pause(t), 0);
		if ((by & 2) != 0)
			assert_int_equal(transfer_on_pause(t, WHY_NONE, 0), 0);
		assert_int_equal(t->paused_here, (by & 1) != 0);
		assert_int_equal(t->paused_there, (by & 2) != 0);
		assert_int_equal(
		    t->pause_why, (by & 2) != 0 ? WHY_PERSON : WHY_NONE);
		assert_true(transfer_is_paused(t));
		assert_int_equal(transfer_next(t, &bytes), 0);
		assert_int_equal(transfer_resume(t), (by & 1) != 0);
		assert_int_equal(
		    transfer_next(t, &bytes), (by & 2) != 0 ? 0 : 10);
		assert_int_equal(transfer_on_resume(t), (by & 2) != 0);
		assert_false(transfer_is_paused(t));
		assert_int_equal(t->pause_why, WHY_NONE);
		assert_int_equal(transfer_next(t, &bytes), 10);
	}
	/* All is out: the hash is no DATA. */
	transfer_sent(t, 10);
	assert_int_equal(transfer_pause(t), 0);
	assert_int_equal(transfer_finish(t, hash), 0);
	assert_true(transfer_done_due(t));
	transfer_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_data_edges),
	    cmocka_unit_test(test_far_end),
	    cmocka_unit_test(test_credit_edges),
	    cmocka_unit_test(test_credit_granted),
	    cmocka_unit_test(test_next_keeps_to_credit),
	    cmocka_unit_test(test_feed_edges),
	    cmocka_unit_test(test_empty_file),
	    cmocka_unit_test(test_a_reason_is_always_there),
	    cmocka_unit_test(test_paused_by_either),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
