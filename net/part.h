/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The private file that arriving bytes are written to, and how it gets its
 * name. Blocks: for a worker. Everything happens beneath the descriptor of
 * the folder, so it does not matter what becomes of the folder's path.
 */
#ifndef CHARLA_NET_PART_H
#define CHARLA_NET_PART_H

#include "net/fsys.h"

enum { PART_NAME_MAX = 32 };

struct XXH3_state_s;

struct part {
	const char *folder; /* for sentences; the caller's */
	int folder_fd;
	int fd;
	char name[PART_NAME_MAX]; /* empty: there is no such file */
	struct XXH3_state_s *hash;
	uint64_t size;    /* agreed */
	uint64_t written; /* so far */
	uint64_t behind;  /* up to here the kernel was told to write */
};

/* What is known about the whole file. */
struct part_seal {
	const uint8_t *hash; /* WIRE_HASH_LEN bytes */
	int64_t mtime_ms;
	uint16_t mode; /* execute bits are dropped, the umask's too */
};

void part_init(struct part *p);
/* Close; a file that was not placed is removed. */
void part_release(struct part *p);

/*
 * These return 0, or ERR_IO with f filled. After a failure only
 * part_release makes sense.
 */
/* Make the folder where it is missing, and the file in it. */
int part_create(
    struct part *p, const char *folder, uint64_t size, struct fault *f);
/* Never more than size bytes in all. */
int part_append(struct part *p, const void *data, size_t len, struct fault *f);
/* Every byte must be there, and be the right one; then it is synced. */
int part_seal(struct part *p, const struct part_seal *seal, struct fault *f);
/* Give it its name, or the next one that is free. *path: the caller frees. */
int part_place(struct part *p, const char *name, char **path, struct fault *f);

#endif
