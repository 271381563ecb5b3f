/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A changed key is a hard stop: a person sees both, since when each is known,
 * what may have happened, and the one command that goes on all the same.
 */
#include "src/app_key.h"

#include <stdlib.h>
#include <string.h>

#include "src/app_stranger.h"
#include "src/base/i18n.h"
#include "src/base/util.h"

/* Whose it is, and since when, below the key itself. */
static void
say_owner(struct app *app, const uint8_t *key)
{
	const struct known *k = people_find(&app->people, key);
	char first[APP_DATE_MAX], verified[APP_DATE_MAX];
	char *label;

	if (k == NULL || k->forgotten) {
		app_say(app, LINE_HELP, "    %-7s %s", "",
		    _("seen for the first time just now"));
		return;
	}
	label = people_label(&app->people, k->peer.name, key);
	app_date(k->peer.first_ms, first);
	app_date(k->peer.verified_ms, verified);
	if (k->peer.verified && k->peer.verified_ms != 0)
		app_say(app, LINE_HELP,
		    _("    %-7s of %s; first seen %s, VERIFIED %s"), "", label,
		    first, verified);
	else
		app_say(app, LINE_HELP, _("    %-7s of %s; first seen %s, %s"),
		    "", label, first,
		    k->peer.verified ? _("VERIFIED") : _("never compared"));
	free(label);
}

static void
say_both(struct app *app, const uint8_t *before, const struct fingerprint *now)
{
	struct fingerprint old;

	memcpy(old.bytes, before, sizeof(old.bytes));
	app_say_key(app, _("before"), &old);
	say_owner(app, before);
	app_say_key(app, _("now"), now);
	say_owner(app, now->bytes);
}

/* The key that was seen where this caller says that it can be called. */
static struct known *
pinned_there(const struct link *l)
{
	struct target target = {.port = l->port};
	const char *address = conn_address(l->conn);
	char text[SOCK_HOST_MAX + 16];
	const uint8_t *pin;

	if (l->port == 0 || strlen(address) >= sizeof(target.host))
		return NULL;
	memcpy(target.host, address, strlen(address) + 1);
	target_text(&target, WIRE_PORT, text);
	pin = people_pin(&l->app->people, text);
	if (pin == NULL || memcmp(pin, l->key.bytes, FINGERPRINT_LEN) == 0)
		return NULL;
	return people_find(&l->app->people, pin);
}

/* By the name they gave themselves, or the one we gave them. */
static bool
is_called(const struct known *k, const char *name)
{
	return people_names_alike(name, k->peer.name) ||
	       (k->peer.own_name != NULL &&
		   people_names_alike(name, k->peer.own_name));
}

struct known *
key_before(const struct link *l)
{
	const struct people *p = &l->app->people;

	if (l->known != NULL && !l->known->forgotten)
		return NULL;
	for (size_t i = 0; i < p->known_count; i++) {
		struct known *k = p->known[i];

		if (!k->forgotten && k != l->known && is_called(k, l->name))
			return k;
	}
	return pinned_there(l);
}

void
key_say_knock(const struct link *l)
{
	struct app *app = l->app;
	const struct peer *before = &l->before->peer;
	char *label = people_label(&app->people, before->name, before->key);

	app_say(app, LINE_WARNING,
	    _("stopped: this is not the %s you know: the %s is the same, the "
	      "key is another; somebody may pass for them, or they have set "
	      "charla up anew, or this is another person: ask, but not over "
	      "this link"),
	    label, is_called(l->before, l->name) ? _("name") : _("address"));
	say_both(app, before->key, &l->key);
	app_say(app, LINE_WARNING,
	    _("if all is well, let them in with: /accept --new-key %u"),
	    l->question);
	free(label);
}

/* The one frame that they get: it may well be that they do not know. */
static void
tell_them(struct link *l)
{
	struct frame f = {.type = FRAME_BYE, .bye = BYE_KEY};

	if (wire_put(conn_output(l->conn), &f) == 0)
		conn_kick(l->conn);
}

void
key_say_called(struct link *l, const uint8_t *pin)
{
	struct app *app = l->app;

	app_say(app, LINE_WARNING,
	    _("stopped: the key at %s is not the one that was seen there "
	      "before; somebody may be in between, or charla was set up anew "
	      "over there, or the address is somebody else's now: ask the "
	      "person, not over this link"),
	    app->call->target);
	say_both(app, pin, &l->key);
	app_say(app, LINE_WARNING,
	    _("if all is well, go on with: /connect --new-key %s"),
	    app->call->target);
	tell_them(l);
}

void
key_say_answered(const struct link *l, const struct known *before)
{
	struct app *app = l->app;
	char *label =
	    people_label(&app->people, before->peer.name, before->peer.key);

	app_say(app, LINE_WARNING,
	    _("stopped: who answers there is not the %s you know: the %s is "
	      "the same, the key is another; somebody may be in between, or "
	      "charla was set up anew over there, or this is another person: "
	      "ask, but not over this link"),
	    label, is_called(before, l->name) ? _("name") : _("address"));
	say_both(app, before->peer.key, &l->key);
	app_say(app, LINE_WARNING,
	    _("if all is well, go on with: /connect --new-key %s"),
	    app->call->target);
	free(label);
}

void
key_say_refused(const struct link *l)
{
	struct app *app = l->app;

	char *text = str_printf(
	    _("%s called and stopped: over there, another key than yours is "
	      "known for this name or address. Charla may have been set up "
	      "anew here, "
	      "or somebody else had the address, or is in between: tell each "
	      "other these keys, but not over this link; if all is well, they "
	      "go on with /connect --new-key"),
	    l->known != NULL ? l->label : conn_address(l->conn));
	bool news = stranger_is_news(app, text);

	if (news)
		app_say(app, LINE_WARNING, "%s", text);
	free(text);
	if (!news)
		return;
	app_say_key(app, _("yours"), identity_fingerprint(app->identity));
	app_say_key(app, _("theirs"), &l->key);
	say_owner(app, l->key.bytes);
}
