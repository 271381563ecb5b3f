/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What net/nearby*.c share: the post between the two threads, and the side
 * of it that has Avahi.
 */
#ifndef CHARLA_NET_NEARBY_THREAD_H
#define CHARLA_NET_NEARBY_THREAD_H

#include <pthread.h>

#include "net/nearby.h"

/* What the thread is asked for. */
struct nearby_orders {
	struct nearby_self self;
	struct fingerprint *keys;
	size_t key_count;
	bool stop;
	bool hurry;
};

/*
 * The post. Everything below lock is guarded by it. Each pipe holds a byte or
 * more while its reader has something to fetch.
 */
struct nearby_post {
	int to_thread[2], to_loop[2];
	pthread_mutex_t lock;
	pthread_cond_t over;
	unsigned users; /* of the two; who goes last frees it */
	bool ended;     /* the thread needs its loop no more */
	bool ordered;   /* orders are new */
	struct nearby_orders orders;
	enum nearby_state state;
	struct sighting *sightings;
	size_t count;
};

/* The caller frees orders.keys. False: nothing new. */
bool nearby_fetch(struct nearby_post *post, struct nearby_orders *orders);
/* Takes sightings over. */
void nearby_deliver(struct nearby_post *post, enum nearby_state state,
    struct sighting *sightings, size_t count);

/* nearby_avahi.c: on the thread, until orders.stop. */
void nearby_run(struct nearby_post *post);
bool nearby_is_built(void);

#endif
