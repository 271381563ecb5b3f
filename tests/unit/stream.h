/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Trees to send, and what has come of their stream. */
#ifndef CHARLA_TESTS_STREAM_H
#define CHARLA_TESTS_STREAM_H

#include "net/record.h"
#include "tests/unit/sending.h"

/* Of one file of a list. */
struct streamed {
	enum record_part how; /* RECORD_FILE, RECORD_SAME, RECORD_LEFT_OUT */
	uint64_t from;
	uint8_t *bytes;
	size_t len, size;
	bool ended;
	enum wire_why why;
	uint8_t hash[WIRE_HASH_LEN];
};

struct stream {
	struct streamed *files;
	size_t count, size;
};

struct stream_file {
	const char *path; /* a folder where it ends in a slash */
	size_t size;
};

/*
 * Make them beneath s->folder, each with bytes and a time of its own: file
 * number i of the table has the seed i.
 */
void stream_plant(
    const struct sending *s, const struct stream_file *files, size_t count);
/* Open folder/name, have its list sent, and check that. */
void stream_open(struct sending *s, const char *name);
/* Say that nothing is over there, and start. */
void stream_start(struct sending *s);
/* These are there, of entries up to the last one. */
void stream_claim(
    struct sending *s, const struct wire_claim *claims, size_t count);
/* The number of an entry. */
uint32_t stream_entry(const struct sending *s, const char *path);
void stream_hash(const void *bytes, size_t len, uint8_t hash[WIRE_HASH_LEN]);

/* What has come so far; to be released. */
void stream_read(struct stream *stream, const struct sending *s);
void stream_release(struct stream *stream);
/*
 * It has finished, and what was sent is what is on the disk, byte for byte;
 * hashes, counts and progress are right.
 */
void stream_check(struct sending *s);

#endif
