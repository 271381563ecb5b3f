/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The states of a transfer. Whether a step is allowed depends on nothing but
 * the transfer itself, so both ends come to the same answer.
 */
#include "net/transfer.h"

#include <stdlib.h>
#include <string.h>

#include "net/transfer_internal.h"
#include "src/base/err.h"
#include "src/base/util.h"

bool
transfer_is(
    const struct transfer *t, enum transfer_dir dir, enum transfer_state state)
{
	return t->dir == dir && t->state == state;
}

bool
transfer_is_tree(const struct transfer *t)
{
	return t->entries > 0;
}

bool
transfer_is_listing(const struct transfer *t)
{
	return transfer_is_tree(t) && t->state == TRANSFER_OFFERED;
}

struct transfer *
transfer_new(enum transfer_dir dir, const struct frame_offer *offer)
{
	struct transfer *t = mem_zalloc(sizeof(*t));

	t->dir = dir;
	t->state = TRANSFER_OFFERED;
	t->id = offer->id;
	t->token = offer->token;
	t->entries = offer->entries;
	t->list_len = offer->list_len;
	t->size = offer->entries > 0 ? TRANSFER_STREAM : offer->size;
	return t;
}

void
transfer_free(struct transfer *t)
{
	if (t == NULL)
		return;
	while (t->first != NULL)
		transfer_drop_first(t);
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

/* Accepted and not ended. */
static bool
is_going_out(const struct transfer *t)
{
	return transfer_is(t, TRANSFER_OUT, TRANSFER_PROVING) ||
	       transfer_is(t, TRANSFER_OUT, TRANSFER_SENDING) ||
	       transfer_is(t, TRANSFER_OUT, TRANSFER_FINISHING);
}

static bool
is_coming_in(const struct transfer *t)
{
	return transfer_is(t, TRANSFER_IN, TRANSFER_PROVING) ||
	       transfer_is(t, TRANSFER_IN, TRANSFER_RECEIVING) ||
	       transfer_is(t, TRANSFER_IN, TRANSFER_VERIFYING);
}

static bool
is_accepted(const struct transfer *t)
{
	return is_going_out(t) || is_coming_in(t);
}

/*
 * A pause, by the side with the file or the other one. Who is offered a file
 * may have to look at its part before it can answer, and its disk may be in
 * trouble; a list is never held back.
 */
static bool
may_be_paused(const struct transfer *t, enum transfer_dir by)
{
	return is_accepted(t) ||
	       (by == TRANSFER_IN && t->state == TRANSFER_OFFERED &&
		   !transfer_is_tree(t));
}

bool
transfer_is_paused(const struct transfer *t)
{
	return t->paused_here || t->paused_there;
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
	if (!transfer_is(t, TRANSFER_OUT, TRANSFER_OFFERED))
		return ERR_PROTO;
	if (!answer->accepted) {
		end_with(t, TRANSFER_REFUSED, (enum wire_why)answer->why);
		return 0;
	}
	if (answer->offset > (transfer_is_tree(t) ? 0 : t->size) ||
	    t->offset < t->list_len)
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
	if (!transfer_is(t, TRANSFER_IN, TRANSFER_PROVING) ||
	    (offset != t->offset && offset != 0))
		return ERR_PROTO;
	start_at(t, offset);
	t->state = TRANSFER_RECEIVING;
	t->limit = transfer_window_end(t);
	return 0;
}

/* Do these go on where the last ones ended, in order? */
static bool
go_on(const struct transfer *t, const struct frame_claims *claims)
{
	uint64_t next = t->claimed;

	if (claims->upto <= t->claimed || claims->upto > t->entries ||
	    claims->count > WIRE_CLAIMS_MAX)
		return false;
	for (size_t i = 0; i < claims->count; i++) {
		struct wire_claim c;

		wire_claim_get(claims->bytes + i * WIRE_CLAIM_LEN, &c);
		if (c.entry < next || c.entry >= claims->upto ||
		    c.offset > INT64_MAX)
			return false;
		next = (uint64_t)c.entry + 1;
	}
	return true;
}

int
transfer_on_claims(struct transfer *t, const struct frame_claims *claims)
{
	if (!is_going_out(t) || !go_on(t, claims))
		return ERR_PROTO;
	t->claimed = claims->upto;
	return 0;
}

int
transfer_on_result(struct transfer *t, enum wire_why why)
{
	if (transfer_is(t, TRANSFER_OUT, TRANSFER_FINISHING) &&
	    why == WHY_NONE) {
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
transfer_on_pause(struct transfer *t, enum wire_why why, uint64_t missing)
{
	if (!may_be_paused(
		t, t->dir == TRANSFER_OUT ? TRANSFER_IN : TRANSFER_OUT))
		return ERR_PROTO;
	t->paused_there = true;
	t->pause_why = why == WHY_NONE ? WHY_PERSON : why;
	t->pause_missing = missing;
	return 0;
}

bool
transfer_on_resume(struct transfer *t)
{
	bool paused = t->paused_there;

	t->paused_there = false;
	t->pause_why = WHY_NONE;
	t->pause_missing = 0;
	return paused;
}

/* The limit is 0 until the list is taken. */
int
transfer_take_list(struct transfer *t)
{
	if (t->dir != TRANSFER_IN || !transfer_is_listing(t) || t->limit > 0)
		return ERR_INVALID;
	t->limit = transfer_window_end(t);
	return 0;
}

int
transfer_accept(struct transfer *t)
{
	if (!transfer_is(t, TRANSFER_IN, TRANSFER_OFFERED) ||
	    t->stored < t->list_len)
		return ERR_INVALID;
	t->state = TRANSFER_RECEIVING;
	t->limit = transfer_window_end(t);
	return 0;
}

int
transfer_accept_from(
    struct transfer *t, uint64_t offset, const uint8_t hash[WIRE_HASH_LEN])
{
	if (!transfer_is(t, TRANSFER_IN, TRANSFER_OFFERED) ||
	    transfer_is_tree(t) || offset == 0 || offset > t->size)
		return ERR_INVALID;
	prove(t, offset, hash);
	return 0;
}

int
transfer_claims(struct transfer *t, const struct frame_claims *claims)
{
	if (!transfer_is(t, TRANSFER_IN, TRANSFER_RECEIVING) ||
	    !go_on(t, claims))
		return ERR_INVALID;
	t->claimed = claims->upto;
	return 0;
}

int
transfer_begin(struct transfer *t, bool proven)
{
	if (!transfer_is(t, TRANSFER_OUT, TRANSFER_PROVING))
		return ERR_INVALID;
	if (!proven)
		start_at(t, 0);
	t->state = TRANSFER_SENDING;
	return 0;
}

int
transfer_refuse(struct transfer *t, enum wire_why why)
{
	if (!transfer_is(t, TRANSFER_IN, TRANSFER_OFFERED))
		return ERR_INVALID;
	end_with(t, TRANSFER_REFUSED, why);
	return 0;
}

int
transfer_verified(struct transfer *t, enum wire_why why)
{
	if (transfer_is(t, TRANSFER_IN, TRANSFER_VERIFYING) &&
	    why == WHY_NONE) {
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
	if (!may_be_paused(t, t->dir))
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
