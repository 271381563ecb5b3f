/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From an order to a turn on the worker, and to what is told of it. */
#include "net/outgoing_internal.h"

#include <stdlib.h>

#include "src/base/util.h"

void
turn_hand_over(struct turn *turn, struct block **block, bool full)
{
	if (*block == NULL || (*block)->len == 0 ||
	    (turn->state == TURN_MORE && !full))
		return;
	if (turn->room) {
		turn->block = *block;
		*block = NULL;
	} else if (turn->state != TURN_STUCK) {
		turn->state = TURN_MORE;
	}
}

/* The worker's */

static void
obey(struct outgoing *o, const struct outgoing_step *step)
{
	switch (step->order) {
	case ORDER_NONE:
	case ORDER_OPEN:
		break;
	case ORDER_PROVE:
		file_out_prove(&o->file, step->claim.offset, step->claim.hash);
		break;
	case ORDER_LIST:
		tree_out_list(o->tree);
		break;
	case ORDER_CLAIMS:
		tree_out_claims(o->tree, &step->claims);
		break;
	case ORDER_START:
		if (o->tree != NULL)
			tree_out_start(o->tree);
		else
			file_out_start(&o->file);
		break;
	case ORDER_RETRY:
	case ORDER_LEAVE_OUT:
		if (o->tree != NULL)
			tree_out_retry(o->tree, step->order == ORDER_LEAVE_OUT);
		else
			file_out_retry(&o->file);
		break;
	}
}

static void
step_run(void *arg)
{
	struct outgoing_step *step = arg;
	struct outgoing *o = step->o;

	if (atomic_load(&o->freed))
		return;
	step->outcome = STEP_WORKED;
	if (step->order == ORDER_OPEN) {
		if (outgoing_open(o, &step->turn.fault) < 0)
			step->outcome = STEP_FAILED;
		return;
	}
	obey(o, step);
	if (o->tree != NULL)
		tree_out_turn(o->tree, &step->turn);
	else
		file_out_turn(&o->file, &step->turn);
}

/* The loop's */

static void step_done(void *arg);

struct outgoing_step *
outgoing_new_step(struct outgoing *o, enum outgoing_order order)
{
	struct outgoing_step *step = mem_zalloc(sizeof(*step));

	step->o = o;
	step->order = order;
	return step;
}

/* A turn makes a block only where there is room for it. */
void
outgoing_queue(struct outgoing_step *step)
{
	struct outgoing *o = step->o;

	if (o->room > 0 && step->order != ORDER_OPEN) {
		step->turn.room = true;
		o->room--;
	}
	worker_add(o->config.disk, step_run, step_done, step);
}

void
outgoing_order(struct outgoing *o, enum outgoing_order order)
{
	outgoing_queue(outgoing_new_step(o, order));
}

bool
outgoing_is_deaf(const struct outgoing *o)
{
	return o->ended || atomic_load(&o->freed);
}

void
outgoing_queue_turns(struct outgoing *o)
{
	const size_t most = o->comparing ? 1 : OUTGOING_AHEAD;

	if (!o->awake || outgoing_is_deaf(o))
		return;
	while (o->room > 0 && OUTGOING_AHEAD - o->room - o->mark_count < most)
		outgoing_order(o, ORDER_NONE);
}

void
outgoing_tell(struct outgoing *o, const struct outgoing_event *event)
{
	if (outgoing_is_deaf(o))
		return;
	o->telling = true;
	o->config.on_event(o->config.arg, event);
	o->telling = false;
	if (atomic_load(&o->freed))
		outgoing_release(o);
}

static void
tell_fault(struct outgoing *o, enum outgoing_event_type type,
    const struct fault *fault)
{
	const struct outgoing_event event = {
	    .type = type,
	    .why = fault->why,
	    .reason = &fault->reason,
	};

	outgoing_tell(o, &event);
}

static void
tell_block(struct outgoing *o, const struct turn *turn)
{
	const size_t last = (o->first_mark + o->mark_count) % OUTGOING_AHEAD;
	const struct outgoing_event event = {
	    .type = OUTGOING_BLOCK_READY,
	    .block = turn->block,
	};

	if (outgoing_is_deaf(o)) {
		free(turn->block);
		return;
	}
	o->marks[last] = turn->progress;
	o->mark_count++;
	outgoing_tell(o, &event);
}

static void
tell_unstuck(struct outgoing *o)
{
	const struct outgoing_event event = {.type = OUTGOING_UNSTUCK};

	o->stuck = o->trying = false;
	outgoing_tell(o, &event);
}

static void
tell_proven(struct outgoing *o, bool proven)
{
	const struct outgoing_event event = {
	    .type = OUTGOING_PROVEN,
	    .proven = proven,
	};

	outgoing_tell(o, &event);
}

static void
tell_finished(struct outgoing *o, const struct turn *turn)
{
	const struct outgoing_event event = {
	    .type = OUTGOING_FINISHED,
	    .hash = turn->hash,
	    .left_out = turn->left_out,
	};

	outgoing_tell(o, &event);
	o->ended = true;
}

static void
tell_turn(struct outgoing *o, const struct turn *turn)
{
	if (turn->block == NULL && turn->room)
		o->room++;
	if (o->stuck && turn->fine)
		tell_unstuck(o);
	if (turn->is_proof)
		tell_proven(o, turn->proven);
	if (turn->block != NULL)
		tell_block(o, turn);
	if (turn->state == TURN_STUCK) {
		o->stuck = true;
		o->trying = false;
		tell_fault(o, OUTGOING_STUCK, &turn->fault);
	} else if (turn->state == TURN_END) {
		tell_finished(o, turn);
	}
}

static void
after_turn(
    struct outgoing *o, enum outgoing_order order, const struct turn *turn)
{
	if (turn->state != TURN_MORE)
		o->awake = false;
	else if (order != ORDER_NONE)
		o->awake = true;
	o->comparing = turn->block == NULL;
	tell_turn(o, turn);
	outgoing_queue_turns(o);
}

static void
after_open(struct outgoing *o, const struct outgoing_step *step)
{
	if (step->outcome == STEP_WORKED) {
		outgoing_tell_opened(o);
	} else {
		tell_fault(o, OUTGOING_FAILED, &step->turn.fault);
		o->ended = true;
	}
}

static void
step_done(void *arg)
{
	struct outgoing_step *step = arg;

	if (step->order == ORDER_OPEN) {
		if (step->outcome != STEP_SKIPPED)
			after_open(step->o, step);
	} else if (step->outcome == STEP_WORKED) {
		after_turn(step->o, step->order, &step->turn);
	}
	free(step->claims_bytes);
	free(step);
}
