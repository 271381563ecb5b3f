/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Calling one person, wherever they are: at the addresses that are announced
 * for their key just now, and at those where they were before, all at once.
 * Who answers has to prove the key; the first who does is them, and the
 * others are let go. Where nobody knows an address, the call waits until they
 * are seen.
 */
#include "src/app_state.h"

#include <stdlib.h>
#include <string.h>

#include "src/app_somebody.h"
#include "src/base/i18n.h"
#include "src/base/util.h"

/* Who answered with another key is not asked again for so long. */
enum { WRONG_MS = 10 * 1000 };

static bool
contains(const struct address_list *l, const struct address *a)
{
	for (size_t i = 0; i < l->count; i++) {
		if (address_equal(&l->list[i], a))
			return true;
	}
	return false;
}

static void
add(const struct call *call, struct address_list *to, const struct address *a)
{
	if (!contains(&call->wrong, a))
		address_add(to, a);
}

/* Announced ones first: there may be more than fit. */
static void
gather(const struct app *app, struct address_list *out)
{
	const struct call *call = app->call;
	const struct neighbour *near =
	    neighbours_find(&app->neighbours, &call->key);

	out->count = 0;
	for (size_t i = 0; near != NULL && i < near->at.count; i++)
		add(call, out, &near->at.list[i]);
	for (size_t i = 0; i < app->people.place_count; i++) {
		const struct place *place = &app->people.places[i];
		struct target target;
		struct address a;
		struct reason why;

		if (memcmp(place->key, call->key.bytes, FINGERPRINT_LEN) == 0 &&
		    target_parse(place->target, WIRE_PORT, &target, &why) ==
			0 &&
		    address_of(&target, &a))
			add(call, out, &a);
	}
}

bool
call_find_addresses(struct app *app)
{
	struct call *call = app->call;

	gather(app, &call->at);
	if (call->at.count > 0)
		return true;
	if (call->wrong.count > 0)
		call_set_status(
		    call, str_printf(_("somebody else is where %s was; waiting "
				       "until they are seen nearby"),
			      call->target));
	else
		call_set_status(
		    call, str_printf(_("waiting until %s is seen nearby"),
			      call->target));
	return false;
}

void
call_person(struct app *app, const struct fingerprint *key, const char *label)
{
	struct call *call = call_new(app, label);

	call->person = true;
	call->key = *key;
	call_set_status(call, str_printf(_("calling %s"), call->target));
	history_show(app, people_find(&app->people, key->bytes));
	call_dial(app, 0);
	app_refresh_status(app);
}

static bool
same_list(const struct address_list *a, const struct address_list *b)
{
	for (size_t i = 0; i < a->count; i++) {
		if (!contains(b, &a->list[i]))
			return false;
	}
	return a->count == b->count;
}

/* Has somebody come of the name that was typed? */
static bool
call_named(struct app *app)
{
	const struct somebody *one;
	struct somebodies all;
	bool found;

	somebodies_list(app, &all);
	found = somebody_find(&all, app->call->target, &one) == 0 &&
		(one->known == NULL || !one->known->peer.blocked);
	if (found)
		call_person(app, &one->key, one->label);
	somebodies_release(&all);
	return found;
}

/* The call of a host, which may turn out to be somebody's name. */
static void
host_seen(struct app *app)
{
	const struct call *call = app->call;

	if (call->named && call_named(app))
		return;
	if (call->seeking && !nearby_may_come(app))
		call_hurry(app);
}

void
call_seen(struct app *app)
{
	struct call *call = app->call;
	struct address_list at;

	if (call == NULL || call->link != NULL || call->resting ||
	    app->current != NULL)
		return;
	if (!call->person) {
		host_seen(app);
		return;
	}
	/* Whoever else was there may have gone by now. */
	if (clock_mono_ms() - call->wrong_ms > WRONG_MS)
		call->wrong.count = 0;
	gather(app, &at);
	if (at.count == 0 || same_list(&at, &call->at))
		return;
	if (call->dial == NULL) {
		call_dial(app, 0);
	} else {
		call->at = at;
		dial_set_addresses(call->dial, &call->at);
		dial_now(call->dial);
	}
	app_refresh_status(app);
}

void
call_drop_candidates(struct app *app)
{
	for (struct link *l = app->links; l != NULL; l = l->next) {
		if (!l->candidate)
			continue;
		l->candidate = false;
		link_bye(l, BYE_QUIT);
	}
}

static bool
link_place(const struct link *l, struct target *out)
{
	const char *host = conn_address(l->conn);

	out->port = l->role == SESSION_CALLER ? l->dialled : l->port;
	if (out->port == 0 || strlen(host) >= sizeof(out->host))
		return false;
	memcpy(out->host, host, strlen(host) + 1);
	return true;
}

bool
call_proves(struct link *l)
{
	struct call *call = l->app->call;
	struct target target;
	struct address a;

	l->candidate = false;
	if (call == NULL || !call->person || call->link != NULL)
		return false;
	if (fingerprint_equal(&l->key, &call->key)) {
		/* Those that are on their way may still get through: in vain.
		 */
		call->link = l;
		dial_take(call->dial);
		return true;
	}
	if (link_place(l, &target) && address_of(&target, &a))
		address_add(&call->wrong, &a);
	call->wrong_ms = clock_mono_ms();
	dial_reject(call->dial, _("somebody else answers there"));
	return false;
}

void
call_candidate_lost(struct link *l, const char *why)
{
	struct call *call = l->app->call;

	l->candidate = false;
	if (call != NULL && call->dial != NULL)
		dial_reject(call->dial, why);
}

void
call_note_place(struct link *l)
{
	struct app *app = l->app;
	struct place place = {.seen_ms = clock_utc_ms()};
	char text[SOCK_HOST_MAX + 16];
	struct target target;

	if (!link_place(l, &target))
		return;
	target_text(&target, WIRE_PORT, text);
	place.target = text;
	memcpy(place.key, l->key.bytes, sizeof(place.key));
	people_set_place(&app->people, &place);
	store_put_place(app->store, &place);
}
