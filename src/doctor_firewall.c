/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/doctor_firewall.h"

#include <stdlib.h>
#include <string.h>

#include "net/ipv4.h"
#include "src/base/i18n.h"
#include "src/base/util.h"

enum { MDNS_PORT = 5353 };
#define MDNS_GROUP 0xe00000fbU /* 224.0.0.251 */

/* What is let in or kept out. */
enum what { CALLS, MULTICAST };

static const char *
what_text(enum what what)
{
	return what == CALLS ? _("calls to TCP port")
			     : _("people nearby (multicast) at UDP port");
}

static unsigned
port_of(const struct doctor_firewall *f, enum what what)
{
	return what == CALLS ? f->port : MDNS_PORT;
}

/* The line that lets it in; the caller frees. */
static char *
opening(
    const struct doctor_firewall *f, enum what what, const struct nft_gate *at)
{
	const char *protocol = what == CALLS ? "tcp" : "udp";
	const unsigned port = port_of(f, what);

	if (f->ufw)
		return str_printf("sudo ufw allow %u/%s", port, protocol);
	if (f->firewalld && what == MULTICAST)
		return str_dup("sudo firewall-cmd --add-service=mdns");
	if (f->firewalld)
		return str_printf(
		    "sudo firewall-cmd --add-port=%u/%s", port, protocol);
	if (strcmp(at->table, "filter") == 0 && strcmp(at->chain, "INPUT") == 0)
		return str_printf(
		    "sudo iptables -I INPUT -p %s --dport %u -j ACCEPT",
		    protocol, port);
	return str_printf("sudo nft insert rule %s %s %s %s dport %u accept",
	    at->family, at->table, at->chain, protocol, port);
}

static void
say_closed(const struct doctor_firewall *f, enum what what,
    enum passage passage, const struct nft_gate *at, struct findings *out)
{
	char *line = opening(f, what, at);

	findings_add(out, FINDING_WRONG,
	    passage == PASSAGE_CLOSED
		? _("the firewall of this machine keeps out %s %u; to let them "
		    "in, run: %s")
		: _("the firewall of this machine lets in only some %s %u; to "
		    "let all in, run: %s"),
	    what_text(what), port_of(f, what), line);
	free(line);
}

static void
say_open(const struct doctor_firewall *f, struct findings *out)
{
	findings_add(out, FINDING_FINE,
	    _("no firewall of this machine keeps out TCP port %u or UDP port "
	      "%u"),
	    (unsigned)f->port, (unsigned)MDNS_PORT);
}

/* A packet has to get through both, and the worse of them counts. */
static enum passage
pass_both(const struct doctor_firewall *f, const struct packet *packet,
    struct nft_gate *gate)
{
	struct nft_gate other;
	enum passage one = nft_passage(f->rules, packet, gate);
	enum passage two = nft_passage(f->iptables, packet, &other);

	if (two <= one)
		return one;
	*gate = other;
	return two;
}

/* By the rules of the kernel, for each link with an IPv4 address. */
static enum passage
by_rules(const struct doctor_firewall *f, enum what what,
    const struct survey_network *n, struct nft_gate *gate)
{
	enum passage worst = PASSAGE_OPEN;

	for (size_t i = 0; i < n->address_count; i++) {
		const struct survey_address *a = &n->addresses[i];
		const struct survey_link *l = &n->links[a->link];
		const uint32_t own = ipv4_of(&a->at);
		const struct packet packet = {.link = l->name,
		    .udp = what == MULTICAST,
		    .port = (uint16_t)port_of(f, what),
		    .to = what == MULTICAST ? MDNS_GROUP : own,
		    .beside = own};
		struct nft_gate at;
		enum passage one;

		if (own == 0 || l->loopback || !l->running)
			continue;
		one = pass_both(f, &packet, &at);
		if (one > worst) {
			worst = one;
			*gate = at;
		}
	}
	return worst;
}

/* What ufw and firewalld say of themselves; the rest is for multicast. */
static enum passage
by_ports(const struct doctor_firewall *f, enum what what)
{
	if (f->ufw)
		return what == CALLS ? ufw_passage(f->ufw_status, f->port)
				     : PASSAGE_OPEN;
	if (what == CALLS)
		return firewalld_has_port(f->ports, f->port, "tcp")
			   ? PASSAGE_OPEN
			   : PASSAGE_CLOSED;
	return firewalld_has_port(f->ports, MDNS_PORT, "udp") ||
		       (f->services != NULL &&
			   firewalld_has_service(f->services, "mdns"))
		   ? PASSAGE_OPEN
		   : PASSAGE_CLOSED;
}

static void
say_unknown(const struct doctor_firewall *f, struct findings *out)
{
	char *line;

	if (f->ufw || f->firewalld) {
		line = opening(f, CALLS, NULL);
		findings_add(out, FINDING_UNKNOWN,
		    _("the firewall %s is on, and only root may read what it "
		      "lets in; if nobody can call you, run: %s"),
		    f->ufw ? "ufw" : "firewalld", line);
		free(line);
	} else if (f->state == FIREWALL_RULES_DENIED) {
		findings_add(out, FINDING_UNKNOWN, "%s",
		    _("only root may read what a firewall of this machine lets "
		      "in; to see it, run: sudo charla doctor"));
	} else {
		findings_add(out, FINDING_UNKNOWN, "%s",
		    _("whether this machine has a firewall: nft, which tells "
		      "its rules, is not here or does not work"));
	}
}

void
doctor_judge_firewall(const struct doctor_firewall *f,
    const struct survey_network *n, struct findings *out)
{
	const bool rules = f->rules != NULL || f->iptables != NULL;
	const bool ports = (f->ufw && f->ufw_status != NULL) ||
			   (!f->ufw && f->firewalld && f->ports != NULL);
	bool closed = false;

	if (!rules && !ports) {
		say_unknown(f, out);
		return;
	}
	for (enum what what = CALLS; what <= MULTICAST; what++) {
		struct nft_gate gate = {"inet", "filter", "input"};
		enum passage passage =
		    rules ? by_rules(f, what, n, &gate) : by_ports(f, what);

		if (passage == PASSAGE_OPEN)
			continue;
		closed = true;
		say_closed(f, what, passage, &gate, out);
	}
	if (!closed)
		say_open(f, out);
}
