/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of which some is there already, between two honest sessions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "src/base/err.h"
#include "src/base/util.h"
#include "tests/unit/session_pair.h"

enum { SIZE = 3 * PAIR_BLOCK, HERE = PAIR_BLOCK + 1 };

/* What the receiver of a file has, and how much came of it. */
struct part {
	uint64_t here;
	bool spoiled; /* other bytes than those of the file */
	uint64_t came;
};

static bool
has_a_part(struct side *side, const struct session_event *e)
{
	struct part *part = side->arg;
	uint8_t hash[WIRE_HASH_LEN];

	if (e->type == SESSION_DATA)
		part->came += e->data_len;
	if (e->type != SESSION_OFFER)
		return false;
	pair_proof(e->transfer->id, part->here, hash);
	hash[WIRE_HASH_LEN - 1] ^= part->spoiled;
	assert_int_equal(
	    session_accept_from(side->s, e->transfer->id, part->here, hash), 0);
	return true;
}

static void
send_rest(uint64_t size, uint64_t here, bool spoiled)
{
	struct part part = {here, spoiled, 0};
	uint64_t from = spoiled ? 0 : here;
	const struct transfer *begun;
	struct pair p;

	pair_open(&p);
	p.listener.hook = has_a_part;
	p.listener.arg = &part;
	side_offer(&p.caller, size);
	pair_pump(&p);
	begun = &p.listener.transfer[SESSION_BEGIN];
	assert_int_equal(p.listener.count[SESSION_BEGIN], 1);
	assert_int_equal(begun->state, TRANSFER_RECEIVING);
	assert_int_equal(begun->offset, from);
	assert_int_equal(begun->stored, from);
	assert_int_equal(part.came, size - from);
	assert_int_equal(p.listener.transfer[SESSION_DONE].offset, size);
	assert_int_equal(p.caller.count[SESSION_RESULT], 1);
	assert_int_equal(
	    p.caller.transfer[SESSION_RESULT].state, TRANSFER_COMPLETE);
	assert_int_equal(p.caller.count[SESSION_CANCEL], 0);
	assert_int_equal(p.listener.count[SESSION_CANCEL], 0);
	pair_release(&p);
}

static void
test_sizes(void **state)
{
	static const struct {
		uint64_t size, here;
	} cases[] = {
	    {1, 1},
	    {100, 1},
	    {100, 99},
	    {100, 100},
	    {SIZE, HERE},
	    {SIZE, WIRE_DATA_MAX},
	    {2 * TRANSFER_WINDOW + 1, TRANSFER_WINDOW - 1},
	    {2 * TRANSFER_WINDOW + 1, TRANSFER_WINDOW},
	    {2 * TRANSFER_WINDOW + 1, TRANSFER_WINDOW + 1},
	    {2 * TRANSFER_WINDOW + 1, 2 * TRANSFER_WINDOW},
	    {2 * TRANSFER_WINDOW + 1, 2 * TRANSFER_WINDOW + 1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		send_rest(cases[i].size, cases[i].here, false);
		send_rest(cases[i].size, cases[i].here, true);
	}
}

/* The owners do everything themselves. */
static bool
stand_still(struct side *side, const struct session_event *e)
{
	(void)side;
	return e->transfer != NULL;
}

/* Offered, and heard. */
static void
open_offered(struct pair *p, uint64_t size)
{
	pair_open(p);
	p->caller.hook = stand_still;
	p->listener.hook = stand_still;
	side_offer(&p->caller, size);
	pair_pump(p);
	assert_int_equal(p->listener.count[SESSION_OFFER], 1);
}

/* Answered with a part, and heard. */
static void
open_proving(struct pair *p)
{
	open_offered(p, SIZE);
	assert_int_equal(side_accept_from(&p->listener, 1, HERE), 0);
	pair_pump(p);
	assert_int_equal(p->caller.count[SESSION_ANSWER], 1);
}

static struct frame
take_frame(struct side *side, uint8_t type)
{
	struct frame f;

	session_output(side->s, &side->wire, 0, 0);
	assert_int_equal(wire_get(&side->wire, WIRE_FRAME_MAX, &f), 0);
	assert_int_equal(f.type, type);
	return f;
}

static void
test_frames(void **state)
{
	uint8_t proof[WIRE_HASH_LEN];
	struct frame f;
	struct pair p;

	(void)state;
	pair_proof(1, HERE, proof);
	open_offered(&p, SIZE);
	assert_int_equal(side_accept_from(&p.listener, 1, HERE), 0);
	f = take_frame(&p.listener, FRAME_ANSWER);
	assert_int_equal(f.answer.id, 1);
	assert_int_equal(f.answer.accepted, 1);
	assert_int_equal(f.answer.why, WHY_NONE);
	assert_int_equal(f.answer.offset, HERE);
	assert_memory_equal(f.answer.hash, proof, WIRE_HASH_LEN);
	/* No credit yet. */
	assert_int_equal(buf_len(&p.listener.wire), 0);
	assert_int_equal(session_drained(p.listener.s, 1, 0), 0);
	assert_int_equal(session_drained(p.listener.s, 1, 1), ERR_INVALID);
	assert_false(session_has_output(p.listener.s));

	side_receive(&p.caller, &f);
	assert_int_equal(
	    p.caller.transfer[SESSION_ANSWER].state, TRANSFER_PROVING);
	assert_int_equal(p.caller.transfer[SESSION_ANSWER].offset, HERE);
	assert_memory_equal(
	    p.caller.transfer[SESSION_ANSWER].proof, proof, WIRE_HASH_LEN);
	assert_false(session_has_output(p.caller.s));
	assert_int_equal(side_begin(&p.caller, 1, true), 0);
	f = take_frame(&p.caller, FRAME_BEGIN);
	assert_int_equal(f.begin.id, 1);
	assert_int_equal(f.begin.offset, HERE);
	assert_false(session_has_output(p.caller.s));

	side_receive(&p.listener, &f);
	assert_int_equal(p.listener.count[SESSION_BEGIN], 1);
	f = take_frame(&p.listener, FRAME_CREDIT);
	assert_int_equal(f.credit.id, 1);
	assert_int_equal(f.credit.limit, SIZE);
	side_receive(&p.caller, &f);
	session_output(p.caller.s, &p.caller.wire, 1, 0);
	f = take_frame(&p.caller, FRAME_DATA);
	assert_int_equal(f.data.offset, HERE);
	pair_release(&p);
}

/* Without an offset it is what it always was: CREDIT at once, no BEGIN. */
static void
test_from_the_start(void **state)
{
	static const uint8_t no_hash[WIRE_HASH_LEN];
	struct frame f;
	struct pair p;

	(void)state;
	open_offered(&p, SIZE);
	assert_int_equal(session_accept(p.listener.s, 1), 0);
	f = take_frame(&p.listener, FRAME_ANSWER);
	assert_int_equal(f.answer.offset, 0);
	assert_memory_equal(f.answer.hash, no_hash, WIRE_HASH_LEN);
	side_receive(&p.caller, &f);
	f = take_frame(&p.listener, FRAME_CREDIT);
	assert_int_equal(f.credit.limit, SIZE);
	assert_int_equal(
	    p.caller.transfer[SESSION_ANSWER].state, TRANSFER_SENDING);
	assert_int_equal(session_begin(p.caller.s, 1, true), ERR_INVALID);
	assert_int_equal(session_begin(p.caller.s, 1, false), ERR_INVALID);
	assert_false(session_has_output(p.caller.s));
	pair_release(&p);
}

static void
test_wrong_calls(void **state)
{
	static const uint64_t offsets[] = {
	    0, SIZE + 1, (uint64_t)1 << 63, UINT64_MAX};
	struct pair p;

	(void)state;
	open_offered(&p, SIZE);
	for (size_t i = 0; i < COUNT(offsets); i++)
		assert_int_equal(
		    side_accept_from(&p.listener, 1, offsets[i]), ERR_INVALID);
	assert_int_equal(side_accept_from(&p.listener, 2, 1), ERR_NOT_FOUND);
	assert_int_equal(session_begin(p.caller.s, 1, true), ERR_INVALID);
	assert_int_equal(session_begin(p.caller.s, 2, true), ERR_NOT_FOUND);
	assert_int_equal(session_begin(p.listener.s, 1, true), ERR_NOT_FOUND);
	assert_false(session_has_output(p.caller.s));
	assert_false(session_has_output(p.listener.s));

	assert_int_equal(side_accept_from(&p.listener, 1, SIZE), 0);
	assert_int_equal(side_accept_from(&p.listener, 1, SIZE), ERR_INVALID);
	assert_int_equal(session_accept(p.listener.s, 1), ERR_INVALID);
	assert_int_equal(
	    session_refuse(p.listener.s, 1, WHY_PERSON), ERR_INVALID);
	assert_int_equal(
	    session_result(p.listener.s, 1, WHY_NONE), ERR_INVALID);
	pair_pump(&p);
	assert_int_equal(side_feed(&p.caller, 1), ERR_INVALID);
	assert_int_equal(session_begin(p.caller.s, 1, true), 0);
	assert_int_equal(session_begin(p.caller.s, 1, true), ERR_INVALID);
	pair_release(&p);
}

static void
test_begin_twice(void **state)
{
	static const uint64_t offsets[] = {0, HERE};

	(void)state;
	for (size_t i = 0; i < COUNT(offsets); i++) {
		struct frame f = {
		    .type = FRAME_BEGIN, .begin = {1, offsets[i]}};
		struct pair p;

		open_proving(&p);
		side_receive(&p.listener, &f);
		assert_int_equal(p.listener.count[SESSION_BEGIN], 1);
		side_receive(&p.listener, &f);
		assert_int_equal(p.listener.count[SESSION_BEGIN], 1);
		assert_int_equal(p.listener.count[SESSION_CANCEL], 1);
		assert_int_equal(
		    p.listener.transfer[SESSION_CANCEL].why, WHY_PROTOCOL);
		assert_true(session_is_open(p.listener.s));
		pair_release(&p);
	}
}

/* It was received in another session: nothing is to be sent. */
static void
test_had_already(void **state)
{
	const struct transfer *t;
	struct pair p;

	(void)state;
	open_offered(&p, SIZE);
	assert_int_equal(session_refuse(p.listener.s, 1, WHY_HAVE), 0);
	pair_pump(&p);
	t = &p.caller.transfer[SESSION_ANSWER];
	assert_int_equal(t->state, TRANSFER_REFUSED);
	assert_int_equal(t->why, WHY_HAVE);
	assert_null(session_transfer(p.caller.s, TRANSFER_OUT, 1));
	pair_release(&p);
}

/* Either side gives up while the other compares, or both do at once. */
static void
test_cancel_while_proving(void **state)
{
	(void)state;
	for (int who = 1; who <= 3; who++) {
		bool out = (who & 1) != 0, in = (who & 2) != 0;
		struct pair p;

		open_proving(&p);
		if (out)
			assert_int_equal(session_cancel(p.caller.s,
					     TRANSFER_OUT, 1, WHY_CHANGED),
			    0);
		if (in)
			assert_int_equal(session_cancel(p.listener.s,
					     TRANSFER_IN, 1, WHY_IO),
			    0);
		pair_pump(&p);
		assert_int_equal(p.caller.count[SESSION_CANCEL], !out);
		assert_int_equal(p.listener.count[SESSION_CANCEL], !in);
		assert_null(session_transfer(p.caller.s, TRANSFER_OUT, 1));
		assert_null(session_transfer(p.listener.s, TRANSFER_IN, 1));
		assert_int_equal(
		    session_begin(p.caller.s, 1, true), ERR_NOT_FOUND);
		assert_false(session_has_output(p.caller.s));
		pair_release(&p);
	}
}

/* BEGIN is on its way when the receiver ends it: it means nothing then. */
static void
test_begin_crosses_the_end(void **state)
{
	(void)state;
	for (int fails = 0; fails < 2; fails++) {
		struct pair p;
		int r;

		open_proving(&p);
		assert_int_equal(side_begin(&p.caller, 1, true), 0);
		r = fails
			? session_result(p.listener.s, 1, WHY_IO)
			: session_cancel(p.listener.s, TRANSFER_IN, 1, WHY_IO);
		assert_int_equal(r, 0);
		pair_pump(&p);
		assert_int_equal(p.listener.count[SESSION_BEGIN], 0);
		assert_int_equal(p.caller.count[SESSION_RESULT], fails);
		assert_int_equal(p.caller.count[SESSION_CANCEL], !fails);
		assert_true(session_is_open(p.caller.s));
		assert_true(session_is_open(p.listener.s));
		pair_release(&p);
	}
}

enum deed { CANCELS, FAILS, LEAVES, DEEDS };

/* Ends it, or everything, from inside the event that was waited for. */
static bool
act_inside(struct side *side, const struct session_event *e)
{
	if (e->type == SESSION_OFFER)
		side_accept_from(side, 1, HERE);
	if (e->type != SESSION_BEGIN)
		return e->transfer != NULL;
	switch (*(const enum deed *)side->arg) {
	case CANCELS:
		session_cancel(side->s, TRANSFER_IN, 1, WHY_PERSON);
		break;
	case FAILS:
		session_result(side->s, 1, WHY_IO);
		break;
	default:
		session_bye(side->s, BYE_QUIT);
		break;
	}
	assert_int_equal(e->transfer->id, 1);
	return true;
}

static void
test_acting_inside_begin(void **state)
{
	static const uint8_t last_words[DEEDS] = {
	    FRAME_CANCEL, FRAME_RESULT, FRAME_BYE};

	(void)state;
	for (int deed = 0; deed < DEEDS; deed++) {
		enum deed arg = (enum deed)deed;
		struct pair p;

		pair_open(&p);
		p.listener.hook = act_inside;
		p.listener.arg = &arg;
		side_offer(&p.caller, SIZE);
		pair_carry(&p, &p.caller, &p.listener);
		pair_carry(&p, &p.listener, &p.caller);
		pair_carry(&p, &p.caller, &p.listener);
		assert_int_equal(p.listener.count[SESSION_BEGIN], 1);
		/* Its end is all there is to say: no CREDIT. */
		(void)take_frame(&p.listener, last_words[deed]);
		assert_int_equal(buf_len(&p.listener.wire), 0);
		pair_release(&p);
	}
}

/* Begun and fed from inside the answer; old and new files side by side. */
static bool
has_some_parts(struct side *side, const struct session_event *e)
{
	if (e->type != SESSION_OFFER || e->transfer->id % 3 == 0)
		return false;
	assert_int_equal(
	    side_accept_from(side, e->transfer->id, e->transfer->size / 2), 0);
	return true;
}

static void
test_many(void **state)
{
	enum { FILES = 30 };
	struct pair p;

	(void)state;
	pair_open(&p);
	p.caller.hook = p.listener.hook = has_some_parts;
	for (unsigned i = 1; i <= FILES; i++) {
		side_offer(&p.caller, 10 * 1000 * i);
		side_offer(&p.listener, 7 * 1000 * i);
		side_say(&p.caller, i, "x");
	}
	pair_pump(&p);
	assert_int_equal(p.caller.count[SESSION_RESULT], FILES);
	assert_int_equal(p.listener.count[SESSION_RESULT], FILES);
	assert_int_equal(p.caller.count[SESSION_BEGIN], FILES / 3 * 2);
	assert_int_equal(p.listener.count[SESSION_BEGIN], FILES / 3 * 2);
	assert_int_equal(p.caller.count[SESSION_CANCEL], 0);
	assert_int_equal(p.listener.count[SESSION_CANCEL], 0);
	pair_release(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sizes),
	    cmocka_unit_test(test_frames),
	    cmocka_unit_test(test_from_the_start),
	    cmocka_unit_test(test_wrong_calls),
	    cmocka_unit_test(test_begin_twice),
	    cmocka_unit_test(test_had_already),
	    cmocka_unit_test(test_cancel_while_proving),
	    cmocka_unit_test(test_begin_crosses_the_end),
	    cmocka_unit_test(test_acting_inside_begin),
	    cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
