/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who knocks at a listener: programs that speak something else, or nothing. */
#include "net/conn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/unit/conn_pair.h"

/* A plain socket that has called a listener. */
static int
stranger(struct pair *p, int handshake_ms)
{
	int fds[2];

	conn_pair_sockets(fds);
	side_open(p, 1, fds[1], handshake_ms);
	return fds[0];
}

/* Everything the listener ever sent, until it hung up. */
static size_t
heard(int fd)
{
	struct pollfd wait = {.fd = fd, .events = POLLIN};
	char bytes[4096];
	size_t sum = 0;
	ssize_t n;

	do {
		assert_int_equal(poll(&wait, 1, PAIR_PATIENCE_MS), 1);
		n = recv(fd, bytes, sizeof(bytes), 0);
		sum += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	assert_true(n == 0 || errno == ECONNRESET);
	return sum;
}

static void
test_plain_text(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} cases[] = {
	    {"h", 1},
	    {"hello\r\n", 7},
	    {"GET / HTTP/1.1\r\n\r\n", 18},
	    {"SSH-2.0-x\r\n", 11},
	    {"\0", 1},
	    {"\x03\x16", 2},
	    {"\x16\x02", 2},
	    {"\x16\x16", 2},
	    {"\x16GET", 4},
	    {"\x15\x03\x03", 3},
	    {"\x17\x03\x03", 3},
	    {"\x80\x2e\x01\x03\x01", 5},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct pair *p;
		void *own;
		int fd;

		pair_set_up(&own);
		p = own;
		fd = stranger(p, 0);
		assert_int_equal(
		    send(fd, cases[i].bytes, cases[i].len, 0), cases[i].len);
		conn_pair_until(p, pair_listener_down);
		assert_int_equal(p->side[1].fault, CONN_PLAINTEXT);
		assert_int_equal(p->side[1].count[CONN_UP], 0);
		assert_int_equal(heard(fd), 0);
		close(fd);
		pair_tear_down(&own);
	}
}

/* The second byte tells; it comes later, and nothing was said before. */
static void
test_plain_text_in_drops(void **state)
{
	struct pair *p = *state;
	int fd = stranger(p, 0);

	assert_int_equal(send(fd, "\x16", 1, 0), 1);
	for (int i = 0; i < 10; i++)
		loop_turn(p->loop, 5);
	assert_int_equal(p->side[1].count[CONN_DOWN], 0);
	assert_int_equal(send(fd, "!", 1, 0), 1);
	conn_pair_until(p, pair_listener_down);
	assert_int_equal(p->side[1].fault, CONN_PLAINTEXT);
	assert_int_equal(heard(fd), 0);
	close(fd);
}

/* Silence, or one byte and silence: asleep meanwhile, then out. */
static void
slow(struct pair *p, const char *bytes, size_t len)
{
	enum { PATIENCE = 150 };
	uint64_t start = clock_mono_ms();
	int fd = stranger(p, PATIENCE), turns = 0;

	assert_int_equal(send(fd, bytes, len, 0), len);
	while (!pair_listener_down(p)) {
		loop_turn(p->loop, -1);
		turns++;
	}
	assert_true(turns < 10);
	assert_true(clock_mono_ms() - start >= PATIENCE);
	assert_int_equal(p->side[1].fault, CONN_SLOW);
	assert_int_equal(heard(fd), 0);
	close(fd);
}

static void
test_silence(void **state)
{
	slow(*state, "", 0);
}

static void
test_one_byte(void **state)
{
	slow(*state, "\x16", 1);
}

static void
test_half_a_hello(void **state)
{
	slow(*state, "\x16\x03\x01\x02\x00\x01", 6);
}

static void
gone(struct pair *p, const char *bytes, size_t len)
{
	int fd = stranger(p, 0), turns = 0;

	assert_int_equal(send(fd, bytes, len, 0), len);
	loop_turn(p->loop, 10);
	shutdown(fd, SHUT_WR);
	while (!pair_listener_down(p)) {
		loop_turn(p->loop, -1);
		turns++;
	}
	assert_true(turns < 10);
	assert_int_equal(p->side[1].fault, CONN_LOST);
	assert_int_equal(heard(fd), 0);
	close(fd);
}

static void
test_gone_without_a_word(void **state)
{
	gone(*state, "", 0);
}

static void
test_gone_after_a_byte(void **state)
{
	gone(*state, "\x16", 1);
}

/* It begins like TLS and is none. */
static void
test_broken_hello(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} cases[] = {
	    {"\x16\x03\x01\x00\x04\x01\x00\x00\x00", 9},
	    {"\x16\x03\x03\x00\x05zzzzz", 10},
	    {"\x16\x03\x01\xff\xffxxxxxxxxxxxxxxxxxxxxx", 26},
	    {"\x16\x03\x01\x00\x04\x02\x00\x00\x00", 9},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct pair *p;
		void *own;
		int fd;

		pair_set_up(&own);
		p = own;
		fd = stranger(p, 0);
		assert_int_equal(
		    send(fd, cases[i].bytes, cases[i].len, 0), cases[i].len);
		conn_pair_until(p, pair_listener_down);
		assert_int_equal(p->side[1].fault, CONN_HANDSHAKE);
		close(fd);
		pair_tear_down(&own);
	}
}

/* Whoever we call is no charla either. */
static void
caller_meets(struct pair *p, const char *bytes, enum conn_fault fault)
{
	size_t len = strlen(bytes);
	int fds[2];

	conn_pair_sockets(fds);
	side_open(p, 0, fds[0], 0);
	assert_int_equal(send(fds[1], bytes, len, 0), len);
	shutdown(fds[1], SHUT_WR);
	conn_pair_until(p, pair_caller_down);
	assert_int_equal(p->side[0].fault, fault);
	close(fds[1]);
}

static void
test_caller_meets_ssh(void **state)
{
	caller_meets(*state, "SSH-2.0-OpenSSH_9.2p1\r\n", CONN_HANDSHAKE);
}

static void
test_caller_meets_nobody(void **state)
{
	caller_meets(*state, "", CONN_LOST);
}

/* The caller's bytes come one at a time, and everything still works. */
static void
test_drop_by_drop(void **state)
{
	struct pair *p = *state;
	uint64_t end = clock_mono_ms() + PAIR_PATIENCE_MS;
	int left[2], right[2];

	conn_pair_sockets(left);
	conn_pair_sockets(right);
	side_open(p, 0, left[0], 0);
	side_open(p, 1, right[1], 0);
	while (!pair_both_up(p) && clock_mono_ms() < end) {
		char bytes[4096];
		ssize_t n;

		loop_turn(p->loop, 0);
		if (recv(left[1], bytes, 1, 0) == 1)
			assert_int_equal(send(right[0], bytes, 1, 0), 1);
		n = recv(right[0], bytes, sizeof(bytes), 0);
		if (n > 0)
			assert_int_equal(send(left[1], bytes, (size_t)n, 0), n);
	}
	assert_true(pair_both_up(p));
	close(left[1]);
	close(right[0]);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, pair_set_up, pair_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_plain_text),
	    CASE(test_plain_text_in_drops),
	    CASE(test_silence),
	    CASE(test_one_byte),
	    CASE(test_half_a_hello),
	    CASE(test_gone_without_a_word),
	    CASE(test_gone_after_a_byte),
	    cmocka_unit_test(test_broken_hello),
	    CASE(test_caller_meets_ssh),
	    CASE(test_caller_meets_nobody),
	    CASE(test_drop_by_drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
