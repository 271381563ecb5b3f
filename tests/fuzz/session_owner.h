/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The owner of a session that is fuzzed: what it does about events, and what
 * must be true in each of them, whatever the peer says.
 */
#ifndef CHARLA_FUZZ_SESSION_OWNER_H
#define CHARLA_FUZZ_SESSION_OWNER_H

#include "net/session.h"

enum { OWNER_BLOCK = 70 * 1000 }; /* more than a frame holds */

struct owner {
	struct session *s;
	uint64_t seq, token;
	bool ended;
	size_t open_in; /* offers we know of that have not ended */
	uint32_t last_in, last_out;
};

/* Abort where it is false. */
void must(bool truth);
void owner_check(const struct transfer *t);

/* The session's callback; arg is the owner. */
void owner_on_event(void *arg, const struct session_event *e);
/* The next block of what we offered, or its end. */
void owner_feed(struct owner *o, uint32_t id);
/* Say that we have some of it, if that can be; a tree: if its list is here. */
int owner_accept(struct owner *o, const struct transfer *t, uint64_t some);
/* An offer that is none takes nothing. entries and list_len of 0: a file. */
void owner_offer(
    struct owner *o, uint64_t size, uint32_t entries, uint32_t list_len);

#endif
