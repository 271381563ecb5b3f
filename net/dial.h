/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Call a target until somebody answers: resolve on a worker (an address needs
 * none, and waits for nobody), race the addresses as RFC 8305 does (a new
 * attempt every DIAL_STAGGER_MS, or at once when one fails; the first to
 * connect wins), and after a failure try again, slower and slower.
 *
 * Where one person is meant, and may be at any of several addresses, all of
 * them are tried, one right after the other, and each that connects is told:
 * its owner finds out who is there, and rejects it or takes it.
 */
#ifndef CHARLA_NET_DIAL_H
#define CHARLA_NET_DIAL_H

#include "net/loop.h"
#include "net/sock.h"
#include "src/base/worker.h"

struct dial;

enum {
	DIAL_STAGGER_MS = 250,
	DIAL_SEVERAL_MS = 50,       /* the same, where one person is meant */
	DIAL_ATTEMPT_MS = 8 * 1000, /* one address, then "no answer" */
	DIAL_RETRY_FIRST_MS = 1000,
	DIAL_RETRY_MAX_MS = 10 * 1000,
};

enum dial_event_type {
	DIAL_TRYING,    /* looking up or connecting */
	DIAL_CONNECTED, /* fd, address, port: now yours; the dial rests */
	DIAL_WAITING,   /* why in words; next try in retry_ms */
};

struct dial_event {
	enum dial_event_type type;
	int fd;
	const char *address; /* numeric, without port */
	uint16_t port;
	const char *why;
	uint64_t retry_ms;
};

struct dial_config {
	struct loop *loop;
	struct worker *resolver;
	struct target target;
	/* Instead of target, with ports; copied. Not empty. */
	const struct address_list *addresses;
	uint64_t delay_ms; /* before the first try */
	void (*on_event)(void *arg, const struct dial_event *event);
	void *arg;
};

/* Starts by itself. The first event comes from the loop. */
struct dial *dial_new(const struct dial_config *config);
/* From anywhere, its own callback included. A lookup under way is let go. */
void dial_free(struct dial *d);
/*
 * The connection came to nothing (busy, lost): wait like after a failure,
 * then try again. worked = true starts the waits from the shortest again.
 */
void dial_retry(struct dial *d, const char *why, bool worked);
/*
 * The network may be another one: try now instead of waiting, and anew where
 * attempts are under way, which may have gone out into the old one. A lookup
 * goes on; a dial that rests does nothing.
 */
void dial_now(struct dial *d);
const struct target *dial_target(const struct dial *d);

/* Of a dial with addresses: for the next try there are these. Not empty. */
void dial_set_addresses(struct dial *d, const struct address_list *addresses);
/* A connection it gave away is the right one: it rests. */
void dial_take(struct dial *d);
/* It is not, or came to nothing; the last one of a try is why it failed. */
void dial_reject(struct dial *d, const char *why);

#endif
