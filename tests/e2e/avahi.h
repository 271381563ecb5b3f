/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Avahi on a machine of netns.h: a D-Bus of its own and an avahi-daemon of
 * its own, with the machine's network and a /run that nobody else sees. They
 * end with the test program, however it ends.
 */
#ifndef CHARLA_TESTS_AVAHI_H
#define CHARLA_TESTS_AVAHI_H

#include <stdbool.h>

#include "tests/e2e/netns.h"

struct avahi;

/* May we, and is all of it there? If not, the reason is printed. */
bool avahi_allowed(void);
/* host: what the machine is called on the network. */
struct avahi *avahi_new(struct netns *n, int machine, const char *host);
/* Until the first daemon has a name on the network. */
void avahi_wait(struct avahi *a);
/* NULL is fine. */
void avahi_free(struct avahi *a);

/* The daemon alone, while its bus goes on: SIGTERM says goodbye. */
void avahi_signal(struct avahi *a, int signal_number);
/* It has ended; wait for that, and start another one. */
void avahi_ended(struct avahi *a);
void avahi_again(struct avahi *a);

/* For struct person: an environment with this bus. As long as a lives. */
const char *const *avahi_env(const struct avahi *a);

#endif
