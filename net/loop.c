/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Watches live in an array of pointers, armed timers in a list ordered by
 * their time. A removed watch is only marked while a turn may still hold it,
 * and freed before the next poll(2). A watch that is added during a turn has
 * no revents yet, so that a descriptor number used again is never served an
 * answer meant for its predecessor.
 */
#include "net/loop.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/err.h"
#include "src/base/util.h"

struct watch {
	struct loop *loop;
	int fd;
	short events;
	short revents; /* this turn's answer of poll(2) */
	short again;   /* asked for by watch_again, for the next turn */
	short due;     /* the same, for this turn */
	bool removed;
	void (*ready)(void *arg, short revents);
	void *arg;
};

struct timer {
	struct loop *loop;
	struct timer *next;
	bool armed;
	uint64_t at_ms;
	uint64_t turn; /* in which it was armed */
	void (*fired)(void *arg);
	void *arg;
};

struct loop {
	struct watch **watches;
	struct pollfd *polled; /* one per watch, same index */
	size_t count, size;
	struct timer *timers; /* armed, the earliest first */
	uint64_t turn;
	void (*hook)(void *arg);
	void *hook_arg;
	bool stopped;
};

struct loop *
loop_new(void)
{
	return mem_zalloc(sizeof(struct loop));
}

static void
reap(struct loop *loop)
{
	size_t kept = 0;

	for (size_t i = 0; i < loop->count; i++) {
		if (loop->watches[i]->removed)
			free(loop->watches[i]);
		else
			loop->watches[kept++] = loop->watches[i];
	}
	loop->count = kept;
}

void
loop_free(struct loop *loop)
{
	if (!loop)
		return;
	reap(loop);
	free(loop->watches);
	free(loop->polled);
	free(loop);
}

struct watch *
loop_watch(struct loop *loop, int fd, short events,
    void (*ready)(void *arg, short revents), void *arg)
{
	struct watch *w = mem_zalloc(sizeof(*w));

	w->loop = loop;
	w->fd = fd;
	w->events = events;
	w->ready = ready;
	w->arg = arg;
	if (loop->count == loop->size) {
		loop->size = loop->size ? loop->size * 2 : 16;
		loop->watches = mem_realloc(
		    loop->watches, loop->size * sizeof(struct watch *));
		loop->polled = mem_realloc(
		    loop->polled, loop->size * sizeof(struct pollfd));
	}
	loop->watches[loop->count++] = w;
	return w;
}

void
watch_events(struct watch *w, short events)
{
	w->events = events;
}

void
watch_again(struct watch *w, short revents)
{
	w->again = (short)(w->again | revents);
}

void
watch_remove(struct watch *w)
{
	if (w)
		w->removed = true;
}

struct timer *
loop_timer(struct loop *loop, void (*fired)(void *arg), void *arg)
{
	struct timer *t = mem_zalloc(sizeof(*t));

	t->loop = loop;
	t->fired = fired;
	t->arg = arg;
	return t;
}

void
timer_arm(struct timer *t, uint64_t at_ms)
{
	struct timer **at;

	timer_disarm(t);
	at = &t->loop->timers;
	while (*at && (*at)->at_ms <= at_ms)
		at = &(*at)->next;
	t->next = *at;
	*at = t;
	t->armed = true;
	t->at_ms = at_ms;
	t->turn = t->loop->turn;
}

void
timer_disarm(struct timer *t)
{
	struct timer **at = &t->loop->timers;

	if (!t->armed)
		return;
	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	t->armed = false;
}

bool
timer_is_armed(const struct timer *t)
{
	return t->armed;
}

void
timer_remove(struct timer *t)
{
	if (!t)
		return;
	timer_disarm(t);
	free(t);
}

void
loop_before_sleep(struct loop *loop, void (*hook)(void *arg), void *arg)
{
	loop->hook = hook;
	loop->hook_arg = arg;
}

static bool
again_wanted(const struct loop *loop)
{
	for (size_t i = 0; i < loop->count; i++)
		if (loop->watches[i]->again)
			return true;
	return false;
}

/* How long poll(2) may sleep, in milliseconds; -1 for ever. */
static int
sleep_bound(const struct loop *loop, int max_ms)
{
	uint64_t now, left;

	if (loop->stopped)
		return 0;
	if (again_wanted(loop))
		return 0;
	if (!loop->timers)
		return max_ms;
	now = clock_mono_ms();
	if (loop->timers->at_ms <= now)
		return 0;
	left = loop->timers->at_ms - now;
	if (left > INT_MAX)
		left = INT_MAX;
	return max_ms >= 0 && (uint64_t)max_ms < left ? max_ms : (int)left;
}

/* Sleep, then leave in every watch what it has to be told this turn. */
static void
wait_for_events(struct loop *loop, int timeout)
{
	size_t count = loop->count;
	int n;

	for (size_t i = 0; i < count; i++) {
		struct watch *w = loop->watches[i];

		/* poll(2) passes over negative descriptors. */
		loop->polled[i].fd = w->events ? w->fd : -1;
		loop->polled[i].events = w->events;
		loop->polled[i].revents = 0;
	}
	n = poll(loop->polled, (nfds_t)count, timeout);
	if (n < 0 && errno != EINTR && errno != EAGAIN)
		fatal("poll: %s", strerror(errno));
	for (size_t i = 0; i < count; i++) {
		struct watch *w = loop->watches[i];

		w->revents = n > 0 ? loop->polled[i].revents : (short)0;
		w->due = w->again;
		w->again = 0;
	}
}

/* Those that had to wait for a second helping (due) come last. */
static void
run_watches(struct loop *loop, bool due)
{
	size_t count = loop->count; /* not those that are added meanwhile */

	for (size_t i = 0; i < count; i++) {
		struct watch *w = loop->watches[i];
		short told = w->due;

		if (w->removed || (w->due != 0) != due)
			continue;
		/* An earlier callback may have changed what it asks for. */
		if (w->events)
			told = (short)(told |
				       (w->revents & (w->events | POLLERR |
							 POLLHUP | POLLNVAL)));
		w->due = 0;
		w->revents = 0;
		if (told)
			w->ready(w->arg, told);
	}
}

/* The next timer whose time has come, unless it was armed by this round. */
static struct timer *
next_due(const struct loop *loop, uint64_t now)
{
	struct timer *t;

	for (t = loop->timers; t && t->at_ms <= now; t = t->next)
		if (t->turn != loop->turn)
			return t;
	return NULL;
}

static void
run_timers(struct loop *loop)
{
	uint64_t now = clock_mono_ms();
	struct timer *t;

	loop->turn++;
	while ((t = next_due(loop, now))) {
		timer_disarm(t);
		t->fired(t->arg); /* may have freed t */
	}
}

/*
 * The hook, and what it alone asked for with watch_again: a message queued
 * there leaves before the sleep, without a poll(2) in between.
 */
static void
prepare(struct loop *loop)
{
	bool pending = again_wanted(loop);

	if (!loop->hook)
		return;
	loop->hook(loop->hook_arg);
	if (pending || !again_wanted(loop))
		return;
	for (size_t i = 0; i < loop->count; i++) {
		struct watch *w = loop->watches[i];

		w->revents = 0;
		w->due = w->again;
		w->again = 0;
	}
	run_watches(loop, true);
	loop->hook(loop->hook_arg);
}

void
loop_turn(struct loop *loop, int max_ms)
{
	prepare(loop);
	reap(loop);
	wait_for_events(loop, sleep_bound(loop, max_ms));
	run_watches(loop, false);
	run_watches(loop, true);
	run_timers(loop);
}

void
loop_run(struct loop *loop)
{
	while (!loop->stopped)
		loop_turn(loop, -1);
	loop->stopped = false;
}

void
loop_stop(struct loop *loop)
{
	loop->stopped = true;
}
