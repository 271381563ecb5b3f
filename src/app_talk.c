/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Own messages. One is shown when it is on our disk, and sent after that; it
 * is sent again on every new link until the other side has acknowledged it.
 * Its name (epoch and number) makes the repetition harmless.
 *
 * The outbox holds them in the order in which they were written.
 */
#include "src/app_state.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/util.h"

static bool
same_name(const struct stream *a, const struct stream *b)
{
	return a->epoch == b->epoch && a->last == b->last;
}

static struct waiting *
waiting_new(struct app *app, struct known *to, const char *text, size_t len)
{
	struct waiting *w = mem_zalloc(sizeof(*w));

	w->app = app;
	w->to = to;
	w->text = str_ndup(text, len);
	w->ticket = ++app->outbox.tickets;
	app->outbox.count++;
	app_refresh_status(app);
	return w;
}

void
waiting_free(struct waiting *w)
{
	struct waiting **p = &w->app->outbox.first;

	while (*p != w)
		p = &(*p)->next;
	*p = w->next;
	w->app->outbox.count--;
	app_refresh_status(w->app);
	free(w->text);
	free(w);
}

static struct waiting *
find_waiting(
    const struct app *app, const struct known *to, const struct stream *name)
{
	struct waiting *w = app->outbox.first;

	while (w != NULL && (w->to != to || !same_name(&w->name, name)))
		w = w->next;
	return w;
}

void
waiting_mark(const struct waiting *w, enum line_mark mark)
{
	struct app *app = w->app;

	if (w->to != app->partner)
		return;
	if (w->number != 0)
		model_mark_number(&app->model, w->number, mark);
	else
		model_mark(&app->model, w->line, mark);
}

enum line_mark
talk_mark(const struct app *app, uint64_t number)
{
	const struct link *l = app->current;

	for (const struct waiting *w = app->outbox.first; w != NULL;
	     w = w->next) {
		if (w->to == app->partner && w->number == number)
			return l != NULL && w->sent_on == l->serial
				   ? MARK_SENT
				   : MARK_WAITING;
	}
	return MARK_WAITING;
}

/* Writing */

static void
show(struct waiting *w)
{
	struct app *app = w->app;
	const struct line_spec spec = {
	    .kind = LINE_OWN,
	    .mark = MARK_WAITING,
	    .action = w->kind == MESSAGE_ACTION,
	    .time_ms = w->time_ms,
	    .who = app->name,
	    .text = w->text,
	    .number = w->number,
	};

	if (w->to == app->partner)
		w->line = model_add(&app->model, &spec);
}

static void
on_kept(void *arg, bool ok, uint64_t number, const struct reason *why)
{
	struct waiting *w = arg;
	struct app *app = w->app;

	if (!ok) {
		app_say(app, LINE_ERROR,
		    _("a message could not be kept on the disk, so it was "
		      "not sent; Up brings it back: %s"),
		    why->text);
		waiting_free(w);
		return;
	}
	w->kept = true;
	app_refresh_status(app);
	w->number = number;
	if (number > w->to->peer.lines)
		w->to->peer.lines = number;
	show(w);
	talk_flush(app);
}

static void
keep(struct waiting *w)
{
	struct app *app = w->app;
	struct store_line line = {
	    .own = true,
	    .epoch = w->name.epoch,
	    .seq = w->name.last,
	    .kind = w->kind,
	    .time_ms = w->time_ms,
	    .text = w->text,
	    .text_len = strlen(w->text),
	};

	memcpy(line.key, w->to->peer.key, STORE_KEY_LEN);
	store_put_line(app->store, &line, app_records(app), on_kept, w);
}

/* Can a message be written now? If not, it is told. */
static bool
may_write(struct app *app, const char *text)
{
	if (strlen(text) > WIRE_TEXT_MAX)
		app_say(app, LINE_ERROR,
		    _("too long: a message holds 64 KiB; put it in a file and "
		      "/send it. it is still in the input history"));
	else if (app->partner == NULL && app->call != NULL)
		app_say(app, LINE_ERROR,
		    _("nobody has answered at %s yet, so this was not sent; "
		      "Up brings it back"),
		    app->call->target);
	else if (app->partner == NULL)
		app_say(app, LINE_ERROR, "%s",
		    _("nobody is here yet, so this was not sent; Up brings "
		      "it back"));
	else if (app->outbox.count >= APP_OUTBOX_MAX)
		app_say(app, LINE_ERROR, "%s",
		    _("too many messages are waiting; this one was not kept, "
		      "Up brings it back"));
	else
		return true;
	return false;
}

void
talk_say(struct app *app, enum wire_kind kind, const char *text)
{
	struct waiting **end = &app->outbox.first;
	struct waiting *w;

	if (!may_write(app, text))
		return;
	w = waiting_new(app, app->partner, text, strlen(text));
	w->kind = (uint8_t)kind;
	w->time_ms = clock_utc_ms();
	w->name.epoch = app->epoch;
	w->name.last = ++w->to->said;
	while (*end != NULL)
		end = &(*end)->next;
	*end = w;
	keep(w);
}

/* Sending */

size_t
talk_waiting(const struct app *app)
{
	const struct link *l = app->current;
	size_t count = 0;

	for (const struct waiting *w = app->outbox.first; w != NULL;
	     w = w->next)
		count += w->kept && w->to == app->partner &&
			 (l == NULL || w->sent_on != l->serial);
	return count;
}

bool
talk_pending(const struct app *app)
{
	const struct link *l = app->current;

	for (const struct waiting *w = app->outbox.first;
	     l != NULL && w != NULL; w = w->next) {
		if (w->to == l->known && w->sent_on != l->serial)
			return true;
	}
	return false;
}

void
talk_flush(struct app *app)
{
	struct link *l = app->current;

	app->outbox.stuck = false;
	if (l == NULL || !l->met)
		return;
	for (struct waiting *w = app->outbox.first; w != NULL; w = w->next) {
		struct frame_message message = {
		    .epoch = w->name.epoch,
		    .seq = w->name.last,
		    .kind = w->kind,
		    .time_ms = w->time_ms,
		    .text = w->text,
		    .text_len = strlen(w->text),
		};

		if (w->to != l->known || w->sent_on == l->serial)
			continue;
		if (!w->kept)
			return;
		if (session_message(l->session, &message) == ERR_FULL) {
			app->outbox.stuck = true;
			return;
		}
		w->sent_on = l->serial;
		app_refresh_status(app);
		waiting_mark(w, MARK_SENT);
	}
}

/*
 * They have this one, and so all that was written before it. What our disk
 * is still at they cannot have, whatever they say.
 */
static bool
release_up_to(const struct link *l, const struct stream *name)
{
	struct app *app = l->app;
	const struct waiting *last = find_waiting(app, l->known, name);
	struct waiting *next;

	if (last == NULL || !last->kept)
		return false;
	for (struct waiting *w = app->outbox.first; last != NULL; w = next) {
		next = w->next;
		if (w == last)
			last = NULL;
		if (w->to != l->known)
			continue;
		waiting_mark(w, l->known->forgetful ? MARK_SEEN : MARK_STORED);
		waiting_free(w);
	}
	return true;
}

void
talk_acked(struct link *l, const struct stream *name)
{
	/* One that says nothing new costs the disk nothing. */
	if (release_up_to(l, name))
		store_mark_stored(l->app->store, l->known->peer.key, name,
		    !l->known->forgetful);
}

void
talk_link_down(struct link *l)
{
	for (struct waiting *w = l->app->outbox.first; w != NULL; w = w->next) {
		if (w->sent_on == l->serial)
			waiting_mark(w, MARK_WAITING);
	}
}

/* What waits from before */

/* For whom, and the link that asked; 0: none did. */
struct loading {
	struct app *app;
	struct known *to;
	uint64_t serial;
};

/* It goes in front of all that was written after it. */
static void
on_loaded(void *arg, const struct store_line *line)
{
	const struct loading *loading = arg;
	struct app *app = loading->app;
	const struct stream name = {line->epoch, line->seq};
	struct waiting **p = &app->outbox.first;
	struct waiting *w;

	if (find_waiting(app, loading->to, &name) != NULL)
		return;
	w = waiting_new(app, loading->to, line->text, line->text_len);
	w->name = name;
	w->kept = true;
	w->old = line->epoch != app->epoch;
	w->number = line->number;
	w->kind = line->kind;
	w->time_ms = line->time_ms;
	while (
	    *p != NULL && ((*p)->to != w->to ||
			      ((*p)->number != 0 && (*p)->number < w->number)))
		p = &(*p)->next;
	w->next = *p;
	*p = w;
	waiting_mark(w, MARK_WAITING);
}

static void
on_load_end(void *arg, bool ok)
{
	(void)ok;
	free(arg);
}

static struct loading *
loading_new(struct app *app, struct known *to, uint64_t serial)
{
	struct loading *loading = mem_zalloc(sizeof(*loading));

	*loading = (struct loading){app, to, serial};
	return loading;
}

void
talk_load(struct app *app, struct known *to)
{
	store_load_waiting(app->store, to->peer.key, on_loaded, on_load_end,
	    loading_new(app, to, 0));
}

static void
say_meeting(struct link *l, const struct store_met *met)
{
	struct app *app = l->app;

	switch (met->meeting) {
	case STORE_MEET_SAME:
		break;
	case STORE_MEET_NEW:
		if (!l->known->forgetful)
			app_say(app, LINE_NOTICE,
			    _("%s has no history of this talk any more; "
			      "yours is as it was"),
			    l->label);
		break;
	case STORE_MEET_BEHIND:
		app_say(app, LINE_NOTICE,
		    ngettext("%s has an older history again, without %llu "
			     "message of yours: it is sent again",
			"%s has an older history again, without %llu "
			"messages of yours: they are sent again",
			met->again),
		    l->label, (unsigned long long)met->again);
		break;
	case STORE_MEET_AHEAD:
		/* Nobody wonders about it where nothing is kept. */
		if (app->keeping)
			app_say(app, LINE_NOTICE,
			    _("%s has words of yours that your history does "
			      "not hold: said incognito, or it is an older "
			      "history"),
			    l->label);
		break;
	}
}

static void
on_met(void *arg, const struct store_met *met)
{
	struct loading *loading = arg;
	struct link *l = loading->app->current;

	/*
	 * Without the older ones nothing goes: an acknowledgement of a newer
	 * one would be taken for theirs.
	 */
	if (l != NULL && l->serial == loading->serial && met != NULL) {
		l->met = true;
		say_meeting(l, met);
		talk_flush(loading->app);
	}
	free(loading);
}

void
talk_opened(struct link *l)
{
	struct app *app = l->app;

	if (!app->keeping)
		session_keeping(l->session, false);
	release_up_to(l, &l->theirs);
	store_meet(app->store, l->known->peer.key, &l->theirs, on_loaded,
	    on_met, loading_new(app, l->known, l->serial));
}

void
talk_release(struct app *app)
{
	struct waiting *next;

	for (struct waiting *w = app->outbox.first; w != NULL; w = next) {
		next = w->next;
		free(w->text);
		free(w);
	}
	app->outbox.first = NULL;
	history_search_stop(app);
}
