/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gathering: where people are, and whether they answer. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "net/wire.h"
#include "src/base/i18n.h"
#include "src/base/util.h"
#include "src/doctor_look.h"

enum {
	CALL_MS = 3000,
	ASK_MS = 600, /* for an answer by ARP */
	TRIED_MAX = 4,
	SEEN_MAX = 16, /* that are looked for outside of our networks */
};

/* Where it is, although no prefix of ours covers it; "": not to be found. */
static void
locate(const struct survey_network *n, struct doctor_peer *p)
{
	if (p->at.storage.ss_family != AF_INET)
		return;
	if (doctor_covers(n, &p->at)) {
		survey_is_neighbour(&p->at, p->link);
		return;
	}
	for (size_t i = 0; i < n->link_count && p->link[0] == '\0'; i++) {
		const struct survey_link *l = &n->links[i];

		if (l->ordinary && l->running &&
		    survey_ask_neighbour(&p->at, l->name, ASK_MS))
			memcpy(p->link, l->name, sizeof(p->link));
	}
}

/* "beto (10.69.73.2)", or the address alone; the caller frees. */
static char *
label_of(const char *name, const struct address *at)
{
	char text[SOCK_TEXT_MAX];

	address_text(at, text);
	return name == NULL || name[0] == '\0' || strstr(name, text) != NULL
		   ? str_dup(text)
		   : str_printf("%s (%s)", name, text);
}

static void
look_at_seen(const struct doctor_case *c, const struct survey_network *n,
    struct findings *out)
{
	size_t asked = 0;

	for (size_t i = 0; i < c->seen_count && asked < SEEN_MAX; i++) {
		const struct sighting *s = &c->seen[i];
		struct doctor_peer p = {.at = s->at};

		if (doctor_covers(n, &s->at))
			continue;
		asked++;
		p.label = label_of(s->name, &s->at);
		locate(n, &p);
		doctor_judge_peer(n, &p, out);
		free(p.label);
	}
}

/* Whom a person meant: somebody nearby of that name, else a host. */
static bool
find_peer(
    const struct doctor_case *c, struct address_list *at, struct findings *out)
{
	struct target target;
	struct reason why;

	at->count = 0;
	for (size_t i = 0; i < c->seen_count; i++) {
		if (strcasecmp(c->seen[i].name, c->peer) == 0)
			address_add(at, &c->seen[i].at);
	}
	if (at->count > 0)
		return true;
	if (target_parse(c->peer, WIRE_PORT, &target, &why) == 0 &&
	    sock_resolve(&target, at, &why) == 0 && at->count > 0)
		return true;
	findings_add(out, FINDING_WRONG, "%s", why.text);
	return false;
}

static void
look_at_peer(const struct doctor_case *c, const struct survey_network *n,
    struct findings *out)
{
	struct findings tried = {0};
	struct address_list at;
	bool open = false;

	if (c->peer == NULL || !find_peer(c, &at, out))
		return;
	for (size_t i = 0; i < at.count && i < TRIED_MAX && !open; i++) {
		struct doctor_peer p = {.at = at.list[i], .called = true};

		p.label = label_of(c->peer, &p.at);
		p.error = survey_call(&p.at, CALL_MS);
		open = p.error == 0;
		/* One way is enough. */
		if (open)
			findings_release(&tried);
		else
			locate(n, &p);
		doctor_judge_peer(n, &p, &tried);
		free(p.label);
	}
	findings_move(&tried, out);
}

void
doctor_look_for_people(const struct doctor_case *c,
    const struct survey_network *n, struct findings *out)
{
	look_at_seen(c, n, out);
	look_at_peer(c, n, out);
}

static bool
is_own(const struct survey_network *n, const struct sighting *s)
{
	char own[SOCK_TEXT_MAX];

	for (size_t i = 0; i < n->address_count; i++) {
		address_text(&n->addresses[i].at, own);
		if (strcmp(own, s->where) == 0)
			return true;
	}
	return false;
}

/* People: the first sighting of each key counts, our own never does. */
static size_t
count_people(const struct doctor_case *c, const struct survey_network *n)
{
	size_t people = 0;

	for (size_t i = 0; i < c->seen_count; i++) {
		const struct sighting *s = &c->seen[i];
		bool counted = is_own(n, s);

		for (size_t k = 0; k < i && !counted; k++)
			counted = fingerprint_equal(&c->seen[k].key, &s->key);
		people += !counted;
	}
	return people;
}

void
doctor_look_for_avahi(const struct doctor_case *c,
    const struct survey_network *n, struct findings *out)
{
	static const enum doctor_avahi states[] = {
	    [NEARBY_STARTING] = DOCTOR_AVAHI_SLOW,
	    [NEARBY_UNBUILT] = DOCTOR_AVAHI_UNBUILT,
	    [NEARBY_ABSENT] = DOCTOR_AVAHI_ABSENT,
	    [NEARBY_LOOKING] = DOCTOR_AVAHI_SLOW,
	    [NEARBY_READY] = DOCTOR_AVAHI_READY,
	};

	doctor_judge_avahi(states[c->nearby], count_people(c, n), out);
}
