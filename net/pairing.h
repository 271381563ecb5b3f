/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Six digits that are the same on both screens where nobody is in between,
 * and, but for one chance in a million, are not where somebody is. Pure.
 *
 * As in Bluetooth's numeric comparison: the listener commits itself to a
 * random number, the caller answers with one, then the listener reveals its
 * own, and the digits come from both, the TLS session and both keys. Whoever
 * sits in between has to name a number on each side before it knows that of
 * the other, so it cannot choose the digits, in whatever order it proceeds.
 */
#ifndef CHARLA_NET_PAIRING_H
#define CHARLA_NET_PAIRING_H

#include <stdbool.h>
#include <stdint.h>

#include "net/sha256.h"

enum {
	PAIRING_LEN = 32, /* of everything that is exchanged here */
	PAIRING_DIGITS = 1000 * 1000,
	PAIRING_TEXT_MAX = 8, /* "123 456" */
};

/* What belongs to one connection and is the same at both of its ends. */
struct pairing_binding {
	uint8_t exporter[PAIRING_LEN]; /* of its TLS session */
	uint8_t caller[PAIRING_LEN];   /* fingerprints */
	uint8_t listener[PAIRING_LEN];
};

enum pairing_state {
	PAIRING_OFF,         /* nothing is compared: it has been, or not yet */
	PAIRING_WAIT_COMMIT, /* caller */
	PAIRING_WAIT_REVEAL, /* caller: its own number has gone */
	PAIRING_WAIT_NONCE,  /* listener: its commitment has gone */
	PAIRING_DONE,        /* the digits are known */
};

struct pairing {
	enum pairing_state state;
	struct pairing_binding binding;
	uint8_t nonce[PAIRING_LEN]; /* ours */
	uint8_t commitment[PAIRING_LEN];
	unsigned digits;
	bool agreed, agreed_there; /* the person said that they are the same */
};

void pairing_init(struct pairing *p, const struct pairing_binding *binding,
    const uint8_t nonce[PAIRING_LEN]);
/*
 * The beginning: the listener's commitment, to be sent, or the caller waits
 * for it.
 */
void pairing_begin_listener(struct pairing *p, uint8_t commit[PAIRING_LEN]);
void pairing_begin_caller(struct pairing *p);

/*
 * What the other side sent. ERR_PROTO where it is not the time for it, or the
 * number is not the one that was committed to; the state is as it was then.
 * reply gets what has to be sent: the caller's number, the listener's.
 */
int pairing_commit(struct pairing *p, const uint8_t commit[PAIRING_LEN],
    uint8_t reply[PAIRING_LEN]);
int pairing_nonce(struct pairing *p, const uint8_t nonce[PAIRING_LEN],
    uint8_t reply[PAIRING_LEN]);
int pairing_reveal(struct pairing *p, const uint8_t nonce[PAIRING_LEN]);
/* They see the same digits there. ERR_PROTO before DONE, and twice. */
int pairing_agree_there(struct pairing *p);
/* So does the person here. ERR_INVALID before DONE, and twice. */
int pairing_agree(struct pairing *p);
bool pairing_agreed(const struct pairing *p);

/* What the two numbers come to; for whoever wants to follow it. */
void pairing_commitment(const struct pairing_binding *binding,
    const uint8_t listener_nonce[PAIRING_LEN], uint8_t commit[PAIRING_LEN]);
unsigned pairing_digits(const struct pairing_binding *binding,
    const uint8_t caller_nonce[PAIRING_LEN],
    const uint8_t listener_nonce[PAIRING_LEN]);
/* "012 345" */
void pairing_text(unsigned digits, char out[PAIRING_TEXT_MAX]);

#endif
