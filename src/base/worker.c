/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The lock guards everything below it in the struct. The pipe holds one byte
 * while the list of completions is not empty, and none while it is: both
 * change together under the lock, so no wake-up is lost or left over.
 */
#include "src/base/worker.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "src/base/err.h"
#include "src/base/i18n.h"
#include "src/base/util.h"

enum {
	WORKER_NAME_MAX = 16,
	DISPATCH_MS = 1, /* then others have their turn */
};

struct job {
	struct job *next;
	void (*run)(void *arg);
	void (*done)(void *arg);
	void *arg;
};

struct queue {
	struct job *first, *last;
	size_t count;
};

struct worker {
	struct worker_config config;
	char name[WORKER_NAME_MAX];
	int wake[2];
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t work;
	bool started, stopping;
	struct queue queued;
	struct queue completed;
	size_t pending;
};

/* Add first to last, which are linked, at the end. */
static void
queue_append(struct queue *q, const struct queue *more)
{
	if (more->first == NULL)
		return;
	if (q->last == NULL)
		q->first = more->first;
	else
		q->last->next = more->first;
	q->last = more->last;
	q->count += more->count;
}

static struct job *
queue_take(struct queue *q)
{
	struct job *job = q->first;

	q->first = job->next;
	if (q->first == NULL)
		q->last = NULL;
	q->count--;
	job->next = NULL;
	return job;
}

/* The calls cannot fail but for a bug of ours. */
static void
must(int r)
{
	if (r != 0)
		fatal("worker: error %d", r);
}

static void
lock(struct worker *w)
{
	must(pthread_mutex_lock(&w->lock));
}

static void
unlock(struct worker *w)
{
	must(pthread_mutex_unlock(&w->lock));
}

static void
post(struct worker *w, const struct queue *jobs)
{
	lock(w);
	if (w->completed.count == 0 && jobs->count > 0 &&
	    write(w->wake[1], "", 1) != 1)
		fatal("worker: cannot wake the loop");
	queue_append(&w->completed, jobs);
	unlock(w);
}

/* All of it between the hooks; nothing is complete before the second. */
static void
run_together(struct worker *w, const struct queue *batch)
{
	struct job *job;

	if (w->config.batch_begin != NULL)
		w->config.batch_begin(w->config.arg);
	for (job = batch->first; job != NULL; job = job->next)
		job->run(job->arg);
	if (w->config.batch_end != NULL)
		w->config.batch_end(w->config.arg);
	post(w, batch);
}

static void
run_singly(struct worker *w, struct queue *batch)
{
	struct queue one;

	while (batch->count > 0) {
		one.first = one.last = queue_take(batch);
		one.count = 1;
		one.first->run(one.first->arg);
		post(w, &one);
	}
}

static bool
next_batch(struct worker *w, struct queue *batch)
{
	lock(w);
	while (w->queued.count == 0 && !w->stopping)
		must(pthread_cond_wait(&w->work, &w->lock));
	*batch = w->queued;
	w->queued = (struct queue){0};
	unlock(w);
	return batch->count > 0;
}

static void *
thread_main(void *arg)
{
	struct worker *w = arg;
	struct queue batch;

#ifdef __linux__
	pthread_setname_np(pthread_self(), w->name);
#endif
	while (next_batch(w, &batch)) {
		if (w->config.batch_begin != NULL ||
		    w->config.batch_end != NULL)
			run_together(w, &batch);
		else
			run_singly(w, &batch);
	}
	return NULL;
}

static void
start(struct worker *w)
{
	static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
	sigset_t blocked, before;
	size_t i;
	int r;

	sigfillset(&blocked);
	for (i = 0; i < COUNT(crashes); i++)
		sigdelset(&blocked, crashes[i]);
	must(pthread_sigmask(SIG_SETMASK, &blocked, &before));
	r = pthread_create(&w->thread, NULL, thread_main, w);
	must(pthread_sigmask(SIG_SETMASK, &before, NULL));
	if (r != 0)
		fatal("%s", _("the system lets us start no more threads"));
	w->started = true;
}

static void
set_flags(int fd)
{
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 ||
	    fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
		fatal("worker: cannot prepare a pipe");
}

struct worker *
worker_new(const struct worker_config *config)
{
	struct worker *w = mem_zalloc(sizeof(*w));

	w->config = *config;
	snprintf(w->name, sizeof(w->name), "%s", config->name);
	w->config.name = w->name;
	if (pipe(w->wake) < 0)
		fatal("%s", _("too many files are open"));
	set_flags(w->wake[0]);
	set_flags(w->wake[1]);
	must(pthread_mutex_init(&w->lock, NULL));
	must(pthread_cond_init(&w->work, NULL));
	return w;
}

/* Returns when everything queued has run. */
static void
stop(struct worker *w)
{
	if (!w->started)
		return;
	lock(w);
	w->stopping = true;
	must(pthread_cond_signal(&w->work));
	unlock(w);
	must(pthread_join(w->thread, NULL));
	w->started = w->stopping = false;
}

/* The last completions may add jobs, which start the thread again. */
void
worker_free(struct worker *w)
{
	if (w == NULL)
		return;
	stop(w);
	while (worker_pending(w) > 0) {
		worker_dispatch(w);
		stop(w);
	}
	pthread_cond_destroy(&w->work);
	pthread_mutex_destroy(&w->lock);
	close(w->wake[0]);
	close(w->wake[1]);
	free(w);
}

void
worker_abandon(struct worker *w)
{
	if (worker_pending(w) == 0) {
		worker_free(w);
		return;
	}
	pthread_detach(w->thread);
}

void
worker_add(struct worker *w, void (*run)(void *arg), void (*done)(void *arg),
    void *arg)
{
	struct job *job = mem_zalloc(sizeof(*job));
	struct queue one = {job, job, 1};

	job->run = run;
	job->done = done;
	job->arg = arg;
	lock(w);
	queue_append(&w->queued, &one);
	w->pending++;
	if (!w->started)
		start(w);
	must(pthread_cond_signal(&w->work));
	unlock(w);
}

int
worker_fd(const struct worker *w)
{
	return w->wake[0];
}

/* The oldest completion, or NULL; with the last one the pipe falls silent. */
static struct job *
take_completed(struct worker *w)
{
	struct job *job = NULL;
	char byte;

	lock(w);
	if (w->completed.count > 0) {
		job = queue_take(&w->completed);
		w->pending--;
		if (w->completed.count == 0 && read(w->wake[0], &byte, 1) != 1)
			fatal("worker: lost a wake-up");
	}
	unlock(w);
	return job;
}

/*
 * Only those that wait now, and no more than there is time for: the others
 * have their own wake-up.
 */
void
worker_dispatch(struct worker *w)
{
	const uint64_t end = clock_mono_ms() + DISPATCH_MS;
	struct job *job;
	size_t waiting;

	lock(w);
	waiting = w->completed.count;
	unlock(w);
	for (; waiting > 0 && clock_mono_ms() < end; waiting--) {
		job = take_completed(w);
		if (job == NULL)
			return;
		if (job->done != NULL)
			job->done(job->arg);
		free(job);
	}
}

size_t
worker_pending(struct worker *w)
{
	size_t pending;

	lock(w);
	pending = w->pending;
	unlock(w);
	return pending;
}
