/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/app_somebody.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/util.h"

enum { NUMBER_DIGITS_MAX = 4 };

static int
rank(const struct somebody *one)
{
	if (one->known == NULL)
		return 2;
	if (one->known->peer.blocked)
		return 3;
	return one->known->peer.verified ? 0 : 1;
}

static int
compare(const void *a, const void *b)
{
	const struct somebody *one = a, *other = b;
	int64_t seen, seen_other;

	if ((one->near != NULL) != (other->near != NULL))
		return one->near != NULL ? -1 : 1;
	if (rank(one) != rank(other))
		return rank(one) < rank(other) ? -1 : 1;
	if (one->near != NULL)
		return one->near->number < other->near->number ? -1 : 1;
	seen = one->known->peer.last_ms;
	seen_other = other->known->peer.last_ms;
	if (seen != seen_other)
		return seen > seen_other ? -1 : 1;
	return memcmp(one->key.bytes, other->key.bytes, FINGERPRINT_LEN);
}

static void
add_known(const struct app *app, struct somebodies *all, struct known *k)
{
	struct somebody *one = &all->list[all->count++];

	*one = (struct somebody){.known = k, .name = k->peer.name};
	memcpy(one->key.bytes, k->peer.key, FINGERPRINT_LEN);
	one->near = neighbours_find(&app->neighbours, &one->key);
}

static void
add_near(
    const struct app *app, struct somebodies *all, const struct neighbour *near)
{
	const struct known *k = people_find(&app->people, near->key.bytes);

	if (near->gone_ms != 0 || (k != NULL && !k->forgotten))
		return;
	all->list[all->count++] = (struct somebody){
	    .key = near->key,
	    .near = near,
	    .name = near->name,
	};
}

/* What somebody would be called if nobody else was. */
static const char *
plain_name(const struct somebody *one)
{
	return one->known != NULL && one->known->peer.own_name != NULL
		   ? one->known->peer.own_name
		   : one->name;
}

struct named {
	char *skeleton;
	struct somebody *one;
};

static int
compare_names(const void *a, const void *b)
{
	const struct named *one = a, *other = b;

	return strcmp(one->skeleton, other->skeleton);
}

/*
 * These could be taken for each other. Who is known keeps the name, if there
 * is but one of them, and who has it from us does anyway.
 */
static void
label_alike(struct named *alike, size_t count)
{
	size_t known = 0;

	for (size_t i = 0; i < count; i++)
		known += alike[i].one->known != NULL;
	for (size_t i = 0; i < count; i++) {
		struct somebody *one = alike[i].one;
		const char *name = plain_name(one);
		bool apart;

		if (one->known != NULL && one->known->peer.own_name != NULL)
			apart = false;
		else if (strchr(name, '[') != NULL)
			apart = true; /* as if it had been told apart */
		else
			apart = one->known != NULL ? known > 1 : count > 1;
		one->label = apart ? people_told_apart(name, one->key.bytes)
				   : people_shown(name);
	}
}

/* As people_label and neighbour_label do for one, for very many. */
static void
label_all(struct somebodies *all)
{
	struct named *names = mem_alloc(all->count * sizeof(*names));

	for (size_t i = 0; i < all->count; i++)
		names[i] = (struct named){
		    people_skeleton(plain_name(&all->list[i])), &all->list[i]};
	if (all->count > 1)
		qsort(names, all->count, sizeof(*names), compare_names);
	for (size_t i = 0, n; i < all->count; i += n) {
		for (n = 1; i + n < all->count &&
			    compare_names(&names[i], &names[i + n]) == 0;)
			n++;
		label_alike(&names[i], n);
	}
	for (size_t i = 0; i < all->count; i++)
		free(names[i].skeleton);
	free(names);
}

void
somebodies_list(const struct app *app, struct somebodies *all)
{
	const struct people *p = &app->people;
	const struct neighbours *n = &app->neighbours;

	all->count = 0;
	all->list = mem_alloc((p->known_count + n->count) * sizeof(*all->list));
	for (size_t i = 0; i < p->known_count; i++) {
		if (!p->known[i]->forgotten)
			add_known(app, all, p->known[i]);
	}
	for (size_t i = 0; i < n->count; i++)
		add_near(app, all, &n->list[i]);
	if (all->count > 1)
		qsort(all->list, all->count, sizeof(*all->list), compare);
	label_all(all);
}

void
somebodies_release(struct somebodies *all)
{
	for (size_t i = 0; i < all->count; i++)
		free(all->list[i].label);
	free(all->list);
	*all = (struct somebodies){0};
}

static const struct somebody *
by_number(const struct somebodies *all, const char *text)
{
	size_t len = strlen(text);
	unsigned number;

	if (len == 0 || len > NUMBER_DIGITS_MAX ||
	    strspn(text, "0123456789") != len)
		return NULL;
	number = (unsigned)strtoul(text, NULL, 10);
	for (size_t i = 0; i < all->count; i++) {
		if (all->list[i].near != NULL &&
		    all->list[i].near->number == number)
			return &all->list[i];
	}
	return NULL;
}

/* How many are called so. */
static size_t
by_text(const struct somebodies *all, const char *text, bool names,
    const struct somebody **found)
{
	size_t count = 0;

	for (size_t i = 0; i < all->count; i++) {
		const struct somebody *one = &all->list[i];

		if (!people_names_alike(text, names ? one->name : one->label))
			continue;
		*found = one;
		count++;
	}
	return count;
}

int
somebody_find(const struct somebodies *all, const char *text,
    const struct somebody **found)
{
	size_t count;

	*found = by_number(all, text);
	if (*found != NULL)
		return 0;
	count = by_text(all, text, false, found);
	if (count == 0)
		count = by_text(all, text, true, found);
	if (count == 0)
		return ERR_NOT_FOUND;
	return count == 1 ? 0 : ERR_EXISTS;
}

/* "ana [0f3a 99c2] (2), ana [1234 5678]"; the caller frees. */
static char *
list_alike(const struct somebodies *all, const char *text)
{
	char *list = str_dup("");

	for (size_t i = 0; i < all->count; i++) {
		const struct somebody *one = &all->list[i];
		char *number = one->near != NULL
				   ? str_printf(" (%u)", one->near->number)
				   : str_dup("");

		if (people_names_alike(text, one->name) ||
		    people_names_alike(text, one->label))
			str_replace(&list,
			    str_printf("%s%s%s%s", list,
				*list != '\0' ? ", " : "", one->label, number));
		free(number);
	}
	return list;
}

const struct somebody *
somebody_meant(struct app *app, const struct somebodies *all, const char *text)
{
	const struct somebody *found;
	int r = somebody_find(all, text, &found);
	char *list;

	if (r == 0)
		return found;
	if (r == ERR_NOT_FOUND) {
		app_say(app, LINE_ERROR,
		    _("nobody known or nearby is called '%s'; /peers lists "
		      "them"),
		    text);
		return NULL;
	}
	list = list_alike(all, text);
	app_say(app, LINE_ERROR,
	    _("several are called '%s': %s; say which, by the number or with "
	      "the digits of the key"),
	    text, list);
	free(list);
	return NULL;
}

const char *
somebody_trust(const struct somebody *one)
{
	if (one->known == NULL)
		return _("new");
	if (one->known->peer.blocked)
		return _("blocked");
	return one->known->peer.verified ? _("VERIFIED")
					 : _("known, UNVERIFIED");
}
