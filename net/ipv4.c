/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/ipv4.h"

#include <netinet/in.h>
#include <stdio.h>

enum { BITS = 32 };

uint32_t
ipv4_of(const struct address *a)
{
	const struct sockaddr_in *in = (const void *)&a->storage;

	return a->storage.ss_family == AF_INET ? ntohl(in->sin_addr.s_addr) : 0;
}

uint32_t
ipv4_mask(unsigned prefix)
{
	return prefix == 0 ? 0 : UINT32_MAX << (BITS - prefix);
}

struct ipv4_text
ipv4_text(uint32_t a)
{
	struct ipv4_text t;

	snprintf(t.text, sizeof(t.text), "%u.%u.%u.%u", a >> 24,
	    (a >> 16) & 255, (a >> 8) & 255, a & 255);
	return t;
}
