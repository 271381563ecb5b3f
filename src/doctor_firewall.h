/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Firewalls of this machine: do they keep calls or multicast out, and which
 * line opens them? Judging is pure.
 */
#ifndef CHARLA_DOCTOR_FIREWALL_H
#define CHARLA_DOCTOR_FIREWALL_H

#include "src/doctor.h"
#include "src/doctor_nft.h"

enum firewall_rules {
	FIREWALL_RULES_READ,
	FIREWALL_RULES_DENIED,  /* they are for root to read */
	FIREWALL_RULES_MISSING, /* there is nothing to read them with */
};

struct doctor_firewall {
	uint16_t port;
	enum firewall_rules state;
	json_t *rules;    /* of nft; NULL unless read */
	json_t *iptables; /* of iptables, as nft would write them */
	bool ufw;         /* it is switched on */
	char *ufw_status; /* what ufw status prints; NULL: not known */
	bool firewalld;   /* it runs */
	char *ports;      /* what it says is open; NULL: not known */
	char *services;
};
void doctor_judge_firewall(const struct doctor_firewall *f,
    const struct survey_network *n, struct findings *out);

/* What "ufw status" says of calls to a TCP port. */
enum passage ufw_passage(const char *status, uint16_t port);
/* Is the port in "22/tcp 6000-7000/tcp"? */
bool firewalld_has_port(const char *ports, uint16_t port, const char *protocol);
/* Is the word among those? */
bool firewalld_has_service(const char *services, const char *name);

#endif
