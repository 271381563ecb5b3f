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

#include <stdlib.h>
#include <string.h>

#include "net/incoming_internal.h"
#include "net/transfer.h"
#include "src/base/util.h"

_Static_assert((int)INCOMING_BLOCK * 8 <= (int)TRANSFER_WINDOW,
    "blocks stay far below the credit that the sender gets");

static void
tell(struct incoming *in, const struct incoming_event *event)
{
	if (!in->ended && !atomic_load(&in->freed))
		in->on_event(in->arg, event);
}

static void
tell_fault(struct incoming *in, enum incoming_event_type type)
{
	const struct incoming_event event = {
	    .type = type,
	    .missing = in->fault.missing,
	    .why = in->fault.why,
	    .reason = &in->fault.reason,
	};

	tell(in, &event);
}

/* What is to be told of a job that did not work. */
static void
tell_trouble(struct incoming *in, enum outcome outcome)
{
	if (outcome == STUCK) {
		in->stuck = true;
		tell_fault(in, INCOMING_STUCK);
	} else if (outcome == BROKE) {
		tell_fault(in, INCOMING_FAILED);
		in->ended = true;
	}
}

static void
tell_drained(struct incoming *in, size_t len)
{
	const struct incoming_event event = {
	    .type = INCOMING_DRAINED,
	    .len = len,
	};

	tell(in, &event);
}

static void
tell_stored(struct incoming *in)
{
	const struct incoming_event event = {
	    .type = INCOMING_STORED,
	    .path = in->path,
	};

	tell(in, &event);
	in->ended = true;
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
		worker_add(in->disk, incoming_read_run, read_done, in);
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

	tell_trouble(in, in->read);
	if (in->read == WORKED && !atomic_load(&in->freed))
		read_on(in);
}

static void
open_done(void *arg)
{
	struct incoming *in = arg;

	tell_trouble(in, in->opened);
	if (in->opened == WORKED && in->resume && !atomic_load(&in->freed))
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
	worker_add(in->disk, incoming_open_run, open_done, in);
	return in;
}

static void
restart_done(void *arg)
{
	struct incoming *in = arg;

	tell_trouble(in, in->restarted);
}

void
incoming_restart(struct incoming *in)
{
	if (!in->ended && !in->finishing)
		worker_add(in->disk, incoming_restart_run, restart_done, in);
}

static void write_done(void *arg);

static void
queue_piece(struct incoming *in)
{
	worker_add(in->disk, incoming_write_run, write_done, in->gathering);
	in->gathering = NULL;
	in->writing++;
}

static void
queue_gathered(struct incoming *in)
{
	if (in->writing == 0 && in->gathering != NULL &&
	    !atomic_load(&in->freed))
		queue_piece(in);
}

static void
write_done(void *arg)
{
	struct piece *piece = arg;
	struct incoming *in = piece->in;
	const enum outcome outcome = piece->outcome;

	/* The worker has it on its list: it counts as being written. */
	if (outcome == STUCK || outcome == HELD) {
		tell_trouble(in, outcome);
		return;
	}
	in->writing--;
	if (outcome == WORKED)
		tell_drained(in, piece->len);
	free(piece);
	tell_trouble(in, outcome);
	queue_gathered(in);
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
			piece->len = piece->written = 0;
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

static void
finish_done(void *arg)
{
	struct incoming *in = arg;

	if (in->finished == WORKED)
		tell_stored(in);
	else
		tell_trouble(in, in->finished);
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
	worker_add(in->disk, incoming_finish_run, finish_done, in);
}

static void
tell_unstuck(struct incoming *in)
{
	const struct incoming_event event = {.type = INCOMING_UNSTUCK};

	in->stuck = false;
	tell(in, &event);
}

static void
retry_done(void *arg)
{
	struct incoming *in = arg;
	struct retried r = in->retried;
	struct piece *piece;

	in->retrying = false;
	if (r.unstuck != STEP_NONE)
		tell_unstuck(in);
	while ((piece = pieces_take(&r.written)) != NULL) {
		in->writing--;
		tell_drained(in, piece->len);
		free(piece);
	}
	if (r.stored)
		tell_stored(in);
	tell_trouble(in, r.outcome);
	if (in->resume && !atomic_load(&in->freed) &&
	    (r.unstuck == STEP_OPEN || r.unstuck == STEP_READ))
		read_on(in);
	queue_gathered(in);
}

void
incoming_retry(struct incoming *in)
{
	if (!in->stuck || in->retrying || in->ended)
		return;
	in->retrying = true;
	worker_add(in->disk, incoming_retry_run, retry_done, in);
}

static void
release_done(void *arg)
{
	struct incoming *in = arg;
	struct piece *piece;

	while ((piece = pieces_take(&in->held)) != NULL)
		free(piece);
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
	worker_add(in->disk, incoming_release_run, release_done, in);
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
