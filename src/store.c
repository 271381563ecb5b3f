/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Jobs for the one thread that owns the database files. All that is queued
 * when it looks is one batch, and at most one transaction for each file: in
 * that file it is on disk as a whole, or none of it is, and every job of the
 * batch that works on the file is told so. (One transaction over both could
 * fail in one and not in the other: each file has a log of its own.)
 */
#include "src/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "src/base/i18n.h"
#include "src/base/util.h"
#include "src/base/worker.h"
#include "src/store_job.h"
#include "src/store_peers.h"
#include "src/store_search.h"
#include "src/store_talk.h"
#include "src/store_transfers.h"

enum {
	STORE_BUSY = 64,         /* so many jobs wait: what can, comes later */
	STORE_TIDY_LINES = 1000, /* at a time: others may come meanwhile */
};

static struct store_db *
get_db(struct store *s, enum store_file file)
{
	return file == STORE_FILE_PEERS ? &s->dbs.peers : &s->dbs.history;
}

static void
file_end(struct store *s, enum store_file file)
{
	struct store_batch *batch = &s->batches[file];
	struct store_db *db = get_db(s, file);

	if (batch->broken)
		store_db_rollback(db);
	else if (s->usable && store_db_commit(db, &batch->why) < 0)
		batch->broken = true;
}

/* Most jobs need no room for one. */
static void
set_why(struct store_job *job, const struct reason *why)
{
	if (job->why == NULL)
		job->why = mem_alloc(sizeof(*why));
	*job->why = *why;
}

/* Commit, or give up, and tell the jobs of the batch which it was. */
static void
batch_end(void *arg)
{
	struct store *s = arg;

	file_end(s, STORE_FILE_PEERS);
	file_end(s, STORE_FILE_HISTORY);
	for (struct store_job *job = s->jobs; job != NULL; job = job->next) {
		const struct store_batch *batch = &s->batches[job->file];

		job->ok = !batch->broken && !job->refused;
		if (batch->broken)
			set_why(job, &batch->why);
	}
	s->jobs = NULL;
	s->jobs_tail = &s->jobs;
	memset(s->batches, 0, sizeof(s->batches));
}

static void
job_run(void *arg)
{
	struct store_job *job = arg;
	struct store *s = job->store;
	struct store_batch *batch = &s->batches[job->file];
	struct store_db *db = get_db(s, job->file);
	struct reason why;
	int r;

	*s->jobs_tail = job;
	s->jobs_tail = &job->next;
	if (!batch->broken && !s->usable) {
		batch->broken = true;
		batch->why = s->unusable;
	}
	if (batch->broken)
		return;

	db->busy = store_jobs(s) > STORE_BUSY;
	r = job->run(db, job, &why);
	job->behind = db->behind;
	job->refused = r == ERR_INVALID;
	if (job->refused) {
		set_why(job, &why);
	} else if (r < 0) {
		batch->broken = true;
		batch->why = why;
	}
}

static void
job_free(struct store_job *job)
{
	for (size_t i = 0; i < job->lines.count; i++)
		free((char *)job->lines.list[i].text);
	free(job->lines.list);
	free(job->numbers);
	free(job->peer.name);
	free(job->peer.own_name);
	free(job->pin.target);
	free(job->place.target);
	free((char *)job->line.text);
	store_transfer_release(&job->transfer);
	free(job->words);
	free(job->why);
	free(job);
}

/* Nobody waits for it, so it gives way to all others. */
static int
tidy_run(struct store_db *db, struct store_job *job, struct reason *why)
{
	if (store_jobs(job->store) > 1)
		return 0;
	return store_search_tidy(db, STORE_TIDY_LINES, why);
}

static void
tell_tidied(struct store_job *job)
{
	job->store->tidying = false;
}

/*
 * Where lines came too fast, their words go into the index later on. That it
 * fails is told with what comes next to that file; then it is tried again.
 */
static void
tidy_later(struct store *s)
{
	struct store_job *job;

	if (s->tidying || s->closing)
		return;
	s->tidying = true;
	job = store_job_new(s, STORE_FILE_HISTORY, NULL, tidy_run);
	job->tell = tell_tidied;
	store_job_queue(job);
}

static void
job_done(void *arg)
{
	struct store_job *job = arg;
	struct store *s = job->store;

	if (!job->ok && job->hook && s->failed != NULL)
		s->failed(s->failed_arg, false, job->why);
	if (job->tell != NULL)
		job->tell(job);
	if (job->behind && job->ok)
		tidy_later(s);
	job_free(job);
}

struct store_job *
store_job_new(struct store *s, enum store_file file, const uint8_t *key,
    int (*run)(struct store_db *db, struct store_job *job, struct reason *why))
{
	struct store_job *job = mem_zalloc(sizeof(*job));

	job->store = s;
	job->file = file;
	job->run = run;
	if (key != NULL)
		memcpy(job->key, key, STORE_KEY_LEN);
	return job;
}

void
store_job_queue(struct store_job *job)
{
	worker_add(job->store->worker, job_run, job_done, job);
}

size_t
store_jobs(const struct store *s)
{
	return worker_pending(s->worker);
}

/* Never 0, and never another run's. */
static uint64_t
make_epoch(void)
{
	uint64_t epoch;
	ssize_t n;

	do {
		n = getrandom(&epoch, sizeof(epoch), 0);
		if (n < 0 && errno != EINTR)
			fatal("no random numbers: %s", strerror(errno));
		epoch &= INT64_MAX;
	} while (n != (ssize_t)sizeof(epoch) || epoch == 0);
	return epoch;
}

static int
load(struct store_dbs *dbs, struct store_memory *memory, struct reason *why)
{
	if (store_peers_load(&dbs->peers, memory, why) < 0 ||
	    store_talk_load(&dbs->history, memory, why) < 0 ||
	    store_transfers_load(&dbs->history, memory, why) < 0)
		return ERR_IO;
	memory->epoch = make_epoch();
	return 0;
}

static void
forget(struct store_memory *memory)
{
	for (size_t i = 0; i < memory->peer_count; i++) {
		free(memory->peers[i].name);
		free(memory->peers[i].own_name);
		free(memory->peers[i].streams);
	}
	for (size_t i = 0; i < memory->pin_count; i++)
		free(memory->pins[i].target);
	for (size_t i = 0; i < memory->place_count; i++)
		free(memory->places[i].target);
	for (size_t i = 0; i < memory->transfer_count; i++)
		store_transfer_release(&memory->transfers[i]);
	for (size_t i = 0; i < memory->arrived_count; i++)
		store_transfer_release(&memory->arrived[i]);
	free(memory->peers);
	free(memory->pins);
	free(memory->places);
	free(memory->transfers);
	free(memory->arrived);
	*memory = (struct store_memory){0};
}

static void
close_files(struct store *s)
{
	store_db_close(&s->dbs.peers);
	store_db_close(&s->dbs.history);
}

static void
open_run(void *arg)
{
	struct store *s = arg;
	const struct store_config *c = &s->config;
	int r = c->incognito ? store_schema_open_incognito(
				   &s->dbs, c->peers_path, &s->unusable)
			     : store_schema_open(&s->dbs, c->peers_path,
				   c->history_path, &s->unusable);

	s->usable = r == 0 && load(&s->dbs, &s->memory, &s->unusable) == 0;
	if (!s->usable) {
		forget(&s->memory);
		close_files(s);
	}
}

static void
open_done(void *arg)
{
	struct store *s = arg;

	if (s->closing)
		return;
	/* There is an epoch where the files could be read. */
	if (s->memory.epoch != 0)
		s->config.opened(s->config.arg, &s->memory, NULL);
	else
		s->config.opened(s->config.arg, NULL, &s->unusable);
	/* It may have been left undone when charla ended. */
	if (s->memory.epoch != 0)
		tidy_later(s);
}

struct store *
store_open(const struct store_config *config)
{
	struct store *s = mem_zalloc(sizeof(*s));
	const struct worker_config worker = {
	    .name = "store",
	    .batch_end = batch_end,
	    .arg = s,
	};

	s->config = *config;
	s->config.peers_path = str_dup(config->peers_path);
	s->config.history_path = str_dup(config->history_path);
	s->jobs_tail = &s->jobs;
	s->worker = worker_new(&worker);
	worker_add(s->worker, open_run, open_done, s);
	return s;
}

/* SQLite syncs once more when it closes: on the worker, like all of it. */
static void
close_run(void *arg)
{
	struct store *s = arg;

	batch_end(s);
	close_files(s);
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
	forget(&s->memory);
	free((char *)s->config.peers_path);
	free((char *)s->config.history_path);
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
