/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Jobs for the one thread that owns the database. All that is queued when it
 * looks is one batch and at most one transaction: it is on disk as a whole,
 * or none of it is, and every job of the batch is told so.
 */
#include "src/store.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/util.h"
#include "src/base/worker.h"
#include "src/store_db.h"

struct store {
	struct worker *worker;

	/* The loop's. */
	void (*opened)(void *arg, const struct store_memory *memory,
	    const struct reason *why);
	void *opened_arg;
	store_done *failed;
	void *failed_arg;
	bool closing;

	/* Written by the first job, and free for the loop after opened. */
	char *path;
	struct store_memory memory;

	/* The worker's. */
	struct store_db db;
	bool usable;
	struct reason unusable; /* why not */
	struct job *batch;      /* what has run since the last commit */
	struct job **batch_tail;
	bool broken; /* the batch comes to nothing: broken_why */
	struct reason broken_why;
};

struct message_list {
	struct store_message *list;
	size_t count, size;
};

/* One job: run on the worker, ended on the loop. */
struct job {
	struct store *store;
	struct job *next; /* in the batch */
	int (*run)(struct store *s, struct job *job, struct reason *why);
	bool refused; /* by itself; the batch goes on without it */
	bool ok;
	struct reason why;

	/* What it works on, copied; each uses its own. */
	struct peer peer;
	struct pin pin;
	struct store_message message;

	store_done *done;
	struct message_list found;
	void (*each)(void *arg, const struct store_message *message);
	void (*end)(void *arg, bool ok);
	void *arg;
};

/* Commit, or give up, and tell the jobs of the batch which it was. */
static void
batch_end(void *arg)
{
	struct store *s = arg;

	if (s->broken)
		store_db_rollback(&s->db);
	else if (s->usable && store_db_commit(&s->db, &s->broken_why) < 0)
		s->broken = true;
	for (struct job *job = s->batch; job != NULL; job = job->next) {
		job->ok = !s->broken && !job->refused;
		if (s->broken)
			job->why = s->broken_why;
	}
	s->batch = NULL;
	s->batch_tail = &s->batch;
	s->broken = false;
}

static void
job_run(void *arg)
{
	struct job *job = arg;
	struct store *s = job->store;

	*s->batch_tail = job;
	s->batch_tail = &job->next;
	if (!s->broken && !s->usable) {
		s->broken = true;
		s->broken_why = s->unusable;
	}
	if (s->broken)
		return;

	int r = job->run(s, job, &job->why);
	job->refused = r == ERR_INVALID;
	if (r < 0 && !job->refused) {
		s->broken = true;
		s->broken_why = job->why;
	}
}

static void
free_job(struct job *job)
{
	for (size_t i = 0; i < job->found.count; i++)
		free((char *)job->found.list[i].text);
	free(job->found.list);
	free(job->peer.name);
	free(job->pin.target);
	free((char *)job->message.text);
	free(job);
}

static void
job_done(void *arg)
{
	struct job *job = arg;
	struct store *s = job->store;

	if (job->done != NULL)
		job->done(job->arg, job->ok, job->ok ? NULL : &job->why);
	else if (!job->ok && s->failed != NULL)
		s->failed(s->failed_arg, false, &job->why);
	for (size_t i = 0; job->ok && i < job->found.count; i++)
		job->each(job->arg, &job->found.list[i]);
	if (job->end != NULL)
		job->end(job->arg, job->ok);
	free_job(job);
}

static struct job *
new_job(struct store *s,
    int (*run)(struct store *s, struct job *job, struct reason *why))
{
	struct job *job = mem_zalloc(sizeof(*job));

	job->store = s;
	job->run = run;
	return job;
}

static void
queue_job(struct job *job)
{
	worker_add(job->store->worker, job_run, job_done, job);
}

static void
open_run(void *arg)
{
	struct store *s = arg;

	s->usable = store_db_open(&s->db, s->path, &s->unusable) == 0 &&
		    store_db_load(&s->db, &s->memory, &s->unusable) == 0;
	if (!s->usable) {
		store_db_forget(&s->memory);
		store_db_close(&s->db);
	}
}

static void
open_done(void *arg)
{
	struct store *s = arg;

	if (s->closing)
		return;
	/* An epoch is never 0: there is one where the store could be read. */
	if (s->memory.epoch != 0)
		s->opened(s->opened_arg, &s->memory, NULL);
	else
		s->opened(s->opened_arg, NULL, &s->unusable);
}

struct store *
store_open(const char *path,
    void (*opened)(
	void *arg, const struct store_memory *memory, const struct reason *why),
    void *arg)
{
	struct store *s = mem_zalloc(sizeof(*s));
	const struct worker_config config = {
	    .name = "store",
	    .batch_end = batch_end,
	    .arg = s,
	};

	s->path = str_dup(path);
	s->opened = opened;
	s->opened_arg = arg;
	s->batch_tail = &s->batch;
	s->worker = worker_new(&config);
	worker_add(s->worker, open_run, open_done, s);
	return s;
}

/* SQLite syncs once more when it closes: on the worker, like all of it. */
static void
close_run(void *arg)
{
	struct store *s = arg;

	batch_end(s);
	store_db_close(&s->db);
	s->usable = false;
	reason_set(&s->unusable, _("the history is closed already"));
}

void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	s->closing = true;
	worker_add(s->worker, close_run, NULL, s);
	worker_free(s->worker);
	store_db_forget(&s->memory);
	free(s->path);
	free(s);
}

int
store_fd(const struct store *s)
{
	return worker_fd(s->worker);
}

void
store_dispatch(struct store *s)
{
	worker_dispatch(s->worker);
}

void
store_on_failure(struct store *s, store_done *failed, void *arg)
{
	s->failed = failed;
	s->failed_arg = arg;
}

static int
put_peer_run(struct store *s, struct job *job, struct reason *why)
{
	return store_db_put_peer(&s->db, &job->peer, why);
}

void
store_put_peer(struct store *s, const struct peer *peer)
{
	struct job *job = new_job(s, put_peer_run);

	job->peer = *peer;
	job->peer.name = str_dup(peer->name != NULL ? peer->name : "");
	queue_job(job);
}

static int
put_pin_run(struct store *s, struct job *job, struct reason *why)
{
	return store_db_put_pin(&s->db, &job->pin, why);
}

void
store_put_pin(
    struct store *s, const char *target, const uint8_t key[STORE_KEY_LEN])
{
	struct job *job = new_job(s, put_pin_run);

	job->pin.target = str_dup(target);
	memcpy(job->pin.key, key, STORE_KEY_LEN);
	queue_job(job);
}

static int
put_message_run(struct store *s, struct job *job, struct reason *why)
{
	return store_db_put_message(&s->db, &job->message, why);
}

void
store_put_message(struct store *s, const struct store_message *message,
    store_done *done, void *arg)
{
	struct job *job = new_job(s, put_message_run);

	job->message = *message;
	job->message.text = mem_dup(message->text, message->text_len);
	job->done = done;
	job->arg = arg;
	queue_job(job);
}

static int
mark_stored_run(struct store *s, struct job *job, struct reason *why)
{
	return store_db_mark_stored(
	    &s->db, job->message.key, job->message.seq, why);
}

void
store_mark_stored(
    struct store *s, const uint8_t key[STORE_KEY_LEN], uint64_t seq)
{
	struct job *job = new_job(s, mark_stored_run);

	memcpy(job->message.key, key, STORE_KEY_LEN);
	job->message.seq = seq;
	queue_job(job);
}

static void
keep_found(void *arg, const struct store_message *message)
{
	struct message_list *found = arg;
	struct store_message *copy;

	if (found->count == found->size) {
		found->size = found->size > 0 ? 2 * found->size : 16;
		found->list = mem_realloc(
		    found->list, found->size * sizeof(*found->list));
	}
	copy = &found->list[found->count++];
	*copy = *message;
	copy->text = mem_dup(message->text, message->text_len);
}

static int
load_waiting_run(struct store *s, struct job *job, struct reason *why)
{
	return store_db_load_waiting(
	    &s->db, job->message.key, keep_found, &job->found, why);
}

void
store_load_waiting(struct store *s, const uint8_t key[STORE_KEY_LEN],
    void (*each)(void *arg, const struct store_message *message),
    void (*end)(void *arg, bool ok), void *arg)
{
	struct job *job = new_job(s, load_waiting_run);

	memcpy(job->message.key, key, STORE_KEY_LEN);
	job->each = each;
	job->end = end;
	job->arg = arg;
	queue_job(job);
}
