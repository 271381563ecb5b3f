/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two sides do what they may in random orders, and what they say arrives
 * later, in random pieces. Whenever all of it has arrived, both must see the
 * same; and however it goes, in the end both must agree on what became of
 * every transfer, and every message has come and is acknowledged. The seed of
 * a failure is printed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "tests/unit/session_actor.h"

enum { SEEDS = 1000, STEPS = 400, ROUNDS = 2000 };

struct world {
	struct actor actors[2];
	struct buf heard[2]; /* arrived, and handed over in pieces */
	unsigned held;       /* times that a pause kept DATA back */
	struct dice dice;
	uint64_t seed; /* 0: none is running */
};

/* What was seen over all seeds. */
struct tally {
	unsigned files[TRANSFER_CANCELLED + 1]; /* by how they ended */
	unsigned trees[TRANSFER_CANCELLED + 1];
	unsigned begun, accepted, claimed, mirrored;
	unsigned held;
};

static void
world_init(struct world *w, uint64_t seed)
{
	memset(w, 0, sizeof(*w));
	w->seed = seed;
	w->dice.last = seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
	for (int i = 0; i < 2; i++) {
		actor_init(&w->actors[i], &w->dice,
		    i == 0 ? SESSION_CALLER : SESSION_LISTENER);
		buf_init(&w->heard[i], PAIR_WIRE_MAX);
	}
}

static void
world_release(struct world *w)
{
	for (int i = 0; i < 2; i++) {
		actor_release(&w->actors[i]);
		buf_release(&w->heard[i]);
	}
	w->seed = 0;
}

/* Where those stand that are paused; 0 for the others. */
static void
note_paused(const struct actor *a, uint64_t at[ACTOR_OFFERS + 1])
{
	for (uint32_t id = 1; id <= ACTOR_OFFERS; id++) {
		const struct transfer *t =
		    session_transfer(a->side.s, TRANSFER_OUT, id);

		at[id] = t != NULL && transfer_is_paused(t) ? t->offset : 0;
	}
}

/* Whatever leaves now, nothing of what is paused does. */
static void
speak(struct world *w, struct actor *a, size_t want)
{
	uint64_t before[ACTOR_OFFERS + 1], after[ACTOR_OFFERS + 1];

	note_paused(a, before);
	session_output(a->side.s, &a->side.wire, want, 0);
	note_paused(a, after);
	for (uint32_t id = 1; id <= ACTOR_OFFERS; id++) {
		const struct transfer *t =
		    session_transfer(a->side.s, TRANSFER_OUT, id);

		assert_true(before[id] == after[id]);
		w->held += t != NULL && transfer_is_paused(t) &&
			   t->first != NULL && t->limit > t->offset;
	}
}

/* Let an actor's words leave, and len bytes of them arrive. */
static void
carry(struct world *w, int from, size_t want, size_t len)
{
	struct side *speaker = &w->actors[from].side;
	struct side *listener = &w->actors[1 - from].side;
	struct buf *heard = &w->heard[1 - from];

	speak(w, &w->actors[from], want);
	if (len > buf_len(&speaker->wire))
		len = buf_len(&speaker->wire);
	buf_put(heard, buf_data(&speaker->wire), len);
	buf_skip(&speaker->wire, len);
	session_input(listener->s, heard, 0);
}

static void
open_both(struct world *w)
{
	for (int i = 0; i < 4; i++)
		carry(w, i % 2, PAIR_WANT, PAIR_WIRE_MAX);
	assert_true(session_is_open(w->actors[0].side.s));
	assert_true(session_is_open(w->actors[1].side.s));
}

/* Often only a few bytes, so that much is on its way at once. */
static void
carry_some(struct world *w, int from)
{
	size_t want = roll(&w->dice, 2 * WIRE_DATA_MAX);
	size_t len =
	    roll(&w->dice, roll(&w->dice, 2) == 0 ? 50 : 4 * WIRE_DATA_MAX);

	carry(w, from, want, len);
}

static void
random_step(struct world *w)
{
	int i = (int)roll(&w->dice, 2);
	struct actor *a = &w->actors[i];

	switch (roll(&w->dice, 10)) {
	case 0:
		actor_offer(a);
		break;
	case 1:
		actor_say(a);
		break;
	case 2:
	case 3:
	case 4:
		if (a->known > 0)
			actor_receive(
			    a, 1 + (uint32_t)roll(&w->dice, a->known), true);
		break;
	case 5:
		if (a->offered > 0)
			actor_send(
			    a, 1 + (uint32_t)roll(&w->dice, a->offered), true);
		break;
	case 6:
		actor_pause(a);
		break;
	default:
		carry_some(w, i);
		break;
	}
}

/* Is something on its way, or waiting to leave? */
static bool
is_moving(const struct world *w)
{
	for (int i = 0; i < 2; i++)
		if (buf_len(&w->heard[i]) > 0 ||
		    buf_len(&w->actors[i].side.wire) > 0 ||
		    session_has_output(w->actors[i].side.s))
			return true;
	return false;
}

/* All that was said arrives, and nobody does anything about it. */
static void
deliver_all(struct world *w)
{
	for (int round = 0; round < ROUNDS && is_moving(w); round++)
		carry(w, round % 2, PAIR_WANT, PAIR_WIRE_MAX);
	assert_false(is_moving(w));
}

/* The state that one has, where the other has this. */
static enum transfer_state
mirror_of(enum transfer_state out)
{
	switch (out) {
	case TRANSFER_SENDING:
		return TRANSFER_RECEIVING;
	case TRANSFER_FINISHING:
		return TRANSFER_VERIFYING;
	default:
		return out;
	}
}

static void
assert_mirrored(const struct transfer *out, const struct transfer *in)
{
	assert_non_null(in);
	assert_int_equal(in->state, mirror_of(out->state));
	assert_true(in->token == out->token);
	assert_int_equal(in->entries, out->entries);
	assert_int_equal(in->list_len, out->list_len);
	assert_int_equal(in->claimed, out->claimed);
	assert_true(in->offset == out->offset);
	assert_true(in->limit == out->limit);
	assert_int_equal(in->paused_here, out->paused_there);
	assert_int_equal(in->paused_there, out->paused_here);
	if (out->state == TRANSFER_FINISHING)
		assert_true(in->size == out->size);
}

static void
assert_all_mirrored(struct world *w, struct tally *tally)
{
	for (int i = 0; i < 2; i++)
		for (uint32_t id = 1; id <= ACTOR_OFFERS; id++) {
			const struct transfer *out = session_transfer(
			    w->actors[i].side.s, TRANSFER_OUT, id);
			const struct transfer *in = session_transfer(
			    w->actors[1 - i].side.s, TRANSFER_IN, id);

			if (out == NULL) {
				assert_null(in);
				continue;
			}
			assert_mirrored(out, in);
			tally->mirrored++;
		}
}

/* Everybody does the honest thing until nothing is left to do. */
static void
settle(struct world *w)
{
	for (int round = 0; round < ROUNDS; round++) {
		bool busy = false;

		for (int i = 0; i < 2; i++) {
			struct actor *a = &w->actors[i];

			for (uint32_t id = 1; id <= ACTOR_OFFERS; id++) {
				session_resume(a->side.s, TRANSFER_OUT, id);
				session_resume(a->side.s, TRANSFER_IN, id);
				actor_send(a, id, false);
				actor_receive(a, id, false);
				busy |= session_transfer(a->side.s,
					    TRANSFER_OUT, id) != NULL;
			}
			carry(w, i, PAIR_WANT, PAIR_WIRE_MAX);
		}
		if (!busy && !is_moving(w))
			return;
	}
	fail_msg("it never comes to rest");
}

/*
 * Without a cancel both saw the same end. A cancel of one side is the end for
 * the other too, unless the receiver had ended it before that arrived.
 */
static void
assert_agreed(const struct fate *sent, const struct fate *got, uint64_t size)
{
	assert_true(sent->state >= TRANSFER_COMPLETE);
	assert_true(got->state >= TRANSFER_COMPLETE);
	if (got->state == TRANSFER_COMPLETE)
		assert_true(got->got == size);
	if (sent->by_cancel_of_ours &&
	    (got->state != TRANSFER_CANCELLED || got->by_cancel_of_ours))
		return;
	assert_int_equal(sent->state, got->state);
	assert_int_equal(sent->why, got->why);
	/* What ended it came after all claims. */
	if (!sent->by_cancel_of_ours)
		assert_int_equal(sent->claimed, got->claimed);
}

static void
assert_all_agreed(const struct actor *sender, const struct actor *receiver,
    struct tally *tally)
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
		const struct fate *sent = &sender->fates[TRANSFER_OUT][id];

		assert_agreed(sent, &receiver->fates[TRANSFER_IN][id],
		    sender->side.size[id]);
		if (sender->is_tree[id])
			tally->trees[sent->state]++;
		else
			tally->files[sent->state]++;
		tally->claimed += sent->claimed > 0;
	}
	tally->begun += receiver->begun;
	tally->accepted += receiver->accepted;
}

static void
run_seed(struct world *w, uint64_t seed, struct tally *tally)
{
	world_init(w, seed);
	open_both(w);
	for (int step = 0; step < STEPS; step++) {
		random_step(w);
		if (step % 50 != 49)
			continue;
		deliver_all(w);
		assert_all_mirrored(w, tally);
	}
	settle(w);
	assert_all_agreed(&w->actors[0], &w->actors[1], tally);
	assert_all_agreed(&w->actors[1], &w->actors[0], tally);
	tally->held += w->held;
	world_release(w);
}

static void
test_random_orders(void **state)
{
	const unsigned most = 2 * SEEDS * ACTOR_OFFERS;
	struct tally tally = {0};

	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		run_seed(*state, seed, &tally);
	/* Every way to end was really taken, and often. */
	for (int i = TRANSFER_COMPLETE; i <= TRANSFER_CANCELLED; i++) {
		assert_in_range(tally.files[i], SEEDS / 4, most);
		assert_in_range(tally.trees[i], SEEDS / 4, most);
	}
	assert_in_range(tally.begun, SEEDS / 2, most);
	assert_in_range(tally.accepted, SEEDS, most);
	assert_in_range(tally.claimed, SEEDS, most);
	assert_in_range(tally.held, SEEDS, most * STEPS);
	assert_in_range(tally.mirrored, SEEDS, most * STEPS);
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
