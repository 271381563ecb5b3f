/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The comparison of keys between two sessions, and against a bad one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "src/base/err.h"
#include "src/base/util.h"
#include "tests/unit/session_pair.h"

enum { FRAMES_MAX = 3 };

static struct side_trust
trust_of(enum session_role role, bool verified)
{
	struct side_trust trust = {.verified = verified};

	memset(&trust.binding, 0x77, sizeof(trust.binding));
	memset(
	    trust.nonce, role == SESSION_CALLER ? 1 : 2, sizeof(trust.nonce));
	return trust;
}

static void
pair_init_trust(struct pair *p, bool caller_has, bool listener_has)
{
	const struct side_trust caller = trust_of(SESSION_CALLER, caller_has);
	const struct side_trust listener =
	    trust_of(SESSION_LISTENER, listener_has);

	p->now_ms = 1000;
	side_init_trust(&p->caller, SESSION_CALLER, p->now_ms, &caller);
	side_init_trust(&p->listener, SESSION_LISTENER, p->now_ms, &listener);
}

static enum pairing_state
state_of(const struct side *side)
{
	return session_pairing(side->s)->state;
}

/* Unless both have compared before, both see the same digits. */
static void
test_when(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		bool caller_has = i % 2 != 0, listener_has = i / 2 != 0;
		unsigned once = i == 3 ? 0 : 1;
		struct pair p;

		pair_init_trust(&p, caller_has, listener_has);
		assert_int_equal(session_agree(p.caller.s), ERR_INVALID);
		pair_pump(&p);
		assert_true(session_is_open(p.caller.s));
		assert_true(session_is_open(p.listener.s));
		assert_int_equal(p.caller.count[SESSION_DIGITS], once);
		assert_int_equal(p.listener.count[SESSION_DIGITS], once);
		assert_int_equal(p.caller.last[SESSION_DIGITS].digits,
		    p.listener.last[SESSION_DIGITS].digits);
		assert_int_equal(
		    state_of(&p.caller), once ? PAIRING_DONE : PAIRING_OFF);
		assert_int_equal(
		    state_of(&p.listener), once ? PAIRING_DONE : PAIRING_OFF);
		pair_release(&p);
	}
}

static bool
let_it_wait(struct side *side, const struct session_event *e)
{
	(void)side;
	return e->type == SESSION_HELLO;
}

/* Before the knock is answered, too; and the yeses. */
static void
test_while_knocking(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct pair p = {0};
		struct side *first = i == 0 ? &p.caller : &p.listener;
		struct side *second = i == 0 ? &p.listener : &p.caller;

		pair_init_trust(&p, false, false);
		p.listener.hook = let_it_wait;
		pair_pump(&p);
		assert_int_equal(p.caller.count[SESSION_DIGITS], 1);
		assert_int_equal(p.listener.count[SESSION_DIGITS], 1);
		assert_false(session_is_open(p.caller.s));
		assert_int_equal(session_agree(first->s), 0);
		assert_int_equal(session_agree(first->s), ERR_INVALID);
		pair_pump(&p);
		assert_int_equal(second->count[SESSION_AGREE], 1);
		assert_false(pairing_agreed(session_pairing(first->s)));
		assert_false(pairing_agreed(session_pairing(second->s)));
		assert_int_equal(
		    session_knock(p.listener.s, KNOCK_ACCEPTED), 0);
		pair_pump(&p);
		assert_int_equal(session_agree(second->s), 0);
		assert_true(pairing_agreed(session_pairing(second->s)));
		pair_pump(&p);
		assert_int_equal(first->count[SESSION_AGREE], 1);
		assert_true(pairing_agreed(session_pairing(first->s)));
		assert_int_equal(side_say(first, 1, "and on we talk"), 0);
		pair_pump(&p);
		assert_int_equal(second->count[SESSION_MESSAGE], 1);
		pair_release(&p);
	}
}

static void
test_no(void **state)
{
	struct pair p;

	(void)state;
	pair_init_trust(&p, false, false);
	pair_pump(&p);
	session_bye(p.listener.s, BYE_DIGITS);
	assert_int_equal(session_agree(p.listener.s), ERR_INVALID);
	pair_pump(&p);
	assert_int_equal(p.caller.count[SESSION_ENDED], 1);
	assert_int_equal(p.caller.last[SESSION_ENDED].bye, BYE_DIGITS);
	assert_false(p.caller.last[SESSION_ENDED].by_us);
	assert_int_equal(session_agree(p.caller.s), ERR_INVALID);
	pair_release(&p);
}

/* The frames of the comparison that one side says, in their order. */
struct said {
	struct frame frames[FRAMES_MAX];
	size_t count;
};

static void
hear_pairing(struct said *said, const struct side *side)
{
	struct buf view;
	struct frame f;

	buf_view(&view, buf_data(&side->wire), buf_len(&side->wire));
	while (wire_get(&view, WIRE_FRAME_MAX, &f) == 0) {
		if (f.type < FRAME_PAIR_COMMIT || f.type > FRAME_PAIR_AGREE)
			continue;
		assert_in_range(said->count, 0, FRAMES_MAX - 1);
		said->frames[said->count++] = f;
	}
}

/* What each of two honest sides says. */
static void
record(struct said *caller, struct said *listener)
{
	struct pair p;

	caller->count = listener->count = 0;
	pair_init_trust(&p, false, false);
	for (int i = 0; i < 8; i++) {
		bool calls = i % 2 == 0;
		struct side *from = calls ? &p.caller : &p.listener;

		session_output(from->s, &from->wire, PAIR_WANT, 0);
		hear_pairing(calls ? caller : listener, from);
		session_input(
		    calls ? p.listener.s : p.caller.s, &from->wire, 0);
		if (i == 4) {
			assert_int_equal(session_agree(p.caller.s), 0);
			assert_int_equal(session_agree(p.listener.s), 0);
		}
	}
	assert_int_equal(caller->count, 2);
	assert_int_equal(listener->count, 3);
	pair_release(&p);
}

/* A side that has heard HELLO and waits. */
static void
begin(struct side *side, enum session_role role)
{
	const struct side_trust trust = trust_of(role, false);

	side_init_trust(side, role, 0, &trust);
	side->hook = let_it_wait;
	side_receive_hello(side, WIRE_VERSION, WIRE_VERSION);
}

/* Frames in this order; true where all of them were right. */
static bool
accepts(enum session_role role, const struct frame *frames, const size_t *order,
    size_t count)
{
	struct side side;
	bool right;

	begin(&side, role);
	for (size_t i = 0; i < count && !session_is_ended(side.s); i++)
		side_receive(&side, &frames[order[i]]);
	right = !session_is_ended(side.s);
	if (!right)
		side_assert_ended(&side, BYE_PAIRING);
	side_release(&side);
	return right;
}

/*
 * Everything that two honest ones said, from either side, in every order and
 * with repetitions: but for the one way there is, each ends the session.
 */
static void
try_orders(enum session_role role, const struct frame *frames, size_t kinds,
    size_t len, const char *right)
{
	size_t total = 1, accepted = 0;

	for (size_t i = 0; i < len; i++)
		total *= kinds;
	for (size_t n = 0; n < total; n++) {
		size_t order[FRAMES_MAX], left = n;
		bool is_right = true;

		for (size_t i = 0; i < len; i++, left /= kinds) {
			order[i] = left % kinds;
			is_right &= frames[order[i]].type == (uint8_t)right[i];
		}
		assert_int_equal(accepts(role, frames, order, len), is_right);
		accepted += is_right;
	}
	assert_int_equal(accepted, 1);
}

static void
test_every_order(void **state)
{
	static const char for_caller[] = {
	    FRAME_PAIR_COMMIT, FRAME_PAIR_REVEAL, FRAME_PAIR_AGREE};
	static const char for_listener[] = {FRAME_PAIR_NONCE, FRAME_PAIR_AGREE};
	struct frame all[4];
	struct said caller, listener;

	(void)state;
	record(&caller, &listener);
	all[0] = listener.frames[0];
	all[1] = listener.frames[1];
	all[2] = listener.frames[2]; /* AGREE */
	all[3] = caller.frames[0];   /* NONCE */
	for (size_t len = 1; len <= COUNT(for_caller); len++)
		try_orders(SESSION_CALLER, all, COUNT(all), len, for_caller);
	for (size_t len = 1; len <= COUNT(for_listener); len++)
		try_orders(
		    SESSION_LISTENER, all, COUNT(all), len, for_listener);
	/* After the last one there is none. */
	for (size_t i = 0; i < COUNT(all); i++) {
		const size_t order[] = {3, 2, i};

		assert_false(
		    accepts(SESSION_LISTENER, all, order, COUNT(order)));
	}
}

/* Every bit of what the listener says: the caller finds it. */
static void
test_tampered_with(void **state)
{
	static const size_t order[] = {0, 1};
	struct said caller, listener;

	(void)state;
	record(&caller, &listener);
	assert_true(
	    accepts(SESSION_CALLER, listener.frames, order, COUNT(order)));
	for (size_t bit = 0; bit < 2 * 8 * WIRE_PAIR_LEN; bit++) {
		struct frame *f = &listener.frames[bit / (8 * WIRE_PAIR_LEN)];
		size_t at = bit % (8 * WIRE_PAIR_LEN);

		f->pair[at / 8] ^= (uint8_t)(1u << at % 8);
		assert_false(accepts(
		    SESSION_CALLER, listener.frames, order, COUNT(order)));
		f->pair[at / 8] ^= (uint8_t)(1u << at % 8);
	}
}

/* Of what the caller says: the digits differ. */
static void
test_other_nonce(void **state)
{
	struct said caller, listener;
	unsigned before = PAIRING_DIGITS;

	(void)state;
	record(&caller, &listener);
	for (size_t bit = 0; bit < 8 * WIRE_PAIR_LEN; bit++) {
		struct frame *f = &caller.frames[0];
		struct side side;

		f->pair[bit / 8] ^= (uint8_t)(1u << bit % 8);
		begin(&side, SESSION_LISTENER);
		side_receive(&side, f);
		assert_int_equal(side.count[SESSION_DIGITS], 1);
		assert_int_not_equal(side.last[SESSION_DIGITS].digits, before);
		before = side.last[SESSION_DIGITS].digits;
		side_release(&side);
		f->pair[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

/* Bytes of one side, in two pieces, wherever they are apart. */
static void
try_splits(enum session_role role, const struct said *said)
{
	struct frame hello = pair_frame(FRAME_HELLO);
	uint64_t whole = 0;
	struct buf all;

	buf_init(&all, PAIR_WIRE_MAX);
	assert_int_equal(wire_put(&all, &hello), 0);
	for (size_t i = 0; i < said->count; i++)
		assert_int_equal(wire_put(&all, &said->frames[i]), 0);
	for (size_t at = 0; at <= buf_len(&all); at++) {
		const struct side_trust trust = trust_of(role, false);
		struct side side;
		struct buf in;

		side_init_trust(&side, role, 0, &trust);
		side.hook = let_it_wait;
		buf_init(&in, PAIR_WIRE_MAX);
		buf_put(&in, buf_data(&all), at);
		session_input(side.s, &in, 0);
		buf_put(&in, buf_data(&all) + at, buf_len(&all) - at);
		session_input(side.s, &in, 0);
		assert_int_equal(side.count[SESSION_ENDED], 0);
		assert_int_equal(side.count[SESSION_DIGITS], 1);
		assert_int_equal(side.count[SESSION_AGREE], 1);
		if (at == 0)
			whole = side.trace;
		assert_true(side.trace == whole);
		buf_release(&in);
		side_release(&side);
	}
	buf_release(&all);
}

static void
test_every_split(void **state)
{
	struct said caller, listener;

	(void)state;
	record(&caller, &listener);
	try_splits(SESSION_LISTENER, &caller);
	try_splits(SESSION_CALLER, &listener);
}

/* Where both have compared before, it is out of place. */
static void
test_not_needed(void **state)
{
	struct said caller, listener;
	struct pair p;

	(void)state;
	record(&caller, &listener);
	for (size_t i = 0; i < listener.count; i++) {
		pair_init_trust(&p, true, true);
		pair_pump(&p);
		side_receive(&p.caller, &listener.frames[i]);
		side_assert_ended(&p.caller, BYE_PAIRING);
		pair_release(&p);
	}
}

/* Whose versions do not fit says so, with the other's HELLO. */
static bool
note_versions(struct side *side, const struct session_event *e)
{
	if (e->type == SESSION_ENDED && e->hello != NULL)
		*(unsigned *)side->arg = e->hello->version_min;
	return false;
}

static void
test_versions_are_told(void **state)
{
	unsigned min = 0;
	struct side side;

	(void)state;
	side_init(&side, SESSION_CALLER, 0);
	side.hook = note_versions;
	side.arg = &min;
	side_receive_hello(&side, WIRE_VERSION + 3, WIRE_VERSION + 4);
	side_assert_ended(&side, BYE_VERSION);
	assert_int_equal(min, WIRE_VERSION + 3);
	side_release(&side);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_when),
	    cmocka_unit_test(test_while_knocking),
	    cmocka_unit_test(test_no),
	    cmocka_unit_test(test_every_order),
	    cmocka_unit_test(test_tampered_with),
	    cmocka_unit_test(test_other_nonce),
	    cmocka_unit_test(test_every_split),
	    cmocka_unit_test(test_not_needed),
	    cmocka_unit_test(test_versions_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
