/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The jobs that change something and find nothing. */
#include "src/store.h"

#include <string.h>

#include "src/base/util.h"
#include "src/store_job.h"
#include "src/store_lines.h"
#include "src/store_meet.h"
#include "src/store_peers.h"
#include "src/store_places.h"
#include "src/store_transfers.h"

static void
tell_done(struct store_job *job)
{
	job->done(job->arg, job->ok, job->ok ? NULL : job->why);
}

/* Whoever is asked is told; failures that concern nobody go to the hook. */
static void
queue(struct store_job *job, store_done *done, void *arg)
{
	job->done = done;
	job->arg = arg;
	job->tell = done != NULL ? tell_done : NULL;
	job->hook = done == NULL;
	store_job_queue(job);
}

static int
put_peer_run(struct store_db *db, struct store_job *job, struct reason *why)
{
	return store_peers_put(db, &job->peer, why);
}

void
store_put_peer(struct store *s, const struct peer *peer)
{
	struct store_job *job =
	    store_job_new(s, STORE_FILE_PEERS, NULL, put_peer_run);

	job->peer = (struct peer){
	    .name = str_dup(peer->name != NULL ? peer->name : ""),
	    .accepted = peer->accepted,
	    .own_name = str_dup(peer->own_name),
	    .verified = peer->verified,
	    .blocked = peer->blocked,
	    .verified_ms = peer->verified_ms,
	    .marked_ms = peer->marked_ms,
	    .first_ms = peer->first_ms,
	    .last_ms = peer->last_ms,
	};
	memcpy(job->peer.key, peer->key, STORE_KEY_LEN);
	queue(job, NULL, NULL);
}

static int
put_pin_run(struct store_db *db, struct store_job *job, struct reason *why)
{
	return store_peers_put_pin(db, &job->pin, why);
}

void
store_put_pin(
    struct store *s, const char *target, const uint8_t key[STORE_KEY_LEN])
{
	struct store_job *job =
	    store_job_new(s, STORE_FILE_PEERS, NULL, put_pin_run);

	job->pin.target = str_dup(target);
	memcpy(job->pin.key, key, STORE_KEY_LEN);
	queue(job, NULL, NULL);
}

static int
put_place_run(struct store_db *db, struct store_job *job, struct reason *why)
{
	return store_places_put(db, &job->place, why);
}

void
store_put_place(struct store *s, const struct place *place)
{
	struct store_job *job =
	    store_job_new(s, STORE_FILE_PEERS, NULL, put_place_run);

	job->place = *place;
	job->place.target = str_dup(place->target);
	queue(job, NULL, NULL);
}

static int
forget_peer_run(struct store_db *db, struct store_job *job, struct reason *why)
{
	return store_peers_forget(db, job->key, why);
}

void
store_forget_peer(struct store *s, const uint8_t key[STORE_KEY_LEN])
{
	queue(store_job_new(s, STORE_FILE_PEERS, key, forget_peer_run), NULL,
	    NULL);
}

static int
put_line_run(struct store_db *db, struct store_job *job, struct reason *why)
{
	return store_lines_put(db, &job->line, job->keep, &job->number, why);
}

static void
tell_put(struct store_job *job)
{
	job->put_done(job->arg, job->ok, job->ok ? job->number : 0,
	    job->ok ? NULL : job->why);
}

void
store_put_line(struct store *s, const struct store_line *line, bool keep,
    store_put_done *done, void *arg)
{
	struct store_job *job =
	    store_job_new(s, STORE_FILE_HISTORY, NULL, put_line_run);

	job->line = *line;
	job->line.text = keep ? mem_dup(line->text, line->text_len) : NULL;
	job->keep = keep;
	job->put_done = done;
	job->arg = arg;
	job->tell = done != NULL ? tell_put : NULL;
	job->hook = done == NULL;
	store_job_queue(job);
}

static int
mark_stored_run(struct store_db *db, struct store_job *job, struct reason *why)
{
	return store_meet_mark(db, job->key, &job->name, job->keep, why);
}

void
store_mark_stored(struct store *s, const uint8_t key[STORE_KEY_LEN],
    const struct stream *upto, bool kept)
{
	struct store_job *job =
	    store_job_new(s, STORE_FILE_HISTORY, key, mark_stored_run);

	job->name = *upto;
	job->keep = kept;
	queue(job, NULL, NULL);
}

static int
take_back_run(struct store_db *db, struct store_job *job, struct reason *why)
{
	return store_lines_take_back(db, job->key, &job->name, why);
}

void
store_take_back(struct store *s, const uint8_t key[STORE_KEY_LEN],
    const struct stream *message, store_done *done, void *arg)
{
	struct store_job *job =
	    store_job_new(s, STORE_FILE_HISTORY, key, take_back_run);

	job->name = *message;
	queue(job, done, arg);
}

static int
put_transfer_run(struct store_db *db, struct store_job *job, struct reason *why)
{
	return store_transfers_put(db, &job->transfer, why);
}

void
store_put_transfer(struct store *s, const struct store_transfer *t,
    store_done *done, void *arg)
{
	struct store_job *job =
	    store_job_new(s, STORE_FILE_HISTORY, NULL, put_transfer_run);

	store_transfer_copy(&job->transfer, t);
	queue(job, done, arg);
}
