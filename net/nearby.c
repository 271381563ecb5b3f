/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/nearby.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "net/nearby_thread.h"
#include "src/base/err.h"
#include "src/base/i18n.h"
#include "src/base/util.h"

/*
 * So long may the end take. A thread that waits for a daemon that hangs is
 * left behind: when the program ends the daemon takes back what it said.
 */
enum { LEAVE_MS = 300 };

struct nearby {
	struct nearby_config config;
	struct nearby_post *post; /* NULL: built without */
	struct watch *watch;
	pthread_t thread;
	enum nearby_state state;
	struct sighting *sightings;
	size_t count;
};

static void
must(int r)
{
	if (r != 0)
		fatal("nearby: error %d", r);
}

static void
lock(struct nearby_post *post)
{
	must(pthread_mutex_lock(&post->lock));
}

static void
unlock(struct nearby_post *post)
{
	must(pthread_mutex_unlock(&post->lock));
}

static void
open_pipe(int ends[2])
{
	if (pipe(ends) < 0)
		fatal("%s", _("too many files are open"));
	for (int i = 0; i < 2; i++) {
		if (fcntl(ends[i], F_SETFD, FD_CLOEXEC) < 0 ||
		    fcntl(ends[i], F_SETFL, O_NONBLOCK) < 0)
			fatal("nearby: cannot prepare a pipe");
	}
}

/* A full pipe wakes as well. */
static void
wake(int fd)
{
	if (write(fd, "", 1) < 0 && errno != EAGAIN && errno != EINTR)
		fatal("nearby: cannot wake");
}

static void
drain(int fd)
{
	char bytes[64];

	while (read(fd, bytes, sizeof(bytes)) > 0)
		continue;
}

static struct nearby_post *
post_new(const struct nearby_self *self)
{
	struct nearby_post *post = mem_zalloc(sizeof(*post));

	open_pipe(post->to_thread);
	open_pipe(post->to_loop);
	must(pthread_mutex_init(&post->lock, NULL));
	must(pthread_cond_init(&post->over, NULL));
	post->users = 2;
	post->orders.self = *self;
	post->ordered = true;
	return post;
}

static void
post_leave(struct nearby_post *post)
{
	bool last;

	lock(post);
	last = --post->users == 0;
	unlock(post);
	if (!last)
		return;
	for (int i = 0; i < 2; i++) {
		close(post->to_thread[i]);
		close(post->to_loop[i]);
	}
	must(pthread_mutex_destroy(&post->lock));
	must(pthread_cond_destroy(&post->over));
	free(post->orders.keys);
	free(post->sightings);
	free(post);
}

bool
nearby_fetch(struct nearby_post *post, struct nearby_orders *orders)
{
	bool new;

	drain(post->to_thread[0]);
	lock(post);
	new = post->ordered;
	if (new) {
		*orders = post->orders;
		orders->keys = mem_dup(post->orders.keys,
		    post->orders.key_count * sizeof(*post->orders.keys));
		post->ordered = false;
		post->orders.hurry = false;
	}
	unlock(post);
	return new;
}

void
nearby_deliver(struct nearby_post *post, enum nearby_state state,
    struct sighting *sightings, size_t count)
{
	lock(post);
	free(post->sightings);
	post->sightings = sightings;
	post->count = count;
	post->state = state;
	unlock(post);
	wake(post->to_loop[1]);
}

static void *
thread_main(void *arg)
{
	struct nearby_post *post = arg;

#ifdef __linux__
	pthread_setname_np(pthread_self(), "charla-nearby");
#endif
	nearby_run(post);
	lock(post);
	post->ended = true;
	must(pthread_cond_signal(&post->over));
	unlock(post);
	post_leave(post);
	return NULL;
}

/* Signals are the first thread's, but for those of a crash. */
static void
start(struct nearby *n)
{
	static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
	sigset_t blocked, before;
	int r;

	sigfillset(&blocked);
	for (size_t i = 0; i < COUNT(crashes); i++)
		sigdelset(&blocked, crashes[i]);
	must(pthread_sigmask(SIG_SETMASK, &blocked, &before));
	r = pthread_create(&n->thread, NULL, thread_main, n->post);
	must(pthread_sigmask(SIG_SETMASK, &before, NULL));
	if (r != 0)
		fatal("%s", _("the system lets us start no more threads"));
}

static void
on_post(void *arg, short revents)
{
	struct nearby *n = arg;

	(void)revents;
	drain(n->post->to_loop[0]);
	free(n->sightings);
	lock(n->post);
	n->state = n->post->state;
	n->sightings = n->post->sightings;
	n->count = n->post->count;
	n->post->sightings = NULL;
	n->post->count = 0;
	unlock(n->post);
	n->config.changed(n->config.arg);
}

struct nearby *
nearby_new(const struct nearby_config *config)
{
	struct nearby *n = mem_zalloc(sizeof(*n));

	n->config = *config;
	if (!nearby_is_built()) {
		n->state = NEARBY_UNBUILT;
		return n;
	}
	n->post = post_new(&config->self);
	n->watch =
	    loop_watch(config->loop, n->post->to_loop[0], POLLIN, on_post, n);
	start(n);
	return n;
}

/* True where the thread has come to its end. */
static bool
wait_for_end(struct nearby_post *post)
{
	struct timespec until;
	bool ended;
	int r = 0;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += LEAVE_MS * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	lock(post);
	post->orders.stop = true;
	post->ordered = true;
	wake(post->to_thread[1]);
	while (!post->ended && r != ETIMEDOUT)
		r = pthread_cond_timedwait(&post->over, &post->lock, &until);
	ended = post->ended;
	unlock(post);
	return ended;
}

void
nearby_free(struct nearby *n)
{
	if (n == NULL)
		return;
	if (n->post != NULL) {
		watch_remove(n->watch);
		if (wait_for_end(n->post))
			must(pthread_join(n->thread, NULL));
		else
			must(pthread_detach(n->thread));
		post_leave(n->post);
	}
	free(n->sightings);
	free(n);
}

void
nearby_announce(struct nearby *n, const struct nearby_self *self)
{
	if (n->post == NULL)
		return;
	lock(n->post);
	n->post->orders.self = *self;
	n->post->ordered = true;
	unlock(n->post);
	wake(n->post->to_thread[1]);
}

void
nearby_know(struct nearby *n, const struct fingerprint *keys, size_t count)
{
	struct nearby_orders *orders;

	if (n->post == NULL)
		return;
	if (count > NEARBY_KEYS_MAX)
		count = NEARBY_KEYS_MAX;
	lock(n->post);
	orders = &n->post->orders;
	free(orders->keys);
	orders->keys = mem_dup(keys, count * sizeof(*keys));
	orders->key_count = count;
	n->post->ordered = true;
	unlock(n->post);
	wake(n->post->to_thread[1]);
}

void
nearby_hurry(struct nearby *n)
{
	if (n == NULL || n->post == NULL)
		return;
	lock(n->post);
	n->post->orders.hurry = true;
	n->post->ordered = true;
	unlock(n->post);
	wake(n->post->to_thread[1]);
}

enum nearby_state
nearby_state(const struct nearby *n)
{
	return n->state;
}

const struct sighting *
nearby_look(const struct nearby *n, size_t *count)
{
	*count = n->count;
	return n->sightings;
}
