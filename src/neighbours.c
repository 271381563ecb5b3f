/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/neighbours.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "net/wire.h"
#include "src/base/i18n.h"
#include "src/base/util.h"

static void
release(struct neighbour *one)
{
	free(one->name);
	free(one->where);
}

void
neighbours_release(struct neighbours *n)
{
	for (size_t i = 0; i < n->count; i++)
		release(&n->list[i]);
	free(n->list);
	*n = (struct neighbours){0};
}

static struct neighbour *
find(const struct neighbours *n, const struct fingerprint *key)
{
	for (size_t i = 0; i < n->count; i++) {
		if (fingerprint_equal(&n->list[i].key, key))
			return &n->list[i];
	}
	return NULL;
}

const struct neighbour *
neighbours_find(const struct neighbours *n, const struct fingerprint *key)
{
	const struct neighbour *one = find(n, key);

	return one != NULL && one->gone_ms == 0 ? one : NULL;
}

const struct neighbour *
neighbours_number(const struct neighbours *n, unsigned number)
{
	for (size_t i = 0; i < n->count; i++) {
		if (n->list[i].number == number && n->list[i].gone_ms == 0)
			return &n->list[i];
	}
	return NULL;
}

static void
remove_at(struct neighbours *n, size_t at)
{
	release(&n->list[at]);
	n->count--;
	memmove(
	    &n->list[at], &n->list[at + 1], (n->count - at) * sizeof(*n->list));
}

/* Who went long ago; and, where there is no room, who went first. */
static void
purge(struct neighbours *n, uint64_t now_ms, bool full)
{
	size_t first = SIZE_MAX;

	if (n->list == NULL)
		return;
	for (size_t i = n->count; i-- > 0;) {
		const struct neighbour *one = &n->list[i];

		if (one->gone_ms == 0)
			continue;
		if (now_ms - one->gone_ms > NEIGHBOUR_NUMBER_MS) {
			remove_at(n, i);
			full = false;
			first = SIZE_MAX;
		} else if (first == SIZE_MAX ||
			   one->gone_ms < n->list[first].gone_ms) {
			first = i;
		}
	}
	if (full && first != SIZE_MAX)
		remove_at(n, first);
}

/* With the lowest number that is free; NULL: there are too many. */
static struct neighbour *
add(struct neighbours *n, const struct sighting *s, uint64_t now_ms)
{
	unsigned number = 1;
	size_t at = 0;

	if (n->count >= NEIGHBOURS_MAX)
		purge(n, now_ms, true);
	if (n->count >= NEIGHBOURS_MAX)
		return NULL;
	n->list = mem_realloc(n->list, (n->count + 1) * sizeof(*n->list));
	while (at < n->count && n->list[at].number == number) {
		number++;
		at++;
	}
	memmove(
	    &n->list[at + 1], &n->list[at], (n->count - at) * sizeof(*n->list));
	n->count++;
	n->list[at] = (struct neighbour){
	    .key = s->key, .number = number, .name = str_dup(s->name)};
	return &n->list[at];
}

/* As in sock_own_addresses: what a person knows by sight comes first. */
static int
rank(const struct address *a)
{
	const struct sockaddr_in *in = (const void *)&a->storage;
	const struct sockaddr_in6 *in6 = (const void *)&a->storage;
	uint32_t host;

	if (a->storage.ss_family != AF_INET)
		return IN6_IS_ADDR_LINKLOCAL(&in6->sin6_addr) ? 3 : 2;
	host = ntohl(in->sin_addr.s_addr);
	/* RFC 1918 */
	return host >> 24 == 10 || host >> 20 == 0xac1 || host >> 16 == 0xc0a8
		   ? 0
		   : 1;
}

static void
add_address(struct neighbour *one, const struct address *a)
{
	struct address_list *l = &one->at;
	size_t before = l->count, i;

	address_add(l, a);
	if (l->count == before)
		return;
	for (i = before; i > 0 && rank(&l->list[i - 1]) > rank(a); i--)
		l->list[i] = l->list[i - 1];
	l->list[i] = *a;
}

/* "192.168.1.7", "[fe80::1%eth0]:7000, and 2 more". */
static char *
where_text(const struct address_list *l)
{
	struct target target = {.port = address_port(&l->list[0])};
	char host[SOCK_TEXT_MAX], text[SOCK_HOST_MAX + 16];
	size_t more = l->count - 1;

	address_text(&l->list[0], host);
	memcpy(target.host, host, sizeof(host));
	target_text(&target, WIRE_PORT, text);
	if (more == 0)
		return str_dup(text);
	return str_printf(
	    ngettext("%s, and %zu more", "%s, and %zu more", more), text, more);
}

/* The first sighting says the name, unless it has none. */
static void
note(struct neighbour *one, const struct sighting *s)
{
	if (s->name[0] != '\0' && (one->at.count == 0 || one->name[0] == '\0'))
		str_replace(&one->name, str_dup(s->name));
	add_address(one, &s->at);
}

/* Who is in the list already; then it is clear who is gone. */
static void
note_old(struct neighbours *n, const struct sighting *seen, size_t count,
    uint64_t now_ms)
{
	for (size_t i = 0; i < n->count; i++)
		n->list[i].at.count = 0;
	for (size_t i = 0; i < count; i++) {
		struct neighbour *one = find(n, &seen[i].key);

		if (one != NULL)
			note(one, &seen[i]);
	}
	for (size_t i = 0; i < n->count; i++) {
		struct neighbour *one = &n->list[i];

		one->old = true;
		if (one->at.count > 0)
			one->gone_ms = 0;
		else if (one->gone_ms == 0)
			one->gone_ms = now_ms;
	}
}

void
neighbours_update(struct neighbours *n, const struct sighting *seen,
    size_t count, uint64_t now_ms)
{
	note_old(n, seen, count, now_ms);
	for (size_t i = 0; i < count; i++) {
		struct neighbour *one = find(n, &seen[i].key);

		if (one == NULL)
			one = add(n, &seen[i], now_ms);
		if (one != NULL && !one->old)
			note(one, &seen[i]);
	}
	if (n->list == NULL)
		return;
	for (size_t i = 0; i < n->count; i++) {
		if (n->list[i].at.count > 0)
			str_replace(
			    &n->list[i].where, where_text(&n->list[i].at));
	}
	purge(n, now_ms, false);
}

/* What one is called by themselves or, better, over a link that proved it. */
static const char *
name_of(const struct neighbour *one, const struct people *people)
{
	const struct known *known = people_find(people, one->key.bytes);

	if (known != NULL && !known->forgotten && known->peer.name[0] != '\0')
		return known->peer.name;
	return one->name;
}

char *
neighbour_label(const struct neighbours *n, const struct neighbour *one,
    const struct people *people)
{
	const char *name = name_of(one, people);
	const struct known *known = people_find(people, one->key.bytes);
	bool twice = false;

	/* Who is known keeps the name; strangers are the ones to be marked. */
	for (size_t i = 0; i < n->count && !twice; i++) {
		const struct neighbour *other = &n->list[i];

		twice = other != one && other->gone_ms == 0 &&
			people_names_alike(name, name_of(other, people));
	}
	if (twice && (known == NULL || known->forgotten))
		return people_told_apart(name, one->key.bytes);
	return people_label(people, name, one->key.bytes);
}
