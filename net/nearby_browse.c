/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Services that were seen, the oldest first. Each is asked for its address
 * and its TXT record, and as long as it is there Avahi tells what changes in
 * them. Where there are too many, strangers make room, the oldest first; so
 * many at a time are asked that a flood of names costs little.
 */
#include "net/nearby_avahi.h"

#ifdef CHARLA_AVAHI
#include <avahi-client/lookup.h>
#include <avahi-common/error.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/err.h"
#include "src/base/log.h"
#include "src/base/util.h"

enum {
	ASK_BURST = 64,
	ASK_EVERY_MS = 30, /* one more may be asked */
	AGAIN_FIRST_MS = 30 * 1000,
	AGAIN_MAX_MS = 10 * 60 * 1000,
	BROWSE_AGAIN_MS = 10 * 1000,
	TXT_STRINGS_MAX = 16,
};

struct service {
	struct nearby_browse *owner;
	AvahiIfIndex interface;
	AvahiProtocol protocol;
	char *name, *domain;
	AvahiServiceResolver *resolver; /* NULL: not asked just now */
	bool tried;                     /* it was, or is being, answered */
	unsigned again_ms;
	uint64_t ask_ms; /* when to ask */
	bool seen;       /* said and sighting are filled in */
	bool known;      /* it is somebody whose key we know */
	bool own;
	struct announcement said;
	struct sighting sighting;
};

struct nearby_browse {
	void (*changed)(void *arg);
	void *arg;
	AvahiClient *client;
	AvahiServiceBrowser *browser;
	struct timer *ask, *restart;
	bool all_for_now;
	bool lost; /* some were passed over, for there were too many */
	unsigned tokens;
	uint64_t tokens_ms; /* when the last one was given */
	struct fingerprint own;
	struct fingerprint *keys;
	size_t key_count;
	struct service *list[NEARBY_SERVICES_MAX];
	size_t count;
};

static void
service_free(struct service *s)
{
	if (s->resolver != NULL)
		avahi_service_resolver_free(s->resolver);
	free(s->name);
	free(s->domain);
	free(s);
}

static void
forget_all(struct nearby_browse *b)
{
	for (size_t i = 0; i < b->count; i++)
		service_free(b->list[i]);
	b->count = 0;
	b->all_for_now = false;
	b->lost = false;
	if (b->browser != NULL)
		avahi_service_browser_free(b->browser);
	b->browser = NULL;
	timer_disarm(b->ask);
	timer_disarm(b->restart);
}

static bool
mark_is_of(const struct announcement *a, const struct fingerprint *key)
{
	uint8_t mark[MARK_LEN];

	fingerprint_mark(key, a->salt, mark);
	return memcmp(mark, a->mark, sizeof(mark)) == 0;
}

static bool
is_it(const struct announcement *a, const struct fingerprint *key)
{
	return a->hidden ? mark_is_of(a, key)
			 : memcmp(a->key, key->bytes, FINGERPRINT_LEN) == 0;
}

/* Whose it is, as far as it says so and we know. */
static void
recognise(struct service *s)
{
	const struct nearby_browse *b = s->owner;

	s->known = false;
	s->own = is_it(&s->said, &b->own);
	if (!s->said.hidden)
		memcpy(s->sighting.key.bytes, s->said.key, FINGERPRINT_LEN);
	for (size_t i = 0; i < b->key_count && !s->own && !s->known; i++) {
		s->known = is_it(&s->said, &b->keys[i]);
		if (s->known)
			s->sighting.key = b->keys[i];
	}
}

/* False for an address that nobody should call because of a record. */
static bool
read_address(struct address *out, const AvahiAddress *a, AvahiIfIndex interface,
    uint16_t port, bool local)
{
	struct sockaddr_in6 *in6 = (void *)&out->storage;
	struct sockaddr_in *in = (void *)&out->storage;

	*out = (struct address){0};
	if (port == 0)
		return false;
	if (a->proto == AVAHI_PROTO_INET) {
		uint32_t host = ntohl(a->data.ipv4.address);

		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		in->sin_addr.s_addr = a->data.ipv4.address;
		out->len = sizeof(*in);
		return host != INADDR_ANY && !IN_MULTICAST(host) &&
		       host != INADDR_BROADCAST && (local || host >> 24 != 127);
	}
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(port);
	memcpy(&in6->sin6_addr, a->data.ipv6.address, sizeof(in6->sin6_addr));
	if (IN6_IS_ADDR_LINKLOCAL(&in6->sin6_addr))
		in6->sin6_scope_id = (uint32_t)interface;
	out->len = sizeof(*in6);
	return !IN6_IS_ADDR_UNSPECIFIED(&in6->sin6_addr) &&
	       !IN6_IS_ADDR_MULTICAST(&in6->sin6_addr) &&
	       !IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr) &&
	       (local || !IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr));
}

static int
read_txt(struct announcement *said, const char *name, AvahiStringList *txt)
{
	struct announce_string strings[TXT_STRINGS_MAX];
	size_t count = 0;

	for (; txt != NULL && count < TXT_STRINGS_MAX;
	     txt = avahi_string_list_get_next(txt))
		strings[count++] =
		    (struct announce_string){avahi_string_list_get_text(txt),
			avahi_string_list_get_size(txt)};
	return announce_parse(said, name, strings, count);
}

static void ask_some(void *arg);

/* No answer: whoever it was may be away. */
static void
no_answer(struct service *s)
{
	avahi_service_resolver_free(s->resolver);
	s->resolver = NULL;
	s->seen = false;
	s->ask_ms = clock_mono_ms() + s->again_ms;
	s->again_ms =
	    s->again_ms * 2 < AGAIN_MAX_MS ? s->again_ms * 2 : AGAIN_MAX_MS;
	ask_some(s->owner);
}

static void
on_answer(AvahiServiceResolver *resolver, AvahiIfIndex interface,
    AvahiProtocol protocol, AvahiResolverEvent event, const char *name,
    const char *type, const char *domain, const char *host,
    const AvahiAddress *a, uint16_t port, AvahiStringList *txt,
    AvahiLookupResultFlags flags, void *arg)
{
	struct service *s = arg;
	struct sighting *sighting = &s->sighting;
	bool local = (flags & AVAHI_LOOKUP_RESULT_LOCAL) != 0;

	(void)resolver, (void)protocol, (void)name, (void)type, (void)domain;
	(void)host;
	s->tried = true;
	if (event == AVAHI_RESOLVER_FAILURE) {
		no_answer(s);
	} else {
		s->again_ms = AGAIN_FIRST_MS;
		s->seen =
		    read_address(&sighting->at, a, interface, port, local) &&
		    read_txt(&s->said, s->name, txt) == 0;
	}
	if (s->seen) {
		address_text(&sighting->at, sighting->where);
		sighting->port = port;
		sighting->hidden = s->said.hidden;
		memcpy(sighting->name, s->said.name, sizeof(sighting->name));
		recognise(s);
	}
	s->owner->changed(s->owner->arg);
}

static void
ask(struct service *s)
{
	s->resolver = avahi_service_resolver_new(s->owner->client, s->interface,
	    s->protocol, s->name, ANNOUNCE_TYPE, s->domain, s->protocol, 0,
	    on_answer, s);
	if (s->resolver != NULL)
		return;
	s->tried = true;
	s->ask_ms = clock_mono_ms() + s->again_ms;
}

/* Is there leave to ask one more? */
static bool
take_token(struct nearby_browse *b, uint64_t now)
{
	uint64_t more = (now - b->tokens_ms) / ASK_EVERY_MS;

	if (more > 0) {
		b->tokens_ms = now;
		b->tokens = more + b->tokens < ASK_BURST
				? (unsigned)more + b->tokens
				: ASK_BURST;
	}
	if (b->tokens == 0)
		return false;
	b->tokens--;
	return true;
}

/* Those whose time has come, as many as may be; the timer does the others. */
static void
ask_some(void *arg)
{
	struct nearby_browse *b = arg;
	uint64_t now = clock_mono_ms(), next = UINT64_MAX;

	/* The newest first: a flood that came before holds nobody up. */
	for (size_t i = b->count; i-- > 0 && b->client != NULL;) {
		struct service *s = b->list[i];
		uint64_t at = s->ask_ms;

		if (s->resolver != NULL)
			continue;
		if (at <= now && take_token(b, now))
			ask(s);
		else if (at <= now)
			at = now + ASK_EVERY_MS;
		if (s->resolver == NULL && at < next)
			next = at;
	}
	if (next != UINT64_MAX)
		timer_arm(b->ask, next);
}

static struct service *
find(const struct nearby_browse *b, const struct service *like)
{
	for (size_t i = 0; i < b->count; i++) {
		struct service *s = b->list[i];

		if (s->interface == like->interface &&
		    s->protocol == like->protocol &&
		    strcmp(s->name, like->name) == 0 &&
		    strcmp(s->domain, like->domain) == 0)
			return s;
	}
	return NULL;
}

static void
remove_at(struct nearby_browse *b, size_t at)
{
	service_free(b->list[at]);
	b->count--;
	memmove(&b->list[at], &b->list[at + 1],
	    (b->count - at) * sizeof(struct service *));
}

static void
leave(struct nearby_browse *b, const struct service *s)
{
	for (size_t i = 0; i < b->count; i++) {
		if (b->list[i] == s)
			remove_at(b, i--);
	}
	/* Avahi tells of each once: to see who was passed over, begin anew. */
	if (b->lost && b->count <= NEARBY_SERVICES_MAX / 2 &&
	    !timer_is_armed(b->restart))
		timer_arm(b->restart, clock_mono_ms() + BROWSE_AGAIN_MS);
	b->changed(b->arg);
}

/* False where nobody may go. */
static bool
make_room(struct nearby_browse *b)
{
	if (b->count < NEARBY_SERVICES_MAX)
		return true;
	b->lost = true;
	for (size_t i = 0; i < b->count; i++) {
		if (!b->list[i]->known && !b->list[i]->own) {
			remove_at(b, i);
			return true;
		}
	}
	return false;
}

static void
appear(struct nearby_browse *b, const struct service *like)
{
	struct service *s;

	if (find(b, like) != NULL || !make_room(b))
		return;
	s = mem_zalloc(sizeof(*s));
	*s = *like;
	s->owner = b;
	s->name = str_dup(like->name);
	s->domain = str_dup(like->domain);
	s->again_ms = AGAIN_FIRST_MS;
	b->list[b->count++] = s;
	ask_some(b);
}

static void
on_service(AvahiServiceBrowser *browser, AvahiIfIndex interface,
    AvahiProtocol protocol, AvahiBrowserEvent event, const char *name,
    const char *type, const char *domain, AvahiLookupResultFlags flags,
    void *arg)
{
	struct nearby_browse *b = arg;
	struct service like = {
	    .interface = interface,
	    .protocol = protocol,
	    .name = (char *)(uintptr_t)name,
	    .domain = (char *)(uintptr_t)domain,
	};
	struct service *s;

	(void)browser, (void)type, (void)flags;
	switch (event) {
	case AVAHI_BROWSER_NEW:
		appear(b, &like);
		break;
	case AVAHI_BROWSER_REMOVE:
		s = find(b, &like);
		if (s != NULL)
			leave(b, s);
		break;
	case AVAHI_BROWSER_ALL_FOR_NOW:
		b->all_for_now = true;
		b->changed(b->arg);
		break;
	case AVAHI_BROWSER_FAILURE:
		log_debug("nearby: browsing failed: %s",
		    avahi_strerror(avahi_client_errno(b->client)));
		timer_arm(b->restart, clock_mono_ms() + BROWSE_AGAIN_MS);
		break;
	case AVAHI_BROWSER_CACHE_EXHAUSTED:
		break;
	}
}

static void
start(void *arg)
{
	struct nearby_browse *b = arg;

	forget_all(b);
	if (b->client == NULL)
		return;
	b->browser = avahi_service_browser_new(b->client, AVAHI_IF_UNSPEC,
	    AVAHI_PROTO_UNSPEC, ANNOUNCE_TYPE, NULL, 0, on_service, b);
	if (b->browser == NULL)
		timer_arm(b->restart, clock_mono_ms() + BROWSE_AGAIN_MS);
}

struct nearby_browse *
nearby_browse_new(struct loop *loop, void (*changed)(void *arg), void *arg)
{
	struct nearby_browse *b = mem_zalloc(sizeof(*b));

	b->changed = changed;
	b->arg = arg;
	b->ask = loop_timer(loop, ask_some, b);
	b->restart = loop_timer(loop, start, b);
	return b;
}

void
nearby_browse_free(struct nearby_browse *b)
{
	forget_all(b);
	timer_remove(b->ask);
	timer_remove(b->restart);
	free(b->keys);
	free(b);
}

void
nearby_browse_client(struct nearby_browse *b, AvahiClient *client)
{
	if (b->client == client && (client == NULL || b->browser != NULL))
		return;
	if (client == NULL)
		forget_all(b); /* while their client is there */
	b->client = client;
	start(b);
}

void
nearby_browse_know(struct nearby_browse *b, const struct nearby_orders *orders)
{
	size_t size = orders->key_count * sizeof(*orders->keys);

	if (b->keys != NULL && b->key_count == orders->key_count &&
	    memcmp(b->keys, orders->keys, size) == 0 &&
	    fingerprint_equal(&b->own, &orders->self.key))
		return;
	free(b->keys);
	b->keys = mem_dup(orders->keys, size);
	b->key_count = orders->key_count;
	b->own = orders->self.key;
	for (size_t i = 0; i < b->count; i++) {
		if (b->list[i]->seen)
			recognise(b->list[i]);
	}
	b->changed(b->arg);
}

bool
nearby_browse_settled(const struct nearby_browse *b)
{
	bool settled = b->all_for_now;

	for (size_t i = 0; i < b->count && settled; i++)
		settled = b->list[i]->tried;
	return settled;
}

struct sighting *
nearby_browse_look(const struct nearby_browse *b, size_t *count)
{
	struct sighting *all = mem_alloc(b->count * sizeof(*all));

	*count = 0;
	for (size_t i = 0; i < b->count; i++) {
		const struct service *s = b->list[i];

		if (s->seen && !s->own && (s->known || !s->said.hidden))
			all[(*count)++] = s->sighting;
	}
	return all;
}
#endif
