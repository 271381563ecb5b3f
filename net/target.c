/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From what a person typed to addresses, and back to text. The half of
 * net/sock.h that knows names; the other half knows sockets.
 */
#include "net/sock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/util.h"

static int
refuse(const char *text, struct reason *why)
{
	reason_set(why,
	    _("'%s' is not an address; write HOST, HOST:PORT or [IPv6]:PORT"),
	    text);
	return ERR_INVALID;
}

static bool
parse_port(const char *s, size_t len, uint16_t *port)
{
	unsigned value = 0;

	if (len < 1 || len > 5)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		value = value * 10 + (unsigned)(s[i] - '0');
	}
	if (value < 1 || value > UINT16_MAX)
		return false;
	*port = (uint16_t)value;
	return true;
}

/* An IPv6 address, with a zone or without. */
static int
check_ipv6(const char *host, const char *text, struct reason *why)
{
	char bare[INET6_ADDRSTRLEN];
	size_t len = strcspn(host, "%");
	struct in6_addr address;

	if (len >= sizeof(bare))
		return refuse(text, why);
	memcpy(bare, host, len);
	bare[len] = '\0';
	if (inet_pton(AF_INET6, bare, &address) != 1 ||
	    strcmp(host + len, "%") == 0)
		return refuse(text, why);
	if (host[len] == '\0' && IN6_IS_ADDR_LINKLOCAL(&address)) {
		reason_set(why,
		    _("'%s' is an address of one network only; add the "
		      "interface that leads there, for example %s%%eth0"),
		    host, host);
		return ERR_INVALID;
	}
	return 0;
}

/* The host and the port's text (NULL: none) within len bytes at s. */
struct parts {
	const char *host;
	size_t host_len;
	const char *port;
	size_t port_len;
	bool ipv6;
};

static bool
split(const char *s, size_t len, struct parts *p)
{
	const char *colon = memchr(s, ':', len), *end = s + len;

	memset(p, 0, sizeof(*p));
	p->host = s;
	p->host_len = len;
	if (len > 0 && s[0] == '[') {
		const char *close = memchr(s, ']', len);

		if (!close || (close + 1 < end && close[1] != ':'))
			return false;
		p->ipv6 = true;
		p->host = s + 1;
		p->host_len = (size_t)(close - s) - 1;
		if (close + 1 < end)
			p->port = close + 2;
	} else if (colon && memchr(colon + 1, ':', (size_t)(end - colon) - 1)) {
		p->ipv6 = true;
	} else if (colon) {
		p->host_len = (size_t)(colon - s);
		p->port = colon + 1;
	}
	if (p->port)
		p->port_len = (size_t)(end - p->port);
	return true;
}

static bool
host_is_sane(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c <= ' ' || c == 0x7f || c == '/' || c == '[' || c == ']')
			return false;
	}
	return true;
}

int
target_parse(const char *text, uint16_t default_port, struct target *out,
    struct reason *why)
{
	struct target t = {.port = default_port};
	struct parts p;
	size_t len;
	int r;

	text += strspn(text, " \t\n");
	len = strlen(text);
	while (len > 0 && strchr(" \t\n", text[len - 1]))
		len--;
	if (!split(text, len, &p) || !host_is_sane(p.host, p.host_len))
		return refuse(text, why);
	if (p.host_len == 0) {
		reason_set(
		    why, _("the host is missing; write HOST, HOST:PORT or "
			   "[IPv6]:PORT"));
		return ERR_INVALID;
	}
	if (p.host_len >= sizeof(t.host)) {
		reason_set(why, _("the name of the host is too long"));
		return ERR_INVALID;
	}
	memcpy(t.host, p.host, p.host_len);
	if (p.ipv6 && (r = check_ipv6(t.host, text, why)) < 0)
		return r;
	if (p.port && !parse_port(p.port, p.port_len, &t.port)) {
		reason_set(why,
		    _("'%.*s' is not a port; a port is a number from 1 to "
		      "65535"),
		    (int)(p.port_len > 40 ? 40 : p.port_len), p.port);
		return ERR_INVALID;
	}
	*out = t;
	return 0;
}

void
target_text(
    const struct target *t, uint16_t default_port, char out[SOCK_HOST_MAX + 16])
{
	size_t size = SOCK_HOST_MAX + 16;
	bool ipv6 = strchr(t->host, ':') != NULL;

	if (t->port == default_port)
		snprintf(out, size, "%s", t->host);
	else if (ipv6)
		snprintf(out, size, "[%s]:%u", t->host, (unsigned)t->port);
	else
		snprintf(out, size, "%s:%u", t->host, (unsigned)t->port);
}

bool
target_is_numeric(const struct target *t)
{
	struct in_addr ipv4;

	/* No name holds a colon; inet_aton knows 127.1, as getaddrinfo does. */
	return strchr(t->host, ':') != NULL || inet_aton(t->host, &ipv4) != 0;
}

void
address_text(const struct address *a, char out[SOCK_TEXT_MAX])
{
	if (getnameinfo((const struct sockaddr *)&a->storage, a->len, out,
		SOCK_TEXT_MAX, NULL, 0, NI_NUMERICHOST) != 0)
		snprintf(out, SOCK_TEXT_MAX, "?");
}

/* False for an address that cannot be called. */
static bool
usable(const struct addrinfo *ai)
{
	const struct sockaddr_in6 *in6;

	if (ai->ai_addrlen > sizeof(struct sockaddr_storage))
		return false;
	if (ai->ai_family != AF_INET6)
		return ai->ai_family == AF_INET;
	in6 = (const struct sockaddr_in6 *)(const void *)ai->ai_addr;
	return !IN6_IS_ADDR_LINKLOCAL(&in6->sin6_addr) ||
	       in6->sin6_scope_id != 0;
}

static bool
listed(const struct address_list *l, const struct address *a)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->list[i].len == a->len &&
		    memcmp(&l->list[i].storage, &a->storage, a->len) == 0)
			return true;
	return false;
}

/* The addresses of one family, in the order of the resolver. */
static void
collect(const struct addrinfo *ai, int family, uint16_t port,
    struct address_list *out)
{
	out->count = 0;
	for (; ai && out->count < SOCK_ADDRESS_MAX; ai = ai->ai_next) {
		struct address a = {.len = ai->ai_addrlen};

		if (ai->ai_family != family || !usable(ai))
			continue;
		memcpy(&a.storage, ai->ai_addr, ai->ai_addrlen);
		if (family == AF_INET6)
			((struct sockaddr_in6 *)&a.storage)->sin6_port =
			    htons(port);
		else
			((struct sockaddr_in *)&a.storage)->sin_port =
			    htons(port);
		if (!listed(out, &a))
			out->list[out->count++] = a;
	}
}

static void
take_turns(const struct address_list *first, const struct address_list *second,
    struct address_list *out)
{
	out->count = 0;
	for (size_t i = 0; i < SOCK_ADDRESS_MAX; i++) {
		if (i < first->count && out->count < SOCK_ADDRESS_MAX)
			out->list[out->count++] = first->list[i];
		if (i < second->count && out->count < SOCK_ADDRESS_MAX)
			out->list[out->count++] = second->list[i];
	}
}

static void
explain(int error, const char *host, struct reason *why)
{
	const char *zone = strchr(host, '%');

	/* Of an address that was well formed when it was typed. */
	if (error == EAI_NONAME && zone != NULL && strchr(host, ':') != NULL) {
		reason_set(why,
		    _("this machine has no network interface '%s' just now; "
		      "plug it in, or check its name"),
		    zone + 1);
		return;
	}
	switch (error) {
	case EAI_AGAIN:
		reason_set(why,
		    _("the name service does not answer when asked for '%s'; "
		      "try the address instead of the name"),
		    host);
		break;
	case EAI_SYSTEM:
		reason_set(
		    why, _("cannot look up '%s': %s"), host, strerror(errno));
		break;
	case EAI_NONAME:
	case EAI_NODATA:
	case EAI_ADDRFAMILY:
		reason_set(why, _("no such name '%s'"), host);
		break;
	default:
		reason_set(why, _("cannot look up '%s': %s"), host,
		    gai_strerror(error));
	}
}

int
sock_resolve(
    const struct target *t, struct address_list *out, struct reason *why)
{
	const struct addrinfo hints = {
	    .ai_family = AF_UNSPEC,
	    .ai_socktype = SOCK_STREAM,
	    .ai_flags = target_is_numeric(t) ? AI_NUMERICHOST : 0,
	};
	struct addrinfo *found = NULL;
	struct address_list in6, in4;
	int error = getaddrinfo(t->host, NULL, &hints, &found);

	if (error != 0) {
		explain(error, t->host, why);
		return ERR_NOT_FOUND;
	}
	collect(found, AF_INET6, t->port, &in6);
	collect(found, AF_INET, t->port, &in4);
	freeaddrinfo(found);
	if (in6.count + in4.count == 0) {
		reason_set(
		    why, _("'%s' has no address that can be called"), t->host);
		return ERR_NOT_FOUND;
	}
	take_turns(&in6, &in4, out);
	return 0;
}
