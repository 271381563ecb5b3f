/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two ends of real TCP connections on loopback, and what they went through. */
#ifndef CHARLA_TESTS_CONN_PAIR_H
#define CHARLA_TESTS_CONN_PAIR_H

#include "net/conn.h"

enum { PAIR_PATIENCE_MS = 60 * 1000 };

/* One end: sends to_send as there is room, keeps what arrives. */
struct side {
	struct conn *conn;
	const uint8_t *to_send;
	size_t send_len, sent;
	bool finish; /* conn_finish as soon as all is queued */
	uint8_t *got;
	size_t got_len, got_size;
	unsigned count[CONN_DOWN + 1]; /* events, by type */
	enum conn_fault fault;
	struct reason why;
	/* Called after the above; NULL: nothing. May free conn. */
	void (*then)(struct side *s, const struct conn_event *event);
};

struct pair {
	struct loop *loop;
	struct identity *id[2];
	struct tls_context *tls[2];
	struct side side[2]; /* the caller, the listener */
};

/* cmocka's setup and teardown; *state is a struct pair. */
int pair_set_up(void **state);
int pair_tear_down(void **state);

/* Connected and non-blocking: fds[0] has called fds[1]. */
void conn_pair_sockets(int fds[2]);
void side_open(struct pair *p, int which, int fd, int handshake_ms);
/* Both ends over new sockets. */
void conn_pair_open(struct pair *p);
/* Turns of the loop until done says so; fails the test after a minute. */
void conn_pair_until(struct pair *p, bool (*done)(struct pair *p));
bool pair_both_up(struct pair *p);
bool pair_both_down(struct pair *p);
bool pair_caller_down(struct pair *p);
bool pair_listener_down(struct pair *p);

#endif
