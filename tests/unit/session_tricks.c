/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/session_tricks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
assert_cancel_leaves(struct side *side, enum transfer_dir dir)
{
	struct frame f;

	session_output(side->s, &side->wire, PAIR_WANT, 0);
	assert_int_equal(wire_get(&side->wire, WIRE_FRAME_MAX, &f), 0);
	assert_int_equal(f.type, FRAME_CANCEL);
	assert_int_equal(f.cancel.id, 1);
	assert_int_equal(f.cancel.mine, dir == TRANSFER_OUT);
	assert_int_equal(f.cancel.why, WHY_PROTOCOL);
	assert_int_equal(buf_len(&side->wire), 0);
}

void
try_frame(struct side *side, enum transfer_dir dir, const struct frame *f,
    enum outcome outcome)
{
	unsigned cancels = outcome == FAILS;
	unsigned results = outcome == REPORTED;

	side_receive(side, f);
	assert_int_equal(side->count[SESSION_CANCEL], cancels);
	assert_int_equal(side->count[SESSION_RESULT], results);
	if (outcome == PROTOCOL) {
		side_assert_ended(side, BYE_PROTOCOL);
		return;
	}
	assert_true(session_is_open(side->s));
	if (outcome != NOTHING)
		assert_null(session_transfer(side->s, dir, 1));
	if (outcome != FAILS)
		return;
	assert_int_equal(
	    side->transfer[SESSION_CANCEL].state, TRANSFER_CANCELLED);
	assert_int_equal(side->transfer[SESSION_CANCEL].why, WHY_PROTOCOL);
	assert_cancel_leaves(side, dir);
	/* Said again, it is about one that has ended. */
	side_receive(side, f);
	assert_int_equal(side->count[SESSION_CANCEL], cancels);
	assert_true(session_is_open(side->s));
}
