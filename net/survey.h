/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A look at this machine's network, for somebody who wants to know why
 * nobody comes. It only looks. All of this may wait: for a worker, or before
 * the loop begins.
 */
#ifndef CHARLA_NET_SURVEY_H
#define CHARLA_NET_SURVEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "net/sock.h"

enum {
	SURVEY_NAME_MAX = 64,
	SURVEY_LINKS_MAX = 64,
	SURVEY_ADDRESSES_MAX = 128,
	SURVEY_ROUTES_MAX = 512,
};

/* An interface that is up. */
struct survey_link {
	char name[SURVEY_NAME_MAX];
	unsigned index;
	bool running;  /* it has a carrier: somebody is at the other end */
	bool loopback; /* it leads to this machine alone */
	bool ordinary; /* many can be on it, and are asked for by ARP */
	bool multicast;
};

struct survey_address {
	size_t link; /* which of the links */
	struct address at;
	unsigned prefix; /* bits */
	bool tentative;  /* the system still asks whether it is free */
};

/* IPv4, of the main table. Host order. */
struct survey_route {
	char link[SURVEY_NAME_MAX];
	uint32_t net, mask;
	bool gateway, reject;
};

/* What does not fit is left out. */
struct survey_network {
	struct survey_link links[SURVEY_LINKS_MAX];
	size_t link_count;
	size_t down; /* interfaces that are not up, loopback aside */
	struct survey_address addresses[SURVEY_ADDRESSES_MAX];
	size_t address_count;
	struct survey_route routes[SURVEY_ROUTES_MAX];
	size_t route_count;
	bool routes_known;
};
/* False where the system does not tell. */
bool survey_network(struct survey_network *out);

/* A TCP connection, for at most so long, that is closed again: an errno. */
int survey_call(const struct address *to, int max_ms);
/* Did this machine learn lately who has the IPv4 address, and on which link? */
bool survey_is_neighbour(const struct address *a, char link[SURVEY_NAME_MAX]);
/* Ask for it on this link, whatever the routes say, for at most so long. */
bool survey_ask_neighbour(
    const struct address *a, const char *link, int max_ms);

/* Who waits on a TCP port, as far as it can be seen. */
struct survey_holder {
	pid_t pid;
	char name[SURVEY_NAME_MAX]; /* of the program; "": not to be seen */
};
/* Linux: by /proc. Elsewhere, and where nobody may know: nobody. */
void survey_holder(uint16_t port, struct survey_holder *out);

/* Multicast DNS on one link: what came of asking who is there. */
struct survey_multicast {
	char link[SURVEY_NAME_MAX];
	struct survey_way {
		bool tried;
		int error;      /* of joining or sending: an errno */
		bool came_back; /* the question, as it went to everybody */
	} ways[2];              /* IPv4, IPv6 */
	unsigned answers;       /* other machines that answered */
};
enum { SURVEY_MULTICAST_MAX = 16, SURVEY_IPV4 = 0, SURVEY_IPV6 = 1 };
/*
 * Every link that others can be on, all at once, for max_ms, or half of that
 * where it is all known by then. How many.
 */
size_t survey_multicast(const struct survey_network *n,
    struct survey_multicast out[SURVEY_MULTICAST_MAX], int max_ms);

#endif
