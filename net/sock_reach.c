/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses as they are compared and gathered, and where they lead. */
#include "net/sock.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

#include "src/base/err.h"

uint16_t
address_port(const struct address *a)
{
	const struct sockaddr_in *in = (const void *)&a->storage;
	const struct sockaddr_in6 *in6 = (const void *)&a->storage;

	return ntohs(
	    a->storage.ss_family == AF_INET6 ? in6->sin6_port : in->sin_port);
}

/* The same machine; the port is not looked at. */
static bool
same_host(const struct address *a, const struct address *b)
{
	const struct sockaddr_in *a4 = (const void *)&a->storage;
	const struct sockaddr_in *b4 = (const void *)&b->storage;
	const struct sockaddr_in6 *a6 = (const void *)&a->storage;
	const struct sockaddr_in6 *b6 = (const void *)&b->storage;

	if (a->storage.ss_family != b->storage.ss_family)
		return false;
	if (a->storage.ss_family == AF_INET)
		return a4->sin_addr.s_addr == b4->sin_addr.s_addr;
	return IN6_ARE_ADDR_EQUAL(&a6->sin6_addr, &b6->sin6_addr) &&
	       a6->sin6_scope_id == b6->sin6_scope_id;
}

bool
address_equal(const struct address *a, const struct address *b)
{
	return same_host(a, b) && address_port(a) == address_port(b);
}

bool
address_of(const struct target *t, struct address *out)
{
	struct address_list found;
	struct reason why;

	if (!target_is_numeric(t) || sock_resolve(t, &found, &why) < 0)
		return false;
	*out = found.list[0];
	return true;
}

void
address_add(struct address_list *l, const struct address *a)
{
	for (size_t i = 0; i < l->count; i++) {
		if (address_equal(&l->list[i], a))
			return;
	}
	if (l->count < SOCK_ADDRESS_MAX)
		l->list[l->count++] = *a;
}

static bool
is_any(const struct address *a)
{
	const struct sockaddr_in *in = (const void *)&a->storage;
	const struct sockaddr_in6 *in6 = (const void *)&a->storage;

	if (a->storage.ss_family == AF_INET)
		return in->sin_addr.s_addr == htonl(INADDR_ANY);
	return IN6_IS_ADDR_UNSPECIFIED(&in6->sin6_addr);
}

static bool
is_at(const struct ifaddrs *i, const struct address *a)
{
	struct address own = {0};

	if (i->ifa_addr == NULL ||
	    i->ifa_addr->sa_family != a->storage.ss_family)
		return false;
	memcpy(&own.storage, i->ifa_addr,
	    i->ifa_addr->sa_family == AF_INET ? sizeof(struct sockaddr_in)
					      : sizeof(struct sockaddr_in6));
	return same_host(&own, a);
}

bool
sock_reach(const char *bind_text, struct sock_reach *out)
{
	struct target target = {.port = 1};
	struct ifaddrs *all = NULL;
	bool found = false;
	struct address a;

	*out = (struct sock_reach){.family = AF_UNSPEC};
	if (bind_text == NULL)
		return true;
	if (strlen(bind_text) >= sizeof(target.host))
		return false;
	memcpy(target.host, bind_text, strlen(bind_text) + 1);
	if (!address_of(&target, &a))
		return false;
	out->family = a.storage.ss_family;
	if (is_any(&a))
		return true;
	if (getifaddrs(&all) < 0)
		return false;
	for (const struct ifaddrs *i = all; i != NULL && !found;
	     i = i->ifa_next) {
		found = is_at(i, &a) && (i->ifa_flags & IFF_LOOPBACK) == 0;
		if (found)
			out->interface = if_nametoindex(i->ifa_name);
	}
	freeifaddrs(all);
	return found;
}
