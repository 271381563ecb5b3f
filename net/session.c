/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The life of a session: bytes in, bytes out, the end. What we have to say
 * waits in one bounded queue, in order; file data never enters it but goes
 * straight from its block to the output when the queue is empty.
 */
#include "net/session.h"

#include <stdlib.h>
#include <string.h>

#include "net/session_internal.h"
#include "src/base/err.h"
#include "src/base/util.h"

enum {
	/* Of the queue, kept free for ACK, CREDIT, PONG and the like; */
	QUEUE_RESERVE = 256 * 1024,
	/* and of that, for the longest of them, claims apart, and a BYE. */
	REPLY_RESERVE = 128,
};

static void
queue_hello(struct session *s, const struct session_config *config)
{
	struct frame f = {
	    .type = FRAME_HELLO,
	    .hello =
		{
		    .version_min = WIRE_VERSION_MIN,
		    .version_max = WIRE_VERSION,
		    .purpose = PURPOSE_TALK,
		    .capabilities = config->verified ? CAPABILITY_VERIFIED : 0,
		    .epoch = config->epoch,
		    .stored_epoch = config->stored_epoch,
		    .stored_seq = config->stored_seq,
		    .port = config->port,
		    .name = config->name,
		    .name_len = strnlen(config->name, WIRE_NAME_MAX),
		},
	};

	if (wire_put(&s->queue, &f) != 0)
		fatal("cannot write a HELLO");
}

struct session *
session_new(const struct session_config *config, uint64_t now_ms)
{
	struct session *s = mem_zalloc(sizeof(*s));

	s->role = config->role;
	s->phase = PHASE_HELLO;
	s->on_event = config->on_event;
	s->arg = config->arg;
	buf_init(&s->queue, SESSION_QUEUE_MAX);
	s->verified = config->verified;
	pairing_init(&s->pairing, &config->binding, config->nonce);
	session_alive_init(s, now_ms);
	queue_hello(s, config);
	return s;
}

static void
free_transfers(struct session *s, bool all)
{
	for (int dir = TRANSFER_OUT; dir <= TRANSFER_IN; dir++) {
		struct transfer **at = &s->transfers[dir];

		while (*at != NULL) {
			struct transfer *t = *at;

			if (!all && !transfer_ended(t)) {
				at = &t->next;
				continue;
			}
			*at = t->next;
			transfer_free(t);
		}
	}
}

void
session_free(struct session *s)
{
	if (s == NULL)
		return;
	free_transfers(s, true);
	buf_release(&s->queue);
	free(s);
}

void
session_reap(struct session *s)
{
	if (s->depth == 0)
		free_transfers(s, s->phase == PHASE_ENDED);
}

void
session_emit(struct session *s, const struct session_event *event)
{
	if (s->phase == PHASE_ENDED && event->type != SESSION_ENDED)
		return;
	s->depth++;
	s->on_event(s->arg, event);
	s->depth--;
	session_reap(s);
}

static void
end(struct session *s, enum wire_bye bye, bool by_us,
    const struct frame_hello *hello)
{
	struct session_event e = {
	    .type = SESSION_ENDED, .bye = bye, .by_us = by_us, .hello = hello};
	struct frame f = {.type = FRAME_BYE, .bye = (uint8_t)bye};

	if (s->phase == PHASE_ENDED)
		return;
	s->phase = PHASE_ENDED;
	if (by_us)
		wire_put(&s->queue, &f);
	session_emit(s, &e);
}

void
session_end(struct session *s, enum wire_bye bye, bool by_us)
{
	end(s, bye, by_us, NULL);
}

void
session_end_version(struct session *s, const struct frame_hello *hello)
{
	end(s, BYE_VERSION, true, hello);
}

void
session_bye(struct session *s, enum wire_bye why)
{
	session_end(s, why, true);
}

bool
session_is_open(const struct session *s)
{
	return s->phase == PHASE_OPEN;
}

bool
session_is_ended(const struct session *s)
{
	return s->phase == PHASE_ENDED;
}

int
session_put(struct session *s, const struct frame *frame)
{
	if (s->phase != PHASE_OPEN)
		return ERR_INVALID;
	if (buf_room(&s->queue) < QUEUE_RESERVE + WIRE_FRAME_MAX + 4)
		return ERR_FULL;
	return wire_put(&s->queue, frame);
}

int
session_reply(struct session *s, const struct frame *frame)
{
	size_t reserve = REPLY_RESERVE;

	if (s->phase == PHASE_ENDED)
		return ERR_INVALID;
	if (frame->type == FRAME_CLAIMS)
		reserve += frame->claims.count * WIRE_CLAIM_LEN;
	if (buf_room(&s->queue) < reserve) {
		s->overrun = true;
		return ERR_FULL;
	}
	return wire_put(&s->queue, frame);
}

void
session_check_overrun(struct session *s)
{
	if (s->overrun)
		session_end(s, BYE_PROTOCOL, true);
}

static void
on_ping(struct session *s, uint64_t value)
{
	struct frame f = {.type = FRAME_PONG, .ping = value};

	session_reply(s, &f);
}

static bool
is_pairing(uint8_t type)
{
	return type >= FRAME_PAIR_COMMIT && type <= FRAME_PAIR_AGREE;
}

static bool
is_allowed(const struct session *s, uint8_t type)
{
	switch (s->phase) {
	case PHASE_HELLO:
		return type == FRAME_HELLO || type == FRAME_BYE;
	case PHASE_KNOCK:
		return type == FRAME_PING || type == FRAME_PONG ||
		       type == FRAME_BYE || is_pairing(type) ||
		       (type == FRAME_KNOCK && s->role == SESSION_CALLER);
	default:
		return type != FRAME_HELLO && type != FRAME_KNOCK;
	}
}

static int
on_frame(struct session *s, const struct frame *f, uint64_t now_ms)
{
	if (!is_allowed(s, f->type))
		return ERR_PROTO;
	switch (f->type) {
	case FRAME_PING:
		on_ping(s, f->ping);
		return 0;
	case FRAME_PONG:
		session_pong(s, f->ping, now_ms);
		return 0;
	case FRAME_BYE:
		session_end(s, (enum wire_bye)f->bye, false);
		return 0;
	case FRAME_HELLO:
	case FRAME_KNOCK:
	case FRAME_MESSAGE:
	case FRAME_ACK:
	case FRAME_TYPING:
	case FRAME_PRESENCE:
	case FRAME_KEEPING:
		return session_talk_frame(s, f);
	case FRAME_PAIR_COMMIT:
	case FRAME_PAIR_NONCE:
	case FRAME_PAIR_REVEAL:
	case FRAME_PAIR_AGREE:
		if (session_pairing_frame(s, f) != 0)
			session_end(s, BYE_PAIRING, true);
		return 0;
	default:
		break;
	}
	/* An optional frame of a newer version is no business of ours. */
	if (f->type >= FRAME_OPTIONAL)
		return 0;
	return session_transfer_frame(s, f);
}

void
session_input(struct session *s, struct buf *in, uint64_t now_ms)
{
	struct frame f;

	if (s->in_input)
		return;
	s->in_input = true;
	session_refill(s, now_ms);
	if (buf_len(in) > s->unread)
		session_heard(s, now_ms);
	while (s->phase != PHASE_ENDED) {
		size_t max = s->phase == PHASE_OPEN ? WIRE_FRAME_MAX
						    : WIRE_KNOCK_FRAME_MAX;
		int r = wire_get(in, max, &f);

		if (r == ERR_AGAIN)
			break;
		if (r != 0 || on_frame(s, &f, now_ms) != 0)
			session_end(s, BYE_PROTOCOL, true);
		session_check_overrun(s);
	}
	if (s->phase == PHASE_ENDED)
		buf_skip(in, buf_len(in));
	s->unread = buf_len(in);
	s->in_input = false;
}

static void
move_queue(struct session *s, struct buf *out)
{
	size_t len = buf_len(&s->queue);

	if (len > buf_room(out))
		len = buf_room(out);
	if (len == 0 || buf_put(out, buf_data(&s->queue), len) != 0)
		return;
	if (len == buf_len(&s->queue))
		buf_clear(&s->queue);
	else
		buf_skip(&s->queue, len);
}

void
session_output(struct session *s, struct buf *out, size_t want, uint64_t now_ms)
{
	bool sent = false, held = s->pace.held;
	uint64_t due;

	if (s->in_output)
		return;
	s->in_output = true;
	session_check_overrun(s);
	session_refill(s, now_ms);
	session_measure(s, now_ms);
	/* Whatever a callback queued goes ahead of the next piece of file. */
	move_queue(s, out);
	while (buf_len(&s->queue) == 0 && buf_len(out) < want &&
	       session_send_data(s, out)) {
		sent = true;
		move_queue(s, out);
	}
	/* What waited for the limit tells nothing about the other side. */
	if (sent && !held)
		session_sent(s, now_ms);
	due = session_data_due(s);
	s->pace.held = due != 0 && due != UINT64_MAX;
	s->in_output = false;
}

bool
session_has_output(const struct session *s)
{
	return buf_len(&s->queue) > 0 || s->measures ||
	       session_data_due(s) == 0;
}
