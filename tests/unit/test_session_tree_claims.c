/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All the trees that may be open at once, each with as many claims as the
 * disk side makes before a record comes: they wait for a slow link, and it
 * does not end for that.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/transfer.h"
#include "net/tree_in.h"
#include "tests/unit/session_claims.h"

/* Every other entry is claimed. */
enum { ENTRIES = 2 * TREE_IN_AHEAD, BATCH = 2 * WIRE_CLAIMS_MAX, LIST = 50 };

static bool
hold(struct side *side, const struct session_event *e)
{
	(void)side;
	return e->type == SESSION_OFFER || e->type == SESSION_DATA ||
	       e->type == SESSION_CLAIMS;
}

/* Its list is here. */
static void
take_list(struct pair *p, uint32_t id)
{
	assert_int_equal(session_take_list(p->listener.s, id), 0);
	pair_pump(p);
	assert_int_equal(session_drained(p->listener.s, id, LIST), 0);
}

static void
test_all_claim_at_once(void **state)
{
	struct pair p;
	struct session *s;
	uint32_t upto;

	(void)state;
	pair_open(&p);
	s = p.listener.s;
	p.caller.hook = p.listener.hook = hold;
	for (uint32_t id = 1; id <= TRANSFER_OPEN_MAX; id++) {
		assert_int_equal(
		    side_offer_tree(&p.caller, ENTRIES, LIST, 0), id);
		pair_pump(&p);
		take_list(&p, id);
	}
	for (uint32_t id = 1; id <= TRANSFER_OPEN_MAX; id++) {
		assert_int_equal(session_accept(s, id), 0);
		for (upto = 0; upto < ENTRIES;) {
			upto = ENTRIES - upto < BATCH ? ENTRIES : upto + BATCH;
			assert_int_equal(side_claim(&p.listener, id, upto), 0);
		}
	}
	pair_pump(&p);
	assert_true(session_is_open(s));
	assert_int_equal(p.caller.count[SESSION_ENDED], 0);
	assert_int_equal(
	    p.caller.transfer[SESSION_CLAIMS].claimed, (uint32_t)ENTRIES);
	pair_release(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_all_claim_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
