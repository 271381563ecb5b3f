/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/nearby_poll.h"

#ifdef CHARLA_AVAHI
#include <stdlib.h>
#include <sys/time.h>

#include "src/base/util.h"

struct AvahiWatch {
	struct watch *watch;
	int fd;
	short revents; /* of the call that is under way */
	AvahiWatchCallback call;
	void *arg;
};

struct AvahiTimeout {
	struct timer *timer;
	AvahiTimeoutCallback call;
	void *arg;
};

/* The callback may free the watch. */
static void
on_ready(void *arg, short revents)
{
	AvahiWatch *w = arg;

	w->revents = revents;
	w->call(w, w->fd, (AvahiWatchEvent)revents, w->arg);
}

static AvahiWatch *
watch_new(const AvahiPoll *api, int fd, AvahiWatchEvent events,
    AvahiWatchCallback call, void *arg)
{
	AvahiWatch *w = mem_zalloc(sizeof(*w));

	w->fd = fd;
	w->call = call;
	w->arg = arg;
	w->watch = loop_watch(api->userdata, fd, (short)events, on_ready, w);
	return w;
}

static void
watch_update(AvahiWatch *w, AvahiWatchEvent events)
{
	watch_events(w->watch, (short)events);
}

static AvahiWatchEvent
watch_get_events(AvahiWatch *w)
{
	return (AvahiWatchEvent)w->revents;
}

static void
watch_free(AvahiWatch *w)
{
	watch_remove(w->watch);
	free(w);
}

/* Avahi counts on the clock of the wall, the loop on one that never jumps. */
static void
arm(struct timer *timer, const struct timeval *when)
{
	int64_t wait_ms;

	if (when == NULL) {
		timer_disarm(timer);
		return;
	}
	wait_ms = (int64_t)when->tv_sec * 1000 + (when->tv_usec + 999) / 1000 -
		  clock_utc_ms();
	timer_arm(
	    timer, clock_mono_ms() + (wait_ms > 0 ? (uint64_t)wait_ms : 0));
}

static void
on_time(void *arg)
{
	AvahiTimeout *t = arg;

	t->call(t, t->arg);
}

static AvahiTimeout *
timeout_new(const AvahiPoll *api, const struct timeval *when,
    AvahiTimeoutCallback call, void *arg)
{
	AvahiTimeout *t = mem_zalloc(sizeof(*t));

	t->call = call;
	t->arg = arg;
	t->timer = loop_timer(api->userdata, on_time, t);
	arm(t->timer, when);
	return t;
}

static void
timeout_update(AvahiTimeout *t, const struct timeval *when)
{
	arm(t->timer, when);
}

static void
timeout_free(AvahiTimeout *t)
{
	timer_remove(t->timer);
	free(t);
}

AvahiPoll *
nearby_poll_new(struct loop *loop)
{
	AvahiPoll *poll = mem_zalloc(sizeof(*poll));

	*poll = (AvahiPoll){
	    .userdata = loop,
	    .watch_new = watch_new,
	    .watch_update = watch_update,
	    .watch_get_events = watch_get_events,
	    .watch_free = watch_free,
	    .timeout_new = timeout_new,
	    .timeout_update = timeout_update,
	    .timeout_free = timeout_free,
	};
	return poll;
}

void
nearby_poll_free(AvahiPoll *poll)
{
	free(poll);
}
#endif
