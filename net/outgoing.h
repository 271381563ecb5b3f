/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The disk side of what we send: a file, or a tree (several files, folders).
 * Opened, walked, read and hashed on a worker, a few blocks ahead of the
 * network, whatever the network does.
 */
#ifndef CHARLA_NET_OUTGOING_H
#define CHARLA_NET_OUTGOING_H

#include "net/filelist.h"
#include "net/transfer.h"
#include "src/base/err.h"
#include "src/base/worker.h"

struct outgoing;

enum {
	OUTGOING_BLOCK = 256 * 1024, /* bytes read at once */
	OUTGOING_AHEAD = 8,          /* blocks read and not yet consumed */
};

enum outgoing_event_type {
	/* offer but for id and token; paths; of a tree: list; notes */
	OUTGOING_OPENED,
	OUTGOING_PROVEN,      /* proven: was the hash right? */
	OUTGOING_BLOCK_READY, /* block: now yours */
	/*
	 * The source is not there, cannot be read, or is not what was offered
	 * any more (WHY_CHANGED): why, reason. Nothing is lost: it waits for
	 * outgoing_retry or outgoing_leave_out.
	 */
	OUTGOING_STUCK,
	OUTGOING_UNSTUCK,  /* it worked: it goes on */
	OUTGOING_FINISHED, /* hash, left_out; no more blocks */
	OUTGOING_FAILED,   /* why and reason; nothing follows */
};

struct outgoing_event {
	enum outgoing_event_type type;
	const struct frame_offer *offer; /* lives until the callback returns */
	/* Absolute, one for each root; as long as the offer. */
	const char *const *paths;
	size_t path_count;
	struct filelist *list; /* of a tree; to keep it, filelist_ref */
	/* Sentences for the person: what is not sent, and why. */
	const char *const *notes;
	size_t note_count;
	bool proven;
	struct block *block;
	/* Of the file; of a tree: of the hashes of its files, one by one. */
	const uint8_t *hash;
	uint32_t left_out; /* files of a tree that were not sent */
	enum wire_why why;
	const struct reason *reason;
};

struct outgoing_config {
	struct worker *disk;
	/* As walk_run takes them; no ~. */
	const char *const *words;
	size_t word_count;
	bool patterns;
	/* Offer the execute bits of files, too; else none. */
	bool keep_mode;
	void (*on_event)(void *arg, const struct outgoing_event *event);
	void *arg;
};

/*
 * What is only one regular file is offered as that; anything else is a
 * tree. The name offered is the last component of the first root's path. No
 * open ever blocks (O_NONBLOCK), and what is no file or folder is not opened.
 */
struct outgoing *outgoing_new(const struct outgoing_config *config);
/*
 * A file: after OPENED, before outgoing_start, once: hash the first offset
 * bytes (at most the size) and compare; 0 bytes are right by themselves. Where
 * they are the same, reading starts behind them; where not, at 0. The hash of
 * FINISHED is that of the whole file in either case.
 */
void outgoing_prove(
    struct outgoing *o, uint64_t offset, const uint8_t hash[WIRE_HASH_LEN]);
/*
 * A tree: after OPENED, once: the bytes of its list, as blocks; as many as it
 * takes, and before any other.
 */
void outgoing_send_list(struct outgoing *o);
/* A tree: what the other side has, as it tells; in its order. */
void outgoing_claims(struct outgoing *o, const struct frame_claims *claims);
/*
 * Start reading, up to OUTGOING_AHEAD blocks. Once, after OPENED or PROVEN;
 * a tree, when it was accepted.
 */
void outgoing_start(struct outgoing *o);
/*
 * One block was consumed by the network: read another. Of a tree, *progress
 * is what the blocks consumed so far have brought (for those of the list: all
 * 0); of a file it is untouched. May be NULL.
 */
void outgoing_consumed(struct outgoing *o, struct tree_progress *progress);
/* While STUCK: try again. STUCK again, or UNSTUCK. */
void outgoing_retry(struct outgoing *o);
/*
 * While STUCK, a tree: go on without this file if it still cannot be read, and
 * without every other one like it. UNSTUCK follows.
 */
void outgoing_leave_out(struct outgoing *o);
/* From anywhere; what the worker still does for it comes to nothing. */
void outgoing_free(struct outgoing *o);

#endif
