/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A tree: its list, its stream without a known end, its claims. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "src/base/err.h"
#include "src/base/util.h"
#include "tests/unit/transfers.h"

enum { ENTRIES = 10, LIST = 100 };

static const uint64_t top = (uint64_t)1 << 63;
static const uint8_t hash[WIRE_HASH_LEN] = {1, 2, 3};

/* Its list has left, and it was accepted. */
static struct transfer *
sending(void)
{
	struct transfer *t = tree_offered(TRANSFER_OUT, ENTRIES, LIST);

	assert_int_equal(transfer_feed(t, new_block(LIST)), 0);
	assert_int_equal(transfer_on_credit(t, LIST), 0);
	transfer_sent(t, LIST);
	assert_int_equal(on_answered(t, true, WHY_NONE, 0), 0);
	return t;
}

/* Its list is here, and it was accepted. */
static struct transfer *
receiving(void)
{
	struct transfer *t = tree_offered(TRANSFER_IN, ENTRIES, LIST);

	assert_int_equal(transfer_take_list(t), 0);
	assert_int_equal(transfer_on_data(t, 0, LIST), 0);
	assert_false(transfer_drained(t, LIST));
	assert_int_equal(transfer_accept(t), 0);
	return t;
}

static void
test_new(void **state)
{
	const struct frame_offer offer = {
	    .id = 3, .token = 4, .size = 5, .entries = 6, .list_len = 7};
	struct transfer *t = transfer_new(TRANSFER_IN, &offer);

	(void)state;
	assert_int_equal(t->id, 3);
	assert_int_equal(t->token, 4);
	assert_true(t->size == TRANSFER_STREAM);
	assert_int_equal(t->entries, 6);
	assert_int_equal(t->list_len, 7);
	assert_int_equal(t->claimed, 0);
	transfer_free(t);
}

/* Nothing before it is taken, and nothing behind its end. */
static void
test_list_comes(void **state)
{
	struct transfer *t = tree_offered(TRANSFER_IN, ENTRIES, LIST);

	(void)state;
	assert_int_equal(transfer_on_data(t, 0, 1), ERR_PROTO);
	assert_false(transfer_drained(t, 0));
	assert_int_equal(t->limit, 0);
	assert_int_equal(transfer_take_list(t), 0);
	assert_int_equal(t->limit, LIST);
	assert_int_equal(transfer_take_list(t), ERR_INVALID);
	assert_int_equal(transfer_on_data(t, 0, LIST + 1), ERR_PROTO);
	assert_int_equal(transfer_on_data(t, 0, LIST - 1), 0);
	assert_false(transfer_drained(t, LIST - 1));
	assert_int_equal(transfer_accept(t), ERR_INVALID);
	assert_int_equal(transfer_on_data(t, LIST - 1, 2), ERR_PROTO);
	assert_int_equal(transfer_on_data(t, LIST - 1, 1), 0);
	assert_int_equal(transfer_on_data(t, LIST, 1), ERR_PROTO);
	/* All is here, but not yet taken in. */
	assert_int_equal(transfer_accept(t), ERR_INVALID);
	assert_false(transfer_drained(t, 1));
	assert_int_equal(transfer_accept_from(t, 1, hash), ERR_INVALID);
	assert_int_equal(transfer_accept(t), 0);
	assert_int_equal(t->limit, LIST + TRANSFER_WINDOW);
	transfer_free(t);
}

/* A long one comes as fast as it is taken in, as a file does. */
static void
test_long_list(void **state)
{
	const uint32_t len = 2 * TRANSFER_WINDOW;
	struct transfer *t = tree_offered(TRANSFER_IN, ENTRIES, len);

	(void)state;
	assert_int_equal(transfer_take_list(t), 0);
	assert_int_equal(t->limit, TRANSFER_WINDOW);
	assert_int_equal(transfer_on_data(t, 0, TRANSFER_WINDOW), 0);
	assert_false(transfer_drained(t, TRANSFER_CREDIT_STEP - 1));
	assert_true(transfer_drained(t, 1));
	assert_int_equal(t->limit, TRANSFER_WINDOW + TRANSFER_CREDIT_STEP);
	assert_true(
	    transfer_drained(t, TRANSFER_WINDOW - TRANSFER_CREDIT_STEP));
	assert_int_equal(t->limit, len);
	assert_int_equal(
	    transfer_on_data(t, TRANSFER_WINDOW, TRANSFER_WINDOW + 1),
	    ERR_PROTO);
	assert_int_equal(
	    transfer_on_data(t, TRANSFER_WINDOW, TRANSFER_WINDOW), 0);
	assert_false(transfer_drained(t, TRANSFER_WINDOW));
	assert_int_equal(transfer_accept(t), 0);
	assert_int_equal(t->limit, len + TRANSFER_WINDOW);
	transfer_free(t);
}

static void
test_list_leaves(void **state)
{
	struct transfer *t = tree_offered(TRANSFER_OUT, ENTRIES, LIST);
	const uint8_t *bytes;

	(void)state;
	assert_int_equal(transfer_feed(t, new_block(LIST + 1)), ERR_INVALID);
	assert_int_equal(transfer_feed(t, new_block(LIST - 1)), 0);
	assert_int_equal(transfer_feed(t, new_block(2)), ERR_INVALID);
	assert_int_equal(transfer_feed(t, new_block(1)), 0);
	assert_int_equal(transfer_feed(t, new_block(1)), ERR_INVALID);
	assert_int_equal(transfer_finish(t, hash), ERR_INVALID);
	assert_int_equal(transfer_next(t, &bytes), 0);
	assert_int_equal(transfer_on_credit(t, LIST + 1), ERR_PROTO);
	assert_int_equal(transfer_on_credit(t, LIST), 0);
	assert_int_equal(transfer_next(t, &bytes), LIST - 1);
	transfer_sent(t, LIST - 1);
	/* Who has not got all of it cannot have said yes. */
	assert_int_equal(on_answered(t, true, WHY_NONE, 0), ERR_PROTO);
	assert_int_equal(t->state, TRANSFER_OFFERED);
	assert_int_equal(transfer_next(t, &bytes), 1);
	transfer_sent(t, 1);
	assert_false(transfer_done_due(t));
	assert_int_equal(on_answered(t, true, WHY_NONE, 1), ERR_PROTO);
	assert_int_equal(on_answered(t, true, WHY_NONE, LIST), ERR_PROTO);
	assert_int_equal(on_answered(t, true, WHY_NONE, 0), 0);
	assert_int_equal(t->state, TRANSFER_SENDING);
	transfer_free(t);
}

/* Refused at any time, whatever of the list is where. */
static void
test_refused(void **state)
{
	(void)state;
	for (uint32_t moved = 0; moved <= LIST; moved += LIST / 2) {
		struct transfer *out = tree_offered(TRANSFER_OUT, 1, LIST);
		struct transfer *in = tree_offered(TRANSFER_IN, 1, LIST);

		assert_int_equal(transfer_feed(out, new_block(LIST)), 0);
		if (moved > 0) {
			assert_int_equal(transfer_take_list(in), 0);
			assert_int_equal(transfer_on_credit(out, in->limit), 0);
			transfer_sent(out, moved);
			assert_int_equal(transfer_on_data(in, 0, moved), 0);
		}
		assert_int_equal(transfer_refuse(in, WHY_NAME), 0);
		assert_int_equal(on_answered(out, false, WHY_NAME, 0), 0);
		assert_int_equal(out->state, TRANSFER_REFUSED);
		assert_int_equal(out->why, WHY_NAME);
		transfer_free(out);
		transfer_free(in);
	}
}

/* The end is where finish comes; credit may have gone further already. */
static void
test_end_of_sending(void **state)
{
	struct transfer *t = sending();
	const uint8_t *bytes;

	(void)state;
	assert_int_equal(transfer_next(t, &bytes), 0);
	assert_int_equal(transfer_on_credit(t, TRANSFER_STREAM + 1), ERR_PROTO);
	assert_int_equal(transfer_on_credit(t, LIST - 1), ERR_PROTO);
	assert_int_equal(transfer_on_credit(t, TRANSFER_WINDOW), 0);
	assert_int_equal(transfer_feed(t, new_block(50)), 0);
	assert_int_equal(transfer_finish(t, hash), 0);
	assert_int_equal(t->size, LIST + 50);
	assert_int_equal(transfer_feed(t, new_block(1)), ERR_INVALID);
	assert_int_equal(transfer_finish(t, hash), ERR_INVALID);
	assert_int_equal(transfer_on_credit(t, TRANSFER_WINDOW + 1), 0);
	assert_false(transfer_done_due(t));
	assert_int_equal(transfer_next(t, &bytes), 50);
	transfer_sent(t, 50);
	assert_int_equal(transfer_next(t, &bytes), 0);
	assert_true(transfer_done_due(t));
	transfer_done_sent(t);
	assert_true(transfer_on_credit(t, TRANSFER_STREAM) == 0);
	assert_true(transfer_on_credit(t, top) == ERR_PROTO);
	assert_int_equal(transfer_on_result(t, WHY_NONE), 0);
	transfer_free(t);
}

/* Folders only: behind the list there is nothing. */
static void
test_nothing_but_the_list(void **state)
{
	struct transfer *out = sending(), *in = receiving();

	(void)state;
	assert_int_equal(transfer_finish(out, hash), 0);
	assert_int_equal(out->size, LIST);
	assert_true(transfer_done_due(out));
	assert_int_equal(transfer_on_done(in, hash), 0);
	assert_int_equal(in->size, LIST);
	assert_int_equal(transfer_verified(in, WHY_NONE), 0);
	transfer_free(out);
	transfer_free(in);
}

static void
test_end_of_receiving(void **state)
{
	struct transfer *t = receiving();

	(void)state;
	assert_int_equal(
	    transfer_on_data(t, LIST, TRANSFER_WINDOW + 1), ERR_PROTO);
	assert_int_equal(transfer_on_data(t, 0, 1), ERR_PROTO);
	assert_int_equal(transfer_on_data(t, LIST, TRANSFER_WINDOW), 0);
	assert_true(transfer_drained(t, TRANSFER_CREDIT_STEP));
	assert_int_equal(
	    t->limit, LIST + TRANSFER_WINDOW + TRANSFER_CREDIT_STEP);
	assert_int_equal(transfer_on_done(t, hash), 0);
	assert_int_equal(t->state, TRANSFER_VERIFYING);
	assert_int_equal(t->size, LIST + TRANSFER_WINDOW);
	assert_memory_equal(t->hash, hash, WIRE_HASH_LEN);
	/* No more credit, but what is still being written counts. */
	assert_false(
	    transfer_drained(t, TRANSFER_WINDOW - TRANSFER_CREDIT_STEP));
	assert_int_equal(t->stored, t->size);
	transfer_free(t);
}

/* Even a stream ends somewhere, and no sum wraps there. */
static void
test_far_end(void **state)
{
	struct transfer *in = receiving(), *out = sending();

	(void)state;
	in->offset = in->limit = in->stored = TRANSFER_STREAM - 10;
	assert_true(transfer_drained(in, 0));
	assert_true(in->limit == TRANSFER_STREAM);
	assert_int_equal(transfer_on_data(in, in->offset, 11), ERR_PROTO);
	assert_int_equal(transfer_on_data(in, in->offset, SIZE_MAX), ERR_PROTO);
	assert_int_equal(transfer_on_data(in, in->offset, 10), 0);
	assert_int_equal(transfer_on_done(in, hash), 0);
	transfer_free(in);

	out->offset = out->fed = out->limit = TRANSFER_STREAM - 10;
	assert_int_equal(transfer_feed(out, new_block(11)), ERR_INVALID);
	assert_int_equal(transfer_feed(out, new_block(10)), 0);
	assert_int_equal(transfer_on_credit(out, top), ERR_PROTO);
	assert_int_equal(transfer_on_credit(out, UINT64_MAX), ERR_PROTO);
	assert_int_equal(transfer_on_credit(out, TRANSFER_STREAM), 0);
	assert_int_equal(transfer_finish(out, hash), 0);
	assert_true(out->size == TRANSFER_STREAM);
	transfer_free(out);
}

static void
test_claims(void **state)
{
	static const struct {
		uint32_t claimed, upto;
		size_t count;
		struct wire_claim claims[3];
		bool good;
	} cases[] = {
	    {0, 1, 0, {{0}}, true},
	    {0, ENTRIES, 0, {{0}}, true},
	    {0, ENTRIES + 1, 0, {{0}}, false},
	    {0, UINT32_MAX, 0, {{0}}, false},
	    {0, 0, 0, {{0}}, false},
	    {5, 4, 0, {{0}}, false},
	    {5, 5, 0, {{0}}, false},
	    {5, 6, 0, {{0}}, true},
	    {ENTRIES, ENTRIES, 0, {{0}}, false},
	    {0, 1, 1, {{.entry = 0, .offset = 1}}, true},
	    {0, 1, 1, {{.entry = 0, .offset = 0}}, true},
	    {0, 1, 1, {{.entry = 1, .offset = 1}}, false},
	    {0, ENTRIES, 1, {{.entry = ENTRIES - 1, .offset = 1}}, true},
	    {0, ENTRIES, 1, {{.entry = ENTRIES, .offset = 1}}, false},
	    {0, ENTRIES, 1, {{.entry = UINT32_MAX, .offset = 1}}, false},
	    {5, 9, 1, {{.entry = 4, .offset = 1}}, false},
	    {5, 9, 1, {{.entry = 5, .offset = 1}}, true},
	    {5, 9, 1, {{.entry = 8, .offset = 1}}, true},
	    {5, 9, 1, {{.entry = 9, .offset = 1}}, false},
	    {0, 9, 3, {{.entry = 1}, {.entry = 2}, {.entry = 8}}, true},
	    {0, 9, 3, {{.entry = 1}, {.entry = 1}, {.entry = 8}}, false},
	    {0, 9, 3, {{.entry = 2}, {.entry = 1}, {.entry = 8}}, false},
	    {0, 9, 3, {{.entry = 1}, {.entry = 8}, {.entry = 7}}, false},
	    {0, 9, 3, {{.entry = 1}, {.entry = 2}, {.entry = 9}}, false},
	    {0, 1, 1, {{.entry = 0, .offset = INT64_MAX}}, true},
	    {0, 1, 1, {{.entry = 0, .offset = (uint64_t)1 << 63}}, false},
	    {0, 1, 1, {{.entry = 0, .offset = UINT64_MAX}}, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct transfer *out = sending(), *in = receiving();
		uint8_t bytes[COUNT(cases[i].claims) * WIRE_CLAIM_LEN];
		const struct frame_claims claims = {.upto = cases[i].upto,
		    .count = cases[i].count,
		    .bytes = bytes};
		bool good = cases[i].good;

		for (size_t n = 0; n < cases[i].count; n++)
			wire_claim_put(
			    bytes + n * WIRE_CLAIM_LEN, &cases[i].claims[n]);
		out->claimed = in->claimed = cases[i].claimed;
		assert_int_equal(
		    transfer_on_claims(out, &claims), good ? 0 : ERR_PROTO);
		assert_int_equal(
		    transfer_claims(in, &claims), good ? 0 : ERR_INVALID);
		assert_int_equal(
		    out->claimed, good ? claims.upto : cases[i].claimed);
		assert_int_equal(in->claimed, out->claimed);
		transfer_free(out);
		transfer_free(in);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_new),
	    cmocka_unit_test(test_list_comes),
	    cmocka_unit_test(test_long_list),
	    cmocka_unit_test(test_list_leaves),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_end_of_sending),
	    cmocka_unit_test(test_nothing_but_the_list),
	    cmocka_unit_test(test_end_of_receiving),
	    cmocka_unit_test(test_far_end),
	    cmocka_unit_test(test_claims),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
