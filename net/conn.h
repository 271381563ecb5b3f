/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One connection: a socket, its TLS state and two byte queues. Bytes leave
 * in the order they were queued. Everything above sees decrypted bytes and
 * events; nothing above sees a descriptor.
 */
#ifndef CHARLA_NET_CONN_H
#define CHARLA_NET_CONN_H

#include "net/buf.h"
#include "net/loop.h"
#include "net/tls.h"

struct conn;

enum {
	CONN_OUT_LOW = 256 * 1024, /* ask for more below this */
	CONN_OUT_MAX = 1024 * 1024,
	CONN_IN_MAX = 1024 * 1024,
	CONN_SLICE = 1024 * 1024, /* bytes in one wake-up, half each way */
	CONN_HANDSHAKE_MS = 10 * 1000,
	CONN_CLOSE_MS = 2 * 1000, /* bound on flushing while closing */
};

enum conn_event_type {
	CONN_UP,    /* handshake done: conn_fingerprint is known */
	CONN_INPUT, /* conn_input holds new bytes; consume them */
	CONN_ROOM,  /* up, or some was sent, and conn_output is below
		       CONN_OUT_LOW: add, or leave it */
	CONN_DOWN,  /* the last event: fault and why say how it ended */
};

enum conn_fault {
	CONN_CLOSED,    /* by us, flushed; or by the peer, cleanly */
	CONN_PLAINTEXT, /* a caller who does not speak TLS; got not a byte */
	CONN_HANDSHAKE, /* TLS, but not charla: version, ALPN, certificate */
	CONN_SLOW,      /* no handshake in time */
	CONN_LOST,      /* the network, or the other machine, went away */
};

struct conn_event {
	enum conn_event_type type;
	enum conn_fault fault;
	const struct reason *why; /* of CONN_DOWN: never NULL, never empty */
};

struct conn_config {
	struct loop *loop;
	struct tls_context *tls;
	enum tls_role role;
	int fd;              /* connected, non-blocking; taken over */
	const char *address; /* numeric, for people; copied */
	int handshake_ms;    /* 0: CONN_HANDSHAKE_MS */
	/* May call any conn function, conn_free included. */
	void (*on_event)(void *arg, const struct conn_event *event);
	void *arg;
};

/* Events start with the next turn of the loop. */
struct conn *conn_new(const struct conn_config *config);
/* At once, from anywhere, on_event included; no event follows. */
void conn_free(struct conn *c);

/* Unread bytes from the peer. */
struct buf *conn_input(struct conn *c);
/* Append to this, then conn_kick. Bounded by CONN_OUT_MAX. */
struct buf *conn_output(struct conn *c);
/* The loop sends it, never this call; nothing to send costs nothing. */
void conn_kick(struct conn *c);
/*
 * Stop reading (back-pressure), or go on; then what is still unread is told
 * again. While paused and with nothing to send, the other side's end is not
 * noticed.
 */
void conn_pause(struct conn *c, bool paused);
/*
 * Send what is queued and close_notify, then CONN_DOWN: with CONN_CLOSED, or
 * with CONN_LOST where not all of it could leave within CONN_CLOSE_MS. What
 * the other side still says is thrown away.
 */
void conn_finish(struct conn *c);

/* netwatch_path_is_up of its socket. */
bool conn_path_is_up(const struct conn *c);
const struct fingerprint *conn_fingerprint(const struct conn *c);
/* tls_export, once it is up. */
bool conn_export(const struct conn *c, uint8_t out[TLS_EXPORT_LEN]);
const char *conn_address(const struct conn *c);

#endif
