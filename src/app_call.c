/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The call: a target that is dialled until it answers, the key that was
 * seen there before, and what is told meanwhile. A call rests while its peer
 * is connected by another way, and goes on when that link ends.
 */
#include "src/app_state.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/app_key.h"
#include "src/base/i18n.h"
#include "src/base/util.h"

void
call_set_status(struct call *call, char *status)
{
	str_replace(&call->status, status);
}

/* A time of the clock stays true without a ticking. */
char *
call_next_try(const char *target, const char *why, uint64_t retry_ms)
{
	char clock[16];

	app_clock(clock_utc_ms() + (int64_t)retry_ms, clock);
	if (*why == '\0')
		return str_printf(_("next try at %s"), clock);
	return strstr(why, target) != NULL
		   ? str_printf(_("next try at %s; %s"), clock, why)
		   : str_printf(
			 _("%s: next try at %s; %s"), target, clock, why);
}

/* What the reason is about; "": it stands in front of it already. */
static const char *
whom(const struct app *app)
{
	const struct call *call = app->call;

	if (!call->person)
		return call->where.host;
	return app->lost_ms != 0 ? "" : call->target;
}

static void
connected(struct app *app, const struct dial_event *event)
{
	struct link *l =
	    link_new(app, SESSION_CALLER, event->fd, event->address);

	l->dialled = event->port;
	l->candidate = app->call->person;
	if (l->candidate)
		return;
	str_replace(&app->call->address, str_dup(event->address));
	app->call->link = l;
}

/* Where others answered there is no use in calling again. */
static void
wait_on(struct app *app, const struct dial_event *event)
{
	struct call *call = app->call;

	call_set_status(
	    call, call_next_try(whom(app), event->why, event->retry_ms));
	if (!call->person)
		return;
	if (call_find_addresses(app)) {
		dial_set_addresses(call->dial, &call->at);
		return;
	}
	dial_free(call->dial);
	call->dial = NULL;
	if (call->quiet && !nearby_works(app))
		call_stop(app);
}

static void
on_dial(void *arg, const struct dial_event *event)
{
	struct app *app = arg;
	struct call *call = app->call;

	switch (event->type) {
	case DIAL_TRYING:
		call->seeking = false;
		call_set_status(
		    call, str_printf(_("calling %s"), call->target));
		break;
	case DIAL_WAITING:
		wait_on(app, event);
		break;
	case DIAL_CONNECTED:
		connected(app, event);
		break;
	}
	app_refresh_status(app);
}

void
call_dial(struct app *app, uint64_t delay_ms)
{
	struct call *call = app->call;
	struct dial_config config = {
	    .loop = app->loop,
	    .resolver = app->resolver,
	    .target = call->where,
	    .delay_ms = delay_ms,
	    .on_event = on_dial,
	    .arg = app,
	};

	call->resting = false;
	if (call->person && !call_find_addresses(app))
		return;
	if (call->person)
		config.addresses = &call->at;
	call->dial = dial_new(&config);
}

struct call *
call_new(struct app *app, const char *text)
{
	call_stop(app);
	app->over = false;
	app->call = mem_zalloc(sizeof(*app->call));
	app->call->target = str_dup(text);
	return app->call;
}

void
call_start(
    struct app *app, const struct target *target, bool new_key, bool named)
{
	char text[SOCK_HOST_MAX + 16];
	const uint8_t *pin;
	struct call *call;

	target_text(target, WIRE_PORT, text);
	for (char *c = text; *c != '\0' && *c != '%'; c++)
		*c = (char)tolower((unsigned char)*c);
	call = call_new(app, text);
	call->where = *target;
	call->new_key = new_key;
	pin = people_pin(&app->people, call->target);
	call->named = named && pin == NULL;
	call->seeking = call->named && nearby_may_come(app);
	call_set_status(call,
	    str_printf(
		call->seeking ? _("looking for %s nearby") : _("calling %s"),
		call->target));
	/* Whose talk this is: what is typed meanwhile is for them. */
	history_show(app,
	    pin == NULL || new_key ? NULL : people_find(&app->people, pin));
	call_dial(app, call->seeking ? APP_SEEK_MS : 0);
	app_refresh_status(app);
}

void
call_await(struct app *app, const char *name)
{
	struct call *call = call_new(app, name);

	call->named = true;
	call_set_status(
	    call, str_printf(_("waiting until %s is seen nearby"), name));
	history_show(app, NULL);
	app_refresh_status(app);
}

/*
 * Their machine may have lost us in a way that ours does not know. They call
 * as well, and a little earlier; two calls end in one link (door_hello).
 */
void
call_back(struct link *l)
{
	struct app *app = l->app;
	struct call *call;

	if (l->role == SESSION_CALLER || app->call != NULL || app->leaving ||
	    l->port == 0)
		return;
	call = call_new(app, l->label);
	call->person = true;
	call->key = l->key;
	call->quiet = true;
	call_set_status(
	    call, call_next_try(call->target, "", APP_CALL_BACK_MS));
	call_dial(app, APP_CALL_BACK_MS);
	app_refresh_status(app);
}

void
call_hurry(struct app *app)
{
	if (app->call != NULL && app->call->dial != NULL)
		dial_now(app->call->dial);
}

void
call_stop(struct app *app)
{
	struct call *call = app->call;

	if (call == NULL)
		return;
	app->call = NULL;
	dial_free(call->dial);
	call_drop_candidates(app);
	if (call->link != NULL)
		link_bye(call->link, BYE_QUIT);
	free(call->target);
	free(call->address);
	free(call->status);
	free(call);
	app_refresh_status(app);
}

bool
call_is_for(const struct app *app, const struct fingerprint *key)
{
	const struct call *call = app->call;
	const uint8_t *pin;

	if (call == NULL || call->quiet)
		return false;
	if (call->person || call->reached)
		return fingerprint_equal(&call->key, key);
	pin = people_pin(&app->people, call->target);
	return pin != NULL && !call->new_key &&
	       memcmp(pin, key->bytes, FINGERPRINT_LEN) == 0;
}

static void
pin(struct app *app, const char *target, const uint8_t *key)
{
	const uint8_t *before = people_pin(&app->people, target);

	if (before != NULL && memcmp(before, key, FINGERPRINT_LEN) == 0)
		return;
	people_set_pin(&app->people, target, key);
	store_put_pin(app->store, target, key);
}

void
call_yield(struct link *l)
{
	struct app *app = l->app;
	struct call *call = app->call;

	if (call == NULL || call->link == l)
		return;
	if (call->quiet) {
		call_stop(app);
	} else if (call_is_for(app, &l->key)) {
		/* Ours got through as well, and gave way to theirs. */
		if (call->reached)
			pin(app, call->target, l->key.bytes);
		call->new_key = false;
		call_rest(app);
	} else {
		app_say(app, LINE_NOTICE, _("stopped calling %s"),
		    app->call->target);
		call_stop(app);
	}
}

void
call_rest(struct app *app)
{
	dial_free(app->call->dial);
	app->call->dial = NULL;
	app->call->resting = true;
	call_drop_candidates(app);
	call_set_status(app->call, NULL);
}

bool
call_key_fits(struct link *l)
{
	struct app *app = l->app;
	const struct known *owner = people_find(&app->people, l->key.bytes);
	const uint8_t *pin;
	bool self =
	    fingerprint_equal(&l->key, identity_fingerprint(app->identity));

	if (l->candidate)
		return call_proves(l);
	if (app->call == NULL || app->call->link != l)
		return false;
	pin = people_pin(&app->people, app->call->target);
	if (self) {
		app_say(app, LINE_WARNING,
		    _("%s is this very charla; start a second one to talk to "
		      "yourself"),
		    app->call->target);
	} else if (pin != NULL && !app->call->new_key &&
		   memcmp(pin, l->key.bytes, FINGERPRINT_LEN) != 0) {
		key_say_called(l, pin);
	} else if (owner != NULL && owner->peer.blocked) {
		app_say(app, LINE_WARNING,
		    _("stopped: at %s is somebody you blocked; /peers says "
		      "who"),
		    app->call->target);
	} else {
		app->call->key = l->key;
		app->call->reached = true;
		return true;
	}
	app->over = app->failed = true;
	app->call->link = NULL;
	call_stop(app);
	return false;
}

/*
 * The answered call pins the key to what was typed, and to the address if
 * nothing is pinned there yet.
 */
void
call_answered(struct link *l)
{
	struct app *app = l->app;
	struct target numeric = {.port = app->call->where.port};
	char text[SOCK_HOST_MAX + 16];

	if (app->call->person) {
		call_set_status(app->call, NULL);
		return;
	}
	pin(app, app->call->target, l->key.bytes);
	snprintf(numeric.host, sizeof(numeric.host), "%s", app->call->address);
	target_text(&numeric, WIRE_PORT, text);
	if (people_pin(&app->people, text) == NULL)
		pin(app, text, l->key.bytes);
	app->call->new_key = false;
	call_set_status(app->call, NULL);
}

void
call_lost(struct app *app, const char *why, bool worked)
{
	/* What ended a talk stands in the log, and in the status. */
	if (app->call->dial != NULL)
		dial_retry(app->call->dial, worked ? "" : why, worked);
	else
		call_dial(app, 0);
}

const char *
call_status(const struct app *app)
{
	const struct link *l = app->call ? app->call->link : NULL;

	if (l != NULL && l->session != NULL)
		return _("waiting for the other person's answer");
	return app->call ? app->call->status : NULL;
}
