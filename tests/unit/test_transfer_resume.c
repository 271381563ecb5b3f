/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A transfer of which some is there already, at its edges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "net/transfer.h"
#include "src/base/err.h"
#include "src/base/util.h"
#include "tests/unit/transfers.h"

enum { SIZE = 100, HALF = SIZE / 2 };

static const uint64_t top = (uint64_t)1 << 63;
static const uint8_t hash[WIRE_HASH_LEN] = {1, 2, 3};
static const uint8_t no_hash[WIRE_HASH_LEN];

/* Which offsets may be said to be there. */
static const struct {
	uint64_t size, offset;
	bool some, too_much;
} claims[] = {
    {SIZE, 0, false, false},
    {SIZE, 1, true, false},
    {SIZE, SIZE, true, false},
    {SIZE, SIZE + 1, false, true},
    {SIZE, top, false, true},
    {SIZE, UINT64_MAX, false, true},
    {0, 0, false, false},
    {0, 1, false, true},
    {INT64_MAX, 1, true, false},
    {INT64_MAX, INT64_MAX, true, false},
    {INT64_MAX, top, false, true},
};

static struct transfer *
proving_out(uint64_t size, uint64_t offset)
{
	struct transfer *t = file_offered(TRANSFER_OUT, size);
	struct frame_answer answer = {.accepted = 1, .offset = offset};

	memcpy(answer.hash, hash, WIRE_HASH_LEN);
	assert_int_equal(transfer_on_answer(t, &answer), 0);
	assert_int_equal(t->state, TRANSFER_PROVING);
	return t;
}

static struct transfer *
proving_in(uint64_t size, uint64_t offset)
{
	struct transfer *t = file_offered(TRANSFER_IN, size);

	assert_int_equal(transfer_accept_from(t, offset, hash), 0);
	assert_int_equal(t->state, TRANSFER_PROVING);
	return t;
}

static void
test_claims_heard(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(claims); i++) {
		struct transfer *t = file_offered(TRANSFER_OUT, claims[i].size);
		struct frame_answer answer = {
		    .accepted = 1, .offset = claims[i].offset};
		enum transfer_state next = TRANSFER_SENDING;

		memcpy(answer.hash, hash, WIRE_HASH_LEN);
		if (claims[i].some)
			next = TRANSFER_PROVING;
		if (claims[i].too_much)
			next = TRANSFER_OFFERED;
		assert_int_equal(transfer_on_answer(t, &answer),
		    claims[i].too_much ? ERR_PROTO : 0);
		assert_int_equal(t->state, next);
		assert_true(t->offset == (claims[i].some ? answer.offset : 0));
		assert_memory_equal(
		    t->proof, claims[i].some ? hash : no_hash, WIRE_HASH_LEN);
		transfer_free(t);
	}
}

static void
test_claims_made(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(claims); i++) {
		struct transfer *t = file_offered(TRANSFER_IN, claims[i].size);
		uint64_t offset = claims[i].offset;

		assert_int_equal(transfer_accept_from(t, offset, hash),
		    claims[i].some ? 0 : ERR_INVALID);
		assert_int_equal(t->state,
		    claims[i].some ? TRANSFER_PROVING : TRANSFER_OFFERED);
		assert_true(t->offset == (claims[i].some ? offset : 0));
		/* No credit before it is proven. */
		assert_true(t->limit == t->offset);
		assert_false(transfer_drained(t, 0));
		transfer_free(t);
	}
}

/* A refusal is one, whatever else stands there. */
static void
test_refused(void **state)
{
	struct transfer *t = file_offered(TRANSFER_OUT, SIZE);
	struct frame_answer answer = {.why = WHY_HAVE, .offset = UINT64_MAX};

	(void)state;
	assert_int_equal(transfer_on_answer(t, &answer), 0);
	assert_int_equal(t->state, TRANSFER_REFUSED);
	assert_int_equal(t->why, WHY_HAVE);
	transfer_free(t);
}

static void
test_begin_edges(void **state)
{
	static const struct {
		uint64_t offset;
		int result;
	} cases[] = {
	    {0, 0},
	    {1, ERR_PROTO},
	    {HALF - 1, ERR_PROTO},
	    {HALF, 0},
	    {HALF + 1, ERR_PROTO},
	    {SIZE, ERR_PROTO},
	    {(uint64_t)1 << 63, ERR_PROTO},
	    {UINT64_MAX, ERR_PROTO},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct transfer *t = proving_in(SIZE, HALF);
		uint64_t offset = cases[i].offset;

		assert_int_equal(transfer_on_begin(t, offset), cases[i].result);
		if (cases[i].result == 0) {
			assert_int_equal(t->state, TRANSFER_RECEIVING);
			assert_int_equal(t->offset, offset);
			assert_int_equal(t->stored, offset);
			assert_int_equal(t->limit, SIZE);
			assert_int_equal(
			    transfer_on_begin(t, offset), ERR_PROTO);
		} else {
			assert_int_equal(t->state, TRANSFER_PROVING);
			assert_int_equal(t->offset, HALF);
		}
		transfer_free(t);
	}
}

static void
test_credit_from_there(void **state)
{
	const uint64_t from = TRANSFER_WINDOW + 1;
	struct transfer *t = proving_in(4 * (uint64_t)TRANSFER_WINDOW, from);

	(void)state;
	assert_int_equal(transfer_on_data(t, from, 1), ERR_PROTO);
	assert_int_equal(transfer_on_begin(t, from), 0);
	assert_int_equal(t->limit, from + TRANSFER_WINDOW);
	assert_int_equal(transfer_on_data(t, 0, 1), ERR_PROTO);
	assert_int_equal(
	    transfer_on_data(t, from, TRANSFER_WINDOW + 1), ERR_PROTO);
	assert_int_equal(transfer_on_data(t, from, TRANSFER_WINDOW), 0);
	assert_false(transfer_drained(t, TRANSFER_CREDIT_STEP - 1));
	assert_true(transfer_drained(t, 1));
	assert_int_equal(
	    t->limit, from + TRANSFER_WINDOW + TRANSFER_CREDIT_STEP);
	transfer_free(t);
}

/* Near the end of the largest file no sum wraps. */
static void
test_far_end(void **state)
{
	const uint64_t size = INT64_MAX;
	struct transfer *t = proving_in(size, size - 10);

	(void)state;
	assert_int_equal(transfer_on_begin(t, size - 10), 0);
	assert_true(t->limit == size);
	assert_int_equal(transfer_on_data(t, size - 10, 11), ERR_PROTO);
	assert_int_equal(transfer_on_data(t, size - 10, 10), 0);
	assert_int_equal(transfer_on_done(t, hash), 0);
	transfer_free(t);

	t = proving_out(size, size - 10);
	assert_int_equal(transfer_begin(t, true), 0);
	assert_int_equal(transfer_feed(t, new_block(11)), ERR_INVALID);
	assert_int_equal(transfer_feed(t, new_block(10)), 0);
	assert_int_equal(transfer_on_credit(t, size + 1), ERR_PROTO);
	assert_int_equal(transfer_on_credit(t, size), 0);
	transfer_free(t);
}

static void
test_sent_from_there(void **state)
{
	struct transfer *t = proving_out(SIZE, HALF + 10);
	const uint8_t *bytes;

	(void)state;
	assert_int_equal(transfer_feed(t, new_block(1)), ERR_INVALID);
	assert_int_equal(transfer_finish(t, hash), ERR_INVALID);
	assert_int_equal(transfer_begin(t, true), 0);
	assert_int_equal(transfer_finish(t, hash), ERR_INVALID);
	assert_int_equal(transfer_feed(t, new_block(HALF - 9)), ERR_INVALID);
	assert_int_equal(transfer_feed(t, new_block(HALF - 10)), 0);
	assert_int_equal(t->fed, SIZE);
	/* Up to there it is granted, and no further. */
	assert_int_equal(transfer_next(t, &bytes), 0);
	assert_int_equal(transfer_on_credit(t, HALF + 9), ERR_PROTO);
	assert_int_equal(transfer_on_credit(t, HALF + 10), 0);
	assert_int_equal(transfer_next(t, &bytes), 0);
	assert_int_equal(transfer_on_credit(t, SIZE), 0);
	assert_int_equal(transfer_finish(t, hash), 0);
	assert_int_equal(transfer_next(t, &bytes), HALF - 10);
	assert_false(transfer_done_due(t));
	transfer_sent(t, HALF - 10);
	assert_true(transfer_done_due(t));
	transfer_free(t);
}

/* The hash was wrong: every byte goes, as if nothing had been there. */
static void
test_sent_from_the_start(void **state)
{
	struct transfer *t = proving_out(SIZE, SIZE);
	const uint8_t *bytes;

	(void)state;
	assert_int_equal(transfer_begin(t, false), 0);
	assert_int_equal(transfer_begin(t, true), ERR_INVALID);
	assert_int_equal(t->offset, 0);
	assert_int_equal(transfer_finish(t, hash), ERR_INVALID);
	assert_int_equal(transfer_feed(t, new_block(SIZE)), 0);
	assert_int_equal(transfer_next(t, &bytes), 0);
	assert_int_equal(transfer_on_credit(t, 1), 0);
	assert_int_equal(transfer_next(t, &bytes), 1);
	assert_int_equal(transfer_finish(t, hash), 0);
	transfer_free(t);
}

/* Only the last word was missing. */
static void
test_all_was_there(void **state)
{
	struct transfer *out = proving_out(SIZE, SIZE);
	struct transfer *in = proving_in(SIZE, SIZE);

	(void)state;
	assert_int_equal(transfer_begin(out, true), 0);
	assert_false(transfer_done_due(out));
	assert_int_equal(transfer_finish(out, hash), 0);
	assert_true(transfer_done_due(out));
	transfer_done_sent(out);
	assert_int_equal(transfer_on_done(in, hash), ERR_PROTO);
	assert_int_equal(transfer_on_begin(in, SIZE), 0);
	assert_int_equal(transfer_on_done(in, hash), 0);
	assert_int_equal(transfer_verified(in, WHY_NONE), 0);
	/* The credit that every BEGIN gets may come as late as this. */
	assert_int_equal(transfer_on_credit(out, SIZE), 0);
	assert_int_equal(transfer_on_result(out, WHY_NONE), 0);
	transfer_free(out);
	transfer_free(in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_claims_heard),
	    cmocka_unit_test(test_claims_made),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_begin_edges),
	    cmocka_unit_test(test_credit_from_there),
	    cmocka_unit_test(test_far_end),
	    cmocka_unit_test(test_sent_from_there),
	    cmocka_unit_test(test_sent_from_the_start),
	    cmocka_unit_test(test_all_was_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
