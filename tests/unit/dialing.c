/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/dialing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/util.h"

enum { PATIENCE_MS = 60 * 1000 };

static void
on_event(void *arg, const struct dial_event *event)
{
	struct dialing *s = arg;

	switch (event->type) {
	case DIAL_TRYING:
		s->last = 't';
		break;
	case DIAL_CONNECTED:
		s->last = 'c';
		assert_true(event->fd >= 0);
		assert_int_equal(s->fd, -1);
		s->fd = event->fd;
		snprintf(s->address, sizeof(s->address), "%s", event->address);
		break;
	case DIAL_WAITING:
		s->last = 'w';
		assert_true(s->count[DIAL_WAITING] < DIALING_WAITS_MAX);
		s->waits[s->count[DIAL_WAITING]] = event->retry_ms;
		snprintf(s->why, sizeof(s->why), "%s", event->why);
		break;
	}
	s->count[event->type]++;
	if (s->free_inside) {
		dial_free(s->dial);
		s->dial = NULL;
	} else if (s->hurry && event->type == DIAL_WAITING) {
		dial_now(s->dial);
	}
}

static void
on_worker(void *arg, short revents)
{
	(void)revents;
	worker_dispatch(arg);
}

int
dialing_set_up(void **state)
{
	struct worker_config config = {.name = "resolver"};
	struct dialing *s = mem_zalloc(sizeof(*s));

	s->fd = s->gate[0] = s->gate[1] = -1;
	s->loop = loop_new();
	s->resolver = worker_new(&config);
	s->watch = loop_watch(
	    s->loop, worker_fd(s->resolver), POLLIN, on_worker, s->resolver);
	*state = s;
	return 0;
}

int
dialing_tear_down(void **state)
{
	struct dialing *s = *state;

	dialing_hang_up(s);
	dialing_free_resolver(s);
	watch_remove(s->watch);
	worker_free(s->resolver);
	loop_free(s->loop);
	free(s);
	return 0;
}

void
dialing_call_later(
    struct dialing *s, const char *host, uint16_t port, uint64_t delay_ms)
{
	struct dial_config config = {.loop = s->loop,
	    .resolver = s->resolver,
	    .target = {.port = port},
	    .delay_ms = delay_ms,
	    .on_event = on_event,
	    .arg = s};

	snprintf(config.target.host, sizeof(config.target.host), "%s", host);
	s->dial = dial_new(&config);
	assert_string_equal(dial_target(s->dial)->host, host);
	assert_int_equal(s->last, 0); /* events come from the loop */
}

void
dialing_call(struct dialing *s, const char *host, uint16_t port)
{
	dialing_call_later(s, host, port, 0);
}

void
dialing_hang_up(struct dialing *s)
{
	dial_free(s->dial);
	s->dial = NULL;
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	s->last = 0;
}

static void
hang(void *arg)
{
	const struct dialing *s = arg;
	char byte;

	(void)!read(s->gate[0], &byte, 1);
}

void
dialing_hang_resolver(struct dialing *s)
{
	assert_int_equal(pipe(s->gate), 0);
	worker_add(s->resolver, hang, NULL, s);
}

void
dialing_free_resolver(struct dialing *s)
{
	uint64_t end = clock_mono_ms() + PATIENCE_MS;

	if (s->gate[0] < 0)
		return;
	close(s->gate[1]);
	while (worker_pending(s->resolver) > 0 && clock_mono_ms() < end)
		loop_turn(s->loop, 100);
	close(s->gate[0]);
	s->gate[0] = s->gate[1] = -1;
}

void
dialing_until(struct dialing *s, enum dial_event_type type, unsigned count)
{
	uint64_t end = clock_mono_ms() + PATIENCE_MS;

	while (s->count[type] < count) {
		loop_turn(s->loop, 100);
		if (clock_mono_ms() > end)
			fail_msg("nothing more happens: %s", s->why);
	}
}

uint16_t
dialing_listen(const char *host, uint16_t port, int *fd)
{
	struct sockaddr_storage at;
	socklen_t len = sizeof(at);
	struct reason why;
	int fds[SOCK_LISTEN_MAX];

	if (sock_listen(host, port, fds, &why) != 1)
		return 0;
	*fd = fds[0];
	assert_int_equal(getsockname(*fd, (struct sockaddr *)&at, &len), 0);
	return ntohs(at.ss_family == AF_INET6
			 ? ((struct sockaddr_in6 *)&at)->sin6_port
			 : ((struct sockaddr_in *)&at)->sin_port);
}
