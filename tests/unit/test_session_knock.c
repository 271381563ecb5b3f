/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hello and the knock: nothing else passes before the listener has said yes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "src/base/err.h"
#include "src/base/util.h"
#include "tests/unit/session_pair.h"

/* Leaves the knock to the test. */
static bool
let_it_wait(struct side *side, const struct session_event *e)
{
	(void)side;
	return e->type == SESSION_HELLO;
}

static bool
check_hello(struct side *side, const struct session_event *e)
{
	const struct frame_hello *h = e->hello;

	if (e->type == SESSION_HELLO) {
		assert_int_equal(h->version_min, WIRE_VERSION_MIN);
		assert_int_equal(h->version_max, WIRE_VERSION);
		assert_int_equal(h->purpose, PURPOSE_TALK);
		assert_int_equal(h->epoch, PAIR_EPOCH);
		assert_int_equal(h->stored_epoch, PAIR_STORED_EPOCH);
		assert_int_equal(h->stored_seq, PAIR_STORED_SEQ);
		assert_int_equal(h->port, PAIR_PORT);
		assert_int_equal(h->name_len, 3);
		assert_memory_equal(h->name, "ana", 3);
		assert_false(session_is_open(side->s));
	}
	return false;
}

static void
test_open_at_once(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p);
	p.listener.hook = check_hello;
	assert_true(session_has_output(p.caller.s));
	pair_pump(&p);
	assert_false(session_has_output(p.caller.s));
	assert_int_equal(p.listener.count[SESSION_HELLO], 1);
	assert_int_equal(p.listener.count[SESSION_OPEN], 1);
	assert_int_equal(p.caller.count[SESSION_HELLO], 1);
	assert_int_equal(p.caller.count[SESSION_OPEN], 1);
	assert_int_equal(p.caller.count[SESSION_RINGING], 0);
	pair_release(&p);
}

static void
test_knock_waits(void **state)
{
	struct frame waiting = pair_frame(FRAME_KNOCK);
	struct pair p;

	(void)state;
	pair_init(&p);
	p.listener.hook = let_it_wait;
	assert_int_equal(
	    session_knock(p.listener.s, KNOCK_ACCEPTED), ERR_INVALID);
	pair_pump(&p);
	assert_int_equal(
	    session_knock(p.caller.s, KNOCK_ACCEPTED), ERR_INVALID);
	assert_int_equal(session_knock(p.listener.s, KNOCK_WAITING), 0);
	assert_int_equal(
	    session_knock(p.listener.s, KNOCK_WAITING), ERR_INVALID);
	pair_pump(&p);
	side_receive(&p.caller, &waiting);
	assert_int_equal(p.caller.count[SESSION_RINGING], 1);
	assert_int_equal(p.caller.count[SESSION_OPEN], 0);
	assert_int_equal(session_knock(p.listener.s, KNOCK_ACCEPTED), 0);
	assert_int_equal(
	    session_knock(p.listener.s, KNOCK_REFUSED), ERR_INVALID);
	pair_pump(&p);
	assert_true(session_is_open(p.caller.s));
	assert_true(session_is_open(p.listener.s));
	pair_release(&p);
}

static void
test_knock_denied(void **state)
{
	static const struct {
		enum wire_knock answer;
		bool waited;
		enum wire_bye bye;
	} cases[] = {
	    {KNOCK_REFUSED, false, BYE_REFUSED},
	    {KNOCK_REFUSED, true, BYE_REFUSED},
	    {KNOCK_BUSY, false, BYE_BUSY},
	    {KNOCK_BUSY, true, BYE_BUSY},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct pair p;

		pair_init(&p);
		p.listener.hook = let_it_wait;
		pair_pump(&p);
		if (cases[i].waited) {
			session_knock(p.listener.s, KNOCK_WAITING);
			pair_pump(&p);
		}
		assert_int_equal(
		    session_knock(p.listener.s, cases[i].answer), 0);
		assert_true(session_is_ended(p.listener.s));
		assert_true(p.listener.last[SESSION_ENDED].by_us);
		pair_pump(&p);
		assert_int_equal(p.caller.count[SESSION_ENDED], 1);
		assert_int_equal(
		    p.caller.last[SESSION_ENDED].bye, cases[i].bye);
		assert_false(p.caller.last[SESSION_ENDED].by_us);
		assert_int_equal(p.caller.count[SESSION_OPEN], 0);
		pair_release(&p);
	}
}

static void
test_versions(void **state)
{
	static const struct {
		uint16_t min, max;
		bool ends;
		enum wire_bye bye;
	} cases[] = {
	    {WIRE_VERSION, WIRE_VERSION, false, 0},
	    {0, WIRE_VERSION_MIN, false, 0},
	    {WIRE_VERSION, UINT16_MAX, false, 0},
	    {0, UINT16_MAX, false, 0},
	    {0, WIRE_VERSION_MIN - 1, true, BYE_VERSION},
	    {WIRE_VERSION + 1, WIRE_VERSION + 1, true, BYE_VERSION},
	    {WIRE_VERSION + 1, UINT16_MAX, true, BYE_VERSION},
	    {2, 1, true, BYE_PROTOCOL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct side side;

		side_init(&side, SESSION_LISTENER, 0);
		side_receive_hello(&side, cases[i].min, cases[i].max);
		assert_int_equal(side.count[SESSION_HELLO], !cases[i].ends);
		if (cases[i].ends)
			side_assert_ended(&side, cases[i].bye);
		side_release(&side);
	}
}

static void
test_hello_names(void **state)
{
	static const struct {
		uint64_t epoch, stored_epoch, stored_seq;
		bool ends;
	} cases[] = {
	    {1, 0, 0, false},
	    {INT64_MAX, INT64_MAX, INT64_MAX, false},
	    {UINT64_MAX, 0, 0, true},
	    {1, (uint64_t)INT64_MAX + 1, 5, true},
	    {0, 0, 0, true},
	    {0, 5, 5, true},
	    {1, 5, 0, true},
	    {1, 0, 5, true},
	    {1, 5, (uint64_t)INT64_MAX + 1, true},
	    {1, 5, UINT64_MAX, true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct frame f = pair_frame(FRAME_HELLO);
		struct side side;

		side_init(&side, SESSION_CALLER, 0);
		f.hello.epoch = cases[i].epoch;
		f.hello.stored_epoch = cases[i].stored_epoch;
		f.hello.stored_seq = cases[i].stored_seq;
		side_receive(&side, &f);
		assert_int_equal(side.count[SESSION_HELLO], !cases[i].ends);
		if (cases[i].ends)
			side_assert_ended(&side, BYE_PROTOCOL);
		side_release(&side);
	}
}

static bool
may_pass(enum session_role role, bool after_hello, uint8_t type)
{
	if (!after_hello)
		return type == FRAME_HELLO || type == FRAME_BYE;
	return type == FRAME_PING || type == FRAME_PONG || type == FRAME_BYE ||
	       (type == FRAME_KNOCK && role == SESSION_CALLER);
}

/* It may, where keys are to be compared; here they have been. */
static bool
is_pairing(uint8_t type)
{
	return type >= FRAME_PAIR_COMMIT && type <= FRAME_PAIR_AGREE;
}

static void
try_before_open(enum session_role role, bool after_hello, uint8_t type)
{
	struct frame f = pair_frame(type);
	struct side side;

	side_init(&side, role, 0);
	side.hook = let_it_wait;
	if (after_hello)
		side_receive_hello(&side, WIRE_VERSION, WIRE_VERSION);
	side_receive(&side, &f);
	if (!may_pass(role, after_hello, type))
		side_assert_ended(&side, after_hello && is_pairing(type)
					     ? BYE_PAIRING
					     : BYE_PROTOCOL);
	else if (type != FRAME_BYE)
		assert_int_equal(side.count[SESSION_ENDED], 0);
	assert_int_equal(side.count[SESSION_MESSAGE], 0);
	assert_int_equal(side.count[SESSION_OFFER], 0);
	assert_int_equal(side.count[SESSION_PRESENCE], 0);
	assert_int_equal(side.count[SESSION_KEEPING], 0);
	side_release(&side);
}

static void
test_nothing_passes_before_open(void **state)
{
	static const uint8_t optional[] = {
	    FRAME_TYPING, FRAME_PRESENCE, FRAME_KEEPING};

	(void)state;
	for (int role = SESSION_CALLER; role <= SESSION_LISTENER; role++)
		for (int heard = 0; heard < 2; heard++) {
			for (uint8_t t = FRAME_HELLO; t <= FRAME_PAIR_AGREE;
			     t++)
				try_before_open(
				    (enum session_role)role, heard, t);
			for (size_t i = 0; i < COUNT(optional); i++)
				try_before_open((enum session_role)role, heard,
				    optional[i]);
		}
}

static void
test_hello_and_knock_once(void **state)
{
	static const uint8_t types[] = {FRAME_HELLO, FRAME_KNOCK};

	(void)state;
	for (size_t i = 0; i < COUNT(types); i++) {
		struct frame f = pair_frame(types[i]);
		struct pair p;

		pair_open(&p);
		side_receive(&p.caller, &f);
		side_assert_ended(&p.caller, BYE_PROTOCOL);
		pair_release(&p);
	}
}

/* The length alone decides, before the frame is whole. */
static void
test_frame_caps(void **state)
{
	static const struct {
		bool open;
		uint32_t len;
		bool ends;
	} cases[] = {
	    {false, WIRE_KNOCK_FRAME_MAX, false},
	    {false, WIRE_KNOCK_FRAME_MAX + 1, true},
	    {false, UINT32_MAX, true},
	    {true, WIRE_FRAME_MAX, false},
	    {true, WIRE_FRAME_MAX + 1, true},
	    {true, UINT32_MAX, true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf in;
		struct side side;

		side_init(&side, SESSION_LISTENER, 0);
		side.hook = cases[i].open ? NULL : let_it_wait;
		side_receive_hello(&side, WIRE_VERSION, WIRE_VERSION);
		buf_init(&in, 16);
		buf_put_u32(&in, cases[i].len);
		session_input(side.s, &in, 0);
		assert_int_equal(session_is_ended(side.s), cases[i].ends);
		assert_int_equal(buf_len(&in), cases[i].ends ? 0 : 4);
		buf_release(&in);
		side_release(&side);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_open_at_once),
	    cmocka_unit_test(test_knock_waits),
	    cmocka_unit_test(test_knock_denied),
	    cmocka_unit_test(test_versions),
	    cmocka_unit_test(test_hello_names),
	    cmocka_unit_test(test_nothing_passes_before_open),
	    cmocka_unit_test(test_hello_and_knock_once),
	    cmocka_unit_test(test_frame_caps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
