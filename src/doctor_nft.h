/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the firewall of the kernel does with a packet that comes in, by the
 * rules as nft -j prints them. Pure. What a rule asks for and we cannot know
 * of a packet (who sends it, a mark, ...) is left open.
 */
#ifndef CHARLA_DOCTOR_NFT_H
#define CHARLA_DOCTOR_NFT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

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
	PASSAGE_NARROW, /* for some packets; which, we cannot know */
	PASSAGE_CLOSED,
};

/* The chain that closes it; strings live as long as the rules. */
struct nft_gate {
	const char *family, *table, *chain;
};

/*
 * rules: the tree of nft -j list ruleset. gate: unless it is open, and may be
 * NULL.
 */
enum passage nft_passage(
    json_t *rules, const struct packet *packet, struct nft_gate *gate);
/*
 * Leave out the chain of iptables, whose rules nft cannot tell in full, for
 * they are asked for in another way.
 */
void nft_leave_out_iptables(json_t *rules);

#endif
