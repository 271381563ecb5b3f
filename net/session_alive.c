/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Is the other side still there? Whoever hears nothing for a while asks with
 * a PING; the caller asks first, so that usually only one side does. Nobody
 * is given up without having been asked and given time to answer: when this
 * process was stopped (a suspended laptop), the silence was ours.
 *
 * File data that leaves counts as a sign of life, as it does not leave for
 * long where nobody takes it. Where it waited for our limit instead of for
 * room, it could leave for minutes, and does not count. A probe wants to know
 * sooner, and counts only what is heard.
 */
#include "net/session_internal.h"

enum {
	LISTENER_EXTRA_MS = 2 * 1000, /* let the caller ask first */
	LATE_MS = 5 * 1000,           /* a tick this late: we did not run */
	GRACE_MIN_MS = 1000, /* less time left than this to answer is unfair */
	GRACE_MS = 4 * 1000,
};

void
session_alive_init(struct session *s, uint64_t now_ms)
{
	s->born_ms = now_ms;
	s->heard_ms = now_ms;
	s->pace.at_ms = now_ms;
}

void
session_heard(struct session *s, uint64_t now_ms)
{
	s->heard_ms = now_ms;
	s->asked = false;
	s->probing = false;
}

void
session_sent(struct session *s, uint64_t now_ms)
{
	if (!s->probing)
		session_heard(s, now_ms);
}

void
session_pong(struct session *s, uint64_t value, uint64_t now_ms)
{
	struct session_event e = {.type = SESSION_ROUND_TRIP};
	uint64_t taken = now_ms - s->ping_ms;

	if (s->ping_ms == 0 || value != s->ping)
		return;
	s->ping_ms = 0;
	if (taken > SESSION_SILENCE_MS) /* we were stopped meanwhile */
		return;
	s->round_trip_ms = taken;
	if (s->round_trip_ms == 0)
		s->round_trip_ms = 1;
	session_emit(s, &e);
}

uint64_t
session_round_trip_ms(const struct session *s)
{
	return s->round_trip_ms;
}

static uint64_t
alive_deadline(const struct session *s)
{
	uint64_t extra = s->role == SESSION_LISTENER ? LISTENER_EXTRA_MS : 0;

	switch (s->phase) {
	case PHASE_HELLO:
		return s->born_ms + SESSION_HELLO_MS;
	case PHASE_ENDED:
		return UINT64_MAX;
	default:
		break;
	}
	return s->asked ? s->lost_ms : s->heard_ms + SESSION_PING_MS + extra;
}

uint64_t
session_deadline(const struct session *s)
{
	uint64_t alive = alive_deadline(s), due = session_data_due(s);

	/* Due now, it waits for room, which no timer makes. */
	return due != 0 && due < alive ? due : alive;
}

/* A probe never gives more time than there was. */
static void
hurry(struct session *s, uint64_t now_ms)
{
	if (s->lost_ms > now_ms + SESSION_PROBE_MS)
		s->lost_ms = now_ms + SESSION_PROBE_MS;
}

static void
ping(struct session *s, uint64_t now_ms)
{
	struct frame f = {.type = FRAME_PING, .ping = s->ping + 1};

	s->ping = f.ping;
	s->ping_ms = now_ms;
	session_reply(s, &f);
}

void
session_measure(struct session *s, uint64_t now_ms)
{
	if (!s->measures)
		return;
	s->measures = false;
	if (s->phase == PHASE_OPEN && s->ping_ms == 0)
		ping(s, now_ms);
}

static void
ask(struct session *s, uint64_t now_ms)
{
	s->asked = true;
	s->lost_ms = s->heard_ms + SESSION_SILENCE_MS;
	if (s->lost_ms < now_ms + GRACE_MIN_MS)
		s->lost_ms = now_ms + GRACE_MS;
	if (s->probing)
		hurry(s, now_ms);
	ping(s, now_ms);
}

void
session_probe(struct session *s, uint64_t now_ms)
{
	if (s->phase == PHASE_HELLO || s->phase == PHASE_ENDED)
		return;
	s->probing = true;
	if (s->asked)
		hurry(s, now_ms);
	else
		ask(s, now_ms);
}

void
session_tick(struct session *s, uint64_t now_ms)
{
	uint64_t deadline = alive_deadline(s);

	session_refill(s, now_ms);
	session_check_overrun(s);
	if (now_ms < deadline)
		return;
	if (s->phase == PHASE_HELLO)
		session_end(s, BYE_TIMEOUT, true);
	else if (!s->asked || now_ms - deadline > LATE_MS)
		ask(s, now_ms);
	else
		session_end(s, BYE_TIMEOUT, true);
}
