/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a transfer is known by beyond its session, within one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "src/base/err.h"
#include "src/base/util.h"
#include "tests/unit/session_pair.h"

static bool
hold_offers(struct side *side, const struct session_event *e)
{
	(void)side;
	return e->type == SESSION_OFFER;
}

/* One file, offered and heard. */
static void
open_offered(struct pair *p)
{
	pair_open(p);
	p->listener.hook = hold_offers;
	side_offer(&p->caller, 1);
	pair_pump(p);
	assert_int_equal(p->listener.count[SESSION_OFFER], 1);
}

/* A token is in one open transfer of each side at most. */
static void
test_tokens(void **state)
{
	static const uint64_t none[] = {0, (uint64_t)1 << 63, UINT64_MAX};
	struct frame_offer offer = pair_frame(FRAME_OFFER).offer;
	struct pair p;
	uint32_t id;

	(void)state;
	open_offered(&p);
	assert_int_equal(
	    p.listener.transfer[SESSION_OFFER].token, p.caller.last_token);
	for (size_t i = 0; i < COUNT(none); i++) {
		offer.token = none[i];
		assert_int_equal(
		    session_offer(p.caller.s, &offer, &id), ERR_INVALID);
	}
	offer.token = p.caller.last_token;
	assert_int_equal(session_offer(p.caller.s, &offer, &id), ERR_INVALID);
	assert_int_equal(session_offer(p.listener.s, &offer, &id), 0);
	session_cancel(p.caller.s, TRANSFER_OUT, 1, WHY_PERSON);
	assert_int_equal(session_offer(p.caller.s, &offer, &id), 0);
	offer.token = INT64_MAX;
	assert_int_equal(session_offer(p.caller.s, &offer, &id), 0);
	pair_pump(&p);
	assert_int_equal(p.listener.count[SESSION_OFFER], 3);
	assert_true(session_is_open(p.listener.s));
	pair_release(&p);
}

static bool
offer_again(struct side *side, const struct session_event *e)
{
	struct frame_offer offer = pair_frame(FRAME_OFFER).offer;
	uint32_t id;

	if (e->type == SESSION_CANCEL) {
		offer.token = e->transfer->token;
		assert_int_equal(session_offer(side->s, &offer, &id), 0);
		assert_int_equal(id, 2);
	}
	return e->transfer != NULL;
}

/* Even while the event is told that ended the one before. */
static void
test_token_is_free_at_once(void **state)
{
	struct pair p;

	(void)state;
	open_offered(&p);
	p.caller.hook = offer_again;
	session_cancel(p.listener.s, TRANSFER_IN, 1, WHY_IO);
	pair_pump(&p);
	assert_int_equal(p.listener.count[SESSION_OFFER], 2);
	assert_true(session_is_open(p.listener.s));
	pair_release(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_tokens),
	    cmocka_unit_test(test_token_is_free_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
