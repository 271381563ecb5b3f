/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What net/conn.c (how a connection begins, ends and is called) and
 * net/conn_flow.c (how bytes move while it is up) share, and nobody else.
 */
#ifndef CHARLA_NET_CONN_INTERNAL_H
#define CHARLA_NET_CONN_INTERNAL_H

#include <stdbool.h>

#include "net/conn.h"

enum conn_state {
	STATE_PEEK,
	STATE_HANDSHAKE,
	STATE_UP,
	STATE_CLOSING,
	STATE_DOWN
};

struct conn {
	struct tls_context *context;
	enum tls_role role;
	int fd;
	char *address;
	void (*on_event)(void *arg, const struct conn_event *event);
	void *arg;

	enum conn_state state;
	struct tls *tls;
	struct watch *watch;
	struct timer *timer; /* for the handshake, then for closing */
	struct buf in, out;
	struct fingerprint peer;

	size_t chunk; /* bytes that are read at a time; 0: none yet */
	bool running; /* inside a callback of the loop */
	bool freed;   /* by the owner, in the meantime */
	bool paused;
	bool input_due; /* CONN_INPUT about what is there already */
	bool room_due;  /* CONN_ROOM when below CONN_OUT_LOW */

	bool readable;         /* TLS or the socket may have bytes for us */
	bool read_wants_write; /* TLS reads on when it could write */
	bool blocked;          /* no writing before poll(2) says so */
	bool write_wants_read;
	bool unsent;    /* TLS holds bytes for the socket */
	bool broken;    /* writing failed: broken_why */
	bool received;  /* at least one byte */
	bool said_bye;  /* our close_notify is on the socket */
	bool peer_done; /* theirs, or their end, was seen */
	struct reason broken_why;
};

/* Each of these may end in the owner freeing us: look at c->state after. */
void conn_emit(struct conn *c, enum conn_event_type type);
void conn_down(struct conn *c, enum conn_fault fault, const struct reason *why);
void conn_down_text(struct conn *c, enum conn_fault fault, const char *text);

/* One wake-up in UP or CLOSING: read, write, and ask for what is left. */
void conn_flow(struct conn *c, short revents);
/* Whether reading on would bring something without poll(2). */
bool conn_may_read(const struct conn *c);

#endif
