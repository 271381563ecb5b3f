/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the firewall of the kernel does with a packet that comes in, by the
 * rules as nft -j prints them. Pure. What a rule asks for and we cannot know
 * of a packet (who sends it, a mark, ...) is left open.
 */
#ifndef CHARLA_DOCTOR_NFT_H
#define CHARLA_DOCTOR_NFT_H

#include <stdbool.h>
#include <stdint.h>

#include "src/json.h"

/* One that opens a connection, or an IPv4 datagram. */
struct packet {
	const char *link; /* it comes in by */
	bool udp;         /* else TCP */
	uint16_t port;    /* it goes to */
	uint32_t to;      /* IPv4, host order */
	uint32_t beside;  /* an address of the network it comes from */
};

enum passage {
	PASSAGE_OPEN,
	PASSAGE_CLOSED,
	PASSAGE_NARROW, /* for some packets; which, we cannot know */
};

/* The chain that closes it; strings live as long as the rules. */
struct nft_gate {
	const char *family, *table, *chain;
};

/* rules: the tree of nft -j list ruleset. gate: unless it is open. */
enum passage nft_passage(const struct json *rules, const struct packet *packet,
    struct nft_gate *gate);
/* Does a table of the rules, or a chain, begin with this? */
bool nft_mentions(const struct json *rules, const char *start);

#endif
