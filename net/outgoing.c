/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One job walks and opens, then each job is a turn. Up to OUTGOING_AHEAD turns
 * are under way, or blocks of theirs not consumed; one that finds nothing to
 * do puts an end to that. What we are told becomes an order: a job that does
 * as it is told and then takes a turn. If that finds something to do, others
 * follow. Jobs and their completions run in order, so no wake-up is lost.
 *
 * The struct is shared with the worker. It lives until the completion of the
 * job that outgoing_free queues: the last one, since jobs run in order.
 */
#include "net/outgoing.h"

#include <stdlib.h>
#include <string.h>

#include "net/outgoing_internal.h"
#include "src/base/util.h"

struct outgoing *
outgoing_new(const struct outgoing_config *config)
{
	struct outgoing *o = mem_zalloc(sizeof(*o));

	o->config = *config;
	o->words = mem_alloc(config->word_count * sizeof(*o->words));
	for (size_t i = 0; i < config->word_count; i++)
		o->words[i] = str_dup(config->words[i]);
	o->room = OUTGOING_AHEAD;
	file_out_init(&o->file);
	atomic_init(&o->freed, false);
	outgoing_order(o, ORDER_OPEN);
	return o;
}

void
outgoing_prove(
    struct outgoing *o, uint64_t offset, const uint8_t hash[WIRE_HASH_LEN])
{
	struct outgoing_step *step;

	if (outgoing_is_deaf(o) || o->tree != NULL)
		return;
	step = outgoing_new_step(o, ORDER_PROVE);
	step->claim.offset = offset;
	memcpy(step->claim.hash, hash, WIRE_HASH_LEN);
	outgoing_queue(step);
}

void
outgoing_send_list(struct outgoing *o)
{
	if (!outgoing_is_deaf(o) && o->tree != NULL)
		outgoing_order(o, ORDER_LIST);
}

void
outgoing_claims(struct outgoing *o, const struct frame_claims *claims)
{
	struct outgoing_step *step;

	if (outgoing_is_deaf(o) || o->tree == NULL)
		return;
	step = outgoing_new_step(o, ORDER_CLAIMS);
	step->claims_bytes =
	    mem_dup(claims->bytes, claims->count * WIRE_CLAIM_LEN);
	step->claims = *claims;
	step->claims.bytes = step->claims_bytes;
	outgoing_queue(step);
}

void
outgoing_start(struct outgoing *o)
{
	if (!outgoing_is_deaf(o))
		outgoing_order(o, ORDER_START);
}

void
outgoing_consumed(struct outgoing *o, struct tree_progress *progress)
{
	if (o->mark_count > 0) {
		o->progress = o->marks[o->first_mark];
		o->first_mark = (o->first_mark + 1) % OUTGOING_AHEAD;
		o->mark_count--;
		o->room++;
	}
	if (progress != NULL && o->tree != NULL)
		*progress = o->progress;
	outgoing_queue_turns(o);
}

void
outgoing_retry(struct outgoing *o)
{
	if (outgoing_is_deaf(o) || !o->stuck || o->trying)
		return;
	o->trying = true;
	outgoing_order(o, ORDER_RETRY);
}

void
outgoing_leave_out(struct outgoing *o)
{
	if (outgoing_is_deaf(o) || !o->stuck || o->tree == NULL)
		return;
	o->trying = true;
	outgoing_order(o, ORDER_LEAVE_OUT);
}

static void
release_run(void *arg)
{
	struct outgoing *o = arg;

	tree_out_free(o->tree);
	file_out_release(&o->file);
	walk_release(&o->walk);
	for (size_t i = 0; i < o->config.word_count; i++)
		free(o->words[i]);
	free(o->words);
}

/* The last job. */
void
outgoing_release(struct outgoing *o)
{
	worker_add(o->config.disk, release_run, free, o);
}

/* In the middle of an event, what it points to stays until that is told. */
void
outgoing_free(struct outgoing *o)
{
	if (o == NULL || atomic_exchange(&o->freed, true) || o->telling)
		return;
	outgoing_release(o);
}
