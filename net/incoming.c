/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes are gathered into blocks for the disk. A block goes as soon as the
 * disk has nothing of ours to do, or when it is full: so a slow disk gets
 * few large writes, and no byte waits for bytes that never come.
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
#include "src/base/text.h"
#include "src/base/util.h"

enum {
	INCOMING_BLOCK = 256 * 1024,
	INCOMING_NAME_DELETE = 0x7f,
};

_Static_assert((int)INCOMING_BLOCK * 8 <= (int)TRANSFER_WINDOW,
    "blocks stay far below the credit that the sender gets");

/* What came of a job: written by it, read by its completion. */
enum outcome { SKIPPED, WORKED, BROKE };

struct incoming {
	/* Written before the first job, or by it alone. */
	struct worker *disk;
	char *folder;
	char *name;
	uint64_t size;
	int64_t mtime_ms;
	uint16_t mode;
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
	enum outcome created, finished;
	char *path; /* in place, when finished has WORKED */

	atomic_bool freed;
};

/* A block on its way to the disk. */
struct piece {
	struct incoming *in;
	enum outcome outcome;
	size_t len;
	uint8_t bytes[INCOMING_BLOCK];
};

int
incoming_check_name(const char *name, size_t len)
{
	if (len == 0 || len > WIRE_NAME_MAX || !text_is_utf8(name, len))
		return ERR_DENIED;
	if (name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.')))
		return ERR_DENIED;
	for (size_t i = 0; i < len; i++) {
		uint8_t c = (uint8_t)name[i];

		if (c < ' ' || c == INCOMING_NAME_DELETE || c == '/')
			return ERR_DENIED;
	}
	return 0;
}

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

static bool
is_over(const struct incoming *in)
{
	return in->broken || atomic_load(&in->freed);
}

/* The worker's: after a fault nothing is left, and later jobs do nothing. */
static enum outcome
outcome_of(struct incoming *in, int result)
{
	if (result == 0)
		return WORKED;
	in->broken = true;
	part_release(&in->part);
	return BROKE;
}

static void
create_run(void *arg)
{
	struct incoming *in = arg;

	if (!is_over(in))
		in->created = outcome_of(in,
		    part_create(&in->part, in->folder, in->size, &in->fault));
}

static void
create_done(void *arg)
{
	struct incoming *in = arg;

	if (in->created == BROKE)
		tell_failed(in);
}

struct incoming *
incoming_new(const struct incoming_config *config)
{
	struct incoming *in = mem_zalloc(sizeof(*in));

	in->disk = config->disk;
	in->folder = str_dup(config->folder);
	in->name = str_dup(config->name);
	in->size = config->size;
	in->mtime_ms = config->mtime_ms;
	in->mode = config->mode;
	in->on_event = config->on_event;
	in->arg = config->arg;
	part_init(&in->part);
	atomic_init(&in->freed, false);
	worker_add(in->disk, create_run, create_done, in);
	return in;
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
	const struct part_seal seal = {
	    .hash = in->hash,
	    .mtime_ms = in->mtime_ms,
	    .mode = in->mode,
	};

	if (part_seal(&in->part, &seal, &in->fault) < 0)
		return ERR_IO;
	/* Syncing may have taken minutes: is it still wanted? */
	if (atomic_load(&in->freed))
		return 0;
	return part_place(&in->part, in->name, &in->path, &in->fault);
}

static void
finish_run(void *arg)
{
	struct incoming *in = arg;

	if (is_over(in))
		return;
	in->finished = outcome_of(in, finish(in));
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

	part_release(&in->part);
}

static void
release_done(void *arg)
{
	struct incoming *in = arg;

	free(in->gathering);
	free(in->path);
	free(in->folder);
	free(in->name);
	free(in);
}

void
incoming_free(struct incoming *in)
{
	if (in == NULL || atomic_exchange(&in->freed, true))
		return;
	worker_add(in->disk, release_run, release_done, in);
}
