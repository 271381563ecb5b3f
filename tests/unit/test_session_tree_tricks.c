/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A peer that breaks the rules of a tree, at every stage of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/filelist.h"
#include "src/base/err.h"
#include "src/base/util.h"
#include "tests/unit/session_tricks.h"

enum { ENTRIES = 10, LIST = 100, HALF = LIST / 2, MORE = 50 };

/* How far transfer 1, a tree, has come. */
enum stage {
	OFFERED,
	TAKEN,  /* the list may come */
	COMING, /* half of it is over there */
	LISTED, /* all of it */
	GOING,  /* accepted; the first half is claimed */
	DONE,   /* all was sent */
	ENDED,
};

static const uint8_t bytes[LIST + 1];

#define ANSWER(yes, from)                                                      \
	{                                                                      \
		.type = FRAME_ANSWER, .answer = {                              \
			.id = 1,                                               \
			.accepted = (yes),                                     \
			.offset = (from)                                       \
		}                                                              \
	}
#define BEGIN(from)                                                            \
	{                                                                      \
		.type = FRAME_BEGIN, .begin = {.id = 1, .offset = (from) }     \
	}
#define DATA(at, length)                                                       \
	{                                                                      \
		.type = FRAME_DATA, .data = {                                  \
			.id = 1,                                               \
			.offset = (at),                                        \
			.bytes = bytes,                                        \
			.len = (length)                                        \
		}                                                              \
	}
#define CREDIT(to)                                                             \
	{                                                                      \
		.type = FRAME_CREDIT, .credit = {.id = 1, .limit = (to) }      \
	}
#define END                                                                    \
	{                                                                      \
		.type = FRAME_DONE, .done = {.id = 1 }                         \
	}
#define RESULT(reason)                                                         \
	{                                                                      \
		.type = FRAME_RESULT, .result = {.id = 1, .why = (reason) }    \
	}
#define CLAIMS(to)                                                             \
	{                                                                      \
		.type = FRAME_CLAIMS, .claims = {.id = 1, .upto = (to) }       \
	}
#define PAUSE(whose)                                                           \
	{                                                                      \
		.type = FRAME_PAUSE, .pause = {                                \
			.id = 1,                                               \
			.mine = (whose),                                       \
			.why = WHY_TURN                                        \
		}                                                              \
	}

struct trick {
	enum stage stage;
	struct frame frame;
	enum outcome outcome;
};

/* Against who was offered it. */
static const struct trick tricks_in[] = {
    {OFFERED, DATA(0, 1), FAILS},
    {OFFERED, END, FAILS},
    {OFFERED, BEGIN(0), FAILS},
    {OFFERED, PAUSE(1), FAILS},
    {TAKEN, DATA(0, LIST), NOTHING},
    {TAKEN, DATA(0, LIST + 1), FAILS},
    {TAKEN, DATA(1, 1), FAILS},
    {TAKEN, DATA(UINT64_MAX, 2), FAILS},
    {TAKEN, END, FAILS},
    {TAKEN, PAUSE(1), FAILS},
    {COMING, DATA(HALF, HALF), NOTHING},
    {COMING, DATA(HALF, HALF + 1), FAILS},
    {COMING, DATA(0, HALF), FAILS},
    {COMING, END, FAILS},
    {LISTED, DATA(LIST, 1), FAILS},
    {LISTED, END, FAILS},
    {LISTED, BEGIN(LIST), FAILS},
    {LISTED, PAUSE(1), FAILS},
    {LISTED, CLAIMS(1), PROTOCOL},
    {GOING, DATA(LIST, 1), NOTHING},
    {GOING, DATA(LIST - 1, 1), FAILS},
    {GOING, DATA(0, 1), FAILS},
    {GOING, DATA(UINT64_MAX, 1), FAILS},
    {GOING, END, NOTHING},
    {GOING, BEGIN(0), FAILS},
    {GOING, CLAIMS(ENTRIES), PROTOCOL},
    {GOING, PAUSE(1), NOTHING},
    {DONE, DATA(LIST + MORE, 1), FAILS},
    {DONE, END, FAILS},
    {DONE, CLAIMS(ENTRIES), PROTOCOL},
    {ENDED, DATA(0, 1), NOTHING},
    {ENDED, END, NOTHING},
    {ENDED, CLAIMS(ENTRIES), PROTOCOL},
};

/* Against who offered it. */
static const struct trick tricks_out[] = {
    {OFFERED, ANSWER(1, 0), FAILS},
    {OFFERED, ANSWER(1, LIST), FAILS},
    {OFFERED, CREDIT(0), NOTHING},
    {OFFERED, CREDIT(LIST), NOTHING},
    {OFFERED, CREDIT(LIST + 1), FAILS},
    {OFFERED, CREDIT(UINT64_MAX), FAILS},
    {OFFERED, CLAIMS(1), FAILS},
    {OFFERED, RESULT(WHY_IO), FAILS},
    {OFFERED, PAUSE(0), FAILS},
    {COMING, ANSWER(1, 0), FAILS},
    {COMING, ANSWER(1, HALF), FAILS},
    {COMING, CREDIT(HALF - 1), FAILS},
    {COMING, CREDIT(LIST + 1), FAILS},
    {COMING, CREDIT(LIST), NOTHING},
    {COMING, CLAIMS(1), FAILS},
    {COMING, PAUSE(0), FAILS},
    {LISTED, ANSWER(1, 0), NOTHING},
    {LISTED, ANSWER(1, 1), FAILS},
    {LISTED, ANSWER(1, LIST), FAILS},
    {LISTED, ANSWER(1, UINT64_MAX), FAILS},
    {LISTED, CREDIT(LIST + 1), FAILS},
    {LISTED, CLAIMS(1), FAILS},
    {LISTED, RESULT(WHY_NONE), FAILS},
    {GOING, ANSWER(1, 0), FAILS},
    {GOING, ANSWER(0, 0), FAILS},
    {GOING, CREDIT(LIST - 1), FAILS},
    {GOING, CREDIT(INT64_MAX), NOTHING},
    {GOING, CREDIT((uint64_t)1 << 63), FAILS},
    {GOING, CREDIT(UINT64_MAX), FAILS},
    {GOING, CLAIMS(0), FAILS},
    {GOING, CLAIMS(ENTRIES / 2), FAILS},
    {GOING, CLAIMS(ENTRIES / 2 + 1), NOTHING},
    {GOING, CLAIMS(ENTRIES), NOTHING},
    {GOING, CLAIMS(ENTRIES + 1), FAILS},
    {GOING, CLAIMS(UINT32_MAX), FAILS},
    {GOING, RESULT(WHY_NONE), FAILS},
    {GOING, RESULT(WHY_DISK_FULL), REPORTED},
    {GOING, PAUSE(0), NOTHING},
    {GOING, END, PROTOCOL},
    {DONE, CREDIT(INT64_MAX), NOTHING},
    {DONE, CREDIT(UINT64_MAX), FAILS},
    {DONE, CLAIMS(ENTRIES), NOTHING},
    {DONE, CLAIMS(ENTRIES + 1), FAILS},
    {DONE, RESULT(WHY_HASH), REPORTED},
    {ENDED, ANSWER(1, 0), NOTHING},
    {ENDED, CREDIT(UINT64_MAX), NOTHING},
    {ENDED, CLAIMS(0), NOTHING},
    {ENDED, CLAIMS(UINT32_MAX), NOTHING},
};

static bool
do_nothing(struct side *side, const struct session_event *e)
{
	(void)side;
	return e->type >= SESSION_OFFER;
}

static struct frame
tree_offer(void)
{
	struct frame f = pair_frame(FRAME_OFFER);

	f.offer.entries = ENTRIES;
	f.offer.list_len = LIST;
	return f;
}

static void
hear_all(struct side *side, const struct frame *frames, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		side_receive(side, &frames[i]);
		session_output(side->s, &side->wire, PAIR_WANT, 0);
		buf_clear(&side->wire);
	}
}

/* Bring transfer 1 there, with a peer that is still honest. */
static void
reach_in(struct side *side, enum stage stage)
{
	const struct frame offer = tree_offer();
	const struct frame list[] = {DATA(0, HALF), DATA(HALF, HALF)};
	const struct frame rest[] = {DATA(LIST, MORE), END};
	const struct frame_claims claims = {.upto = ENTRIES / 2};

	side_receive(side, &offer);
	if (stage >= TAKEN)
		assert_int_equal(session_take_list(side->s, 1), 0);
	if (stage >= COMING)
		hear_all(side, list, stage == COMING ? 1 : 2);
	if (stage >= LISTED)
		assert_int_equal(session_drained(side->s, 1, LIST), 0);
	if (stage >= GOING) {
		assert_int_equal(session_accept(side->s, 1), 0);
		assert_int_equal(session_claims(side->s, 1, &claims), 0);
	}
	if (stage >= DONE)
		hear_all(side, rest, COUNT(rest));
	if (stage == ENDED)
		session_cancel(side->s, TRANSFER_IN, 1, WHY_PERSON);
}

static void
reach_out(struct side *side, enum stage stage)
{
	const struct frame list[] = {CREDIT(HALF), CREDIT(LIST)};
	const struct frame yes[] = {
	    ANSWER(1, 0), CREDIT(LIST + MORE), CLAIMS(ENTRIES / 2)};

	side_offer_tree(side, ENTRIES, LIST, MORE);
	hear_all(side, list, stage >= LISTED ? 2 : stage >= COMING ? 1 : 0);
	if (stage >= GOING)
		hear_all(side, yes, COUNT(yes));
	if (stage >= DONE)
		assert_int_equal(side_feed(side, 1), 0);
	if (stage == ENDED)
		session_cancel(side->s, TRANSFER_OUT, 1, WHY_PERSON);
}

static void
try_trick(enum transfer_dir dir, const struct trick *trick)
{
	static const enum transfer_state states[2][DONE + 1] = {
	    {[GOING] = TRANSFER_SENDING, [DONE] = TRANSFER_FINISHING},
	    {[GOING] = TRANSFER_RECEIVING, [DONE] = TRANSFER_VERIFYING},
	};
	const struct transfer *t;
	struct side *side;
	struct pair p;

	pair_open(&p);
	side = &p.listener;
	side->hook = do_nothing;
	if (dir == TRANSFER_IN)
		reach_in(side, trick->stage);
	else
		reach_out(side, trick->stage);
	session_output(side->s, &side->wire, PAIR_WANT, 0);
	buf_clear(&side->wire);
	t = session_transfer(side->s, dir, 1);
	if (trick->stage == ENDED)
		assert_null(t);
	else
		assert_int_equal(t->state, states[dir][trick->stage]);
	try_frame(side, dir, &trick->frame, trick->outcome);
	pair_release(&p);
}

static void
test_against_receiver(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(tricks_in); i++)
		try_trick(TRANSFER_IN, &tricks_in[i]);
}

static void
test_against_sender(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(tricks_out); i++)
		try_trick(TRANSFER_OUT, &tricks_out[i]);
}

/* Claims about what is no tree, or never was offered. */
static void
test_claims_about_others(void **state)
{
	static const struct {
		uint32_t id;
		enum outcome outcome;
	} cases[] = {{0, PROTOCOL}, {1, FAILS}, {2, PROTOCOL}};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct frame yes = ANSWER(1, 0), f = CLAIMS(1);
		struct pair p;

		pair_open(&p);
		p.listener.hook = do_nothing;
		side_offer(&p.listener, 1);
		hear_all(&p.listener, &yes, 1);
		f.claims.id = cases[i].id;
		try_frame(&p.listener, TRANSFER_OUT, &f, cases[i].outcome);
		pair_release(&p);
	}
}

/* Numbers of an offer that are none, or more than there may be. */
static void
test_offers(void **state)
{
	static const struct {
		uint64_t size;
		uint32_t entries, list_len;
		enum outcome outcome;
		enum wire_why why; /* of the answer, where it is NOTHING */
	} cases[] = {
	    {1, 0, 0, NOTHING, WHY_NONE},
	    {1, 1, 1, NOTHING, WHY_NONE},
	    {1, 0, 1, PROTOCOL, WHY_NONE},
	    {1, 1, 0, PROTOCOL, WHY_NONE},
	    {1, UINT32_MAX, 0, PROTOCOL, WHY_NONE},
	    {1, 0, UINT32_MAX, PROTOCOL, WHY_NONE},
	    {INT64_MAX, FILELIST_ENTRIES_MAX, FILELIST_MAX, NOTHING, WHY_NONE},
	    {1, FILELIST_ENTRIES_MAX + 1, 1, NOTHING, WHY_TOO_BIG},
	    {1, 1, FILELIST_MAX + 1, NOTHING, WHY_TOO_BIG},
	    {1, UINT32_MAX, UINT32_MAX, NOTHING, WHY_TOO_BIG},
	    {(uint64_t)1 << 63, 1, 1, NOTHING, WHY_TOO_BIG},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		bool taken =
		    cases[i].outcome == NOTHING && cases[i].why == WHY_NONE;
		struct frame f = pair_frame(FRAME_OFFER);
		struct side *b;
		struct pair p;
		uint32_t id;

		pair_open(&p);
		b = &p.listener;
		b->hook = do_nothing;
		f.offer.size = cases[i].size;
		f.offer.entries = cases[i].entries;
		f.offer.list_len = cases[i].list_len;
		assert_int_equal(session_offer(p.caller.s, &f.offer, &id),
		    taken ? 0 : ERR_INVALID);
		try_frame(b, TRANSFER_IN, &f, cases[i].outcome);
		assert_int_equal(b->count[SESSION_OFFER], taken);
		if (cases[i].why != WHY_NONE) {
			session_output(b->s, &b->wire, 0, 0);
			assert_int_equal(
			    wire_get(&b->wire, WIRE_FRAME_MAX, &f), 0);
			assert_int_equal(f.type, FRAME_ANSWER);
			assert_int_equal(f.answer.accepted, 0);
			assert_int_equal(f.answer.why, cases[i].why);
		}
		pair_release(&p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_against_receiver),
	    cmocka_unit_test(test_against_sender),
	    cmocka_unit_test(test_claims_about_others),
	    cmocka_unit_test(test_offers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
