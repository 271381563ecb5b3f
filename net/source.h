/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A file that is read front to back, and hashed as it is read. What was
 * offered is what must come: one that grows, shrinks or is written to
 * meanwhile fails, and nobody keeps a mixture. Blocks: for a worker.
 */
#ifndef CHARLA_NET_SOURCE_H
#define CHARLA_NET_SOURCE_H

#include "net/fsys.h"

struct XXH3_state_s;

struct source {
	char *path;       /* absolute once it is open */
	char *shown;      /* as it was given, for sentences */
	const char *name; /* in path: the last component */
	int fd;
	struct XXH3_state_s *hash;
	/* As it was when it was opened. */
	uint64_t size;
	int64_t mtime_s;
	long mtime_ns;
	uint16_t mode; /* permission bits */
	uint64_t got;  /* bytes read so far */
};

/* Reads nothing yet; may be called anywhere. */
void source_init(struct source *s, const char *path);
void source_release(struct source *s);
/* Close the file early; what is known about it stays. */
void source_close(struct source *s);

/* These return 0, or ERR_IO with f filled. */
int source_open(struct source *s, struct fault *f);
/* Fill data with the next len bytes: all of them. */
int source_read(struct source *s, void *data, size_t len, struct fault *f);
/* Begin at the first byte again. */
int source_rewind(struct source *s, struct fault *f);
/* After the last byte: is it still the same file? Then its hash. */
int source_finish(
    struct source *s, uint8_t hash[WIRE_HASH_LEN], struct fault *f);

/* Of what was read so far. */
void source_hash(const struct source *s, uint8_t hash[WIRE_HASH_LEN]);
/* When it was changed last, since 1970; at most what 64 bits hold. */
int64_t source_mtime_ns(const struct source *s);
int64_t source_mtime_ms(const struct source *s);

#endif
