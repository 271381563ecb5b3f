/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the other side says it has of a tree, until the turn of each entry
 * comes. However much is said, there is at most one claim for an entry.
 */
#ifndef CHARLA_NET_CLAIMED_H
#define CHARLA_NET_CLAIMED_H

#include "net/wire.h"

struct claimed {
	struct claimed_part *first, **end;
	uint32_t upto; /* it was told of the entries before this one */
};

void claimed_init(struct claimed *c);
void claimed_release(struct claimed *c);
/* Of entries from number count on there is none. */
void claimed_add(
    struct claimed *c, const struct frame_claims *said, size_t count);
/* That of an entry, if there is one; those of entries before it go. */
bool claimed_take(struct claimed *c, size_t entry, struct wire_claim *out);

#endif
