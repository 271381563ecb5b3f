/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The loop's half of what we receive, a file or a tree; the worker's is in
 * incoming_disk.c.
 *
 * Bytes are gathered into blocks for the disk. A block goes as soon as the
 * disk has nothing of ours to do, or when it is full: so a slow disk gets
 * few large writes, and no byte waits for bytes that never come.
 *
 * Whatever may take long (to hash what is there already, to give many files
 * their names) is done in slices, each a job of its own, so that other
 * transfers have their turn on the worker.
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

static void read_done(void *arg);

static void
queue_read(struct incoming *in)
{
	in->surveying = in->tree != NULL;
	worker_add(in->disk, incoming_read_run, read_done, in);
}

/* Go on with what is there of a file. */
static void
read_on(struct incoming *in)
{
	if (part_is_read(&in->part))
		incoming_tell_ready(in);
	else
		queue_read(in);
}

/* The same for a tree, when the last slice is behind; it may have waited. */
static void
survey_on(struct incoming *in)
{
	if (in->tree != NULL && !in->surveying && !in->retrying &&
	    in->survey != SURVEY_ENDED && !in->ended &&
	    !atomic_load(&in->freed))
		queue_read(in);
}

static void
read_done(void *arg)
{
	struct incoming *in = arg;

	in->surveying = false;
	incoming_tell_trouble(in, in->read);
	if (in->read != WORKED || atomic_load(&in->freed))
		return;
	if (in->tree == NULL) {
		read_on(in);
		return;
	}
	incoming_tell_claims(in);
	if (in->survey == SURVEY_GOES_ON)
		survey_on(in);
}

/* It is open: what of it is there? */
static void
look_at_it(struct incoming *in)
{
	if (in->tree != NULL)
		survey_on(in);
	else if (in->resume && !atomic_load(&in->freed))
		read_on(in);
}

static void
open_done(void *arg)
{
	struct incoming *in = arg;

	incoming_tell_trouble(in, in->opened);
	if (in->opened == WORKED)
		look_at_it(in);
}

/* Of a tree: what it is called in a sentence. */
static char *
first_root(const struct filelist *list)
{
	struct entry e = {.path = "", .path_len = 0};

	if (filelist_count(list) > 0)
		filelist_entry(list, 0, &e);
	return str_ndup(e.path, e.path_len);
}

static void
plan_tree(struct incoming *in, const struct incoming_config *config)
{
	const bool one = filelist_roots(config->list) == 1;

	if (in->name == NULL)
		in->name = first_root(config->list);
	in->plan.name = in->name;
	in->plan.size = filelist_size(config->list);
	in->tree =
	    tree_in_new(&in->plan, config->list, one ? config->name : NULL);
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
	    .mtime_ns = config->mtime_ns,
	    .mode = config->mode,
	    .keep_mode = config->keep_mode,
	};
	if (config->list != NULL)
		plan_tree(in, config);
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

	incoming_tell_trouble(in, in->restarted);
}

void
incoming_restart(struct incoming *in)
{
	if (!in->ended && !in->finishing && in->tree == NULL)
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
		incoming_tell_trouble(in, outcome);
		return;
	}
	in->writing--;
	if (outcome == WORKED)
		incoming_tell_drained(in, piece);
	free(piece);
	incoming_tell_trouble(in, outcome);
	queue_gathered(in);
	survey_on(in);
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

static void finish_done(void *arg);

static void
queue_finish(struct incoming *in)
{
	worker_add(in->disk, incoming_finish_run, finish_done, in);
}

static void
finish_done(void *arg)
{
	struct incoming *in = arg;

	if (in->finished == WORKED)
		incoming_tell_stored(in);
	else if (in->finished == MORE && !atomic_load(&in->freed))
		queue_finish(in);
	else
		incoming_tell_trouble(in, in->finished);
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
	queue_finish(in);
}

static void
retry_done(void *arg)
{
	struct incoming *in = arg;
	struct retried r = in->retried;
	struct piece *piece;

	in->retrying = false;
	if (r.unstuck != STEP_NONE)
		incoming_tell_unstuck(in);
	if (r.unstuck == STEP_READ && in->tree != NULL)
		incoming_tell_claims(in);
	while ((piece = pieces_take(&r.written)) != NULL) {
		in->writing--;
		incoming_tell_drained(in, piece);
		free(piece);
	}
	if (r.stored)
		incoming_tell_stored(in);
	if (r.outcome == MORE && !atomic_load(&in->freed))
		queue_finish(in);
	incoming_tell_trouble(in, r.outcome);
	if (r.unstuck == STEP_OPEN || r.unstuck == STEP_READ)
		look_at_it(in);
	queue_gathered(in);
	survey_on(in);
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
	tree_in_free(in->tree);
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
