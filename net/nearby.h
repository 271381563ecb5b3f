/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who is on this network, and telling it who we are: DNS-SD over multicast,
 * by the system's Avahi. All of it is a hint; only a key proves anything.
 *
 * Avahi's client waits for its answers, and for long where the daemon hangs.
 * So it lives on a thread with a loop of its own, and what it has found is
 * looked at from here. Whatever the network sends, memory and the number of
 * sightings are bounded, and changed runs a few times a second at most.
 */
#ifndef CHARLA_NET_NEARBY_H
#define CHARLA_NET_NEARBY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/announce.h"
#include "net/identity.h"
#include "net/loop.h"
#include "net/sock.h"

struct nearby;

enum {
	NEARBY_SERVICES_MAX =
	    512,               /* sightings; more give way, strangers first */
	NEARBY_KEYS_MAX = 256, /* that are looked for behind marks */
	NEARBY_TOLD_MS = 100,  /* between two runs of changed */
	NEARBY_HIDDEN_MS = 10 * 60 * 1000, /* then a mark is made anew */
};

enum nearby_state {
	NEARBY_STARTING, /* not known yet */
	NEARBY_UNBUILT,  /* this charla was built without Avahi */
	NEARBY_ABSENT,   /* there is no Avahi just now */
	NEARBY_LOOKING,  /* there is; the first answers are awaited */
	NEARBY_READY,
};

/* Somebody at one address, on one interface. */
struct sighting {
	struct fingerprint key; /* as it was said, or found by its mark */
	bool hidden;            /* by its mark: name is empty */
	char name[ANNOUNCE_NAME_MAX];
	struct address at;         /* port and scope included */
	char where[SOCK_TEXT_MAX]; /* the same, numeric, without port */
	uint16_t port;
};

enum nearby_mode { NEARBY_OPEN, NEARBY_HIDDEN, NEARBY_SILENT };

/* What is announced of us. */
struct nearby_self {
	enum nearby_mode mode;
	char name[ANNOUNCE_NAME_MAX];
	uint16_t port;          /* 0: nobody can call, so nothing is said */
	struct fingerprint key; /* never seen nearby either: it is us */
	unsigned interface;     /* index; 0: all of them */
	int family;             /* AF_INET, AF_INET6, or AF_UNSPEC: both */
	unsigned hidden_ms;     /* 0: NEARBY_HIDDEN_MS */
};

struct nearby_config {
	struct loop *loop;
	struct nearby_self self;
	void (*changed)(void *arg); /* from the loop: look */
	void *arg;
};

struct nearby *nearby_new(const struct nearby_config *config);
/* What was announced is taken back. NULL is fine. */
void nearby_free(struct nearby *n);
void nearby_announce(struct nearby *n, const struct nearby_self *self);
/* Whose marks to know; the first NEARBY_KEYS_MAX of them count. */
void nearby_know(
    struct nearby *n, const struct fingerprint *keys, size_t count);
/* The network is another one, or a person asks: do not wait with a retry. */
void nearby_hurry(struct nearby *n);

enum nearby_state nearby_state(const struct nearby *n);
/* What is seen now; valid until the loop's next turn. */
const struct sighting *nearby_look(const struct nearby *n, size_t *count);

#endif
