/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /peers: who is nearby, and who is known. */
#include "src/app_state.h"

#include <stdlib.h>
#include <string.h>

#include "src/app_somebody.h"
#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"

enum { NAME_COLUMNS = 40, TRUST_COLUMNS = 20, WHERE_COLUMNS = 28 };

/* Text as wide as so many columns, unless it is wider; takes it over. */
static char *
padded(char *text, int columns)
{
	int more = columns - text_columns(text);
	char *out = str_printf("%s%*s", text, more > 0 ? more : 0, "");

	free(text);
	return out;
}

/* "ana", or "Ana (says: ana)". */
static char *
name_text(const struct somebody *one)
{
	char *clean, *text;

	if (one->known == NULL || one->known->peer.own_name == NULL)
		return str_dup(one->label);
	clean = text_clean(one->name, strlen(one->name), TEXT_LABEL);
	text = str_printf(_("%s (who says: %s)"), one->label, clean);
	free(clean);
	return text;
}

/* Where they are; else where they were. */
static char *
where_text(const struct app *app, const struct somebody *one)
{
	if (app->current != NULL && app->current->known == one->known &&
	    one->known != NULL)
		return str_dup(conn_address(app->current->conn));
	if (one->near != NULL)
		return str_dup(one->near->where);
	for (size_t i = 0; i < app->people.place_count; i++) {
		const struct place *place = &app->people.places[i];

		if (memcmp(place->key, one->key.bytes, FINGERPRINT_LEN) == 0)
			return str_dup(place->target);
	}
	return str_dup("");
}

static bool
is_today(int64_t utc_ms)
{
	char day[TEXT_TIME_MAX], today[TEXT_TIME_MAX];

	return text_time("%Y-%m-%d", utc_ms, day) &&
	       text_time("%Y-%m-%d", clock_utc_ms(), today) &&
	       strcmp(day, today) == 0;
}

static char *
when_text(const struct app *app, const struct somebody *one)
{
	char text[TEXT_TIME_MAX];
	int64_t last_ms = one->known != NULL ? one->known->peer.last_ms : 0;

	if (app->current != NULL && app->current->known == one->known &&
	    one->known != NULL)
		return str_dup(_("connected"));
	if (one->near != NULL)
		return str_dup(_("nearby now"));
	if (last_ms == 0)
		return str_dup("");
	text_time(
	    is_today(last_ms) ? "%H:%M" : "%Y-%m-%d %H:%M", last_ms, text);
	return str_printf(_("last here: %s"), text);
}

/* One row of /peers. */
struct peer_row {
	char *number, *name, *trust, *where, *when;
};

struct widths {
	int name, trust, where;
};

static void
widen(int *width, const char *text, int most)
{
	int columns = text_columns(text);

	if (columns > *width)
		*width = columns < most ? columns : most;
}

static void
make_row(const struct app *app, const struct somebody *one, struct peer_row *r)
{
	*r = (struct peer_row){
	    .number = one->near != NULL ? str_printf("%4u", one->near->number)
					: str_dup("    "),
	    .name = name_text(one),
	    .trust = str_dup(somebody_trust(one)),
	    .where = where_text(app, one),
	    .when = when_text(app, one),
	};
}

/* It is freed, too. */
static void
say_row(struct app *app, struct peer_row *r, const struct widths *w)
{
	r->name = padded(r->name, w->name);
	r->trust = padded(r->trust, w->trust);
	r->where = padded(r->where, w->where);
	app_say(app, LINE_HELP, "%s %s  %s  %s  %s", r->number, r->name,
	    r->trust, r->where, r->when);
	free(r->number);
	free(r->name);
	free(r->trust);
	free(r->where);
	free(r->when);
}

/* In columns as wide as they have to be. */
static void
say_peers(struct app *app, const struct somebodies *all)
{
	struct peer_row *rows = mem_alloc(all->count * sizeof(*rows));
	struct widths w = {0};

	for (size_t i = 0; i < all->count; i++) {
		make_row(app, &all->list[i], &rows[i]);
		widen(&w.name, rows[i].name, NAME_COLUMNS);
		widen(&w.trust, rows[i].trust, TRUST_COLUMNS);
		widen(&w.where, rows[i].where, WHERE_COLUMNS);
	}
	for (size_t i = 0; i < all->count; i++)
		say_row(app, &rows[i], &w);
	free(rows);
}

void
app_list_peers(struct app *app)
{
	struct somebodies all;

	nearby_hurry(app->nearby);
	somebodies_list(app, &all);
	say_peers(app, &all);
	if (all.count == 0)
		app_say(app, LINE_HELP, "%s",
		    _("    nobody is nearby, and nobody is known yet"));
	if (!nearby_works(app))
		app_say(app, LINE_HELP, "%s",
		    _("    who is nearby is not seen: there is no Avahi here"));
	somebodies_release(&all);
}
