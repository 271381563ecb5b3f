/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One job opens the file, then every job reads one block; OUTGOING_AHEAD of
 * them are under way at first, and each block consumed asks for another.
 *
 * The struct is shared with the worker. It lives until the completion of the
 * job that outgoing_free queues: the last one, since jobs run in order.
 */
#include "net/outgoing.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "net/source.h"
#include "src/base/util.h"

struct outgoing {
	struct worker *disk;

	/* The loop's. */
	void (*on_event)(void *arg, const struct outgoing_event *event);
	void *arg;
	uint64_t to_queue; /* blocks not yet asked for */
	bool ended;        /* no more events */

	/* The worker's. Once broken, fault does not change any more. */
	struct source source;
	bool broken;
	struct fault fault;

	atomic_bool freed;
};

/* One job, and what came of it. */
struct step {
	struct outgoing *o;
	enum { SKIPPED, WORKED, BROKE } outcome;
	struct block *block;
	bool last; /* then hash is that of the whole file */
	uint8_t hash[WIRE_HASH_LEN];
};

static void
tell(struct outgoing *o, const struct outgoing_event *event)
{
	if (!o->ended && !atomic_load(&o->freed))
		o->on_event(o->arg, event);
}

static void
tell_failed(struct outgoing *o)
{
	const struct outgoing_event event = {
	    .type = OUTGOING_FAILED,
	    .why = o->fault.why,
	    .reason = &o->fault.reason,
	};

	tell(o, &event);
	o->ended = true;
}

static void
queue_step(struct outgoing *o, void (*run)(void *), void (*done)(void *))
{
	struct step *step = mem_zalloc(sizeof(*step));

	step->o = o;
	worker_add(o->disk, run, done, step);
}

/* The worker's: run what on the file, unless there is no use any more. */
static void
attempt(struct step *step, int (*what)(struct step *step))
{
	struct outgoing *o = step->o;

	if (o->broken || atomic_load(&o->freed))
		return;
	step->outcome = what(step) == 0 ? WORKED : BROKE;
	if (step->outcome == BROKE) {
		o->broken = true;
		source_close(&o->source);
	}
}

static int
open_step(struct step *step)
{
	return source_open(&step->o->source, &step->o->fault);
}

static void
open_run(void *arg)
{
	attempt(arg, open_step);
}

/* Nothing is read before outgoing_start: the worker leaves source alone. */
static void
tell_opened(struct outgoing *o)
{
	const struct source *s = &o->source;
	const struct frame_offer offer = {
	    .size = s->size,
	    .mtime_ms = s->mtime_s * 1000 + s->mtime_ns / (1000 * 1000),
	    .mode = s->mode,
	    .name = s->name,
	    .name_len = strlen(s->name),
	};
	const struct outgoing_event event = {
	    .type = OUTGOING_OPENED,
	    .offer = &offer,
	};

	o->to_queue = s->size / OUTGOING_BLOCK;
	/* An empty file has one step too: its end. */
	if (s->size % OUTGOING_BLOCK != 0 || s->size == 0)
		o->to_queue++;
	tell(o, &event);
}

static void
open_done(void *arg)
{
	struct step *step = arg;

	if (step->outcome == WORKED)
		tell_opened(step->o);
	else if (step->outcome == BROKE)
		tell_failed(step->o);
	free(step);
}

static int
read_step(struct step *step)
{
	struct outgoing *o = step->o;
	struct source *s = &o->source;
	const uint64_t left = s->size - s->got;
	const size_t len =
	    left < OUTGOING_BLOCK ? (size_t)left : (size_t)OUTGOING_BLOCK;

	if (len > 0) {
		step->block = mem_alloc(sizeof(*step->block) + len);
		*step->block = (struct block){.len = len};
		if (source_read(s, step->block->bytes, len, &o->fault) < 0)
			return ERR_IO;
	}
	if (s->got < s->size)
		return 0;
	step->last = true;
	if (source_finish(s, step->hash, &o->fault) < 0)
		return ERR_IO;
	source_close(s);
	return 0;
}

static void
read_run(void *arg)
{
	attempt(arg, read_step);
}

static void
tell_block(struct outgoing *o, struct block *block)
{
	const struct outgoing_event event = {
	    .type = OUTGOING_BLOCK_READY,
	    .block = block,
	};

	if (o->ended || atomic_load(&o->freed))
		free(block);
	else
		o->on_event(o->arg, &event);
}

static void
read_done(void *arg)
{
	struct step *step = arg;
	struct outgoing *o = step->o;
	const struct outgoing_event finished = {
	    .type = OUTGOING_FINISHED,
	    .hash = step->hash,
	};

	if (step->outcome == WORKED) {
		if (step->block != NULL)
			tell_block(o, step->block);
		if (step->last) {
			tell(o, &finished);
			o->ended = true;
		}
	} else {
		free(step->block);
		if (step->outcome == BROKE)
			tell_failed(o);
	}
	free(step);
}

struct outgoing *
outgoing_new(struct worker *disk, const char *path,
    void (*on_event)(void *arg, const struct outgoing_event *event), void *arg)
{
	struct outgoing *o = mem_zalloc(sizeof(*o));

	o->disk = disk;
	o->on_event = on_event;
	o->arg = arg;
	source_init(&o->source, path);
	atomic_init(&o->freed, false);
	queue_step(o, open_run, open_done);
	return o;
}

void
outgoing_consumed(struct outgoing *o)
{
	if (o->to_queue == 0 || o->ended)
		return;
	o->to_queue--;
	queue_step(o, read_run, read_done);
}

void
outgoing_start(struct outgoing *o)
{
	for (int i = 0; i < OUTGOING_AHEAD; i++)
		outgoing_consumed(o);
}

static void
release_run(void *arg)
{
	struct outgoing *o = arg;

	source_release(&o->source);
}

void
outgoing_free(struct outgoing *o)
{
	if (o == NULL || atomic_exchange(&o->freed, true))
		return;
	worker_add(o->disk, release_run, free, o);
}
