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

#include "src/base/i18n.h"
#include "src/base/util.h"

static void
set_status(struct call *call, char *status)
{
	str_replace(&call->status, status);
}

/* A time of the clock stays true without a ticking. */
static char *
next_try(const char *target, const char *why, uint64_t retry_ms)
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

static void
on_dial(void *arg, const struct dial_event *event)
{
	struct app *app = arg;
	struct call *call = app->call;

	switch (event->type) {
	case DIAL_TRYING:
		set_status(call, str_printf(_("calling %s"), call->target));
		break;
	case DIAL_WAITING:
		set_status(call,
		    next_try(call->where.host, event->why, event->retry_ms));
		break;
	case DIAL_CONNECTED:
		str_replace(&call->address, str_dup(event->address));
		call->link =
		    link_new(app, SESSION_CALLER, event->fd, event->address);
		break;
	}
	app_refresh_status(app);
}

static void
dial(struct app *app, const struct target *target, uint64_t delay_ms)
{
	struct dial_config config = {
	    .loop = app->loop,
	    .resolver = app->resolver,
	    .target = *target,
	    .delay_ms = delay_ms,
	    .on_event = on_dial,
	    .arg = app,
	};

	app->call->dial = dial_new(&config);
}

static struct call *
call_new(struct app *app, const struct target *target)
{
	char text[SOCK_HOST_MAX + 16];

	call_stop(app);
	target_text(target, WIRE_PORT, text);
	for (char *c = text; *c != '\0' && *c != '%'; c++)
		*c = (char)tolower((unsigned char)*c);
	app->call = mem_zalloc(sizeof(*app->call));
	app->call->target = str_dup(text);
	app->call->where = *target;
	return app->call;
}

void
call_start(struct app *app, const struct target *target, bool new_key)
{
	struct call *call = call_new(app, target);
	const uint8_t *pin = people_pin(&app->people, call->target);

	call->new_key = new_key;
	set_status(call, str_printf(_("calling %s"), call->target));
	/* Whose talk this is: what is typed meanwhile is for them. */
	history_show(app,
	    pin == NULL || new_key ? NULL : people_find(&app->people, pin));
	dial(app, target, 0);
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
	struct target target = {.port = l->port};
	const char *address = conn_address(l->conn);

	if (l->role == SESSION_CALLER || app->call != NULL || app->leaving ||
	    l->port == 0 || strlen(address) >= sizeof(target.host))
		return;
	memcpy(target.host, address, strlen(address) + 1);
	call_new(app, &target)->back = l->known;
	set_status(app->call, next_try(target.host, "", APP_CALL_BACK_MS));
	dial(app, &target, APP_CALL_BACK_MS);
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
	if (call->link != NULL)
		link_bye(call->link, BYE_QUIT);
	free(call->target);
	free(call->address);
	free(call->status);
	free(call);
	app_refresh_status(app);
}

void
call_yield(struct link *l)
{
	struct app *app = l->app;
	const uint8_t *pin;

	if (app->call == NULL || app->call->link == l)
		return;
	pin = people_pin(&app->people, app->call->target);
	if (app->call->back != NULL) {
		call_stop(app);
	} else if (pin != NULL && !app->call->new_key &&
		   memcmp(pin, l->key.bytes, FINGERPRINT_LEN) == 0) {
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
	set_status(app->call, NULL);
}

static void
say_changed_key(struct link *l, const uint8_t *pin)
{
	struct app *app = l->app;
	const struct known *owner = people_find(&app->people, l->key.bytes);
	struct fingerprint before;

	memcpy(before.bytes, pin, sizeof(before.bytes));
	app_say(app, LINE_WARNING,
	    _("stopped: the key at %s is not the one that was seen there "
	      "before; somebody may be in between, or charla was set up anew "
	      "over there: ask the person, not over this link"),
	    app->call->target);
	app_say_key(app, _("before"), &before);
	app_say_key(app, _("now"), &l->key);
	if (owner != NULL) {
		char *label = people_label(
		    &app->people, owner->peer.name, owner->peer.key);

		app_say(
		    app, LINE_HELP, _("    now it is the key of %s"), label);
		free(label);
	}
	app_say(app, LINE_WARNING,
	    _("if all is well, go on with: /connect --new-key %s"),
	    app->call->target);
}

bool
call_key_fits(struct link *l)
{
	struct app *app = l->app;
	const uint8_t *pin;
	bool self =
	    fingerprint_equal(&l->key, identity_fingerprint(app->identity));

	if (app->call == NULL || app->call->link != l)
		return false;
	if (app->call->back != NULL) {
		/* Somebody else has that address now: no news to anybody. */
		if (memcmp(app->call->back->peer.key, l->key.bytes,
			FINGERPRINT_LEN) == 0)
			return true;
		app->call->link = NULL;
		call_stop(app);
		return false;
	}
	pin = people_pin(&app->people, app->call->target);
	if (self) {
		app_say(app, LINE_WARNING,
		    _("%s is this very charla; start a second one to talk to "
		      "yourself"),
		    app->call->target);
	} else if (pin != NULL && !app->call->new_key &&
		   memcmp(pin, l->key.bytes, FINGERPRINT_LEN) != 0) {
		say_changed_key(l, pin);
	} else {
		return true;
	}
	app->call->link = NULL;
	call_stop(app);
	return false;
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

	if (app->call->back != NULL) {
		set_status(app->call, NULL);
		return;
	}
	pin(app, app->call->target, l->key.bytes);
	snprintf(numeric.host, sizeof(numeric.host), "%s", app->call->address);
	target_text(&numeric, WIRE_PORT, text);
	if (people_pin(&app->people, text) == NULL)
		pin(app, text, l->key.bytes);
	app->call->new_key = false;
	set_status(app->call, NULL);
}

void
call_lost(struct app *app, const char *why, bool worked)
{
	/* What ended a talk stands in the log, and in the status. */
	if (app->call->dial != NULL)
		dial_retry(app->call->dial, worked ? "" : why, worked);
	else
		dial(app, &app->call->where, 0);
}

const char *
call_status(const struct app *app)
{
	const struct link *l = app->call ? app->call->link : NULL;

	if (l != NULL && l->session != NULL)
		return _("waiting for the other person's answer");
	return app->call ? app->call->status : NULL;
}
