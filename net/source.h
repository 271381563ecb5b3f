/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A file that is read front to back, and hashed as it is read. What was
 * offered is what must come: one that has another size or time than it had
 * then is not read on, and nobody keeps a mixture. It may be lost on the way,
 * and opened again, and goes on where it was. Blocks: for a worker.
 */
#ifndef CHARLA_NET_SOURCE_H
#define CHARLA_NET_SOURCE_H

#include "net/fsys.h"

struct XXH3_state_s;
struct stat;

enum { SOURCE_CHANGED = -1 }; /* no errno: it is not what it was */

struct source {
	int fd;    /* -1: not open */
	int error; /* of the last call that failed; or SOURCE_CHANGED */
	uint64_t size;
	int64_t mtime_ns;
	uint64_t got; /* bytes read so far */
	struct XXH3_state_s *hash;
	/*
	 * So many bytes are on the other side, with this hash: it says so, or
	 * (sure) they are sent. Until it is settled, they are read again.
	 */
	uint64_t base;
	uint8_t base_hash[WIRE_HASH_LEN];
	bool sure;
	bool settled;
	/* Lost where it was settled, and not seen changed: hash still holds. */
	bool intact;
	dev_t dev;
	ino_t ino;
	uint8_t *scratch;
};

/* What the person can do about a fault. */
enum source_use {
	SOURCE_OFFERED, /* send it again */
	SOURCE_ALONE,   /* mend it, and resume */
	SOURCE_IN_TREE, /* mend it, or resume without it */
};

/* Opens nothing; may be called anywhere. */
void source_init(struct source *s);
void source_release(struct source *s);

/* Another file, with the size and time that it has to have. */
void source_begin(struct source *s, uint64_t size, int64_t mtime_ns);
/*
 * The other side says it has the first offset bytes of it. False where that
 * is more than there is; then nothing is taken for right.
 */
bool source_claim(
    struct source *s, uint64_t offset, const uint8_t hash[WIRE_HASH_LEN]);
/* Close it; it may be attached again. */
void source_let_go(struct source *s);

/* These return 0, or ERR_IO with error set. */

/* fd, which is taken over, is it; -1: errno. A regular file, as it was. */
int source_attach(struct source *s, int fd);
/*
 * Read up to where it goes on, and compare: behind what is on the other side,
 * or at 0 where it is not the same. *budget is how many bytes may be read;
 * ERR_AGAIN when it is used up.
 */
int source_settle(struct source *s, size_t *budget);
/* Fill data with the next len bytes: all of them. */
int source_read(struct source *s, void *data, size_t len);
/* After the last byte: is it still the same file? Then its hash; closed. */
int source_finish(struct source *s, uint8_t hash[WIRE_HASH_LEN]);

/* For the last error: what to tell the other side, and the person. */
enum wire_why source_why(const struct source *s);
void source_explain(const struct source *s, const char *path,
    enum source_use use, struct fault *f);
/* When it was changed last, since 1970; at most what 64 bits hold. */
int64_t source_mtime_ns(const struct stat *st);

#endif
