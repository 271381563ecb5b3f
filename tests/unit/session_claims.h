/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the sides of a pair claim to have of a tree. For tests. */
#ifndef CHARLA_TESTS_SESSION_CLAIMS_H
#define CHARLA_TESTS_SESSION_CLAIMS_H

#include "tests/unit/session_pair.h"

/* Claim every other entry, from where the last claims ended. */
int side_claim(struct side *side, uint32_t id, uint32_t upto);
/* They are such claims. */
void assert_claims(const struct session_event *e);

#endif
