/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Three numbers bound a transfer: offset <= limit <= size. The sender never
 * frames past the limit; the receiver raises it as its disk drains, so at
 * most TRANSFER_WINDOW bytes are ever between the two disks. One that goes on
 * where it was cut off starts with all of them at what is there already.
 */
#include "net/transfer.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/err.h"
#include "src/base/util.h"

struct transfer *
transfer_new(enum transfer_dir dir, uint32_t id, uint64_t size)
{
	struct transfer *t = mem_zalloc(sizeof(*t));

	t->dir = dir;
	t->state = TRANSFER_OFFERED;
	t->id = id;
	t->size = size;
	return t;
}

static void
drop_first_block(struct transfer *t)
{
	struct block *b = t->first;

	t->first = b->next;
	if (t->first == NULL)
		t->last = NULL;
	free(b);
}

void
transfer_free(struct transfer *t)
{
	if (t == NULL)
		return;
	while (t->first != NULL)
		drop_first_block(t);
	free(t);
}

bool
transfer_ended(const struct transfer *t)
{
	switch (t->state) {
	case TRANSFER_COMPLETE:
	case TRANSFER_REFUSED:
	case TRANSFER_FAILED:
	case TRANSFER_CANCELLED:
		return true;
	default:
		return false;
	}
}

static void
end_with(struct transfer *t, enum transfer_state state, enum wire_why why)
{
	t->state = state;
	t->why = why == WHY_NONE ? WHY_PERSON : why;
}

static bool
is_in(const struct transfer *t, enum transfer_dir dir, enum transfer_state st)
{
	return t->dir == dir && t->state == st;
}

/* Accepted and not ended. */
static bool
is_going_out(const struct transfer *t)
{
	return is_in(t, TRANSFER_OUT, TRANSFER_PROVING) ||
	       is_in(t, TRANSFER_OUT, TRANSFER_SENDING) ||
	       is_in(t, TRANSFER_OUT, TRANSFER_FINISHING);
}

static bool
is_coming_in(const struct transfer *t)
{
	return is_in(t, TRANSFER_IN, TRANSFER_PROVING) ||
	       is_in(t, TRANSFER_IN, TRANSFER_RECEIVING) ||
	       is_in(t, TRANSFER_IN, TRANSFER_VERIFYING);
}

static bool
is_accepted(const struct transfer *t)
{
	return is_going_out(t) || is_coming_in(t);
}

bool
transfer_is_paused(const struct transfer *t)
{
	return t->paused_here || t->paused_there;
}

static uint64_t
window_end(const struct transfer *t)
{
	if (t->size - t->stored <= TRANSFER_WINDOW)
		return t->size;
	return t->stored + TRANSFER_WINDOW;
}

/* Nothing has moved but what was there before. */
static void
start_at(struct transfer *t, uint64_t offset)
{
	t->offset = t->limit = t->stored = t->fed = offset;
}

static void
prove(struct transfer *t, uint64_t offset, const uint8_t hash[WIRE_HASH_LEN])
{
	t->state = TRANSFER_PROVING;
	start_at(t, offset);
	memcpy(t->proof, hash, WIRE_HASH_LEN);
}

int
transfer_on_answer(struct transfer *t, const struct frame_answer *answer)
{
	if (!is_in(t, TRANSFER_OUT, TRANSFER_OFFERED))
		return ERR_PROTO;
	if (!answer->accepted) {
		end_with(t, TRANSFER_REFUSED, (enum wire_why)answer->why);
		return 0;
	}
	if (answer->offset > t->size)
		return ERR_PROTO;
	if (answer->offset > 0)
		prove(t, answer->offset, answer->hash);
	else
		t->state = TRANSFER_SENDING;
	return 0;
}

int
transfer_on_begin(struct transfer *t, uint64_t offset)
{
	if (!is_in(t, TRANSFER_IN, TRANSFER_PROVING) ||
	    (offset != t->offset && offset != 0))
		return ERR_PROTO;
	start_at(t, offset);
	t->state = TRANSFER_RECEIVING;
	t->limit = window_end(t);
	return 0;
}

int
transfer_on_credit(struct transfer *t, uint64_t limit)
{
	if (!is_in(t, TRANSFER_OUT, TRANSFER_SENDING) &&
	    !is_in(t, TRANSFER_OUT, TRANSFER_FINISHING))
		return ERR_PROTO;
	if (limit < t->limit || limit > t->size)
		return ERR_PROTO;
	t->limit = limit;
	return 0;
}

int
transfer_on_data(struct transfer *t, uint64_t offset, size_t len)
{
	if (!is_in(t, TRANSFER_IN, TRANSFER_RECEIVING))
		return ERR_PROTO;
	if (offset != t->offset || len == 0 || len > t->limit - t->offset)
		return ERR_PROTO;
	t->offset += len;
	return 0;
}

int
transfer_on_done(struct transfer *t, const uint8_t hash[WIRE_HASH_LEN])
{
	if (!is_in(t, TRANSFER_IN, TRANSFER_RECEIVING) || t->offset != t->size)
		return ERR_PROTO;
	memcpy(t->hash, hash, WIRE_HASH_LEN);
	t->hash_known = true;
	t->state = TRANSFER_VERIFYING;
	return 0;
}

int
transfer_on_result(struct transfer *t, enum wire_why why)
{
	if (is_in(t, TRANSFER_OUT, TRANSFER_FINISHING) && why == WHY_NONE) {
		t->state = TRANSFER_COMPLETE;
		return 0;
	}
	if (why == WHY_NONE || !is_going_out(t))
		return ERR_PROTO;
	end_with(t, TRANSFER_FAILED, why);
	return 0;
}

void
transfer_on_cancel(struct transfer *t, enum wire_why why)
{
	if (!transfer_ended(t))
		end_with(t, TRANSFER_CANCELLED, why);
}

int
transfer_on_pause(struct transfer *t, enum wire_why why)
{
	if (!is_accepted(t))
		return ERR_PROTO;
	t->paused_there = true;
	t->pause_why = why == WHY_NONE ? WHY_PERSON : why;
	return 0;
}

bool
transfer_on_resume(struct transfer *t)
{
	bool paused = t->paused_there;

	t->paused_there = false;
	t->pause_why = WHY_NONE;
	return paused;
}

int
transfer_accept(struct transfer *t)
{
	if (!is_in(t, TRANSFER_IN, TRANSFER_OFFERED))
		return ERR_INVALID;
	t->state = TRANSFER_RECEIVING;
	t->limit = window_end(t);
	return 0;
}

int
transfer_accept_from(
    struct transfer *t, uint64_t offset, const uint8_t hash[WIRE_HASH_LEN])
{
	if (!is_in(t, TRANSFER_IN, TRANSFER_OFFERED) || offset == 0 ||
	    offset > t->size)
		return ERR_INVALID;
	prove(t, offset, hash);
	return 0;
}

int
transfer_begin(struct transfer *t, bool proven)
{
	if (!is_in(t, TRANSFER_OUT, TRANSFER_PROVING))
		return ERR_INVALID;
	if (!proven)
		start_at(t, 0);
	t->state = TRANSFER_SENDING;
	return 0;
}

int
transfer_refuse(struct transfer *t, enum wire_why why)
{
	if (!is_in(t, TRANSFER_IN, TRANSFER_OFFERED))
		return ERR_INVALID;
	end_with(t, TRANSFER_REFUSED, why);
	return 0;
}

int
transfer_feed(struct transfer *t, struct block *b)
{
	if (!is_in(t, TRANSFER_OUT, TRANSFER_SENDING) || t->hash_known ||
	    b->len == 0 || b->len > t->size - t->fed) {
		free(b);
		return ERR_INVALID;
	}
	b->next = NULL;
	b->used = 0;
	if (t->last == NULL)
		t->first = b;
	else
		t->last->next = b;
	t->last = b;
	t->fed += b->len;
	return 0;
}

int
transfer_finish(struct transfer *t, const uint8_t hash[WIRE_HASH_LEN])
{
	if (!is_in(t, TRANSFER_OUT, TRANSFER_SENDING) || t->hash_known ||
	    t->fed != t->size)
		return ERR_INVALID;
	memcpy(t->hash, hash, WIRE_HASH_LEN);
	t->hash_known = true;
	return 0;
}

int
transfer_verified(struct transfer *t, enum wire_why why)
{
	if (is_in(t, TRANSFER_IN, TRANSFER_VERIFYING) && why == WHY_NONE) {
		t->state = TRANSFER_COMPLETE;
		return 0;
	}
	if (why == WHY_NONE || !is_coming_in(t))
		return ERR_INVALID;
	end_with(t, TRANSFER_FAILED, why);
	return 0;
}

int
transfer_cancel(struct transfer *t, enum wire_why why)
{
	if (transfer_ended(t))
		return ERR_INVALID;
	end_with(t, TRANSFER_CANCELLED, why);
	return 0;
}

int
transfer_pause(struct transfer *t)
{
	if (!is_accepted(t))
		return ERR_INVALID;
	t->paused_here = true;
	return 0;
}

bool
transfer_resume(struct transfer *t)
{
	bool paused = t->paused_here;

	t->paused_here = false;
	return paused;
}

bool
transfer_drained(struct transfer *t, uint64_t len)
{
	uint64_t limit;

	if (t->dir != TRANSFER_IN || len > t->offset - t->stored)
		return false;
	t->stored += len;
	if (t->state != TRANSFER_RECEIVING)
		return false;
	limit = window_end(t);
	if (limit == t->limit ||
	    (limit < t->size && limit - t->limit < TRANSFER_CREDIT_STEP))
		return false;
	t->limit = limit;
	return true;
}

size_t
transfer_next(const struct transfer *t, const uint8_t **bytes)
{
	size_t len;

	if (!is_in(t, TRANSFER_OUT, TRANSFER_SENDING) || t->first == NULL ||
	    transfer_is_paused(t))
		return 0;
	len = t->first->len - t->first->used;
	if (len > WIRE_DATA_MAX)
		len = WIRE_DATA_MAX;
	if (len > t->limit - t->offset)
		len = (size_t)(t->limit - t->offset);
	if (len > 0)
		*bytes = t->first->bytes + t->first->used;
	return len;
}

void
transfer_sent(struct transfer *t, size_t len)
{
	t->first->used += len;
	t->offset += len;
	if (t->first->used == t->first->len)
		drop_first_block(t);
}

bool
transfer_done_due(const struct transfer *t)
{
	return is_in(t, TRANSFER_OUT, TRANSFER_SENDING) && t->hash_known &&
	       t->offset == t->size;
}

void
transfer_done_sent(struct transfer *t)
{
	t->state = TRANSFER_FINISHING;
}
