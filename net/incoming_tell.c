/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is told of something we receive. */
#include "net/incoming_internal.h"

void
incoming_tell(struct incoming *in, const struct incoming_event *event)
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

	incoming_tell(in, &event);
}

void
incoming_tell_trouble(struct incoming *in, enum outcome outcome)
{
	if (outcome == STUCK) {
		in->stuck = true;
		tell_fault(in, INCOMING_STUCK);
	} else if (outcome == BROKE) {
		tell_fault(in, INCOMING_FAILED);
		in->ended = true;
	}
}

void
incoming_tell_unstuck(struct incoming *in)
{
	const struct incoming_event event = {.type = INCOMING_UNSTUCK};

	in->stuck = false;
	incoming_tell(in, &event);
}

/* Nothing is written before READY: the worker leaves part alone. */
void
incoming_tell_ready(struct incoming *in)
{
	uint8_t hash[WIRE_HASH_LEN] = {0};
	const struct incoming_event event = {
	    .type = INCOMING_READY,
	    .offset = in->part.written,
	    .hash = hash,
	};

	if (event.offset > 0)
		part_hash(&in->part, hash);
	incoming_tell(in, &event);
}

void
incoming_tell_claims(struct incoming *in)
{
	const struct incoming_event event = {
	    .type = INCOMING_CLAIMS,
	    .claims = tree_in_claims(in->tree),
	};

	if (event.claims != NULL)
		incoming_tell(in, &event);
}

void
incoming_tell_drained(struct incoming *in, const struct piece *piece)
{
	const struct incoming_event event = {
	    .type = INCOMING_DRAINED,
	    .len = piece->len,
	    .progress = piece->progress,
	};

	incoming_tell(in, &event);
}

/* It was the last job: the worker leaves tree alone. */
void
incoming_tell_stored(struct incoming *in)
{
	struct incoming_event event = {
	    .type = INCOMING_STORED,
	    .hash = in->hash,
	    .path = in->path,
	};

	if (in->tree != NULL) {
		event.path = tree_in_path(in->tree);
		event.progress = *tree_in_progress(in->tree);
		event.counts = *tree_in_counts(in->tree);
	}
	incoming_tell(in, &event);
	in->ended = true;
}
