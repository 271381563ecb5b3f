/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes over the cable of netns.h, and much that should not. */
#ifndef CHARLA_TESTS_MDNS_H
#define CHARLA_TESTS_MDNS_H

#include <stddef.h>

#include "tests/e2e/netns.h"

struct capture;

/* Every frame that a machine sees from here on. */
struct capture *capture_start(struct netns *n, int machine);
/* All of them, one behind the other; the caller frees. */
char *capture_end(struct capture *c, size_t *len);

/*
 * Announce so many people who are not there, each once, as machine would.
 * Returns when they are sent. first: another thousand is another people.
 */
void mdns_flood(struct netns *n, int machine, unsigned first, unsigned count);
/*
 * Announce one of them, by any name of at most 253 bytes. The key begins
 * with the number, as 8 digits.
 */
void mdns_announce(struct netns *n, int machine, unsigned number,
    const char *name, size_t len);

#endif
