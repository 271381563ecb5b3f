/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All transfers, both ways: what the session says about them goes to the end
 * that it is about, app_send.c or app_receive.c. They outlive their link.
 */
#include "src/app_state.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"

static bool
is_question(const struct drop *d)
{
	return d->dir == TRANSFER_IN && d->state == DROP_OFFERED && !d->listing;
}

/* A person there wants it no more. */
static void
say_cancelled(struct drop *d)
{
	char *text =
	    str_printf(_("%s cancelled '%s'"), d->link->label, d->shown);

	app_say(d->app, LINE_NOTICE, "%s", text);
	app_tell(d->app, &(struct news){.kind = NEWS_TROUBLE, .text = text});
	free(text);
}

static void
on_cancelled(struct drop *d, const struct transfer *t)
{
	const char *name = d->link->label;

	if (d->state == DROP_STORED) {
		d->link = NULL; /* too late: it has its name */
		return;
	}
	d->app->failed |= d->dir == TRANSFER_OUT;
	if (is_question(d))
		d->app->question_gone_ms = clock_mono_ms();
	/* Not another word about it: it will be offered as it is then. */
	if (t->why == WHY_CHANGED && d->dir == TRANSFER_IN &&
	    d->state == DROP_ACCEPTED) {
		drop_take_off_link(d);
		return;
	}
	if (t->why == WHY_PERSON)
		say_cancelled(d);
	else if (t->why == WHY_PROTOCOL)
		app_say(d->app, LINE_ERROR,
		    _("'%s' was ended: other bytes came than were agreed"),
		    d->shown);
	else
		app_say(d->app, LINE_ERROR, _("%s had to end '%s'%s"), name,
		    d->shown, files_why(t->why));
	drop_end(d, STORE_TRANSFER_ENDED);
}

void
files_event(struct link *l, const struct session_event *event)
{
	const struct transfer *t = event->transfer;
	struct drop *d;

	if (event->type == SESSION_OFFER) {
		receive_offer(l, event->offer);
		return;
	}
	d = drop_by_id(l, t->dir, t->id);
	if (d == NULL)
		return;
	if (event->type == SESSION_CANCEL)
		on_cancelled(d, t);
	else if (d->dir == TRANSFER_OUT)
		send_event(d, event);
	else
		receive_event(d, event);
}

static struct drop *
by_number(struct app *app, unsigned number)
{
	for (struct drop *d = app->drops; d != NULL; d = d->next) {
		if (d->number == number && d->state != DROP_GIVEN_UP)
			return d;
	}
	return NULL;
}

/* The only one, or NULL; *several says why. */
static struct drop *
only_one(struct app *app, bool *several)
{
	struct drop *found = NULL;

	*several = false;
	for (struct drop *d = app->drops; d != NULL; d = d->next) {
		if (d->state == DROP_GIVEN_UP || d->who != app->partner)
			continue;
		*several = found != NULL;
		if (*several)
			return NULL;
		found = d;
	}
	return found;
}

void
app_cancel(struct app *app, unsigned number)
{
	bool several = false;
	struct drop *d =
	    number != 0 ? by_number(app, number) : only_one(app, &several);

	if (several) {
		app_say(app, LINE_ERROR, "%s",
		    _("there are several; say which: /cancel N"));
		app_list_transfers(app);
		return;
	}
	if (d == NULL) {
		app_say(app, LINE_ERROR, "%s",
		    number ? _("there is no transfer with that number; see "
			       "/transfers")
			   : _("there is no transfer to cancel"));
		return;
	}
	if (d->state == DROP_STORED) {
		app_say(
		    app, LINE_ERROR, _("'%s' has arrived already"), d->shown);
		return;
	}
	app_say(app, LINE_NOTICE, _("you cancelled '%s'"),
	    d->shown ? d->shown : "");
	if (d->link != NULL && d->id != 0) {
		session_cancel(d->link->session, d->dir, d->id, WHY_PERSON);
		drop_end(d, STORE_TRANSFER_ENDED);
	} else if (d->token == 0) {
		drop_free(d);
	} else {
		drop_give_up(d);
	}
}

/* Links and runs */

void
files_load(struct app *app)
{
	const struct store_memory *memory = app->memory;

	/* The store has the newest first; here they are to stay longest. */
	for (size_t i = memory->arrived_count; i > 0; i--) {
		const struct store_transfer *t = &memory->arrived[i - 1];

		receive_note_arrival(
		    app, people_find(&app->people, t->key), t->token);
	}
	for (size_t i = 0; i < memory->transfer_count; i++) {
		const struct store_transfer *t = &memory->transfers[i];
		struct known *who = people_find(&app->people, t->key);
		struct drop *d;

		if (who == NULL)
			continue;
		d = drop_new(
		    app, who, t->outgoing ? TRANSFER_OUT : TRANSFER_IN);
		d->state = t->state == STORE_TRANSFER_OPEN      ? DROP_OFFERED
			   : t->state == STORE_TRANSFER_RUNNING ? DROP_ACCEPTED
								: DROP_GIVEN_UP;
		d->recorded = true;
		d->earlier = true;
		d->token = t->token;
		d->name = str_dup(t->name);
		d->shown = text_clean(t->name, strlen(t->name), TEXT_LABEL);
		drop_set_paths(d, (const char *const *)t->paths, t->path_count);
		d->as = str_dup(t->as);
		d->entries = t->entries;
		memcpy(d->list_hash, t->list_hash, sizeof(d->list_hash));
		memcpy(d->agreed, t->list_hash, sizeof(d->agreed));
		d->folder = str_dup(t->folder);
		d->part = str_dup(t->part);
		d->size = t->size;
		d->mtime_ns = t->mtime_ns;
		d->mode = t->mode;
		d->time_ms = t->time_ms;
	}
}

/* Sources that are open, and offers: the session takes only so many. */
static size_t
open_count(const struct link *l)
{
	size_t count = 0;

	for (const struct drop *d = l->app->drops; d != NULL; d = d->next)
		count += d->dir == TRANSFER_OUT &&
			 (d->link == l || d->outgoing != NULL);
	return count;
}

static struct drop *
next_to_offer(const struct link *l)
{
	for (struct drop *d = l->app->drops; d != NULL; d = d->next) {
		if (d->who == l->known && d->dir == TRANSFER_OUT &&
		    d->token != 0 && d->link == NULL && d->outgoing == NULL &&
		    d->state != DROP_OPENING && d->tried_on != l->serial)
			return d;
	}
	return NULL;
}

/* One that was given up ends here, and then this runs again: no place holds. */
void
files_offer(struct link *l)
{
	struct drop *d;

	while (open_count(l) < TRANSFER_OPEN_MAX &&
	       (d = next_to_offer(l)) != NULL) {
		d->tried_on = l->serial;
		offer_on(d, l);
	}
}

/*
 * It will be offered again, and asked about. A tree that changed after it was
 * accepted keeps what has arrived.
 */
static void
ask_again(struct drop *d)
{
	if (d->part == NULL) {
		drop_free(d);
		return;
	}
	d->state = DROP_ACCEPTED;
	drop_take_off_link(d);
}

void
files_link_down(struct link *l)
{
	struct drop *next;

	for (struct drop *d = l->app->drops; d != NULL; d = next) {
		next = d->next;
		if (d->link != l)
			continue;
		if (d->state == DROP_OFFERED && d->dir == TRANSFER_IN)
			ask_again(d);
		else if (d->state != DROP_STORED)
			drop_take_off_link(d);
		else
			d->link = NULL;
	}
}

void
files_show(struct app *app)
{
	for (struct drop *d = app->drops; d != NULL; d = d->next)
		drop_row(d);
}

bool
files_running(const struct app *app)
{
	for (const struct drop *d = app->drops; d != NULL; d = d->next) {
		if (d->state == DROP_ACCEPTED && d->link != NULL)
			return true;
	}
	return false;
}

size_t
files_count(const struct app *app, size_t *waiting)
{
	size_t running = 0, all = 0;

	for (const struct drop *d = app->drops; d != NULL; d = d->next) {
		if (d->who != app->partner || d->state == DROP_GIVEN_UP ||
		    (d->dir == TRANSFER_IN && d->state == DROP_OFFERED))
			continue;
		all++;
		running += d->state == DROP_STORED ||
			   (d->state == DROP_ACCEPTED && d->link != NULL &&
			       !d->queued && !pause_holds(d));
	}
	*waiting = all - running;
	return running;
}

struct drop *
files_question(struct app *app, unsigned number)
{
	for (struct drop *d = app->drops; d != NULL; d = d->next) {
		if (is_question(d) && (number == 0 || d->number == number))
			return d;
	}
	return NULL;
}

size_t
files_question_count(const struct app *app)
{
	size_t count = 0;

	for (const struct drop *d = app->drops; d != NULL; d = d->next)
		count += is_question(d);
	return count;
}

void
files_answer(struct drop *d, bool yes)
{
	if (yes) {
		receive_accept(d);
		return;
	}
	session_refuse(d->link->session, d->id, WHY_PERSON);
	app_say(d->app, LINE_NOTICE, _("'%s' was refused"), d->shown);
	drop_end(d, STORE_TRANSFER_ENDED);
}

/* What this run alone knows of cannot go on in another one. */
void
files_free(struct app *app)
{
	bool forgets = app->guest || app->options->incognito;
	struct drop *next;

	for (struct drop *d = app->drops; d != NULL; d = next) {
		next = d->next;
		if (forgets || !d->recorded)
			d->recorded = false;
		if (!d->recorded && d->incoming == NULL && d->part != NULL &&
		    d->state != DROP_STORED)
			incoming_discard(app->disk, d->folder, d->part);
		drop_free(d);
	}
}
