/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files between two sessions that keep to the rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "src/base/err.h"
#include "src/base/util.h"
#include "tests/unit/session_pair.h"

static void
test_sizes(void **state)
{
	static const uint64_t sizes[] = {0, 1, WIRE_DATA_MAX - 1, WIRE_DATA_MAX,
	    WIRE_DATA_MAX + 1, PAIR_BLOCK, PAIR_BLOCK + 1, TRANSFER_WINDOW - 1,
	    TRANSFER_WINDOW, TRANSFER_WINDOW + 1, 2 * TRANSFER_WINDOW + 12345};
	struct pair p;

	(void)state;
	pair_open(&p);
	for (size_t i = 0; i < COUNT(sizes); i++) {
		uint32_t id = side_offer(&p.caller, sizes[i]);
		const struct transfer *out, *in;

		assert_int_equal(id, i + 1);
		pair_pump(&p);
		out = &p.caller.transfer[SESSION_RESULT];
		in = &p.listener.transfer[SESSION_DONE];
		assert_int_equal(p.caller.count[SESSION_RESULT], i + 1);
		assert_int_equal(out->state, TRANSFER_COMPLETE);
		assert_int_equal(out->offset, sizes[i]);
		assert_int_equal(in->offset, sizes[i]);
		assert_null(session_transfer(p.caller.s, TRANSFER_OUT, id));
		assert_null(session_transfer(p.listener.s, TRANSFER_IN, id));
	}
	assert_int_equal(p.caller.count[SESSION_CANCEL], 0);
	pair_release(&p);
}

/* Accepts, and neither drains nor verifies by itself. */
static bool
never_drain(struct side *side, const struct session_event *e)
{
	(void)side;
	return e->type == SESSION_DATA || e->type == SESSION_DONE;
}

static void
test_credit(void **state)
{
	const uint64_t size = 3 * TRANSFER_WINDOW;
	const struct transfer *t;
	struct pair p;
	uint32_t id;

	(void)state;
	pair_open(&p);
	p.listener.hook = never_drain;
	id = side_offer(&p.caller, size);
	pair_pump(&p);
	t = session_transfer(p.listener.s, TRANSFER_IN, id);
	assert_int_equal(t->offset, TRANSFER_WINDOW);
	assert_false(session_has_output(p.caller.s));
	assert_int_equal(
	    session_drained(p.listener.s, id, TRANSFER_CREDIT_STEP - 1), 0);
	assert_false(session_has_output(p.listener.s));
	assert_int_equal(session_drained(p.listener.s, id, 1), 0);
	assert_true(session_has_output(p.listener.s));
	pair_pump(&p);
	assert_int_equal(t->offset, TRANSFER_WINDOW + TRANSFER_CREDIT_STEP);
	assert_int_equal(session_drained(p.listener.s, id, size), ERR_INVALID);
	while (t->stored < size) {
		assert_int_equal(
		    session_drained(p.listener.s, id, t->offset - t->stored),
		    0);
		pair_pump(&p);
		assert_in_range(t->offset - t->stored, 0, TRANSFER_WINDOW);
	}
	assert_int_equal(t->state, TRANSFER_VERIFYING);
	assert_int_equal(session_result(p.listener.s, id, WHY_HASH), 0);
	pair_pump(&p);
	assert_int_equal(p.caller.transfer[SESSION_RESULT].why, WHY_HASH);
	pair_release(&p);
}

static void
assert_answers(struct side *side, enum wire_why why)
{
	struct frame f;

	session_output(side->s, &side->wire, 0, 0);
	assert_int_equal(wire_get(&side->wire, WIRE_FRAME_MAX, &f), 0);
	assert_int_equal(f.type, FRAME_ANSWER);
	assert_int_equal(f.answer.accepted, why == WHY_NONE);
	assert_int_equal(f.answer.why, why);
}

static void
test_claims(void **state)
{
	static const struct {
		uint64_t size;
		enum wire_why why;
	} cases[] = {
	    {(uint64_t)5 << 30, WHY_NONE},
	    {INT64_MAX, WHY_NONE},
	    {(uint64_t)INT64_MAX + 1, WHY_TOO_BIG},
	    {UINT64_MAX, WHY_TOO_BIG},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		bool taken = cases[i].why == WHY_NONE;
		struct frame f = pair_frame(FRAME_OFFER);
		const struct transfer *t;
		struct pair p;
		uint32_t id;

		pair_open(&p);
		f.offer.size = cases[i].size;
		assert_int_equal(session_offer(p.caller.s, &f.offer, &id),
		    taken ? 0 : ERR_INVALID);
		side_receive(&p.listener, &f);
		assert_int_equal(p.listener.count[SESSION_OFFER], taken);
		assert_answers(&p.listener, cases[i].why);
		t = session_transfer(p.listener.s, TRANSFER_IN, 1);
		if (taken)
			assert_int_equal(t->limit, TRANSFER_WINDOW);
		else
			assert_null(t);
		/* The number is taken, whatever the answer was. */
		f.offer.token++;
		side_receive(&p.listener, &f);
		side_assert_ended(&p.listener, BYE_PROTOCOL);
		pair_release(&p);
	}
}

static bool
hold_offers(struct side *side, const struct session_event *e)
{
	(void)side;
	return e->type == SESSION_OFFER;
}

static void
test_open_max(void **state)
{
	struct frame f = pair_frame(FRAME_OFFER);
	struct side *b;
	struct pair p;
	uint32_t id;

	(void)state;
	pair_open(&p);
	b = &p.listener;
	b->hook = hold_offers;
	for (uint32_t i = 1; i <= TRANSFER_OPEN_MAX; i++)
		assert_int_equal(side_offer(&p.caller, 1), i);
	f.offer.token = p.caller.last_token + 1;
	assert_int_equal(session_offer(p.caller.s, &f.offer, &id), ERR_FULL);
	pair_pump(&p);
	assert_int_equal(b->count[SESSION_OFFER], TRANSFER_OPEN_MAX);

	f.offer.id = TRANSFER_OPEN_MAX + 1;
	side_receive(b, &f);
	assert_int_equal(b->count[SESSION_OFFER], TRANSFER_OPEN_MAX);
	assert_answers(b, WHY_TOO_MANY);

	assert_int_equal(session_refuse(b->s, 3, WHY_PERSON), 0);
	assert_int_equal(session_refuse(b->s, 3, WHY_PERSON), ERR_NOT_FOUND);
	pair_pump(&p);
	assert_int_equal(p.caller.transfer[SESSION_ANSWER].id, 3);
	assert_int_equal(
	    p.caller.transfer[SESSION_ANSWER].state, TRANSFER_REFUSED);
	f.offer.id = TRANSFER_OPEN_MAX + 2;
	side_receive(b, &f);
	assert_int_equal(b->count[SESSION_OFFER], TRANSFER_OPEN_MAX + 1);
	assert_int_equal(side_offer(&p.caller, 1), TRANSFER_OPEN_MAX + 1);
	pair_release(&p);
}

static bool
talk_in_want(struct side *side, const struct session_event *e)
{
	if (e->type == SESSION_WANT)
		side_say(side, side->count[SESSION_WANT], "used up");
	return false;
}

/* The caller may send a file of ten blocks, two of which are fed. */
static void
open_sending(struct pair *p)
{
	pair_open(p);
	side_offer(&p->caller, 10 * PAIR_BLOCK);
	pair_carry(p, &p->caller, &p->listener);
	pair_carry(p, &p->listener, &p->caller);
}

static void
assert_leaves(struct side *side, const uint8_t *types, size_t count)
{
	struct frame f;

	for (size_t i = 0; i < count; i++) {
		assert_int_equal(wire_get(&side->wire, WIRE_FRAME_MAX, &f), 0);
		assert_int_equal(f.type, types[i]);
	}
}

/* Whatever is said while a file moves leaves before its next piece. */
static void
test_messages_overtake(void **state)
{
	static const uint8_t outside[] = {FRAME_DATA, FRAME_MESSAGE, FRAME_DATA,
	    FRAME_MESSAGE, FRAME_DATA, FRAME_MESSAGE};
	static const uint8_t inside[] = {FRAME_DATA, FRAME_DATA, FRAME_MESSAGE,
	    FRAME_DATA, FRAME_DATA, FRAME_MESSAGE};
	struct side *a;
	struct pair p;

	(void)state;
	open_sending(&p);
	a = &p.caller;
	for (uint64_t seq = 1; seq <= 3; seq++) {
		session_output(a->s, &a->wire, buf_len(&a->wire) + 100, 0);
		side_say(a, seq, "now");
	}
	session_output(a->s, &a->wire, 0, 0);
	assert_leaves(a, outside, COUNT(outside));
	assert_int_equal(buf_len(&a->wire), 0);
	pair_release(&p);

	open_sending(&p);
	a->hook = talk_in_want;
	session_output(a->s, &a->wire, 8 * WIRE_DATA_MAX, 0);
	assert_leaves(a, inside, COUNT(inside));
	pair_release(&p);
}

/* Each DATA frame belongs to another transfer than the one before. */
static void
test_round_robin(void **state)
{
	uint32_t next = 1;
	struct frame f;
	struct side *a;
	struct pair p;

	(void)state;
	pair_open(&p);
	a = &p.caller;
	for (int i = 0; i < 4; i++)
		side_offer(a, PAIR_BLOCK * 2);
	pair_carry(&p, a, &p.listener);
	pair_carry(&p, &p.listener, a);
	session_output(a->s, &a->wire, 8 * WIRE_DATA_MAX, 0);
	for (int i = 0; i < 8; i++) {
		assert_int_equal(wire_get(&a->wire, WIRE_FRAME_MAX, &f), 0);
		assert_int_equal(f.type, FRAME_DATA);
		assert_int_equal(f.data.id, next);
		next = next % 4 + 1;
	}
	pair_release(&p);
}

static bool
in_order(struct side *side, const struct session_event *e)
{
	char text[32];

	if (e->type != SESSION_MESSAGE)
		return false;
	snprintf(
	    text, sizeof(text), "message %u", side->count[SESSION_MESSAGE]);
	assert_int_equal(e->message->text_len, strlen(text));
	assert_memory_equal(e->message->text, text, strlen(text));
	assert_int_equal(
	    session_ack(side->s, e->message->epoch, e->message->seq), 0);
	return true;
}

static void
test_everything_at_once(void **state)
{
	enum { MESSAGES = 1000 };
	struct pair p;
	struct side *sides[2];

	(void)state;
	pair_open(&p);
	sides[0] = &p.caller;
	sides[1] = &p.listener;
	for (int i = 0; i < 2; i++) {
		sides[i]->hook = in_order;
		side_offer(sides[i], 0);
		side_offer(sides[i], 3 * 1000 * 1000 + 1);
	}
	for (unsigned n = 1; n <= MESSAGES; n++) {
		char text[32];

		snprintf(text, sizeof(text), "message %u", n);
		assert_int_equal(side_say(sides[0], n, text), 0);
		assert_int_equal(side_say(sides[1], n, text), 0);
		if (n % 3 == 0)
			pair_carry(&p, sides[n % 2], sides[1 - n % 2]);
		if (n % 50 == 0)
			pair_pump(&p);
	}
	pair_pump(&p);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(sides[i]->count[SESSION_MESSAGE], MESSAGES);
		assert_int_equal(sides[i]->last[SESSION_ACK].seq, MESSAGES);
		assert_int_equal(sides[i]->count[SESSION_RESULT], 2);
		assert_int_equal(sides[i]->count[SESSION_DONE], 2);
		assert_int_equal(sides[i]->count[SESSION_CANCEL], 0);
		assert_int_equal(sides[i]->count[SESSION_ENDED], 0);
	}
	pair_release(&p);
}

static void
test_cancels_cross(void **state)
{
	struct pair p;
	uint32_t id;

	(void)state;
	pair_open(&p);
	p.listener.hook = never_drain;
	id = side_offer(&p.caller, 2 * TRANSFER_WINDOW);
	pair_pump(&p);
	assert_int_equal(
	    session_cancel(p.caller.s, TRANSFER_OUT, id, WHY_CHANGED), 0);
	assert_int_equal(
	    session_cancel(p.listener.s, TRANSFER_IN, id, WHY_PERSON), 0);
	assert_null(session_transfer(p.caller.s, TRANSFER_OUT, id));
	assert_null(session_transfer(p.listener.s, TRANSFER_IN, id));
	pair_pump(&p);
	assert_int_equal(p.caller.count[SESSION_CANCEL], 0);
	assert_int_equal(p.listener.count[SESSION_CANCEL], 0);
	assert_true(session_is_open(p.caller.s));
	assert_true(session_is_open(p.listener.s));
	/* The same number, offered the other way, is another transfer. */
	p.listener.hook = NULL;
	assert_int_equal(side_offer(&p.listener, 10), id);
	pair_pump(&p);
	assert_int_equal(p.listener.count[SESSION_RESULT], 1);
	pair_release(&p);
}

static bool
never_verify(struct side *side, const struct session_event *e)
{
	(void)side;
	return e->type == SESSION_DONE;
}

/* The receiver is done when the sender's cancel is still on its way. */
static void
test_cancel_after_complete(void **state)
{
	struct pair p;
	uint32_t id;

	(void)state;
	pair_open(&p);
	p.listener.hook = never_verify;
	id = side_offer(&p.caller, 10);
	pair_pump(&p);
	assert_int_equal(session_result(p.listener.s, id, WHY_NONE), 0);
	assert_int_equal(
	    session_cancel(p.caller.s, TRANSFER_OUT, id, WHY_PERSON), 0);
	pair_pump(&p);
	assert_int_equal(p.listener.count[SESSION_CANCEL], 0);
	assert_int_equal(p.caller.count[SESSION_RESULT], 0);
	assert_int_equal(
	    session_cancel(p.listener.s, TRANSFER_IN, id, WHY_PERSON),
	    ERR_NOT_FOUND);
	assert_true(session_is_open(p.caller.s));
	assert_true(session_is_open(p.listener.s));
	pair_release(&p);
}

static bool
disk_is_full(struct side *side, const struct session_event *e)
{
	if (e->type == SESSION_DATA)
		assert_int_equal(
		    session_result(side->s, e->transfer->id, WHY_DISK_FULL), 0);
	return e->type == SESSION_DATA;
}

static void
test_receiver_fails(void **state)
{
	struct pair p;

	(void)state;
	pair_open(&p);
	p.listener.hook = disk_is_full;
	side_offer(&p.caller, 1000 * 1000);
	pair_pump(&p);
	assert_int_equal(p.listener.count[SESSION_DATA], 1);
	assert_int_equal(p.caller.count[SESSION_RESULT], 1);
	assert_int_equal(
	    p.caller.transfer[SESSION_RESULT].state, TRANSFER_FAILED);
	assert_int_equal(p.caller.transfer[SESSION_RESULT].why, WHY_DISK_FULL);
	pair_release(&p);
}

struct plan {
	enum session_event_type when;
	bool end_all; /* the session, not one transfer */
};

/* Cancels or leaves from inside the event, then touches what it was given. */
static bool
act_inside(struct side *side, const struct session_event *e)
{
	const struct plan *plan = side->arg;
	enum transfer_dir dir;
	uint32_t id;

	if (e->type != plan->when)
		return false;
	dir = e->transfer->dir;
	id = e->transfer->id;
	if (plan->end_all)
		session_bye(side->s, BYE_QUIT);
	else
		session_cancel(side->s, dir, id, WHY_PERSON);
	assert_null(session_transfer(side->s, dir, id));
	assert_int_equal(e->transfer->id, id);
	if (e->type == SESSION_DATA)
		assert_int_equal(e->data[e->data_len - 1],
		    pair_byte(id, e->transfer->offset - 1));
	return true;
}

static void
test_acting_inside_events(void **state)
{
	static const enum session_event_type types[] = {SESSION_OFFER,
	    SESSION_ANSWER, SESSION_WANT, SESSION_DATA, SESSION_DONE,
	    SESSION_RESULT};

	(void)state;
	for (size_t i = 0; i < COUNT(types) * 2; i++) {
		struct plan plan = {types[i / 2], i % 2 != 0};
		struct pair p;
		bool ended;

		pair_open(&p);
		p.caller.hook = p.listener.hook = act_inside;
		p.caller.arg = p.listener.arg = &plan;
		side_offer(&p.caller, 400 * 1000);
		side_offer(&p.caller, 400 * 1000);
		pair_pump(&p);
		ended = session_is_ended(p.caller.s);
		assert_int_equal(ended, plan.end_all);
		assert_int_equal(session_is_ended(p.listener.s), ended);
		assert_false(session_has_output(p.caller.s));
		assert_false(session_has_output(p.listener.s));
		pair_release(&p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sizes),
	    cmocka_unit_test(test_credit),
	    cmocka_unit_test(test_claims),
	    cmocka_unit_test(test_open_max),
	    cmocka_unit_test(test_messages_overtake),
	    cmocka_unit_test(test_round_robin),
	    cmocka_unit_test(test_everything_at_once),
	    cmocka_unit_test(test_cancels_cross),
	    cmocka_unit_test(test_cancel_after_complete),
	    cmocka_unit_test(test_receiver_fails),
	    cmocka_unit_test(test_acting_inside_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
