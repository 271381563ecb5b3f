/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes can hide from poll(2) inside TLS, so "readable" stays set until TLS
 * itself says that it wants more from the socket; "blocked" is the same for
 * the other way. The two directions know nothing of each other, but for the
 * rare moments when TLS has to write to read on.
 */
#include "net/conn_internal.h"

#include <poll.h>
#include <sys/socket.h>

#include "src/base/i18n.h"
#include "src/base/util.h"

enum {
	READ_CHUNK = 256 * 1024,    /* decrypted before the owner is told */
	READ_CHUNK_MIN = 16 * 1024, /* the first, and where that takes long */
	READ_MS = 1, /* then others have their turn, however little it was */
	SCRAP = 16 * 1024,
};

/* Reading came to its end, and everything before it was delivered. */
static void
read_ended(struct conn *c, enum tls_result result, const struct reason *why)
{
	struct reason ignored;

	c->peer_done = true;
	if (c->state == STATE_CLOSING) {
		/* Their end may have crossed ours; go on if we still can. */
		if (result != TLS_CLOSED && !c->said_bye)
			conn_down(
			    c, CONN_LOST, c->broken ? &c->broken_why : why);
		return;
	}
	if (result == TLS_CLOSED) {
		tls_shutdown(c->tls, &ignored);
		conn_down_text(
		    c, CONN_CLOSED, _("the other side closed the connection"));
	} else if (result == TLS_FAILED && !c->received) {
		/* In TLS 1.3 the caller is done before it is judged. */
		conn_down(c, CONN_HANDSHAKE, why);
	} else {
		conn_down(c, CONN_LOST, c->broken ? &c->broken_why : why);
	}
}

/* What a read came to; true when it ended the reading. */
static bool
note_read(struct conn *c, enum tls_result result, const struct reason *why)
{
	if (result == TLS_OK)
		return false;
	c->readable = false;
	c->read_wants_write = result == TLS_WANT_WRITE;
	if (result == TLS_WANT_READ && c->broken) {
		read_ended(c, TLS_LOST, &c->broken_why);
		return true;
	}
	if (result == TLS_WANT_READ || result == TLS_WANT_WRITE)
		return false;
	read_ended(c, result, why);
	return true;
}

bool
conn_may_read(const struct conn *c)
{
	return c->state == STATE_UP && c->readable && !c->paused &&
	       buf_room(&c->in) > 0;
}

static size_t
smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * What the owner takes long over comes in smaller pieces from then on, and in
 * larger ones where it is quick.
 */
static void
tell_input(struct conn *c)
{
	const uint64_t begin = clock_mono_ms();
	uint64_t took;

	conn_emit(c, CONN_INPUT);
	took = clock_mono_ms() - begin;
	if (took >= READ_MS && c->chunk > READ_CHUNK_MIN)
		c->chunk /= 2;
	else if (took == 0 && c->chunk < READ_CHUNK)
		c->chunk *= 2;
}

static void
read_slice(struct conn *c)
{
	const uint64_t end = clock_mono_ms() + READ_MS;
	size_t budget = CONN_SLICE / 2;

	if (c->chunk == 0)
		c->chunk = READ_CHUNK_MIN;
	if (c->input_due && !c->paused && buf_len(&c->in) > 0)
		tell_input(c);
	c->input_due = false;
	while (conn_may_read(c) && budget > 0 && clock_mono_ms() < end) {
		size_t size = smaller(c->chunk, budget), got;
		enum tls_result result;
		struct reason why;

		size = smaller(size, buf_room(&c->in));
		result = tls_read(
		    c->tls, buf_reserve(&c->in, size), size, &got, &why);
		buf_commit(&c->in, got);
		budget -= got;
		if (got > 0) {
			c->received = true;
			tell_input(c);
		}
		if (c->state == STATE_DOWN || note_read(c, result, &why))
			return;
	}
}

/* Closing: what is not read would make the kernel throw our tail away. */
static void
drain_slice(struct conn *c)
{
	unsigned char scrap[SCRAP];
	size_t budget = CONN_SLICE / 2;

	while (c->state == STATE_CLOSING && c->readable && !c->peer_done &&
	       budget > 0) {
		struct reason why;
		size_t got;
		enum tls_result result =
		    tls_read(c->tls, scrap, sizeof(scrap), &got, &why);

		budget -= smaller(got, budget);
		if (note_read(c, result, &why))
			return;
	}
}

static void
note_write(struct conn *c, enum tls_result result, const struct reason *why)
{
	c->unsent = result != TLS_OK;
	if (result == TLS_OK)
		return;
	c->blocked = true;
	c->write_wants_read = result == TLS_WANT_READ;
	if (result == TLS_WANT_READ || result == TLS_WANT_WRITE)
		return;
	/* What arrived before the end is still to be read. */
	c->broken = true;
	c->broken_why = *why;
	c->readable = true;
}

static bool
may_write(const struct conn *c)
{
	return (c->state == STATE_UP || c->state == STATE_CLOSING) &&
	       !c->blocked;
}

static void
write_slice(struct conn *c)
{
	size_t budget = CONN_SLICE / 2;

	while (may_write(c)) {
		size_t len = smaller(buf_len(&c->out), budget), put;
		struct reason why;
		enum tls_result result;

		if (c->state == STATE_UP && c->room_due &&
		    buf_len(&c->out) < CONN_OUT_LOW) {
			conn_emit(c, CONN_ROOM);
			c->room_due = false;
			continue;
		}
		if (buf_len(&c->out) == 0 && !c->unsent)
			return;
		if (budget == 0)
			return;
		result = tls_write(c->tls, buf_data(&c->out), len, &put, &why);
		buf_skip(&c->out, put);
		budget -= put;
		if (put > 0)
			c->room_due = true;
		note_write(c, result, &why);
	}
}

/* Closing: close_notify behind the last byte, then wait for theirs. */
static void
say_bye(struct conn *c)
{
	struct reason why;

	if (!c->said_bye && !c->blocked && buf_len(&c->out) == 0) {
		enum tls_result result = tls_shutdown(c->tls, &why);

		note_write(c, result, &why);
		c->said_bye = result == TLS_OK;
		if (c->said_bye)
			shutdown(c->fd, SHUT_WR);
	}
	if (c->said_bye && c->peer_done)
		conn_down_text(c, CONN_CLOSED, _("the connection is closed"));
	else if (c->broken && !c->said_bye)
		conn_down(c, CONN_LOST, &c->broken_why);
}

/* Ask poll(2) for what can move us on, and no more. */
static void
arm(struct conn *c)
{
	bool reads = c->state == STATE_CLOSING
			 ? !c->peer_done
			 : !c->paused && buf_room(&c->in) > 0;
	bool write_left = !c->blocked && (buf_len(&c->out) > 0 || c->unsent);
	short events = 0;

	if (reads || c->write_wants_read)
		events |= POLLIN;
	if ((c->blocked && !c->write_wants_read && !c->broken) ||
	    c->read_wants_write)
		events |= POLLOUT;
	watch_events(c->watch, events);
	/* A slice was used up: the rest when others had theirs. */
	if (reads && c->readable)
		watch_again(c->watch, POLLIN);
	if (write_left)
		watch_again(c->watch, POLLOUT);
}

static void
note_revents(struct conn *c, short revents)
{
	bool ended = revents & (POLLHUP | POLLERR | POLLNVAL);
	bool reads = ended || revents & POLLIN;
	bool writes = ended || revents & POLLOUT;

	if (reads || (writes && c->read_wants_write))
		c->readable = true;
	if ((writes || (reads && c->write_wants_read)) && !c->broken) {
		c->blocked = false;
		c->write_wants_read = false;
	}
}

void
conn_flow(struct conn *c, short revents)
{
	note_revents(c, revents);
	read_slice(c);
	drain_slice(c);
	write_slice(c);
	if (c->state == STATE_CLOSING)
		say_bye(c);
	if (c->state != STATE_DOWN)
		arm(c);
}
