/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One side of a pair that does what it may, by dice. Nothing happens by
 * itself: every step is asked for. It writes down what became of everything.
 * For tests.
 */
#ifndef CHARLA_TESTS_SESSION_ACTOR_H
#define CHARLA_TESTS_SESSION_ACTOR_H

#include "tests/unit/session_pair.h"

enum { ACTOR_OFFERS = 8 }; /* that one makes */

/* What became of a transfer, as one side saw it. */
struct fate {
	enum transfer_state state; /* OFFERED: nothing yet */
	enum wire_why why;
	bool by_cancel_of_ours;
	uint32_t claimed; /* of a tree: as far as claims were told or heard */
	uint64_t got;     /* in, DONE: bytes */
};

struct dice {
	uint64_t last;
};

struct actor {
	struct side side;
	struct dice *dice;
	struct fate fates[2][ACTOR_OFFERS + 1];
	uint32_t offered;               /* by us, so far */
	bool is_tree[ACTOR_OFFERS + 1]; /* of these */
	uint32_t known;    /* by the other, as far as we have heard */
	uint32_t begun;    /* transfers of the other that went on */
	uint32_t accepted; /* trees of the other */
	unsigned said;
	uint64_t epoch, seq; /* of the last message */
};

/* 0 to sides - 1. */
uint64_t roll(struct dice *dice, uint64_t sides);

void actor_init(struct actor *a, struct dice *dice, enum session_role role);
void actor_release(struct actor *a);

void actor_offer(struct actor *a);
void actor_say(struct actor *a);
void actor_pause(struct actor *a); /* or resume, something */
/*
 * The next thing an honest sender or receiver does about this one; wild: or
 * one of the others that it may.
 */
void actor_send(struct actor *a, uint32_t id, bool wild);
void actor_receive(struct actor *a, uint32_t id, bool wild);

#endif
