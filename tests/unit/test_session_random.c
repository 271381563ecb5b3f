/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two sides do what they may in random orders, and what they say arrives
 * later, in random pieces. However it goes, in the end both must agree on
 * what became of every file, and every message has come and is acknowledged.
 * The seed of a failure is printed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/err.h"
#include "src/base/util.h"
#include "tests/unit/session_pair.h"

enum { SEEDS = 1000, STEPS = 250, FILES = 12 };

/* What became of a transfer, as one side saw it. */
struct fate {
	enum transfer_state state; /* OFFERED: nothing yet */
	enum wire_why why;
	bool by_cancel_of_ours;
};

struct actor {
	struct side side;
	struct buf heard; /* arrived, and handed over in pieces */
	struct fate fates[2][FILES + 1];
	uint32_t offered; /* by us, so far */
	uint32_t known;   /* by the other, as far as we have heard */
	uint32_t begun;   /* transfers of the other that went on */
	unsigned held;    /* times that a pause kept DATA back */
	unsigned said;
	uint64_t epoch, seq; /* of the last message */
};

struct world {
	struct actor actors[2];
	uint64_t seed; /* 0: none is running */
	uint64_t dice;
};

/* xorshift64 (Marsaglia 2003). */
static uint64_t
roll(struct world *w, uint64_t sides)
{
	w->dice ^= w->dice << 13;
	w->dice ^= w->dice >> 7;
	w->dice ^= w->dice << 17;
	return w->dice % sides;
}

static bool
only_note(struct side *side, const struct session_event *e)
{
	struct actor *a = side->arg;
	const struct transfer *t = e->transfer;

	if (e->type == SESSION_MESSAGE)
		assert_int_equal(
		    session_ack(side->s, e->message->epoch, e->message->seq),
		    0);
	if (t == NULL)
		return false;
	if (e->type == SESSION_OFFER) {
		assert_int_equal(t->id, a->known + 1);
		a->known = t->id;
	}
	if (e->type == SESSION_DATA) {
		assert_in_range(t->offset - t->stored, 1, TRANSFER_WINDOW);
		assert_in_range(t->offset, 1, t->limit);
		assert_int_equal(
		    e->data[e->data_len - 1], pair_byte(t->id, t->offset - 1));
	}
	if (e->type == SESSION_PAUSE || e->type == SESSION_RESUME)
		assert_int_equal(t->paused_there, e->type == SESSION_PAUSE);
	if (e->type == SESSION_BEGIN) {
		assert_int_equal(t->state, TRANSFER_RECEIVING);
		assert_int_equal(t->stored, t->offset);
		a->begun += t->offset > 0;
	}
	if (transfer_ended(t)) {
		struct fate *fate = &a->fates[t->dir][t->id];

		assert_int_equal(fate->state, TRANSFER_OFFERED);
		fate->state = t->state;
		fate->why = t->why;
	}
	return true;
}

static void
world_init(struct world *w, uint64_t seed)
{
	memset(w, 0, sizeof(*w));
	w->seed = seed;
	w->dice = seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
	for (int i = 0; i < 2; i++) {
		struct actor *a = &w->actors[i];

		side_init(
		    &a->side, i == 0 ? SESSION_CALLER : SESSION_LISTENER, 0);
		buf_init(&a->heard, PAIR_WIRE_MAX);
		a->side.hook = only_note;
		a->side.arg = a;
		a->epoch = 1;
	}
}

static void
world_release(struct world *w)
{
	for (int i = 0; i < 2; i++) {
		side_release(&w->actors[i].side);
		buf_release(&w->actors[i].heard);
	}
	w->seed = 0;
}

/* Where the files stand that are paused; 0 for the others. */
static void
note_paused(const struct actor *a, uint64_t at[FILES + 1])
{
	for (uint32_t id = 1; id <= FILES; id++) {
		const struct transfer *t =
		    session_transfer(a->side.s, TRANSFER_OUT, id);

		at[id] = t != NULL && transfer_is_paused(t) ? t->offset : 0;
	}
}

/* Whatever leaves now, nothing of a paused file does. */
static void
speak(struct actor *a, size_t want)
{
	uint64_t before[FILES + 1], after[FILES + 1];

	note_paused(a, before);
	session_output(a->side.s, &a->side.wire, want, 0);
	note_paused(a, after);
	for (uint32_t id = 1; id <= FILES; id++) {
		const struct transfer *t =
		    session_transfer(a->side.s, TRANSFER_OUT, id);

		assert_true(before[id] == after[id]);
		a->held += t != NULL && transfer_is_paused(t) &&
			   t->first != NULL && t->limit > t->offset;
	}
}

/* Let an actor's words leave, and len bytes of them arrive. */
static void
carry(struct world *w, int from, size_t want, size_t len)
{
	struct side *speaker = &w->actors[from].side;
	struct actor *listener = &w->actors[1 - from];

	speak(&w->actors[from], want);
	if (len > buf_len(&speaker->wire))
		len = buf_len(&speaker->wire);
	buf_put(&listener->heard, buf_data(&speaker->wire), len);
	buf_skip(&speaker->wire, len);
	session_input(listener->side.s, &listener->heard, 0);
}

static void
open_both(struct world *w)
{
	for (int i = 0; i < 4; i++)
		carry(w, i % 2, PAIR_WANT, PAIR_WIRE_MAX);
	assert_true(session_is_open(w->actors[0].side.s));
	assert_true(session_is_open(w->actors[1].side.s));
}

static void
note_end(struct actor *a, enum transfer_dir dir, uint32_t id,
    enum transfer_state state, enum wire_why why)
{
	struct fate *fate = &a->fates[dir][id];

	assert_int_equal(fate->state, TRANSFER_OFFERED);
	fate->state = state;
	fate->why = why;
	fate->by_cancel_of_ours = state == TRANSFER_CANCELLED;
	assert_null(session_transfer(a->side.s, dir, id));
}

static void
make_offer(struct world *w, struct actor *a)
{
	static const uint64_t sizes[] = {0, 1, 1000, 500, 2000, PAIR_BLOCK + 1};

	if (a->offered == FILES)
		return;
	a->offered = side_offer(&a->side, sizes[roll(w, COUNT(sizes))]);
}

static void
cancel(struct actor *a, enum transfer_dir dir, uint32_t id, enum wire_why why)
{
	if (session_cancel(a->side.s, dir, id, why) == 0)
		note_end(a, dir, id, TRANSFER_CANCELLED, why);
}

/* Messages of earlier runs, then of this one, then of the next. */
static void
say(struct world *w, struct actor *a)
{
	if (roll(w, 5) == 0) {
		a->epoch++;
		a->seq = roll(w, 3);
	}
	assert_int_equal(side_say_in(&a->side, a->epoch, ++a->seq, "x"), 0);
	a->said++;
}

static void
answer(struct world *w, struct session *s, const struct transfer *t, bool wild)
{
	static const uint8_t hash[WIRE_HASH_LEN];

	if (wild && t->size > 0 && roll(w, 2) == 0)
		assert_int_equal(
		    session_accept_from(s, t->id, 1 + roll(w, t->size), hash),
		    0);
	else
		assert_int_equal(session_accept(s, t->id), 0);
}

/* The next thing an honest receiver does, or one of the others it may. */
static void
receive_step(struct world *w, struct actor *a, uint32_t id, bool wild)
{
	struct session *s = a->side.s;
	const struct transfer *t = session_transfer(s, TRANSFER_IN, id);

	if (t == NULL)
		return;
	if (wild && roll(w, 30) == 0) {
		cancel(a, TRANSFER_IN, id, WHY_IO);
	} else if (t->state == TRANSFER_OFFERED) {
		if (wild && roll(w, 8) == 0) {
			session_refuse(s, id, WHY_NAME);
			note_end(
			    a, TRANSFER_IN, id, TRANSFER_REFUSED, WHY_NAME);
		} else {
			answer(w, s, t, wild);
		}
	} else if (wild && roll(w, 30) == 0) {
		assert_int_equal(session_result(s, id, WHY_DISK_FULL), 0);
		note_end(a, TRANSFER_IN, id, TRANSFER_FAILED, WHY_DISK_FULL);
	} else if (t->stored < t->offset) {
		session_drained(s, id, 1 + roll(w, t->offset - t->stored));
	} else if (t->state == TRANSFER_VERIFYING) {
		assert_int_equal(session_result(s, id, WHY_NONE), 0);
		note_end(a, TRANSFER_IN, id, TRANSFER_COMPLETE, WHY_NONE);
	}
}

static void
send_step(struct world *w, struct actor *a, uint32_t id, bool wild)
{
	const struct transfer *t =
	    session_transfer(a->side.s, TRANSFER_OUT, id);

	if (t == NULL)
		return;
	if (wild && roll(w, 30) == 0)
		cancel(a, TRANSFER_OUT, id, WHY_CHANGED);
	else if (t->state == TRANSFER_PROVING)
		assert_int_equal(side_begin(&a->side, id, roll(w, 3) > 0), 0);
	else if (t->state == TRANSFER_SENDING && !t->hash_known)
		assert_int_equal(side_feed(&a->side, id), 0);
}

static void
pause_step(struct world *w, struct actor *a)
{
	enum transfer_dir dir = roll(w, 2) == 0 ? TRANSFER_OUT : TRANSFER_IN;
	uint32_t id = 1 + (uint32_t)roll(w, FILES);
	const struct transfer *t = session_transfer(a->side.s, dir, id);
	bool accepted = t != NULL && t->state != TRANSFER_OFFERED;
	int r;

	if (roll(w, 2) == 0) {
		r = session_pause(a->side.s, dir, id,
		    roll(w, 2) == 0 ? WHY_PERSON : WHY_DISK_FULL);
		assert_int_equal(r == 0, accepted);
	} else {
		r = session_resume(a->side.s, dir, id);
		assert_int_equal(r == 0, t != NULL);
	}
}

/* Often only a few bytes, so that much is on its way at once. */
static void
carry_some(struct world *w, int from)
{
	size_t want = roll(w, 2 * WIRE_DATA_MAX);
	size_t len = roll(w, roll(w, 2) == 0 ? 50 : 4 * WIRE_DATA_MAX);

	carry(w, from, want, len);
}

static void
random_step(struct world *w)
{
	int i = (int)roll(w, 2);
	struct actor *a = &w->actors[i];

	switch (roll(w, 10)) {
	case 0:
		make_offer(w, a);
		break;
	case 1:
		say(w, a);
		break;
	case 2:
	case 3:
		if (a->known > 0)
			receive_step(
			    w, a, 1 + (uint32_t)roll(w, a->known), true);
		break;
	case 4:
		if (a->offered > 0)
			send_step(
			    w, a, 1 + (uint32_t)roll(w, a->offered), true);
		break;
	case 5:
	case 6:
		pause_step(w, a);
		break;
	default:
		carry_some(w, i);
		break;
	}
}

/* Everybody does the honest thing until nothing is left to do. */
static void
settle(struct world *w)
{
	for (int round = 0; round < 2000; round++) {
		bool busy = false;

		for (int i = 0; i < 2; i++) {
			struct actor *a = &w->actors[i];

			for (uint32_t id = 1; id <= FILES; id++) {
				session_resume(a->side.s, TRANSFER_OUT, id);
				session_resume(a->side.s, TRANSFER_IN, id);
				send_step(w, a, id, false);
				receive_step(w, a, id, false);
				busy |= session_transfer(a->side.s,
					    TRANSFER_OUT, id) != NULL;
			}
			carry(w, i, PAIR_WANT, PAIR_WIRE_MAX);
			busy |= buf_len(&a->heard) > 0 ||
				session_has_output(a->side.s);
		}
		if (!busy)
			return;
	}
	fail_msg("it never comes to rest");
}

/*
 * Without a cancel both saw the same end. A cancel of one side is the end for
 * the other too, unless the receiver had ended it before that arrived.
 */
static void
assert_agreed(const struct fate *sent, const struct fate *got)
{
	assert_true(sent->state >= TRANSFER_COMPLETE);
	assert_true(got->state >= TRANSFER_COMPLETE);
	if (sent->by_cancel_of_ours &&
	    (got->state != TRANSFER_CANCELLED || got->by_cancel_of_ours))
		return;
	assert_int_equal(sent->state, got->state);
	assert_int_equal(sent->why, got->why);
}

static void
assert_all_agreed(
    const struct actor *sender, const struct actor *receiver, unsigned *seen)
{
	assert_true(session_is_open(sender->side.s));
	assert_int_equal(sender->offered, receiver->known);
	assert_int_equal(receiver->side.count[SESSION_MESSAGE], sender->said);
	if (sender->said > 0) {
		const struct session_event *ack =
		    &sender->side.last[SESSION_ACK];

		assert_int_equal(ack->epoch, sender->epoch);
		assert_int_equal(ack->seq, sender->seq);
	}
	for (uint32_t id = 1; id <= sender->offered; id++) {
		assert_agreed(&sender->fates[TRANSFER_OUT][id],
		    &receiver->fates[TRANSFER_IN][id]);
		seen[sender->fates[TRANSFER_OUT][id].state]++;
	}
}

static void
test_random_orders(void **state)
{
	struct world *w = *state;
	unsigned seen[TRANSFER_CANCELLED + 1] = {0}, begun = 0;
	unsigned held = 0;

	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		world_init(w, seed);
		open_both(w);
		for (int step = 0; step < STEPS; step++)
			random_step(w);
		settle(w);
		for (int i = 0; i < 2; i++) {
			assert_all_agreed(
			    &w->actors[i], &w->actors[1 - i], seen);
			begun += w->actors[i].begun;
			held += w->actors[i].held;
		}
		world_release(w);
	}
	/* Every way to end was really taken, and often. */
	for (int i = TRANSFER_COMPLETE; i <= TRANSFER_CANCELLED; i++)
		assert_in_range(seen[i], SEEDS / 4, 2 * SEEDS * FILES);
	assert_in_range(begun, SEEDS, 2 * SEEDS * FILES);
	assert_in_range(held, SEEDS, 2 * SEEDS * STEPS * FILES);
}

static int
setup(void **state)
{
	*state = mem_zalloc(sizeof(struct world));
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	if (w->seed != 0) {
		print_error("failed with seed %ju\n", (uintmax_t)w->seed);
		world_release(w);
	}
	free(w);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		test_random_orders, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
