/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two machines on one cable, each with its own Avahi, and who sits there. */
#ifndef CHARLA_TESTS_NEIGHBOURHOOD_H
#define CHARLA_TESTS_NEIGHBOURHOOD_H

#include "tests/e2e/avahi.h"

struct neighbourhood {
	struct netns *net;
	struct avahi *avahi[NETNS_COUNT];
};

/* As long as avahi_allowed says yes. */
void neighbourhood_open(struct neighbourhood *h);
void neighbourhood_close(struct neighbourhood *h);
/* Somebody there, on all addresses; extra may be NULL. Waits for nothing. */
void neighbour_start(struct neighbourhood *h, int machine, struct person *p,
    const char *name, const char *const extra[]);

#endif
