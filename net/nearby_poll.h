/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Avahi's idea of a main loop, on ours: watches and timers. */
#ifndef CHARLA_NET_NEARBY_POLL_H
#define CHARLA_NET_NEARBY_POLL_H

#include "net/loop.h"

#ifdef CHARLA_AVAHI
#include <avahi-common/watch.h>

/* The loop outlives it; both are used on one thread. */
AvahiPoll *nearby_poll_new(struct loop *loop);
/* Whoever used it has freed watches and timeouts before. */
void nearby_poll_free(AvahiPoll *poll);

#endif
#endif
