/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A connection goes peek (listener only) -> handshake -> up -> closing ->
 * down, and never back. All work and all events happen in ready() and
 * timed_out(), called by the loop; what the owner calls only leaves notes.
 * After every event the owner may have freed us: then the state is DOWN, and
 * the memory goes when the loop's callback ends.
 */
#include "net/conn_internal.h"
#include "net/netwatch.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/sock.h"
#include "src/base/i18n.h"
#include "src/base/util.h"

#ifndef POLLRDHUP
#define POLLRDHUP 0 /* where there is none, the handshake's timer will do */
#endif

/* RFC 8446, 5.1: how a handshake record begins. */
enum { TLS_HANDSHAKE_BYTE = 0x16, TLS_VERSION_BYTE = 0x03 };

void
conn_emit(struct conn *c, enum conn_event_type type)
{
	struct conn_event event = {.type = type};

	c->on_event(c->arg, &event);
}

static void
release(struct conn *c)
{
	c->state = STATE_DOWN;
	watch_remove(c->watch);
	c->watch = NULL;
	timer_remove(c->timer);
	c->timer = NULL;
	tls_free(c->tls);
	c->tls = NULL;
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

static void
destroy(struct conn *c)
{
	buf_release(&c->in);
	buf_release(&c->out);
	free(c->address);
	free(c);
}

/* The last event. */
void
conn_down(struct conn *c, enum conn_fault fault, const struct reason *why)
{
	struct conn_event event = {CONN_DOWN, fault, why};

	release(c);
	c->on_event(c->arg, &event);
}

void
conn_down_text(struct conn *c, enum conn_fault fault, const char *text)
{
	struct reason why;

	reason_set(&why, "%s", text);
	conn_down(c, fault, &why);
}

/* True when the caller speaks TLS; until then not a byte leaves. */
static bool
peek(struct conn *c, short revents)
{
	unsigned char head[2];
	ssize_t n = recv(c->fd, head, sizeof(head), MSG_PEEK);
	int lowat = 1;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n < 0) {
		conn_down_text(c, CONN_LOST, sock_error_text(errno));
	} else if (n > 0 && (head[0] != TLS_HANDSHAKE_BYTE ||
				(n > 1 && head[1] != TLS_VERSION_BYTE))) {
		conn_down_text(c, CONN_PLAINTEXT,
		    _("the caller does not speak charla's language"));
	} else if (n == 2) {
		setsockopt(
		    c->fd, SOL_SOCKET, SO_RCVLOWAT, &lowat, sizeof(lowat));
		return true;
	} else if (n == 0 || revents & (POLLRDHUP | POLLHUP)) {
		conn_down_text(c, CONN_LOST,
		    _("the caller closed the connection without a word"));
	} else {
		/* poll(2) would tell us about the one byte for ever. */
		lowat = 2;
		setsockopt(
		    c->fd, SOL_SOCKET, SO_RCVLOWAT, &lowat, sizeof(lowat));
	}
	return false;
}

/* True when it is done, and the owner was told. */
static bool
shake(struct conn *c)
{
	struct reason why;

	if (!c->tls)
		c->tls = tls_new(c->context, c->role, c->fd);
	switch (tls_handshake(c->tls, &why)) {
	case TLS_WANT_READ:
		watch_events(c->watch, POLLIN);
		return false;
	case TLS_WANT_WRITE:
		watch_events(c->watch, POLLOUT);
		return false;
	case TLS_OK:
		break;
	case TLS_FAILED:
		conn_down(c, CONN_HANDSHAKE, &why);
		return false;
	case TLS_LOST:
		conn_down(c, CONN_LOST, &why);
		return false;
	case TLS_CLOSED:
		conn_down_text(
		    c, CONN_LOST, _("the other side closed the connection"));
		return false;
	}
	timer_disarm(c->timer);
	tls_fingerprint(c->tls, &c->peer);
	c->state = STATE_UP;
	c->readable = true;
	c->room_due = true;
	conn_emit(c, CONN_UP);
	return c->state != STATE_DOWN;
}

static void
run(struct conn *c, short revents)
{
	if (c->state == STATE_PEEK) {
		if (!peek(c, revents))
			return;
		c->state = STATE_HANDSHAKE;
	}
	if (c->state == STATE_HANDSHAKE && !shake(c))
		return;
	if (c->state == STATE_CLOSING && !c->tls) {
		conn_down_text(c, CONN_CLOSED, _("the connection is closed"));
		return;
	}
	conn_flow(c, revents);
}

static void
ready(void *arg, short revents)
{
	struct conn *c = arg;

	c->running = true;
	run(c, revents);
	c->running = false;
	if (c->freed)
		destroy(c);
}

static void
timed_out(void *arg)
{
	struct conn *c = arg;

	c->running = true;
	if (c->state != STATE_CLOSING)
		conn_down_text(c, CONN_SLOW,
		    _("the other side did not introduce itself in time"));
	else if (c->said_bye)
		conn_down_text(c, CONN_CLOSED,
		    _("the other side did not confirm the end"));
	else
		conn_down_text(c, CONN_LOST,
		    _("the other side did not take the last bytes"));
	c->running = false;
	if (c->freed)
		destroy(c);
}

struct conn *
conn_new(const struct conn_config *config)
{
	struct conn *c = mem_zalloc(sizeof(*c));
	int limit = config->handshake_ms;
	bool calls = config->role == TLS_CALLER;

	c->context = config->tls;
	c->role = config->role;
	c->fd = config->fd;
	c->address = str_dup(config->address);
	c->on_event = config->on_event;
	c->arg = config->arg;
	c->state = calls ? STATE_HANDSHAKE : STATE_PEEK;
	buf_init(&c->in, CONN_IN_MAX);
	buf_init(&c->out, CONN_OUT_MAX);
	sock_tune(c->fd);
	c->watch = loop_watch(config->loop, c->fd,
	    calls ? POLLOUT : POLLIN | POLLRDHUP, ready, c);
	c->timer = loop_timer(config->loop, timed_out, c);
	timer_arm(
	    c->timer, clock_mono_ms() +
			  (uint64_t)(limit > 0 ? limit : CONN_HANDSHAKE_MS));
	return c;
}

void
conn_free(struct conn *c)
{
	if (!c)
		return;
	release(c);
	if (c->running)
		c->freed = true;
	else
		destroy(c);
}

struct buf *
conn_input(struct conn *c)
{
	return &c->in;
}

struct buf *
conn_output(struct conn *c)
{
	return &c->out;
}

void
conn_kick(struct conn *c)
{
	/* Inside a callback, writing comes after reading anyway. */
	if (c->state != STATE_UP || c->running)
		return;
	if (buf_len(&c->out) > 0 && !c->blocked)
		watch_again(c->watch, POLLOUT);
	/* The owner may have made room in a full c->in. */
	if (conn_may_read(c))
		watch_again(c->watch, POLLIN);
}

void
conn_pause(struct conn *c, bool paused)
{
	bool resumed = c->paused && !paused;

	c->paused = paused;
	if (!resumed || c->state != STATE_UP)
		return;
	c->input_due = true;
	watch_again(c->watch, POLLIN);
}

void
conn_finish(struct conn *c)
{
	if (c->state == STATE_DOWN || c->state == STATE_CLOSING)
		return;
	if (c->state != STATE_UP) {
		tls_free(c->tls);
		c->tls = NULL;
	}
	c->state = STATE_CLOSING;
	c->readable = true;
	timer_arm(c->timer, clock_mono_ms() + CONN_CLOSE_MS);
	watch_again(c->watch, POLLIN);
}

bool
conn_path_is_up(const struct conn *c)
{
	return netwatch_path_is_up(c->fd);
}

const struct fingerprint *
conn_fingerprint(const struct conn *c)
{
	return &c->peer;
}

bool
conn_export(const struct conn *c, uint8_t out[TLS_EXPORT_LEN])
{
	return c->state == STATE_UP && tls_export(c->tls, out);
}

const char *
conn_address(const struct conn *c)
{
	return c->address;
}
