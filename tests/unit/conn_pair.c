/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/conn_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/sock.h"
#include "src/base/util.h"

int
pair_set_up(void **state)
{
	struct pair *p = mem_zalloc(sizeof(*p));

	p->loop = loop_new();
	for (int i = 0; i < 2; i++) {
		p->id[i] = identity_temporary();
		p->tls[i] = tls_context_new(p->id[i]);
	}
	*state = p;
	return 0;
}

int
pair_tear_down(void **state)
{
	struct pair *p = *state;

	for (int i = 0; i < 2; i++) {
		conn_free(p->side[i].conn);
		free(p->side[i].got);
		tls_context_free(p->tls[i]);
		identity_free(p->id[i]);
	}
	loop_free(p->loop);
	free(p);
	return 0;
}

void
conn_pair_sockets(int fds[2])
{
	int listening[SOCK_LISTEN_MAX];
	struct address to = {.len = sizeof(to.storage)}, from;
	struct reason why;
	struct pollfd p = {.events = POLLIN};

	assert_int_equal(sock_listen("127.0.0.1", 0, listening, &why), 1);
	assert_int_equal(
	    getsockname(listening[0], (struct sockaddr *)&to.storage, &to.len),
	    0);
	fds[0] = sock_connect(&to);
	assert_true(fds[0] >= 0);
	p.fd = listening[0];
	assert_int_equal(poll(&p, 1, PAIR_PATIENCE_MS), 1);
	fds[1] = sock_accept(listening[0], &from);
	assert_true(fds[1] >= 0);
	close(listening[0]);
}

static void
send_more(struct side *s)
{
	struct buf *out = conn_output(s->conn);
	size_t room =
	    buf_len(out) < CONN_OUT_LOW ? CONN_OUT_LOW - buf_len(out) : 0;
	size_t left = s->send_len - s->sent;
	size_t len = left < room ? left : room;

	assert_int_equal(buf_put(out, s->to_send + s->sent, len), 0);
	s->sent += len;
	conn_kick(s->conn);
	if (s->finish && s->sent == s->send_len)
		conn_finish(s->conn);
}

static void
keep(struct side *s)
{
	struct buf *in = conn_input(s->conn);
	size_t len = buf_len(in);

	while (s->got_size < s->got_len + len) {
		s->got_size = s->got_size ? s->got_size * 2 : 4096;
		s->got = mem_realloc(s->got, s->got_size);
	}
	assert_int_equal(buf_get(in, s->got + s->got_len, len), 0);
	s->got_len += len;
}

static void
on_event(void *arg, const struct conn_event *event)
{
	struct side *s = arg;

	assert_int_equal(s->count[CONN_DOWN], 0);
	s->count[event->type]++;
	switch (event->type) {
	case CONN_UP:
		assert_int_equal(s->count[CONN_UP], 1);
		break;
	case CONN_ROOM:
		assert_true(buf_len(conn_output(s->conn)) < CONN_OUT_LOW);
		send_more(s);
		break;
	case CONN_INPUT:
		assert_true(buf_len(conn_input(s->conn)) > 0);
		keep(s);
		break;
	case CONN_DOWN:
		s->fault = event->fault;
		assert_non_null(event->why);
		assert_string_not_equal(event->why->text, "");
		s->why = *event->why;
		break;
	}
	if (s->then)
		s->then(s, event);
}

void
side_open(struct pair *p, int which, int fd, int handshake_ms)
{
	struct side *s = &p->side[which];
	struct conn_config config = {.loop = p->loop,
	    .tls = p->tls[which],
	    .role = which == 0 ? TLS_CALLER : TLS_LISTENER,
	    .fd = fd,
	    .address = "127.0.0.1",
	    .handshake_ms = handshake_ms,
	    .on_event = on_event,
	    .arg = s};

	s->conn = conn_new(&config);
	assert_string_equal(conn_address(s->conn), "127.0.0.1");
}

void
conn_pair_open(struct pair *p)
{
	int fds[2];

	conn_pair_sockets(fds);
	side_open(p, 0, fds[0], 0);
	side_open(p, 1, fds[1], 0);
}

void
conn_pair_until(struct pair *p, bool (*done)(struct pair *p))
{
	uint64_t end = clock_mono_ms() + PAIR_PATIENCE_MS;

	while (!done(p)) {
		loop_turn(p->loop, 100);
		if (clock_mono_ms() > end)
			fail_msg("nothing more happens: %s / %s",
			    p->side[0].why.text, p->side[1].why.text);
	}
}

bool
pair_both_up(struct pair *p)
{
	return p->side[0].count[CONN_UP] && p->side[1].count[CONN_UP];
}

bool
pair_caller_down(struct pair *p)
{
	return p->side[0].count[CONN_DOWN];
}

bool
pair_listener_down(struct pair *p)
{
	return p->side[1].count[CONN_DOWN];
}

bool
pair_both_down(struct pair *p)
{
	return pair_caller_down(p) && pair_listener_down(p);
}
