/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One client at a time. Where Avahi stops, the client says so and is made
 * anew: it waits by itself until the daemon is back. Without a system bus
 * there is no client at all, and that is tried again, more and more seldom.
 */
#include "net/nearby_avahi.h"

#ifdef CHARLA_AVAHI
#include <avahi-common/error.h>
#include <poll.h>
#include <stdlib.h>

#include "net/nearby_poll.h"
#include "src/base/log.h"
#include "src/base/util.h"

enum { RETRY_FIRST_MS = 2000, RETRY_MAX_MS = 5 * 60 * 1000 };

struct side {
	struct nearby_post *post;
	struct loop *loop;
	AvahiPoll *poll;
	AvahiClient *client;
	AvahiClientState state;
	bool absent; /* a client came to nothing, or waits for the daemon */
	struct timer *retry, *tell;
	unsigned retry_ms;
	struct nearby_browse *browse;
	struct nearby_publish *publish;
};

static enum nearby_state
state_of(const struct side *s)
{
	if (s->absent)
		return NEARBY_ABSENT;
	if (s->client == NULL)
		return NEARBY_STARTING;
	return nearby_browse_settled(s->browse) ? NEARBY_READY : NEARBY_LOOKING;
}

static void
on_tell(void *arg)
{
	struct side *s = arg;
	size_t count;
	struct sighting *sightings = nearby_browse_look(s->browse, &count);

	nearby_deliver(s->post, state_of(s), sightings, count);
}

/* Many changes close by are told once. */
static void
tell(void *arg)
{
	struct side *s = arg;

	if (!timer_is_armed(s->tell))
		timer_arm(s->tell, clock_mono_ms() + NEARBY_TOLD_MS);
}

/* Not from inside of its own callback: once it has returned. */
static void
start_over(struct side *s, unsigned wait_ms)
{
	timer_arm(s->retry, clock_mono_ms() + wait_ms);
}

static void
on_client(AvahiClient *client, AvahiClientState state, void *arg)
{
	struct side *s = arg;

	log_debug("nearby: client state %d, %s", (int)state,
	    avahi_strerror(avahi_client_errno(client)));
	s->state = state;
	s->absent =
	    state == AVAHI_CLIENT_CONNECTING || state == AVAHI_CLIENT_FAILURE;
	nearby_publish_client(
	    s->publish, state == AVAHI_CLIENT_S_RUNNING ? client : NULL);
	nearby_browse_client(s->browse, s->absent ? NULL : client);
	if (state == AVAHI_CLIENT_FAILURE)
		start_over(s, 0);
	tell(s);
}

static void
client_end(struct side *s)
{
	nearby_publish_client(s->publish, NULL);
	nearby_browse_client(s->browse, NULL);
	if (s->client != NULL)
		avahi_client_free(s->client);
	s->client = NULL;
}

/* Also the timer's: a client that failed makes room for another one. */
static void
client_start(void *arg)
{
	struct side *s = arg;
	int error = 0;

	client_end(s);
	s->client = avahi_client_new(
	    s->poll, AVAHI_CLIENT_NO_FAIL, on_client, s, &error);
	if (s->client != NULL) {
		s->retry_ms = RETRY_FIRST_MS;
		tell(s);
		return;
	}
	log_debug("nearby: no client: %s", avahi_strerror(error));
	s->absent = true;
	start_over(s, s->retry_ms);
	s->retry_ms =
	    s->retry_ms * 2 < RETRY_MAX_MS ? s->retry_ms * 2 : RETRY_MAX_MS;
	tell(s);
}

static void
on_orders(void *arg, short revents)
{
	struct side *s = arg;
	struct nearby_orders orders;

	(void)revents;
	if (!nearby_fetch(s->post, &orders))
		return;
	nearby_browse_know(s->browse, &orders);
	nearby_publish_self(s->publish, &orders.self);
	free(orders.keys);
	if (orders.stop)
		loop_stop(s->loop);
	else if (orders.hurry && s->client == NULL)
		client_start(s);
}

void
nearby_run(struct nearby_post *post)
{
	struct side s = {.post = post, .retry_ms = RETRY_FIRST_MS};
	struct watch *watch;

	s.loop = loop_new();
	s.poll = nearby_poll_new(s.loop);
	s.retry = loop_timer(s.loop, client_start, &s);
	s.tell = loop_timer(s.loop, on_tell, &s);
	s.browse = nearby_browse_new(s.loop, tell, &s);
	s.publish = nearby_publish_new(s.loop);
	watch = loop_watch(s.loop, post->to_thread[0], POLLIN, on_orders, &s);
	on_orders(&s, 0);
	client_start(&s);
	loop_run(s.loop);
	client_end(&s);
	watch_remove(watch);
	nearby_browse_free(s.browse);
	nearby_publish_free(s.publish);
	timer_remove(s.retry);
	timer_remove(s.tell);
	nearby_poll_free(s.poll);
	loop_free(s.loop);
}

bool
nearby_is_built(void)
{
	return true;
}

#else
void
nearby_run(struct nearby_post *post)
{
	(void)post;
}

bool
nearby_is_built(void)
{
	return false;
}
#endif
