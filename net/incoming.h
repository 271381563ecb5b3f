/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The disk side of a file we receive. Until it is complete, checked and
 * synced it is a private part file (".charla-<random>.part", 0600, O_EXCL)
 * in the download folder; then it gets its name without ever replacing one
 * that exists: name.ext, name (1).ext, name (2).ext ... Everything happens
 * beneath the folder's descriptor, on a worker.
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

enum incoming_event_type {
	INCOMING_DRAINED, /* len more bytes are written */
	INCOMING_STORED,  /* path: verified, synced, in place */
	INCOMING_FAILED,  /* why and reason; the part file is gone */
};

struct incoming_event {
	enum incoming_event_type type;
	uint64_t len;
	const char *path;
	enum wire_why why;
	const struct reason *reason;
};

struct incoming_config {
	struct worker *disk;
	const char *folder; /* absolute; made (0700) if it is not there */
	const char *name;   /* terminated; has passed incoming_check_name */
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
/* From anywhere. An unfinished part file is removed. */
void incoming_free(struct incoming *in);

#endif
