/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A tree on its way in, from a sender that is honest, and all that was told
 * about it. What goes over the wire goes from hand to hand here.
 */
#ifndef CHARLA_TESTS_GROWING_H
#define CHARLA_TESTS_GROWING_H

#include <stdbool.h>
#include <sys/stat.h>

#include "net/incoming.h"
#include "net/record.h"

#define GROWING_MTIME_S INT64_C(1234567)
enum { GROWING_MTIME_NS = 891234567, GROWING_ENTRIES_MAX = 256 * 1024 };

/* An entry, as the sender has it. */
struct grown {
	const uint8_t *data; /* the test's */
	enum wire_why gone;  /* it cannot be read any more: left out */
	/* What is claimed to be over there. */
	bool claimed;
	uint64_t offset;
	uint8_t hash[WIRE_HASH_LEN];
};

struct growing {
	char *folder; /* a scratch folder; the tree goes to folder/in */
	char *in;
	struct worker *disk;
	struct incoming *incoming;
	char part[INCOMING_PART_MAX];
	char *as; /* what its root is to be called */
	bool keep_mode;

	/* The sender's. */
	struct filelist *list;
	struct grown *entries;
	size_t next, upto;        /* entries that were sent, that may be */
	size_t claims, claimings; /* how many, in how many frames */
	uint8_t *stream;          /* not handed over yet */
	size_t stream_len, stream_room;
	uint64_t sent; /* bytes of files */
	uint64_t same; /* files */
	struct XXH3_state_s *hashes;

	/* What was told. */
	size_t stored, failed, stuck, unstuck;
	bool is_stuck;
	uint64_t missing, drained, handed;
	struct tree_progress progress;
	struct incoming_counts counts;
	char *unnamed, *path;
	enum wire_why why;
	struct reason reason;
};

void growing_begin(struct growing *g);
void growing_end(struct growing *g);
/* Another list, which is empty. */
void growing_new_list(struct growing *g);
/*
 * One entry more. A path that ends with '/' is a folder, with '@' a link. data
 * has to stay.
 */
void growing_add(
    struct growing *g, const char *path, const void *data, size_t len);
/* The same with a text, and a mode. */
void growing_text(struct growing *g, const char *path, const char *text);
void growing_mode(struct growing *g, const char *path, uint16_t mode);
/* As it stands in a list. */
void growing_entry(struct growing *g, const struct entry *e, const void *data);

/* Begin to receive; resume: into the part of the last time. */
void growing_open(struct growing *g, bool resume);
/* Let go of it. */
void growing_forget(struct growing *g);
void growing_keep(struct growing *g);
/* The records of all that may be sent, into stream. */
void growing_make(struct growing *g);
/* Hand over len bytes of stream, or all. */
void growing_hand(struct growing *g, size_t len);
/* The hash of all of it is told; */
void growing_tell_hash(struct growing *g);
/* and the end is waited for. */
void growing_finish(struct growing *g);
/* From the first to the last record; ends early when it is stuck or over. */
void growing_send(struct growing *g);
/* Open, send, finish. */
void growing_whole(struct growing *g);
/* The same, with a check that it is stored and each file is what it was. */
void growing_whole_well(struct growing *g);
void growing_retry(struct growing *g);

/* All of it is stored in folder/in under the names of the list. */
void growing_check(struct growing *g);
/* path (beneath in) is a file with this text. */
void growing_check_text(struct growing *g, const char *path, const char *text);
void growing_check_failed(
    const struct growing *g, enum wire_why why, const char *word);
void growing_check_stuck(
    const struct growing *g, size_t count, enum wire_why why, const char *word);
/* "in/path"; the caller frees. */
char *growing_path(const struct growing *g, const char *path);

#endif
