/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sending a file: opened, offered, and when the other side has some of it
 * from before, gone on with behind what has been proven. It is offered again
 * in every session until the other side has it or does not want it.
 */
#include "src/app_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "net/outgoing.h"
#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"
#include "ui/progress.h"

/* 1 to 2^63 - 1, and never the same twice. */
static uint64_t
new_token(void)
{
	uint64_t token = 0;

	while (token == 0) {
		if (getrandom(&token, sizeof(token), 0) !=
			(ssize_t)sizeof(token) &&
		    errno != EINTR)
			fatal("no random numbers: %s", strerror(errno));
		token &= INT64_MAX;
	}
	return token;
}

static struct frame_offer
offer_of(const struct drop *d)
{
	return (struct frame_offer){
	    .token = d->token,
	    .size = d->size,
	    .mtime_ms = d->mtime_ns / (1000 * 1000),
	    .mode = d->mode,
	    .name = d->name,
	    .name_len = strlen(d->name),
	};
}

/* They may have part of it: the only way to tell them that it is over. */
static void
offer_and_cancel(struct drop *d, struct link *l, enum wire_why why)
{
	struct frame_offer offer = offer_of(d);

	if (session_offer(l->session, &offer, &d->id) < 0)
		return; /* at the next meeting, then */
	session_cancel(l->session, TRANSFER_OUT, d->id, why);
	drop_end(d, STORE_TRANSFER_ENDED);
}

static void
offer_now(struct drop *d, struct link *l)
{
	struct frame_offer offer = offer_of(d);
	struct app *app = d->app;
	char size[TEXT_SIZE_MAX];

	if (session_offer(l->session, &offer, &d->id) < 0) {
		app_say(app, LINE_NOTICE,
		    _("'%s' is offered later: too many offers are open"),
		    d->shown);
		drop_take_off_link(d);
		d->tried_on = 0;
		return;
	}
	d->link = l;
	d->tried_on = l->serial;
	if (d->state != DROP_OPENING) {
		/* How much of it is there, their answer will say. */
		if (d->state == DROP_ACCEPTED)
			drop_set_row(d, ROW_WAITING);
		else
			app_say(app, LINE_NOTICE,
			    _("%u: '%s' is offered to %s again"), d->number,
			    d->shown, l->label);
		return;
	}
	text_size(d->size, size);
	app_say(app, LINE_NOTICE,
	    _("%u: '%s' (%s) is offered to %s; /cancel %u takes it back"),
	    d->number, d->shown, size, l->label, d->number);
	d->state = DROP_OFFERED;
}

/* The link that it may be offered on now, or NULL. */
static struct link *
link_to(const struct drop *d)
{
	struct link *l = d->app->current;

	return l != NULL && l->known == d->who ? l : NULL;
}

static void
say_later(const struct drop *d)
{
	char *who =
	    people_label(&d->app->people, d->who->peer.name, d->who->peer.key);

	app_say(d->app, LINE_NOTICE,
	    _("%u: '%s' is offered when %s is connected; /cancel %u takes it "
	      "back"),
	    d->number, d->shown, who, d->number);
	free(who);
}

/*
 * What they accept is recorded over there: so it has to be here before they
 * hear of it.
 */
static void
on_offer_recorded(void *arg, bool ok, const struct reason *why)
{
	struct drop *d = drop_redeem(arg);
	struct link *l;

	(void)ok, (void)why; /* then it does not outlive this run */
	if (d == NULL || d->state != DROP_OPENING)
		return;
	l = link_to(d);
	if (l != NULL && d->outgoing != NULL)
		offer_now(d, l);
	if (d->link != NULL)
		return;
	d->state = DROP_OFFERED;
	outgoing_free(d->outgoing);
	d->outgoing = NULL;
	if (l == NULL)
		say_later(d);
}

static void
on_first_opened(struct drop *d, const struct outgoing_event *event)
{
	drop_describe(d, event->offer);
	d->mtime_ns = event->mtime_ns;
	d->path = str_dup(event->path);
	d->token = new_token();
	drop_record(d, STORE_TRANSFER_OPEN, on_offer_recorded, drop_ticket(d));
}

/* Opened again, for a new session. */
static void
on_opened_again(struct drop *d, const struct outgoing_event *event)
{
	struct link *l = link_to(d);
	bool changed =
	    event->offer->size != d->size || event->mtime_ns != d->mtime_ns;

	if (l == NULL) {
		outgoing_free(d->outgoing);
		d->outgoing = NULL;
		return;
	}
	if (changed) {
		drop_describe(d, event->offer);
		d->mtime_ns = event->mtime_ns;
		drop_record(d,
		    d->state == DROP_ACCEPTED ? STORE_TRANSFER_RUNNING
					      : STORE_TRANSFER_OPEN,
		    NULL, NULL);
	}
	if (changed && d->state == DROP_ACCEPTED) {
		app_say(d->app, LINE_NOTICE,
		    _("'%s' changed since; starting over"), d->shown);
		model_remove_row(&d->app->model, d->number);
		d->done = 0;
	}
	offer_now(d, l);
	if (d->link != NULL)
		drop_row(d);
}

static void
on_opened(struct drop *d, const struct outgoing_event *event)
{
	if (d->token == 0)
		on_first_opened(d, event);
	else
		on_opened_again(d, event);
}

static void
on_failed(struct drop *d, const struct outgoing_event *event)
{
	app_say(d->app, LINE_ERROR, "%s", event->reason->text);
	if (d->token == 0) {
		drop_free(d);
		return;
	}
	if (d->link != NULL && d->id != 0) {
		session_cancel(
		    d->link->session, TRANSFER_OUT, d->id, event->why);
		drop_end(d, STORE_TRANSFER_ENDED);
	} else {
		/* The stick may be unplugged only: nothing is given up. */
		outgoing_free(d->outgoing);
		d->outgoing = NULL;
		app_say(d->app, LINE_NOTICE,
		    _("%u: '%s' is tried again at the next meeting; "
		      "/cancel %u ends it"),
		    d->number, d->shown, d->number);
	}
}

/* There are more bytes than were offered, or fewer. */
static void
source_changed(struct drop *d)
{
	app_say(d->app, LINE_ERROR,
	    _("'%s' changed while it was being sent; /send it again"),
	    d->shown);
	session_cancel(d->link->session, TRANSFER_OUT, d->id, WHY_CHANGED);
	drop_end(d, STORE_TRANSFER_ENDED);
}

static void
go_on(struct drop *d, uint64_t from)
{
	drop_progress(d, from);
	if (from == d->size)
		drop_set_row(d, ROW_CHECKING);
	outgoing_start(d->outgoing);
}

/* What they have was compared with what is here. */
static void
on_proven(struct drop *d, bool proven)
{
	const struct transfer *t;

	if (proven)
		app_say(d->app, LINE_NOTICE, _("'%s' goes on at %d %%"),
		    d->shown, progress_percent(d->done, d->size));
	else
		app_say(d->app, LINE_NOTICE,
		    _("'%s' changed since; starting over"), d->shown);
	session_begin(d->link->session, d->id, proven);
	t = session_transfer(d->link->session, TRANSFER_OUT, d->id);
	if (t != NULL)
		go_on(d, t->offset);
}

static void
on_outgoing(void *arg, const struct outgoing_event *event)
{
	struct drop *d = arg;

	switch (event->type) {
	case OUTGOING_OPENED:
		on_opened(d, event);
		break;
	case OUTGOING_PROVEN:
		on_proven(d, event->proven);
		break;
	case OUTGOING_BLOCK_READY:
		if (session_feed(d->link->session, d->id, event->block) < 0)
			source_changed(d);
		break;
	case OUTGOING_FINISHED:
		if (session_finish(d->link->session, d->id, event->hash) < 0)
			source_changed(d);
		break;
	case OUTGOING_FAILED:
		on_failed(d, event);
		break;
	}
}

void
app_send_file(struct app *app, const char *path)
{
	struct drop *d;
	char *real;

	if (app->partner == NULL || app->memory == NULL) {
		app_say(app, LINE_ERROR, "%s",
		    _("nobody is here yet, so nothing was offered; /send it "
		      "again when somebody is"));
		return;
	}
	real = paths_expand(path);
	d = drop_new(app, app->partner, TRANSFER_OUT);
	d->outgoing = outgoing_new(app->disk, real, on_outgoing, d);
	free(real);
}

void
send_offer(struct drop *d, struct link *l)
{
	if (d->state == DROP_GIVEN_UP)
		offer_and_cancel(d, l, WHY_PERSON);
	else if (d->outgoing == NULL)
		d->outgoing =
		    outgoing_new(d->app->disk, d->path, on_outgoing, d);
}

/* What the session says */

static void
on_refused(struct drop *d, enum wire_why why)
{
	if (why == WHY_HAVE) {
		files_say_done(d, NULL);
		drop_end(d, STORE_TRANSFER_DONE);
		return;
	}
	if (why == WHY_TOO_MANY) {
		drop_take_off_link(d);
		return;
	}
	/* Wanted once, it was cancelled while we were away. */
	if (d->state == DROP_ACCEPTED && why == WHY_PERSON)
		app_say(d->app, LINE_NOTICE, _("%s cancelled '%s'"),
		    d->link->label, d->shown);
	else
		app_say(d->app, LINE_NOTICE, _("%s does not want '%s'%s"),
		    d->link->label, d->shown, files_why(why));
	drop_end(d, STORE_TRANSFER_ENDED);
}

static void
on_answer(struct drop *d, const struct transfer *t)
{
	if (t->state == TRANSFER_REFUSED) {
		on_refused(d, t->why);
		return;
	}
	if (d->state != DROP_ACCEPTED) {
		d->state = DROP_ACCEPTED;
		drop_record(d, STORE_TRANSFER_RUNNING, NULL, NULL);
	}
	d->begun = false;
	d->done = t->offset;
	model_remove_row(&d->app->model, d->number);
	drop_row(d);
	pause_again(d);
	if (t->state == TRANSFER_PROVING)
		outgoing_prove(d->outgoing, t->offset, t->proof);
	else
		go_on(d, 0);
}

static void
on_want(struct drop *d, const struct transfer *t)
{
	drop_progress(d, t->offset);
	outgoing_consumed(d->outgoing);
	if (t->offset == t->size)
		drop_set_row(d, ROW_CHECKING);
}

static void
on_result(struct drop *d, const struct transfer *t)
{
	if (t->state == TRANSFER_COMPLETE) {
		files_say_done(d, NULL);
		drop_end(d, STORE_TRANSFER_DONE);
		return;
	}
	app_say(d->app, LINE_ERROR, _("'%s' did not get to %s%s"), d->shown,
	    d->link->label, files_why(t->why));
	drop_end(d, STORE_TRANSFER_ENDED);
}

void
send_event(struct drop *d, const struct session_event *event)
{
	switch (event->type) {
	case SESSION_ANSWER:
		on_answer(d, event->transfer);
		break;
	case SESSION_WANT:
		on_want(d, event->transfer);
		break;
	case SESSION_RESULT:
		on_result(d, event->transfer);
		break;
	case SESSION_PAUSE:
	case SESSION_RESUME:
		pause_heard(d, event->transfer);
		break;
	default:
		break;
	}
}
