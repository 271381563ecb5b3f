/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the worker does for a file or a tree we receive. When the disk does not
 * take something, that step is stuck, and every later one is held: they wait
 * here in their order, since jobs run in order. A retry does the stuck step
 * again and then all that is held, in the one job, so that nothing overtakes
 * it.
 */
#include "net/incoming_internal.h"

#include <stdlib.h>

void
pieces_add(struct pieces *list, struct piece *piece)
{
	piece->next = NULL;
	if (list->first == NULL)
		list->first = piece;
	else
		list->last->next = piece;
	list->last = piece;
}

struct piece *
pieces_take(struct pieces *list)
{
	struct piece *piece = list->first;

	if (piece != NULL)
		list->first = piece->next;
	return piece;
}

/* Bytes that have arrived are written down also for another time. */
static bool
is_over(const struct incoming *in)
{
	return in->broken || (atomic_load(&in->freed) && !in->keep);
}

static void
release(struct incoming *in)
{
	if (in->tree != NULL)
		tree_in_release(in->tree);
	else
		part_release(&in->part);
}

static void
remove_it(struct incoming *in)
{
	if (in->tree != NULL)
		tree_in_remove(in->tree);
	else
		part_remove(&in->part);
}

/* It was never looked at: what another time left. */
static void
discard(const struct incoming *in)
{
	if (in->tree != NULL)
		tree_discard(in->folder, in->part_name);
	else
		part_discard(in->folder, in->part_name);
}

/*
 * After a fault that does not pass later jobs do nothing. The person is told
 * that it has failed, so nothing of it is left behind, whatever it was.
 */
static enum outcome
outcome_of(struct incoming *in, enum step step, int result)
{
	in->stuck_at = STEP_NONE;
	if (result == 0)
		return WORKED;
	if (result == ERR_AGAIN)
		return MORE;
	if (in->fault.passing) {
		in->stuck_at = step;
		if (step == STEP_OPEN)
			release(in);
		return STUCK;
	}
	in->broken = true;
	remove_it(in);
	return BROKE;
}

static int
finish_file(struct incoming *in)
{
	if (part_seal(&in->part, in->hash, &in->fault) < 0)
		return ERR_IO;
	/* Syncing may have taken minutes: is it still wanted? */
	if (atomic_load(&in->freed))
		return 0;
	if (part_place(&in->part, &in->path, &in->fault) < 0)
		return ERR_IO;
	part_release(&in->part);
	return 0;
}

static int
finish(struct incoming *in)
{
	if (in->tree != NULL)
		return tree_in_finish(in->tree, in->hash, &in->fault);
	return finish_file(in);
}

static int
open_file(struct incoming *in)
{
	return in->resume ? part_resume(&in->part, &in->fault)
			  : part_create(&in->part, &in->fault);
}

static int
open_it(struct incoming *in)
{
	int result = in->tree != NULL
			 ? tree_in_open(in->tree, in->resume, &in->fault)
			 : open_file(in);

	in->open = result == 0;
	return result;
}

static int
read_some(struct incoming *in)
{
	if (in->tree != NULL)
		return tree_in_survey(in->tree, &in->survey, &in->fault);
	return part_read(&in->part, &in->fault);
}

static int
append_file(
    struct incoming *in, const uint8_t *bytes, size_t len, size_t *taken)
{
	const uint64_t before = in->part.written;
	int result = part_append(&in->part, bytes, len, &in->fault);

	*taken = (size_t)(in->part.written - before);
	return result;
}

static int
append(struct incoming *in, struct piece *piece)
{
	const uint8_t *bytes = piece->bytes + piece->written;
	const size_t len = piece->len - piece->written;
	size_t taken = 0;
	int result;

	if (in->tree != NULL) {
		result =
		    tree_in_write(in->tree, bytes, len, &taken, &in->fault);
		piece->progress = *tree_in_progress(in->tree);
	} else {
		result = append_file(in, bytes, len, &taken);
	}
	piece->written += taken;
	return result;
}

static int
do_step(struct incoming *in, enum step step)
{
	switch (step) {
	case STEP_OPEN:
		return open_it(in);
	case STEP_READ:
		return read_some(in);
	case STEP_RESTART:
		return part_restart(&in->part, &in->fault);
	case STEP_WRITE:
		return append(in, in->held.first);
	case STEP_FINISH:
		return finish(in);
	case STEP_NONE:
		break;
	}
	return 0;
}

static enum outcome
try_step(struct incoming *in, enum step step)
{
	return outcome_of(in, step, do_step(in, step));
}

void
incoming_open_run(void *arg)
{
	struct incoming *in = arg;

	if (!is_over(in))
		in->opened = try_step(in, STEP_OPEN);
}

void
incoming_read_run(void *arg)
{
	struct incoming *in = arg;

	in->read = SKIPPED;
	if (in->broken || atomic_load(&in->freed))
		return;
	/* A tree is looked at while its records come: they may be stuck. */
	in->read = in->stuck_at != STEP_NONE ? HELD : try_step(in, STEP_READ);
}

void
incoming_restart_run(void *arg)
{
	struct incoming *in = arg;

	if (!is_over(in))
		in->restarted = try_step(in, STEP_RESTART);
}

void
incoming_write_run(void *arg)
{
	struct piece *piece = arg;
	struct incoming *in = piece->in;

	if (is_over(in))
		return;
	if (in->stuck_at != STEP_NONE)
		piece->outcome = HELD;
	else
		piece->outcome = outcome_of(in, STEP_WRITE, append(in, piece));
	if (piece->outcome == HELD || piece->outcome == STUCK)
		pieces_add(&in->held, piece);
}

void
incoming_finish_run(void *arg)
{
	struct incoming *in = arg;

	if (in->broken || atomic_load(&in->freed))
		return;
	in->finish_held = in->stuck_at != STEP_NONE;
	in->finished = in->finish_held ? HELD : try_step(in, STEP_FINISH);
}

/* What has to be so before it is worth to try again. */
static int
prepare(struct incoming *in, enum step step)
{
	/* Else it would thrash about the last free blocks. */
	if (step == STEP_WRITE)
		return in->tree != NULL
			   ? tree_in_check_room(in->tree, &in->fault)
			   : part_check_room(&in->part, &in->fault);
	if (step == STEP_FINISH && in->tree == NULL)
		return part_rescue(&in->part, &in->fault);
	return 0;
}

static enum outcome
try_again(struct incoming *in, enum step step)
{
	enum outcome outcome;

	outcome = outcome_of(in, step, prepare(in, step));
	if (outcome == WORKED)
		outcome = try_step(in, step);
	if (outcome == WORKED && step == STEP_WRITE)
		pieces_add(&in->retried.written, pieces_take(&in->held));
	if (outcome == WORKED && step == STEP_FINISH)
		in->retried.stored = true;
	return outcome;
}

void
incoming_retry_run(void *arg)
{
	struct incoming *in = arg;
	const enum step step = in->stuck_at;
	struct retried *r = &in->retried;

	*r = (struct retried){0};
	if (step == STEP_NONE || is_over(in) ||
	    (step == STEP_FINISH && atomic_load(&in->freed)))
		return;
	r->outcome = try_again(in, step);
	if (r->outcome == WORKED || r->outcome == MORE)
		r->unstuck = step;
	while (r->outcome == WORKED && in->held.first != NULL)
		r->outcome = try_again(in, STEP_WRITE);
	if (r->outcome == WORKED && in->finish_held &&
	    !atomic_load(&in->freed)) {
		in->finish_held = false;
		r->outcome = try_again(in, STEP_FINISH);
	}
}

void
incoming_release_run(void *arg)
{
	struct incoming *in = arg;

	if (in->keep)
		release(in);
	else if (in->resume && !in->open && !in->broken)
		discard(in);
	else
		remove_it(in);
}
