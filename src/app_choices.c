/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Tab may choose from, of what there is just now. */
#include "src/app_state.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"

static bool
fits(const struct drop *d, enum app_numbers which)
{
	switch (which) {
	case APP_NUMBERS_QUESTIONS:
	case APP_NUMBERS_OFFERS:
		return d->dir == TRANSFER_IN && d->state == DROP_OFFERED;
	case APP_NUMBERS_LISTS:
		return d->entries == 0 || d->list != NULL;
	case APP_NUMBERS_TRANSFERS:
		return d->state != DROP_STORED;
	case APP_NUMBERS_RUNNING:
		return d->state == DROP_ACCEPTED && !d->paused;
	case APP_NUMBERS_PAUSED:
		return d->state == DROP_ACCEPTED &&
		       (d->paused || (d->stuck && d->outgoing != NULL));
	case APP_NUMBERS_NEW_KEYS:
	case APP_NUMBERS_OUTBOX:
		break;
	}
	return false;
}

static void
add_number(
    struct choices *out, const char *prefix, unsigned number, const char *help)
{
	char *word = str_printf("%u", number);

	choices_add_if(out, prefix, word, help);
	free(word);
}

static void
add_drop(const struct drop *d, const char *prefix, struct choices *out)
{
	char *size = files_size_text(d);
	char *help = str_printf(
	    "%s %s, %s", d->dir == TRANSFER_IN ? "↓" : "↑", d->shown, size);

	add_number(out, prefix, d->number, help);
	free(help);
	free(size);
}

static void
add_waiting(struct app *app, const char *prefix, struct choices *out)
{
	for (const struct waiting *w = app->outbox.first; w != NULL;
	     w = w->next) {
		char *text = text_clean(w->text, strlen(w->text), TEXT_LABEL);

		if (w->sent_on == 0)
			add_number(out, prefix, w->ticket, text);
		free(text);
	}
}

static void
add_knocks(
    struct app *app, bool changed, const char *prefix, struct choices *out)
{
	for (const struct link *l = app->links; l != NULL; l = l->next) {
		char *help;

		if (l->state != LINK_KNOCKING || (changed && l->before == NULL))
			continue;
		help = str_printf(_("%s knocks"), l->label);
		add_number(out, prefix, l->question, help);
		free(help);
	}
}

void
app_number_choices(struct app *app, enum app_numbers which, const char *prefix,
    struct choices *out)
{
	if (which == APP_NUMBERS_OUTBOX)
		add_waiting(app, prefix, out);
	if (which == APP_NUMBERS_QUESTIONS || which == APP_NUMBERS_NEW_KEYS)
		add_knocks(app, which == APP_NUMBERS_NEW_KEYS, prefix, out);
	for (const struct drop *d = app->drops; d != NULL; d = d->next) {
		if (d->shown != NULL && !d->listing &&
		    d->state != DROP_GIVEN_UP && fits(d, which))
			add_drop(d, prefix, out);
	}
}

static bool
begins(const char *name, const char *prefix)
{
	return strncasecmp(name, prefix, strlen(prefix)) == 0;
}

void
app_name_choices(
    struct app *app, const char *prefix, size_t skip, struct choices *out)
{
	for (size_t i = 0; i < app->people.known_count; i++) {
		const struct known *k = app->people.known[i];
		const struct peer *peer = &k->peer;
		char *label = people_label(&app->people, peer->name, peer->key);

		if (!k->forgotten && !peer->blocked && begins(label, prefix) &&
		    strlen(label) > skip)
			choices_add(out, label + skip,
			    peer->verified ? _("verified") : _("UNVERIFIED"));
		free(label);
	}
}

/* The label of whoever answered at an address; the caller frees. */
static char *
who_answered(const struct app *app, const struct pin *pin)
{
	const struct known *k = people_find(&app->people, pin->key);

	return k == NULL
		   ? str_dup("")
		   : people_label(&app->people, k->peer.name, k->peer.key);
}

void
app_call_choices(struct app *app, const char *prefix, struct choices *out)
{
	const struct people *p = &app->people;

	for (size_t i = 0; i < p->pin_count; i++) {
		char *who = who_answered(app, &p->pins[i]);

		choices_add_if(out, prefix, p->pins[i].target, who);
		free(who);
	}
}

void
app_option_choices(struct app *app, const char *prefix, struct choices *out)
{
	(void)app;
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option_row *row = &option_table[i];

		if (row->type != OPTION_ACTION &&
		    (row->where & OPTION_NO_FILE) == 0)
			choices_add_if(
			    out, prefix, row->long_name, _(row->help));
	}
	choices_add_if(
	    out, prefix, "save", _("write what was set into charla.conf"));
}

void
app_value_choices(struct app *app, const char *name, size_t name_len,
    const char *prefix, struct choices *out)
{
	enum option_id id = option_find(name, name_len);
	const char *const *values =
	    id != OPTION_COUNT ? option_values(id) : NULL;
	char *now;

	out->paths = id == OPTION_DIR;
	if (values == NULL || app->options == NULL)
		return;
	now = option_get(app->options, id);
	for (; *values != NULL; values++)
		choices_add_if(out, prefix, *values,
		    strcmp(*values, now) == 0 ? _("as it is now") : NULL);
	free(now);
}
