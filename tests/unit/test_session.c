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
	struct side *b;
	struct pair p;

	(void)state;
	pair_open(&p);
	b = &p.listener;
	b->hook = keep_text;
	b->arg = text;
	assert_int_equal(side_say(&p.caller, 5, "five"), 0);
	assert_int_equal(side_say(&p.caller, 5, "again"), ERR_INVALID);
	pair_pump(&p);
	assert_string_equal(text, "five");
	assert_int_equal(side_say(&p.caller, 9, ""), 0);
	pair_pump(&p);
	assert_string_equal(text, "");
	assert_int_equal(b->count[SESSION_MESSAGE], 2);

	pair_release(&p);
}

/* Within an epoch numbers ascend; another begins where it likes. */
static void
test_epochs(void **state)
{
	static const struct {
		uint64_t epoch, seq;
		bool news;
	} cases[] = {
	    {3, 8, true},
	    {3, 8, false},
	    {3, 1, false},
	    {3, 9, true},
	    {INT64_MAX, 2, true},
	    {INT64_MAX, 2, false},
	    {INT64_MAX, 1, false},
	    {INT64_MAX, INT64_MAX, true},
	    {1, 1, true},
	    {1, 2, true},
	};
	struct frame f = pair_frame(FRAME_MESSAGE);
	unsigned news = 0;
	struct pair p;

	(void)state;
	pair_open(&p);
	for (size_t i = 0; i < COUNT(cases); i++) {
		int r = side_say_in(
		    &p.caller, cases[i].epoch, cases[i].seq, "said");

		assert_int_equal(r, cases[i].news ? 0 : ERR_INVALID);
		f.message.epoch = cases[i].epoch;
		f.message.seq = cases[i].seq;
		side_receive(&p.caller, &f);
		news += cases[i].news;
		assert_int_equal(p.caller.count[SESSION_MESSAGE], news);
	}
	assert_false(session_is_ended(p.caller.s));
	pair_pump(&p);
	assert_int_equal(p.listener.count[SESSION_MESSAGE], news);
	pair_release(&p);
}

/* What no message can be called, neither by us nor by the other. */
static void
test_names_that_are_none(void **state)
{
	static const struct {
		uint64_t epoch, seq;
	} cases[] = {
	    {0, 0},
	    {0, 1},
	    {1, 0},
	    {1, (uint64_t)INT64_MAX + 1},
	    {(uint64_t)INT64_MAX + 1, 1},
	    {1, UINT64_MAX},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases) * 2; i++) {
		uint64_t epoch = cases[i / 2].epoch, seq = cases[i / 2].seq;
		bool ack = i % 2 != 0;
		struct frame f = pair_frame(ack ? FRAME_ACK : FRAME_MESSAGE);
		struct pair p;

		pair_open(&p);
		assert_int_equal(
		    side_say_in(&p.caller, epoch, seq, "x"), ERR_INVALID);
		assert_int_equal(
		    session_ack(p.caller.s, epoch, seq), ERR_INVALID);
		assert_false(session_has_output(p.caller.s));
		if (ack) {
			f.ack.epoch = epoch;
			f.ack.seq = seq;
		} else {
			f.message.epoch = epoch;
			f.message.seq = seq;
		}
		side_receive(&p.caller, &f);
		assert_int_equal(p.caller.count[SESSION_MESSAGE], 0);
		assert_int_equal(p.caller.count[SESSION_ACK], 0);
		side_assert_ended(&p.caller, BYE_PROTOCOL);
		pair_release(&p);
	}
}

/* Whatever message they name, in whatever order: only the owner can judge. */
static void
test_acks_come_as_they_are(void **state)
{
	static const struct frame_ack acks[] = {
	    {9, 3},
	    {9, 3},
	    {9, 2},
	    {INT64_MAX, INT64_MAX},
	    {1, 1},
	    {PAIR_EPOCH, 7},
	};
	struct side side;

	(void)state;
	side_init(&side, SESSION_LISTENER, 0);
	assert_int_equal(session_ack(side.s, 1, 1), ERR_INVALID);
	side_receive_hello(&side, WIRE_VERSION, WIRE_VERSION);
	for (size_t i = 0; i < COUNT(acks); i++) {
		struct frame f = {.type = FRAME_ACK, .ack = acks[i]};
		const struct session_event *e = &side.last[SESSION_ACK];

		side_receive(&side, &f);
		assert_int_equal(side.count[SESSION_ACK], i + 1);
		assert_true(e->epoch == acks[i].epoch);
		assert_true(e->seq == acks[i].seq);
	}
	side_release(&side);
}

static void
test_acks_are_not_repeated(void **state)
{
	static const struct {
		struct frame_ack ack;
		bool leaves;
	} cases[] = {
	    {{7, 90}, true},
	    {{7, 90}, false},
	    {{7, 80}, true},
	    {{7, 90}, true},
	    {{8, 90}, true},
	    {{8, 90}, false},
	    {{9, 1}, true},
	};
	struct side *b;
	struct frame f;
	struct pair p;

	(void)state;
	pair_open(&p);
	b = &p.listener;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct frame_ack *ack = &cases[i].ack;

		assert_int_equal(session_ack(b->s, ack->epoch, ack->seq), 0);
		session_output(b->s, &b->wire, 0, 0);
		assert_int_equal(buf_len(&b->wire) > 0, cases[i].leaves);
		if (!cases[i].leaves)
			continue;
		assert_int_equal(wire_get(&b->wire, WIRE_FRAME_MAX, &f), 0);
		assert_int_equal(f.type, FRAME_ACK);
		assert_int_equal(f.ack.epoch, ack->epoch);
		assert_int_equal(f.ack.seq, ack->seq);
		assert_int_equal(buf_len(&b->wire), 0);
	}
	pair_release(&p);
}

static void
test_keeping(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p);
	assert_int_equal(session_keeping(p.caller.s, true), ERR_INVALID);
	pair_pump(&p);
	for (unsigned i = 0; i < 4; i++) {
		bool keeping = i % 2 != 0;

		assert_int_equal(session_keeping(p.caller.s, keeping), 0);
		pair_pump(&p);
		assert_int_equal(p.listener.count[SESSION_KEEPING], i + 1);
		assert_int_equal(
		    p.listener.last[SESSION_KEEPING].keeping, keeping);
	}
	session_bye(p.caller.s, BYE_QUIT);
	assert_int_equal(session_keeping(p.caller.s, true), ERR_INVALID);
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
	struct frame_offer offer = pair_frame(FRAME_OFFER).offer;
	uint32_t id;
	struct pair p;

	(void)state;
	pair_open(&p);
	side_say(&p.caller, 1, "last words");
	session_bye(p.caller.s, BYE_QUIT);
	session_bye(p.caller.s, BYE_TIMEOUT);
	assert_int_equal(p.caller.count[SESSION_ENDED], 1);
	assert_int_equal(side_say(&p.caller, 2, "too late"), ERR_INVALID);
	assert_int_equal(session_ack(p.caller.s, 1, 1), ERR_INVALID);
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
	assert_int_equal(session_ack(p.caller.s, 1, 1), 0);
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
	    cmocka_unit_test(test_epochs),
	    cmocka_unit_test(test_names_that_are_none),
	    cmocka_unit_test(test_acks_come_as_they_are),
	    cmocka_unit_test(test_acks_are_not_repeated),
	    cmocka_unit_test(test_keeping),
	    cmocka_unit_test(test_typing_and_presence),
	    cmocka_unit_test(test_goodbye),
	    cmocka_unit_test(test_queue_is_bounded),
	    cmocka_unit_test(test_small_output),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
