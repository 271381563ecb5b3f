/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The door: who may come in, and who is told that the person is busy. Names
 * and addresses decide nothing here, only keys do.
 */
#include "src/app_state.h"

#include <stdlib.h>
#include <string.h>

#include "src/app_key.h"
#include "src/app_stranger.h"
#include "src/app_verify.h"
#include "src/base/i18n.h"
#include "src/base/util.h"

struct link *
door_rival(const struct link *l)
{
	for (struct link *r = l->app->links; r != NULL; r = r->next) {
		if (r != l && !r->ended && r->session != NULL &&
		    fingerprint_equal(&r->key, &l->key))
			return r;
	}
	return NULL;
}

/*
 * Two links to one peer: one goes. Both sides come to the same answer: where
 * both called at once, the link called by the smaller key stays; otherwise
 * the newer one, for the peer has given the older one up. True: l stays.
 */
static bool
wins_over(const struct link *l, const struct link *rival)
{
	const struct fingerprint *own = identity_fingerprint(l->app->identity);
	bool we_are_smaller =
	    memcmp(own->bytes, l->key.bytes, FINGERPRINT_LEN) < 0;
	bool old = rival->opened_ms != 0 &&
		   clock_mono_ms() - rival->opened_ms > APP_TOGETHER_MS;

	if (l->role == rival->role || old)
		return true;
	return (l->role == SESSION_CALLER) == we_are_smaller;
}

static size_t
knock_count(const struct app *app)
{
	size_t count = 0;

	for (const struct link *l = app->links; l != NULL; l = l->next)
		count += l->state == LINK_KNOCKING;
	return count;
}

static void
say_knock(struct link *l)
{
	struct app *app = l->app;

	app_say_question(app, l->question,
	    _("%u: %s knocks, from %s; /accept %u or /reject %u"), l->question,
	    l->label, conn_address(l->conn), l->question, l->question);
	if (l->before != NULL)
		key_say_knock(l);
	else
		app_say_key(app, _("key"), &l->key);
}

static void
say_busy(struct link *l)
{
	struct app *app = l->app;
	uint64_t now = clock_mono_ms();
	bool again = fingerprint_equal(&app->busy_key, &l->key) &&
		     now - app->busy_said_ms < APP_BUSY_AGAIN_MS;

	if (!again && stranger_may_be_told(app)) {
		app->busy_key = l->key;
		app->busy_said_ms = now;
		app_say(app, LINE_NOTICE,
		    _("%s called from %s and was told that you are busy"),
		    l->label, conn_address(l->conn));
	}
	session_knock(l->session, KNOCK_BUSY);
}

/* Are we, or somebody else who is here just now? */
static bool
is_called_so(const struct link *l, const char *name)
{
	if (people_names_alike(name, l->app->name))
		return true;
	for (const struct link *o = l->app->links; o != NULL; o = o->next) {
		if (o != l && o->name != NULL && !o->ended &&
		    !fingerprint_equal(&o->key, &l->key) &&
		    people_names_alike(name, o->name))
			return true;
	}
	return false;
}

/* One that we gave them. */
static bool
has_own_name(const struct link *l)
{
	const struct known *k = people_find(&l->app->people, l->key.bytes);

	return k != NULL && k->peer.own_name != NULL;
}

static void
set_name(struct link *l, const char *name, size_t len)
{
	char *copy = str_ndup(name, len);

	str_replace(&l->name, copy);
	str_replace(
	    &l->label, is_called_so(l, copy) && !has_own_name(l)
			   ? people_told_apart(copy, l->key.bytes)
			   : people_label(&l->app->people, copy, l->key.bytes));
}

/* Did a person choose this very key, or say that another one is fine? */
static bool
is_chosen(const struct app *app)
{
	return app->call->person || app->call->new_key;
}

/* They were asked about a moment ago; now we know that it is them we call. */
static void
let_in_whom_we_call(struct link *l)
{
	struct app *app = l->app;

	if (l->state == LINK_KNOCKING && app->current == NULL &&
	    call_is_for(app, &l->key) && (l->before == NULL || is_chosen(app)))
		session_knock(l->session, KNOCK_ACCEPTED);
}

/* Who was let in before, and whoever is being called from here. */
static bool
needs_no_knock(const struct link *l)
{
	if (call_is_for(l->app, &l->key) &&
	    (is_chosen(l->app) || key_before(l) == NULL))
		return true;
	return l->known != NULL && l->known->peer.accepted &&
	       !l->known->hung_up;
}

/* We called, and somebody answers who is not whom they seem to be. */
static bool
is_stopped(struct link *l)
{
	struct app *app = l->app;
	struct known *before;

	if (l->role == SESSION_LISTENER || app->call == NULL ||
	    app->call->link != l || is_chosen(app))
		return false;
	before = key_before(l);
	if (before == NULL)
		return false;
	key_say_answered(l, before);
	app->over = app->failed = true;
	link_bye(l, BYE_KEY);
	return true;
}

void
door_hello(struct link *l, const struct frame_hello *hello)
{
	struct app *app = l->app;
	struct link *rival = door_rival(l);

	set_name(l, hello->name, hello->name_len);
	l->theirs = (struct stream){hello->stored_epoch, hello->stored_seq};
	l->port = hello->port;
	if (app->leaving) {
		link_bye(l, BYE_QUIT);
		return;
	}
	/* They are told no, and we are told nothing. */
	if (l->known != NULL && l->known->peer.blocked) {
		link_bye(l, BYE_REFUSED);
		return;
	}
	if (is_stopped(l))
		return;
	if (rival != NULL && !wins_over(l, rival)) {
		link_bye(l, BYE_DUPLICATE);
		let_in_whom_we_call(rival);
		return;
	}
	if (rival != NULL)
		link_bye(rival, BYE_DUPLICATE);
	if (l->role == SESSION_CALLER)
		return;
	if (l->known == NULL)
		l->known = people_find(&app->people, l->key.bytes);
	if (app->current != NULL) {
		say_busy(l);
	} else if (needs_no_knock(l)) {
		session_knock(l->session, KNOCK_ACCEPTED);
	} else if (knock_count(app) >= APP_KNOCKS_MAX ||
		   !limiter_allows(&app->knocks, APP_KNOCKS_A_MINUTE)) {
		session_knock(l->session, KNOCK_BUSY);
	} else {
		session_knock(l->session, KNOCK_WAITING);
		l->state = LINK_KNOCKING;
		l->question = ++app->next_number;
		l->before = key_before(l);
		say_knock(l);
		verify_show(l);
		/* It may be whom we call, and could not reach yet. */
		call_hurry(app);
		app_refresh_status(app);
	}
}

void
door_answer(struct link *l, bool let_in, bool new_key)
{
	struct app *app = l->app;

	if (let_in && app->current != NULL) {
		app_say(app, LINE_ERROR,
		    _("you are talking to %s; /disconnect first"),
		    app->current->label);
		return;
	}
	if (let_in && l->before != NULL && !new_key) {
		app_say(app, LINE_ERROR,
		    _("%s comes with another key than the one you know; if "
		      "all is well: /accept --new-key %u"),
		    l->label, l->question);
		return;
	}
	if (let_in) {
		session_knock(l->session, KNOCK_ACCEPTED);
		return;
	}
	app_say(app, LINE_NOTICE, _("%s was sent away"), l->label);
	session_knock(l->session, KNOCK_REFUSED);
	app_refresh_status(app);
}

/* The talk begins: everybody else who calls or is called steps back. */
static void
others_step_back(struct link *l)
{
	for (struct link *o = l->app->links; o != NULL; o = o->next) {
		if (o != l && o->state == LINK_KNOCKING)
			say_busy(o);
	}
	call_yield(l);
}

/* One of two links went, and this is the other: no news to a person. */
static bool
is_the_other(const struct link *l)
{
	uint64_t doubled = l->known->doubled_ms;

	return doubled != 0 && l->opened_ms - doubled < APP_TOGETHER_MS;
}

/* seen: the key is on the screen, from the knock. */
static void
say_opened(struct link *l, bool first, bool seen)
{
	if (is_the_other(l))
		return;
	app_say(l->app, LINE_NOTICE, _("connected with %s at %s, encrypted"),
	    l->label, conn_address(l->conn));
	if (!first || (seen && l->role == SESSION_LISTENER))
		return;
	app_say(l->app, LINE_NOTICE,
	    _("the key of %s, seen for the first time, is kept from now on:"),
	    l->label);
	app_say_key(l->app, _("key"), &l->key);
}

void
door_opened(struct link *l)
{
	struct app *app = l->app;
	struct known *known;
	bool first, seen;
	uint64_t talk = app->talk;

	/* The call it was made for may have been given up meanwhile. */
	if (l->role == SESSION_CALLER &&
	    (app->call == NULL || app->call->link != l)) {
		link_bye(l, BYE_QUIT);
		return;
	}
	/* One talk at a time: another began while this one was waiting. */
	if (app->current != NULL && app->current != l) {
		link_bye(l, BYE_BUSY);
		return;
	}
	if (l->known == NULL)
		l->known = people_find(&app->people, l->key.bytes);
	first = l->known == NULL || l->known->forgotten;
	if (l->known == NULL)
		l->known = people_add(
		    &app->people, l->key.bytes, l->name, clock_utc_ms());
	known = l->known;
	if (known->forgotten)
		known->peer.first_ms = clock_utc_ms();
	known->forgotten = false;
	str_replace(&known->peer.name, str_dup(l->name));
	known->peer.accepted = true;
	known->peer.last_ms = clock_utc_ms();
	known->hung_up = false;
	known->forgetful = false;
	store_put_peer(app->store, &known->peer);
	call_note_place(l);
	if (first)
		nearby_know_people(app);
	if (l->role == SESSION_CALLER)
		call_answered(l);
	l->state = LINK_OPEN;
	l->opened_ms = clock_mono_ms();
	session_limit(l->session, app->limit);
	app->current = l;
	seen = app->partner == NULL && known->peer.lines == 0;
	history_show(app, known);
	str_replace(&app->partner_label, str_dup(l->label));
	app->lost_ms = 0;
	app->over = false;
	others_step_back(l);
	say_opened(l, first, seen);
	verify_opened(l, app->talk != talk);
	app_refresh_title(app);
	app_refresh_status(app);
	talk_opened(l);
	files_offer(l);
}

void
door_renamed(struct link *l, const char *name, size_t len)
{
	struct app *app = l->app;
	char *before;

	if ((strlen(l->name) == len && memcmp(l->name, name, len) == 0) ||
	    !limiter_allows(&app->renames, APP_RENAMES_A_MINUTE))
		return;
	before = str_dup(l->label);
	set_name(l, name, len);
	str_replace(&l->known->peer.name, str_dup(l->name));
	store_put_peer(app->store, &l->known->peer);
	str_replace(&app->partner_label, str_dup(l->label));
	if (strcmp(before, l->label) != 0)
		app_say(app, LINE_NOTICE, _("%s is now called %s"), before,
		    l->label);
	free(before);
	app_refresh_title(app);
	app_refresh_status(app);
}
