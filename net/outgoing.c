/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One job opens the file, then every job reads one block; OUTGOING_AHEAD of
 * them are under way at first, and each block consumed asks for another. What
 * the other side says it has is read before that, in slices, each a job of
 * its own, so that other transfers have their turn on the worker.
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

enum { OUTGOING_SLICE = 4 * OUTGOING_BLOCK };

struct outgoing {
	struct worker *disk;

	/* Written before the first job of outgoing_prove. */
	uint64_t claim; /* so many bytes are over there ... */
	uint8_t claim_hash[WIRE_HASH_LEN]; /* ... with this hash */

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
	bool last;   /* then hash is that of the whole file, */
	bool proven; /* or the claim was right */
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

/* While no job is queued the worker leaves source alone. */
static void
plan_steps(struct outgoing *o)
{
	const uint64_t left = o->source.size - o->source.got;

	o->to_queue = left / OUTGOING_BLOCK;
	/* Where nothing is left there is one step too: the end. */
	if (left % OUTGOING_BLOCK != 0 || left == 0)
		o->to_queue++;
}

static void
tell_opened(struct outgoing *o)
{
	const struct source *s = &o->source;
	const struct frame_offer offer = {
	    .size = s->size,
	    .mtime_ms = source_mtime_ms(s),
	    .mode = s->mode,
	    .name = s->name,
	    .name_len = strlen(s->name),
	};
	const struct outgoing_event event = {
	    .type = OUTGOING_OPENED,
	    .offer = &offer,
	    .mtime_ns = source_mtime_ns(s),
	    .path = s->path,
	};

	plan_steps(o);
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

static bool
claim_is_right(const struct outgoing *o)
{
	uint8_t hash[WIRE_HASH_LEN];

	source_hash(&o->source, hash);
	return o->claim == 0 || memcmp(hash, o->claim_hash, WIRE_HASH_LEN) == 0;
}

static int
prove_step(struct step *step)
{
	struct outgoing *o = step->o;
	struct source *s = &o->source;

	/* Nobody can have more of it than there is. */
	if (o->claim > s->size) {
		step->last = true;
		return 0;
	}

	const uint64_t left = o->claim - s->got;
	const size_t len =
	    left < OUTGOING_SLICE ? (size_t)left : (size_t)OUTGOING_SLICE;
	uint8_t *bytes = mem_alloc(len);
	int result = source_read(s, bytes, len, &o->fault);
	free(bytes);
	if (result < 0 || s->got < o->claim)
		return result;

	step->last = true;
	step->proven = claim_is_right(o);
	return step->proven ? 0 : source_rewind(s, &o->fault);
}

static void
prove_run(void *arg)
{
	attempt(arg, prove_step);
}

static void
prove_done(void *arg)
{
	struct step *step = arg;
	struct outgoing *o = step->o;
	const struct outgoing_event event = {
	    .type = OUTGOING_PROVEN,
	    .proven = step->proven,
	};

	if (step->outcome == BROKE) {
		tell_failed(o);
	} else if (step->outcome == WORKED && !atomic_load(&o->freed)) {
		if (step->last) {
			plan_steps(o);
			tell(o, &event);
		} else {
			queue_step(o, prove_run, prove_done);
		}
	}
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
outgoing_prove(
    struct outgoing *o, uint64_t offset, const uint8_t hash[WIRE_HASH_LEN])
{
	if (o->ended)
		return;
	o->claim = offset;
	memcpy(o->claim_hash, hash, WIRE_HASH_LEN);
	queue_step(o, prove_run, prove_done);
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
