/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One file on its way in, and all that was told about it. */
#ifndef CHARLA_TESTS_RECEIVING_H
#define CHARLA_TESTS_RECEIVING_H

#include <stdbool.h>

#include "net/incoming.h"

#define RECEIVING_MTIME_NS INT64_C(1234567891234567)

struct receiving {
	char *folder; /* a scratch folder; the file goes to folder/in */
	char *in;
	struct worker *disk;
	struct incoming *incoming;
	char part[INCOMING_PART_MAX]; /* of the last one that was opened */
	bool free_in_event;           /* incoming_free from the next callback */
	size_t ready, stored, failed;
	size_t stuck, unstuck;       /* how often it was told */
	bool is_stuck;               /* the last that was told of it */
	uint64_t missing;            /* STUCK */
	uint64_t offset;             /* when it was ready */
	uint8_t hash[WIRE_HASH_LEN]; /* the same */
	uint64_t drained;
	char *path; /* when it was stored */
	uint8_t stored_hash[WIRE_HASH_LEN];
	enum wire_why why;
	struct reason reason;
};

void receiving_begin(struct receiving *r);
void receiving_end(struct receiving *r);
/* Let go of the last file; the folders stay, and the name of its part. */
void receiving_forget(struct receiving *r);
/* The same, and what is there of it stays. */
void receiving_keep(struct receiving *r);
/*
 * A small disk (3 MiB) at r->in, for this process only: it goes when we end.
 * Before the first file. False with a line where that is not possible.
 */
bool receiving_small_disk(struct receiving *r);
bool receiving_small_disk_at(const char *in);
/* The path of the part file; the caller frees. */
char *receiving_part(const struct receiving *r);

/* mode and mtime_ns: 0666 and RECEIVING_MTIME_NS where not said otherwise. */
void receiving_open(struct receiving *r, const char *name, uint64_t size);
void receiving_open_as(struct receiving *r, const char *name, uint64_t size,
    uint16_t mode, int64_t mtime_ns);
/* What incoming_new takes: the part that was kept, not to be gone on with. */
struct incoming_config receiving_config(
    struct receiving *r, const char *name, uint64_t size);
/* Go on with the part that was kept. */
void receiving_reopen(struct receiving *r, const char *name, uint64_t size);
/* The same, and wait until it is known how. */
void receiving_resume(struct receiving *r, const char *name, uint64_t size);
/* Try once more, and wait. */
void receiving_retry(struct receiving *r);
/* It is stuck for this reason, and said so count times. */
void receiving_check_stuck(const struct receiving *r, size_t count,
    enum wire_why why, const char *word);
/* Hand over len bytes in frames, as the network does. */
void receiving_write(struct receiving *r, const uint8_t *data, size_t len);
/* Finish with the hash of these bytes, and wait. */
void receiving_finish(struct receiving *r, const void *data, size_t len);
/* All of it: open, write, finish. */
void receiving_whole(
    struct receiving *r, const char *name, const void *data, size_t len);

/* It is stored as folder/in/name, with just these bytes. */
void receiving_check(
    const struct receiving *r, const char *name, const void *data, size_t len);

#endif
