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
	return d->paused || d->paused_there || d->stuck;
}

/* Why the other side has paused it. The caller frees. */
static char *
there_text(const struct drop *d)
{
	char *who, *text;

	if (d->pause_why == WHY_DISK_FULL)
		return str_dup(_("paused: the disk there is full"));
	if (d->pause_why != WHY_PERSON)
		return str_dup(_("paused: the disk there does not take it"));
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
	if (d->stuck)
		return str_dup(_("paused: the disk does not take it"));
	if (d->paused)
		return str_printf(_("paused; /resume %u"), d->number);
	return there_text(d);
}

void
pause_row(struct drop *d)
{
	struct model *m = &d->app->model;
	char *note;

	if (d->state != DROP_ACCEPTED || d->link == NULL)
		return;
	if (stands_still(d)) {
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

void
pause_again(struct drop *d)
{
	if (d->paused || d->stuck)
		session_pause(d->link->session, d->dir, d->id,
		    d->stuck ? d->stuck_why : WHY_PERSON);
	pause_row(d);
}

void
pause_off_link(struct drop *d)
{
	d->paused_there = false;
	d->stuck = false;
}

void
pause_heard(struct drop *d, const struct transfer *t)
{
	bool before = d->paused_there;

	d->paused_there = t->paused_there;
	d->pause_why = t->pause_why;
	if (d->paused_there && (!before || d->pause_why != WHY_PERSON)) {
		char *note = there_text(d);

		app_say(d->app, LINE_NOTICE, "'%s' %s", d->shown, note);
		free(note);
	}
	pause_row(d);
}

/* Our disk */

static void
on_retry(void *arg)
{
	struct app *app = arg;
	bool stuck = false;

	for (struct drop *d = app->drops; d != NULL; d = d->next) {
		if (!d->stuck || d->incoming == NULL)
			continue;
		incoming_retry(d->incoming);
		stuck = true;
	}
	if (stuck)
		timer_arm(app->stuck_timer, clock_mono_ms() + STUCK_RETRY_MS);
}

void
pause_stuck(struct drop *d, const struct incoming_event *event)
{
	struct app *app = d->app;
	bool again = d->stuck;
	uint64_t now = clock_mono_ms();

	d->stuck = true;
	d->stuck_why = event->why;
	d->missing = event->missing;
	/* Where room comes in crumbs, it is told now and then. */
	if (!again && (d->stuck_ms == 0 || now - d->stuck_ms > STUCK_SAID_MS)) {
		d->stuck_ms = now;
		app_say(app, LINE_WARNING,
		    _("'%s' is paused: %s; it goes on by itself then"),
		    d->shown, event->reason->text);
	}
	if (!again) {
		session_pause(d->link->session, TRANSFER_IN, d->id, event->why);
		timer_arm(app->stuck_timer, now + STUCK_RETRY_MS);
	}
	pause_row(d);
}

void
pause_unstuck(struct drop *d)
{
	d->stuck = false;
	if (!d->paused)
		session_resume(d->link->session, TRANSFER_IN, d->id);
	pause_row(d);
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
	if (d->link != NULL)
		session_pause(d->link->session, d->dir, d->id, WHY_PERSON);
	app_say(app, LINE_NOTICE, _("'%s' is paused; /resume %u goes on"),
	    d->shown, d->number);
	pause_row(d);
}

void
app_resume(struct app *app, unsigned number)
{
	struct drop *d = find(app, number);

	if (d == NULL)
		return;
	if (!d->paused) {
		app_say(app, LINE_ERROR,
		    d->paused_there
			? _("'%s' was paused by the other side, and only "
			    "they can go on with it")
			: _("'%s' is not paused"),
		    d->shown);
		return;
	}
	d->paused = false;
	if (d->link != NULL && !d->stuck)
		session_resume(d->link->session, d->dir, d->id);
	app_say(app, LINE_NOTICE, _("'%s' goes on"), d->shown);
	pause_row(d);
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
