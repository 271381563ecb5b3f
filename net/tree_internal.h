/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tree_*.c files share, and nobody else includes. */
#ifndef CHARLA_NET_TREE_INTERNAL_H
#define CHARLA_NET_TREE_INTERNAL_H

#include "net/filename.h"
#include "net/part_internal.h"
#include "net/record.h"
#include "net/tree_in.h"
#include "net/tree_path.h"

enum { TREE_STAGED_MAX = 2 * WIRE_HASH_LEN + 1 };

/* What has become of an entry. */
enum tree_fate {
	FATE_NONE,   /* nothing, or it is no file */
	FATE_STAGED, /* whole, in the folder to gather in */
	FATE_SAME,   /* where it belongs there are the same bytes */
	FATE_PLACED, /* nothing more to do */
};

/* Something that is here, and has been told; in the order of the list. */
struct tree_claim {
	uint32_t entry;
	bool staged;     /* in the folder to gather in; else in its place */
	uint64_t size;   /* bytes that are here */
	uint64_t seen;   /* in its place: tree_seen, */
	unsigned choice; /* and which choice of its name it has */
	uint8_t hash[WIRE_HASH_LEN];
	struct XXH3_state_s *state; /* staged: to go on with */
};

/* Something in its place that was not sent. */
struct tree_same {
	uint64_t seen; /* tree_seen */
	unsigned choice;
};

/* Those whose record has not come yet. */
struct tree_claims {
	struct tree_claim *all;
	size_t first, count, room; /* of all: first to count are left */
};

struct tree_survey_state {
	size_t at;   /* the entry it is on */
	size_t told; /* claims have told up to here */
	struct tree_path path;
	bool has_room; /* for all of it: it was looked at */

	/* The file that is being hashed; fd is -1 where there is none. */
	int fd;
	struct tree_claim claim;
	uint64_t read;

	/* What is to be told. */
	bool out;
	struct frame_claims frame;
	uint8_t bytes[WIRE_CLAIMS_MAX * WIRE_CLAIM_LEN];
};

/* The file that the stream is at, and the stream itself. */
struct tree_writing {
	size_t at; /* the entry of the next record, or of this one */
	struct record_reader reader;
	struct record now; /* pending: read, and not (all) done */
	bool pending;

	int fd;     /* -1: between two files */
	bool found; /* it is one that was there */
	uint64_t size, written, behind;
	struct XXH3_state_s *hash;

	/* Of everything before this file. */
	uint64_t bytes, skipped;
	struct XXH3_state_s *all; /* over the hashes of the files */
};

struct tree_placing {
	bool sealed;
	size_t at;
	size_t same; /* of t->same: how many were looked at again */
	struct tree_path path;
	unsigned rescues;
};

struct tree_in {
	const struct part_plan *plan;
	struct filelist *list;
	char *root;
	size_t count; /* of entries */
	mode_t mask;  /* the umask */
	int folder_fd;
	int stage_fd;  /* locked */
	bool resumed;  /* it may have been there before, ... */
	bool fresh;    /* ... and there is nothing in it */
	uint64_t need; /* bytes still to be written, as far as is known */

	struct tree_survey_state survey;
	struct tree_claims claims;
	struct tree_writing writing;
	struct tree_placing placing;

	uint8_t *fates;         /* enum tree_fate of each entry */
	struct tree_same *same; /* those with FATE_SAME, in order */
	size_t same_count, same_room;

	struct tree_progress progress;
	struct incoming_counts counts;
	char *first_unnamed;
	char *path;
};

/* tree_stage.c: the folder to gather in. */
int tree_stage_open(struct tree_in *t, bool resume, struct fault *f);
void tree_stage_remove(struct tree_in *t);
/* What an entry is called in it. */
void tree_stage_name(const struct entry *e, char out[TREE_STAGED_MAX]);
bool tree_stage_is_gone(const struct tree_in *t);

/* tree_in.c */
/* The first file from entry number at on; the count where there is none. */
size_t tree_next_file(const struct tree_in *t, size_t at);
/* The name an entry is to get. */
void tree_name(const struct tree_in *t, const struct entry *e,
    char out[FILENAME_MAX_BYTES + 1]);
/* Which file is it, and when was it changed; told in a number. */
uint64_t tree_seen(const struct stat *st);

/* tree_claims.c */
void tree_claims_add(struct tree_claims *c, const struct tree_claim *claim);
/* That of this entry; those before it are forgotten. NULL: none. */
struct tree_claim *tree_claims_at(struct tree_claims *c, size_t entry);
size_t tree_claims_left(const struct tree_claims *c);
void tree_claims_release(struct tree_claims *c);

/* tree_place.c: the entry that placing is at gets its name. */
int tree_place(struct tree_in *t, struct fault *f);

/* tree_say.c: these fill f and return ERR_IO. */
int tree_fail_records(struct fault *f);
int tree_fail_hash(const struct entry *e, struct fault *f);
/* What the system said about the folder that an entry goes to. */
int tree_fail_entry(
    const struct tree_in *t, const struct entry *e, int error, struct fault *f);

#endif
