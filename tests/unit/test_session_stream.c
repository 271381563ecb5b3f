/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One recorded talk, played to a fresh listener: whole, split at every place,
 * byte by byte, cut short, and with every bit wrong once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "src/base/util.h"
#include "tests/unit/session_claims.h"

enum {
	RECORD_MAX = 4096,
	SINK_MAX = 8 * 1024 * 1024,
	RESUMED_SIZE = 200,
	RESUMED_FROM = 150,
	RESUMED = 3, /* offers of the caller that go on: 3 and 4 */
	TREE = 5,    /* and one that is a tree */
	TREE_ENTRIES = 9,
	TREE_LIST = 120,
	TREE_MORE = 90,
};

struct record {
	uint8_t bytes[RECORD_MAX];
	size_t len;
};

/* Both offer; what the listener offers is refused or cancelled. */
static void
caller_answers(struct side *side, uint32_t id)
{
	switch (id) {
	case 1:
		session_refuse(side->s, id, WHY_HAVE);
		return;
	case 2:
		session_accept(side->s, id);
		break;
	default:
		side_accept_from(side, id, 7);
		break;
	}
	session_cancel(side->s, TRANSFER_IN, id, WHY_IO);
	session_ack(side->s, PAIR_EPOCH, 3);
}

static bool
caller_talks(struct side *side, const struct session_event *e)
{
	if (e->type == SESSION_OPEN) {
		session_presence(side->s, "anna");
		session_keeping(side->s, false);
		session_typing(side->s, true);
		side_say_in(side, PAIR_EPOCH - 1, 9, "from before");
		side_say(side, 1, "hello");
		side_offer(side, 300);
		side_offer(side, 0);
		side_offer(side, RESUMED_SIZE);
		side_offer(side, RESUMED_SIZE);
		side_offer_tree(side, TREE_ENTRIES, TREE_LIST, TREE_MORE);
		side_say(side, 2, "");
	} else if (e->type == SESSION_OFFER) {
		caller_answers(side, e->offer->id);
		return true;
	}
	return false;
}

/* Has the beginning of the caller's third file and all of its fourth. */
static bool
has_a_part(struct side *side, uint32_t id)
{
	return id >= RESUMED && id < TREE &&
	       side_accept_from(
		   side, id, id == RESUMED ? RESUMED_FROM : RESUMED_SIZE) == 0;
}

static bool
listener_talks(struct side *side, const struct session_event *e)
{
	if (e->type == SESSION_OPEN) {
		side_say(side, 3, "hello there");
		side_offer(side, 10);
		side_offer(side, 20);
		side_offer(side, 30);
	} else if (e->type == SESSION_OFFER) {
		return has_a_part(side, e->offer->id);
	}
	/* Else what follows would depend on when bytes leave. */
	return e->type == SESSION_ANSWER;
}

static void
record_part(struct record *r, struct pair *p)
{
	struct buf *wire = &p->caller.wire;

	session_output(p->caller.s, wire, PAIR_WANT, p->now_ms);
	assert_in_range(buf_len(wire), 0, RECORD_MAX - r->len);
	if (buf_len(wire) > 0)
		memcpy(r->bytes + r->len, buf_data(wire), buf_len(wire));
	r->len += buf_len(wire);
	session_input(p->listener.s, wire, p->now_ms);
}

static void
record_talk(struct record *r)
{
	struct pair p;

	r->len = 0;
	pair_init(&p);
	p.caller.hook = caller_talks;
	p.listener.hook = listener_talks;
	for (int i = 0; i < 10; i++) {
		pair_carry(&p, &p.listener, &p.caller);
		record_part(r, &p);
	}
	assert_int_equal(p.caller.count[SESSION_RESULT], 5);
	assert_int_equal(p.caller.count[SESSION_CLAIMS], 2);
	assert_int_equal(p.caller.count[SESSION_OFFER], 3);
	assert_int_equal(p.listener.count[SESSION_BEGIN], 2);
	assert_int_equal(p.listener.count[SESSION_MESSAGE], 3);
	session_tick(p.caller.s, p.now_ms + SESSION_PING_MS);
	session_bye(p.caller.s, BYE_QUIT);
	record_part(r, &p);
	assert_int_equal(p.listener.last[SESSION_ENDED].bye, BYE_QUIT);
	pair_release(&p);
}

static void
play(struct side *side, const uint8_t *bytes, size_t len, struct buf *in)
{
	struct buf sink;

	buf_init(&sink, SINK_MAX);
	buf_put(in, bytes, len);
	session_input(side->s, in, 0);
	session_output(side->s, &sink, PAIR_WANT, 0);
	assert_in_range(buf_len(&sink), 0, SESSION_QUEUE_MAX);
	buf_release(&sink);
}

/* The trace of a listener that hears it in pieces of step bytes. */
static uint64_t
play_in_steps(const struct record *r, size_t step)
{
	struct side side;
	struct buf in;
	uint64_t trace;

	side_init(&side, SESSION_LISTENER, 0);
	side.hook = listener_talks;
	buf_init(&in, RECORD_MAX);
	for (size_t at = 0; at < r->len; at += step)
		play(&side, r->bytes + at,
		    r->len - at < step ? r->len - at : step, &in);
	assert_int_equal(side.count[SESSION_ENDED], 1);
	trace = side.trace;
	buf_release(&in);
	side_release(&side);
	return trace;
}

static void
test_steps(void **state)
{
	struct record r;
	uint64_t whole;

	(void)state;
	record_talk(&r);
	assert_in_range(r.len, 400, 2000);
	whole = play_in_steps(&r, r.len);
	for (size_t step = 1; step < 50; step++)
		assert_true(play_in_steps(&r, step) == whole);
}

static void
test_every_split(void **state)
{
	struct record r;
	uint64_t whole;

	(void)state;
	record_talk(&r);
	whole = play_in_steps(&r, r.len);
	for (size_t at = 1; at < r.len; at++) {
		struct side side;
		struct buf in;

		side_init(&side, SESSION_LISTENER, 0);
		side.hook = listener_talks;
		buf_init(&in, RECORD_MAX);
		play(&side, r.bytes, at, &in);
		assert_int_equal(side.count[SESSION_ENDED], 0);
		play(&side, r.bytes + at, r.len - at, &in);
		assert_true(side.trace == whole);
		assert_int_equal(buf_len(&in), 0);
		buf_release(&in);
		side_release(&side);
	}
}

static void
bear_data(struct side *side, const struct session_event *e)
{
	uint32_t id = e->transfer->id;

	session_drained(side->s, id, e->data_len);
	if (session_accept(side->s, id) == 0)
		side_claim(side, id, 1);
}

/* No event that checks content: it may well be wrong now. */
static bool
listener_bears_all(struct side *side, const struct session_event *e)
{
	uint32_t id = e->transfer != NULL ? e->transfer->id : 0;

	if (e->type == SESSION_DATA)
		bear_data(side, e);
	else if (e->type == SESSION_DONE)
		session_result(side->s, id, WHY_HASH);
	else
		return listener_talks(side, e);
	return true;
}

static void
test_every_bit(void **state)
{
	struct record r;
	unsigned ended = 0;

	(void)state;
	record_talk(&r);
	for (size_t bit = 0; bit < r.len * 8; bit++) {
		struct side side;
		struct buf in;

		side_init(&side, SESSION_LISTENER, 0);
		side.hook = listener_bears_all;
		buf_init(&in, RECORD_MAX);
		r.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		play(&side, r.bytes, r.len, &in);
		r.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_in_range(side.count[SESSION_OPEN], 0, 1);
		assert_int_equal(
		    session_is_ended(side.s), side.count[SESSION_ENDED]);
		ended += side.count[SESSION_ENDED];
		buf_release(&in);
		side_release(&side);
	}
	assert_in_range(ended, r.len, r.len * 8);
}

/* The line goes dead anywhere: nothing ends, nothing is made up. */
static void
test_every_cut(void **state)
{
	struct record r;

	(void)state;
	record_talk(&r);
	for (size_t len = 0; len < r.len; len++) {
		struct side side;
		struct buf in;

		side_init(&side, SESSION_LISTENER, 0);
		side.hook = listener_talks;
		buf_init(&in, RECORD_MAX);
		play(&side, r.bytes, len, &in);
		assert_false(session_is_ended(side.s));
		session_tick(side.s, 10 * SESSION_SILENCE_MS);
		session_tick(side.s, session_deadline(side.s));
		side_assert_ended(&side, BYE_TIMEOUT);
		buf_release(&in);
		side_release(&side);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_steps),
	    cmocka_unit_test(test_every_split),
	    cmocka_unit_test(test_every_bit),
	    cmocka_unit_test(test_every_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
