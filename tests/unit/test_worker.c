/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "src/base/worker.h"

enum { PATIENCE_MS = 60 * 1000 };

static bool
readable(const struct worker *w, int timeout_ms)
{
	struct pollfd p = {.fd = worker_fd(w), .events = POLLIN};

	return poll(&p, 1, timeout_ms) == 1 && (p.revents & POLLIN) != 0;
}

/* Dispatch as the loop does, until nothing is pending. */
static void
drain(struct worker *w)
{
	while (worker_pending(w) > 0) {
		assert_true(readable(w, PATIENCE_MS));
		worker_dispatch(w);
	}
	assert_false(readable(w, 0));
}

/* What happened, in order; run and done both write to it. */
struct diary {
	pthread_mutex_t lock;
	char text[256];
	size_t len;
};

static void
note(struct diary *d, char c)
{
	pthread_mutex_lock(&d->lock);
	if (d->len < sizeof(d->text) - 1)
		d->text[d->len++] = c;
	pthread_mutex_unlock(&d->lock);
}

struct task {
	struct worker *worker;
	struct diary *diary;
	char name;
	pthread_t ran_on, done_on;
	sigset_t mask;
	sem_t *wait, *ready;
	struct task *next; /* added by done */
};

static void
run(void *arg)
{
	struct task *t = arg;

	if (t->ready != NULL)
		sem_post(t->ready);
	if (t->wait != NULL)
		while (sem_wait(t->wait) < 0)
			;
	t->ran_on = pthread_self();
	pthread_sigmask(SIG_BLOCK, NULL, &t->mask);
	note(t->diary, t->name);
}

static void
done(void *arg)
{
	struct task *t = arg;

	t->done_on = pthread_self();
	note(t->diary, (char)(t->name - 'a' + 'A'));
	if (t->next != NULL)
		worker_add(t->worker, run, done, t->next);
}

static void
batch_begin(void *arg)
{
	note(arg, '(');
}

static void
batch_end(void *arg)
{
	note(arg, ')');
}

#define DIARY                                                                  \
	{                                                                      \
		.lock = PTHREAD_MUTEX_INITIALIZER                              \
	}

static void
test_order_and_threads(void **state)
{
	struct worker *w = worker_new(&(struct worker_config){.name = "test"});
	struct diary d = DIARY;
	struct task tasks[10];
	size_t i, at[2] = {0};

	(void)state;
	assert_int_equal(worker_pending(w), 0);
	assert_false(readable(w, 0));
	worker_dispatch(w);
	for (i = 0; i < COUNT(tasks); i++) {
		tasks[i] = (struct task){.diary = &d, .name = (char)('a' + i)};
		worker_add(w, run, done, &tasks[i]);
	}
	drain(w);
	assert_int_equal(d.len, 2 * COUNT(tasks));
	for (i = 0; i < d.len; i++) {
		if (d.text[i] >= 'a')
			assert_int_equal(d.text[i], 'a' + at[0]++);
		else
			assert_int_equal(d.text[i], 'A' + at[1]++);
	}
	for (i = 0; i < COUNT(tasks); i++) {
		assert_false(pthread_equal(tasks[i].ran_on, pthread_self()));
		assert_true(pthread_equal(tasks[i].done_on, pthread_self()));
	}
	worker_free(w);
}

static void
test_signals(void **state)
{
	static const int blocked[] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH,
	    SIGTSTP, SIGCONT, SIGCHLD, SIGPIPE, SIGALRM, SIGUSR1};
	static const int let_through[] = {
	    SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
	struct worker *w = worker_new(&(struct worker_config){.name = "test"});
	struct diary d = DIARY;
	struct task t = {.diary = &d, .name = 'a'};
	sigset_t before, after;
	size_t i;

	(void)state;
	pthread_sigmask(SIG_BLOCK, NULL, &before);
	worker_add(w, run, NULL, &t);
	pthread_sigmask(SIG_BLOCK, NULL, &after);
	drain(w);
	for (i = 0; i < COUNT(blocked); i++) {
		assert_true(sigismember(&t.mask, blocked[i]));
		assert_int_equal(sigismember(&before, blocked[i]),
		    sigismember(&after, blocked[i]));
	}
	for (i = 0; i < COUNT(let_through); i++)
		assert_false(sigismember(&t.mask, let_through[i]));
	worker_free(w);
}

/* The first job's completion comes while the second one still runs. */
static void
test_early_completion(void **state)
{
	struct worker *w = worker_new(&(struct worker_config){.name = "test"});
	struct diary d = DIARY;
	struct task tasks[3];
	sem_t gate, last_gate;
	size_t i;

	(void)state;
	sem_init(&gate, 0, 0);
	sem_init(&last_gate, 0, 0);
	for (i = 0; i < COUNT(tasks); i++)
		tasks[i] = (struct task){.diary = &d, .name = (char)('a' + i)};
	/* so that they are one batch, or the last two are */
	tasks[0].wait = &gate;
	tasks[2].wait = &last_gate;
	for (i = 0; i < COUNT(tasks); i++)
		worker_add(w, run, done, &tasks[i]);
	sem_post(&gate);
	while (worker_pending(w) > 1) {
		assert_true(readable(w, PATIENCE_MS));
		worker_dispatch(w);
	}
	assert_null(strchr(d.text, 'c'));
	assert_non_null(strchr(d.text, 'B'));
	assert_false(readable(w, 0));
	sem_post(&last_gate);
	drain(w);
	assert_non_null(strchr(d.text, 'C'));
	worker_free(w);
	sem_destroy(&gate);
	sem_destroy(&last_gate);
}

static void
test_batches(void **state)
{
	struct diary d = DIARY;
	struct worker_config config = {.name = "a name that is far too long",
	    .batch_begin = batch_begin,
	    .batch_end = batch_end,
	    .arg = &d};
	struct worker *w = worker_new(&config);
	struct task tasks[4];
	sem_t gate, ready;
	size_t i;

	(void)state;
	sem_init(&gate, 0, 0);
	sem_init(&ready, 0, 0);
	for (i = 0; i < COUNT(tasks); i++)
		tasks[i] = (struct task){.diary = &d, .name = (char)('a' + i)};
	tasks[0].wait = &gate;
	tasks[0].ready = &ready;
	worker_add(w, run, done, &tasks[0]);
	while (sem_wait(&ready) < 0)
		;
	for (i = 1; i < COUNT(tasks); i++)
		worker_add(w, run, done, &tasks[i]);
	assert_int_equal(worker_pending(w), COUNT(tasks));
	sem_post(&gate);
	/* not dispatched before everything has run, so the order is known */
	worker_free(w);
	assert_string_equal(d.text, "(a)(bcd)ABCD");
	sem_destroy(&gate);
	sem_destroy(&ready);
}

/* Nothing is complete before its batch has ended. */
static void
test_batch_posts_last(void **state)
{
	struct diary d = DIARY;
	struct worker_config config = {
	    .name = "test", .batch_end = batch_end, .arg = &d};
	struct worker *w = worker_new(&config);
	struct task tasks[50];
	const char *close;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(tasks); i++) {
		tasks[i] = (struct task){.diary = &d, .name = 'a'};
		worker_add(w, run, done, &tasks[i]);
	}
	drain(w);
	assert_true(strcspn(d.text, "A") > strcspn(d.text, ")"));
	close = strrchr(d.text, ')');
	assert_non_null(close);
	assert_true(strrchr(d.text, 'a') < close);
	assert_non_null(strchr(close, 'A'));
	worker_free(w);
}

static void
test_add_from_done(void **state)
{
	struct worker *w = worker_new(&(struct worker_config){.name = "test"});
	struct diary d = DIARY;
	struct task tasks[3];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(tasks); i++)
		tasks[i] = (struct task){
		    .worker = w, .diary = &d, .name = (char)('a' + i)};
	tasks[0].next = &tasks[1];
	tasks[1].next = &tasks[2];
	worker_add(w, run, done, &tasks[0]);
	drain(w);
	assert_string_equal(d.text, "aAbBcC");

	/* and on the way out, when the thread has gone already */
	memset(d.text, 0, sizeof(d.text));
	d.len = 0;
	worker_add(w, run, done, &tasks[0]);
	worker_free(w);
	assert_string_equal(d.text, "aAbBcC");
}

static void
test_free_finishes(void **state)
{
	struct worker *w = worker_new(&(struct worker_config){.name = "test"});
	struct diary d = DIARY;
	struct task tasks[20];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(tasks); i++) {
		tasks[i] = (struct task){.diary = &d, .name = 'a'};
		worker_add(w, run, done, &tasks[i]);
	}
	worker_free(w);
	assert_string_equal(d.text, "aaaaaaaaaaaaaaaaaaaaAAAAAAAAAAAAAAAAAAAA");
	worker_free(NULL);
	/* one that never had a job has no thread to join */
	worker_free(worker_new(&(struct worker_config){.name = "idle"}));
}

static void
test_many(void **state)
{
	enum { MANY = 20000 };
	struct worker *w = worker_new(&(struct worker_config){.name = "test"});
	struct diary d = DIARY;
	struct task t = {.diary = &d, .name = 'a'};
	size_t i;

	(void)state;
	for (i = 0; i < MANY; i++) {
		worker_add(w, run, i % 3 == 0 ? NULL : done, &t);
		if (i % 7 == 0)
			worker_dispatch(w);
	}
	drain(w);
	worker_free(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_signals),
	    cmocka_unit_test(test_order_and_threads),
	    cmocka_unit_test(test_early_completion),
	    cmocka_unit_test(test_batches),
	    cmocka_unit_test(test_batch_posts_last),
	    cmocka_unit_test(test_add_from_done),
	    cmocka_unit_test(test_free_finishes),
	    cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
