/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/e2e/mitm.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "src/base/err.h"
#include "src/base/util.h"

enum { TYPES = 256, PENDING_MAX = 1024 * 1024, CHEAP_TRIES = 2000 };

/* One of its two connections. */
struct side {
	struct mitm *m;
	struct conn *conn;
	bool up, down;
	struct buf pending; /* for it, until it is up */
	struct pairing pairing;
	size_t heard[TYPES];
};

struct mitm {
	const struct identity *id;
	struct tls_context *tls;
	enum mitm_way way;
	struct side caller, listener;
};

static struct side *
other_of(struct side *side)
{
	return side == &side->m->caller ? &side->m->listener : &side->m->caller;
}

static void
say(struct side *to, const struct frame *frame)
{
	if (!to->up) {
		assert_int_equal(wire_put(&to->pending, frame), 0);
		return;
	}
	if (to->down)
		return;
	assert_int_equal(wire_put(conn_output(to->conn), frame), 0);
	conn_kick(to->conn);
}

static void
say_pair(struct side *to, enum frame_type type, const uint8_t *bytes)
{
	struct frame f = {.type = (uint8_t)type};

	memcpy(f.pair, bytes, sizeof(f.pair));
	say(to, &f);
}

static void
begin_pairing(struct side *side)
{
	const uint8_t *own = identity_fingerprint(side->m->id)->bytes;
	const uint8_t *their = conn_fingerprint(side->conn)->bytes;
	bool they_call = side == &side->m->caller;
	struct pairing_binding b;
	uint8_t nonce[PAIRING_LEN];

	assert_true(conn_export(side->conn, b.exporter));
	memcpy(b.caller, they_call ? their : own, PAIRING_LEN);
	memcpy(b.listener, they_call ? own : their, PAIRING_LEN);
	assert_int_equal(
	    getrandom(nonce, sizeof(nonce), 0), (ssize_t)sizeof(nonce));
	pairing_init(&side->pairing, &b, nonce);
}

/* To the caller it is the listener, and goes first. */
static void
commit(struct mitm *m)
{
	uint8_t bytes[PAIRING_LEN];

	pairing_begin_listener(&m->caller.pairing, bytes);
	say_pair(&m->caller, FRAME_PAIR_COMMIT, bytes);
}

/* Another number than the one it has committed itself to. */
static void
cheat(struct mitm *m, const uint8_t *caller_nonce, uint8_t *reveal)
{
	for (uint64_t n = 1; n <= CHEAP_TRIES; n++) {
		memcpy(reveal, &n, sizeof(n));
		if (pairing_digits(&m->caller.pairing.binding, caller_nonce,
			reveal) == m->listener.pairing.digits)
			return;
	}
}

/* The frames of the comparison; true: not for the other side. */
static bool
compare(struct side *from, const struct frame *f)
{
	struct mitm *m = from->m;
	uint8_t reply[PAIRING_LEN];

	switch (f->type) {
	case FRAME_PAIR_COMMIT:
		pairing_begin_caller(&from->pairing);
		assert_int_equal(
		    pairing_commit(&from->pairing, f->pair, reply), 0);
		say_pair(from, FRAME_PAIR_NONCE, reply);
		return true;
	case FRAME_PAIR_REVEAL:
		assert_int_equal(pairing_reveal(&from->pairing, f->pair), 0);
		/* Now it knows what the listener sees, and goes on. */
		commit(m);
		return true;
	case FRAME_PAIR_NONCE:
		assert_int_equal(
		    pairing_nonce(&from->pairing, f->pair, reply), 0);
		if (m->way == MITM_CHEATS)
			cheat(m, f->pair, reply);
		say_pair(from, FRAME_PAIR_REVEAL, reply);
		return true;
	default:
		return false;
	}
}

static void
on_frame(struct side *from, const struct frame *f)
{
	from->heard[f->type]++;
	if (from->m->way != MITM_HANDS_ON && compare(from, f))
		return;
	say(other_of(from), f);
}

static void
on_conn(void *arg, const struct conn_event *event)
{
	struct side *side = arg;
	struct frame f;
	int r;

	switch (event->type) {
	case CONN_UP:
		side->up = true;
		begin_pairing(side);
		buf_put(conn_output(side->conn), buf_data(&side->pending),
		    buf_len(&side->pending));
		conn_kick(side->conn);
		break;
	case CONN_INPUT:
		while ((r = wire_get(
			    conn_input(side->conn), WIRE_FRAME_MAX, &f)) == 0)
			on_frame(side, &f);
		assert_int_equal(r, ERR_AGAIN);
		break;
	case CONN_ROOM:
		break;
	case CONN_DOWN:
		side->down = true;
		if (other_of(side)->up && !other_of(side)->down)
			conn_finish(other_of(side)->conn);
		break;
	}
}

static void
open_side(struct side *side, struct mitm *m, const struct mitm_config *config,
    bool they_call)
{
	const struct conn_config c = {
	    .loop = config->loop,
	    .tls = m->tls,
	    .role = they_call ? TLS_LISTENER : TLS_CALLER,
	    .fd = they_call ? config->caller_fd : config->listener_fd,
	    .address = "127.0.0.1",
	    .on_event = on_conn,
	    .arg = side,
	};

	side->m = m;
	side->pairing.digits = PAIRING_DIGITS;
	buf_init(&side->pending, PENDING_MAX);
	side->conn = conn_new(&c);
}

struct mitm *
mitm_new(const struct mitm_config *config)
{
	struct mitm *m = mem_zalloc(sizeof(*m));

	m->id = config->id;
	m->way = config->way;
	m->tls = tls_context_new(config->id);
	open_side(&m->caller, m, config, true);
	open_side(&m->listener, m, config, false);
	return m;
}

void
mitm_free(struct mitm *m)
{
	if (m == NULL)
		return;
	conn_free(m->caller.conn);
	conn_free(m->listener.conn);
	buf_release(&m->caller.pending);
	buf_release(&m->listener.pending);
	tls_context_free(m->tls);
	free(m);
}

size_t
mitm_heard_from_caller(const struct mitm *m, uint8_t type)
{
	return m->caller.heard[type];
}

size_t
mitm_heard_from_listener(const struct mitm *m, uint8_t type)
{
	return m->listener.heard[type];
}

size_t
mitm_heard(const struct mitm *m)
{
	size_t count = 0;

	for (int type = 0; type < TYPES; type++)
		count += m->caller.heard[type] + m->listener.heard[type];
	return count;
}

bool
mitm_is_over(const struct mitm *m)
{
	return m->caller.down || m->listener.down;
}

static unsigned
digits_of(const struct pairing *p)
{
	return p->state == PAIRING_DONE ? p->digits : PAIRING_DIGITS;
}

unsigned
mitm_digits_of_caller(const struct mitm *m)
{
	return digits_of(&m->caller.pairing);
}

unsigned
mitm_digits_of_listener(const struct mitm *m)
{
	return digits_of(&m->listener.pairing);
}
