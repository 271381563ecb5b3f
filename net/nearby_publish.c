/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What we say about ourselves. In private it is said anew now and then, under
 * a fresh salt; the one before stays a little, so that whoever knows the key
 * sees nobody leave and come.
 */
#include "net/nearby_avahi.h"

#ifdef CHARLA_AVAHI
#include <avahi-client/publish.h>
#include <avahi-common/alternative.h>
#include <avahi-common/error.h>
#include <avahi-common/malloc.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "src/base/err.h"
#include "src/base/log.h"
#include "src/base/util.h"

enum {
	NAMES_TRIED_MAX = 64, /* "ana [0f3a 99c2] #2": somebody plays */
	AGAIN_MS = 30 * 1000,
	OVERLAP_MS = 3000,
};

struct nearby_publish {
	AvahiClient *client; /* NULL: nothing can be said */
	AvahiEntryGroup *group, *before;
	struct timer *again;   /* it failed; or, in private, it is old */
	struct timer *overlap; /* before goes */
	struct nearby_self self;
	struct announcement said;
	char label[ANNOUNCE_LABEL_MAX];
	unsigned names_tried;
};

static void
group_free(AvahiEntryGroup **group)
{
	if (*group != NULL)
		avahi_entry_group_free(*group);
	*group = NULL;
}

static void
fresh_salt(uint8_t salt[ANNOUNCE_SALT_LEN])
{
	ssize_t n;

	do {
		n = getrandom(salt, ANNOUNCE_SALT_LEN, 0);
	} while (n < 0 && errno == EINTR);
	if (n != ANNOUNCE_SALT_LEN)
		fatal("no random bytes");
}

static void
compose(struct nearby_publish *p)
{
	struct announcement *a = &p->said;

	*a = (struct announcement){.hidden = p->self.mode == NEARBY_HIDDEN};
	if (a->hidden) {
		fresh_salt(a->salt);
		fingerprint_mark(&p->self.key, a->salt, a->mark);
	} else {
		memcpy(a->key, p->self.key.bytes, sizeof(a->key));
		memcpy(a->name, p->self.name, sizeof(a->name));
	}
	announce_label(a, p->label);
	p->names_tried = 0;
}

static AvahiStringList *
make_txt(const struct nearby_publish *p)
{
	char strings[ANNOUNCE_STRINGS_MAX][ANNOUNCE_STRING_MAX];
	size_t count = announce_write(&p->said, p->label, strings);
	AvahiStringList *txt = NULL;

	for (size_t i = 0; i < count; i++)
		txt = avahi_string_list_add(txt, strings[i]);
	return avahi_string_list_reverse(txt);
}

static AvahiProtocol
protocol_of(const struct nearby_self *self)
{
	switch (self->family) {
	case AF_INET:
		return AVAHI_PROTO_INET;
	case AF_INET6:
		return AVAHI_PROTO_INET6;
	default:
		return AVAHI_PROTO_UNSPEC;
	}
}

/* 0, or an error of Avahi's. */
static int
add_service(struct nearby_publish *p)
{
	AvahiStringList *txt = make_txt(p);
	AvahiIfIndex interface = p->self.interface == 0
				     ? AVAHI_IF_UNSPEC
				     : (AvahiIfIndex)p->self.interface;
	int r = avahi_entry_group_add_service_strlst(p->group, interface,
	    protocol_of(&p->self), 0, p->label, ANNOUNCE_TYPE, NULL, NULL,
	    p->self.port, txt);

	avahi_string_list_free(txt);
	return r;
}

/* The name is somebody else's: ours gets a number. */
static void
next_name(struct nearby_publish *p)
{
	char *other;

	p->names_tried++;
	if (p->said.hidden) {
		compose(p);
		return;
	}
	other = avahi_alternative_service_name(p->label);
	snprintf(p->label, sizeof(p->label), "%s", other);
	avahi_free(other);
}

static void
say(struct nearby_publish *p)
{
	int r = add_service(p);

	while (r == AVAHI_ERR_COLLISION && p->names_tried < NAMES_TRIED_MAX) {
		next_name(p);
		r = add_service(p);
	}
	if (r == AVAHI_OK)
		r = avahi_entry_group_commit(p->group);
	if (r == AVAHI_OK)
		return;
	log_debug("nearby: cannot announce: %s", avahi_strerror(r));
	timer_arm(p->again, clock_mono_ms() + AGAIN_MS);
}

static void
on_group(AvahiEntryGroup *group, AvahiEntryGroupState state, void *arg)
{
	struct nearby_publish *p = arg;

	if (group != p->group)
		return; /* of before, or not ours yet */
	if (state == AVAHI_ENTRY_GROUP_COLLISION &&
	    p->names_tried < NAMES_TRIED_MAX) {
		next_name(p);
		avahi_entry_group_reset(group);
		say(p);
	} else if (state == AVAHI_ENTRY_GROUP_COLLISION ||
		   state == AVAHI_ENTRY_GROUP_FAILURE) {
		timer_arm(p->again, clock_mono_ms() + AGAIN_MS);
	}
}

static bool
has_something_to_say(const struct nearby_publish *p)
{
	return p->client != NULL && p->self.mode != NEARBY_SILENT &&
	       p->self.port != 0;
}

static void
stop(struct nearby_publish *p)
{
	timer_disarm(p->again);
	timer_disarm(p->overlap);
	group_free(&p->before);
	group_free(&p->group);
}

/* The timer's too. */
static void
start(void *arg)
{
	struct nearby_publish *p = arg;
	bool was_hidden = p->group != NULL && p->said.hidden;
	unsigned hidden_ms =
	    p->self.hidden_ms != 0 ? p->self.hidden_ms : NEARBY_HIDDEN_MS;

	timer_disarm(p->again);
	if (was_hidden && p->self.mode == NEARBY_HIDDEN) {
		group_free(&p->before);
		p->before = p->group;
		p->group = NULL;
		timer_arm(p->overlap, clock_mono_ms() + OVERLAP_MS);
	} else {
		stop(p);
	}
	if (!has_something_to_say(p))
		return;
	compose(p);
	p->group = avahi_entry_group_new(p->client, on_group, p);
	if (p->group == NULL) {
		timer_arm(p->again, clock_mono_ms() + AGAIN_MS);
		return;
	}
	if (p->said.hidden)
		timer_arm(p->again, clock_mono_ms() + hidden_ms);
	say(p);
}

static void
on_overlap(void *arg)
{
	struct nearby_publish *p = arg;

	group_free(&p->before);
}

struct nearby_publish *
nearby_publish_new(struct loop *loop)
{
	struct nearby_publish *p = mem_zalloc(sizeof(*p));

	p->self.mode = NEARBY_SILENT;
	p->again = loop_timer(loop, start, p);
	p->overlap = loop_timer(loop, on_overlap, p);
	return p;
}

void
nearby_publish_free(struct nearby_publish *p)
{
	stop(p);
	timer_remove(p->again);
	timer_remove(p->overlap);
	free(p);
}

void
nearby_publish_client(struct nearby_publish *p, AvahiClient *client)
{
	if (p->client == client && (client == NULL || p->group != NULL))
		return;
	stop(p);
	p->client = client;
	if (client != NULL)
		start(p);
}

static bool
same(const struct nearby_self *a, const struct nearby_self *b)
{
	return a->mode == b->mode && strcmp(a->name, b->name) == 0 &&
	       a->port == b->port && fingerprint_equal(&a->key, &b->key) &&
	       a->interface == b->interface && a->family == b->family;
}

void
nearby_publish_self(struct nearby_publish *p, const struct nearby_self *self)
{
	if (same(&p->self, self))
		return;
	stop(p);
	p->self = *self;
	start(p);
}
#endif
