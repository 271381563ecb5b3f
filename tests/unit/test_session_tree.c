/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trees between two sessions that keep to the rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "src/base/err.h"
#include "src/base/util.h"
#include "tests/unit/session_claims.h"
#include "tests/unit/session_pair.h"

enum { ENTRIES = 10, LIST = 3 * PAIR_BLOCK, MORE = 5 * PAIR_BLOCK + 1 };

static bool
hold(struct side *side, const struct session_event *e)
{
	(void)side;
	return e->type == SESSION_OFFER || e->type == SESSION_DATA ||
	       e->type == SESSION_DONE;
}

/* The caller has offered a tree; the listener does nothing by itself. */
static uint32_t
open_tree(struct pair *p, uint32_t list_len, uint64_t more)
{
	uint32_t id;

	pair_open(p);
	p->listener.hook = hold;
	id = side_offer_tree(&p->caller, ENTRIES, list_len, more);
	pair_pump(p);
	return id;
}

static const struct transfer *
out_of(const struct pair *p, uint32_t id)
{
	return session_transfer(p->caller.s, TRANSFER_OUT, id);
}

static const struct transfer *
in_of(const struct pair *p, uint32_t id)
{
	return session_transfer(p->listener.s, TRANSFER_IN, id);
}

/* All that is here, and nothing else. */
static void
drain(struct pair *p, uint32_t id)
{
	const struct transfer *t = in_of(p, id);

	assert_int_equal(
	    session_drained(p->listener.s, id, t->offset - t->stored), 0);
	pair_pump(p);
}

static void
test_sizes(void **state)
{
	static const struct {
		uint32_t entries, list_len;
		uint64_t more;
	} cases[] = {
	    {1, 1, 0},
	    {1, 1, 1},
	    {2, WIRE_DATA_MAX, WIRE_DATA_MAX},
	    {3, WIRE_DATA_MAX + 1, PAIR_BLOCK},
	    {ENTRIES, PAIR_BLOCK, 2 * PAIR_BLOCK},
	    {1000, TRANSFER_WINDOW, TRANSFER_WINDOW},
	    {4000, TRANSFER_WINDOW + 1, 2 * TRANSFER_WINDOW + 12345},
	    {8000, 2 * TRANSFER_WINDOW, 0},
	};
	unsigned claims = 0;
	struct pair p;

	(void)state;
	pair_open(&p);
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint64_t size = cases[i].list_len + cases[i].more;
		uint32_t id = side_offer_tree(&p.caller, cases[i].entries,
		    cases[i].list_len, cases[i].more);
		const struct transfer *out, *in;

		pair_pump(&p);
		out = &p.caller.transfer[SESSION_RESULT];
		in = &p.listener.transfer[SESSION_DONE];
		assert_int_equal(p.caller.count[SESSION_RESULT], i + 1);
		assert_int_equal(out->state, TRANSFER_COMPLETE);
		assert_int_equal(out->offset, size);
		assert_int_equal(out->size, size);
		assert_int_equal(out->claimed, cases[i].entries);
		assert_int_equal(in->offset, size);
		assert_int_equal(in->size, size);
		assert_int_equal(in->claimed, cases[i].entries);
		claims += cases[i].entries > 1 ? 2 : 1;
		assert_int_equal(p.caller.count[SESSION_CLAIMS], claims);
		assert_null(out_of(&p, id));
		assert_null(in_of(&p, id));
	}
	assert_int_equal(p.caller.count[SESSION_CANCEL], 0);
	assert_int_equal(p.caller.count[SESSION_ENDED], 0);
	pair_release(&p);
}

/* The list stays where it is until it is wanted, then block by block goes. */
static void
test_list_waits(void **state)
{
	struct pair p;
	uint32_t id = open_tree(&p, LIST, MORE);
	const struct transfer *t = in_of(&p, id);

	(void)state;
	assert_int_equal(p.listener.count[SESSION_DATA], 0);
	assert_false(session_has_output(p.caller.s));
	assert_int_equal(out_of(&p, id)->fed, LIST);
	assert_int_equal(session_accept(p.listener.s, id), ERR_INVALID);
	assert_int_equal(side_accept_from(&p.listener, id, 1), ERR_INVALID);
	assert_int_equal(side_claim(&p.listener, id, 1), ERR_INVALID);
	assert_int_equal(session_take_list(p.listener.s, id), 0);
	assert_int_equal(session_take_list(p.listener.s, id), ERR_INVALID);
	assert_int_equal(
	    session_take_list(p.listener.s, id + 1), ERR_NOT_FOUND);
	pair_pump(&p);
	assert_int_equal(t->offset, LIST);
	assert_int_equal(p.caller.count[SESSION_WANT], LIST / PAIR_BLOCK);
	assert_int_equal(t->state, TRANSFER_OFFERED);
	assert_int_equal(session_accept(p.listener.s, id), ERR_INVALID);
	drain(&p, id);
	assert_int_equal(p.caller.count[SESSION_ANSWER], 0);
	for (int dir = TRANSFER_OUT; dir <= TRANSFER_IN; dir++)
		assert_int_equal(
		    session_pause(
			dir == TRANSFER_OUT ? p.caller.s : p.listener.s,
			(enum transfer_dir)dir, id, WHY_PERSON, 0),
		    ERR_INVALID);
	assert_int_equal(session_accept(p.listener.s, id), 0);
	assert_int_equal(t->state, TRANSFER_RECEIVING);
	assert_int_equal(side_accept_from(&p.listener, id, 1), ERR_INVALID);
	p.listener.hook = NULL;
	pair_pump(&p);
	assert_int_equal(
	    p.caller.transfer[SESSION_RESULT].state, TRANSFER_COMPLETE);
	pair_release(&p);
}

static void
test_take_list_of_a_file(void **state)
{
	struct pair p;
	uint32_t id;

	(void)state;
	pair_open(&p);
	p.listener.hook = hold;
	id = side_offer(&p.caller, 1);
	pair_pump(&p);
	assert_int_equal(session_take_list(p.listener.s, id), ERR_INVALID);
	assert_int_equal(session_accept(p.listener.s, id), 0);
	assert_int_equal(side_claim(&p.listener, id, 1), ERR_INVALID);
	pair_release(&p);
}

/* A list that is longer than the window needs what every file needs. */
static void
test_credit_for_the_list(void **state)
{
	const uint32_t len = 2 * TRANSFER_WINDOW;
	struct pair p;
	uint32_t id = open_tree(&p, len, 0);
	const struct transfer *t = in_of(&p, id);

	(void)state;
	assert_int_equal(session_take_list(p.listener.s, id), 0);
	pair_pump(&p);
	assert_int_equal(t->offset, TRANSFER_WINDOW);
	assert_int_equal(
	    session_drained(p.listener.s, id, TRANSFER_CREDIT_STEP - 1), 0);
	assert_false(session_has_output(p.listener.s));
	assert_int_equal(session_drained(p.listener.s, id, 1), 0);
	pair_pump(&p);
	assert_int_equal(t->offset, TRANSFER_WINDOW + TRANSFER_CREDIT_STEP);
	assert_int_equal(session_drained(p.listener.s, id, len), ERR_INVALID);
	drain(&p, id);
	assert_int_equal(t->offset, len);
	drain(&p, id);
	assert_int_equal(session_accept(p.listener.s, id), 0);
	pair_pump(&p);
	assert_int_equal(
	    p.caller.transfer[SESSION_ANSWER].state, TRANSFER_SENDING);
	pair_release(&p);
}

/* The stages at which one side ends it. */
enum stage { UNTAKEN, COMING, LISTED, GOING, STAGES };

static uint32_t
open_at(struct pair *p, enum stage stage)
{
	uint32_t id = open_tree(p, 2 * TRANSFER_WINDOW, 2 * TRANSFER_WINDOW);

	if (stage >= COMING)
		assert_int_equal(session_take_list(p->listener.s, id), 0);
	pair_pump(p);
	if (stage >= LISTED) {
		drain(p, id);
		drain(p, id);
		assert_int_equal(in_of(p, id)->stored, 2 * TRANSFER_WINDOW);
	}
	if (stage >= GOING)
		assert_int_equal(session_accept(p->listener.s, id), 0);
	pair_pump(p);
	return id;
}

static void
test_refused(void **state)
{
	(void)state;
	for (int stage = UNTAKEN; stage < STAGES; stage++) {
		bool late = stage == GOING;
		struct pair p;
		uint32_t id = open_at(&p, (enum stage)stage);

		assert_int_equal(session_refuse(p.listener.s, id, WHY_NAME),
		    late ? ERR_INVALID : 0);
		pair_pump(&p);
		assert_int_equal(out_of(&p, id) == NULL, !late);
		if (!late) {
			const struct transfer *t =
			    &p.caller.transfer[SESSION_ANSWER];

			assert_int_equal(t->state, TRANSFER_REFUSED);
			assert_int_equal(t->why, WHY_NAME);
		}
		assert_true(session_is_open(p.caller.s));
		assert_true(session_is_open(p.listener.s));
		pair_release(&p);
	}
}

/* By one side, by the other, by both while neither knows. */
static void
test_cancelled(void **state)
{
	(void)state;
	for (int i = 0; i < STAGES * 3; i++) {
		bool out = i % 3 != 1, in = i % 3 != 0;
		struct pair p;
		uint32_t id = open_at(&p, (enum stage)(i / 3));

		if (out)
			assert_int_equal(session_cancel(p.caller.s,
					     TRANSFER_OUT, id, WHY_GONE),
			    0);
		if (in)
			assert_int_equal(session_cancel(p.listener.s,
					     TRANSFER_IN, id, WHY_PERSON),
			    0);
		pair_pump(&p);
		assert_int_equal(p.caller.count[SESSION_CANCEL], !out);
		assert_int_equal(p.listener.count[SESSION_CANCEL], !in);
		assert_null(out_of(&p, id));
		assert_null(in_of(&p, id));
		assert_true(session_is_open(p.caller.s));
		assert_true(session_is_open(p.listener.s));
		pair_release(&p);
	}
}

/* Claims come in while it is paused, and mean nothing after its end. */
static void
test_claims_any_time(void **state)
{
	struct pair p;
	uint32_t id = open_at(&p, GOING);
	struct side *b = &p.listener;

	(void)state;
	assert_int_equal(side_claim(b, id, 2), 0);
	assert_int_equal(side_claim(b, id, 2), ERR_INVALID);
	assert_int_equal(side_claim(b, id, 1), ERR_INVALID);
	pair_pump(&p);
	assert_int_equal(p.caller.count[SESSION_CLAIMS], 1);
	assert_int_equal(p.caller.transfer[SESSION_CLAIMS].claimed, 2);
	assert_int_equal(
	    session_pause(p.caller.s, TRANSFER_OUT, id, WHY_TURN, 0), 0);
	assert_int_equal(
	    session_pause(b->s, TRANSFER_IN, id, WHY_PERSON, 0), 0);
	pair_pump(&p);
	assert_int_equal(b->transfer[SESSION_PAUSE].pause_why, WHY_TURN);
	assert_int_equal(side_claim(b, id, 5), 0);
	pair_pump(&p);
	assert_int_equal(p.caller.count[SESSION_CLAIMS], 2);
	assert_int_equal(
	    session_cancel(p.caller.s, TRANSFER_OUT, id, WHY_GONE), 0);
	assert_int_equal(side_claim(b, id, ENTRIES), 0);
	pair_pump(&p);
	assert_int_equal(p.caller.count[SESSION_CLAIMS], 2);
	assert_int_equal(b->count[SESSION_CANCEL], 1);
	assert_int_equal(b->transfer[SESSION_CANCEL].why, WHY_GONE);
	assert_int_equal(side_claim(b, id, ENTRIES), ERR_NOT_FOUND);
	assert_true(session_is_open(p.caller.s));
	assert_true(session_is_open(b->s));
	pair_release(&p);
}

static bool
feed_nothing(struct side *side, const struct session_event *e)
{
	(void)side;
	return e->type == SESSION_ANSWER;
}

enum { BATCH = 2 * WIRE_CLAIMS_MAX, BATCHES = 100 };

/* A tree of which as much may be claimed as there is room for. */
static uint32_t
open_large(struct pair *p)
{
	uint32_t id;

	pair_open(p);
	p->listener.hook = hold;
	p->caller.hook = feed_nothing;
	id = side_offer_tree(&p->caller, BATCHES * BATCH, 1, 1);
	pair_pump(p);
	assert_int_equal(session_take_list(p->listener.s, id), 0);
	pair_pump(p);
	drain(p, id);
	assert_int_equal(session_accept(p->listener.s, id), 0);
	pair_pump(p);
	return id;
}

/* Words do not take the room that is kept for claims and other replies. */
static void
test_claims_behind_words(void **state)
{
	static char text[WIRE_TEXT_MAX];
	struct pair p;
	uint32_t id = open_large(&p);
	uint64_t said = 0;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	while (side_say(&p.listener, said + 1, text) == 0)
		said++;
	assert_in_range(said, 10, SESSION_QUEUE_MAX / sizeof(text));
	for (uint32_t i = 1; i <= 4; i++)
		assert_int_equal(side_claim(&p.listener, id, i * BATCH), 0);
	pair_pump(&p);
	assert_int_equal(p.caller.count[SESSION_MESSAGE], said);
	assert_int_equal(p.caller.count[SESSION_CLAIMS], 4);
	assert_int_equal(p.caller.transfer[SESSION_CLAIMS].claimed, 4 * BATCH);
	pair_release(&p);
}

/* A peer that does not listen makes us keep no more than there is room for. */
static void
test_too_many_claims(void **state)
{
	struct pair p;
	uint32_t id = open_large(&p);
	struct side *b = &p.listener;
	uint32_t batches = 0;

	(void)state;
	while (side_claim(b, id, (batches + 1) * BATCH) == 0)
		batches++;
	assert_in_range(batches, 50, BATCHES - 1);
	/* Not inside a call of the owner, but when something is to leave. */
	assert_true(session_is_open(b->s));
	pair_pump(&p);
	assert_int_equal(b->last[SESSION_ENDED].bye, BYE_PROTOCOL);
	assert_true(b->last[SESSION_ENDED].by_us);
	assert_int_equal(p.caller.count[SESSION_CLAIMS], batches);
	assert_int_equal(p.caller.last[SESSION_ENDED].bye, BYE_PROTOCOL);
	assert_false(p.caller.last[SESSION_ENDED].by_us);
	pair_release(&p);
}

/* Lists take turns with everything else, and words go first. */
static void
test_turns(void **state)
{
	struct pair p;
	struct frame f;
	uint32_t tree, file;

	(void)state;
	pair_open(&p);
	tree = side_offer_tree(&p.caller, ENTRIES, 4 * WIRE_DATA_MAX, 0);
	file = side_offer(&p.caller, 4 * WIRE_DATA_MAX);
	pair_carry(&p, &p.caller, &p.listener);
	pair_carry(&p, &p.listener, &p.caller);
	assert_int_equal(side_say(&p.caller, 1, "now"), 0);
	session_output(p.caller.s, &p.caller.wire, 4 * WIRE_DATA_MAX, p.now_ms);
	assert_int_equal(wire_get(&p.caller.wire, WIRE_FRAME_MAX, &f), 0);
	assert_int_equal(f.type, FRAME_MESSAGE);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(
		    wire_get(&p.caller.wire, WIRE_FRAME_MAX, &f), 0);
		assert_int_equal(f.type, FRAME_DATA);
		assert_int_equal(f.data.id, i % 2 == 0 ? tree : file);
	}
	pair_release(&p);
}

/* The owner ends it inside the event, then touches what it was given. */
static bool
cancel_inside(struct side *side, const struct session_event *e)
{
	const enum session_event_type *when = side->arg;
	enum transfer_dir dir;
	uint32_t id;

	if (e->type != *when)
		return false;
	dir = e->transfer->dir;
	id = e->transfer->id;
	assert_int_equal(session_cancel(side->s, dir, id, WHY_PERSON), 0);
	assert_null(session_transfer(side->s, dir, id));
	assert_int_equal(e->transfer->id, id);
	if (e->type == SESSION_CLAIMS)
		assert_claims(e);
	return true;
}

static void
test_acting_inside_events(void **state)
{
	static const enum session_event_type types[] = {
	    SESSION_CLAIMS, SESSION_WANT, SESSION_DATA};

	(void)state;
	for (size_t i = 0; i < COUNT(types); i++) {
		enum session_event_type when = types[i];
		struct pair p;

		pair_open(&p);
		p.caller.hook = p.listener.hook = cancel_inside;
		p.caller.arg = p.listener.arg = &when;
		side_offer_tree(&p.caller, ENTRIES, LIST, MORE);
		side_offer_tree(&p.caller, ENTRIES, LIST, MORE);
		pair_pump(&p);
		assert_true(session_is_open(p.caller.s));
		assert_true(session_is_open(p.listener.s));
		assert_null(out_of(&p, 1));
		assert_null(out_of(&p, 2));
		assert_null(in_of(&p, 1));
		assert_null(in_of(&p, 2));
		pair_release(&p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sizes),
	    cmocka_unit_test(test_list_waits),
	    cmocka_unit_test(test_take_list_of_a_file),
	    cmocka_unit_test(test_credit_for_the_list),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_cancelled),
	    cmocka_unit_test(test_claims_any_time),
	    cmocka_unit_test(test_claims_behind_words),
	    cmocka_unit_test(test_too_many_claims),
	    cmocka_unit_test(test_turns),
	    cmocka_unit_test(test_acting_inside_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
