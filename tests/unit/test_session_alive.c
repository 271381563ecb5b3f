/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keepalive, by a clock that only the test moves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "src/base/util.h"
#include "tests/unit/session_pair.h"

enum { START_MS = 1000, LISTENER_MS = 2000, GRACE_MS = 4000 };

/* How many frames of a type wait to leave; they are dropped. */
static unsigned
said(struct side *side, uint8_t type)
{
	unsigned n = 0;
	struct frame f;

	session_output(side->s, &side->wire, PAIR_WANT, 0);
	while (wire_get(&side->wire, WIRE_FRAME_MAX, &f) == 0)
		n += f.type == type;
	return n;
}

static void
test_hello_in_time(void **state)
{
	struct side side;

	(void)state;
	side_init(&side, SESSION_LISTENER, START_MS);
	assert_int_equal(session_deadline(side.s), START_MS + SESSION_HELLO_MS);
	session_tick(side.s, START_MS + SESSION_HELLO_MS - 1);
	assert_int_equal(side.count[SESSION_ENDED], 0);
	session_tick(side.s, START_MS + SESSION_HELLO_MS);
	side_assert_ended(&side, BYE_TIMEOUT);
	assert_int_equal(session_deadline(side.s), UINT64_MAX);
	side_release(&side);
}

/* Dripping bytes does not buy time before HELLO. */
static void
test_slow_hello(void **state)
{
	struct side side;
	struct buf in;

	(void)state;
	side_init(&side, SESSION_LISTENER, START_MS);
	buf_init(&in, 16);
	buf_put_u32(&in, 100);
	session_input(side.s, &in, START_MS + SESSION_HELLO_MS - 1);
	session_tick(side.s, START_MS + SESSION_HELLO_MS);
	side_assert_ended(&side, BYE_TIMEOUT);
	buf_release(&in);
	side_release(&side);
}

static bool
let_it_ring(struct side *side, const struct session_event *e)
{
	if (e->type == SESSION_HELLO)
		session_knock(side->s, KNOCK_WAITING);
	return e->type == SESSION_HELLO;
}

/* Ringing or open: the caller asks, the listener answers, hours long. */
static void
test_only_the_caller_asks(void **state)
{
	(void)state;
	for (int open = 0; open < 2; open++) {
		struct pair p;

		pair_init(&p);
		p.listener.hook = open ? NULL : let_it_ring;
		pair_pump(&p);
		assert_int_equal(session_is_open(p.caller.s), open);
		for (int i = 0; i < 1000; i++) {
			uint64_t due = session_deadline(p.caller.s);

			assert_int_equal(due, p.now_ms + SESSION_PING_MS);
			assert_true(session_deadline(p.listener.s) > due);
			session_tick(p.caller.s, due - 1);
			assert_false(session_has_output(p.caller.s));
			p.now_ms = due;
			session_tick(p.caller.s, due);
			session_tick(p.listener.s, due);
			assert_false(session_has_output(p.listener.s));
			pair_carry(&p, &p.caller, &p.listener);
			p.now_ms += 3;
			pair_pump(&p);
			assert_int_equal(session_round_trip_ms(p.caller.s), 3);
		}
		/* It has measured once, when it opened. */
		assert_int_equal(session_round_trip_ms(p.listener.s), open);
		assert_int_equal(p.listener.count[SESSION_ROUND_TRIP], open);
		pair_release(&p);
	}
}

static void
test_silence_ends(void **state)
{
	static const struct {
		enum session_role role;
		uint64_t ask_ms;
	} cases[] = {
	    {SESSION_CALLER, SESSION_PING_MS},
	    {SESSION_LISTENER, SESSION_PING_MS + LISTENER_MS},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct pair p;
		struct side *side;
		uint64_t heard;

		pair_open(&p);
		heard = p.now_ms;
		side =
		    cases[i].role == SESSION_CALLER ? &p.caller : &p.listener;
		session_tick(side->s, heard + cases[i].ask_ms - 1);
		assert_int_equal(said(side, FRAME_PING), 0);
		session_tick(side->s, heard + cases[i].ask_ms);
		session_tick(side->s, heard + cases[i].ask_ms + 1);
		assert_int_equal(said(side, FRAME_PING), 1);
		assert_int_equal(
		    session_deadline(side->s), heard + SESSION_SILENCE_MS);
		session_tick(side->s, heard + SESSION_SILENCE_MS - 1);
		assert_int_equal(side->count[SESSION_ENDED], 0);
		session_tick(side->s, heard + SESSION_SILENCE_MS);
		side_assert_ended(side, BYE_TIMEOUT);
		pair_release(&p);
	}
}

/* Any byte is a sign of life, a repeated call without one is not. */
static void
test_half_a_frame_is_life(void **state)
{
	struct buf in;
	struct pair p;
	uint64_t heard;

	(void)state;
	pair_open(&p);
	heard = p.now_ms;
	session_tick(p.caller.s, heard + SESSION_PING_MS);
	buf_init(&in, 16);
	buf_put_u32(&in, 100);
	session_input(p.caller.s, &in, heard + 14000);
	assert_int_equal(
	    session_deadline(p.caller.s), heard + 14000 + SESSION_PING_MS);
	session_input(p.caller.s, &in, heard + 20000);
	assert_int_equal(
	    session_deadline(p.caller.s), heard + 14000 + SESSION_PING_MS);
	buf_release(&in);
	pair_release(&p);
}

/* Stopped before or after asking: the other gets its time to answer. */
static void
test_suspend(void **state)
{
	static const uint64_t hour_ms = 3600 * 1000;
	struct pair p;
	uint64_t now;

	(void)state;
	for (int asked = 0; asked < 2; asked++) {
		pair_open(&p);
		now = p.now_ms + SESSION_PING_MS;
		if (asked)
			session_tick(p.caller.s, now);
		(void)said(&p.caller, FRAME_PING);
		now += hour_ms;
		session_tick(p.caller.s, now);
		assert_int_equal(said(&p.caller, FRAME_PING), 1);
		assert_int_equal(session_deadline(p.caller.s), now + GRACE_MS);
		session_tick(p.caller.s, now + GRACE_MS - 1);
		assert_int_equal(p.caller.count[SESSION_ENDED], 0);
		session_tick(p.caller.s, now + GRACE_MS);
		side_assert_ended(&p.caller, BYE_TIMEOUT);
		pair_release(&p);
	}
}

/* The way there and back is known as soon as both may talk. */
static void
test_opening_measures(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p);
	p.caller.hook = NULL;
	while (!session_is_open(p.caller.s)) {
		pair_carry(&p, &p.caller, &p.listener);
		pair_carry(&p, &p.listener, &p.caller);
	}
	assert_int_equal(session_round_trip_ms(p.caller.s), 0);
	/* Its own PING, with nothing else to say. */
	assert_true(session_has_output(p.caller.s));
	pair_carry(&p, &p.caller, &p.listener);
	assert_false(session_has_output(p.caller.s));
	p.now_ms += 40;
	pair_pump(&p);
	assert_int_equal(session_round_trip_ms(p.caller.s), 40);
	assert_int_equal(p.caller.count[SESSION_ROUND_TRIP], 1);
	assert_int_equal(p.listener.count[SESSION_ROUND_TRIP], 1);
	pair_release(&p);
}

/* The answer to a question from before the stop tells no round trip. */
static void
test_round_trip(void **state)
{
	static const struct {
		uint64_t value, after_ms, result;
	} cases[] = {
	    {2, 0, 1},
	    {2, 250, 250},
	    {1, 250, 1},
	    {3, 250, 1},
	    {0, 250, 1},
	    {2, SESSION_SILENCE_MS + 1, 1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct frame f = {.type = FRAME_PONG, .ping = cases[i].value};
		struct pair p;
		uint64_t now;

		pair_open(&p);
		now = p.now_ms + SESSION_PING_MS;
		session_tick(p.caller.s, now);
		wire_put(&p.listener.wire, &f);
		wire_put(&p.listener.wire, &f);
		session_input(
		    p.caller.s, &p.listener.wire, now + cases[i].after_ms);
		assert_int_equal(
		    session_round_trip_ms(p.caller.s), cases[i].result);
		pair_release(&p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_hello_in_time),
	    cmocka_unit_test(test_slow_hello),
	    cmocka_unit_test(test_only_the_caller_asks),
	    cmocka_unit_test(test_silence_ends),
	    cmocka_unit_test(test_half_a_frame_is_life),
	    cmocka_unit_test(test_suspend),
	    cmocka_unit_test(test_opening_measures),
	    cmocka_unit_test(test_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
