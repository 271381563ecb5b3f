/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The private file that arriving bytes are written to, and how it gets its
 * name. Blocks: for a worker. Everything happens beneath the descriptor of
 * the folder, so it does not matter what becomes of the folder's path.
 *
 * A part file is ours when it is a regular file that we own. While it is
 * open, it is locked: one process writes to it. Whatever else is called like
 * it is neither read, nor written to, nor removed.
 */
#ifndef CHARLA_NET_PART_H
#define CHARLA_NET_PART_H

#include <stdbool.h>

#include "net/filename.h"
#include "net/fsys.h"

struct XXH3_state_s;

/* What was agreed about it, and what it is called. */
struct part_plan {
	const char *folder; /* absolute */
	const char *part;   /* its name until it is whole: filename_part */
	const char *name;   /* then this one, or the next that is free */
	uint64_t size;
	int64_t mtime_ns;
	uint16_t mode;  /* the umask's bits are dropped, */
	bool keep_mode; /* and those to execute without this */
};

struct part {
	const struct part_plan *plan; /* the caller's */
	int folder_fd;
	int fd;
	bool unplaced; /* fd is the part file: locked, and ours */
	/* Not empty: fd is this file, which looks like the whole one. */
	char placed[FILENAME_MAX_BYTES + 1];
	struct XXH3_state_s *hash;
	uint64_t there;   /* bytes that were found; part_read hashes them */
	uint64_t written; /* and hashed: so far */
	uint64_t behind;  /* up to here the kernel was told to write */
	bool sealed;
	/* A sync has failed: who knows what the kernel dropped then. */
	bool doubtful;
};

void part_init(struct part *p, const struct part_plan *plan);
/* Close; what is there stays. */
void part_release(struct part *p);
/* Close; a part file of ours that was not placed is removed. */
void part_remove(struct part *p);

/*
 * These return 0, or ERR_IO with f filled. Where f->passing is set the same
 * may be tried again: part_create and part_resume after part_release, the
 * others at once. After another failure only part_release and part_remove
 * make sense.
 */
/* Make the folder where it is missing, and the part file, which is new. */
int part_create(struct part *p, struct fault *f);
/*
 * The part file as it was left, or, where it is gone, the file that it seems
 * to have become, or else a new one.
 */
int part_resume(struct part *p, struct fault *f);
/* Hash some more of what was found, until part_is_read. */
int part_read(struct part *p, struct fault *f);
/* What was found is void: begin at 0. */
int part_restart(struct part *p, struct fault *f);
/*
 * Never more than the agreed size in all. After a failure that may pass,
 * written has grown by what was taken of it.
 */
int part_append(struct part *p, const void *data, size_t len, struct fault *f);
/* Every byte must be there, and be the right one; then it is synced. */
int part_seal(
    struct part *p, const uint8_t hash[WIRE_HASH_LEN], struct fault *f);
/*
 * Where the folder was removed meanwhile: go on in the one that its path leads
 * to now, with the bytes that were written; it is made where it is missing.
 * Before sealing, when all is written.
 */
int part_rescue(struct part *p, struct fault *f);
/* Is there room for what is still to come? */
int part_check_room(const struct part *p, struct fault *f);
/* Give it its name; sync the folder. *path: the caller frees. */
int part_place(struct part *p, char **path, struct fault *f);

bool part_is_read(const struct part *p);
/* Of all that is written. */
void part_hash(const struct part *p, uint8_t hash[WIRE_HASH_LEN]);

/* Remove the part file of this name, where there is one that nobody has. */
void part_discard(const char *folder, const char *part);

#endif
