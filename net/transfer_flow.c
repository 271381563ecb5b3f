/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Three numbers bound a transfer: offset <= limit <= size. The sender never
 * frames past the limit; the receiver raises it as its disk drains, so at
 * most TRANSFER_WINDOW bytes are ever between the two disks. One that goes on
 * where it was cut off starts with all of them at what is there already.
 *
 * In a tree the list takes the place of the size while it is OFFERED. After
 * that no end is known, and credit may go past the one that comes: then the
 * size is less than the limit.
 */
#include <stdlib.h>
#include <string.h>

#include "net/transfer_internal.h"
#include "src/base/err.h"

void
transfer_drop_first(struct transfer *t)
{
	struct block *b = t->first;

	t->first = b->next;
	if (t->first == NULL)
		t->last = NULL;
	free(b);
}

/* May its bytes leave, or arrive? */
static bool
is_sending(const struct transfer *t)
{
	return t->dir == TRANSFER_OUT &&
	       (t->state == TRANSFER_SENDING || transfer_is_listing(t));
}

static bool
is_receiving(const struct transfer *t)
{
	return t->dir == TRANSFER_IN &&
	       (t->state == TRANSFER_RECEIVING || transfer_is_listing(t));
}

/* Where those end that may move now. */
static uint64_t
end_of(const struct transfer *t)
{
	return transfer_is_listing(t) ? t->list_len : t->size;
}

uint64_t
transfer_window_end(const struct transfer *t)
{
	uint64_t end = end_of(t);

	if (end - t->stored <= TRANSFER_WINDOW)
		return end;
	return t->stored + TRANSFER_WINDOW;
}

/* Who grants credit for a stream cannot know that its end is fed already. */
static uint64_t
most_credit(const struct transfer *t)
{
	return transfer_is_tree(t) && !transfer_is_listing(t) ? TRANSFER_STREAM
							      : end_of(t);
}

int
transfer_on_credit(struct transfer *t, uint64_t limit)
{
	if (!is_sending(t) && !transfer_is(t, TRANSFER_OUT, TRANSFER_FINISHING))
		return ERR_PROTO;
	if (limit < t->limit || limit > most_credit(t))
		return ERR_PROTO;
	t->limit = limit;
	return 0;
}

int
transfer_on_data(struct transfer *t, uint64_t offset, size_t len)
{
	if (!is_receiving(t))
		return ERR_PROTO;
	if (offset != t->offset || len == 0 || len > t->limit - t->offset)
		return ERR_PROTO;
	t->offset += len;
	return 0;
}

int
transfer_on_done(struct transfer *t, const uint8_t hash[WIRE_HASH_LEN])
{
	if (!transfer_is(t, TRANSFER_IN, TRANSFER_RECEIVING) ||
	    (!transfer_is_tree(t) && t->offset != t->size))
		return ERR_PROTO;
	t->size = t->offset;
	memcpy(t->hash, hash, WIRE_HASH_LEN);
	t->hash_known = true;
	t->state = TRANSFER_VERIFYING;
	return 0;
}

int
transfer_feed(struct transfer *t, struct block *b)
{
	if (!is_sending(t) || t->hash_known || b->len == 0 ||
	    b->len > end_of(t) - t->fed) {
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
	if (!transfer_is(t, TRANSFER_OUT, TRANSFER_SENDING) || t->hash_known ||
	    (!transfer_is_tree(t) && t->fed != t->size))
		return ERR_INVALID;
	t->size = t->fed;
	memcpy(t->hash, hash, WIRE_HASH_LEN);
	t->hash_known = true;
	return 0;
}

bool
transfer_drained(struct transfer *t, uint64_t len)
{
	uint64_t limit;

	if (t->dir != TRANSFER_IN || len > t->offset - t->stored)
		return false;
	t->stored += len;
	/* No limit yet: its list is not taken. */
	if (!is_receiving(t) || t->limit == 0)
		return false;
	limit = transfer_window_end(t);
	if (limit == t->limit ||
	    (limit < end_of(t) && limit - t->limit < TRANSFER_CREDIT_STEP))
		return false;
	t->limit = limit;
	return true;
}

size_t
transfer_next(const struct transfer *t, const uint8_t **bytes)
{
	size_t len;

	if (!is_sending(t) || t->first == NULL || transfer_is_paused(t))
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
		transfer_drop_first(t);
}

bool
transfer_done_due(const struct transfer *t)
{
	return transfer_is(t, TRANSFER_OUT, TRANSFER_SENDING) &&
	       t->hash_known && t->offset == t->size;
}

void
transfer_done_sent(struct transfer *t)
{
	t->state = TRANSFER_FINISHING;
}
