/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/dial.h"

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

enum { PATIENCE_MS = 60 * 1000, WAITS_MAX = 16 };

struct scene {
	struct loop *loop;
	struct worker *resolver;
	struct watch *watch;
	struct dial *dial;
	int fd;
	char address[SOCK_TEXT_MAX];
	char why[512];
	uint64_t waits[WAITS_MAX];
	unsigned count[DIAL_WAITING + 1];
	char last;
	bool free_inside;
	bool hurry; /* do not wait for the next try */
};

static void
on_event(void *arg, const struct dial_event *event)
{
	struct scene *s = arg;

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
		assert_true(s->count[DIAL_WAITING] < WAITS_MAX);
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

static int
set_up(void **state)
{
	struct worker_config config = {.name = "resolver"};
	struct scene *s = mem_zalloc(sizeof(*s));

	s->fd = -1;
	s->loop = loop_new();
	s->resolver = worker_new(&config);
	s->watch = loop_watch(
	    s->loop, worker_fd(s->resolver), POLLIN, on_worker, s->resolver);
	*state = s;
	return 0;
}

static int
tear_down(void **state)
{
	struct scene *s = *state;

	dial_free(s->dial);
	watch_remove(s->watch);
	worker_free(s->resolver);
	loop_free(s->loop);
	if (s->fd >= 0)
		close(s->fd);
	free(s);
	return 0;
}

static void
call(struct scene *s, const char *host, uint16_t port)
{
	struct dial_config config = {.loop = s->loop,
	    .resolver = s->resolver,
	    .target = {.port = port},
	    .on_event = on_event,
	    .arg = s};

	snprintf(config.target.host, sizeof(config.target.host), "%s", host);
	s->dial = dial_new(&config);
	assert_string_equal(dial_target(s->dial)->host, host);
	assert_int_equal(s->last, 0); /* events come from the loop */
}

static void
until(struct scene *s, enum dial_event_type type, unsigned count)
{
	uint64_t end = clock_mono_ms() + PATIENCE_MS;

	while (s->count[type] < count) {
		loop_turn(s->loop, 100);
		if (clock_mono_ms() > end)
			fail_msg("nothing more happens: %s", s->why);
	}
}

static uint16_t
listen_at(const char *host, uint16_t port, int *fd)
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

static void
test_connects(void **state)
{
	struct scene *s = *state;
	int fd;
	uint16_t port = listen_at("127.0.0.1", 0, &fd);
	struct address from;
	int callee;

	call(s, "127.0.0.1", port);
	until(s, DIAL_CONNECTED, 1);
	assert_int_equal(s->count[DIAL_TRYING], 1);
	assert_int_equal(s->count[DIAL_WAITING], 0);
	assert_string_equal(s->address, "127.0.0.1");
	callee = sock_accept(fd, &from);
	assert_true(callee >= 0);
	/* It rests, and takes no hint. */
	dial_now(s->dial);
	loop_turn(s->loop, 20);
	assert_int_equal(s->count[DIAL_TRYING], 1);
	close(callee);
	close(fd);
}

/* Nobody is there, then somebody is. */
static void
test_refused_then_there(void **state)
{
	struct scene *s = *state;
	int fd;
	uint16_t port = listen_at("127.0.0.1", 0, &fd);

	close(fd);
	call(s, "127.0.0.1", port);
	until(s, DIAL_WAITING, 1);
	assert_string_equal(s->why, "connection refused");
	assert_int_equal(s->waits[0], DIAL_RETRY_FIRST_MS);
	assert_int_equal(listen_at("127.0.0.1", port, &fd), port);
	until(s, DIAL_CONNECTED, 1);
	assert_int_equal(s->count[DIAL_TRYING], 2);
	close(fd);
}

/* 1, 2, 4, 8, 10, 10 seconds, and from the start when it had worked. */
static void
test_waits_grow(void **state)
{
	static const uint64_t waits[] = {1000, 2000, 4000, 8000, 10000, 10000};
	struct scene *s = *state;
	int fd;
	uint16_t port = listen_at("127.0.0.1", 0, &fd);

	close(fd);
	s->hurry = true;
	call(s, "127.0.0.1", port);
	until(s, DIAL_WAITING, COUNT(waits));
	for (size_t i = 0; i < COUNT(waits); i++)
		assert_int_equal(s->waits[i], waits[i]);
	assert_int_equal(listen_at("127.0.0.1", port, &fd), port);
	until(s, DIAL_CONNECTED, 1);
	close(s->fd);
	s->fd = -1;
	s->hurry = false;
	dial_retry(s->dial, "busy", false);
	assert_int_equal(s->last, 'c'); /* told by the loop only */
	until(s, DIAL_WAITING, 7);
	assert_int_equal(s->waits[6], 10000);
	assert_string_equal(s->why, "busy");
	dial_now(s->dial);
	until(s, DIAL_CONNECTED, 2);
	close(s->fd);
	s->fd = -1;
	dial_retry(s->dial, "lost", true);
	until(s, DIAL_WAITING, 8);
	assert_int_equal(s->waits[7], 1000);
	assert_string_equal(s->why, "lost");
	until(s, DIAL_CONNECTED, 3);
	close(fd);
}

static void
test_no_such_name(void **state)
{
	struct scene *s = *state;

	call(s, "name.invalid", 1);
	until(s, DIAL_WAITING, 1);
	assert_non_null(strstr(s->why, "'name.invalid'"));
	assert_int_equal(s->count[DIAL_CONNECTED], 0);
}

/* localhost over both families: a dead one does not hide the other. */
static void
test_other_family(void **state)
{
	static const char *const listeners[] = {"127.0.0.1", "::1"};
	struct target both = {"localhost", 1};
	struct address_list found;
	struct reason why;

	(void)state;
	assert_int_equal(sock_resolve(&both, &found, &why), 0);
	for (size_t i = 0; i < COUNT(listeners); i++) {
		struct scene *s;
		void *own;
		int fd;
		uint16_t port = listen_at(listeners[i], 0, &fd);
		bool named = false;

		for (size_t k = 0; k < found.count; k++) {
			char text[SOCK_TEXT_MAX];

			address_text(&found.list[k], text);
			named |= strcmp(text, listeners[i]) == 0;
		}
		if (port == 0 || !named) {
			if (port)
				close(fd);
			continue;
		}
		set_up(&own);
		s = own;
		call(s, "localhost", port);
		until(s, DIAL_CONNECTED, 1);
		assert_string_equal(s->address, listeners[i]);
		tear_down(&own);
		close(fd);
	}
}

static void
test_free_inside(void **state)
{
	struct scene *s = *state;
	int fd;
	uint16_t port = listen_at("127.0.0.1", 0, &fd);

	/* At DIAL_TRYING, with the lookup under way. */
	s->free_inside = true;
	call(s, "127.0.0.1", port);
	until(s, DIAL_TRYING, 1);
	assert_null(s->dial);
	/* At DIAL_CONNECTED. */
	s->free_inside = false;
	s->last = 0;
	call(s, "127.0.0.1", port);
	until(s, DIAL_TRYING, 2);
	s->free_inside = true;
	until(s, DIAL_CONNECTED, 1);
	assert_null(s->dial);
	close(fd);
	/* At DIAL_WAITING. */
	s->free_inside = false;
	s->last = 0;
	call(s, "127.0.0.1", port);
	until(s, DIAL_TRYING, 3);
	s->free_inside = true;
	until(s, DIAL_WAITING, 1);
	assert_null(s->dial);
	loop_turn(s->loop, 20);
}

/* Gone before, during and after the lookup: no event, no leak. */
static void
test_free_any_time(void **state)
{
	struct scene *s = *state;
	int fd;
	uint16_t port = listen_at("127.0.0.1", 0, &fd);

	for (int turns = 0; turns < 6; turns++) {
		unsigned before;

		s->last = 0;
		call(s, "localhost", port);
		for (int i = 0; i < turns && s->fd < 0; i++)
			loop_turn(s->loop, 5);
		dial_free(s->dial);
		s->dial = NULL;
		before = s->count[DIAL_TRYING] + s->count[DIAL_CONNECTED];
		for (int i = 0; i < 5; i++)
			loop_turn(s->loop, 5);
		assert_int_equal(
		    before, s->count[DIAL_TRYING] + s->count[DIAL_CONNECTED]);
		if (s->fd >= 0)
			close(s->fd);
		s->fd = -1;
	}
	dial_free(NULL);
	close(fd);
}

/* Asked to start over in the middle of a try. */
static void
test_retry_in_between(void **state)
{
	struct scene *s = *state;
	int fd;
	uint16_t port = listen_at("127.0.0.1", 0, &fd);

	call(s, "127.0.0.1", port);
	until(s, DIAL_TRYING, 1);
	dial_retry(s->dial, "another way", false);
	until(s, DIAL_WAITING, 1);
	assert_string_equal(s->why, "another way");
	assert_int_equal(s->count[DIAL_CONNECTED], 0);
	dial_now(s->dial);
	until(s, DIAL_CONNECTED, 1);
	close(fd);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(test_connects),
	    CASE(test_refused_then_there),
	    CASE(test_waits_grow),
	    CASE(test_no_such_name),
	    cmocka_unit_test(test_other_family),
	    CASE(test_free_inside),
	    CASE(test_free_any_time),
	    CASE(test_retry_in_between),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
