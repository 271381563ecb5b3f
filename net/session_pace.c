/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How fast file data may leave: a token bucket over the DATA of all transfers
 * of a session. It counts thousandths of a byte, so that a millisecond at any
 * rate is a whole number of them and nothing is lost by rounding. A frame
 * takes half of what the bucket holds at most, so that an owner that is a
 * little late loses nothing either.
 */
#include "net/session_internal.h"

enum {
	THOUSANDTHS = 1000,      /* of a byte */
	BURST_MS = 100,          /* what goes in this time is in the bucket */
	BURST_MIN = 1024 * 1000, /* 1 KiB in thousandths */
};

/* What the bucket holds, in thousandths of a byte. */
static uint64_t
room(const struct pace *p)
{
	uint64_t burst = p->rate * BURST_MS;

	return burst < BURST_MIN ? BURST_MIN : burst;
}

void
session_limit(struct session *s, uint64_t bytes_per_second)
{
	struct pace *p = &s->pace;

	if (p->rate == 0)
		p->have = 0;
	p->rate = bytes_per_second;
	if (p->rate > UINT64_MAX / THOUSANDTHS)
		p->rate = UINT64_MAX / THOUSANDTHS;
	if (p->have > room(p))
		p->have = room(p);
}

void
session_refill(struct session *s, uint64_t now_ms)
{
	struct pace *p = &s->pace;
	uint64_t passed;

	if (now_ms <= p->at_ms)
		return;
	passed = now_ms - p->at_ms;
	p->at_ms = now_ms;
	if (p->rate == 0)
		return;
	if (passed > (room(p) - p->have) / p->rate)
		p->have = room(p);
	else
		p->have += passed * p->rate;
}

size_t
session_cut(const struct session *s, size_t len)
{
	uint64_t most = room(&s->pace) / 2 / THOUSANDTHS;

	return s->pace.rate > 0 && len > most ? (size_t)most : len;
}

uint64_t
session_due(const struct session *s, size_t len)
{
	const struct pace *p = &s->pace;
	uint64_t cost = (uint64_t)len * THOUSANDTHS;

	if (p->rate == 0 || cost <= p->have)
		return 0;
	return p->at_ms + (cost - p->have + p->rate - 1) / p->rate;
}

void
session_spend(struct session *s, size_t len)
{
	if (s->pace.rate > 0)
		s->pace.have -= (uint64_t)len * THOUSANDTHS;
}
