/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The disk side of a file we send: opened, read and hashed on a worker,
 * a few blocks ahead of the network, whatever the network does.
 */
#ifndef CHARLA_NET_OUTGOING_H
#define CHARLA_NET_OUTGOING_H

#include "net/transfer.h"
#include "src/base/err.h"
#include "src/base/worker.h"

struct outgoing;

enum {
	OUTGOING_BLOCK = 256 * 1024, /* bytes read at once */
	OUTGOING_AHEAD = 8,          /* blocks read and not yet consumed */
};

enum outgoing_event_type {
	OUTGOING_OPENED,      /* offer but for id and token; mtime_ns, path */
	OUTGOING_PROVEN,      /* proven: was the hash right? */
	OUTGOING_BLOCK_READY, /* block: now yours */
	OUTGOING_FINISHED,    /* hash of everything; no more blocks */
	OUTGOING_FAILED,      /* why and reason; nothing follows */
};

struct outgoing_event {
	enum outgoing_event_type type;
	const struct frame_offer *offer; /* lives until the callback returns */
	int64_t mtime_ns;                /* of the source, since 1970 */
	const char *path;                /* absolute; as long as the offer */
	bool proven;
	struct block *block;
	const uint8_t *hash;
	enum wire_why why;
	const struct reason *reason;
};

/*
 * path is used as it is (no ~). Only regular files: a folder, a FIFO or a
 * device fails with a sentence. The open itself never blocks (O_NONBLOCK).
 * The name offered is the last component of path.
 */
struct outgoing *outgoing_new(struct worker *disk, const char *path,
    void (*on_event)(void *arg, const struct outgoing_event *event), void *arg);
/*
 * After OPENED, before outgoing_start, once: hash the first offset bytes (at
 * most the size) and compare; 0 bytes are right by themselves. Where they are
 * the same, reading starts behind them; where not, at 0. The hash of FINISHED
 * is that of the whole file in either case.
 */
void outgoing_prove(
    struct outgoing *o, uint64_t offset, const uint8_t hash[WIRE_HASH_LEN]);
/* Start reading, up to OUTGOING_AHEAD blocks. Once, after OPENED or PROVEN. */
void outgoing_start(struct outgoing *o);
/* One block was consumed by the network: read another. */
void outgoing_consumed(struct outgoing *o);
/* From anywhere; what the worker still does for it comes to nothing. */
void outgoing_free(struct outgoing *o);

#endif
