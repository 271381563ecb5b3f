/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Transfers that stand still: because a person on either side said so, or
 * because our disk does not take the bytes. Then the disk is asked again
 * every few seconds, and the talk goes on meanwhile.
 */
#include "src/app_state.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"

enum { STUCK_RETRY_MS = 3000, STUCK_SAID_MS = 30 * 1000 };

static bool
stands_still(const struct drop *d)
{
	return d->paused || d->paused_there || d->stuck || d->queued;
}

static char *
full_text(const struct drop *d)
{
	char missing[TEXT_SIZE_MAX];

	if (d->missing_there == 0)
		return str_dup(_("paused: disk full on the other side"));
	text_size(d->missing_there, missing);
	return str_printf(
	    _("paused: disk full on the other side, %s missing"), missing);
}

/* Why the other side has paused it. The caller frees. */
static char *
there_text(const struct drop *d)
{
	char *who, *text;

	switch (d->pause_why) {
	case WHY_DISK_FULL:
		return full_text(d);
	case WHY_TURN:
		return str_dup(_("waits for its turn there"));
	case WHY_GONE:
		return str_dup(_("paused: it is not there any more, there"));
	case WHY_CHANGED:
		return str_dup(_("paused: it changed there while it was sent"));
	case WHY_DENIED:
		return str_dup(_("paused: no permission there"));
	case WHY_PERSON:
		break;
	default:
		return str_dup(_("paused: the disk there has trouble"));
	}
	who =
	    people_label(&d->app->people, d->who->peer.name, d->who->peer.key);
	text = str_printf(_("paused by %s"), who);
	free(who);
	return text;
}

/* Who has paused it, and why; first what can be changed here. */
static char *
note_text(const struct drop *d)
{
	char missing[TEXT_SIZE_MAX];

	if (d->stuck && d->missing > 0) {
		text_size(d->missing, missing);
		return str_printf(_("paused: %s of room missing"), missing);
	}
	if (d->stuck && d->dir == TRANSFER_IN)
		return str_dup(_("paused: the disk does not take it"));
	if (d->stuck && d->stuck_why == WHY_CHANGED)
		return str_printf(
		    _("paused: it changed; /resume %u"), d->number);
	if (d->stuck)
		return str_printf(
		    _("paused: cannot be read; /resume %u"), d->number);
	if (d->paused)
		return str_printf(_("paused; /resume %u"), d->number);
	return there_text(d);
}

void
pause_row(struct drop *d)
{
	struct model *m = &d->app->model;
	char *note;

	app_refresh_status(d->app);
	if (d->state != DROP_ACCEPTED || d->link == NULL)
		return;
	if (d->queued) {
		model_row_state(m, d->number, ROW_QUEUED);
	} else if (stands_still(d)) {
		note = note_text(d);
		model_row_pause(m, d->number, note);
		free(note);
	} else if (d->begun) {
		model_progress(m, d->number, d->done, clock_mono_ms());
	}
}

bool
pause_holds(const struct drop *d)
{
	return stands_still(d);
}

/* WHY_NONE: it does not, as far as this side goes. */
static enum wire_why
reason_here(const struct drop *d)
{
	if (d->stuck)
		return d->stuck_why;
	if (d->paused)
		return WHY_PERSON;
	return d->queued ? WHY_TURN : WHY_NONE;
}

void
pause_tell(struct drop *d)
{
	enum wire_why why = reason_here(d);

	if (d->link != NULL && d->id != 0 && why != WHY_NONE)
		session_pause(d->link->session, d->dir, d->id, why,
		    d->stuck ? d->missing : 0);
	else if (d->link != NULL && d->id != 0)
		session_resume(d->link->session, d->dir, d->id);
	pause_row(d);
}

void
pause_off_link(struct drop *d)
{
	d->paused_there = false;
	d->stuck = false;
	d->queued = false;
}

void
pause_heard(struct drop *d, const struct transfer *t)
{
	bool before = d->paused_there;

	d->paused_there = t->paused_there;
	d->pause_why = t->pause_why;
	d->missing_there = t->pause_missing;
	if (d->paused_there && d->pause_why != WHY_TURN &&
	    (!before || d->pause_why != WHY_PERSON)) {
		char *note = there_text(d);

		app_say(d->app, LINE_NOTICE, "'%s' %s", d->shown, note);
		free(note);
	}
	pause_row(d);
	turns_give(d->app);
}

/* Our disk */

static void
on_retry(void *arg)
{
	struct app *app = arg;
	bool stuck = false;

	for (struct drop *d = app->drops; d != NULL; d = d->next) {
		if (!d->stuck)
			continue;
		if (d->incoming != NULL)
			incoming_retry(d->incoming);
		if (d->outgoing != NULL)
			outgoing_retry(d->outgoing);
		stuck = true;
	}
	if (stuck)
		timer_arm(app->stuck_timer, clock_mono_ms() + STUCK_RETRY_MS);
}

/* It says by itself what to do, and whether that is all. */
static void
say_stuck(const struct drop *d, const struct reason *reason)
{
	app_say(d->app, LINE_WARNING,
	    d->dir == TRANSFER_IN
		? _("'%s' is paused: %s; it goes on by itself then")
		: _("'%s' is paused: %s"),
	    d->shown, reason->text);
	if (d->dir == TRANSFER_IN)
		return;
	app_say(d->app, LINE_NOTICE,
	    d->entries > 0
		? _("/resume %u goes on without what cannot be sent, "
		    "/cancel %u ends it")
		: _("/resume %u sends it as it is now, /cancel %u ends it"),
	    d->number, d->number);
}

void
pause_stuck(struct drop *d, enum wire_why why, const struct reason *reason,
    uint64_t missing)
{
	struct app *app = d->app;
	bool again = d->stuck;
	uint64_t now = clock_mono_ms();

	d->stuck = true;
	d->stuck_why = why;
	d->missing = missing;
	/* Where room comes in crumbs, it is told now and then. */
	if (!again && (d->stuck_ms == 0 || now - d->stuck_ms > STUCK_SAID_MS)) {
		d->stuck_ms = now;
		say_stuck(d, reason);
	}
	if (!again)
		timer_arm(app->stuck_timer, now + STUCK_RETRY_MS);
	pause_tell(d);
	turns_give(app);
}

void
pause_unstuck(struct drop *d)
{
	d->stuck = false;
	pause_tell(d);
}

/* A person's word */

/* The transfer that is meant, or NULL; then it has been told. */
static struct drop *
find(struct app *app, unsigned number)
{
	struct drop *found = NULL;

	for (struct drop *d = app->drops; d != NULL; d = d->next) {
		if (d->state != DROP_ACCEPTED ||
		    (number != 0 ? d->number != number
				 : d->who != app->partner))
			continue;
		if (found != NULL) {
			app_say(app, LINE_ERROR, "%s",
			    _("there are several; say which, with its number"));
			return NULL;
		}
		found = d;
	}
	if (found == NULL)
		app_say(app, LINE_ERROR, "%s",
		    _("no such transfer is running; see /transfers"));
	return found;
}

void
app_pause(struct app *app, unsigned number)
{
	struct drop *d = find(app, number);

	if (d == NULL)
		return;
	d->paused = true;
	pause_tell(d);
	app_say(app, LINE_NOTICE, _("'%s' is paused; /resume %u goes on"),
	    d->shown, d->number);
	turns_give(app);
}

/* A source in trouble: the person says to go on as it is. */
static void
resume_source(struct drop *d)
{
	d->paused = false;
	if (d->entries > 0) {
		outgoing_leave_out(d->outgoing);
		return;
	}
	app_say(
	    d->app, LINE_NOTICE, _("'%s' is offered as it is now"), d->shown);
	offer_anew(d);
}

/* Where nothing here holds it. */
static void
say_not_paused(const struct drop *d)
{
	app_say(d->app, LINE_ERROR,
	    d->stuck    ? _("'%s' waits for the disk, and goes on by itself")
	    : d->queued ? _("'%s' waits for its turn, and goes on by itself")
	    : d->paused_there
		? _("'%s' was paused by the other side, and only they can go "
		    "on with it")
		: _("'%s' is not paused"),
	    d->shown);
}

void
app_resume(struct app *app, unsigned number)
{
	struct drop *d = find(app, number);

	if (d == NULL)
		return;
	if (d->stuck && d->outgoing != NULL) {
		resume_source(d);
		return;
	}
	if (!d->paused) {
		say_not_paused(d);
		return;
	}
	d->paused = false;
	app_say(app, LINE_NOTICE, _("'%s' goes on"), d->shown);
	pause_tell(d);
}

void
app_limit(struct app *app, uint64_t bytes_per_second)
{
	char rate[TEXT_SIZE_MAX];

	app->limit = bytes_per_second;
	if (app->current != NULL)
		session_limit(app->current->session, bytes_per_second);
	text_size(bytes_per_second, rate);
	if (bytes_per_second == 0)
		app_say(app, LINE_NOTICE, "%s",
		    _("files are sent as fast as it goes"));
	else
		app_say(app, LINE_NOTICE,
		    _("files are sent with at most %s/s; /limit off ends "
		      "that"),
		    rate);
}

void
pause_init(struct app *app)
{
	app->stuck_timer = loop_timer(app->loop, on_retry, app);
}

void
pause_release(struct app *app)
{
	timer_remove(app->stuck_timer);
}
