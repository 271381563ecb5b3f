/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a dial tries: what hurries it, what holds it up, and what does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/unit/dialing.h"

/* Who has an address waits for no name. */
static void
test_address_waits_for_nobody(void **state)
{
	static const char *const hosts[] = {"127.0.0.1", "127.1", "::1"};
	struct dialing *s = *state;
	unsigned connected = 0;

	dialing_hang_resolver(s);
	for (size_t i = 0; i < COUNT(hosts); i++) {
		int fd;
		uint16_t port =
		    dialing_listen(i < 2 ? "127.0.0.1" : hosts[i], 0, &fd);

		if (port == 0)
			continue; /* no IPv6 here */
		dialing_call(s, hosts[i], port);
		dialing_until(s, DIAL_CONNECTED, ++connected);
		dialing_hang_up(s);
		close(fd);
	}
	/* Nor does an interface that is not there ask anybody. */
	dialing_call(s, "fe80::1%nonet0", 1);
	dialing_until(s, DIAL_WAITING, 1);
	assert_non_null(strstr(s->why, "'nonet0'"));
	assert_int_equal(worker_pending(s->resolver), 1);
}

/* A lookup goes on: the answer is as good as that of another one. */
static void
test_now_while_looking_up(void **state)
{
	struct dialing *s = *state;
	int fd;
	uint16_t port = dialing_listen("127.0.0.1", 0, &fd);

	dialing_hang_resolver(s);
	dialing_call(s, "localhost", port);
	dialing_until(s, DIAL_TRYING, 1);
	for (int i = 0; i < 3; i++) {
		dial_now(s->dial);
		loop_turn(s->loop, 10);
	}
	assert_int_equal(s->count[DIAL_TRYING], 1);
	assert_int_equal(worker_pending(s->resolver), 2);
	dialing_free_resolver(s);
	dialing_until(s, DIAL_CONNECTED, 1);
	assert_int_equal(s->count[DIAL_TRYING], 1);
	close(fd);
}

/* A listener that lets nobody in any more: attempts hang. */
static uint16_t
listen_deaf(int *listener, int callers[8])
{
	struct address at = {.len = sizeof(struct sockaddr_in)};
	struct sockaddr_in *in = (struct sockaddr_in *)&at.storage;

	in->sin_family = AF_INET;
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	*listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	assert_int_equal(
	    bind(*listener, (struct sockaddr *)&at.storage, at.len), 0);
	assert_int_equal(listen(*listener, 0), 0);
	assert_int_equal(
	    getsockname(*listener, (struct sockaddr *)&at.storage, &at.len), 0);
	for (int i = 0; i < 8; i++)
		callers[i] = sock_connect(&at);
	return ntohs(in->sin_port);
}

static void
let_in(void *arg, short revents)
{
	struct address from;
	int fd;

	(void)revents;
	while ((fd = sock_accept(*(const int *)arg, &from)) >= 0)
		close(fd);
}

/* Attempts that went out into a network that is gone. */
static void
test_now_while_racing(void **state)
{
	struct dialing *s = *state;
	int listener, callers[8];
	uint16_t port = listen_deaf(&listener, callers);
	struct watch *w;

	dialing_call(s, "127.0.0.1", port);
	dialing_until(s, DIAL_TRYING, 1);
	for (unsigned again = 2; again < 5; again++) {
		loop_turn(s->loop, 10);
		dial_now(s->dial);
		assert_int_equal(s->count[DIAL_TRYING], again - 1);
		dialing_until(s, DIAL_TRYING, again);
		assert_int_equal(s->count[DIAL_CONNECTED], 0);
		assert_int_equal(s->count[DIAL_WAITING], 0);
	}
	/* There is room again, and the last one gets through. */
	w = loop_watch(s->loop, listener, POLLIN, let_in, &listener);
	dialing_until(s, DIAL_CONNECTED, 1);
	assert_int_equal(s->count[DIAL_WAITING], 0);
	watch_remove(w);
	for (size_t i = 0; i < COUNT(callers); i++)
		close(callers[i]);
	close(listener);
}

/* The hint comes before the failure was told. */
static void
test_now_after_retry(void **state)
{
	struct dialing *s = *state;
	int fd;
	uint16_t port = dialing_listen("127.0.0.1", 0, &fd);

	dialing_call(s, "127.0.0.1", port);
	dialing_until(s, DIAL_CONNECTED, 1);
	close(s->fd);
	s->fd = -1;
	dial_retry(s->dial, "lost", true);
	dial_now(s->dial);
	assert_int_equal(s->count[DIAL_TRYING], 1);
	dialing_until(s, DIAL_CONNECTED, 2);
	assert_int_equal(s->count[DIAL_WAITING], 0);
	close(fd);
}

static void
test_delay(void **state)
{
	enum { DELAY_MS = 150, NEVER_MS = 24 * 60 * 60 * 1000 };
	struct dialing *s = *state;
	uint64_t begun = clock_mono_ms();
	int fd;
	uint16_t port = dialing_listen("127.0.0.1", 0, &fd);

	dialing_call_later(s, "127.0.0.1", port, DELAY_MS);
	dialing_until(s, DIAL_TRYING, 1);
	assert_true(clock_mono_ms() - begun >= DELAY_MS);
	dialing_until(s, DIAL_CONNECTED, 1);
	dialing_hang_up(s);

	dialing_call_later(s, "127.0.0.1", port, NEVER_MS);
	loop_turn(s->loop, 20);
	assert_int_equal(s->count[DIAL_TRYING], 1);
	dial_now(s->dial);
	dialing_until(s, DIAL_CONNECTED, 2);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    DIALING_CASE(test_address_waits_for_nobody),
	    DIALING_CASE(test_now_while_looking_up),
	    DIALING_CASE(test_now_while_racing),
	    DIALING_CASE(test_now_after_retry),
	    DIALING_CASE(test_delay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
