/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The files of a list, one after the other, as one stream of bytes: what the
 * DATA of a tree carries behind its list. Pure. Every entry of kind
 * ENTRY_FILE has one record, in the order of the list:
 *
 *     file:     u8 1 | u64 from | chunks | u32 0 | u8 why | hash if why is 0
 *     same:     u8 2
 *     left out: u8 3 | u8 why
 *     chunk:    u32 length, 1 to RECORD_CHUNK_MAX | bytes
 *
 * file: the bytes from offset from on (what is before is there already); hash
 * is the XXH3-128 of the whole file. why is not 0 where it could not be read
 * to its end as it was listed; then it is void. same: what the other side
 * claims to have is right. left out: why is never 0. Integers are big-endian.
 */
#ifndef CHARLA_NET_RECORD_H
#define CHARLA_NET_RECORD_H

#include "net/wire.h"

enum {
	RECORD_CHUNK_MAX = 256 * 1024,
	/* Bytes of the parts that are no file data. */
	RECORD_FILE_LEN = 1 + 8,
	RECORD_CHUNK_LEN = 4,
	RECORD_END_LEN = 4 + 1 + WIRE_HASH_LEN,
	RECORD_VOID_LEN = 4 + 1,
	RECORD_SAME_LEN = 1,
	RECORD_LEFT_OUT_LEN = 2,
};

/*
 * Write one part at out, which has room for it; the bytes written. A chunk
 * has bytes, and what is missing a reason: anything else is a bug.
 */
size_t record_put_file(uint8_t *out, uint64_t from);
size_t record_put_chunk(uint8_t *out, size_t len); /* its head only */
size_t record_put_end(uint8_t *out, const uint8_t hash[WIRE_HASH_LEN]);
size_t record_put_void(uint8_t *out, enum wire_why why);
size_t record_put_same(uint8_t *out);
size_t record_put_left_out(uint8_t *out, enum wire_why why);

enum record_part {
	RECORD_FILE,  /* from */
	RECORD_BYTES, /* bytes, len: some of a chunk */
	RECORD_END,   /* why; hash where it is WHY_NONE */
	RECORD_SAME,
	RECORD_LEFT_OUT, /* why */
};

/* What was read; pointers into what was given to record_read. */
struct record {
	enum record_part part;
	uint64_t from;
	const uint8_t *bytes;
	size_t len;
	enum wire_why why;
	uint8_t hash[WIRE_HASH_LEN];
};

struct record_reader {
	uint8_t kept[RECORD_END_LEN]; /* of a part that is not whole yet */
	size_t kept_len;
	bool in_file;
	uint32_t chunk; /* bytes of it still to come */
};

void record_reader_init(struct record_reader *r);
/*
 * The next part of what stands at *bytes, which moves on. ERR_AGAIN: all of
 * it was taken, and there is no whole part. ERR_PROTO: it is no record.
 */
int record_read(struct record_reader *r, const uint8_t **bytes, size_t *len,
    struct record *out);
/* Between two records. */
bool record_is_between(const struct record_reader *r);

#endif
