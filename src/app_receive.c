/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Receiving a file. What was accepted once goes on by itself whenever it is
 * offered again: from where its part file really stands. The record is in
 * the store before the part file is on the disk, so that none is ever left
 * that nobody knows of.
 */
#include "src/app_state.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"
#include "ui/progress.h"

/* Verified, in place, and the store knows: now they may be told. */
static void
on_arrival_recorded(void *arg, bool ok, const struct reason *why)
{
	struct drop *d = drop_redeem(arg);

	(void)ok, (void)why; /* the file is there in either case */
	if (d == NULL || d->state != DROP_STORED)
		return;
	if (d->link != NULL)
		session_result(d->link->session, d->id, WHY_NONE);
	files_say_done(d);
	drop_free(d);
}

void
receive_note_arrival(struct app *app, const struct known *who, uint64_t token)
{
	app->arrivals[app->arrival_count++ % APP_ARRIVALS] =
	    (struct arrival){who, token};
}

/* Names that the file system does not take are told before all is well. */
static void
say_unnamed(const struct drop *d, const struct incoming_counts *counts)
{
	char *name;

	if (counts->unnamed == 0)
		return;
	name = text_clean(
	    counts->first_unnamed, strlen(counts->first_unnamed), TEXT_LABEL);
	app_say(d->app, LINE_WARNING,
	    ngettext("the disk of the folder cannot hold %u name as it is, so "
		     "it got another: '%s'",
		"the disk of the folder cannot hold %u names as they are, so "
		"they got others: '%s' is one of them",
		counts->unnamed),
	    counts->unnamed, name);
	free(name);
}

static void
on_stored(struct drop *d, const struct incoming_event *event)
{
	d->state = DROP_STORED;
	receive_note_arrival(d->app, d->who, d->token);
	str_replace(&d->place, str_dup(event->path));
	d->counts = event->counts;
	d->counts.first_unnamed = NULL;
	d->hashed = d->entries == 0;
	if (d->hashed)
		memcpy(d->hash, event->hash, sizeof(d->hash));
	say_unnamed(d, &event->counts);
	drop_record(
	    d, STORE_TRANSFER_DONE, on_arrival_recorded, drop_ticket(d));
}

/* So much is there: the other side has to prove that it is the same. */
static void
on_ready(struct drop *d, const struct incoming_event *event)
{
	struct session *s = d->link->session;

	d->done = event->offset;
	model_remove_row(&d->app->model, d->number);
	drop_row(d);
	if (event->offset == 0) {
		session_accept(s, d->id);
		drop_progress(d, 0);
		pause_tell(d);
		return;
	}
	app_say(d->app, LINE_NOTICE, _("'%s' goes on at %d %%"), d->shown,
	    progress_percent(event->offset, d->size));
	session_accept_from(s, d->id, event->offset, event->hash);
	pause_tell(d);
}

static void
on_drained(struct drop *d, const struct incoming_event *event)
{
	session_drained(d->link->session, d->id, event->len);
	if (d->entries > 0)
		drop_tree_progress(d, &event->progress);
	else
		drop_progress(d, d->done + event->len);
}

static void
on_failed(struct drop *d, const struct incoming_event *event)
{
	const struct transfer *t;

	app_say(d->app, LINE_ERROR, "%s", event->reason->text);
	if (d->link != NULL) {
		t = session_transfer(d->link->session, TRANSFER_IN, d->id);
		if (t != NULL && t->state == TRANSFER_OFFERED)
			session_refuse(d->link->session, d->id, event->why);
		else
			session_result(d->link->session, d->id, event->why);
	}
	drop_end(d, STORE_TRANSFER_ENDED);
}

static void
on_incoming(void *arg, const struct incoming_event *event)
{
	struct drop *d = arg;

	switch (event->type) {
	case INCOMING_READY:
		on_ready(d, event);
		break;
	case INCOMING_CLAIMS:
		session_claims(d->link->session, d->id, event->claims);
		break;
	case INCOMING_DRAINED:
		on_drained(d, event);
		break;
	case INCOMING_STORED:
		on_stored(d, event);
		break;
	case INCOMING_STUCK:
		pause_stuck(d, event->why, event->reason, event->missing);
		break;
	case INCOMING_UNSTUCK:
		pause_unstuck(d);
		break;
	case INCOMING_FAILED:
		on_failed(d, event);
		break;
	}
}

static void
open_part(struct drop *d, bool resume)
{
	struct incoming_config config = {
	    .disk = d->app->disk,
	    .folder = d->folder,
	    .name = d->as != NULL || d->entries > 0 ? d->as : d->name,
	    .part = d->part,
	    .resume = resume,
	    .size = d->size,
	    .mtime_ns = d->mtime_ns,
	    .mode = d->mode,
	    .keep_mode = d->app->options->keep_mode,
	    .list = d->entries > 0 ? d->list : NULL,
	    .on_event = on_incoming,
	    .arg = d,
	};

	d->incoming = incoming_new(&config);
}

/* Accepting */

static void
go_on(struct drop *d, bool resume)
{
	open_part(d, resume);
	session_accept(d->link->session, d->id);
	pause_tell(d);
}

/* What is there of it, from before, is in the claims. */
void
receive_go_on(struct drop *d)
{
	go_on(d, true);
}

static void
accept_recorded(struct drop_ticket *ticket, bool resume)
{
	struct drop *d = drop_redeem(ticket);

	/* Offered again meanwhile, it goes on when its list is here. */
	if (d != NULL && d->state == DROP_ACCEPTED && d->link != NULL &&
	    d->incoming == NULL && !d->listing)
		go_on(d, resume);
}

/* In either case; if not, it does not outlive this run. */
static void
on_new_recorded(void *arg, bool ok, const struct reason *why)
{
	(void)ok, (void)why;
	accept_recorded(arg, false);
}

static void
on_again_recorded(void *arg, bool ok, const struct reason *why)
{
	(void)ok, (void)why;
	accept_recorded(arg, true);
}

/* Of a tree that changed, what has arrived may be of use: its part stays. */
void
receive_accept(struct drop *d)
{
	char part[INCOMING_PART_MAX];
	store_done *done = on_again_recorded;

	if (d->part == NULL) {
		incoming_part_name(part);
		d->part = str_dup(part);
		done = on_new_recorded;
	}
	if (d->folder == NULL)
		d->folder = str_dup(d->app->paths.downloads);
	d->state = DROP_ACCEPTED;
	memcpy(d->agreed, d->list_hash, sizeof(d->agreed));
	drop_progress(d, 0);
	drop_row(d);
	app_refresh_status(d->app);
	drop_record(d, STORE_TRANSFER_RUNNING, done, drop_ticket(d));
}

/* Offers */

static bool
arrived_before(const struct link *l, uint64_t token)
{
	for (size_t i = 0; i < COUNT(l->app->arrivals); i++) {
		const struct arrival *a = &l->app->arrivals[i];

		if (a->who == l->known && a->token == token)
			return true;
	}
	return false;
}

/* The name has to be good here, whatever was agreed before. */
static bool
refuse_bad(struct link *l, const struct frame_offer *offer)
{
	char *shown;

	if (incoming_check_name(offer->name, offer->name_len) == 0)
		return false;
	session_refuse(l->session, offer->id, WHY_NAME);
	shown = text_clean(offer->name, offer->name_len, TEXT_LABEL);
	app_say(l->app, LINE_WARNING,
	    _("%s offered a file whose name no file can have here, "
	      "'%s': refused"),
	    l->label, shown);
	free(shown);
	return true;
}

void
receive_ask(struct drop *d)
{
	char *size;

	d->state = DROP_OFFERED;
	if (accept_by_itself(d))
		return;
	size = files_size_text(d);
	app_say_question(d->app, d->number,
	    d->entries > 0
		? _("%u: %s offers '%s' (%s); /accept %u, /reject %u or "
		    "/show %u")
		: _("%u: %s offers '%s' (%s); /accept %u or /reject %u"),
	    d->number, d->link->label, d->shown, size, d->number, d->number,
	    d->number);
	app_refresh_status(d->app);
	free(size);
}

static bool
same_name(const struct drop *d, const struct frame_offer *offer)
{
	return strlen(d->name) == offer->name_len &&
	       memcmp(d->name, offer->name, offer->name_len) == 0;
}

void
receive_forget_part(struct drop *d)
{
	incoming_discard(d->app->disk, d->folder, d->part);
	drop_record(d, STORE_TRANSFER_ENDED, NULL, NULL);
	str_replace(&d->part, NULL);
	str_replace(&d->folder, NULL);
}

/* Another file than the one agreed to: what is here of that one is void. */
static void
start_over(struct drop *d, struct link *l, const struct frame_offer *offer)
{
	/* More than was agreed to, or something else, is a new question. */
	bool agreed =
	    offer->size <= d->size && same_name(d, offer) && d->entries == 0;

	if (refuse_bad(l, offer)) {
		d->link = NULL;
		return;
	}
	receive_forget_part(d);
	drop_set_list(d, NULL);
	drop_describe(d, offer);
	d->done = 0;
	d->state = DROP_OFFERED;
	drop_row(d);
	app_say(d->app, LINE_NOTICE, _("'%s' changed since; starting over"),
	    d->shown);
	if (agreed)
		receive_accept(d);
	else
		receive_ask(d);
}

static void
list_offered(struct drop *d, const struct frame_offer *offer)
{
	drop_set_row(d, ROW_CONTINUING);
	if (!list_begin(d, offer))
		drop_take_off_link(d);
}

/* Accepted once: the same file goes on. */
static void
offered_again(struct drop *d, struct link *l, const struct frame_offer *offer)
{
	d->link = l;
	d->id = offer->id;
	d->begun = false;
	if (offer->entries > 0) {
		list_offered(d, offer);
	} else if (offer->size == d->size && same_name(d, offer) &&
		   d->entries == 0 && offer->mtime_ns == d->mtime_ns) {
		drop_set_row(d, ROW_CHECKING);
		open_part(d, true);
	} else {
		start_over(d, l, offer);
	}
}

void
receive_offer(struct link *l, const struct frame_offer *offer)
{
	struct app *app = l->app;
	struct drop *d =
	    drop_by_token(app, l->known, TRANSFER_IN, offer->token);

	if (d != NULL && d->state == DROP_GIVEN_UP) {
		session_refuse(l->session, offer->id, WHY_PERSON);
		drop_end(d, STORE_TRANSFER_ENDED);
	} else if (arrived_before(l, offer->token)) {
		session_refuse(l->session, offer->id, WHY_HAVE);
	} else if (d != NULL) {
		offered_again(d, l, offer);
	} else if (!limiter_allows(&app->offers, APP_OFFERS_A_MINUTE)) {
		session_refuse(l->session, offer->id, WHY_TOO_MANY);
	} else if (!refuse_bad(l, offer)) {
		d = drop_new(app, l->known, TRANSFER_IN);
		d->link = l;
		d->id = offer->id;
		d->token = offer->token;
		drop_describe(d, offer);
		d->state = DROP_OFFERED;
		if (offer->entries == 0)
			receive_ask(d);
		else if (!list_begin(d, offer))
			drop_free(d);
	}
}

/* What the session says */

/* What is here was proven, or is void. */
static void
on_begin(struct drop *d, const struct transfer *t)
{
	if (t->offset == 0 && d->done > 0) {
		app_say(d->app, LINE_NOTICE,
		    _("'%s' changed since; starting over"), d->shown);
		incoming_restart(d->incoming);
	}
	drop_progress(d, t->offset);
}

void
receive_event(struct drop *d, const struct session_event *event)
{
	switch (event->type) {
	case SESSION_BEGIN:
		on_begin(d, event->transfer);
		break;
	case SESSION_DATA:
		if (d->listing)
			list_data(d, event);
		else
			incoming_write(
			    d->incoming, event->data, event->data_len);
		break;
	case SESSION_PAUSE:
	case SESSION_RESUME:
		pause_heard(d, event->transfer);
		break;
	case SESSION_DONE:
		drop_set_row(d, ROW_CHECKING);
		incoming_finish(d->incoming, event->transfer->hash);
		break;
	default:
		break;
	}
}
