/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages, acknowledgements, the end, and the bound on what waits. */
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

static bool
keep_text(struct side *side, const struct session_event *e)
{
	if (e->type == SESSION_MESSAGE)
		snprintf(side->arg, 16, "%.*s", (int)e->message->text_len,
		    e->message->text);
	return false;
}

static void
test_messages(void **state)
{
	char text[16] = "";
	struct frame f = pair_frame(FRAME_MESSAGE);
	struct side *b;
	struct pair p;

	(void)state;
	pair_open(&p);
	b = &p.listener;
	b->hook = keep_text;
	b->arg = text;
	assert_int_equal(side_say(&p.caller, 0, "zero"), ERR_INVALID);
	assert_int_equal(side_say(&p.caller, 5, "five"), 0);
	assert_int_equal(side_say(&p.caller, 5, "again"), ERR_INVALID);
	pair_pump(&p);
	assert_string_equal(text, "five");
	assert_int_equal(side_say(&p.caller, 9, ""), 0);
	pair_pump(&p);
	assert_string_equal(text, "");
	assert_int_equal(b->count[SESSION_MESSAGE], 2);

	for (f.message.seq = 1; f.message.seq <= 9; f.message.seq++)
		side_receive(b, &f);
	assert_int_equal(b->count[SESSION_MESSAGE], 2);
	assert_int_equal(b->count[SESSION_ENDED], 0);
	f.message.seq = UINT64_MAX;
	side_receive(b, &f);
	assert_int_equal(b->count[SESSION_MESSAGE], 3);
	f.message.seq = 0;
	side_receive(b, &f);
	side_assert_ended(b, BYE_PROTOCOL);
	pair_release(&p);
}

static void
test_acks(void **state)
{
	/* The HELLO of the other said 5; then 7 was sent. */
	static const struct {
		uint64_t ack;
		unsigned events;
		uint64_t seq;
	} cases[] = {
	    {0, 0, 0},
	    {3, 1, 3},
	    {3, 1, 3},
	    {2, 1, 3},
	    {6, 2, 6},
	    {8, 3, 7},
	    {UINT64_MAX, 3, 7},
	};
	struct side side;

	(void)state;
	side_init(&side, SESSION_LISTENER, 0);
	assert_int_equal(session_ack(side.s, 1), ERR_INVALID);
	side_receive_hello(&side, WIRE_VERSION, WIRE_VERSION);
	assert_int_equal(side_say(&side, 7, "x"), 0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct frame f = {.type = FRAME_ACK, .ack = cases[i].ack};

		side_receive(&side, &f);
		assert_int_equal(side.count[SESSION_ACK], cases[i].events);
		assert_int_equal(side.last[SESSION_ACK].seq, cases[i].seq);
	}
	side_release(&side);
}

static void
test_acks_ascend(void **state)
{
	struct pair p;

	(void)state;
	pair_open(&p);
	side_say(&p.caller, 100, "x");
	pair_pump(&p);
	assert_int_equal(session_ack(p.listener.s, 90), 0);
	assert_int_equal(session_ack(p.listener.s, 90), 0);
	assert_int_equal(session_ack(p.listener.s, 80), 0);
	session_output(p.listener.s, &p.listener.wire, 0, 0);
	assert_int_equal(buf_len(&p.listener.wire), 4 + 1 + 8);
	pair_pump(&p);
	assert_int_equal(p.caller.last[SESSION_ACK].seq, 90);
	pair_release(&p);
}

static void
test_typing_and_presence(void **state)
{
	char long_name[WIRE_NAME_MAX + 2];
	struct pair p;

	(void)state;
	pair_init(&p);
	assert_int_equal(session_typing(p.caller.s, true), ERR_INVALID);
	assert_int_equal(session_presence(p.caller.s, "x"), ERR_INVALID);
	assert_int_equal(side_say(&p.caller, 1, "x"), ERR_INVALID);
	pair_pump(&p);
	session_typing(p.caller.s, true);
	pair_pump(&p);
	assert_true(p.listener.last[SESSION_TYPING].typing);
	session_typing(p.caller.s, false);
	session_presence(p.caller.s, "anna");
	pair_pump(&p);
	assert_false(p.listener.last[SESSION_TYPING].typing);
	assert_int_equal(p.listener.last[SESSION_PRESENCE].name_len, 4);
	memset(long_name, 'a', sizeof(long_name));
	long_name[sizeof(long_name) - 1] = '\0';
	assert_int_equal(session_presence(p.caller.s, long_name), ERR_INVALID);
	pair_pump(&p);
	assert_int_equal(p.listener.count[SESSION_PRESENCE], 1);
	pair_release(&p);
}

static void
test_goodbye(void **state)
{
	struct frame_offer offer = {.size = 1, .name = "a", .name_len = 1};
	uint32_t id;
	struct pair p;

	(void)state;
	pair_open(&p);
	side_say(&p.caller, 1, "last words");
	session_bye(p.caller.s, BYE_QUIT);
	session_bye(p.caller.s, BYE_TIMEOUT);
	assert_int_equal(p.caller.count[SESSION_ENDED], 1);
	assert_int_equal(side_say(&p.caller, 2, "too late"), ERR_INVALID);
	assert_int_equal(session_ack(p.caller.s, 1), ERR_INVALID);
	assert_int_equal(session_offer(p.caller.s, &offer, &id), ERR_INVALID);
	assert_int_equal(session_deadline(p.caller.s), UINT64_MAX);
	side_say(&p.listener, 1, "unheard");
	pair_pump(&p);
	assert_int_equal(p.caller.count[SESSION_MESSAGE], 0);
	assert_int_equal(p.listener.count[SESSION_MESSAGE], 1);
	assert_int_equal(p.listener.last[SESSION_ENDED].bye, BYE_QUIT);
	assert_false(p.listener.last[SESSION_ENDED].by_us);
	assert_false(session_has_output(p.listener.s));
	pair_release(&p);
}

static void
test_queue_is_bounded(void **state)
{
	static char text[WIRE_TEXT_MAX + 1];
	struct frame ping = {.type = FRAME_PING};
	struct pair p;
	uint64_t seq = 0;
	size_t answered = 0;

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	pair_open(&p);
	while (side_say(&p.caller, seq + 1, text) == 0)
		seq++;
	assert_in_range(seq, 40, SESSION_QUEUE_MAX / WIRE_TEXT_MAX);
	assert_int_equal(side_say(&p.caller, seq + 1, "x"), ERR_FULL);
	/* Our own talking too much is no fault of the peer's. */
	for (int i = 0; i < 10000; i++)
		side_receive(&p.caller, &ping);
	assert_int_equal(session_ack(p.caller.s, 1), 0);
	assert_false(session_is_ended(p.caller.s));
	/* Asking without end and never reading is. */
	while (!session_is_ended(p.caller.s)) {
		side_receive(&p.caller, &ping);
		assert_in_range(answered++, 0, SESSION_QUEUE_MAX);
	}
	assert_int_equal(p.caller.last[SESSION_ENDED].bye, BYE_PROTOCOL);
	pair_pump(&p);
	assert_int_equal(p.listener.count[SESSION_MESSAGE], seq);
	assert_int_equal(p.listener.last[SESSION_ENDED].bye, BYE_PROTOCOL);
	pair_release(&p);
}

/* A full queue leaves piece by piece where out is small. */
static void
test_small_output(void **state)
{
	struct buf small;
	struct pair p;

	(void)state;
	pair_open(&p);
	for (uint64_t seq = 1; seq <= 20; seq++)
		side_say(&p.caller, seq, "one and two and three");
	buf_init(&small, 7);
	while (session_has_output(p.caller.s)) {
		session_output(p.caller.s, &small, 0, 0);
		assert_in_range(buf_len(&small), 1, 7);
		buf_put(&p.caller.wire, buf_data(&small), buf_len(&small));
		buf_clear(&small);
	}
	session_input(p.listener.s, &p.caller.wire, 0);
	assert_int_equal(p.listener.count[SESSION_MESSAGE], 20);
	buf_release(&small);
	pair_release(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_messages),
	    cmocka_unit_test(test_acks),
	    cmocka_unit_test(test_acks_ascend),
	    cmocka_unit_test(test_typing_and_presence),
	    cmocka_unit_test(test_goodbye),
	    cmocka_unit_test(test_queue_is_bounded),
	    cmocka_unit_test(test_small_output),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
