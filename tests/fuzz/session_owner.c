/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fuzz/session_owner.h"

#include <stdlib.h>

#include "net/filelist.h"
#include "src/base/util.h"

/* Bytes of a stream, beside its list, before we say that it is at its end. */
enum { STREAM_MAX = 3 * OWNER_BLOCK };

void
must(bool truth)
{
	if (!truth)
		abort();
}

static bool
is_listing(const struct transfer *t)
{
	return t->entries > 0 && t->state == TRANSFER_OFFERED;
}

void
owner_check(const struct transfer *t)
{
	must((t->entries == 0) == (t->list_len == 0));
	must(t->entries <= FILELIST_ENTRIES_MAX && t->list_len <= FILELIST_MAX);
	must(t->claimed <= t->entries && t->size <= TRANSFER_STREAM);
	must(t->offset <= t->limit && t->limit <= TRANSFER_STREAM);
	must(t->offset <= t->size);
	if (t->entries == 0)
		must(t->limit <= t->size);
	if (is_listing(t))
		must(t->limit <= t->list_len && t->fed <= t->list_len);
	if (t->dir == TRANSFER_OUT) {
		must(t->offset <= t->fed && t->fed <= t->size);
		return;
	}
	must(t->stored <= t->offset);
	must(t->limit - t->stored <= TRANSFER_WINDOW);
}

static uint64_t
end_of(const struct transfer *t)
{
	if (t->entries == 0)
		return t->size;
	return is_listing(t) ? t->list_len : t->list_len + STREAM_MAX;
}

void
owner_feed(struct owner *o, uint32_t id)
{
	static const uint8_t hash[WIRE_HASH_LEN];
	const struct transfer *t = session_transfer(o->s, TRANSFER_OUT, id);
	uint64_t left = t != NULL ? end_of(t) - t->fed : 0;
	struct block *b;

	if (left == 0) {
		session_finish(o->s, id, hash);
		return;
	}
	b = mem_zalloc(sizeof(*b) + OWNER_BLOCK);
	b->len = left < OWNER_BLOCK ? (size_t)left : OWNER_BLOCK;
	session_feed(o->s, id, b);
}

int
owner_accept(struct owner *o, const struct transfer *t, uint64_t some)
{
	static const uint8_t hash[WIRE_HASH_LEN];

	if (t->entries > 0 || some == 0 || some > t->size)
		return session_accept(o->s, t->id);
	return session_accept_from(o->s, t->id, some, hash);
}

void
owner_offer(struct owner *o, uint64_t size, uint32_t entries, uint32_t list_len)
{
	struct frame_offer offer = {.token = ++o->token,
	    .size = size,
	    .entries = entries,
	    .list_len = list_len,
	    .name = "a",
	    .name_len = 1};

	session_offer(o->s, &offer, &o->last_out);
}

static void
accept_now(struct owner *o, const struct transfer *t)
{
	uint64_t some = t->id % 4 == 3 ? t->size - t->id % 8 : 0;
	int r = t->entries > 0 ? session_take_list(o->s, t->id)
			       : owner_accept(o, t, some);

	must(r == 0 || session_is_ended(o->s));
}

/* What to do with an offer is in its number. */
static void
on_offer(struct owner *o, const struct transfer *t)
{
	owner_check(t);
	o->open_in++;
	o->last_in = t->id;
	must(o->open_in <= TRANSFER_OPEN_MAX);
	must(t->token >= 1 && t->token <= INT64_MAX);
	if (t->id % 4 == 0)
		return;
	if (t->id % 4 != 1)
		accept_now(o, t);
	else if (session_refuse(o->s, t->id, WHY_PERSON) == 0)
		o->open_in--;
}

/* Whether the proof is right is in it; some take time to compare. */
static void
on_answer(struct owner *o, const struct transfer *t)
{
	uint32_t id = t->id;

	owner_check(t);
	if (t->state == TRANSFER_PROVING) {
		must(t->entries == 0);
		must(t->offset >= 1 && t->offset <= t->size);
		if (t->proof[0] % 3 == 0)
			return;
		must(session_begin(o->s, id, t->proof[0] % 3 == 1) == 0);
	} else if (t->state == TRANSFER_SENDING) {
		must(t->offset == t->list_len);
	}
	owner_feed(o, id);
}

static void
on_begin(const struct transfer *t)
{
	must(t->state == TRANSFER_RECEIVING);
	must(t->offset == t->stored);
	owner_check(t);
}

static void
on_claims(const struct session_event *e)
{
	const struct frame_claims *claims = e->claims;
	uint32_t next = 0;

	owner_check(e->transfer);
	must(e->transfer->dir == TRANSFER_OUT);
	must(e->transfer->state == TRANSFER_SENDING ||
	     e->transfer->state == TRANSFER_FINISHING);
	must(claims->upto == e->transfer->claimed);
	must(claims->count <= WIRE_CLAIMS_MAX && claims->count <= claims->upto);
	for (size_t i = 0; i < claims->count; i++) {
		struct wire_claim c;

		wire_claim_get(claims->bytes + i * WIRE_CLAIM_LEN, &c);
		must(c.entry >= next && c.entry < claims->upto);
		must(c.offset <= INT64_MAX);
		next = c.entry + 1;
	}
}

/* Some drain slowly; some decide later, when the list is here. */
static void
on_data(struct owner *o, const struct session_event *e)
{
	const struct transfer *t = e->transfer;
	const struct frame_claims claims = {.upto = t->entries / 2};

	owner_check(t);
	must(e->data_len >= 1 && e->data_len <= WIRE_DATA_MAX);
	must(t->state == TRANSFER_RECEIVING || is_listing(t));
	if (t->id % 3 == 0)
		return;
	session_drained(o->s, t->id, e->data_len);
	if (!is_listing(t) || t->id % 8 == 7)
		return;
	if (t->stored < t->list_len) {
		must(session_accept(o->s, t->id) != 0);
		return;
	}
	must(session_accept(o->s, t->id) == 0 || session_is_ended(o->s));
	session_claims(o->s, t->id, &claims);
}

static void
on_done(struct owner *o, const struct transfer *t)
{
	owner_check(t);
	must(t->offset == t->size);
	if (session_result(o->s, t->id, WHY_NONE) == 0)
		o->open_in--;
}

static void
on_transfer(struct owner *o, const struct session_event *e)
{
	const struct transfer *t = e->transfer;

	switch (e->type) {
	case SESSION_OFFER:
		on_offer(o, t);
		break;
	case SESSION_ANSWER:
		on_answer(o, t);
		break;
	case SESSION_BEGIN:
		on_begin(t);
		break;
	case SESSION_CLAIMS:
		on_claims(e);
		break;
	case SESSION_WANT:
		owner_check(t);
		owner_feed(o, t->id);
		break;
	case SESSION_DATA:
		on_data(o, e);
		break;
	case SESSION_DONE:
		on_done(o, t);
		break;
	case SESSION_PAUSE:
		must(t->paused_there && t->pause_why != WHY_NONE);
		must(t->state != TRANSFER_OFFERED && !transfer_ended(t));
		break;
	case SESSION_RESUME:
		must(!t->paused_there);
		break;
	case SESSION_CANCEL:
		must(transfer_ended(t));
		if (t->dir == TRANSFER_IN)
			o->open_in--;
		break;
	default:
		break;
	}
}

void
owner_on_event(void *arg, const struct session_event *e)
{
	struct owner *o = arg;

	must(!o->ended);
	switch (e->type) {
	case SESSION_HELLO:
		must(e->hello->name_len <= WIRE_NAME_MAX);
		must(e->hello->epoch != 0);
		must((e->hello->stored_epoch == 0) ==
		     (e->hello->stored_seq == 0));
		session_knock(o->s, KNOCK_ACCEPTED);
		break;
	case SESSION_MESSAGE:
		must(e->message->epoch != 0);
		must(e->message->seq >= 1 && e->message->seq <= INT64_MAX);
		must(e->message->text_len <= WIRE_TEXT_MAX);
		session_ack(o->s, e->message->epoch, e->message->seq);
		break;
	case SESSION_ACK:
		must(e->epoch != 0 && e->seq >= 1 && e->seq <= INT64_MAX);
		break;
	case SESSION_DIGITS:
		must(e->digits < PAIRING_DIGITS);
		must(session_pairing(o->s)->state == PAIRING_DONE);
		if (e->digits % 2 == 0)
			must(session_agree(o->s) == 0);
		break;
	case SESSION_AGREE:
		must(session_pairing(o->s)->agreed_there);
		break;
	case SESSION_ENDED:
		o->ended = true;
		break;
	default:
		on_transfer(o, e);
		break;
	}
}
