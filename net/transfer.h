/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One transfer, as both ends agree on it: states, offsets and credit. Pure: no
 * file is touched here. The offering side moves
 *     OFFERED -> [PROVING ->] SENDING -> FINISHING -> COMPLETE
 * and the other
 *     OFFERED -> [PROVING ->] RECEIVING -> VERIFYING -> COMPLETE
 * and any of them ends in REFUSED, FAILED or CANCELLED. An ended transfer
 * never changes again.
 *
 * Either side may pause one that was accepted, for itself, and the receiver of
 * a file also before it answers; no DATA leaves until both have resumed. A
 * pause is no state: everything else goes on.
 *
 * A tree (entries is not 0) is a stream whose length nobody knows before its
 * end. Its list is the beginning of it, and comes while it is OFFERED; it can
 * be accepted when all of the list is there. It is never PROVING.
 */
#ifndef CHARLA_NET_TRANSFER_H
#define CHARLA_NET_TRANSFER_H

#include "net/wire.h"

enum {
	TRANSFER_OPEN_MAX = 64, /* open in one direction at once */
	/* Bytes in flight between the sender's and the receiver's disk. */
	TRANSFER_WINDOW = 4 * 1024 * 1024,
	TRANSFER_CREDIT_STEP = TRANSFER_WINDOW / 8,
};

/* The size of what has no size yet. */
#define TRANSFER_STREAM ((uint64_t)INT64_MAX)

enum transfer_dir { TRANSFER_OUT, TRANSFER_IN };

enum transfer_state {
	TRANSFER_OFFERED,
	TRANSFER_PROVING, /* some of it is there: is it the same? */
	TRANSFER_SENDING,
	TRANSFER_FINISHING, /* all sent, DONE sent, RESULT awaited */
	TRANSFER_RECEIVING,
	TRANSFER_VERIFYING, /* DONE received, our disk is checking */
	TRANSFER_COMPLETE,
	TRANSFER_REFUSED,
	TRANSFER_FAILED,
	TRANSFER_CANCELLED,
};

/* A piece on its way out. Freed with free(). */
struct block {
	struct block *next;
	size_t len;
	size_t used; /* bytes already framed */
	uint8_t bytes[];
};

struct transfer {
	struct transfer *next;
	enum transfer_dir dir;
	enum transfer_state state;
	enum wire_why why; /* in REFUSED, FAILED, CANCELLED */
	uint32_t id;
	uint64_t token; /* from the offer */
	/* Bytes. Of a tree: TRANSFER_STREAM until its end is known. */
	uint64_t size;
	uint32_t entries;  /* of a tree; 0: one file */
	uint32_t list_len; /* of a tree: bytes */
	uint32_t claimed;  /* of a tree: claims have told up to here */
	/* Positions in the file or stream, whether or not it began at 0. */
	uint64_t offset;            /* bytes framed (out) or taken in (in) */
	uint64_t limit;             /* credit: DATA may reach up to here */
	uint64_t stored;            /* in: bytes our disk has drained */
	uint64_t fed;               /* out: bytes handed over */
	struct block *first, *last; /* out: fed, not yet framed */
	bool hash_known;            /* out: DONE may follow the last byte */
	uint8_t hash[WIRE_HASH_LEN];
	uint8_t proof[WIRE_HASH_LEN];   /* PROVING: of the first offset bytes */
	bool paused_here, paused_there; /* by us, by the other side */
	enum wire_why pause_why;        /* where paused_there; */
	uint64_t pause_missing;         /* bytes of room, or 0 */
};

/* dir, and id, token, size, entries, list_len of the offer. */
struct transfer *transfer_new(
    enum transfer_dir dir, const struct frame_offer *offer);
void transfer_free(struct transfer *t);
bool transfer_ended(const struct transfer *t);
bool transfer_is_paused(const struct transfer *t);

/*
 * What the other side sent. 0 or ERR_PROTO; then t is untouched. A refusal
 * or a cancel without a reason counts as WHY_PERSON. RESULT with a reason may
 * come from whoever has accepted, also while PROVING.
 */
int transfer_on_answer(struct transfer *t, const struct frame_answer *answer);
int transfer_on_begin(struct transfer *t, uint64_t offset);
int transfer_on_credit(struct transfer *t, uint64_t limit);
int transfer_on_data(struct transfer *t, uint64_t offset, size_t len);
int transfer_on_done(struct transfer *t, const uint8_t hash[WIRE_HASH_LEN]);
int transfer_on_claims(struct transfer *t, const struct frame_claims *claims);
int transfer_on_result(struct transfer *t, enum wire_why why);
/* A cancel that crosses the end changes nothing and is no error. */
void transfer_on_cancel(struct transfer *t, enum wire_why why);
/* Said again, it may have another reason; none counts as WHY_PERSON. */
int transfer_on_pause(struct transfer *t, enum wire_why why, uint64_t missing);
/* False where it was not paused there: nothing changes, and is no error. */
bool transfer_on_resume(struct transfer *t);

/*
 * What we do. 0, or ERR_INVALID where the state does not allow it. feed takes
 * b over in any case, and refuses an empty block and bytes beyond the size (of
 * the list, where a tree is OFFERED); finish wants every byte fed, and ends a
 * stream where it is.
 */
int transfer_accept(struct transfer *t); /* a tree: its list is drained */
/* in, a tree, once: its list may come now (credit for it). */
int transfer_take_list(struct transfer *t);
/* in, a tree, RECEIVING: they go on where the last ones ended, in order. */
int transfer_claims(struct transfer *t, const struct frame_claims *claims);
/* A file, into PROVING; offset is 1 to the size. */
int transfer_accept_from(
    struct transfer *t, uint64_t offset, const uint8_t hash[WIRE_HASH_LEN]);
/* out: PROVING to SENDING, from the offset where proven, else from 0. */
int transfer_begin(struct transfer *t, bool proven);
int transfer_refuse(struct transfer *t, enum wire_why why);
int transfer_feed(struct transfer *t, struct block *b);
int transfer_finish(struct transfer *t, const uint8_t hash[WIRE_HASH_LEN]);
/* in: WHY_NONE completes; anything else may come before DONE has. */
int transfer_verified(struct transfer *t, enum wire_why why);
int transfer_cancel(struct transfer *t, enum wire_why why);
int transfer_pause(struct transfer *t);
/* False where we had not paused it. */
bool transfer_resume(struct transfer *t);
/* in: the disk drained len more bytes. True when a CREDIT is worth sending. */
bool transfer_drained(struct transfer *t, uint64_t len);

/*
 * out: the next stretch that may be framed now, at most WIRE_DATA_MAX bytes;
 * 0 when there is none, or it is paused. transfer_sent consumes it; a block
 * used up is freed.
 */
size_t transfer_next(const struct transfer *t, const uint8_t **bytes);
void transfer_sent(struct transfer *t, size_t len);
/* out: every byte framed and the hash known: DONE is due, then sent. */
bool transfer_done_due(const struct transfer *t);
void transfer_done_sent(struct transfer *t);

#endif
