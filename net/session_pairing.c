/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The comparison of keys, inside a session: it begins with the HELLO of the
 * other side, unless both have compared before, and goes on beside everything
 * else, also while the caller still knocks.
 */
#include <string.h>

#include "net/session_internal.h"
#include "src/base/err.h"

static int
say(struct session *s, enum frame_type type, const uint8_t *bytes)
{
	struct frame f = {.type = (uint8_t)type};

	if (bytes != NULL)
		memcpy(f.pair, bytes, sizeof(f.pair));
	return session_reply(s, &f);
}

void
session_pairing_begin(struct session *s, uint32_t their_capabilities)
{
	uint8_t commit[PAIRING_LEN];

	if (s->verified && (their_capabilities & CAPABILITY_VERIFIED) != 0)
		return;
	if (s->role == SESSION_CALLER) {
		pairing_begin_caller(&s->pairing);
		return;
	}
	pairing_begin_listener(&s->pairing, commit);
	say(s, FRAME_PAIR_COMMIT, commit);
}

static void
tell_digits(struct session *s)
{
	struct session_event e = {
	    .type = SESSION_DIGITS, .digits = s->pairing.digits};

	session_emit(s, &e);
}

static int
on_nonce(struct session *s, const uint8_t *nonce)
{
	uint8_t reply[PAIRING_LEN];
	int r = s->role == SESSION_LISTENER
		    ? pairing_nonce(&s->pairing, nonce, reply)
		    : ERR_PROTO;

	if (r < 0)
		return r;
	say(s, FRAME_PAIR_REVEAL, reply);
	tell_digits(s);
	return 0;
}

static int
on_commit(struct session *s, const uint8_t *commit)
{
	uint8_t reply[PAIRING_LEN];
	int r = pairing_commit(&s->pairing, commit, reply);

	if (r == 0)
		say(s, FRAME_PAIR_NONCE, reply);
	return r;
}

static int
on_reveal(struct session *s, const uint8_t *nonce)
{
	int r = pairing_reveal(&s->pairing, nonce);

	if (r == 0)
		tell_digits(s);
	return r;
}

static int
on_agree(struct session *s)
{
	struct session_event e = {.type = SESSION_AGREE};
	int r = pairing_agree_there(&s->pairing);

	if (r == 0)
		session_emit(s, &e);
	return r;
}

int
session_pairing_frame(struct session *s, const struct frame *f)
{
	switch (f->type) {
	case FRAME_PAIR_COMMIT:
		return on_commit(s, f->pair);
	case FRAME_PAIR_NONCE:
		return on_nonce(s, f->pair);
	case FRAME_PAIR_REVEAL:
		return on_reveal(s, f->pair);
	default:
		return on_agree(s);
	}
}

int
session_agree(struct session *s)
{
	int r =
	    s->phase == PHASE_ENDED ? ERR_INVALID : pairing_agree(&s->pairing);

	return r == 0 ? say(s, FRAME_PAIR_AGREE, NULL) : r;
}

const struct pairing *
session_pairing(const struct session *s)
{
	return &s->pairing;
}
