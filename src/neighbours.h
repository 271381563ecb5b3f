/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who is nearby, as far as announcements say: one entry for each key, however
 * many addresses it is seen at, with a number that stays while it is there
 * and for a while after. Pure.
 */
#ifndef CHARLA_NEIGHBOURS_H
#define CHARLA_NEIGHBOURS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/nearby.h"
#include "src/people.h"

enum {
	NEIGHBOURS_MAX = NEARBY_SERVICES_MAX, /* those who went included */
	/* So long nobody else gets the number of one who went. */
	NEIGHBOUR_NUMBER_MS = 60 * 1000,
};

struct neighbour {
	struct fingerprint key;
	unsigned number;
	char *name; /* as it was announced, cleaned by nobody; "": hidden */
	struct address_list at; /* the best one first */
	char *where;            /* that one, for people */
	uint64_t gone_ms;       /* clock_mono_ms(); 0: it is there */
	bool told;              /* the owner's */
	bool old;               /* it was there before the last update */
};

/* Zeroed, it is empty. */
struct neighbours {
	struct neighbour *list; /* by number */
	size_t count;
};

void neighbours_release(struct neighbours *n);
/* These are seen now, and nobody else. */
void neighbours_update(struct neighbours *n, const struct sighting *seen,
    size_t count, uint64_t now_ms);
/* They are there, or NULL. Valid until the next update. */
const struct neighbour *neighbours_find(
    const struct neighbours *n, const struct fingerprint *key);
const struct neighbour *neighbours_number(
    const struct neighbours *n, unsigned number);

/*
 * What the screen calls one: as people_label does, and told apart from others
 * nearby too. The caller frees.
 */
char *neighbour_label(const struct neighbours *n, const struct neighbour *one,
    const struct people *people);

#endif
