/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Interfaces, their addresses, and where the routes lead. */
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/survey.h"
#include "net/survey_table.h"

enum { ROUTE_GATEWAY = 0x2, ROUTE_REJECT = 0x200 }; /* RTF_* of the kernel */
enum { ADDRESS_TENTATIVE = 0x40 };                  /* IFA_F_TENTATIVE */

/* "eth0:1" is only another address of eth0. */
static void
copy_name(char out[SURVEY_NAME_MAX], const char *name)
{
	snprintf(out, SURVEY_NAME_MAX, "%.*s", (int)strcspn(name, ":"), name);
}

/* A part of a bridge, say: what it belongs to has the addresses that count. */
static bool
is_part(const char *name)
{
	char path[sizeof("/sys/class/net//master") + SURVEY_NAME_MAX];

	snprintf(path, sizeof(path), "/sys/class/net/%s/master", name);
	return access(path, F_OK) == 0;
}

/* The place of the link; SURVEY_LINKS_MAX: it does not count. */
static size_t
link_of(struct survey_network *n, const struct ifaddrs *i)
{
	char name[SURVEY_NAME_MAX];
	struct survey_link *l;
	size_t at = 0;

	copy_name(name, i->ifa_name);
	while (at < n->link_count && strcmp(n->links[at].name, name) != 0)
		at++;
	if (at < n->link_count)
		return at;
	if (at == SURVEY_LINKS_MAX || is_part(name))
		return SURVEY_LINKS_MAX;
	l = &n->links[n->link_count++];
	memcpy(l->name, name, sizeof(name));
	l->index = if_nametoindex(name);
	l->running = (i->ifa_flags & IFF_RUNNING) != 0;
	l->loopback = (i->ifa_flags & IFF_LOOPBACK) != 0;
	l->ordinary =
	    (i->ifa_flags & (IFF_LOOPBACK | IFF_POINTOPOINT | IFF_NOARP)) == 0;
	l->multicast = (i->ifa_flags & IFF_MULTICAST) != 0;
	return at;
}

static unsigned
bits_of(const struct sockaddr *mask)
{
	const struct sockaddr_in *in = (const void *)mask;
	const struct sockaddr_in6 *in6 = (const void *)mask;
	const uint8_t *bytes;
	size_t len;
	unsigned bits = 0;

	if (mask == NULL)
		return 0;
	bytes = mask->sa_family == AF_INET ? (const uint8_t *)&in->sin_addr
					   : in6->sin6_addr.s6_addr;
	len = mask->sa_family == AF_INET ? sizeof(in->sin_addr)
					 : sizeof(in6->sin6_addr);
	while (bits < len * 8 && (bytes[bits / 8] >> (7 - bits % 8) & 1) != 0)
		bits++;
	return bits;
}

static void
add_address(struct survey_network *n, const struct ifaddrs *i, size_t link)
{
	const int family = i->ifa_addr->sa_family;
	struct survey_address *a;

	if ((family != AF_INET && family != AF_INET6) ||
	    n->address_count == SURVEY_ADDRESSES_MAX)
		return;
	a = &n->addresses[n->address_count++];
	a->link = link;
	a->prefix = bits_of(i->ifa_netmask);
	a->at.len = family == AF_INET ? sizeof(struct sockaddr_in)
				      : sizeof(struct sockaddr_in6);
	memcpy(&a->at.storage, i->ifa_addr, a->at.len);
}

/* A row of if_inet6: address, index, prefix, scope and flags, all in hex. */
enum { FLAG_COLUMNS = 5 };

static void
read_flags(struct survey_network *n, char *row)
{
	char *columns[FLAG_COLUMNS];
	char hex[2 * sizeof(struct in6_addr) + 1];

	if (!survey_columns(row, columns, FLAG_COLUMNS) ||
	    (strtoul(columns[4], NULL, 16) & ADDRESS_TENTATIVE) == 0)
		return;
	for (size_t i = 0; i < n->address_count; i++) {
		struct survey_address *a = &n->addresses[i];
		const struct sockaddr_in6 *in6 = (const void *)&a->at.storage;

		if (a->at.storage.ss_family != AF_INET6)
			continue;
		for (size_t b = 0; b < sizeof(struct in6_addr); b++)
			snprintf(
			    hex + 2 * b, 3, "%02x", in6->sin6_addr.s6_addr[b]);
		a->tentative = a->tentative || strcmp(hex, columns[0]) == 0;
	}
}

static void
find_tentative(struct survey_network *n)
{
	FILE *f = fopen("/proc/net/if_inet6", "re");
	char row[256];

	while (f != NULL && fgets(row, sizeof(row), f) != NULL)
		read_flags(n, row);
	if (f != NULL)
		fclose(f);
}

enum {
	COLUMN_LINK,
	COLUMN_NET,
	COLUMN_FLAGS = 3,
	COLUMN_MASK = 7,
	COLUMNS,
};

/* In /proc/net/route addresses are as they lie in memory. */
static uint32_t
host_order(const char *hex)
{
	return ntohl((uint32_t)strtoul(hex, NULL, 16));
}

static void
read_route(struct survey_network *n, char *row)
{
	char *columns[COLUMNS];
	struct survey_route *r;
	unsigned long flags;

	if (n->route_count == SURVEY_ROUTES_MAX ||
	    !survey_columns(row, columns, COLUMNS))
		return;
	flags = strtoul(columns[COLUMN_FLAGS], NULL, 16);
	r = &n->routes[n->route_count++];
	copy_name(r->link, columns[COLUMN_LINK]);
	r->net = host_order(columns[COLUMN_NET]);
	r->mask = host_order(columns[COLUMN_MASK]);
	r->gateway = (flags & ROUTE_GATEWAY) != 0;
	r->reject = (flags & ROUTE_REJECT) != 0;
}

static void
read_routes(struct survey_network *n)
{
	FILE *f = fopen("/proc/net/route", "re");
	char row[512];

	n->routes_known = f != NULL && fgets(row, sizeof(row), f) != NULL;
	while (n->routes_known && fgets(row, sizeof(row), f) != NULL)
		read_route(n, row);
	if (f != NULL)
		fclose(f);
}

bool
survey_network(struct survey_network *out)
{
	struct ifaddrs *all;

	*out = (struct survey_network){0};
	if (getifaddrs(&all) < 0)
		return false;
	for (const struct ifaddrs *i = all; i != NULL; i = i->ifa_next) {
		size_t link;

		if ((i->ifa_flags & IFF_UP) == 0) {
			out->down += i->ifa_addr != NULL &&
				     i->ifa_addr->sa_family == AF_PACKET;
			continue;
		}
		link = link_of(out, i);
		if (link < SURVEY_LINKS_MAX && i->ifa_addr != NULL)
			add_address(out, i, link);
	}
	freeifaddrs(all);
	find_tentative(out);
	read_routes(out);
	return true;
}
