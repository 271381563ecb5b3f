/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One person at any of several addresses: each that connects is told, and its
 * owner says which one it was.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/dial.h"
#include "src/base/util.h"
#include "tests/unit/dialing.h"

enum { THERE_MAX = 8 };

struct several {
	struct loop *loop;
	struct dial *dial;
	struct address_list at;
	int listeners[THERE_MAX];
	size_t count;
	unsigned tries, connected, waits;
	uint16_t ports[THERE_MAX]; /* that connected */
	int fds[THERE_MAX];
	char why[512];
};

static void
on_event(void *arg, const struct dial_event *event)
{
	struct several *s = arg;

	switch (event->type) {
	case DIAL_TRYING:
		s->tries++;
		break;
	case DIAL_CONNECTED:
		assert_true(s->connected < THERE_MAX);
		assert_string_equal(event->address, "127.0.0.1");
		s->ports[s->connected] = event->port;
		s->fds[s->connected++] = event->fd;
		break;
	case DIAL_WAITING:
		s->waits++;
		snprintf(s->why, sizeof(s->why), "%s", event->why);
		break;
	}
}

/* One more address, where somebody listens, or nobody. */
static uint16_t
add(struct several *s, bool listens)
{
	struct target target = {.host = "127.0.0.1"};
	struct address a;
	int fd;

	target.port = dialing_listen("127.0.0.1", 0, &fd);
	assert_int_not_equal(target.port, 0);
	assert_true(address_of(&target, &a));
	address_add(&s->at, &a);
	if (listens)
		s->listeners[s->count++] = fd;
	else
		close(fd);
	return target.port;
}

static void
call(struct several *s)
{
	struct dial_config config = {.loop = s->loop,
	    .addresses = &s->at,
	    .on_event = on_event,
	    .arg = s};

	s->dial = dial_new(&config);
}

static void
until(struct several *s, const unsigned *what, unsigned count)
{
	uint64_t end_ms = clock_mono_ms() + 60 * 1000;

	while (*what < count) {
		assert_true(clock_mono_ms() < end_ms);
		loop_turn(s->loop, 100);
	}
}

static int
set_up(void **state)
{
	struct several *s = mem_zalloc(sizeof(*s));

	s->loop = loop_new();
	*state = s;
	return 0;
}

static int
tear_down(void **state)
{
	struct several *s = *state;

	dial_free(s->dial);
	for (size_t i = 0; i < s->count; i++)
		close(s->listeners[i]);
	for (size_t i = 0; i < s->connected; i++)
		close(s->fds[i]);
	loop_free(s->loop);
	free(s);
	return 0;
}

/* Who proves it is taken, and nobody else is bothered. */
static void
test_take(void **state)
{
	struct several *s = *state;
	uint16_t ports[2];

	ports[0] = add(s, true);
	ports[1] = add(s, true);
	call(s);
	until(s, &s->connected, 1);
	assert_int_equal(s->ports[0], ports[0]);
	dial_take(s->dial);
	for (int i = 0; i < 5; i++)
		loop_turn(s->loop, DIAL_SEVERAL_MS);
	assert_int_equal(s->connected, 1);
	dial_now(s->dial);
	loop_turn(s->loop, 20);
	assert_int_equal(s->tries, 1);
	/* The link was lost: all of it again. */
	dial_retry(s->dial, "lost", true);
	until(s, &s->waits, 1);
	until(s, &s->connected, 2);
	assert_int_equal(s->tries, 2);
}

/* The first says nothing at all: the next one is tried all the same. */
static void
test_all_are_told(void **state)
{
	struct several *s = *state;

	add(s, true);
	add(s, false);
	add(s, true);
	call(s);
	until(s, &s->connected, 2);
	assert_int_not_equal(s->ports[0], s->ports[1]);
	assert_int_equal(s->waits, 0);
	/* One is somebody else; the other may still be the one. */
	dial_reject(s->dial, "somebody else");
	for (int i = 0; i < 5; i++)
		loop_turn(s->loop, 10);
	assert_int_equal(s->waits, 0);
	dial_now(s->dial); /* it is being found out */
	loop_turn(s->loop, 10);
	assert_int_equal(s->tries, 1);
	dial_reject(s->dial, "nobody is the one");
	until(s, &s->waits, 1);
	assert_string_equal(s->why, "nobody is the one");
	dial_reject(s->dial, "late"); /* of a try that is over */
	until(s, &s->tries, 2);
}

/* Rejected before the next was tried: that comes at once. */
static void
test_reject_early(void **state)
{
	struct several *s = *state;

	add(s, true);
	add(s, true);
	call(s);
	until(s, &s->connected, 1);
	dial_reject(s->dial, "no");
	assert_int_equal(s->waits, 0);
	until(s, &s->connected, 2);
	dial_reject(s->dial, "no, neither");
	until(s, &s->waits, 1);
	assert_int_equal(s->tries, 1);
}

static void
test_nobody_there(void **state)
{
	struct several *s = *state;

	add(s, false);
	add(s, false);
	call(s);
	until(s, &s->waits, 1);
	assert_string_equal(s->why, "connection refused");
	/* Seen at another address meanwhile. */
	s->at.count = 0;
	add(s, true);
	dial_set_addresses(s->dial, &s->at);
	dial_now(s->dial);
	until(s, &s->connected, 1);
	assert_int_equal(s->tries, 2);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(test_take),
	    CASE(test_all_are_told),
	    CASE(test_reject_early),
	    CASE(test_nobody_there),
	};

	return cmocka_run_group_tests_name("dial several", tests, NULL, NULL);
}
