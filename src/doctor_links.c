/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Interfaces and their addresses: can others be there at all? */
#include <stdlib.h>
#include <string.h>

#include "net/ipv4.h"
#include "src/base/i18n.h"
#include "src/base/util.h"
#include "src/doctor.h"

enum {
	BITS4 = 32,
	PAIR_BITS = 31, /* RFC 3021: two addresses, and both are machines */
	SHORT_BITS = 8, /* no network of one machine is larger */
};

static bool
is_of(const struct survey_network *n, size_t i, const struct survey_link *l)
{
	return &n->links[n->addresses[i].link] == l;
}

/* "192.168.1.20/24, fe80::1%eth0/64"; NULL: none. The caller frees. */
static char *
list_addresses(const struct survey_network *n, const struct survey_link *l)
{
	char text[SOCK_TEXT_MAX], *all = NULL;

	for (size_t i = 0; i < n->address_count; i++) {
		if (!is_of(n, i, l))
			continue;
		address_text(&n->addresses[i].at, text);
		str_replace(&all,
		    str_printf("%s%s%s/%u", all != NULL ? all : "",
			all != NULL ? ", " : "", text, n->addresses[i].prefix));
	}
	return all;
}

/* A route without a gateway leads to the network of the address. */
static bool
has_route(const struct survey_network *n, const struct survey_address *a)
{
	const uint32_t net = ipv4_of(&a->at) & ipv4_mask(a->prefix);

	for (size_t i = 0; i < n->route_count; i++) {
		const struct survey_route *r = &n->routes[i];

		if (!r->gateway && !r->reject &&
		    strcmp(r->link, n->links[a->link].name) == 0 &&
		    (net & r->mask) == r->net &&
		    r->mask <= ipv4_mask(a->prefix))
			return true;
	}
	return false;
}

/* Nobody, or everybody, of the network: no machine can be called so. */
static bool
is_nobody(uint32_t address, unsigned prefix)
{
	const uint32_t rest = address & ~ipv4_mask(prefix);

	return prefix < PAIR_BITS && (rest == 0 || rest == ~ipv4_mask(prefix));
}

/* False, and it was told, where something about it is wrong. */
static bool
judge_address(const struct survey_network *n, const struct survey_address *a,
    struct findings *out)
{
	const struct survey_link *l = &n->links[a->link];
	char text[SOCK_TEXT_MAX];

	if (a->at.storage.ss_family != AF_INET)
		return true;
	address_text(&a->at, text);
	if (a->prefix >= BITS4) {
		if (!l->ordinary)
			return true;
		findings_add(out, FINDING_WRONG,
		    _("%s: wrong prefix: with %s/%u this machine is alone in "
		      "its network; take the prefix (network mask) that the "
		      "others have, most often 24 (255.255.255.0)"),
		    l->name, text, a->prefix);
	} else if (a->prefix < SHORT_BITS) {
		findings_add(out, FINDING_WRONG,
		    _("%s: wrong prefix: no network is as large as %s/%u says; "
		      "take the prefix (network mask) that the others have, "
		      "most often 24 (255.255.255.0)"),
		    l->name, text, a->prefix);
	} else if (is_nobody(ipv4_of(&a->at), a->prefix)) {
		findings_add(out, FINDING_WRONG,
		    _("%s: %s/%u is an address that no machine can have: the "
		      "first and the last of a network are kept; choose "
		      "another one, or another prefix"),
		    l->name, text, a->prefix);
	} else if (n->routes_known && !has_route(n, a)) {
		findings_add(out, FINDING_WRONG,
		    _("%s: no route: the system has %s/%u and no way to that "
		      "network; turn the network off and on again, or run: "
		      "sudo ip route add %s/%u dev %s"),
		    l->name, text, a->prefix,
		    ipv4_text(ipv4_of(&a->at) & ipv4_mask(a->prefix)).text,
		    a->prefix, l->name);
	} else {
		return true;
	}
	return false;
}

static void
judge_link(const struct survey_network *n, const struct survey_link *l,
    struct findings *out)
{
	char *all = list_addresses(n, l);
	bool good = true;

	for (size_t i = 0; i < n->address_count; i++) {
		if (is_of(n, i, l))
			good = judge_address(n, &n->addresses[i], out) && good;
	}
	if (good && all != NULL)
		findings_add(
		    out, FINDING_FINE, _("network %s: %s"), l->name, all);
	free(all);
}

static bool
has_address(const struct survey_network *n, const struct survey_link *l)
{
	for (size_t i = 0; i < n->address_count; i++) {
		if (is_of(n, i, l))
			return true;
	}
	return false;
}

/* No interface is good for others: say the nearest thing to one. */
static void
judge_none(const struct survey_network *n, struct findings *out)
{
	const struct survey_link *up = NULL, *running = NULL;

	for (size_t i = 0; i < n->link_count; i++) {
		const struct survey_link *l = &n->links[i];

		if (l->loopback)
			continue;
		up = l;
		if (l->running)
			running = l;
	}
	if (running != NULL)
		findings_add(out, FINDING_WRONG,
		    _("network %s is up and has no address: nobody gave it "
		      "one; set one in the settings of the network"),
		    running->name);
	else if (up != NULL)
		findings_add(out, FINDING_WRONG,
		    _("network %s has nobody at its other end: plug the cable "
		      "in, or join a wireless network"),
		    up->name);
	else if (n->down > 0)
		findings_add(out, FINDING_WRONG, "%s",
		    _("no network is up, so this machine can reach only "
		      "itself: plug a cable in, or join a wireless network"));
	else
		findings_add(out, FINDING_WRONG, "%s",
		    _("there is no network here, so this machine can reach "
		      "only itself: plug a cable or an adapter in"));
}

void
doctor_judge_links(const struct survey_network *n, struct findings *out)
{
	bool any = false;

	for (size_t i = 0; i < n->link_count; i++) {
		const struct survey_link *l = &n->links[i];

		if (l->loopback || !l->running || !has_address(n, l))
			continue;
		any = true;
		judge_link(n, l, out);
	}
	if (!any)
		judge_none(n, out);
}
