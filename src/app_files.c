/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files: between the session, which speaks of ids and offsets, and the disk
 * side, which speaks of paths and blocks. What a person reads about them is
 * worded in app_files_say.c.
 */
#include "src/app_state.h"

#include <stdlib.h>
#include <string.h>

#include "net/incoming.h"
#include "net/outgoing.h"
#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"

enum { PROGRESS_NOTE_MS = 100 };

static struct drop *
drop_new(struct link *l, enum transfer_dir dir)
{
	struct drop *d = mem_zalloc(sizeof(*d));
	struct drop **end = &l->app->drops;

	d->app = l->app;
	d->link = l;
	d->dir = dir;
	d->number = ++l->app->next_number;
	while (*end != NULL)
		end = &(*end)->next;
	*end = d;
	return d;
}

static void
drop_free(struct drop *d)
{
	struct drop **p = &d->app->drops;

	while (*p != d)
		p = &(*p)->next;
	*p = d->next;
	model_remove_row(&d->app->model, d->number);
	outgoing_free(d->outgoing);
	incoming_free(d->incoming);
	free(d->name);
	free(d->shown);
	app_refresh_status(d->app);
	free(d);
}

static void
name_drop(struct drop *d, const struct frame_offer *offer)
{
	d->name = str_ndup(offer->name, offer->name_len);
	d->shown = text_clean(offer->name, offer->name_len, TEXT_LABEL);
	d->size = offer->size;
	d->mtime_ms = offer->mtime_ms;
	d->mode = offer->mode;
}

static struct drop *
find_drop(struct link *l, enum transfer_dir dir, uint32_t id)
{
	for (struct drop *d = l->app->drops; d != NULL; d = d->next) {
		if (d->link == l && d->dir == dir && d->id == id)
			return d;
	}
	return NULL;
}

static struct drop *
by_number(struct app *app, unsigned number)
{
	for (struct drop *d = app->drops; d != NULL; d = d->next) {
		if (d->number == number)
			return d;
	}
	return NULL;
}

static void
begin(struct drop *d)
{
	d->running = true;
	d->begun_ms = clock_mono_ms();
	model_add_row(&d->app->model, d->number, d->dir == TRANSFER_IN,
	    d->shown, d->size);
	model_progress(&d->app->model, d->number, 0, d->begun_ms);
}

/* The row need not know of every block. */
static void
note_progress(struct drop *d, uint64_t done)
{
	uint64_t now = clock_mono_ms();

	if (now - d->noted_ms < PROGRESS_NOTE_MS && done < d->size)
		return;
	d->noted_ms = now;
	model_progress(&d->app->model, d->number, done, now);
}

static void
checking(struct drop *d)
{
	struct row *row = model_row(&d->app->model, d->number);

	if (row != NULL && row->state != ROW_CHECKING) {
		row->state = ROW_CHECKING;
		d->app->model.version++;
	}
}

/* Sending */

static void
on_outgoing_failed(struct drop *d, const struct outgoing_event *event)
{
	app_say(d->app, LINE_ERROR, "%s", event->reason->text);
	if (d->id != 0)
		session_cancel(
		    d->link->session, TRANSFER_OUT, d->id, event->why);
	drop_free(d);
}

static void
on_opened(struct drop *d, const struct outgoing_event *event)
{
	struct app *app = d->app;
	char size[TEXT_SIZE_MAX];

	name_drop(d, event->offer);
	text_size(d->size, size);
	if (session_offer(d->link->session, event->offer, &d->id) < 0) {
		app_say(app, LINE_ERROR,
		    _("'%s' was not offered: too many offers are open"),
		    d->shown);
		drop_free(d);
		return;
	}
	app_say(app, LINE_NOTICE,
	    _("%u: '%s' (%s) is offered to %s; /cancel %u takes it back"),
	    d->number, d->shown, size, d->link->label, d->number);
}

/* There are more bytes than were offered, or fewer. */
static void
source_changed(struct drop *d)
{
	app_say(d->app, LINE_ERROR,
	    _("'%s' changed while it was being sent; /send it again"),
	    d->shown);
	session_cancel(d->link->session, TRANSFER_OUT, d->id, WHY_CHANGED);
	drop_free(d);
}

static void
on_outgoing(void *arg, const struct outgoing_event *event)
{
	struct drop *d = arg;

	switch (event->type) {
	case OUTGOING_OPENED:
		on_opened(d, event);
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
		on_outgoing_failed(d, event);
		break;
	}
}

void
app_send_file(struct app *app, const char *path)
{
	struct link *l = app->current;
	struct drop *d;
	char *real;

	if (l == NULL) {
		app_say(app, LINE_ERROR, "%s",
		    _("nobody is connected, so nothing was offered; /send it "
		      "again when they are here"));
		return;
	}
	real = paths_expand(path);
	d = drop_new(l, TRANSFER_OUT);
	d->outgoing = outgoing_new(app->disk, real, on_outgoing, d);
	free(real);
}

static void
on_answer(struct drop *d, const struct transfer *t)
{
	if (t->state == TRANSFER_REFUSED) {
		app_say(d->app, LINE_NOTICE, _("%s does not want '%s'%s"),
		    d->link->label, d->shown, files_why(t->why));
		drop_free(d);
		return;
	}
	begin(d);
	outgoing_start(d->outgoing);
}

static void
on_want(struct drop *d, const struct transfer *t)
{
	note_progress(d, t->offset);
	outgoing_consumed(d->outgoing);
	if (t->offset == t->size)
		checking(d);
}

static void
on_result(struct drop *d, const struct transfer *t)
{
	if (t->state == TRANSFER_COMPLETE)
		files_say_done(d, NULL);
	else
		app_say(d->app, LINE_ERROR, _("'%s' did not get to %s%s"),
		    d->shown, d->link->label, files_why(t->why));
	drop_free(d);
}

/* Receiving */

static void
on_offer(struct link *l, const struct session_event *event)
{
	struct app *app = l->app;
	const struct frame_offer *offer = event->offer;
	char size[TEXT_SIZE_MAX];
	struct drop *d;

	if (!limiter_allows(&app->offers, APP_OFFERS_A_MINUTE)) {
		session_refuse(l->session, offer->id, WHY_TOO_MANY);
		return;
	}
	if (incoming_check_name(offer->name, offer->name_len) < 0) {
		char *shown =
		    text_clean(offer->name, offer->name_len, TEXT_LABEL);

		session_refuse(l->session, offer->id, WHY_NAME);
		app_say(app, LINE_WARNING,
		    _("%s offered a file whose name no file can have here, "
		      "'%s': refused"),
		    l->label, shown);
		free(shown);
		return;
	}
	d = drop_new(l, TRANSFER_IN);
	d->id = offer->id;
	name_drop(d, offer);
	text_size(d->size, size);
	app_say(app, LINE_QUESTION,
	    _("%u: %s offers '%s' (%s); /accept %u or /reject %u"), d->number,
	    l->label, d->shown, size, d->number, d->number);
	app_refresh_status(app);
}

static void
on_incoming(void *arg, const struct incoming_event *event)
{
	struct drop *d = arg;
	struct session *s = d->link->session;

	switch (event->type) {
	case INCOMING_DRAINED:
		session_drained(s, d->id, event->len);
		d->drained += event->len;
		note_progress(d, d->drained);
		break;
	case INCOMING_STORED:
		session_result(s, d->id, WHY_NONE);
		files_say_done(d, event->path);
		drop_free(d);
		break;
	case INCOMING_FAILED:
		app_say(d->app, LINE_ERROR, "%s", event->reason->text);
		session_result(s, d->id, event->why);
		drop_free(d);
		break;
	}
}

void
files_answer(struct drop *d, bool yes)
{
	struct incoming_config config = {
	    .disk = d->app->disk,
	    .folder = d->app->paths.downloads,
	    .name = d->name,
	    .size = d->size,
	    .mtime_ms = d->mtime_ms,
	    .mode = d->mode,
	    .on_event = on_incoming,
	    .arg = d,
	};

	if (!yes) {
		session_refuse(d->link->session, d->id, WHY_PERSON);
		app_say(d->app, LINE_NOTICE, _("'%s' was refused"), d->shown);
		drop_free(d);
		return;
	}
	d->incoming = incoming_new(&config);
	begin(d);
	session_accept(d->link->session, d->id);
	app_refresh_status(d->app);
}

/* Both ways */

static bool
is_question(const struct drop *d)
{
	return d->dir == TRANSFER_IN && !d->running;
}

static void
on_cancelled(struct drop *d, const struct transfer *t)
{
	const char *name = d->link->label;

	if (is_question(d))
		d->app->question_gone_ms = clock_mono_ms();
	if (t->why == WHY_PERSON)
		app_say(d->app, LINE_NOTICE, _("%s cancelled '%s'"), name,
		    d->shown);
	else if (t->why == WHY_PROTOCOL)
		app_say(d->app, LINE_ERROR,
		    _("'%s' was ended: other bytes came than were agreed"),
		    d->shown);
	else
		app_say(d->app, LINE_ERROR, _("%s had to end '%s'%s"), name,
		    d->shown, files_why(t->why));
	drop_free(d);
}

void
files_event(struct link *l, const struct session_event *event)
{
	const struct transfer *t = event->transfer;
	struct drop *d;

	if (event->type == SESSION_OFFER) {
		on_offer(l, event);
		return;
	}
	d = find_drop(l, t->dir, t->id);
	if (d == NULL)
		return;
	switch (event->type) {
	case SESSION_ANSWER:
		on_answer(d, t);
		break;
	case SESSION_WANT:
		on_want(d, t);
		break;
	case SESSION_DATA:
		incoming_write(d->incoming, event->data, event->data_len);
		break;
	case SESSION_DONE:
		checking(d);
		incoming_finish(d->incoming, t->hash);
		break;
	case SESSION_RESULT:
		on_result(d, t);
		break;
	default:
		on_cancelled(d, t);
		break;
	}
}

void
app_cancel(struct app *app, unsigned number)
{
	struct drop *d = app->drops;

	if (number != 0)
		d = by_number(app, number);
	else if (d != NULL && d->next != NULL) {
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
	if (d->id != 0)
		session_cancel(d->link->session, d->dir, d->id, WHY_PERSON);
	app_say(app, LINE_NOTICE, _("you cancelled '%s'"),
	    d->shown ? d->shown : "");
	drop_free(d);
}

void
files_link_down(struct link *l)
{
	struct drop *next;

	for (struct drop *d = l->app->drops; d != NULL; d = next) {
		next = d->next;
		if (d->link != l)
			continue;
		if (d->running)
			app_say(l->app, LINE_ERROR,
			    d->dir == TRANSFER_OUT
				? _("'%s' was not finished: the link ended; "
				    "/send it again")
				: _("'%s' was not finished: the link ended; "
				    "it has to be sent again"),
			    d->shown);
		drop_free(d);
	}
}

bool
files_running(const struct app *app)
{
	for (const struct drop *d = app->drops; d != NULL; d = d->next) {
		if (d->running)
			return true;
	}
	return false;
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
files_free(struct app *app)
{
	struct drop *next;

	for (struct drop *d = app->drops; d != NULL; d = next) {
		next = d->next;
		drop_free(d);
	}
}
