/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Is the key that of the person? Both see six digits and compare them aloud;
 * when both have said /verify, the key is on record as verified. Until then
 * nothing is different but the word in the title.
 */
#include "src/app_verify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "src/base/i18n.h"
#include "src/base/util.h"

static void
random_nonce(uint8_t out[PAIRING_LEN])
{
	while (getrandom(out, PAIRING_LEN, 0) != PAIRING_LEN) {
		if (errno != EINTR)
			fatal("the system gives no random bytes");
	}
}

void
verify_config(const struct link *l, struct session_config *config)
{
	const struct fingerprint *own = identity_fingerprint(l->app->identity);
	bool calls = l->role == SESSION_CALLER;
	struct pairing_binding *b = &config->binding;

	_Static_assert((int)TLS_EXPORT_LEN == (int)PAIRING_LEN, "one length");
	_Static_assert((int)FINGERPRINT_LEN == (int)PAIRING_LEN, "the same");
	if (!conn_export(l->conn, b->exporter))
		fatal("OpenSSL exports nothing from a TLS 1.3 session");
	memcpy(b->caller, calls ? own->bytes : l->key.bytes, PAIRING_LEN);
	memcpy(b->listener, calls ? l->key.bytes : own->bytes, PAIRING_LEN);
	random_nonce(config->nonce);
	config->verified = l->known != NULL && l->known->peer.verified;
}

static const struct pairing *
pairing_of(const struct link *l)
{
	return session_pairing(l->session);
}

static bool
is_verified(const struct link *l)
{
	return l->known != NULL && l->known->peer.verified;
}

const char *
verify_trust(const struct link *l)
{
	if (is_verified(l))
		return _("encrypted, VERIFIED");
	return l->known != NULL && l->known->peer.marked_ms != 0
		   ? _("encrypted, DIGITS DIFFERED")
		   : _("encrypted, UNVERIFIED");
}

/* Is the link one that the person knows about by now? */
static bool
is_in_sight(const struct link *l)
{
	return l->state == LINK_OPEN || l->state == LINK_KNOCKING ||
	       (l->state == LINK_GREETING && l->ringing);
}

static void
warn(struct link *l)
{
	const struct known *k =
	    l->known != NULL ? l->known
			     : people_find(&l->app->people, l->key.bytes);
	char when[APP_DATE_MAX];

	if (l->warned || k == NULL || k->peer.marked_ms == 0)
		return;
	l->warned = true;
	app_date(k->peer.marked_ms, when);
	app_say(l->app, LINE_WARNING,
	    _("careful: on %s the digits for this key of %s were not the same "
	      "on both screens; somebody may be in between: tell nothing "
	      "before you have compared them again"),
	    when, l->label);
}

/* Other digits were shown a moment ago, of a link that gave way to this one. */
static bool
replaces_digits(const struct link *l)
{
	struct app *app = l->app;
	uint64_t now = clock_mono_ms(), before = app->digits_ms;
	bool replaces = before != 0 && now - before < APP_TOGETHER_MS &&
			fingerprint_equal(&app->digits_key, &l->key) &&
			app->digits != pairing_of(l)->digits;

	app->digits = pairing_of(l)->digits;
	app->digits_key = l->key;
	app->digits_ms = now;
	return replaces;
}

void
verify_show(struct link *l)
{
	char digits[PAIRING_TEXT_MAX];

	if (!is_in_sight(l))
		return;
	warn(l);
	if (l->digits_shown || pairing_of(l)->state != PAIRING_DONE)
		return;
	l->digits_shown = true;
	pairing_text(pairing_of(l)->digits, digits);
	if (is_verified(l))
		app_say(l->app, LINE_NOTICE,
		    _("%s has not compared your key yet, or does not know it "
		      "any more: your digits are %s, when you are asked"),
		    l->label, digits);
	else
		app_say(l->app, LINE_QUESTION,
		    replaces_digits(l)
			? _("other digits now, for you called each other: "
			    "compare %s aloud with %s; /verify if the same, "
			    "/verify no if not")
			: _("compare %s aloud with %s; /verify if the same, "
			    "/verify no if not"),
		    digits, l->label);
}

/* Both have said yes: from here on it is on record. */
static void
note_agreement(struct link *l)
{
	struct app *app = l->app;
	struct known *k = l->known;
	char *text;

	if (!pairing_agreed(pairing_of(l)) || l->agreement_noted)
		return;
	if (l->state != LINK_OPEN) {
		app_say(app, LINE_NOTICE, "%s",
		    _("you have both compared the digits; it counts as soon "
		      "as the knock is answered"));
		return;
	}
	l->agreement_noted = true;
	if (k->peer.verified) {
		app_say(app, LINE_NOTICE,
		    _("%s has compared the digits, and they are the same"),
		    l->label);
	} else {
		text = str_printf(
		    _("the key of %s is VERIFIED: you have both compared it"),
		    l->label);
		history_note(app, k, text);
		free(text);
		k->peer.verified_ms = clock_utc_ms();
	}
	k->peer.verified = true;
	k->peer.marked_ms = 0;
	store_put_peer(app->store, &k->peer);
	app_refresh_title(app);
}

void
verify_digits(struct link *l)
{
	/* This key was compared before: nobody else can be over there. */
	if (is_verified(l))
		session_agree(l->session);
	verify_show(l);
}

void
verify_opened(struct link *l, bool cleared)
{
	if (cleared)
		l->digits_shown = l->warned = false;
	verify_show(l);
	note_agreement(l);
}

void
verify_heard(struct link *l)
{
	if (!pairing_of(l)->agreed && is_in_sight(l))
		app_say(l->app, LINE_NOTICE,
		    _("%s says that the digits are the same; /verify, once "
		      "you have compared them yourself"),
		    l->label);
	note_agreement(l);
}

/*
 * Which key it was is kept: whose ever it is, they are warned of it. Whoever
 * of the two said so, what was compared before counts no more.
 */
static void
mark(struct link *l)
{
	struct app *app = l->app;

	if (l->known == NULL)
		l->known = people_find(&app->people, l->key.bytes);
	if (l->known == NULL)
		l->known = people_add(
		    &app->people, l->key.bytes, l->name, clock_utc_ms());
	l->known->peer.marked_ms = clock_utc_ms();
	l->known->peer.verified = false;
	l->known->peer.verified_ms = 0;
	l->known->auto_offers = 0;
	store_put_peer(app->store, &l->known->peer);
}

void
verify_refused(struct link *l)
{
	if (l->name != NULL && is_in_sight(l))
		mark(l);
}

/* The link that /verify is about; NULL, and it was told. */
static struct link *
in_question(struct app *app)
{
	struct link *found = app->current;
	unsigned count = 0;

	if (found != NULL)
		return found;
	for (struct link *l = app->links; l != NULL; l = l->next) {
		if (l->session == NULL || l->ended || !is_in_sight(l))
			continue;
		found = l;
		count++;
	}
	if (count == 1)
		return found;
	app_say(app, LINE_ERROR, "%s",
	    count == 0 ? _("nobody is connected whose digits could be compared")
		       : _("there are several; /accept one of them first, "
			   "then /verify"));
	return NULL;
}

static void
say_yes(struct link *l)
{
	struct app *app = l->app;
	const struct pairing *p = pairing_of(l);
	char when[APP_DATE_MAX];

	if (is_verified(l) && l->known->peer.verified_ms != 0) {
		app_date(l->known->peer.verified_ms, when);
		app_say(app, LINE_NOTICE, _("%s is VERIFIED, since %s"),
		    l->label, when);
	} else if (is_verified(l)) {
		app_say(app, LINE_NOTICE, _("%s is VERIFIED"), l->label);
	} else if (p->state != PAIRING_DONE) {
		app_say(app, LINE_ERROR, "%s",
		    _("the digits are not there yet; in a moment"));
	} else if (p->agreed) {
		app_say(app, LINE_NOTICE,
		    _("you have said so; %s has not yet said /verify"),
		    l->label);
	} else if (session_agree(l->session) == 0 && !p->agreed_there) {
		app_say(app, LINE_NOTICE,
		    _("noted; when %s says /verify too, both titles say "
		      "VERIFIED"),
		    l->label);
	}
	note_agreement(l);
}

static void
say_no(struct link *l)
{
	struct app *app = l->app;
	bool called = app->call != NULL && app->call->link == l;

	mark(l);
	l->known->peer.accepted = false;
	store_put_peer(app->store, &l->known->peer);
	app_say(app, LINE_WARNING,
	    _("the digits differ: the link to %s is closed, and this key is "
	      "marked. Somebody may be in between and read along, or a digit "
	      "was misheard: %s tries again, with other digits"),
	    l->label, called ? "/connect" : _("another call"));
	link_bye(l, BYE_DIGITS);
}

void
app_verify(struct app *app, bool same)
{
	struct link *l = in_question(app);

	if (l == NULL)
		return;
	if (same)
		say_yes(l);
	else
		say_no(l);
}
