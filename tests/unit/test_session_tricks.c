/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A peer that breaks the rules of a transfer, in every state of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "src/base/util.h"
#include "tests/unit/session_tricks.h"

enum { SIZE = 100, HALF = SIZE / 2, TOKEN = 1 };

struct trick {
	enum transfer_state state; /* of transfer 1 */
	uint8_t type;
	uint32_t id;
	uint64_t n; /* offset, limit, accepted, why, mine */
	/* length of DATA, offset of ANSWER, token of OFFER, why of PAUSE */
	uint64_t more;
	enum outcome outcome;
};

/* Against who was offered the file. */
static const struct trick tricks_in[] = {
    {TRANSFER_OFFERED, FRAME_DATA, 1, 0, 1, FAILS},
    {TRANSFER_OFFERED, FRAME_DONE, 1, 0, 0, FAILS},
    {TRANSFER_OFFERED, FRAME_BEGIN, 1, 0, 0, FAILS},
    {TRANSFER_OFFERED, FRAME_OFFER, 1, 0, TOKEN + 1, PROTOCOL},
    {TRANSFER_OFFERED, FRAME_OFFER, 0, 0, TOKEN + 1, PROTOCOL},
    {TRANSFER_OFFERED, FRAME_OFFER, 2, 0, TOKEN + 1, NOTHING},
    {TRANSFER_OFFERED, FRAME_OFFER, 2, 0, INT64_MAX, NOTHING},
    {TRANSFER_OFFERED, FRAME_OFFER, 2, 0, TOKEN, PROTOCOL},
    {TRANSFER_OFFERED, FRAME_OFFER, 2, 0, 0, PROTOCOL},
    {TRANSFER_OFFERED, FRAME_OFFER, 2, 0, (uint64_t)1 << 63, PROTOCOL},
    {TRANSFER_OFFERED, FRAME_OFFER, 2, 0, UINT64_MAX, PROTOCOL},
    {TRANSFER_OFFERED, FRAME_OFFER, 2, UINT64_MAX, 0, PROTOCOL},
    {TRANSFER_OFFERED, FRAME_DATA, 2, 0, 1, PROTOCOL},
    {TRANSFER_OFFERED, FRAME_DATA, 0, 0, 1, PROTOCOL},
    {TRANSFER_OFFERED, FRAME_DONE, 2, 0, 0, PROTOCOL},
    {TRANSFER_OFFERED, FRAME_BEGIN, 2, 0, 0, PROTOCOL},
    {TRANSFER_OFFERED, FRAME_BEGIN, 0, 0, 0, PROTOCOL},
    {TRANSFER_OFFERED, FRAME_CANCEL, 2, 1, 0, PROTOCOL},
    {TRANSFER_OFFERED, FRAME_CANCEL, 1, 0, 0, PROTOCOL},
    {TRANSFER_OFFERED, FRAME_ANSWER, 1, 1, 0, PROTOCOL},
    {TRANSFER_OFFERED, FRAME_CREDIT, 1, 1, 0, PROTOCOL},
    {TRANSFER_OFFERED, FRAME_RESULT, 1, WHY_NONE, 0, PROTOCOL},
    {TRANSFER_PROVING, FRAME_DATA, 1, HALF, 1, FAILS},
    {TRANSFER_PROVING, FRAME_DATA, 1, 0, 1, FAILS},
    {TRANSFER_PROVING, FRAME_DONE, 1, 0, 0, FAILS},
    {TRANSFER_PROVING, FRAME_BEGIN, 1, 0, 0, NOTHING},
    {TRANSFER_PROVING, FRAME_BEGIN, 1, HALF, 0, NOTHING},
    {TRANSFER_PROVING, FRAME_BEGIN, 1, 1, 0, FAILS},
    {TRANSFER_PROVING, FRAME_BEGIN, 1, HALF - 1, 0, FAILS},
    {TRANSFER_PROVING, FRAME_BEGIN, 1, HALF + 1, 0, FAILS},
    {TRANSFER_PROVING, FRAME_BEGIN, 1, SIZE, 0, FAILS},
    {TRANSFER_PROVING, FRAME_BEGIN, 1, SIZE + 1, 0, FAILS},
    {TRANSFER_PROVING, FRAME_BEGIN, 1, (uint64_t)1 << 63, 0, FAILS},
    {TRANSFER_PROVING, FRAME_BEGIN, 1, UINT64_MAX, 0, FAILS},
    {TRANSFER_PROVING, FRAME_OFFER, 2, 0, TOKEN, PROTOCOL},
    {TRANSFER_PROVING, FRAME_CREDIT, 1, HALF, 0, PROTOCOL},
    {TRANSFER_RECEIVING, FRAME_BEGIN, 1, 0, 0, FAILS},
    {TRANSFER_RECEIVING, FRAME_DATA, 1, 0, SIZE + 1, FAILS},
    {TRANSFER_RECEIVING, FRAME_DATA, 1, 1, 1, FAILS},
    {TRANSFER_RECEIVING, FRAME_DATA, 1, SIZE, 1, FAILS},
    {TRANSFER_RECEIVING, FRAME_DATA, 1, (uint64_t)1 << 63, 1, FAILS},
    {TRANSFER_RECEIVING, FRAME_DATA, 1, UINT64_MAX, 1, FAILS},
    {TRANSFER_RECEIVING, FRAME_DONE, 1, 0, 0, FAILS},
    {TRANSFER_VERIFYING, FRAME_DATA, 1, SIZE, 1, FAILS},
    {TRANSFER_VERIFYING, FRAME_DONE, 1, 0, 0, FAILS},
    {TRANSFER_VERIFYING, FRAME_BEGIN, 1, SIZE, 0, FAILS},
    {TRANSFER_CANCELLED, FRAME_BEGIN, 1, 0, 0, NOTHING},
    {TRANSFER_CANCELLED, FRAME_BEGIN, 1, UINT64_MAX, 0, NOTHING},
    {TRANSFER_CANCELLED, FRAME_DATA, 1, 0, 1, NOTHING},
    {TRANSFER_CANCELLED, FRAME_DATA, 1, UINT64_MAX, 1, NOTHING},
    {TRANSFER_CANCELLED, FRAME_DONE, 1, 0, 0, NOTHING},
    {TRANSFER_CANCELLED, FRAME_CANCEL, 1, 1, 0, NOTHING},
    {TRANSFER_CANCELLED, FRAME_OFFER, 1, 0, TOKEN + 1, PROTOCOL},
    {TRANSFER_CANCELLED, FRAME_OFFER, 2, 0, TOKEN, NOTHING},
    {TRANSFER_OFFERED, FRAME_PAUSE, 1, 1, WHY_PERSON, FAILS},
    {TRANSFER_OFFERED, FRAME_RESUME, 1, 1, 0, NOTHING},
    {TRANSFER_OFFERED, FRAME_PAUSE, 2, 1, WHY_PERSON, PROTOCOL},
    {TRANSFER_OFFERED, FRAME_PAUSE, 0, 1, WHY_PERSON, PROTOCOL},
    {TRANSFER_OFFERED, FRAME_PAUSE, 1, 0, WHY_PERSON, PROTOCOL},
    {TRANSFER_OFFERED, FRAME_RESUME, 2, 1, 0, PROTOCOL},
    {TRANSFER_OFFERED, FRAME_RESUME, 0, 1, 0, PROTOCOL},
    {TRANSFER_OFFERED, FRAME_RESUME, 1, 0, 0, PROTOCOL},
    {TRANSFER_PROVING, FRAME_PAUSE, 1, 1, WHY_NONE, NOTHING},
    {TRANSFER_PROVING, FRAME_RESUME, 1, 1, 0, NOTHING},
    {TRANSFER_RECEIVING, FRAME_PAUSE, 1, 1, WHY_NONE, NOTHING},
    {TRANSFER_RECEIVING, FRAME_RESUME, 1, 1, 0, NOTHING},
    {TRANSFER_VERIFYING, FRAME_PAUSE, 1, 1, WHY_NONE, NOTHING},
    {TRANSFER_VERIFYING, FRAME_RESUME, 1, 1, 0, NOTHING},
    {TRANSFER_CANCELLED, FRAME_PAUSE, 1, 1, WHY_NONE, NOTHING},
    {TRANSFER_CANCELLED, FRAME_RESUME, 1, 1, 0, NOTHING},
};

/* Against who offered it. */
static const struct trick tricks_out[] = {
    {TRANSFER_OFFERED, FRAME_CREDIT, 1, 1, 0, FAILS},
    {TRANSFER_OFFERED, FRAME_RESULT, 1, WHY_NONE, 0, FAILS},
    {TRANSFER_OFFERED, FRAME_RESULT, 1, WHY_IO, 0, FAILS},
    {TRANSFER_OFFERED, FRAME_ANSWER, 1, 1, 1, NOTHING},
    {TRANSFER_OFFERED, FRAME_ANSWER, 1, 1, SIZE, NOTHING},
    {TRANSFER_OFFERED, FRAME_ANSWER, 1, 1, SIZE + 1, FAILS},
    {TRANSFER_OFFERED, FRAME_ANSWER, 1, 1, (uint64_t)1 << 63, FAILS},
    {TRANSFER_OFFERED, FRAME_ANSWER, 1, 1, UINT64_MAX, FAILS},
    {TRANSFER_OFFERED, FRAME_ANSWER, 2, 1, 0, PROTOCOL},
    {TRANSFER_OFFERED, FRAME_ANSWER, 0, 0, 0, PROTOCOL},
    {TRANSFER_OFFERED, FRAME_CREDIT, 2, 1, 0, PROTOCOL},
    {TRANSFER_OFFERED, FRAME_RESULT, 2, WHY_IO, 0, PROTOCOL},
    {TRANSFER_OFFERED, FRAME_CANCEL, 2, 0, 0, PROTOCOL},
    {TRANSFER_OFFERED, FRAME_CANCEL, 1, 1, 0, PROTOCOL},
    {TRANSFER_OFFERED, FRAME_DATA, 1, 0, 1, PROTOCOL},
    {TRANSFER_OFFERED, FRAME_BEGIN, 1, 0, 0, PROTOCOL},
    {TRANSFER_PROVING, FRAME_ANSWER, 1, 1, HALF, FAILS},
    {TRANSFER_PROVING, FRAME_ANSWER, 1, 1, 0, FAILS},
    {TRANSFER_PROVING, FRAME_ANSWER, 1, 0, 0, FAILS},
    {TRANSFER_PROVING, FRAME_CREDIT, 1, HALF, 0, FAILS},
    {TRANSFER_PROVING, FRAME_CREDIT, 1, SIZE, 0, FAILS},
    {TRANSFER_PROVING, FRAME_RESULT, 1, WHY_NONE, 0, FAILS},
    {TRANSFER_PROVING, FRAME_RESULT, 1, WHY_IO, 0, REPORTED},
    {TRANSFER_PROVING, FRAME_BEGIN, 1, HALF, 0, PROTOCOL},
    {TRANSFER_SENDING, FRAME_ANSWER, 1, 1, 0, FAILS},
    {TRANSFER_SENDING, FRAME_ANSWER, 1, 0, 0, FAILS},
    {TRANSFER_SENDING, FRAME_CREDIT, 1, SIZE - 1, 0, FAILS},
    {TRANSFER_SENDING, FRAME_CREDIT, 1, SIZE + 1, 0, FAILS},
    {TRANSFER_SENDING, FRAME_CREDIT, 1, UINT64_MAX, 0, FAILS},
    {TRANSFER_SENDING, FRAME_CREDIT, 1, SIZE, 0, NOTHING},
    {TRANSFER_SENDING, FRAME_RESULT, 1, WHY_NONE, 0, FAILS},
    {TRANSFER_SENDING, FRAME_RESULT, 1, WHY_DISK_FULL, 0, REPORTED},
    {TRANSFER_FINISHING, FRAME_ANSWER, 1, 0, 0, FAILS},
    {TRANSFER_FINISHING, FRAME_CREDIT, 1, SIZE, 0, NOTHING},
    {TRANSFER_FINISHING, FRAME_RESULT, 1, WHY_HASH, 0, REPORTED},
    {TRANSFER_CANCELLED, FRAME_ANSWER, 1, 1, 0, NOTHING},
    {TRANSFER_CANCELLED, FRAME_CREDIT, 1, UINT64_MAX, 0, NOTHING},
    {TRANSFER_CANCELLED, FRAME_RESULT, 1, WHY_NONE, 0, NOTHING},
    {TRANSFER_CANCELLED, FRAME_CANCEL, 1, 0, 0, NOTHING},
    {TRANSFER_OFFERED, FRAME_PAUSE, 1, 0, WHY_PERSON, NOTHING},
    {TRANSFER_OFFERED, FRAME_RESUME, 1, 0, 0, NOTHING},
    {TRANSFER_OFFERED, FRAME_PAUSE, 2, 0, WHY_PERSON, PROTOCOL},
    {TRANSFER_OFFERED, FRAME_PAUSE, 0, 0, WHY_PERSON, PROTOCOL},
    {TRANSFER_OFFERED, FRAME_PAUSE, 1, 1, WHY_PERSON, PROTOCOL},
    {TRANSFER_OFFERED, FRAME_RESUME, 2, 0, 0, PROTOCOL},
    {TRANSFER_OFFERED, FRAME_RESUME, 0, 0, 0, PROTOCOL},
    {TRANSFER_OFFERED, FRAME_RESUME, 1, 1, 0, PROTOCOL},
    {TRANSFER_PROVING, FRAME_PAUSE, 1, 0, WHY_DISK_FULL, NOTHING},
    {TRANSFER_PROVING, FRAME_RESUME, 1, 0, 0, NOTHING},
    {TRANSFER_SENDING, FRAME_PAUSE, 1, 0, WHY_DISK_FULL, NOTHING},
    {TRANSFER_SENDING, FRAME_RESUME, 1, 0, 0, NOTHING},
    {TRANSFER_FINISHING, FRAME_PAUSE, 1, 0, WHY_DISK_FULL, NOTHING},
    {TRANSFER_FINISHING, FRAME_RESUME, 1, 0, 0, NOTHING},
    {TRANSFER_CANCELLED, FRAME_PAUSE, 1, 0, WHY_DISK_FULL, NOTHING},
    {TRANSFER_CANCELLED, FRAME_RESUME, 1, 0, 0, NOTHING},
};

static struct frame
make_frame(uint8_t type, uint32_t id, uint64_t n, uint64_t more)
{
	static const uint8_t bytes[SIZE + 1];
	struct frame f = pair_frame(type);

	switch (type) {
	case FRAME_OFFER:
		f.offer.id = id;
		f.offer.size = n;
		f.offer.token = more;
		break;
	case FRAME_ANSWER:
		f.answer.id = id;
		f.answer.accepted = (uint8_t)n;
		f.answer.offset = more;
		break;
	case FRAME_BEGIN:
		f.begin.id = id;
		f.begin.offset = n;
		break;
	case FRAME_DATA:
		f.data.id = id;
		f.data.offset = n;
		f.data.bytes = bytes;
		f.data.len = (size_t)more;
		break;
	case FRAME_CREDIT:
		f.credit.id = id;
		f.credit.limit = n;
		break;
	case FRAME_DONE:
		f.done.id = id;
		break;
	case FRAME_RESULT:
		f.result.id = id;
		f.result.why = (uint8_t)n;
		break;
	case FRAME_CANCEL:
		f.cancel.id = id;
		f.cancel.mine = (uint8_t)n;
		f.cancel.why = WHY_PERSON;
		break;
	case FRAME_PAUSE:
		f.pause.id = id;
		f.pause.mine = (uint8_t)n;
		f.pause.why = (uint8_t)more;
		break;
	case FRAME_RESUME:
		f.resume.id = id;
		f.resume.mine = (uint8_t)n;
		break;
	default:
		fail_msg("no frame of a transfer: %u", type);
	}
	return f;
}

static void
receive(struct side *side, uint8_t type, uint32_t id, uint64_t n, uint64_t more)
{
	struct frame f = make_frame(type, id, n, more);

	side_receive(side, &f);
}

static bool
do_nothing(struct side *side, const struct session_event *e)
{
	(void)side;
	return e->type >= SESSION_OFFER;
}

/* Bring transfer 1 there, with a peer that is still honest. */
static void
reach_in(struct side *side, enum transfer_state state)
{
	receive(side, FRAME_OFFER, 1, SIZE, TOKEN);
	if (state == TRANSFER_CANCELLED)
		session_cancel(side->s, TRANSFER_IN, 1, WHY_PERSON);
	else if (state == TRANSFER_PROVING)
		side_accept_from(side, 1, HALF);
	else if (state != TRANSFER_OFFERED)
		session_accept(side->s, 1);
	if (state == TRANSFER_VERIFYING) {
		receive(side, FRAME_DATA, 1, 0, SIZE);
		receive(side, FRAME_DONE, 1, 0, 0);
	}
}

static void
reach_out(struct side *side, enum transfer_state state)
{
	side_offer(side, SIZE);
	if (state == TRANSFER_CANCELLED)
		session_cancel(side->s, TRANSFER_OUT, 1, WHY_PERSON);
	if (state == TRANSFER_PROVING)
		receive(side, FRAME_ANSWER, 1, 1, HALF);
	if (state == TRANSFER_SENDING || state == TRANSFER_FINISHING) {
		receive(side, FRAME_ANSWER, 1, 1, 0);
		receive(side, FRAME_CREDIT, 1, SIZE, 0);
	}
	if (state == TRANSFER_FINISHING)
		side_feed(side, 1);
}

static void
try_trick(enum transfer_dir dir, const struct trick *trick)
{
	struct frame f =
	    make_frame(trick->type, trick->id, trick->n, trick->more);
	const struct transfer *t;
	struct side *side;
	struct pair p;

	pair_open(&p);
	side = &p.listener;
	side->hook = do_nothing;
	if (dir == TRANSFER_IN)
		reach_in(side, trick->state);
	else
		reach_out(side, trick->state);
	session_output(side->s, &side->wire, PAIR_WANT, 0);
	buf_clear(&side->wire);
	t = session_transfer(side->s, dir, 1);
	if (trick->state == TRANSFER_CANCELLED)
		assert_null(t);
	else
		assert_int_equal(t->state, trick->state);
	try_frame(side, dir, &f, trick->outcome);
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

/* An answer that breaks one transfer's rules leaves the others alone. */
static void
test_others_go_on(void **state)
{
	struct pair p;
	struct frame f = {.type = FRAME_CREDIT, .credit = {.id = 1}};

	(void)state;
	pair_open(&p);
	for (int i = 0; i < 3; i++)
		side_offer(&p.caller, 300 * 1000);
	f.credit.limit = UINT64_MAX;
	side_receive(&p.caller, &f);
	pair_pump(&p);
	assert_int_equal(p.caller.count[SESSION_CANCEL], 1);
	assert_int_equal(p.caller.count[SESSION_RESULT], 2);
	assert_int_equal(p.listener.count[SESSION_CANCEL], 1);
	assert_int_equal(p.listener.transfer[SESSION_CANCEL].why, WHY_PROTOCOL);
	pair_release(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_against_receiver),
	    cmocka_unit_test(test_against_sender),
	    cmocka_unit_test(test_others_go_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
