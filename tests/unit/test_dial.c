/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/unit/dialing.h"

static void
test_connects(void **state)
{
	struct dialing *s = *state;
	int fd;
	uint16_t port = dialing_listen("127.0.0.1", 0, &fd);
	struct address from;
	int callee;

	dialing_call(s, "127.0.0.1", port);
	dialing_until(s, DIAL_CONNECTED, 1);
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
	struct dialing *s = *state;
	int fd;
	uint16_t port = dialing_listen("127.0.0.1", 0, &fd);

	close(fd);
	dialing_call(s, "127.0.0.1", port);
	dialing_until(s, DIAL_WAITING, 1);
	assert_string_equal(s->why, "connection refused");
	assert_int_equal(s->waits[0], DIAL_RETRY_FIRST_MS);
	assert_int_equal(dialing_listen("127.0.0.1", port, &fd), port);
	dialing_until(s, DIAL_CONNECTED, 1);
	assert_int_equal(s->count[DIAL_TRYING], 2);
	close(fd);
}

/* 1, 2, 4, 8, 10, 10 seconds, and from the start when it had worked. */
static void
test_waits_grow(void **state)
{
	static const uint64_t waits[] = {1000, 2000, 4000, 8000, 10000, 10000};
	struct dialing *s = *state;
	int fd;
	uint16_t port = dialing_listen("127.0.0.1", 0, &fd);

	close(fd);
	s->hurry = true;
	dialing_call(s, "127.0.0.1", port);
	dialing_until(s, DIAL_WAITING, COUNT(waits));
	for (size_t i = 0; i < COUNT(waits); i++)
		assert_int_equal(s->waits[i], waits[i]);
	assert_int_equal(dialing_listen("127.0.0.1", port, &fd), port);
	dialing_until(s, DIAL_CONNECTED, 1);
	close(s->fd);
	s->fd = -1;
	s->hurry = false;
	dial_retry(s->dial, "busy", false);
	assert_int_equal(s->last, 'c'); /* told by the loop only */
	dialing_until(s, DIAL_WAITING, 7);
	assert_int_equal(s->waits[6], 10000);
	assert_string_equal(s->why, "busy");
	dial_now(s->dial);
	dialing_until(s, DIAL_CONNECTED, 2);
	close(s->fd);
	s->fd = -1;
	dial_retry(s->dial, "lost", true);
	dialing_until(s, DIAL_WAITING, 8);
	assert_int_equal(s->waits[7], 1000);
	assert_string_equal(s->why, "lost");
	dialing_until(s, DIAL_CONNECTED, 3);
	close(fd);
}

static void
test_no_such_name(void **state)
{
	struct dialing *s = *state;

	dialing_call(s, "name.invalid", 1);
	dialing_until(s, DIAL_WAITING, 1);
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
		struct dialing *s;
		void *own;
		int fd;
		uint16_t port = dialing_listen(listeners[i], 0, &fd);
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
		dialing_set_up(&own);
		s = own;
		dialing_call(s, "localhost", port);
		dialing_until(s, DIAL_CONNECTED, 1);
		assert_string_equal(s->address, listeners[i]);
		dialing_tear_down(&own);
		close(fd);
	}
}

static void
test_free_inside(void **state)
{
	struct dialing *s = *state;
	int fd;
	uint16_t port = dialing_listen("127.0.0.1", 0, &fd);

	/* At DIAL_TRYING, with an attempt under way, and with a lookup. */
	s->free_inside = true;
	dialing_call(s, "127.0.0.1", port);
	dialing_until(s, DIAL_TRYING, 1);
	assert_null(s->dial);
	s->last = 0;
	dialing_call(s, "localhost", port);
	dialing_until(s, DIAL_TRYING, 2);
	assert_null(s->dial);
	/* At DIAL_CONNECTED. */
	s->free_inside = false;
	s->last = 0;
	dialing_call(s, "127.0.0.1", port);
	dialing_until(s, DIAL_TRYING, 3);
	s->free_inside = true;
	dialing_until(s, DIAL_CONNECTED, 1);
	assert_null(s->dial);
	close(fd);
	/* At DIAL_WAITING. */
	s->free_inside = false;
	s->last = 0;
	dialing_call(s, "127.0.0.1", port);
	dialing_until(s, DIAL_TRYING, 4);
	s->free_inside = true;
	dialing_until(s, DIAL_WAITING, 1);
	assert_null(s->dial);
	loop_turn(s->loop, 20);
}

/* Gone before, during and after the lookup: no event, no leak. */
static void
test_free_any_time(void **state)
{
	struct dialing *s = *state;
	int fd;
	uint16_t port = dialing_listen("127.0.0.1", 0, &fd);

	for (int turns = 0; turns < 6; turns++) {
		unsigned before;

		s->last = 0;
		dialing_call(s, "localhost", port);
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
	struct dialing *s = *state;
	int fd;
	uint16_t port = dialing_listen("127.0.0.1", 0, &fd);

	dialing_call(s, "127.0.0.1", port);
	dialing_until(s, DIAL_TRYING, 1);
	dial_retry(s->dial, "another way", false);
	dialing_until(s, DIAL_WAITING, 1);
	assert_string_equal(s->why, "another way");
	assert_int_equal(s->count[DIAL_CONNECTED], 0);
	dial_now(s->dial);
	dialing_until(s, DIAL_CONNECTED, 1);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    DIALING_CASE(test_connects),
	    DIALING_CASE(test_refused_then_there),
	    DIALING_CASE(test_waits_grow),
	    DIALING_CASE(test_no_such_name),
	    cmocka_unit_test(test_other_family),
	    DIALING_CASE(test_free_inside),
	    DIALING_CASE(test_free_any_time),
	    DIALING_CASE(test_retry_in_between),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
