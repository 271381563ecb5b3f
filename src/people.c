/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/people.h"

#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"
#include "src/lookalike.h"

enum { LABEL_COLUMNS = 32 };

void
people_init(struct people *p)
{
	memset(p, 0, sizeof(*p));
}

void
people_release(struct people *p)
{
	for (size_t i = 0; i < p->known_count; i++) {
		free(p->known[i]->peer.name);
		free(p->known[i]->peer.own_name);
		free(p->known[i]->peer.streams);
		free(p->known[i]);
	}
	free(p->known);
	for (size_t i = 0; i < p->pin_count; i++)
		free(p->pins[i].target);
	free(p->pins);
	for (size_t i = 0; i < p->place_count; i++)
		free(p->places[i].target);
	free(p->places);
	people_init(p);
}

static struct known *
append(struct people *p, const struct peer *peer)
{
	struct known *k = mem_zalloc(sizeof(*k));

	k->peer = *peer;
	k->peer.name = str_dup(peer->name ? peer->name : "");
	k->peer.own_name = str_dup(peer->own_name);
	k->forgotten = peer->unlisted;
	k->peer.streams = NULL;
	if (peer->stream_count > 0)
		k->peer.streams = mem_dup(
		    peer->streams, peer->stream_count * sizeof(*peer->streams));
	k->committed = peer->received;
	p->known = mem_realloc(
	    p->known, (p->known_count + 1) * sizeof(struct known *));
	p->known[p->known_count++] = k;
	return k;
}

void
people_load(struct people *p, const struct store_memory *memory)
{
	for (size_t i = 0; i < memory->peer_count; i++)
		append(p, &memory->peers[i]);
	for (size_t i = 0; i < memory->pin_count; i++)
		people_set_pin(p, memory->pins[i].target, memory->pins[i].key);
	for (size_t i = memory->place_count; i > 0; i--)
		people_set_place(p, &memory->places[i - 1]);
}

struct known *
people_find(const struct people *p, const uint8_t key[STORE_KEY_LEN])
{
	for (size_t i = 0; i < p->known_count; i++) {
		if (memcmp(p->known[i]->peer.key, key, STORE_KEY_LEN) == 0)
			return p->known[i];
	}
	return NULL;
}

struct known *
people_add(struct people *p, const uint8_t key[STORE_KEY_LEN], const char *name,
    int64_t now_ms)
{
	struct peer peer = {.first_ms = now_ms, .last_ms = now_ms};

	memcpy(peer.key, key, STORE_KEY_LEN);
	peer.name = (char *)(uintptr_t)name;
	return append(p, &peer);
}

struct known *
people_last(const struct people *p)
{
	struct known *last = NULL;

	for (size_t i = 0; i < p->known_count; i++) {
		struct known *k = p->known[i];

		/* Whose digits differed, and who has not come back since. */
		if ((k->peer.marked_ms != 0 && !k->peer.accepted) ||
		    (k->forgotten && k->peer.lines == 0))
			continue;
		if (last == NULL || k->peer.last_ms > last->peer.last_ms)
			last = k;
	}
	return last;
}

static struct stream *
find_stream(const struct known *k, uint64_t epoch)
{
	/* What is looked for is nearly always the newest. */
	for (size_t i = k->peer.stream_count; i > 0; i--) {
		if (k->peer.streams[i - 1].epoch == epoch)
			return &k->peer.streams[i - 1];
	}
	return NULL;
}

uint64_t
known_heard(const struct known *k, uint64_t epoch)
{
	const struct stream *stream = find_stream(k, epoch);

	return stream != NULL ? stream->last : 0;
}

void
known_hear(struct known *k, uint64_t epoch, uint64_t seq)
{
	struct stream *stream = find_stream(k, epoch);
	struct peer *peer = &k->peer;

	if (stream == NULL) {
		peer->streams = mem_realloc(
		    peer->streams, (peer->stream_count + 1) * sizeof(*stream));
		stream = &peer->streams[peer->stream_count++];
		*stream = (struct stream){.epoch = epoch};
	}
	if (seq > stream->last)
		stream->last = seq;
}

void
known_unhear(struct known *k, uint64_t epoch, uint64_t seq)
{
	struct stream *stream = find_stream(k, epoch);

	if (stream != NULL && stream->last >= seq)
		stream->last = seq - 1;
}

/* Blanks of all kinds as blanks, and nothing that is not seen at the ends. */
static char *
trimmed(const char *clean)
{
	size_t size = strlen(clean), at = 0, len = 0, end = 0;
	char *out = mem_alloc(size + 1);

	while (at < size) {
		uint32_t c;
		size_t n = text_decode(clean + at, size - at, &c);
		bool blank = lookalike_is_blank(c);
		bool seen = !blank && !lookalike_is_nothing(c);

		if (blank && end > 0) {
			out[len++] = ' ';
		} else if (seen || end > 0) {
			memcpy(out + len, clean + at, n);
			len += n;
		}
		if (seen)
			end = len;
		at += n;
	}
	out[end] = '\0';
	return out;
}

/* The name as it is shown: two names that look alike are alike. */
char *
people_shown(const char *name)
{
	char *clean = text_clean(name, strlen(name), TEXT_LABEL);
	char *trim = trimmed(clean);
	char *cut = trim[0] != '\0' ? text_cut(trim, LABEL_COLUMNS, false)
				    : str_dup(_("nameless"));

	free(clean);
	free(trim);
	return cut;
}

/*
 * What two names that pass for one another have in common: letters without
 * case, as they look, nothing invisible, blanks as one blank.
 */
char *
people_skeleton(const char *name)
{
	char *shown = people_shown(name);
	char *out = mem_alloc(strlen(shown) * 4 + 1);
	size_t len = 0, at = 0, size = strlen(shown);

	while (at < size) {
		uint32_t c, mark;

		at += text_decode(shown + at, size - at, &c);
		if (lookalike_is_nothing(c))
			continue;
		if (c == ' ' && len > 0 && out[len - 1] == ' ')
			continue;
		c = lookalike_of((uint32_t)towlower((wint_t)c));
		len += text_encode(lookalike_base(c, &mark), out + len);
		if (mark != 0)
			len += text_encode(mark, out + len);
	}
	out[len] = '\0';
	free(shown);
	return out;
}

bool
people_names_alike(const char *a, const char *b)
{
	char *one = people_skeleton(a), *other = people_skeleton(b);
	bool alike = strcmp(one, other) == 0;

	free(one);
	free(other);
	return alike;
}

struct known *
people_namesake(
    const struct people *p, const char *name, const uint8_t key[STORE_KEY_LEN])
{
	for (size_t i = 0; i < p->known_count; i++) {
		struct known *k = p->known[i];
		const struct peer *peer = &k->peer;

		if (k->forgotten || memcmp(peer->key, key, STORE_KEY_LEN) == 0)
			continue;
		if (people_names_alike(name,
			peer->own_name != NULL ? peer->own_name : peer->name))
			return k;
	}
	return NULL;
}

static struct pin *
find_pin(const struct people *p, const char *target)
{
	for (size_t i = 0; i < p->pin_count; i++) {
		if (strcmp(p->pins[i].target, target) == 0)
			return &p->pins[i];
	}
	return NULL;
}

const uint8_t *
people_pin(const struct people *p, const char *target)
{
	struct pin *pin = find_pin(p, target);

	return pin ? pin->key : NULL;
}

void
people_set_pin(
    struct people *p, const char *target, const uint8_t key[STORE_KEY_LEN])
{
	struct pin *pin = find_pin(p, target);

	if (pin == NULL) {
		p->pins =
		    mem_realloc(p->pins, (p->pin_count + 1) * sizeof(*pin));
		pin = &p->pins[p->pin_count++];
		pin->target = str_dup(target);
	}
	memcpy(pin->key, key, STORE_KEY_LEN);
}

static bool
same_place(const struct place *a, const struct place *b)
{
	return memcmp(a->key, b->key, STORE_KEY_LEN) == 0 &&
	       strcmp(a->target, b->target) == 0;
}

/* In front of the others of this key, the oldest of which may have to go. */
void
people_set_place(struct people *p, const struct place *place)
{
	struct place new = *place;
	size_t kept = 0, of_key = 1;

	for (size_t i = 0; i < p->place_count; i++) {
		struct place *old = &p->places[i];
		bool same = same_place(old, place);

		if (memcmp(old->key, place->key, STORE_KEY_LEN) == 0 && !same)
			same = ++of_key > STORE_PLACES_MAX;
		if (same)
			free(old->target);
		else
			p->places[kept++] = *old;
	}
	new.target = str_dup(place->target);
	p->places = mem_realloc(p->places, (kept + 1) * sizeof(*p->places));
	memmove(p->places + 1, p->places, kept * sizeof(*p->places));
	p->places[0] = new;
	p->place_count = kept + 1;
}

static void
forget_where(struct people *p, const uint8_t *key)
{
	size_t pins = 0, places = 0;

	for (size_t i = 0; i < p->pin_count; i++) {
		if (memcmp(p->pins[i].key, key, STORE_KEY_LEN) == 0)
			free(p->pins[i].target);
		else
			p->pins[pins++] = p->pins[i];
	}
	for (size_t i = 0; i < p->place_count; i++) {
		if (memcmp(p->places[i].key, key, STORE_KEY_LEN) == 0)
			free(p->places[i].target);
		else
			p->places[places++] = p->places[i];
	}
	p->pin_count = pins;
	p->place_count = places;
}

void
people_forget(struct people *p, struct known *k)
{
	struct peer *peer = &k->peer;

	forget_where(p, peer->key);
	str_replace(&peer->name, str_dup(""));
	str_replace(&peer->own_name, NULL);
	peer->accepted = peer->verified = peer->blocked = false;
	peer->first_ms = peer->last_ms = 0;
	peer->verified_ms = peer->marked_ms = 0;
	k->auto_bytes = 0;
	k->auto_offers = 0;
	k->forgotten = true;
}

char *
people_told_apart(const char *name, const uint8_t key[STORE_KEY_LEN])
{
	char *shown = people_shown(name);

	str_replace(&shown, str_printf("%s [%02x%02x %02x%02x]", shown, key[0],
				key[1], key[2], key[3]));
	return shown;
}

char *
people_label(
    const struct people *p, const char *name, const uint8_t key[STORE_KEY_LEN])
{
	const struct known *k = people_find(p, key);

	if (k != NULL && k->peer.own_name != NULL)
		return people_shown(k->peer.own_name);
	/* With a bracket it may look like one that was told apart. */
	return people_namesake(p, name, key) != NULL ||
		       strchr(name, '[') != NULL
		   ? people_told_apart(name, key)
		   : people_shown(name);
}
