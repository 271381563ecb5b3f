/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What incoming.c and incoming_disk.c share, and nobody else includes. */
#ifndef CHARLA_NET_INCOMING_INTERNAL_H
#define CHARLA_NET_INCOMING_INTERNAL_H

#include <stdatomic.h>

#include "net/incoming.h"
#include "net/part.h"

enum { INCOMING_BLOCK = 256 * 1024 };

/* What came of a job: written by it, read by its completion. */
enum outcome {
	SKIPPED,
	WORKED,
	STUCK, /* it waits for a retry */
	HELD,  /* the same, since an earlier one is stuck */
	BROKE,
};

/* What the disk has to do, in this order. */
enum step {
	STEP_NONE,
	STEP_OPEN,
	STEP_READ,
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
	bool resume;
	uint8_t hash[WIRE_HASH_LEN];

	/* The loop's. */
	void (*on_event)(void *arg, const struct incoming_event *event);
	void *arg;
	struct piece *gathering; /* not yet queued, or NULL */
	size_t writing;          /* pieces with the worker, held ones too */
	bool finishing;
	bool stuck;    /* told */
	bool retrying; /* a retry is with the worker */
	bool ended;    /* no more events */

	/*
	 * The worker's. The fault does not change between a job that fails
	 * and the next retry.
	 */
	struct part part;
	bool open;
	bool broken;
	enum step stuck_at;
	struct pieces held; /* the first one is stuck, or what is before it */
	bool finish_held;
	struct fault fault;

	/* A job's, until its completion has run. */
	enum outcome opened, read, restarted, finished;
	struct retried retried;
	char *path; /* in place, when it is stored */

	atomic_bool freed;
	bool keep; /* written before freed is */
};

void pieces_add(struct pieces *list, struct piece *piece);
struct piece *pieces_take(struct pieces *list);

/* incoming_disk.c: jobs for the worker. */
void incoming_open_run(void *arg);
void incoming_read_run(void *arg);
void incoming_restart_run(void *arg);
void incoming_write_run(void *arg); /* a piece */
void incoming_finish_run(void *arg);
void incoming_retry_run(void *arg);
void incoming_release_run(void *arg);

#endif
