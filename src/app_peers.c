/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person says about others: names, and who is let in. */
#include "src/app_state.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/app_somebody.h"
#include "src/base/i18n.h"
#include "src/base/util.h"

/* They are called otherwise from here on, wherever that stands. */
static void
relabel(struct app *app, const struct known *k)
{
	for (struct link *l = app->links; l != NULL; l = l->next) {
		if (l->known == k && l->name != NULL)
			str_replace(&l->label,
			    people_label(&app->people, l->name, l->key.bytes));
	}
	if (app->partner == k)
		str_replace(&app->partner_label,
		    people_label(&app->people, k->peer.name, k->peer.key));
	app_refresh_title(app);
	app_refresh_status(app);
}

/* Nobody else may be called so. */
static bool
is_free(struct app *app, const struct somebodies *all,
    const struct somebody *whose, const char *name)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct somebody *one = &all->list[i];

		if (one->known == NULL || one->known == whose->known ||
		    !people_names_alike(one->label, name))
			continue;
		app_say(app, LINE_ERROR,
		    _("somebody you know is called '%s' already; choose "
		      "another name"),
		    one->label);
		return false;
	}
	return true;
}

static void
rename_to(struct app *app, const struct somebodies *all,
    const struct somebody *one, const char *name)
{
	struct known *k = one->known;
	struct reason why;
	char *label;

	if (k == NULL) {
		app_say(app, LINE_ERROR,
		    _("%s is new; connect first, then give them a name"),
		    one->label);
		return;
	}
	if (*name != '\0' && options_check_name(name, &why) < 0) {
		app_say(app, LINE_ERROR, "%s", why.text);
		return;
	}
	if (*name != '\0' && !is_free(app, all, one, name))
		return;
	str_replace(&k->peer.own_name, *name != '\0' ? str_dup(name) : NULL);
	store_put_peer(app->store, &k->peer);
	relabel(app, k);
	label = people_label(&app->people, k->peer.name, k->peer.key);
	app_say(app, LINE_NOTICE, _("%s is called %s here from now on"),
	    one->label, label);
	free(label);
}

/*
 * Where NEW begins in "NAME NEW": behind the longest NAME that is somebody's.
 * NULL: behind none.
 */
static const char *
split_names(const struct somebodies *all, const char *argument,
    const struct somebody **found)
{
	for (size_t at = strlen(argument); at-- > 0;) {
		const struct somebody *one;
		char *name;
		int r;

		if (argument[at] != ' ' || (at > 0 && argument[at - 1] == ' '))
			continue;
		name = str_ndup(argument, at);
		r = somebody_find(all, name, &one);
		free(name);
		if (r == 0) {
			*found = one;
			return argument + at + strspn(argument + at, " ");
		}
	}
	return NULL;
}

void
app_rename(struct app *app, const char *argument)
{
	const struct somebody *one = NULL;
	struct somebodies all;
	const char *rest;
	size_t len;
	char *name;

	somebodies_list(app, &all);
	rest = split_names(&all, argument, &one);
	len = rest != NULL ? strlen(rest) : 0;
	if (rest == NULL) {
		/* The first word is what is meant, most likely. */
		name = str_ndup(argument, strcspn(argument, " "));
		if (somebody_meant(app, &all, name) != NULL)
			app_say(app, LINE_ERROR, "%s",
			    _("usage: /rename NAME NEW; with \"\" as NEW they "
			      "are called what they say again"));
		free(name);
	} else {
		name = len >= 2 && rest[0] == '"' && rest[len - 1] == '"'
			   ? str_ndup(rest + 1, len - 2)
			   : str_dup(rest);
		rename_to(app, &all, one, name);
		free(name);
	}
	somebodies_release(&all);
}

static void
stop_calling(struct app *app, const struct fingerprint *key)
{
	const uint8_t *pin = NULL;

	if (app->call != NULL && !app->call->person)
		pin = people_pin(&app->people, app->call->target);
	if (app->call != NULL &&
	    ((app->call->person && fingerprint_equal(&app->call->key, key)) ||
		(pin != NULL && memcmp(pin, key->bytes, FINGERPRINT_LEN) == 0)))
		call_stop(app);
}

static void
forget(struct app *app, const struct somebody *one)
{
	struct known *k = one->known;

	if (k == NULL) {
		app_say(app, LINE_ERROR,
		    _("%s is new: there is nothing to forget"), one->label);
		return;
	}
	if (app->current != NULL && app->current->known == k) {
		app_say(app, LINE_ERROR,
		    _("you are talking to %s; /disconnect first"), one->label);
		return;
	}
	stop_calling(app, &one->key);
	if (app->partner == k)
		history_show(app, NULL);
	app_say(app, LINE_NOTICE,
	    _("%s is forgotten: their key will be new, and they have to knock; "
	      "what was said stays in the history"),
	    one->label);
	people_forget(&app->people, k);
	store_forget_peer(app->store, k->peer.key);
	nearby_know_people(app);
	app_refresh_title(app);
	app_refresh_status(app);
}

void
app_forget(struct app *app, const char *name)
{
	const struct somebody *one;
	struct somebodies all;

	somebodies_list(app, &all);
	one = somebody_meant(app, &all, name);
	if (one != NULL)
		forget(app, one);
	somebodies_release(&all);
}

static void
turn_away(struct app *app, const struct fingerprint *key)
{
	stop_calling(app, key);
	for (struct link *l = app->links; l != NULL; l = l->next) {
		if (!l->ended && l->session != NULL &&
		    fingerprint_equal(&l->key, key))
			link_bye(l, BYE_REFUSED);
	}
}

static void
set_blocked(struct app *app, const struct somebody *one, bool blocked)
{
	struct known *k = one->known;

	if ((k != NULL && k->peer.blocked) == blocked) {
		app_say(app, LINE_ERROR,
		    blocked ? _("%s is blocked already")
			    : _("%s is not blocked"),
		    one->label);
		return;
	}
	if (k == NULL)
		k = people_find(&app->people, one->key.bytes);
	if (k == NULL)
		k = people_add(&app->people, one->key.bytes, one->name, 0);
	if (k->forgotten)
		str_replace(&k->peer.name, str_dup(one->name));
	k->forgotten = false;
	k->peer.blocked = blocked;
	k->peer.accepted = false;
	if (blocked)
		turn_away(app, &one->key);
	store_put_peer(app->store, &k->peer);
	nearby_know_people(app);
	app_say(app, LINE_NOTICE,
	    blocked ? _("%s is blocked: not let in, and not shown; /unblock "
			"takes it back")
		    : _("%s is no longer blocked, and has to knock"),
	    one->label);
	app_refresh_status(app);
}

static void
block(struct app *app, const char *name, bool blocked)
{
	const struct somebody *one;
	struct somebodies all;

	somebodies_list(app, &all);
	one = somebody_meant(app, &all, name);
	if (one != NULL)
		set_blocked(app, one, blocked);
	somebodies_release(&all);
}

void
app_block(struct app *app, const char *name)
{
	block(app, name, true);
}

void
app_unblock(struct app *app, const char *name)
{
	block(app, name, false);
}

static bool
is_about(const struct somebody *one, enum app_people which)
{
	bool blocked = one->known != NULL && one->known->peer.blocked;

	switch (which) {
	case APP_PEOPLE_CALL:
	case APP_PEOPLE_SEEN:
		return !blocked;
	case APP_PEOPLE_KNOWN:
		return one->known != NULL;
	case APP_PEOPLE_BLOCKED:
		return blocked;
	}
	return false;
}

void
app_people_choices(struct app *app, enum app_people which, const char *prefix,
    size_t skip, struct choices *out)
{
	struct somebodies all;

	somebodies_list(app, &all);
	for (size_t i = 0; i < all.count; i++) {
		const struct somebody *one = &all.list[i];
		char *help;

		if (!is_about(one, which) || strlen(one->label) <= skip ||
		    strncasecmp(one->label, prefix, strlen(prefix)) != 0)
			continue;
		help = one->near != NULL
			   ? str_printf(_("%s, nearby at %s"),
				 somebody_trust(one), one->near->where)
			   : str_dup(somebody_trust(one));
		choices_add(out, one->label + skip, help);
		free(help);
	}
	somebodies_release(&all);
}
