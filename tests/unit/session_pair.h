/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two sessions back to back for tests: what leaves one arrives at the other.
 * A side counts its events, checks that none follows the end, and behaves
 * like a good program unless its hook says otherwise: the listener accepts
 * the knock, offers are accepted, lists are taken, claims are made, proofs are
 * compared, files are fed, drained and verified.
 */
#ifndef CHARLA_TESTS_SESSION_PAIR_H
#define CHARLA_TESTS_SESSION_PAIR_H

#include "net/session.h"

enum {
	PAIR_WIRE_MAX = 2 * 1024 * 1024,
	PAIR_WANT = 256 * 1024,
	PAIR_FILES = 512, /* transfers one side may offer in a test */
	PAIR_EVENTS = SESSION_ENDED + 1,
	PAIR_BLOCK = 100 * 1000, /* no multiple of a frame */
	PAIR_EPOCH = 7,          /* of both */
	PAIR_STORED_EPOCH = 5,   /* what both say they have */
	PAIR_STORED_SEQ = 40,
	PAIR_PORT = 6000, /* and 1 for the listener */
};

/* What a side knows of the other's key; the rest is zero. */
struct side_trust {
	bool verified;
	struct pairing_binding binding;
	uint8_t nonce[PAIRING_LEN];
};

struct side {
	struct session *s;
	struct buf wire; /* on its way from here to the other */
	/* True: handled, the good behaviour below is left out. */
	bool (*hook)(struct side *side, const struct session_event *e);
	void *arg;
	unsigned count[PAIR_EVENTS];
	struct session_event last[PAIR_EVENTS]; /* pointers in it are dead */
	struct transfer transfer[PAIR_EVENTS];  /* as it was in that event */
	uint64_t trace;      /* a hash of all that came out */
	uint64_t last_token; /* offered by us */
	/* Of what we offer: bytes of it, with its list, and of these fed. */
	uint64_t size[PAIR_FILES], fed[PAIR_FILES];
	bool finished[PAIR_FILES];
};

struct pair {
	struct side caller, listener;
	uint64_t now_ms;
};

/* The bytes of every file in the tests, by transfer and offset. */
uint8_t pair_byte(uint32_t id, uint64_t at);
void pair_hash(uint32_t id, uint8_t hash[WIRE_HASH_LEN]);
/* Of its first offset bytes. */
void pair_proof(uint32_t id, uint64_t offset, uint8_t hash[WIRE_HASH_LEN]);

/* Both have compared keys before. */
void side_init(struct side *side, enum session_role role, uint64_t now_ms);
void side_init_trust(struct side *side, enum session_role role, uint64_t now_ms,
    const struct side_trust *trust);
void side_release(struct side *side);
/*
 * Hand over the next block of what was accepted, or its hash at the end; of a
 * tree that was not, the next block of its list, as long as there is one.
 */
int side_feed(struct side *side, uint32_t id);
/* Answer what the receiver of our file says it has, and feed the rest. */
int side_begin(struct side *side, uint32_t id, bool proven);
uint32_t side_offer(struct side *side, uint64_t size);
/* Behind the list come so many bytes more. All of the list is fed, ... */
uint32_t side_offer_tree(
    struct side *side, uint32_t entries, uint32_t list_len, uint64_t more);
/* ... or nothing of it yet. */
uint32_t side_announce_tree(
    struct side *side, uint32_t entries, uint32_t list_len, uint64_t more);
int side_accept_from(struct side *side, uint32_t id, uint64_t offset);
/* In PAIR_EPOCH. */
int side_say(struct side *side, uint64_t seq, const char *text);
int side_say_in(
    struct side *side, uint64_t epoch, uint64_t seq, const char *text);
/* What a peer that follows no rules sends. */
void side_receive(struct side *side, const struct frame *f);

/* One valid frame of each type. */
struct frame pair_frame(uint8_t type);
void side_receive_hello(struct side *side, uint16_t min, uint16_t max);
/* We ended it, for this reason, and say so in our last frame. */
void side_assert_ended(struct side *side, enum wire_bye why);

void pair_init(struct pair *p);
void pair_release(struct pair *p);
/* One way, once. False when there was nothing to carry. */
bool pair_carry(struct pair *p, struct side *from, struct side *to);
/* Both ways until both are silent. */
void pair_pump(struct pair *p);
/* Begun, and both sides open. */
void pair_open(struct pair *p);

#endif
