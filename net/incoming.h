/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The disk side of a file we receive. Until it is complete, checked and
 * synced it is a private part file (".charla-<random>.part", 0600) in the
 * download folder; then it gets its name without ever replacing one that
 * exists: name.ext, name (1).ext, name (2).ext ... Everything happens beneath
 * the folder's descriptor, on a worker. A part file that was left may be gone
 * on with, also by another run of the program.
 */
#ifndef CHARLA_NET_INCOMING_H
#define CHARLA_NET_INCOMING_H

#include "net/wire.h"
#include "src/base/err.h"
#include "src/base/worker.h"

struct incoming;

/*
 * The one rule for names from a peer: reject, don't clean. 0, or ERR_DENIED
 * for empty, ".", "..", longer than 255 bytes, or anything that holds '/', a
 * control byte (C0, DEL; so NUL too) or is not UTF-8. Whatever else passes, in
 * any script, is a plain name in one folder; tell the peer WHY_NAME if not.
 */
int incoming_check_name(const char *name, size_t len);

/* A new name for a part file; random. */
enum { INCOMING_PART_MAX = 32 };
void incoming_part_name(char out[static INCOMING_PART_MAX]);

enum incoming_event_type {
	/*
	 * Where it goes on: offset bytes (perhaps 0) are there, with this
	 * hash. The part file may be gone because it has got its name already:
	 * then that file is told of, whole.
	 */
	INCOMING_READY,
	INCOMING_DRAINED, /* len more bytes are written */
	INCOMING_STORED,  /* path: verified, synced, in place */
	/*
	 * The disk does not take it just now (full, quota, folder gone, no
	 * permission): why, reason, missing. Nothing is lost; what came waits
	 * in memory for incoming_retry.
	 */
	INCOMING_STUCK,
	INCOMING_UNSTUCK, /* a retry worked: it goes on */
	/*
	 * why and reason; the part file is gone. What only has its name, or is
	 * locked by another process, is left alone.
	 */
	INCOMING_FAILED,
};

struct incoming_event {
	enum incoming_event_type type;
	uint64_t offset;     /* READY */
	const uint8_t *hash; /* READY: of these; all 0 where there are none */
	uint64_t len;
	uint64_t missing; /* STUCK: bytes of room that are missing; 0: other */
	const char *path;
	enum wire_why why;
	const struct reason *reason;
};

struct incoming_config {
	struct worker *disk;
	const char *folder; /* absolute; made (0700) if it is not there */
	const char *name;   /* terminated; has passed incoming_check_name */
	const char *part;   /* of incoming_part_name */
	/*
	 * Go on with the part file, where it is there, and tell READY. Else
	 * it is made, with O_EXCL, and READY is not told.
	 */
	bool resume;
	uint64_t size;
	int64_t mtime_ms;
	uint16_t mode; /* offered; execute bits are dropped */
	void (*on_event)(void *arg, const struct incoming_event *event);
	void *arg;
};

struct incoming *incoming_new(const struct incoming_config *config);
/* Copy len bytes for the disk. The caller keeps to the credit. */
void incoming_write(struct incoming *in, const uint8_t *data, size_t len);
/* All is here: compare, sync, rename, sync the folder. */
void incoming_finish(struct incoming *in, const uint8_t hash[WIRE_HASH_LEN]);
/*
 * What is there is void: begin at 0. After READY, before any write. A file
 * that has its name already is left alone.
 */
void incoming_restart(struct incoming *in);
/* While STUCK: try again. STUCK again, or UNSTUCK, or FAILED. */
void incoming_retry(struct incoming *in);
/* From anywhere. keep: an unfinished part file stays, for another time. */
void incoming_free(struct incoming *in, bool keep);
/*
 * Remove a part file that no process has open. On the worker, whenever. What
 * is no part file of ours, by its name or by what it is, stays.
 */
void incoming_discard(
    struct worker *disk, const char *folder, const char *part);

#endif
