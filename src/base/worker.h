/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One thread, a FIFO of jobs, and a FIFO of completions for the loop. Jobs
 * run in order on the thread; their done callbacks run in the same order on
 * whichever thread calls worker_dispatch. The thread starts with the first
 * job. All signals are blocked in it but those of a crash, so that the crash
 * handler runs wherever the crash is.
 */
#ifndef CHARLA_BASE_WORKER_H
#define CHARLA_BASE_WORKER_H

#include <stdbool.h>
#include <stddef.h>

struct worker;

struct worker_config {
	const char *name; /* at most 15 bytes; shown by ps -L */
	/*
	 * Called on the thread around each batch: everything that was queued
	 * when the thread looked. Completions of a batch are posted after
	 * batch_end. Both may be NULL.
	 */
	void (*batch_begin)(void *arg);
	void (*batch_end)(void *arg);
	void *arg;
};

struct worker *worker_new(const struct worker_config *config);
/*
 * Finish every queued job, join the thread, run the last completions, free.
 * So what was handed over before is on disk after.
 */
void worker_free(struct worker *w);

/*
 * Let go of a thread whose job may take long and matters to nobody: what is
 * queued never runs, completions neither, and the memory stays as it is. For
 * the end of the program.
 */
void worker_abandon(struct worker *w);

/*
 * Queue run(arg) for the thread and done(arg) for the loop afterwards; done
 * may be NULL. arg belongs to the job until done has run.
 */
void worker_add(struct worker *w, void (*run)(void *arg),
    void (*done)(void *arg), void *arg);

/* Readable (POLLIN) while completions wait. Belongs to the worker. */
int worker_fd(const struct worker *w);
/* Run the completions that wait, on the calling thread. */
void worker_dispatch(struct worker *w);
/* Jobs queued, running, or with a completion still to run. */
size_t worker_pending(struct worker *w);

#endif
