/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the incoming*.c files share, and nobody else includes. */
#ifndef CHARLA_NET_INCOMING_INTERNAL_H
#define CHARLA_NET_INCOMING_INTERNAL_H

#include <stdatomic.h>

#include "net/incoming.h"
#include "net/part.h"
#include "net/tree_in.h"

enum { INCOMING_BLOCK = 256 * 1024 };

/* What came of a job: written by it, read by its completion. */
enum outcome {
	SKIPPED,
	WORKED,
	MORE,  /* the same, and there is more to do */
	STUCK, /* it waits for a retry */
	HELD,  /* the same, since an earlier one is stuck */
	BROKE,
};

/* What the disk has to do, in this order. */
enum step {
	STEP_NONE,
	STEP_OPEN,
	STEP_READ, /* what is there already */
	STEP_RESTART,
	STEP_WRITE,
	STEP_FINISH,
};

/* A block on its way to the disk. */
struct piece {
	struct incoming *in;
	struct piece *next; /* in pieces */
	enum outcome outcome;
	size_t len;
	size_t written; /* of len, when the disk took only some */
	struct tree_progress progress; /* of a tree: when it was written */
	uint8_t bytes[INCOMING_BLOCK];
};

struct pieces {
	struct piece *first, *last;
};

/* What came of a retry. */
struct retried {
	enum outcome outcome;
	enum step unstuck;     /* the step that was stuck, and worked */
	struct pieces written; /* whole; the completion frees them */
	bool stored;
};

struct incoming {
	/* Written before the first job, or by it alone. */
	struct worker *disk;
	char *folder, *name, *part_name;
	struct part_plan plan;
	struct tree_in *tree; /* NULL: a file */
	bool resume;
	uint8_t hash[WIRE_HASH_LEN];

	/* The loop's. */
	void (*on_event)(void *arg, const struct incoming_event *event);
	void *arg;
	struct piece *gathering; /* not yet queued, or NULL */
	size_t writing;          /* pieces with the worker, held ones too */
	bool surveying;          /* a slice of that is with the worker */
	bool finishing;
	bool stuck;    /* told */
	bool retrying; /* a retry is with the worker */
	bool ended;    /* no more events */

	/*
	 * The worker's. The fault does not change between a job that fails
	 * and the next retry.
	 */
	struct part part; /* of a file */
	bool open;
	bool broken;
	enum step stuck_at;
	struct pieces held; /* the first one is stuck, or what is before it */
	bool finish_held;
	struct fault fault;

	/* A job's, until its completion has run. */
	enum outcome opened, read, restarted, finished;
	enum tree_survey survey;
	struct retried retried;
	char *path; /* of a file, in place, when it is stored */

	atomic_bool freed;
	bool keep; /* written before freed is */
};

void pieces_add(struct pieces *list, struct piece *piece);
struct piece *pieces_take(struct pieces *list);

/* incoming_tell.c: events; none after the end, or when it was freed. */
void incoming_tell(struct incoming *in, const struct incoming_event *event);
/* What is to be told of a job that did not work. */
void incoming_tell_trouble(struct incoming *in, enum outcome outcome);
void incoming_tell_unstuck(struct incoming *in);
void incoming_tell_ready(struct incoming *in);
void incoming_tell_claims(struct incoming *in);
void incoming_tell_drained(struct incoming *in, const struct piece *piece);
void incoming_tell_stored(struct incoming *in);

/* incoming_disk.c: jobs for the worker. */
void incoming_open_run(void *arg);
void incoming_read_run(void *arg);
void incoming_restart_run(void *arg);
void incoming_write_run(void *arg); /* a piece */
void incoming_finish_run(void *arg);
void incoming_retry_run(void *arg);
void incoming_release_run(void *arg);

#endif
