/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Both long keys, to be read out or scanned. The code holds both, the smaller
 * one first, so that it is the same on both screens.
 */
#include "src/app_state.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "src/app_somebody.h"
#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"
#include "src/qr.h"

enum {
	GAP = 2,          /* columns between the code and the text */
	QUARTERS = 4,     /* rows of a key beside the code */
	QUARTER_LEN = 19, /* four groups of four */
	ROWS_MAX = 16,    /* beside the code */
};

/* One of the two, or of one: whose it is, and the key. */
struct holder {
	char *who;
	struct fingerprint key;
};

static void
describe(struct holder *h, const struct known *k, const char *label)
{
	char when[APP_DATE_MAX];

	if (k == NULL || !k->peer.verified) {
		h->who = str_printf(_("%s, UNVERIFIED"), label);
	} else if (k->peer.verified_ms == 0) {
		h->who = str_printf(_("%s, VERIFIED"), label);
	} else {
		app_date(k->peer.verified_ms, when);
		h->who = str_printf(_("%s, VERIFIED %s"), label, when);
	}
}

/* Whoever is there, or was last; nobody: who is NULL. */
static void
find_partner(const struct app *app, struct holder *other)
{
	const struct known *k = app->partner;
	const struct link *l = app->current;
	char *label;

	if (l != NULL) {
		other->key = l->key;
		describe(other, l->known, l->label);
	} else if (k != NULL) {
		memcpy(other->key.bytes, k->peer.key, sizeof(other->key.bytes));
		label = people_label(&app->people, k->peer.name, k->peer.key);
		describe(other, k, label);
		free(label);
	}
}

/* False: it was told. */
static bool
find_other(struct app *app, const char *name, struct holder *other)
{
	const struct somebody *one;
	struct somebodies all;

	if (*name == '\0') {
		find_partner(app, other);
		return true;
	}
	somebodies_list(app, &all);
	one = somebody_meant(app, &all, name);
	if (one != NULL) {
		other->key = one->key;
		describe(other, one->known, one->label);
	}
	somebodies_release(&all);
	return one != NULL;
}

/* In capitals, without blanks: what a QR code holds most of. */
static void
append_key(char **text, const struct fingerprint *key)
{
	char groups[FINGERPRINT_TEXT_MAX];
	size_t len = 0;

	fingerprint_text(key, groups);
	for (const char *c = groups; *c != '\0'; c++) {
		if (*c != ' ')
			groups[len++] = (char)toupper((unsigned char)*c);
	}
	groups[len] = '\0';
	str_replace(text, str_printf("%s %s", *text, groups));
}

static char *
code_text(const struct holder *own, const struct holder *other)
{
	char *text = str_dup("CHARLA");
	bool first =
	    other->who == NULL || memcmp(own->key.bytes, other->key.bytes,
				      sizeof(own->key.bytes)) < 0;

	append_key(&text, first ? &own->key : &other->key);
	if (other->who != NULL)
		append_key(&text, first ? &other->key : &own->key);
	return text;
}

/* What stands beside the code, row by row. */
struct beside {
	char *rows[ROWS_MAX];
	size_t count;
	int columns; /* that there are */
};

static void
beside_add(struct beside *b, const char *text)
{
	b->rows[b->count++] = text_cut(text, b->columns, false);
}

static void
beside_holder(struct beside *b, const struct holder *h)
{
	char text[FINGERPRINT_TEXT_MAX];

	beside_add(b, h->who);
	fingerprint_text(&h->key, text);
	for (int i = 0; i < QUARTERS; i++) {
		char *quarter =
		    str_ndup(text + i * (QUARTER_LEN + 1), QUARTER_LEN);

		beside_add(b, quarter);
		free(quarter);
	}
	beside_add(b, "");
}

/* The code with the rows beside it, as one line of the log. */
static void
say_code(struct app *app, const struct qr *qr, const struct beside *b)
{
	size_t top = b->count < qr->count ? (qr->count - b->count) / 2 : 0;
	char *text = str_dup("");

	for (size_t i = 0; i < qr->count; i++) {
		bool has = i >= top && i - top < b->count;

		str_replace(
		    &text, str_printf("%s%s%s%*s%s", text, i > 0 ? "\n" : "",
			       qr->rows[i], has ? GAP : 0, "",
			       has ? b->rows[i - top] : ""));
	}
	app_say(app, LINE_HELP, "%s", text);
	free(text);
}

/* False where there is no room for it, or it was built without. */
static bool
draw(struct app *app, const struct holder *own, const struct holder *other)
{
	char *text = code_text(own, other);
	struct beside b = {0};
	struct ui_room room;
	bool drawn = false;
	struct qr qr;

	ui_room(app->ui, &room);
	if (qr_draw(&qr, text, room.light)) {
		b.columns = room.columns - qr.columns - GAP;
		drawn =
		    b.columns >= QUARTER_LEN && qr.count <= (size_t)room.rows;
	}
	if (drawn) {
		beside_holder(&b, own);
		if (other->who != NULL) {
			beside_holder(&b, other);
			beside_add(&b, _("the code: both keys,"));
			beside_add(&b, _("the same over there"));
		}
		say_code(app, &qr, &b);
	}
	for (size_t i = 0; i < b.count; i++)
		free(b.rows[i]);
	qr_release(&qr);
	free(text);
	return drawn;
}

void
app_fingerprint(struct app *app, const char *name)
{
	struct holder own = {0}, other = {0};

	if (app->identity == NULL || app->memory == NULL) {
		app_say(app, LINE_ERROR, "%s",
		    _("still starting; try again in a moment"));
		return;
	}
	if (!find_other(app, name, &other))
		return;
	own.key = *identity_fingerprint(app->identity);
	own.who = str_printf(_("you, %s"), app->name);
	if (!draw(app, &own, &other)) {
		app_say(app, LINE_HELP, "    %s", own.who);
		app_say_key(app, "", &own.key);
		if (other.who != NULL) {
			app_say(app, LINE_HELP, "    %s", other.who);
			app_say_key(app, "", &other.key);
		}
	}
	free(own.who);
	free(other.who);
}
