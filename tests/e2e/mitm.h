/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A machine in the middle: who calls it believes that it is somebody else,
 * whom it calls in turn. Both connections are real TLS, and end here, with a
 * key of its own; what it reads on one side it hands on to the other.
 */
#ifndef CHARLA_TESTS_MITM_H
#define CHARLA_TESTS_MITM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/conn.h"
#include "net/pairing.h"
#include "net/wire.h"

enum mitm_way {
	MITM_OWN,      /* compares with each side by itself, as it should */
	MITM_CHEATS,   /* to the caller it reveals what it would have needed */
	MITM_HANDS_ON, /* the frames of the comparison, too */
};

struct mitm;

/*
 * caller_fd has called; listener_fd is a connection to whom they meant. Both
 * are taken over. The identity and the loop outlive it.
 */
struct mitm_config {
	struct loop *loop;
	const struct identity *id;
	int caller_fd, listener_fd;
	enum mitm_way way;
};
struct mitm *mitm_new(const struct mitm_config *config);
void mitm_free(struct mitm *m); /* NULL is fine */

/* What the caller said to it, and the listener; frames of this type. */
size_t mitm_heard_from_caller(const struct mitm *m, uint8_t type);
size_t mitm_heard_from_listener(const struct mitm *m, uint8_t type);
/* All of any type. */
size_t mitm_heard(const struct mitm *m);
/* One of its connections has ended. */
bool mitm_is_over(const struct mitm *m);
/* The digits that it has with each side; PAIRING_DIGITS: none yet. */
unsigned mitm_digits_of_caller(const struct mitm *m);
unsigned mitm_digits_of_listener(const struct mitm *m);

#endif
