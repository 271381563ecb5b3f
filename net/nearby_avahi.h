/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The thread that talks to Avahi, and the two things it does there: looking
 * (nearby_browse.c) and announcing (nearby_publish.c). For net/nearby*.c.
 */
#ifndef CHARLA_NET_NEARBY_AVAHI_H
#define CHARLA_NET_NEARBY_AVAHI_H

#include "net/nearby_thread.h"

#ifdef CHARLA_AVAHI
#include <avahi-client/client.h>

struct nearby_browse;
struct nearby_publish;

/* changed: what is seen, or whether all has been seen, is new. */
struct nearby_browse *nearby_browse_new(
    struct loop *loop, void (*changed)(void *arg), void *arg);
void nearby_browse_free(struct nearby_browse *b);
/* With this client from here on; NULL: there is none, and all is forgotten. */
void nearby_browse_client(struct nearby_browse *b, AvahiClient *client);
/* Copied. own is not told of. */
void nearby_browse_know(
    struct nearby_browse *b, const struct nearby_orders *orders);
/* Are the first answers in? */
bool nearby_browse_settled(const struct nearby_browse *b);
/* What is known by now; the caller frees. */
struct sighting *nearby_browse_look(
    const struct nearby_browse *b, size_t *count);

struct nearby_publish *nearby_publish_new(struct loop *loop);
void nearby_publish_free(struct nearby_publish *p);
/* The client's server runs, or (NULL) it does not. */
void nearby_publish_client(struct nearby_publish *p, AvahiClient *client);
void nearby_publish_self(
    struct nearby_publish *p, const struct nearby_self *self);

#endif
#endif
