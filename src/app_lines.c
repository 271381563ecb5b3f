/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lines entered in plain mode. There is no line to bring one back into, so
 * what is said to somebody waits here until there is somebody. Where standard
 * input is no terminal, nobody sees what becomes of a line either: then they
 * are taken as fast as they can be sent, and when they have ended, charla
 * leaves as soon as all that they asked for is done, or cannot be.
 */
#include "src/app_state.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/util.h"

enum {
	LINES_BYTES_MAX = 64 * 1024, /* that wait here */
	LINES_SENT_MAX = 64,         /* messages that wait to be stored there */
	LINES_TOLD_MAX = 10,         /* that are named at the end */
};

struct entered {
	struct entered *next;
	char *text;
};

static const char blanks[] = " \t";

/* Is text this command? */
static bool
is_command(const char *text, const char *name)
{
	size_t len = strlen(name);

	text += strspn(text, blanks);
	return *text == '/' && strncmp(text + 1, name, len) == 0 &&
	       (text[1 + len] == '\0' || strchr(blanks, text[1 + len]) != NULL);
}

/* It is for the person at the other side. */
static bool
is_for_them(const char *text)
{
	const char *start = text + strspn(text, blanks);

	return start[0] != '/' || start[1] == '/' || is_command(text, "me") ||
	       is_command(text, "send");
}

/* While something waits for somebody, these may bring them. */
static bool
brings_somebody(const char *text)
{
	return is_command(text, "accept") || is_command(text, "reject") ||
	       is_command(text, "verify") || is_command(text, "connect");
}

/* Nobody is there, and nobody is on the way here. */
static bool
is_hopeless(const struct app *app)
{
	return app->current == NULL &&
	       (app->over || (app->call == NULL && app->listen_count == 0));
}

static void
take_out(struct app *app, struct entered **p)
{
	struct entered *e = *p;

	app->lines.bytes -= strlen(e->text);
	*p = e->next;
	free(e->text);
	free(e);
}

void
lines_free(struct app *app)
{
	while (app->lines.first != NULL)
		take_out(app, &app->lines.first);
}

void
lines_add(struct app *app, const char *text)
{
	struct entered **end = &app->lines.first;
	struct entered *e;

	if (app->finishing)
		return;
	if (!app->batch && app->lines.bytes > LINES_BYTES_MAX) {
		app_say(app, LINE_ERROR, "%s",
		    _("too much waits to be said already; this line was not "
		      "kept"));
		return;
	}
	e = mem_zalloc(sizeof(*e));
	e->text = str_dup(text);
	while (*end != NULL)
		end = &(*end)->next;
	*end = e;
	app->lines.bytes += strlen(text);
}

static void
say_waiting(struct app *app)
{
	if (!app->lines.said)
		app_say(app, LINE_NOTICE, "%s",
		    _("nobody is here yet; it is said when somebody is"));
	app->lines.said = true;
}

/* It has to wait; stuck: for somebody to say it to, as one before it does. */
static bool
waits(struct app *app, const char *text, bool *stuck)
{
	if (is_for_them(text) && (*stuck || app->partner == NULL)) {
		if (!*stuck)
			say_waiting(app);
		*stuck = true;
		return true;
	}
	return *stuck && app->batch && !brings_somebody(text);
}

/* Of this run: what is older was not asked for now. */
static size_t
count_unsent(const struct app *app)
{
	size_t count = 0;

	for (const struct waiting *w = app->outbox.first; w != NULL;
	     w = w->next)
		count += !w->old;
	return count;
}

/* An offer to us is nobody's to answer any more. */
static bool
is_undone(const struct drop *d)
{
	if (d->who != d->app->partner)
		return false;
	if (d->earlier)
		return d->state == DROP_ACCEPTED && d->link != NULL;
	return d->dir == TRANSFER_OUT
		   ? d->state != DROP_GIVEN_UP
		   : d->state == DROP_ACCEPTED || d->state == DROP_STORED;
}

/* Nothing that went to them is on its way, or waits. */
static bool
is_all_there(const struct app *app)
{
	if (count_unsent(app) > 0)
		return false;
	for (const struct drop *d = app->drops; d != NULL; d = d->next) {
		if (is_undone(d) && !d->paused)
			return false;
	}
	return true;
}

/* Taken in turn: and what comes after it has to wait, too. */
static bool
has_to_wait(const struct app *app, const char *text)
{
	return app->batch &&
	       (app->outbox.count >= LINES_SENT_MAX || app->searches > 0 ||
		   app->visiting || ui_is_busy(app->ui) ||
		   (is_command(text, "disconnect") && !is_all_there(app)));
}

static void
run_lines(struct app *app)
{
	struct entered **p = &app->lines.first;
	bool stuck = false;
	char *text;

	while (*p != NULL && !app->leaving && !has_to_wait(app, (*p)->text)) {
		if (waits(app, (*p)->text, &stuck)) {
			p = &(*p)->next;
			continue;
		}
		text = str_dup((*p)->text);
		take_out(app, p);
		if (app->batch && is_command(text, "quit")) {
			lines_ended(app);
			lines_free(app);
		} else {
			app_entered(app, text);
		}
		free(text);
	}
	if (app->partner != NULL)
		app->lines.said = false;
}

void
lines_ended(struct app *app)
{
	app->finishing = true;
	watch_events(app->input_watch, 0);
}

bool
lines_waiting(const struct app *app)
{
	return app->lines.first != NULL;
}

/* The end */

static bool
is_all_done(const struct app *app)
{
	return app->lines.first == NULL && is_all_there(app) &&
	       app->searches == 0 && !app->visiting && !ui_is_busy(app->ui);
}

static void
say_lines_left(struct app *app)
{
	unsigned told = 0;

	for (const struct entered *e = app->lines.first;
	     e != NULL && told < LINES_TOLD_MAX; e = e->next, told++)
		app_say(app, LINE_ERROR, _("not done: %s"), e->text);
	if (told == LINES_TOLD_MAX)
		app_say(app, LINE_ERROR, "%s",
		    _("nor what was entered after that"));
}

static void
say_undone(struct app *app)
{
	size_t unsent = count_unsent(app);

	say_lines_left(app);
	if (unsent > 0)
		app_say(app, LINE_ERROR,
		    app_records(app) && !app->keeping
			? ngettext("%zu message has not arrived, and is lost",
			      "%zu messages have not arrived, and are lost",
			      unsent)
			: ngettext("%zu message has not arrived; it goes at "
				   "the next meeting",
			      "%zu messages have not arrived; they go at the "
			      "next meeting",
			      unsent),
		    unsent);
	for (const struct drop *d = app->drops; d != NULL; d = d->next) {
		if (is_undone(d))
			app_say(app, LINE_ERROR,
			    _("'%s' is not there yet; it goes on at the next "
			      "meeting"),
			    d->shown != NULL ? d->shown : "");
	}
}

void
lines_turn(struct app *app)
{
	if (!app->plain || app->memory == NULL || app->tls == NULL)
		return;
	run_lines(app);
	if (app->finishing && !app->leaving &&
	    (is_all_done(app) || is_hopeless(app))) {
		app_say(
		    app, LINE_NOTICE, "%s", _("the input has ended: leaving"));
		app_leave(app);
	}
	if (app->batch && !app->finishing)
		watch_events(app->input_watch,
		    app->lines.bytes > LINES_BYTES_MAX ? 0 : POLLIN);
}

void
lines_leave(struct app *app)
{
	if (!app->batch)
		return;
	say_undone(app);
	if (app->status != 0 || !app->failed)
		return;
	app->status = APP_UNDONE;
	reason_set(app->why, "%s",
	    _("not all that was asked for was done; see above"));
}
