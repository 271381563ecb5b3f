/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the receiver of a tree says about it, to a sender whose list has left:
 * split at every place, cut short, and with every bit wrong once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "src/base/util.h"
#include "tests/unit/session_claims.h"

enum { ENTRIES = 12, LIST = 50, WORDS_MAX = 1024 };

/* Nothing leaves after the list: a trace must not depend on when it does. */
static bool
feed_nothing(struct side *side, const struct session_event *e)
{
	(void)side;
	return e->type == SESSION_ANSWER || e->type == SESSION_CLAIMS;
}

static void
offer_tree(struct side *side)
{
	struct frame f = {.type = FRAME_CREDIT};

	side->hook = feed_nothing;
	f.credit.id = side_offer_tree(side, ENTRIES, LIST, 0);
	f.credit.limit = LIST;
	side_receive(side, &f);
	session_output(side->s, &side->wire, PAIR_WANT, 0);
	assert_int_equal(side->count[SESSION_WANT], 1);
}

static bool
hold(struct side *side, const struct session_event *e)
{
	(void)side;
	return e->type == SESSION_OFFER || e->type == SESSION_DATA;
}

/* What an honest receiver says from the answer on. */
static void
write_words(struct buf *words)
{
	struct side *b;
	struct pair p;

	buf_init(words, WORDS_MAX);
	pair_open(&p);
	b = &p.listener;
	b->hook = hold;
	side_offer_tree(&p.caller, ENTRIES, LIST, 0);
	pair_pump(&p);
	assert_int_equal(session_take_list(b->s, 1), 0);
	pair_pump(&p);
	assert_int_equal(session_drained(b->s, 1, LIST), 0);
	assert_int_equal(session_accept(b->s, 1), 0);
	assert_int_equal(side_claim(b, 1, 1), 0);
	assert_int_equal(side_claim(b, 1, 4), 0);
	assert_int_equal(session_pause(b->s, TRANSFER_IN, 1, WHY_TURN, 0), 0);
	assert_int_equal(side_claim(b, 1, ENTRIES), 0);
	assert_int_equal(session_resume(b->s, TRANSFER_IN, 1), 0);
	assert_int_equal(session_result(b->s, 1, WHY_DISK_FULL), 0);
	session_output(b->s, words, PAIR_WANT, 0);
	pair_release(&p);
}

static void
hear(struct side *side, const uint8_t *bytes, size_t len, struct buf *in)
{
	assert_int_equal(buf_put(in, bytes, len), 0);
	session_input(side->s, in, 0);
	session_output(side->s, &side->wire, PAIR_WANT, 0);
}

/* The trace of a sender that hears the words in two pieces. */
static uint64_t
play(const struct buf *words, size_t split)
{
	const uint8_t *bytes = buf_data(words);
	uint64_t trace;
	struct pair p;
	struct buf in;

	buf_init(&in, WORDS_MAX);
	pair_open(&p);
	offer_tree(&p.caller);
	hear(&p.caller, bytes, split, &in);
	hear(&p.caller, bytes + split, buf_len(words) - split, &in);
	assert_int_equal(p.caller.count[SESSION_CLAIMS], 3);
	assert_int_equal(p.caller.count[SESSION_RESULT], 1);
	assert_int_equal(p.caller.transfer[SESSION_RESULT].claimed, ENTRIES);
	assert_int_equal(buf_len(&in), 0);
	trace = p.caller.trace;
	buf_release(&in);
	pair_release(&p);
	return trace;
}

static void
test_every_split(void **state)
{
	struct buf words;
	uint64_t whole;

	(void)state;
	write_words(&words);
	assert_in_range(buf_len(&words), 200, WORDS_MAX);
	whole = play(&words, 0);
	for (size_t at = 1; at < buf_len(&words); at++)
		assert_true(play(&words, at) == whole);
	buf_release(&words);
}

static void
test_every_bit(void **state)
{
	unsigned failed = 0, ended = 0;
	struct buf words;

	(void)state;
	write_words(&words);
	for (size_t bit = 0; bit < buf_len(&words) * 8; bit++) {
		const struct transfer *t;
		struct pair p;

		pair_open(&p);
		offer_tree(&p.caller);
		words.bytes[words.start + bit / 8] ^= (uint8_t)(1u << bit % 8);
		hear(&p.caller, buf_data(&words), buf_len(&words),
		    &p.listener.wire);
		words.bytes[words.start + bit / 8] ^= (uint8_t)(1u << bit % 8);
		t = session_transfer(p.caller.s, TRANSFER_OUT, 1);
		if (t != NULL) {
			assert_in_range(t->claimed, 0, ENTRIES);
			assert_int_equal(t->offset, LIST);
		}
		failed += p.caller.count[SESSION_CANCEL];
		ended += p.caller.count[SESSION_ENDED];
		pair_release(&p);
	}
	assert_in_range(failed, 50, buf_len(&words) * 8);
	assert_in_range(ended, 50, buf_len(&words) * 8);
	buf_release(&words);
}

/* What did not arrive whole was not said. */
static void
test_every_cut(void **state)
{
	struct buf words;

	(void)state;
	write_words(&words);
	for (size_t len = 0; len < buf_len(&words); len++) {
		const struct transfer *t;
		struct pair p;

		pair_open(&p);
		offer_tree(&p.caller);
		hear(&p.caller, buf_data(&words), len, &p.listener.wire);
		t = session_transfer(p.caller.s, TRANSFER_OUT, 1);
		assert_non_null(t);
		assert_int_equal(p.caller.count[SESSION_CANCEL], 0);
		assert_int_equal(p.caller.count[SESSION_ENDED], 0);
		assert_int_equal(
		    t->claimed != 0, p.caller.count[SESSION_CLAIMS] != 0);
		pair_release(&p);
	}
	buf_release(&words);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_split),
	    cmocka_unit_test(test_every_bit),
	    cmocka_unit_test(test_every_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
