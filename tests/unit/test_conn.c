/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/conn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/unit/conn_pair.h"
#include "tests/unit/scratch.h"

enum { KIB = 1024, MIB = 1024 * 1024 };

static void
expect_got(const struct side *to, const struct side *from)
{
	assert_int_equal(from->sent, from->send_len);
	assert_int_equal(to->got_len, from->send_len);
	if (to->got_len > 0)
		assert_memory_equal(to->got, from->to_send, to->got_len);
}

static void
test_up(void **state)
{
	struct pair *p = *state;

	conn_pair_open(p);
	conn_pair_until(p, pair_both_up);
	for (int i = 0; i < 2; i++)
		assert_true(fingerprint_equal(conn_fingerprint(p->side[i].conn),
		    identity_fingerprint(p->id[1 - i])));
	conn_finish(p->side[0].conn);
	conn_pair_until(p, pair_both_down);
	assert_int_equal(p->side[0].fault, CONN_CLOSED);
	assert_int_equal(p->side[1].fault, CONN_CLOSED);
}

/* Both ends have the same bytes, and another connection has others. */
static void
test_export(void **state)
{
	uint8_t bytes[2][2][TLS_EXPORT_LEN];
	struct pair *p = *state;

	conn_pair_open(p);
	assert_false(conn_export(p->side[0].conn, bytes[0][0]));
	for (int round = 0; round < 2; round++) {
		if (round == 1)
			conn_pair_open(p);
		conn_pair_until(p, pair_both_up);
		for (int i = 0; i < 2; i++)
			assert_true(
			    conn_export(p->side[i].conn, bytes[round][i]));
		assert_memory_equal(
		    bytes[round][0], bytes[round][1], TLS_EXPORT_LEN);
		conn_finish(p->side[0].conn);
		conn_pair_until(p, pair_both_down);
		for (int i = 0; i < 2; i++)
			assert_false(
			    conn_export(p->side[i].conn, bytes[round][i]));
		if (round == 1)
			break;
		pair_tear_down(state);
		pair_set_up(state);
		p = *state;
	}
	assert_memory_not_equal(bytes[0][0], bytes[1][0], TLS_EXPORT_LEN);
}

/* One end says len bytes and closes at once: the other end has them all. */
static void
one_way(size_t len, int talker)
{
	uint8_t *bytes = scratch_bytes(len + 1, (uint32_t)len);
	struct side *from, *to;
	struct pair *p;
	void *state;

	pair_set_up(&state);
	p = state;
	from = &p->side[talker];
	to = &p->side[1 - talker];
	from->to_send = bytes;
	from->send_len = len;
	from->finish = true;
	conn_pair_open(p);
	conn_pair_until(p, pair_both_down);
	expect_got(to, from);
	assert_int_equal(from->fault, CONN_CLOSED);
	assert_int_equal(to->fault, CONN_CLOSED);
	pair_tear_down(&state);
	free(bytes);
}

static void
test_sizes(void **state)
{
	static const size_t around[] = {0, 16, 16 * KIB, 64 * KIB, 128 * KIB,
	    256 * KIB, 512 * KIB, MIB, 2 * MIB};

	(void)state;
	for (size_t i = 0; i < COUNT(around); i++)
		for (size_t d = 0; d <= 2; d++)
			if (around[i] + d >= 1)
				one_way(around[i] + d - 1, (int)(i + d) % 2);
	one_way(20 * MIB + 7, 0);
}

static bool
all_arrived(struct pair *p)
{
	return p->side[0].got_len >= p->side[1].send_len &&
	       p->side[1].got_len >= p->side[0].send_len;
}

static void
both_ways(struct pair *p, size_t len)
{
	uint8_t *bytes[2];

	for (int i = 0; i < 2; i++) {
		bytes[i] = scratch_bytes(len, (uint32_t)i + 1);
		p->side[i].to_send = bytes[i];
		p->side[i].send_len = len - (size_t)i * 4321;
	}
	conn_pair_open(p);
	conn_pair_until(p, all_arrived);
	conn_finish(p->side[1].conn);
	conn_pair_until(p, pair_both_down);
	expect_got(&p->side[0], &p->side[1]);
	expect_got(&p->side[1], &p->side[0]);
	assert_int_equal(p->side[0].fault, CONN_CLOSED);
	assert_int_equal(p->side[1].fault, CONN_CLOSED);
	free(bytes[0]);
	free(bytes[1]);
}

static void
test_both_ways(void **state)
{
	both_ways(*state, 20 * MIB);
}

/* New keys all the time, on both sides, while both are talking. */
static void
test_key_updates(void **state)
{
	struct pair *p = *state;

	tls_context_renew_after(p->tls[0], 1);
	tls_context_renew_after(p->tls[1], 3);
	both_ways(p, 8 * MIB);
}

/* The end that closes is being talked to: its own tail still arrives. */
static void
test_tail_against_the_stream(void **state)
{
	struct pair *p = *state;
	size_t len = 3 * MIB;
	uint8_t *bytes = scratch_bytes(8 * len, 5);

	p->side[0].to_send = bytes;
	p->side[0].send_len = len;
	p->side[0].finish = true;
	p->side[1].to_send = bytes;
	p->side[1].send_len = 8 * len;
	conn_pair_open(p);
	conn_pair_until(p, pair_both_down);
	expect_got(&p->side[1], &p->side[0]);
	assert_int_equal(p->side[0].fault, CONN_CLOSED);
	assert_int_equal(p->side[1].fault, CONN_CLOSED);
	/* By its answer, not by our patience. */
	assert_string_equal(p->side[0].why.text, "the connection is closed");
	free(bytes);
}

static void
test_both_finish(void **state)
{
	struct pair *p = *state;

	conn_pair_open(p);
	conn_pair_until(p, pair_both_up);
	conn_finish(p->side[0].conn);
	conn_finish(p->side[1].conn);
	conn_finish(p->side[1].conn);
	conn_pair_until(p, pair_both_down);
	assert_int_equal(p->side[0].fault, CONN_CLOSED);
	assert_int_equal(p->side[1].fault, CONN_CLOSED);
}

/* Before there was anything to close. */
static void
test_finish_early(void **state)
{
	struct pair *p = *state;

	conn_pair_open(p);
	conn_kick(p->side[0].conn);
	conn_pause(p->side[0].conn, true);
	conn_finish(p->side[0].conn);
	conn_pair_until(p, pair_both_down);
	assert_int_equal(p->side[0].fault, CONN_CLOSED);
	assert_int_equal(p->side[0].count[CONN_UP], 0);
	assert_int_equal(p->side[1].fault, CONN_LOST);
}

static void
free_at_up(struct side *s, const struct conn_event *event)
{
	if (event->type != CONN_UP)
		return;
	conn_free(s->conn);
	s->conn = NULL;
}

static void
free_at_room(struct side *s, const struct conn_event *event)
{
	if (event->type != CONN_ROOM)
		return;
	conn_free(s->conn);
	s->conn = NULL;
}

static void
free_at_input(struct side *s, const struct conn_event *event)
{
	if (event->type != CONN_INPUT)
		return;
	conn_free(s->conn);
	s->conn = NULL;
}

static void
free_at_down(struct side *s, const struct conn_event *event)
{
	if (event->type != CONN_DOWN)
		return;
	conn_free(s->conn);
	s->conn = NULL;
}

/* Each end frees itself inside each event; nothing follows, nobody crashes. */
static void
test_free_inside(void **state)
{
	static void (*const thens[])(
	    struct side *, const struct conn_event *) = {
	    free_at_up, free_at_room, free_at_input, free_at_down};
	uint8_t *bytes = scratch_bytes(MIB, 3);

	(void)state;
	for (size_t i = 0; i < COUNT(thens) * 2; i++) {
		struct pair *p;
		void *own;
		int which = (int)(i % 2);

		pair_set_up(&own);
		p = own;
		for (int k = 0; k < 2; k++) {
			p->side[k].to_send = bytes;
			p->side[k].send_len = MIB;
		}
		p->side[which].then = thens[i / 2];
		p->side[1 - which].finish = i / 2 == 3;
		conn_pair_open(p);
		conn_pair_until(
		    p, which ? pair_caller_down : pair_listener_down);
		while (p->side[which].conn)
			loop_turn(p->loop, 100);
		pair_tear_down(&own);
	}
	free(bytes);
}

static void
free_the_other(struct side *s, const struct conn_event *event)
{
	struct side *other = s + 1;

	if (event->type != CONN_INPUT || !other->conn)
		return;
	conn_free(other->conn);
	other->conn = NULL;
}

static void
test_free_another(void **state)
{
	struct pair *p = *state;
	uint8_t *bytes = scratch_bytes(MIB, 3);

	p->side[1].to_send = bytes;
	p->side[1].send_len = MIB;
	p->side[0].then = free_the_other;
	conn_pair_open(p);
	conn_pair_until(p, pair_caller_down);
	assert_int_equal(p->side[0].fault, CONN_LOST);
	free(bytes);
}

static void
pause_at_input(struct side *s, const struct conn_event *event)
{
	if (event->type == CONN_INPUT)
		conn_pause(s->conn, true);
}

/* An end that reads nothing stops the other; nothing is lost by it. */
static void
test_pause(void **state)
{
	struct pair *p = *state;
	size_t len = 40 * MIB;
	uint8_t *bytes = scratch_bytes(len, 9);
	size_t before;

	p->side[0].to_send = bytes;
	p->side[0].send_len = len;
	p->side[1].then = pause_at_input;
	conn_pair_open(p);
	while (p->side[1].count[CONN_INPUT] == 0)
		loop_turn(p->loop, 100);
	for (int i = 0; i < 200; i++)
		loop_turn(p->loop, 1);
	assert_int_equal(p->side[1].count[CONN_INPUT], 1);
	assert_true(p->side[0].sent < len);
	before = p->side[0].sent;
	loop_turn(p->loop, 10);
	assert_int_equal(p->side[0].sent, before);
	p->side[1].then = NULL;
	p->side[0].finish = true;
	conn_pause(p->side[1].conn, false);
	conn_pair_until(p, pair_both_down);
	expect_got(&p->side[1], &p->side[0]);
	assert_int_equal(p->side[1].fault, CONN_CLOSED);
	free(bytes);
}

/* The last bytes came together with the end, while nobody was reading. */
static void
test_pause_over_the_end(void **state)
{
	struct pair *p = *state;
	uint8_t *bytes = scratch_bytes(100 * KIB, 9);

	conn_pair_open(p);
	conn_pair_until(p, pair_both_up);
	conn_pause(p->side[1].conn, true);
	loop_turn(p->loop, 10);
	p->side[0].to_send = bytes;
	p->side[0].send_len = 100 * KIB;
	assert_int_equal(
	    buf_put(conn_output(p->side[0].conn), bytes, 100 * KIB), 0);
	p->side[0].sent = 100 * KIB;
	conn_finish(p->side[0].conn);
	/* Our patience with an end that does not answer is bounded. */
	conn_pair_until(p, pair_caller_down);
	assert_int_equal(p->side[0].fault, CONN_CLOSED);
	assert_int_equal(p->side[1].got_len, 0);
	conn_pause(p->side[1].conn, false);
	conn_pair_until(p, pair_listener_down);
	expect_got(&p->side[1], &p->side[0]);
	assert_int_equal(p->side[1].fault, CONN_CLOSED);
	free(bytes);
}

static bool
caller_sent_all(struct pair *p)
{
	return p->side[0].sent == p->side[0].send_len &&
	       buf_len(conn_output(p->side[0].conn)) == 0;
}

static void
send_up_to(struct pair *p, size_t end)
{
	struct side *s = &p->side[0];

	assert_int_equal(
	    buf_put(conn_output(s->conn), s->to_send + s->sent, 100), 0);
	s->sent += 100;
	s->send_len = end;
	conn_kick(s->conn);
	for (int i = 0; i < 500 && !caller_sent_all(p); i++)
		loop_turn(p->loop, 1);
}

/*
 * A slice ends with bytes inside TLS and none in the socket: poll(2) will not
 * speak of them, nor does the other side send more. Much goes through first,
 * so that the kernel then holds more than a slice; and the last record is
 * the one that the slice cuts.
 */
static void
test_nothing_is_stranded(void **state)
{
	struct pair *p = *state;
	size_t first = 20 * MIB, len = first + CONN_SLICE / 2 + 50;
	uint8_t *bytes = scratch_bytes(len, 9);

	p->side[0].to_send = bytes;
	p->side[0].send_len = first;
	conn_pair_open(p);
	conn_pair_until(p, all_arrived);
	conn_pause(p->side[1].conn, true);
	loop_turn(p->loop, 1);
	send_up_to(p, first + 100);
	send_up_to(p, len);
	assert_int_equal(p->side[1].got_len, first);
	conn_pause(p->side[1].conn, false);
	conn_pair_until(p, all_arrived);
	expect_got(&p->side[1], &p->side[0]);
	free(bytes);
}

/* More than the kernel takes, to an end that never reads: bounded, told. */
static void
test_finish_against_a_wall(void **state)
{
	struct pair *p = *state;
	size_t len = 60 * MIB;
	uint8_t *bytes = scratch_bytes(len, 9);

	conn_pair_open(p);
	conn_pair_until(p, pair_both_up);
	conn_pause(p->side[1].conn, true);
	p->side[0].to_send = bytes;
	p->side[0].send_len = len;
	assert_int_equal(buf_put(conn_output(p->side[0].conn), bytes, 1), 0);
	p->side[0].sent = 1;
	conn_kick(p->side[0].conn);
	for (int i = 0; i < 300; i++)
		loop_turn(p->loop, 1);
	conn_finish(p->side[0].conn);
	conn_pair_until(p, pair_caller_down);
	assert_int_equal(p->side[0].fault, CONN_LOST);
	free(bytes);
}

/* The other machine is gone without goodbye: lost, after what it said. */
static void
test_lost(void **state)
{
	struct pair *p = *state;

	conn_pair_open(p);
	conn_pair_until(p, pair_both_up);
	conn_free(p->side[0].conn);
	p->side[0].conn = NULL;
	conn_pair_until(p, pair_listener_down);
	assert_int_equal(p->side[1].fault, CONN_LOST);
}

static void
test_reset(void **state)
{
	struct pair *p = *state;
	struct linger hard = {.l_onoff = 1};
	int fds[2], held;

	conn_pair_sockets(fds);
	held = dup(fds[0]);
	side_open(p, 0, fds[0], 0);
	side_open(p, 1, fds[1], 0);
	conn_pair_until(p, pair_both_up);
	conn_free(p->side[0].conn);
	p->side[0].conn = NULL;
	setsockopt(held, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	close(held);
	conn_pair_until(p, pair_listener_down);
	assert_int_equal(p->side[1].fault, CONN_LOST);
}

/* Up, and nobody says anything: the loop sleeps as long as it may. */
static void
test_idle_is_asleep(void **state)
{
	struct pair *p = *state;
	uint64_t before;

	conn_pair_open(p);
	conn_pair_until(p, pair_both_up);
	for (int i = 0; i < 20; i++)
		loop_turn(p->loop, 1);
	before = clock_mono_ms();
	for (int i = 0; i < 10; i++) {
		conn_kick(p->side[i % 2].conn); /* nothing to send: no work */
		loop_turn(p->loop, 20);
	}
	assert_true(clock_mono_ms() - before >= 10 * 20);
}

/* One wake-up does a slice at most, even when there is more to do. */
static void
test_slices(void **state)
{
	struct pair *p = *state;
	size_t len = 30 * MIB;
	uint8_t *bytes = scratch_bytes(len, 9);

	p->side[0].to_send = bytes;
	p->side[0].send_len = len;
	conn_pair_open(p);
	while (!all_arrived(p)) {
		size_t sent = p->side[0].sent, got = p->side[1].got_len;

		loop_turn(p->loop, 100);
		/* Two wake-ups: one of poll(2), one for the rest. */
		assert_true(p->side[0].sent - sent <= 2 * CONN_SLICE);
		assert_true(p->side[1].got_len - got <= 2 * CONN_SLICE);
	}
	free(bytes);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, pair_set_up, pair_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(test_up),
	    CASE(test_export),
	    cmocka_unit_test(test_sizes),
	    CASE(test_both_ways),
	    CASE(test_key_updates),
	    CASE(test_tail_against_the_stream),
	    CASE(test_both_finish),
	    CASE(test_finish_early),
	    cmocka_unit_test(test_free_inside),
	    CASE(test_free_another),
	    CASE(test_pause),
	    CASE(test_pause_over_the_end),
	    CASE(test_nothing_is_stranded),
	    CASE(test_finish_against_a_wall),
	    CASE(test_lost),
	    CASE(test_reset),
	    CASE(test_idle_is_asleep),
	    CASE(test_slices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
