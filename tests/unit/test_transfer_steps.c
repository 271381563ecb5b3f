/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every call in every state: which state follows, or that nothing changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "src/base/err.h"
#include "src/base/util.h"
#include "tests/unit/transfers.h"

static const uint8_t hash[WIRE_HASH_LEN] = {1, 2, 3};

/* What is offered; of a tree, a list of one byte, and how far that is. */
enum thing {
	FILE_OF_ONE = 1, /* a file of one byte that has not moved */
	UNTAKEN = 2,
	TAKEN = 4, /* it may come, and has not */
	LISTED = 8,
	TREES = UNTAKEN | TAKEN | LISTED,
	ALL = FILE_OF_ONE | TREES,
	DECIDABLE = FILE_OF_ONE | LISTED,
};

enum op {
	ON_ACCEPTED,
	ON_ACCEPTED_SOME,
	ON_REFUSED,
	ON_BEGIN,
	ON_RESTART,
	ON_CREDIT,
	ON_DATA,
	ON_DONE,
	ON_CLAIMS,
	ON_GOOD,
	ON_BAD,
	ON_CANCEL,
	ON_PAUSE,
	DO_TAKE_LIST,
	DO_ACCEPT,
	DO_ACCEPT_SOME,
	DO_REFUSE,
	DO_BEGIN,
	DO_RESTART,
	DO_FEED,
	DO_FINISH,
	DO_CLAIMS,
	DO_GOOD,
	DO_BAD,
	DO_CANCEL,
	DO_PAUSE,
	OPS,
};

/* All that the list may have; else more than any end can be. */
static uint64_t
credit_of(const struct transfer *t)
{
	return t->entries > 0 && t->state == TRANSFER_OFFERED ? t->list_len
							      : t->size;
}

static int
apply(struct transfer *t, enum op op)
{
	static const struct frame_claims claims = {.id = 1, .upto = 1};

	switch (op) {
	case ON_ACCEPTED:
		return on_answered(t, true, WHY_NONE, 0);
	case ON_ACCEPTED_SOME:
		return on_answered(t, true, WHY_NONE, 1);
	case ON_REFUSED:
		return on_answered(t, false, WHY_HAVE, 0);
	case ON_BEGIN:
		return transfer_on_begin(t, t->offset);
	case ON_RESTART:
		return transfer_on_begin(t, 0);
	case ON_CREDIT:
		return transfer_on_credit(t, credit_of(t));
	case ON_DATA:
		return transfer_on_data(t, t->offset, 1);
	case ON_DONE:
		return transfer_on_done(t, hash);
	case ON_CLAIMS:
		return transfer_on_claims(t, &claims);
	case ON_GOOD:
		return transfer_on_result(t, WHY_NONE);
	case ON_BAD:
		return transfer_on_result(t, WHY_IO);
	case ON_CANCEL:
		transfer_on_cancel(t, WHY_PERSON);
		return 0;
	case ON_PAUSE:
		return transfer_on_pause(t, WHY_PERSON, 0);
	case DO_TAKE_LIST:
		return transfer_take_list(t);
	case DO_ACCEPT:
		return transfer_accept(t);
	case DO_ACCEPT_SOME:
		return transfer_accept_from(t, 1, hash);
	case DO_REFUSE:
		return transfer_refuse(t, WHY_NAME);
	case DO_BEGIN:
		return transfer_begin(t, true);
	case DO_RESTART:
		return transfer_begin(t, false);
	case DO_FEED:
		return transfer_feed(t, new_block(1));
	case DO_FINISH:
		return transfer_finish(t, hash);
	case DO_CLAIMS:
		return transfer_claims(t, &claims);
	case DO_GOOD:
		return transfer_verified(t, WHY_NONE);
	case DO_BAD:
		return transfer_verified(t, WHY_HASH);
	case DO_CANCEL:
		return transfer_cancel(t, WHY_PERSON);
	case DO_PAUSE:
		return transfer_pause(t);
	default:
		return ERR_INVALID;
	}
}

struct rule {
	int things; /* enum thing */
	enum transfer_dir dir;
	enum transfer_state from;
	enum op op;
	enum transfer_state to;
};

#define OUT_STAYS(things, state, op)                                           \
	{                                                                      \
		things, TRANSFER_OUT, TRANSFER_##state, op, TRANSFER_##state   \
	}
#define IN_STAYS(things, state, op)                                            \
	{                                                                      \
		things, TRANSFER_IN, TRANSFER_##state, op, TRANSFER_##state    \
	}
#define OUT_GOES(things, from, op, to)                                         \
	{                                                                      \
		things, TRANSFER_OUT, TRANSFER_##from, op, TRANSFER_##to       \
	}
#define IN_GOES(things, from, op, to)                                          \
	{                                                                      \
		things, TRANSFER_IN, TRANSFER_##from, op, TRANSFER_##to        \
	}

/* All that is legal. */
static const struct rule rules[] = {
    OUT_GOES(DECIDABLE, OFFERED, ON_ACCEPTED, SENDING),
    OUT_GOES(FILE_OF_ONE, OFFERED, ON_ACCEPTED_SOME, PROVING),
    OUT_GOES(ALL, OFFERED, ON_REFUSED, REFUSED),
    OUT_STAYS(FILE_OF_ONE, OFFERED, ON_PAUSE),
    OUT_STAYS(TREES, OFFERED, ON_CREDIT),
    OUT_STAYS(UNTAKEN | TAKEN, OFFERED, DO_FEED),
    OUT_GOES(FILE_OF_ONE, PROVING, ON_BAD, FAILED),
    OUT_GOES(FILE_OF_ONE, PROVING, DO_BEGIN, SENDING),
    OUT_GOES(FILE_OF_ONE, PROVING, DO_RESTART, SENDING),
    OUT_STAYS(FILE_OF_ONE, PROVING, ON_PAUSE),
    OUT_STAYS(FILE_OF_ONE, PROVING, DO_PAUSE),
    OUT_STAYS(DECIDABLE, SENDING, ON_CREDIT),
    OUT_STAYS(LISTED, SENDING, ON_CLAIMS),
    OUT_GOES(DECIDABLE, SENDING, ON_BAD, FAILED),
    OUT_STAYS(DECIDABLE, SENDING, DO_FEED),
    OUT_STAYS(LISTED, SENDING, DO_FINISH),
    OUT_STAYS(DECIDABLE, SENDING, ON_PAUSE),
    OUT_STAYS(DECIDABLE, SENDING, DO_PAUSE),
    OUT_STAYS(DECIDABLE, FINISHING, ON_CREDIT),
    OUT_STAYS(LISTED, FINISHING, ON_CLAIMS),
    OUT_GOES(DECIDABLE, FINISHING, ON_BAD, FAILED),
    OUT_GOES(DECIDABLE, FINISHING, ON_GOOD, COMPLETE),
    OUT_STAYS(DECIDABLE, FINISHING, ON_PAUSE),
    OUT_STAYS(DECIDABLE, FINISHING, DO_PAUSE),
    IN_STAYS(UNTAKEN, OFFERED, DO_TAKE_LIST),
    IN_STAYS(TAKEN, OFFERED, ON_DATA),
    IN_GOES(DECIDABLE, OFFERED, DO_ACCEPT, RECEIVING),
    IN_GOES(FILE_OF_ONE, OFFERED, DO_ACCEPT_SOME, PROVING),
    IN_GOES(ALL, OFFERED, DO_REFUSE, REFUSED),
    IN_STAYS(FILE_OF_ONE, OFFERED, DO_PAUSE),
    IN_GOES(FILE_OF_ONE, PROVING, ON_BEGIN, RECEIVING),
    IN_GOES(FILE_OF_ONE, PROVING, ON_RESTART, RECEIVING),
    IN_GOES(FILE_OF_ONE, PROVING, DO_BAD, FAILED),
    IN_STAYS(FILE_OF_ONE, PROVING, ON_PAUSE),
    IN_STAYS(FILE_OF_ONE, PROVING, DO_PAUSE),
    IN_STAYS(DECIDABLE, RECEIVING, ON_DATA),
    IN_GOES(LISTED, RECEIVING, ON_DONE, VERIFYING),
    IN_STAYS(LISTED, RECEIVING, DO_CLAIMS),
    IN_GOES(DECIDABLE, RECEIVING, DO_BAD, FAILED),
    IN_STAYS(DECIDABLE, RECEIVING, ON_PAUSE),
    IN_STAYS(DECIDABLE, RECEIVING, DO_PAUSE),
    IN_GOES(DECIDABLE, VERIFYING, DO_BAD, FAILED),
    IN_GOES(DECIDABLE, VERIFYING, DO_GOOD, COMPLETE),
    IN_STAYS(DECIDABLE, VERIFYING, ON_PAUSE),
    IN_STAYS(DECIDABLE, VERIFYING, DO_PAUSE),
};

/* The state that follows, and whether the step is legal. */
static enum transfer_state
expected(enum thing thing, const struct transfer *t, enum op op, bool *legal)
{
	*legal = true;
	for (size_t i = 0; i < COUNT(rules); i++)
		if ((rules[i].things & (int)thing) != 0 &&
		    rules[i].dir == t->dir && rules[i].from == t->state &&
		    rules[i].op == op)
			return rules[i].to;
	if (t->state < TRANSFER_COMPLETE &&
	    (op == ON_CANCEL || op == DO_CANCEL))
		return TRANSFER_CANCELLED;
	/* A cancel from there that crosses the end is no error. */
	*legal = op == ON_CANCEL;
	return t->state;
}

/* NULL where the thing is never in that state. */
static struct transfer *
reach(enum thing thing, enum transfer_dir dir, enum transfer_state state)
{
	struct transfer *t;

	if (thing != FILE_OF_ONE && state == TRANSFER_PROVING)
		return NULL;
	if (thing != FILE_OF_ONE && thing != LISTED &&
	    state != TRANSFER_OFFERED)
		return NULL;
	t = thing == FILE_OF_ONE ? file_offered(dir, 1)
				 : tree_offered(dir, 2, 1);
	t->state = state;
	if (thing != UNTAKEN)
		t->limit = 1;
	if (thing == LISTED) {
		t->offset = t->stored = t->fed = 1;
		t->limit = state == TRANSFER_OFFERED ? 1 : 2;
	}
	return t;
}

static void
try_step(struct transfer *t, enum thing thing, enum op op)
{
	bool legal;
	enum transfer_state to = expected(thing, t, op, &legal);
	int r = apply(t, op);

	assert_int_equal(t->state, to);
	assert_int_equal(r == 0, legal);
	assert_int_equal(t->paused_there, legal && op == ON_PAUSE);
	assert_int_equal(t->paused_here, legal && op == DO_PAUSE);
	assert_int_equal(
	    t->claimed, legal && (op == ON_CLAIMS || op == DO_CLAIMS));
}

static void
test_every_step(void **state)
{
	unsigned tried = 0;

	(void)state;
	for (int thing = FILE_OF_ONE; thing <= LISTED; thing *= 2)
		for (int at = 0; at < 2 * (TRANSFER_CANCELLED + 1); at++)
			for (int op = 0; op < OPS; op++) {
				struct transfer *t = reach((enum thing)thing,
				    (enum transfer_dir)(at % 2),
				    (enum transfer_state)(at / 2));

				if (t == NULL)
					continue;
				try_step(t, (enum thing)thing, (enum op)op);
				tried++;
				transfer_free(t);
			}
	/* A file in 10 states, a tree in 9 and twice in one. */
	assert_int_equal(tried, 2 * (10 + 9 + 2) * OPS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_step),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
