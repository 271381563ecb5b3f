/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The transfers of a session and what we do with them. Each is known by who
 * offered it and by a number that only grows.
 *
 * Callbacks may end transfers or the session, so no pointer to a transfer is
 * used after an event was emitted or a frame queued.
 */
#include <stdlib.h>
#include <string.h>

#include "net/filelist.h"
#include "net/session_internal.h"
#include "src/base/err.h"

struct transfer *
session_find(const struct session *s, enum transfer_dir dir, uint32_t id)
{
	struct transfer *t = s->transfers[dir];

	if (s->phase != PHASE_OPEN)
		return NULL;
	while (t != NULL && t->id < id)
		t = t->next;
	return t != NULL && t->id == id && !transfer_ended(t) ? t : NULL;
}

bool
session_is_full(const struct session *s, enum transfer_dir dir)
{
	size_t open = 0;

	for (struct transfer *t = s->transfers[dir]; t != NULL; t = t->next)
		open += !transfer_ended(t);
	return open >= TRANSFER_OPEN_MAX;
}

bool
session_token_is_free(
    const struct session *s, enum transfer_dir dir, uint64_t token)
{
	if (token == 0 || token > INT64_MAX)
		return false;
	for (struct transfer *t = s->transfers[dir]; t != NULL; t = t->next)
		if (t->token == token && !transfer_ended(t))
			return false;
	return true;
}

struct transfer *
session_add(
    struct session *s, enum transfer_dir dir, const struct frame_offer *offer)
{
	struct transfer **at = &s->transfers[dir];

	while (*at != NULL)
		at = &(*at)->next;
	*at = transfer_new(dir, offer);
	s->last_id[dir] = offer->id;
	return *at;
}

static void
emit(struct session *s, enum session_event_type type, const struct transfer *t)
{
	struct session_event e = {.type = type, .transfer = t};

	session_emit(s, &e);
}

int
session_reply_refusal(struct session *s, uint32_t id, enum wire_why why)
{
	struct frame f = {.type = FRAME_ANSWER};

	f.answer.id = id;
	f.answer.why = (uint8_t)why;
	return session_reply(s, &f);
}

/* t was accepted just now; where it is PROVING, from where it stands. */
static int
reply_accepted(struct session *s, const struct transfer *t)
{
	struct frame f = {.type = FRAME_ANSWER};

	f.answer.id = t->id;
	f.answer.accepted = 1;
	if (t->state == TRANSFER_PROVING) {
		f.answer.offset = t->offset;
		memcpy(f.answer.hash, t->proof, WIRE_HASH_LEN);
	}
	return session_reply(s, &f);
}

int
session_reply_credit(struct session *s, uint32_t id, uint64_t limit)
{
	struct frame f = {.type = FRAME_CREDIT};

	f.credit.id = id;
	f.credit.limit = limit;
	return session_reply(s, &f);
}

int
session_reply_cancel(struct session *s, const struct transfer *t)
{
	struct frame f = {.type = FRAME_CANCEL};

	f.cancel.id = t->id;
	f.cancel.mine = t->dir == TRANSFER_OUT;
	f.cancel.why = (uint8_t)t->why;
	return session_reply(s, &f);
}

bool
session_offer_is_sound(const struct frame_offer *offer)
{
	return (offer->entries == 0) == (offer->list_len == 0);
}

bool
session_offer_is_too_big(const struct frame_offer *offer)
{
	return offer->size > INT64_MAX || offer->list_len > FILELIST_MAX ||
	       offer->entries > FILELIST_ENTRIES_MAX;
}

static void
send_done_if_due(struct session *s, struct transfer *t)
{
	struct frame f = {.type = FRAME_DONE};

	if (!transfer_done_due(t))
		return;
	transfer_done_sent(t);
	f.done.id = t->id;
	memcpy(f.done.hash, t->hash, WIRE_HASH_LEN);
	session_reply(s, &f);
}

/* The next one after the last that had its turn, else the first of all. */
static struct transfer *
next_sender(const struct session *s)
{
	const uint8_t *bytes;
	struct transfer *first = NULL;

	if (s->phase != PHASE_OPEN)
		return NULL;
	for (struct transfer *t = s->transfers[TRANSFER_OUT]; t != NULL;
	     t = t->next) {
		if (transfer_next(t, &bytes) == 0)
			continue;
		if (t->id > s->turn)
			return t;
		if (first == NULL)
			first = t;
	}
	return first;
}

/* Its next frame; the length of the bytes. */
static size_t
next_bytes(
    const struct session *s, const struct transfer *t, const uint8_t **bytes)
{
	return session_cut(s, transfer_next(t, bytes));
}

uint64_t
session_data_due(const struct session *s)
{
	const struct transfer *t = next_sender(s);
	const uint8_t *bytes;

	return t == NULL ? UINT64_MAX
			 : session_due(s, next_bytes(s, t, &bytes));
}

bool
session_send_data(struct session *s, struct buf *out)
{
	struct transfer *t = next_sender(s);
	struct frame f = {.type = FRAME_DATA};
	bool used_up;

	if (t == NULL)
		return false;
	f.data.id = t->id;
	f.data.offset = t->offset;
	f.data.len = next_bytes(s, t, &f.data.bytes);
	if (session_due(s, f.data.len) != 0 || wire_put(out, &f) != 0)
		return false;
	s->turn = t->id;
	session_spend(s, f.data.len);
	used_up = f.data.len == t->first->len - t->first->used;
	transfer_sent(t, f.data.len);
	send_done_if_due(s, t);
	if (used_up && s->phase == PHASE_OPEN)
		emit(s, SESSION_WANT, t);
	return true;
}

int
session_offer(struct session *s, const struct frame_offer *offer, uint32_t *id)
{
	struct frame f = {.type = FRAME_OFFER, .offer = *offer};
	uint32_t last = s->last_id[TRANSFER_OUT];
	int r;

	if (s->phase != PHASE_OPEN || !session_offer_is_sound(offer) ||
	    session_offer_is_too_big(offer) ||
	    !session_token_is_free(s, TRANSFER_OUT, offer->token))
		return ERR_INVALID;
	if (session_is_full(s, TRANSFER_OUT) || last == UINT32_MAX)
		return ERR_FULL;
	f.offer.id = last + 1;
	r = session_put(s, &f);
	if (r != 0)
		return r;
	session_add(s, TRANSFER_OUT, &f.offer);
	*id = f.offer.id;
	return 0;
}

int
session_take_list(struct session *s, uint32_t id)
{
	struct transfer *t = session_find(s, TRANSFER_IN, id);
	int r;

	if (t == NULL)
		return ERR_NOT_FOUND;
	r = transfer_take_list(t);
	return r == 0 ? session_reply_credit(s, id, t->limit) : r;
}

int
session_accept(struct session *s, uint32_t id)
{
	struct transfer *t = session_find(s, TRANSFER_IN, id);
	uint64_t limit;
	int r;

	if (t == NULL)
		return ERR_NOT_FOUND;
	r = transfer_accept(t);
	if (r != 0)
		return r;
	limit = t->limit;
	r = reply_accepted(s, t);
	return r == 0 ? session_reply_credit(s, id, limit) : r;
}

/* CREDIT follows when BEGIN has said from where. */
int
session_accept_from(struct session *s, uint32_t id, uint64_t offset,
    const uint8_t hash[WIRE_HASH_LEN])
{
	struct transfer *t = session_find(s, TRANSFER_IN, id);
	int r;

	if (t == NULL)
		return ERR_NOT_FOUND;
	r = transfer_accept_from(t, offset, hash);
	return r == 0 ? reply_accepted(s, t) : r;
}

int
session_claims(
    struct session *s, uint32_t id, const struct frame_claims *claims)
{
	struct frame f = {.type = FRAME_CLAIMS, .claims = *claims};
	struct transfer *t = session_find(s, TRANSFER_IN, id);
	int r;

	if (t == NULL)
		return ERR_NOT_FOUND;
	r = transfer_claims(t, claims);
	f.claims.id = id;
	return r == 0 ? session_reply(s, &f) : r;
}

int
session_begin(struct session *s, uint32_t id, bool proven)
{
	struct frame f = {.type = FRAME_BEGIN};
	struct transfer *t = session_find(s, TRANSFER_OUT, id);
	int r;

	if (t == NULL)
		return ERR_NOT_FOUND;
	r = transfer_begin(t, proven);
	if (r != 0)
		return r;
	f.begin.id = id;
	f.begin.offset = t->offset;
	return session_reply(s, &f);
}

int
session_refuse(struct session *s, uint32_t id, enum wire_why why)
{
	struct transfer *t = session_find(s, TRANSFER_IN, id);
	int r;

	if (t == NULL)
		return ERR_NOT_FOUND;
	r = transfer_refuse(t, why);
	if (r != 0)
		return r;
	r = session_reply_refusal(s, id, t->why);
	session_reap(s);
	return r;
}

int
session_feed(struct session *s, uint32_t id, struct block *b)
{
	struct transfer *t = session_find(s, TRANSFER_OUT, id);

	if (t == NULL) {
		free(b);
		return ERR_NOT_FOUND;
	}
	return transfer_feed(t, b);
}

int
session_finish(
    struct session *s, uint32_t id, const uint8_t hash[WIRE_HASH_LEN])
{
	struct transfer *t = session_find(s, TRANSFER_OUT, id);
	int r;

	if (t == NULL)
		return ERR_NOT_FOUND;
	r = transfer_finish(t, hash);
	if (r == 0)
		send_done_if_due(s, t);
	return r;
}

int
session_drained(struct session *s, uint32_t id, uint64_t len)
{
	struct transfer *t = session_find(s, TRANSFER_IN, id);

	if (t == NULL)
		return ERR_NOT_FOUND;
	if (len > t->offset - t->stored)
		return ERR_INVALID;
	return transfer_drained(t, len) ? session_reply_credit(s, id, t->limit)
					: 0;
}

int
session_result(struct session *s, uint32_t id, enum wire_why why)
{
	struct frame f = {.type = FRAME_RESULT};
	struct transfer *t = session_find(s, TRANSFER_IN, id);
	int r;

	if (t == NULL)
		return ERR_NOT_FOUND;
	r = transfer_verified(t, why);
	if (r != 0)
		return r;
	f.result.id = id;
	f.result.why = (uint8_t)why;
	r = session_reply(s, &f);
	session_reap(s);
	return r;
}

int
session_cancel(
    struct session *s, enum transfer_dir dir, uint32_t id, enum wire_why why)
{
	struct transfer *t = session_find(s, dir, id);
	int r;

	if (t == NULL)
		return ERR_NOT_FOUND;
	transfer_cancel(t, why);
	r = session_reply_cancel(s, t);
	session_reap(s);
	return r;
}

int
session_pause(struct session *s, enum transfer_dir dir, uint32_t id,
    enum wire_why why, uint64_t missing)
{
	struct frame f = {.type = FRAME_PAUSE};
	struct transfer *t = session_find(s, dir, id);
	int r;

	if (t == NULL)
		return ERR_NOT_FOUND;
	r = transfer_pause(t);
	if (r != 0)
		return r;
	f.pause.id = id;
	f.pause.mine = dir == TRANSFER_OUT;
	f.pause.why = (uint8_t)why;
	f.pause.missing = missing;
	return session_reply(s, &f);
}

int
session_resume(struct session *s, enum transfer_dir dir, uint32_t id)
{
	struct frame f = {.type = FRAME_RESUME};
	struct transfer *t = session_find(s, dir, id);

	if (t == NULL)
		return ERR_NOT_FOUND;
	if (!transfer_resume(t))
		return 0;
	f.resume.id = id;
	f.resume.mine = dir == TRANSFER_OUT;
	return session_reply(s, &f);
}

const struct transfer *
session_transfer(const struct session *s, enum transfer_dir dir, uint32_t id)
{
	return session_find(s, dir, id);
}
