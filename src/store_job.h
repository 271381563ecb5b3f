/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The store and its jobs: what src/store.c runs, and what the files that
 * queue jobs fill in. For src/store*.c only.
 */
#ifndef CHARLA_STORE_JOB_H
#define CHARLA_STORE_JOB_H

#include "src/store.h"
#include "src/store_db.h"
#include "src/store_schema.h"

struct worker;

/* What a batch has come to in one of the files. */
struct store_batch {
	bool broken; /* it comes to nothing: why */
	struct reason why;
};

struct store {
	struct worker *worker;

	/* The loop's; what opened tells is written by the first job. */
	struct store_config config; /* its paths are ours */
	store_done *failed;
	void *failed_arg;
	bool closing;
	struct store_memory memory;
	bool tidying; /* a job for it is queued */

	/* The worker's. */
	struct store_dbs dbs;
	bool usable;
	struct reason unusable; /* why not */
	struct store_job *jobs; /* what has run since the last commit */
	struct store_job **jobs_tail;
	struct store_batch batches[STORE_FILE_HISTORY + 1];
};

struct line_list {
	struct store_line *list;
	size_t count, size;
};

/* One job: run on the worker, told on the loop. */
struct store_job {
	struct store *store;
	struct store_job *next; /* that has run since the last commit */
	enum store_file file;   /* the one that it works on */
	/*
	 * ERR_INVALID: refused by itself, and nothing has changed; with any
	 * other error the whole batch comes to nothing.
	 */
	int (*run)(
	    struct store_db *db, struct store_job *job, struct reason *why);
	bool refused;
	bool ok;
	bool behind;        /* the file, after it */
	struct reason *why; /* where it is not ok */
	/* NULL: nobody asks. The failed hook runs before, if it is to. */
	void (*tell)(struct store_job *job);
	bool hook;

	/* What it works on, copied; each uses its own. */
	uint8_t key[STORE_KEY_LEN];
	struct peer peer;
	struct pin pin;
	struct place place;
	struct store_line line;
	bool keep;
	struct stream name; /* of a message */
	struct store_transfer transfer;
	uint64_t from, upto;
	char *words;

	/* What it found. */
	uint64_t number;
	struct store_met met;
	struct line_list lines;
	uint64_t *numbers;
	size_t number_count;

	/* Whom it tells; each uses its own. */
	store_done *done;
	store_put_done *put_done;
	void (*each)(void *arg, const struct store_line *line);
	void (*end)(void *arg, bool ok);
	void (*end_met)(void *arg, const struct store_met *met);
	void (*end_found)(void *arg, const uint64_t *numbers, size_t count);
	void *arg;
};

/* key may be NULL. Fill in the rest, then queue it; then it is the store's. */
struct store_job *store_job_new(struct store *s, enum store_file file,
    const uint8_t *key,
    int (*run)(struct store_db *db, struct store_job *job, struct reason *why));
void store_job_queue(struct store_job *job);
/* Jobs that are not over yet, on the worker. */
size_t store_jobs(const struct store *s);

#endif
