/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/session_actor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "src/base/util.h"
#include "tests/unit/session_claims.h"

/* xorshift64 (Marsaglia 2003). */
uint64_t
roll(struct dice *dice, uint64_t sides)
{
	dice->last ^= dice->last << 13;
	dice->last ^= dice->last >> 7;
	dice->last ^= dice->last << 17;
	return dice->last % sides;
}

static void
check_data(const struct session_event *e)
{
	const struct transfer *t = e->transfer;

	assert_in_range(t->offset - t->stored, 1, TRANSFER_WINDOW);
	assert_in_range(t->offset, 1, t->limit);
	if (t->state == TRANSFER_OFFERED)
		assert_in_range(t->offset, 1, t->list_len);
	assert_int_equal(
	    e->data[e->data_len - 1], pair_byte(t->id, t->offset - 1));
}

static void
note_transfer(struct actor *a, const struct session_event *e)
{
	const struct transfer *t = e->transfer;
	struct fate *fate = &a->fates[t->dir][t->id];

	switch (e->type) {
	case SESSION_OFFER:
		assert_int_equal(t->id, a->known + 1);
		a->known = t->id;
		break;
	case SESSION_DATA:
		check_data(e);
		break;
	case SESSION_PAUSE:
	case SESSION_RESUME:
		assert_int_equal(t->paused_there, e->type == SESSION_PAUSE);
		break;
	case SESSION_BEGIN:
		assert_int_equal(t->state, TRANSFER_RECEIVING);
		assert_int_equal(t->stored, t->offset);
		a->begun += t->offset > 0;
		break;
	case SESSION_CLAIMS:
		assert_in_range(t->claimed, fate->claimed + 1, t->entries);
		assert_claims(e);
		fate->claimed = t->claimed;
		break;
	case SESSION_DONE:
		fate->got = t->size;
		break;
	default:
		break;
	}
	if (transfer_ended(t)) {
		assert_int_equal(fate->state, TRANSFER_OFFERED);
		fate->state = t->state;
		fate->why = t->why;
	}
}

static bool
only_note(struct side *side, const struct session_event *e)
{
	struct actor *a = side->arg;

	if (e->type == SESSION_MESSAGE)
		assert_int_equal(
		    session_ack(side->s, e->message->epoch, e->message->seq),
		    0);
	if (e->transfer == NULL)
		return false;
	note_transfer(a, e);
	return true;
}

void
actor_init(struct actor *a, struct dice *dice, enum session_role role)
{
	memset(a, 0, sizeof(*a));
	side_init(&a->side, role, 0);
	a->side.hook = only_note;
	a->side.arg = a;
	a->dice = dice;
	a->epoch = 1;
}

void
actor_release(struct actor *a)
{
	side_release(&a->side);
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

void
actor_offer(struct actor *a)
{
	static const uint64_t sizes[] = {0, 1, 1000, 500, 2000, PAIR_BLOCK + 1};
	static const uint32_t lists[] = {1, 1000, 500, PAIR_BLOCK + 1};
	uint64_t size = sizes[roll(a->dice, COUNT(sizes))];

	if (a->offered == ACTOR_OFFERS)
		return;
	if (roll(a->dice, 2) == 0) {
		a->offered = side_offer(&a->side, size);
		return;
	}
	a->offered =
	    side_announce_tree(&a->side, 1 + (uint32_t)roll(a->dice, 9),
		lists[roll(a->dice, COUNT(lists))], size);
	a->is_tree[a->offered] = true;
}

/* Messages of earlier runs, then of this one, then of the next. */
void
actor_say(struct actor *a)
{
	if (roll(a->dice, 5) == 0) {
		a->epoch++;
		a->seq = roll(a->dice, 3);
	}
	assert_int_equal(side_say_in(&a->side, a->epoch, ++a->seq, "x"), 0);
	a->said++;
}

void
actor_pause(struct actor *a)
{
	enum transfer_dir dir =
	    roll(a->dice, 2) == 0 ? TRANSFER_OUT : TRANSFER_IN;
	uint32_t id = 1 + (uint32_t)roll(a->dice, ACTOR_OFFERS);
	const struct transfer *t = session_transfer(a->side.s, dir, id);
	bool may = t != NULL && (t->state != TRANSFER_OFFERED ||
				    (dir == TRANSFER_IN && t->entries == 0));
	int r;

	if (roll(a->dice, 2) == 0) {
		r = session_pause(a->side.s, dir, id,
		    roll(a->dice, 2) == 0 ? WHY_PERSON : WHY_DISK_FULL,
		    roll(a->dice, 3));
		assert_int_equal(r == 0, may);
	} else {
		r = session_resume(a->side.s, dir, id);
		assert_int_equal(r == 0, t != NULL);
	}
}

static void
cancel(struct actor *a, enum transfer_dir dir, uint32_t id, enum wire_why why)
{
	if (session_cancel(a->side.s, dir, id, why) == 0)
		note_end(a, dir, id, TRANSFER_CANCELLED, why);
}

/* A good one sends nothing of an entry before it knows what is there of it. */
static void
feed(struct actor *a, const struct transfer *t, bool wild)
{
	bool listing = t->state == TRANSFER_OFFERED;

	if (t->hash_known || (!wild && !listing && t->claimed < t->entries))
		return;
	assert_int_equal(side_feed(&a->side, t->id), 0);
}

void
actor_send(struct actor *a, uint32_t id, bool wild)
{
	const struct transfer *t =
	    session_transfer(a->side.s, TRANSFER_OUT, id);

	if (t == NULL)
		return;
	if (wild && roll(a->dice, 30) == 0)
		cancel(a, TRANSFER_OUT, id, WHY_CHANGED);
	else if (t->state == TRANSFER_PROVING)
		assert_int_equal(
		    side_begin(&a->side, id, roll(a->dice, 3) > 0), 0);
	else if (t->state == TRANSFER_SENDING ||
		 (t->state == TRANSFER_OFFERED && t->entries > 0))
		feed(a, t, wild);
}

static void
drain(struct actor *a, const struct transfer *t)
{
	uint64_t len = t->offset - t->stored;

	if (roll(a->dice, 2) == 0)
		len = 1 + roll(a->dice, len);
	assert_int_equal(session_drained(a->side.s, t->id, len), 0);
}

static void
accept_file(struct actor *a, const struct transfer *t, bool wild)
{
	static const uint8_t hash[WIRE_HASH_LEN];
	struct session *s = a->side.s;

	if (wild && t->size > 0 && roll(a->dice, 2) == 0)
		assert_int_equal(session_accept_from(s, t->id,
				     1 + roll(a->dice, t->size), hash),
		    0);
	else
		assert_int_equal(session_accept(s, t->id), 0);
}

static void
receive_list(struct actor *a, const struct transfer *t)
{
	if (t->limit == 0) {
		assert_int_equal(session_take_list(a->side.s, t->id), 0);
	} else if (t->stored < t->offset) {
		drain(a, t);
	} else if (t->stored == t->list_len) {
		assert_int_equal(session_accept(a->side.s, t->id), 0);
		a->accepted++;
	}
}

static void
decide(struct actor *a, const struct transfer *t, bool wild)
{
	uint32_t id = t->id;

	if (wild && roll(a->dice, t->entries > 0 ? 16 : 8) == 0) {
		assert_int_equal(session_refuse(a->side.s, id, WHY_NAME), 0);
		note_end(a, TRANSFER_IN, id, TRANSFER_REFUSED, WHY_NAME);
	} else if (t->entries > 0) {
		receive_list(a, t);
	} else {
		accept_file(a, t, wild);
	}
}

static void
claim(struct actor *a, const struct transfer *t)
{
	uint32_t upto =
	    t->claimed + 1 + (uint32_t)roll(a->dice, t->entries - t->claimed);

	assert_int_equal(side_claim(&a->side, t->id, upto), 0);
	a->fates[TRANSFER_IN][t->id].claimed = upto;
}

void
actor_receive(struct actor *a, uint32_t id, bool wild)
{
	struct session *s = a->side.s;
	const struct transfer *t = session_transfer(s, TRANSFER_IN, id);

	if (t == NULL)
		return;
	if (wild && roll(a->dice, 30) == 0) {
		cancel(a, TRANSFER_IN, id, WHY_IO);
	} else if (t->state == TRANSFER_OFFERED) {
		decide(a, t, wild);
	} else if (wild && roll(a->dice, 12) == 0) {
		assert_int_equal(session_result(s, id, WHY_DISK_FULL), 0);
		note_end(a, TRANSFER_IN, id, TRANSFER_FAILED, WHY_DISK_FULL);
	} else if (t->state == TRANSFER_RECEIVING && t->claimed < t->entries &&
		   roll(a->dice, 2) == 0) {
		claim(a, t);
	} else if (t->stored < t->offset) {
		drain(a, t);
	} else if (t->state == TRANSFER_VERIFYING) {
		assert_int_equal(session_result(s, id, WHY_NONE), 0);
		note_end(a, TRANSFER_IN, id, TRANSFER_COMPLETE, WHY_NONE);
	}
}
