/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The disk side of what we receive: a file, or a tree (several files, whole
 * folders). Until a file is complete, checked and
 * synced it is a private part file (".charla-<random>.part", 0600) in the
 * download folder; then it gets its name without ever replacing one that
 * exists: name.ext, name (1).ext, name (2).ext ... Everything happens beneath
 * the folder's descriptor, on a worker. A part file that was left may be gone
 * on with, also by another run of the program.
 *
 * The files of a tree are gathered in a private folder with such a name
 * (0700), each called by a hash of its path, size and time. When all of them
 * are checked, one syncfs brings them to the disk, and then each gets its
 * name. Folders that are there already are used; a file that is there with
 * the same bytes is left as it is, and not sent; any other that has the name
 * stays, and the new one gets the next that is free.
 */
#ifndef CHARLA_NET_INCOMING_H
#define CHARLA_NET_INCOMING_H

#include "net/filelist.h"
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
	/* A tree: claims, to be sent; in order, up to the last entry. */
	INCOMING_CLAIMS,
	INCOMING_DRAINED, /* len more bytes are taken in; of a tree: progress */
	INCOMING_STORED,  /* path, hash, counts: verified, synced, in place */
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

/* What became of the files of a tree. */
struct incoming_counts {
	uint32_t files;    /* new ones */
	uint32_t same;     /* were there already, with the same bytes */
	uint32_t renamed;  /* of files: those whose name was taken */
	uint32_t left_out; /* by the other side */
	uint32_t lost;     /* were here, and went away meanwhile */
	/*
	 * Names this file system cannot hold, also of folders: what had one
	 * of them is called much like it. first_unnamed is one of them.
	 */
	uint32_t unnamed;
	const char *first_unnamed;
};

struct incoming_event {
	enum incoming_event_type type;
	uint64_t offset; /* READY */
	/* READY: of these, all 0 where there are none; STORED: of a file. */
	const uint8_t *hash;
	uint64_t len;
	uint64_t missing; /* STUCK: bytes of room that are missing; 0: other */
	const char *path; /* of a tree: of its first root */
	const struct frame_claims *claims; /* but for id */
	struct tree_progress progress;
	struct incoming_counts counts;
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
	 * it is made, with O_EXCL, and READY is not told. (A tree never tells
	 * READY; what is there of it is in the claims.)
	 */
	bool resume;
	uint64_t size;
	int64_t mtime_ns; /* since 1970 */
	uint16_t mode;    /* offered */
	bool keep_mode;   /* with its execute bits; else they are dropped */
	/*
	 * A tree: complete; a reference is taken. name is then what its only
	 * root shall be called, or NULL: as it is listed. size, mtime_ns and
	 * mode are ignored. NULL: one file.
	 */
	struct filelist *list;
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
/* What is under the names of a list now. Bits of one byte for each entry. */
enum {
	INCOMING_LOOK_THERE = 1, /* a file where a file will be; a folder */
	INCOMING_LOOK_SIZE = 2,  /* and of the same size, */
	INCOMING_LOOK_TIME = 4,  /* and the same time */
	INCOMING_LOOK_OTHER = 8, /* something of another kind */
};
/*
 * done runs on the loop's thread, always: flags has one byte for each entry,
 * until it returns; NULL: the folder cannot be looked at (or is not there).
 */
void incoming_look(struct worker *disk, const char *folder,
    struct filelist *list, void (*done)(void *arg, const uint8_t *flags),
    void *arg);

/*
 * Remove a part file that no process has open, or the folder of a tree, with
 * all that is in it. On the worker, whenever. What
 * is no part file of ours, by its name or by what it is, stays.
 */
void incoming_discard(
    struct worker *disk, const char *folder, const char *part);

#endif
