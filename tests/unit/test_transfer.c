/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Offsets, credit and states of one transfer, at their edges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "net/transfer.h"
#include "src/base/err.h"
#include "src/base/util.h"

static const uint8_t hash[WIRE_HASH_LEN] = {1, 2, 3};

static struct block *
new_block(size_t len)
{
	struct block *b = mem_zalloc(sizeof(*b) + len);

	b->len = len;
	return b;
}

static int
answered(struct transfer *t, bool accepted, enum wire_why why, uint64_t offset)
{
	struct frame_answer answer = {
	    .accepted = accepted, .why = (uint8_t)why, .offset = offset};

	return transfer_on_answer(t, &answer);
}

static struct transfer *
receiving(uint64_t size)
{
	struct transfer *t = transfer_new(TRANSFER_IN, 1, size);

	assert_int_equal(transfer_accept(t), 0);
	return t;
}

static struct transfer *
sending(uint64_t size, uint64_t limit)
{
	struct transfer *t = transfer_new(TRANSFER_OUT, 1, size);

	assert_int_equal(answered(t, true, WHY_NONE, 0), 0);
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

/* Every call in every state: which state follows, or that nothing changed. */
enum op {
	ON_ACCEPTED,
	ON_ACCEPTED_SOME,
	ON_REFUSED,
	ON_BEGIN,
	ON_RESTART,
	ON_CREDIT,
	ON_DATA,
	ON_DONE,
	ON_GOOD,
	ON_BAD,
	ON_CANCEL,
	ON_PAUSE,
	DO_ACCEPT,
	DO_ACCEPT_SOME,
	DO_REFUSE,
	DO_BEGIN,
	DO_RESTART,
	DO_FEED,
	DO_FINISH,
	DO_GOOD,
	DO_BAD,
	DO_CANCEL,
	DO_PAUSE,
	OPS,
};

static int
apply(struct transfer *t, enum op op)
{
	switch (op) {
	case ON_ACCEPTED:
		return answered(t, true, WHY_NONE, 0);
	case ON_ACCEPTED_SOME:
		return answered(t, true, WHY_NONE, 1);
	case ON_REFUSED:
		return answered(t, false, WHY_HAVE, 0);
	case ON_BEGIN:
		return transfer_on_begin(t, t->offset);
	case ON_RESTART:
		return transfer_on_begin(t, 0);
	case ON_CREDIT:
		return transfer_on_credit(t, t->size);
	case ON_DATA:
		return transfer_on_data(t, t->offset, 1);
	case ON_DONE:
		return transfer_on_done(t, hash);
	case ON_GOOD:
		return transfer_on_result(t, WHY_NONE);
	case ON_BAD:
		return transfer_on_result(t, WHY_IO);
	case ON_CANCEL:
		transfer_on_cancel(t, WHY_PERSON);
		return 0;
	case ON_PAUSE:
		return transfer_on_pause(t, WHY_PERSON);
	case DO_ACCEPT:
		return transfer_accept(t);
	case DO_ACCEPT_SOME:
		return transfer_accept_from(t, 1, hash);
	case DO_REFUSE:
		return transfer_refuse(t, WHY_NAME);
	case DO_BEGIN:
		return transfer_begin(t, true);
	case DO_RESTART:
		return transfer_begin(t, false);
	case DO_FEED:
		return transfer_feed(t, new_block(1));
	case DO_FINISH:
		return transfer_finish(t, hash);
	case DO_GOOD:
		return transfer_verified(t, WHY_NONE);
	case DO_BAD:
		return transfer_verified(t, WHY_HASH);
	case DO_CANCEL:
		return transfer_cancel(t, WHY_PERSON);
	case DO_PAUSE:
		return transfer_pause(t);
	default:
		return ERR_INVALID;
	}
}

struct rule {
	enum transfer_dir dir;
	enum transfer_state from;
	enum op op;
	enum transfer_state to;
};

/* All that is legal, for a file of one byte that has not moved yet. */
static const struct rule rules[] = {
    {TRANSFER_OUT, TRANSFER_OFFERED, ON_ACCEPTED, TRANSFER_SENDING},
    {TRANSFER_OUT, TRANSFER_OFFERED, ON_ACCEPTED_SOME, TRANSFER_PROVING},
    {TRANSFER_OUT, TRANSFER_OFFERED, ON_REFUSED, TRANSFER_REFUSED},
    {TRANSFER_OUT, TRANSFER_PROVING, ON_BAD, TRANSFER_FAILED},
    {TRANSFER_OUT, TRANSFER_PROVING, DO_BEGIN, TRANSFER_SENDING},
    {TRANSFER_OUT, TRANSFER_PROVING, DO_RESTART, TRANSFER_SENDING},
    {TRANSFER_OUT, TRANSFER_SENDING, ON_CREDIT, TRANSFER_SENDING},
    {TRANSFER_OUT, TRANSFER_SENDING, ON_BAD, TRANSFER_FAILED},
    {TRANSFER_OUT, TRANSFER_SENDING, DO_FEED, TRANSFER_SENDING},
    {TRANSFER_OUT, TRANSFER_FINISHING, ON_CREDIT, TRANSFER_FINISHING},
    {TRANSFER_OUT, TRANSFER_FINISHING, ON_BAD, TRANSFER_FAILED},
    {TRANSFER_OUT, TRANSFER_FINISHING, ON_GOOD, TRANSFER_COMPLETE},
    {TRANSFER_IN, TRANSFER_OFFERED, DO_ACCEPT, TRANSFER_RECEIVING},
    {TRANSFER_IN, TRANSFER_OFFERED, DO_ACCEPT_SOME, TRANSFER_PROVING},
    {TRANSFER_IN, TRANSFER_OFFERED, DO_REFUSE, TRANSFER_REFUSED},
    {TRANSFER_IN, TRANSFER_PROVING, ON_BEGIN, TRANSFER_RECEIVING},
    {TRANSFER_IN, TRANSFER_PROVING, ON_RESTART, TRANSFER_RECEIVING},
    {TRANSFER_IN, TRANSFER_PROVING, DO_BAD, TRANSFER_FAILED},
    {TRANSFER_IN, TRANSFER_RECEIVING, ON_DATA, TRANSFER_RECEIVING},
    {TRANSFER_IN, TRANSFER_RECEIVING, DO_BAD, TRANSFER_FAILED},
    {TRANSFER_IN, TRANSFER_VERIFYING, DO_BAD, TRANSFER_FAILED},
    {TRANSFER_IN, TRANSFER_VERIFYING, DO_GOOD, TRANSFER_COMPLETE},
    {TRANSFER_OUT, TRANSFER_PROVING, ON_PAUSE, TRANSFER_PROVING},
    {TRANSFER_OUT, TRANSFER_PROVING, DO_PAUSE, TRANSFER_PROVING},
    {TRANSFER_OUT, TRANSFER_SENDING, ON_PAUSE, TRANSFER_SENDING},
    {TRANSFER_OUT, TRANSFER_SENDING, DO_PAUSE, TRANSFER_SENDING},
    {TRANSFER_OUT, TRANSFER_FINISHING, ON_PAUSE, TRANSFER_FINISHING},
    {TRANSFER_OUT, TRANSFER_FINISHING, DO_PAUSE, TRANSFER_FINISHING},
    {TRANSFER_IN, TRANSFER_PROVING, ON_PAUSE, TRANSFER_PROVING},
    {TRANSFER_IN, TRANSFER_PROVING, DO_PAUSE, TRANSFER_PROVING},
    {TRANSFER_IN, TRANSFER_RECEIVING, ON_PAUSE, TRANSFER_RECEIVING},
    {TRANSFER_IN, TRANSFER_RECEIVING, DO_PAUSE, TRANSFER_RECEIVING},
    {TRANSFER_IN, TRANSFER_VERIFYING, ON_PAUSE, TRANSFER_VERIFYING},
    {TRANSFER_IN, TRANSFER_VERIFYING, DO_PAUSE, TRANSFER_VERIFYING},
};

static enum transfer_state
expected(
    enum transfer_dir dir, enum transfer_state from, enum op op, bool *legal)
{
	*legal = true;
	for (size_t i = 0; i < COUNT(rules); i++)
		if (rules[i].dir == dir && rules[i].from == from &&
		    rules[i].op == op)
			return rules[i].to;
	if (from < TRANSFER_COMPLETE && (op == ON_CANCEL || op == DO_CANCEL))
		return TRANSFER_CANCELLED;
	/* A cancel from there that crosses the end is no error. */
	*legal = op == ON_CANCEL;
	return from;
}

static void
test_every_step(void **state)
{
	unsigned tried = 0;

	(void)state;
	for (int dir = TRANSFER_OUT; dir <= TRANSFER_IN; dir++)
		for (int from = 0; from <= TRANSFER_CANCELLED; from++)
			for (int op = 0; op < OPS; op++) {
				struct transfer *t =
				    transfer_new((enum transfer_dir)dir, 1, 1);
				bool legal;
				int r;

				t->state = (enum transfer_state)from;
				t->limit = 1;
				r = apply(t, (enum op)op);
				assert_int_equal(t->state,
				    expected(t->dir, (enum transfer_state)from,
					(enum op)op, &legal));
				assert_int_equal(r == 0, legal);
				assert_int_equal(
				    t->paused_there, legal && op == ON_PAUSE);
				assert_int_equal(
				    t->paused_here, legal && op == DO_PAUSE);
				tried++;
				transfer_free(t);
			}
	assert_int_equal(tried, 2 * 10 * OPS);
}

static void
test_a_reason_is_always_there(void **state)
{
	struct transfer *t = transfer_new(TRANSFER_OUT, 1, 1);

	(void)state;
	assert_int_equal(answered(t, false, WHY_NONE, 0), 0);
	assert_int_equal(t->why, WHY_PERSON);
	transfer_free(t);
	t = transfer_new(TRANSFER_IN, 1, 1);
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
			assert_int_equal(transfer_on_pause(t, WHY_NONE), 0);
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
	    cmocka_unit_test(test_every_step),
	    cmocka_unit_test(test_a_reason_is_always_there),
	    cmocka_unit_test(test_paused_by_either),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
