/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Shared by the files of outgoing: what the worker does is cut into turns, so
 * that other transfers have theirs in between. A turn makes at most one block.
 */
#ifndef CHARLA_NET_OUTGOING_INTERNAL_H
#define CHARLA_NET_OUTGOING_INTERNAL_H

#include <stdatomic.h>

#include "net/outgoing.h"
#include "net/source.h"
#include "net/tree_out.h"
#include "net/walk.h"

enum { OUTGOING_SLICE = 4 * OUTGOING_BLOCK }; /* bytes compared in a turn */

enum turn_state {
	TURN_MORE,  /* there is more to do */
	TURN_WAIT,  /* for a word of ours, or from the other side */
	TURN_STUCK, /* fault; then it waits to be tried again */
	TURN_END,   /* hash, left_out */
};

struct turn {
	bool room; /* asked for: a block may be handed over */
	enum turn_state state;
	bool fine;             /* not stuck, or not any more */
	bool is_proof, proven; /* of a file: the claim was looked at */
	struct block *block;
	struct tree_progress progress; /* with the block */
	uint8_t hash[WIRE_HASH_LEN];
	uint32_t left_out;
	struct fault fault;
};

/*
 * The end of a turn: hand over *block where it is full, or nothing more comes
 * for now; then it is NULL. What there is no room for stays for later.
 */
void turn_hand_over(struct turn *turn, struct block **block, bool full);

/* One file, as it is. The worker's. */
struct file_out {
	struct source source;
	const char *path; /* not ours */
	uint64_t claim;
	bool proving, started, ended;
	bool stalled; /* waits to be tried again */
	bool stuck;   /* until it works */
	struct block *block;
	uint8_t hash[WIRE_HASH_LEN];
};

void file_out_init(struct file_out *f);
void file_out_release(struct file_out *f);
/* Open it; what it is now is what is offered. 0, or ERR_IO with fault. */
int file_out_open(
    struct file_out *f, const char *path, uint16_t *mode, struct fault *fault);
void file_out_prove(
    struct file_out *f, uint64_t offset, const uint8_t hash[WIRE_HASH_LEN]);
void file_out_start(struct file_out *f);
void file_out_retry(struct file_out *f);
void file_out_turn(struct file_out *f, struct turn *turn);

/* Shared with the worker; see the head of outgoing.c. */
struct outgoing {
	struct outgoing_config config;
	char **words; /* those of config, to keep */
	atomic_bool freed;

	/* The loop's. */
	bool telling; /* an event */
	bool ended;   /* no more events */
	bool awake;   /* there is something to do for turns */
	/* The last turn made no block: one at a time, others have theirs. */
	bool comparing;
	bool stuck;  /* told, and */
	bool trying; /* tried again */
	size_t room; /* blocks that may be read and are not asked for */
	struct tree_progress marks[OUTGOING_AHEAD]; /* a ring: not consumed */
	size_t first_mark, mark_count;
	struct tree_progress progress;

	/* The worker's; once it is open, also the loop's to read. */
	struct walk walk;
	struct tree_out *tree; /* NULL: it is a file */
	struct file_out file;
	uint16_t mode; /* of the file */
};

enum outgoing_order {
	ORDER_NONE,
	ORDER_OPEN,
	ORDER_PROVE, /* claim */
	ORDER_LIST,
	ORDER_CLAIMS, /* claims */
	ORDER_START,
	ORDER_RETRY,
	ORDER_LEAVE_OUT,
};

/* One job, and what came of it. */
struct outgoing_step {
	struct outgoing *o;
	enum outgoing_order order;
	struct wire_claim claim;
	struct frame_claims claims;
	uint8_t *claims_bytes;
	enum { STEP_SKIPPED, STEP_WORKED, STEP_FAILED } outcome;
	struct turn turn;
};

struct outgoing_step *outgoing_new_step(
    struct outgoing *o, enum outgoing_order order);
/* Taken over. Its turn makes a block only where there is room for it. */
void outgoing_queue(struct outgoing_step *step);
void outgoing_order(struct outgoing *o, enum outgoing_order order);
/* As many as there is room for, while there is something to do. */
void outgoing_queue_turns(struct outgoing *o);
/* Nobody listens any more. */
bool outgoing_is_deaf(const struct outgoing *o);

/* The worker's: walk and open. 0, or ERR_IO with f; ERR_AGAIN: freed. */
int outgoing_open(struct outgoing *o, struct fault *f);
/* Tell what outgoing_open has found. */
void outgoing_tell_opened(struct outgoing *o);
/* It was freed: the last job. */
void outgoing_release(struct outgoing *o);
/* Unless it is deaf. */
void outgoing_tell(struct outgoing *o, const struct outgoing_event *event);

#endif
