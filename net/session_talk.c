/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is there, may it come in, and what it says: everything but files. */
#include <string.h>

#include "net/session_internal.h"
#include "src/base/err.h"

/* Within what a database can hold. */
static bool
is_number(uint64_t n)
{
	return n != 0 && n <= INT64_MAX;
}

static bool
is_name(uint64_t epoch, uint64_t seq)
{
	return is_number(epoch) && is_number(seq);
}

/*
 * Numbers ascend; those of another epoch begin where they like. Which of an
 * epoch came before it was left, only the owner remembers.
 */
static bool
follows(const struct frame_message *message, const struct message_name *last)
{
	return message->epoch != last->epoch || message->seq > last->seq;
}

static void
note_last(struct message_name *last, const struct frame_message *message)
{
	last->epoch = message->epoch;
	last->seq = message->seq;
}

static void
open_up(struct session *s)
{
	struct session_event e = {.type = SESSION_OPEN};

	s->phase = PHASE_OPEN;
	s->measures = true;
	session_emit(s, &e);
}

int
session_knock(struct session *s, enum wire_knock answer)
{
	struct frame f = {.type = FRAME_KNOCK, .knock = (uint8_t)answer};
	int r;

	if (s->role != SESSION_LISTENER || s->phase != PHASE_KNOCK ||
	    (answer == KNOCK_WAITING && s->rung))
		return ERR_INVALID;
	r = session_reply(s, &f);
	if (r != 0)
		return r;
	if (answer == KNOCK_WAITING)
		s->rung = true;
	else if (answer == KNOCK_ACCEPTED)
		open_up(s);
	else
		session_end(
		    s, answer == KNOCK_BUSY ? BYE_BUSY : BYE_REFUSED, true);
	return 0;
}

static int
on_hello(struct session *s, const struct frame_hello *hello)
{
	struct session_event e = {.type = SESSION_HELLO, .hello = hello};

	if (hello->version_min > hello->version_max)
		return ERR_PROTO;
	if (hello->version_min > WIRE_VERSION ||
	    hello->version_max < WIRE_VERSION_MIN) {
		session_end_version(s, hello);
		return 0;
	}
	if (!is_number(hello->epoch))
		return ERR_PROTO;
	if ((hello->stored_epoch != 0 || hello->stored_seq != 0) &&
	    !is_name(hello->stored_epoch, hello->stored_seq))
		return ERR_PROTO;
	s->phase = PHASE_KNOCK;
	session_pairing_begin(s, hello->capabilities);
	session_emit(s, &e);
	return 0;
}

static int
on_knock(struct session *s, uint8_t answer)
{
	struct session_event ringing = {.type = SESSION_RINGING};

	switch (answer) {
	case KNOCK_WAITING:
		if (!s->rung) {
			s->rung = true;
			session_emit(s, &ringing);
		}
		return 0;
	case KNOCK_ACCEPTED:
		open_up(s);
		return 0;
	case KNOCK_REFUSED:
		session_end(s, BYE_REFUSED, false);
		return 0;
	case KNOCK_BUSY:
		session_end(s, BYE_BUSY, false);
		return 0;
	default:
		return ERR_PROTO;
	}
}

static int
on_message(struct session *s, const struct frame_message *message)
{
	struct session_event e = {.type = SESSION_MESSAGE, .message = message};

	if (!is_name(message->epoch, message->seq))
		return ERR_PROTO;
	if (!follows(message, &s->last_in))
		return 0;
	note_last(&s->last_in, message);
	session_emit(s, &e);
	return 0;
}

/* Of any message: it may have been sent in a session before this one. */
static int
on_ack(struct session *s, const struct frame_ack *ack)
{
	struct session_event e = {
	    .type = SESSION_ACK, .epoch = ack->epoch, .seq = ack->seq};

	if (!is_name(ack->epoch, ack->seq))
		return ERR_PROTO;
	session_emit(s, &e);
	return 0;
}

static void
on_typing(struct session *s, uint8_t typing)
{
	struct session_event e = {
	    .type = SESSION_TYPING, .typing = typing != 0};

	session_emit(s, &e);
}

static void
on_keeping(struct session *s, uint8_t keeping)
{
	struct session_event e = {
	    .type = SESSION_KEEPING, .keeping = keeping != 0};

	session_emit(s, &e);
}

static void
on_presence(struct session *s, const struct frame *f)
{
	struct session_event e = {
	    .type = SESSION_PRESENCE,
	    .name = f->presence.name,
	    .name_len = f->presence.name_len,
	};

	session_emit(s, &e);
}

int
session_talk_frame(struct session *s, const struct frame *f)
{
	switch (f->type) {
	case FRAME_HELLO:
		return on_hello(s, &f->hello);
	case FRAME_KNOCK:
		return on_knock(s, f->knock);
	case FRAME_MESSAGE:
		return on_message(s, &f->message);
	case FRAME_ACK:
		return on_ack(s, &f->ack);
	case FRAME_TYPING:
		on_typing(s, f->typing);
		return 0;
	case FRAME_PRESENCE:
		on_presence(s, f);
		return 0;
	case FRAME_KEEPING:
		on_keeping(s, f->keeping);
		return 0;
	default:
		return ERR_PROTO;
	}
}

int
session_message(struct session *s, const struct frame_message *message)
{
	struct frame f = {.type = FRAME_MESSAGE, .message = *message};
	int r;

	if (!is_name(message->epoch, message->seq) ||
	    !follows(message, &s->last_out))
		return ERR_INVALID;
	r = session_put(s, &f);
	if (r == 0)
		note_last(&s->last_out, message);
	return r;
}

int
session_ack(struct session *s, uint64_t epoch, uint64_t seq)
{
	struct frame f = {
	    .type = FRAME_ACK, .ack = {.epoch = epoch, .seq = seq}};
	int r;

	if (s->phase != PHASE_OPEN || !is_name(epoch, seq))
		return ERR_INVALID;
	if (epoch == s->acked.epoch && seq == s->acked.seq)
		return 0;
	r = session_reply(s, &f);
	if (r == 0)
		s->acked = (struct message_name){epoch, seq};
	return r;
}

int
session_typing(struct session *s, bool typing)
{
	struct frame f = {.type = FRAME_TYPING, .typing = typing};

	return session_put(s, &f);
}

int
session_keeping(struct session *s, bool keeping)
{
	struct frame f = {.type = FRAME_KEEPING, .keeping = keeping};

	return session_put(s, &f);
}

int
session_presence(struct session *s, const char *name)
{
	struct frame f = {.type = FRAME_PRESENCE};

	f.presence.name = name;
	f.presence.name_len = strlen(name);
	return session_put(s, &f);
}
