/* SPDX-License-Identifier: GPL-3.0-or-later */
/* IPv4 addresses as numbers, in host order. */
#ifndef CHARLA_NET_IPV4_H
#define CHARLA_NET_IPV4_H

#include <stdint.h>

#include "net/sock.h"

/* 0 where it is no IPv4 address. */
uint32_t ipv4_of(const struct address *a);
/* Of 0 to 32 bits. */
uint32_t ipv4_mask(unsigned prefix);
struct ipv4_text {
	char text[16];
};
struct ipv4_text ipv4_text(uint32_t address);

#endif
