/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes are gathered into blocks for the disk. A block goes as soon as the
 * disk has nothing of ours to do, or when it is full: so a slow disk gets
 * few large writes, and no byte waits for bytes that never come.
 *
 * What is there of a file already is hashed in slices, each a job of its own,
 * so that other transfers have their turn on the worker.
 *
 * The struct is shared with the worker. It lives until the completion of the
 * job that incoming_free queues: the last one, since jobs run in order.
 */
#include "net/incoming.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "net/part.h"
#include "net/transfer.h"
#include "src/base/util.h"

enum { INCOMING_BLOCK = 256 * 1024 };

_Static_assert((int)INCOMING_BLOCK * 8 <= (int)TRANSFER_WINDOW,
    "blocks stay far below the credit that the sender gets");

/* What came of a job: written by it, read by its completion. */
enum outcome { SKIPPED, WORKED, BROKE };

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
	size_t writing;          /* pieces with the worker */
	bool finishing;
	bool ended; /* no more events */

	/* The worker's. Once broken, fault does not change any more. */
	struct part part;
	bool broken;
	struct fault fault;
	enum outcome opened, read, restarted, finished;
	char *path; /* in place, when finished has WORKED */

	atomic_bool freed;
	bool keep; /* written before freed is */
};

/* A block on its way to the disk. */
struct piece {
	struct incoming *in;
	enum outcome outcome;
	size_t len;
	uint8_t bytes[INCOMING_BLOCK];
};

static void
tell(struct incoming *in, const struct incoming_event *event)
{
	if (!in->ended && !atomic_load(&in->freed))
		in->on_event(in->arg, event);
}

static void
tell_failed(struct incoming *in)
{
	const struct incoming_event event = {
	    .type = INCOMING_FAILED,
	    .why = in->fault.why,
	    .reason = &in->fault.reason,
	};

	tell(in, &event);
	in->ended = true;
}

/* Bytes that have arrived are written down also for another time. */
static bool
is_over(const struct incoming *in)
{
	return in->broken || (atomic_load(&in->freed) && !in->keep);
}

/*
 * The worker's: after a fault later jobs do nothing. The person is told that
 * it has failed, so nothing of it is left behind, whatever the fault was.
 */
static enum outcome
outcome_of(struct incoming *in, int result)
{
	if (result == 0)
		return WORKED;
	in->broken = true;
	part_remove(&in->part);
	return BROKE;
}

static void
read_run(void *arg)
{
	struct incoming *in = arg;

	in->read = SKIPPED;
	if (!in->broken && !atomic_load(&in->freed))
		in->read = outcome_of(in, part_read(&in->part, &in->fault));
}

static void read_done(void *arg);

/* Nothing is written before READY: the worker leaves part alone. */
static void
read_on(struct incoming *in)
{
	uint8_t hash[WIRE_HASH_LEN] = {0};
	const struct incoming_event event = {
	    .type = INCOMING_READY,
	    .offset = in->part.written,
	    .hash = hash,
	};

	if (!part_is_read(&in->part)) {
		worker_add(in->disk, read_run, read_done, in);
		return;
	}
	if (event.offset > 0)
		part_hash(&in->part, hash);
	tell(in, &event);
}

static void
read_done(void *arg)
{
	struct incoming *in = arg;

	if (in->read == BROKE)
		tell_failed(in);
	else if (in->read == WORKED && !atomic_load(&in->freed))
		read_on(in);
}

static void
open_run(void *arg)
{
	struct incoming *in = arg;

	if (is_over(in))
		return;
	in->opened =
	    outcome_of(in, in->resume ? part_resume(&in->part, &in->fault)
				      : part_create(&in->part, &in->fault));
}

static void
open_done(void *arg)
{
	struct incoming *in = arg;

	if (in->opened == BROKE)
		tell_failed(in);
	else if (in->opened == WORKED && in->resume && !atomic_load(&in->freed))
		read_on(in);
}

struct incoming *
incoming_new(const struct incoming_config *config)
{
	struct incoming *in = mem_zalloc(sizeof(*in));

	in->disk = config->disk;
	in->folder = str_dup(config->folder);
	in->name = str_dup(config->name);
	in->part_name = str_dup(config->part);
	in->plan = (struct part_plan){
	    .folder = in->folder,
	    .part = in->part_name,
	    .name = in->name,
	    .size = config->size,
	    .mtime_ms = config->mtime_ms,
	    .mode = config->mode,
	};
	in->resume = config->resume;
	in->on_event = config->on_event;
	in->arg = config->arg;
	part_init(&in->part, &in->plan);
	atomic_init(&in->freed, false);
	worker_add(in->disk, open_run, open_done, in);
	return in;
}

static void
restart_run(void *arg)
{
	struct incoming *in = arg;

	if (!is_over(in))
		in->restarted =
		    outcome_of(in, part_restart(&in->part, &in->fault));
}

static void
restart_done(void *arg)
{
	struct incoming *in = arg;

	if (in->restarted == BROKE)
		tell_failed(in);
}

void
incoming_restart(struct incoming *in)
{
	if (!in->ended && !in->finishing)
		worker_add(in->disk, restart_run, restart_done, in);
}

static void
write_run(void *arg)
{
	struct piece *piece = arg;
	struct incoming *in = piece->in;

	if (!is_over(in))
		piece->outcome =
		    outcome_of(in, part_append(&in->part, piece->bytes,
				       piece->len, &in->fault));
}

static void write_done(void *arg);

static void
queue_piece(struct incoming *in)
{
	worker_add(in->disk, write_run, write_done, in->gathering);
	in->gathering = NULL;
	in->writing++;
}

static void
write_done(void *arg)
{
	struct piece *piece = arg;
	struct incoming *in = piece->in;
	const struct incoming_event event = {
	    .type = INCOMING_DRAINED,
	    .len = piece->len,
	};

	in->writing--;
	if (piece->outcome == WORKED)
		tell(in, &event);
	else if (piece->outcome == BROKE)
		tell_failed(in);
	free(piece);
	if (in->writing == 0 && in->gathering != NULL &&
	    !atomic_load(&in->freed))
		queue_piece(in);
}

void
incoming_write(struct incoming *in, const uint8_t *data, size_t len)
{
	while (len > 0 && !in->ended && !in->finishing) {
		struct piece *piece = in->gathering;

		if (piece == NULL) {
			piece = mem_alloc(sizeof(*piece));
			piece->in = in;
			piece->outcome = SKIPPED;
			piece->len = 0;
			in->gathering = piece;
		}

		size_t n = INCOMING_BLOCK - piece->len;
		n = n < len ? n : len;
		memcpy(piece->bytes + piece->len, data, n);
		piece->len += n;
		data += n;
		len -= n;
		if (piece->len == INCOMING_BLOCK || in->writing == 0)
			queue_piece(in);
	}
}

static int
finish(struct incoming *in)
{
	if (part_seal(&in->part, in->hash, &in->fault) < 0)
		return ERR_IO;
	/* Syncing may have taken minutes: is it still wanted? */
	if (atomic_load(&in->freed))
		return 0;
	return part_place(&in->part, &in->path, &in->fault);
}

static void
finish_run(void *arg)
{
	struct incoming *in = arg;

	if (in->broken || atomic_load(&in->freed))
		return;
	in->finished = outcome_of(in, finish(in));
	if (in->path != NULL)
		part_release(&in->part);
}

static void
finish_done(void *arg)
{
	struct incoming *in = arg;
	const struct incoming_event event = {
	    .type = INCOMING_STORED,
	    .path = in->path,
	};

	if (in->finished == BROKE)
		tell_failed(in);
	else if (in->finished == WORKED)
		tell(in, &event);
	in->ended = true;
}

void
incoming_finish(struct incoming *in, const uint8_t hash[WIRE_HASH_LEN])
{
	if (in->ended || in->finishing)
		return;
	in->finishing = true;
	memcpy(in->hash, hash, WIRE_HASH_LEN);
	if (in->gathering != NULL)
		queue_piece(in);
	worker_add(in->disk, finish_run, finish_done, in);
}

static void
release_run(void *arg)
{
	struct incoming *in = arg;

	if (in->keep)
		part_release(&in->part);
	else if (in->resume && in->opened == SKIPPED)
		part_discard(in->folder, in->part_name);
	else
		part_remove(&in->part);
}

static void
release_done(void *arg)
{
	struct incoming *in = arg;

	free(in->gathering);
	free(in->path);
	free(in->folder);
	free(in->name);
	free(in->part_name);
	free(in);
}

void
incoming_free(struct incoming *in, bool keep)
{
	if (in == NULL || atomic_load(&in->freed))
		return;
	if (keep && in->gathering != NULL)
		queue_piece(in);
	in->keep = keep;
	atomic_store(&in->freed, true);
	worker_add(in->disk, release_run, release_done, in);
}

struct discard {
	char *folder, *part;
};

static void
discard_run(void *arg)
{
	const struct discard *d = arg;

	part_discard(d->folder, d->part);
}

static void
discard_done(void *arg)
{
	struct discard *d = arg;

	free(d->folder);
	free(d->part);
	free(d);
}

void
incoming_discard(struct worker *disk, const char *folder, const char *part)
{
	struct discard *d = mem_alloc(sizeof(*d));

	d->folder = str_dup(folder);
	d->part = str_dup(part);
	worker_add(disk, discard_run, discard_done, d);
}
