/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A peer that breaks the rules of transfer 1, and what comes of it. For tests.
 */
#ifndef CHARLA_TESTS_SESSION_TRICKS_H
#define CHARLA_TESTS_SESSION_TRICKS_H

#include "tests/unit/session_pair.h"

enum outcome {
	NOTHING,  /* legal, or crossed the end: let go */
	FAILS,    /* the transfer ends, the talk goes on */
	PROTOCOL, /* the session ends */
	REPORTED, /* legal: it has failed over there */
};

/* Hear it, where all that was to be said has left. */
void try_frame(struct side *side, enum transfer_dir dir, const struct frame *f,
    enum outcome outcome);

#endif
