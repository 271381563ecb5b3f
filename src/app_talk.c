/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The talk. An own message is on our disk before it is sent, and is sent
 * again on every new link until the other side has acknowledged it; one of
 * theirs is on our disk before we acknowledge it. Message numbers make the
 * repetition harmless.
 */
#include "src/app_state.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"

/* Messages that arrived and are not on our disk: no more are read then. */
enum { RECEIVING_MAX = 2000, RECEIVING_LOW = 1000 };

static void
on_kept(void *arg, bool ok, const struct reason *why)
{
	struct waiting *w = arg;

	if (--w->keeping > 0)
		return; /* it has got another number meanwhile */
	w->state = ok ? WAITING_STORED : WAITING_BROKEN;
	if (!ok)
		app_say(w->app, LINE_ERROR,
		    _("a message could not be kept on the disk, so it was "
		      "not sent: %s"),
		    why->text);
	talk_flush(w->app);
}

/* Give it its number and put it into the store; it is sent after that. */
static void
keep(struct waiting *w)
{
	struct store_message message = {
	    .own = true,
	    .seq = ++w->to->peer.last_sent,
	    .kind = w->kind,
	    .time_ms = w->time_ms,
	    .text = w->text,
	    .text_len = strlen(w->text),
	};

	memcpy(message.key, w->to->peer.key, STORE_KEY_LEN);
	w->seq = message.seq;
	w->keeping++;
	store_put_message(w->app->store, &message, on_kept, w);
}

static struct waiting *
waiting_new(struct app *app, const char *text, size_t len)
{
	struct waiting *w = mem_zalloc(sizeof(*w));

	w->app = app;
	w->text = str_ndup(text, len);
	app->outbox.count++;
	return w;
}

static void
append(struct outbox *outbox, struct waiting *w)
{
	struct waiting **end = &outbox->first;

	while (*end != NULL)
		end = &(*end)->next;
	*end = w;
}

/* Whom a typed line is for. False: nobody. *to NULL: who answers the call. */
static bool
addressee(const struct app *app, struct known **to)
{
	const uint8_t *pin;

	*to = app->partner;
	if (app->current != NULL || app->call == NULL)
		return app->partner != NULL;
	pin = people_pin(&app->people, app->call->target);
	*to = pin ? people_find(&app->people, pin) : NULL;
	return true;
}

void
talk_say(struct app *app, enum wire_kind kind, const char *text)
{
	struct waiting *w;
	struct known *to;

	if (strlen(text) > WIRE_TEXT_MAX) {
		app_say(app, LINE_ERROR,
		    _("too long: a message holds 64 KiB; put it in a file and "
		      "/send it. it is still in the input history"));
		return;
	}
	if (!addressee(app, &to) || !app->store_ready) {
		app_say(app, LINE_ERROR, "%s",
		    _("nobody is here yet, so this was not sent; Up brings "
		      "it back"));
		return;
	}
	if (app->outbox.count >= APP_OUTBOX_MAX) {
		app_say(app, LINE_ERROR, "%s",
		    _("too many messages are waiting; this one was not kept, "
		      "Up brings it back"));
		return;
	}
	w = waiting_new(app, text, strlen(text));
	w->kind = (uint8_t)kind;
	w->time_ms = clock_utc_ms();
	w->to = to;
	w->line = model_add(&app->model, LINE_OWN, app->name, text, w->time_ms);
	if (kind == MESSAGE_ACTION)
		model_set_action(&app->model, w->line);
	model_mark(&app->model, w->line, MARK_WAITING);
	append(&app->outbox, w);
	if (to != NULL)
		keep(w);
}

void
talk_flush(struct app *app)
{
	struct link *l = app->current;

	app->outbox.stuck = false;
	if (l == NULL || !l->known->outbox_loaded)
		return;
	for (struct waiting *w = app->outbox.first; w != NULL; w = w->next) {
		struct frame_message message = {
		    .seq = w->seq,
		    .kind = w->kind,
		    .time_ms = w->time_ms,
		    .text = w->text,
		    .text_len = strlen(w->text),
		};

		if (w->to != l->known || w->state == WAITING_BROKEN ||
		    w->sent_on == l->serial)
			continue;
		if (w->state == WAITING_UNSTORED)
			return;
		if (session_message(l->session, &message) == ERR_FULL) {
			app->outbox.stuck = true;
			return;
		}
		w->sent_on = l->serial;
		model_mark(&app->model, w->line, MARK_SENT);
	}
}

static void
waiting_free(struct waiting *w)
{
	w->app->outbox.count--;
	free(w->text);
	free(w);
}

/* They were for whoever answers that call, and for nobody else. */
void
talk_call_stopped(struct app *app, const char *target)
{
	struct waiting **p = &app->outbox.first;
	size_t dropped = 0;

	while (*p != NULL) {
		struct waiting *w = *p;

		if (w->to != NULL) {
			p = &w->next;
			continue;
		}
		*p = w->next;
		waiting_free(w);
		dropped++;
	}
	if (dropped > 0)
		app_say(app, LINE_WARNING,
		    ngettext("%zu message for %s was not sent; Up brings it "
			     "back",
			"%zu messages for %s were not sent; Up brings them "
			"back",
			dropped),
		    dropped, target);
}

void
talk_acked(struct app *app, const struct known *who, uint64_t seq)
{
	struct waiting **p = &app->outbox.first;

	while (*p != NULL) {
		struct waiting *w = *p;

		if (w->to != who || w->state != WAITING_STORED ||
		    w->seq > seq) {
			p = &w->next;
			continue;
		}
		model_mark(&app->model, w->line, MARK_STORED);
		*p = w->next;
		waiting_free(w);
	}
	store_mark_stored(app->store, who->peer.key, seq);
}

/* Whose old messages are being loaded. */
struct loading {
	struct app *app;
	struct known *to;
};

/* One message of an earlier run that has not arrived: it goes in front. */
static void
on_old_message(void *arg, const struct store_message *message)
{
	const struct loading *loading = arg;
	struct app *app = loading->app;
	struct known *to = loading->to;
	struct waiting **p = &app->outbox.first;
	struct waiting *w;

	while (*p != NULL && ((*p)->to != to || (*p)->seq < message->seq))
		p = &(*p)->next;
	if (*p != NULL && (*p)->seq == message->seq)
		return;
	w = waiting_new(app, message->text, message->text_len);
	w->to = to;
	w->seq = message->seq;
	w->kind = message->kind;
	w->time_ms = message->time_ms;
	w->state = WAITING_STORED;
	w->from_store = true;
	w->line =
	    model_add(&app->model, LINE_OWN, app->name, w->text, w->time_ms);
	if (w->kind == MESSAGE_ACTION)
		model_set_action(&app->model, w->line);
	model_mark(&app->model, w->line, MARK_WAITING);
	w->next = *p;
	*p = w;
}

/* Never sent on any link, nor known from an earlier run. */
static bool
is_fresh(const struct waiting *w, const struct known *to)
{
	return w->to == to && w->sent_on == 0 && !w->from_store;
}

/*
 * They have numbers of ours that we never sent: our store was begun anew, or
 * put back. What is new gets numbers beyond theirs, all of it, in order.
 */
static void
renumber(struct app *app, struct known *known, uint64_t last_stored)
{
	bool collides = false;
	struct waiting *w;

	for (w = app->outbox.first; w != NULL; w = w->next)
		collides |= is_fresh(w, known) && w->seq <= last_stored;
	if (known->peer.last_sent < last_stored)
		known->peer.last_sent = last_stored;
	for (w = app->outbox.first; collides && w != NULL; w = w->next) {
		if (is_fresh(w, known)) {
			w->state = WAITING_UNSTORED;
			keep(w);
		}
	}
}

/* The numbers of both sides are known, and so is what waits. */
static void
settle(struct link *l)
{
	struct app *app = l->app;
	struct known *known = l->known;

	renumber(app, known, l->peer_stored);
	if (l->peer_stored > 0)
		talk_acked(app, known, l->peer_stored);
	for (struct waiting *w = app->outbox.first; w != NULL; w = w->next) {
		if (w->to == NULL && l->role == SESSION_CALLER) {
			w->to = known;
			keep(w);
		}
	}
	talk_flush(app);
}

static void
on_old_loaded(void *arg, bool ok)
{
	struct loading *loading = arg;
	struct app *app = loading->app;

	loading->to->outbox_loaded = ok;
	if (ok && app->current != NULL && app->current->known == loading->to)
		settle(app->current);
	free(loading);
}

static void
load_old(struct app *app, struct known *to)
{
	struct loading *loading = mem_zalloc(sizeof(*loading));

	*loading = (struct loading){app, to};
	store_load_waiting(
	    app->store, to->peer.key, on_old_message, on_old_loaded, loading);
}

void
talk_opened(struct link *l)
{
	if (l->known->outbox_loaded)
		settle(l);
	else
		load_old(l->app, l->known);
}

/* What a commit of one of their messages has to find again. */
struct receipt {
	struct app *app;
	struct known *from;
	uint64_t seq;
};

static void
on_received(void *arg, bool ok, const struct reason *why)
{
	struct receipt *receipt = arg;
	struct app *app = receipt->app;
	struct known *from = receipt->from;
	struct link *l = app->current;

	if (--app->receiving == RECEIVING_LOW && l != NULL)
		conn_pause(l->conn, false);
	if (!ok && !from->store_broken) {
		from->store_broken = true;
		app_say(app, LINE_ERROR,
		    _("what arrives can no longer be kept on the disk: %s"),
		    why->text);
	}
	if (!from->store_broken) {
		from->committed = receipt->seq;
		if (l != NULL && l->known == from)
			session_ack(l->session, receipt->seq);
	}
	free(receipt);
}

void
talk_message(struct link *l, const struct frame_message *message)
{
	struct app *app = l->app;
	struct known *from = l->known;
	struct store_message copy = {
	    .seq = message->seq,
	    .kind = message->kind,
	    .time_ms = message->time_ms,
	    .text = message->text,
	    .text_len = message->text_len,
	};
	struct receipt *receipt;
	char *clean;
	size_t line;

	if (message->seq > APP_SEQ_MAX) {
		session_bye(l->session, BYE_PROTOCOL);
		return;
	}
	if (message->seq <= from->peer.last_received) {
		if (message->seq <= from->committed)
			session_ack(l->session, from->committed);
		return;
	}
	copy.previous = from->peer.last_received;
	from->peer.last_received = message->seq;
	clean = text_clean(message->text, message->text_len, TEXT_BLOCK);
	line =
	    model_add(&app->model, LINE_PEER, l->label, clean, clock_utc_ms());
	if (message->kind == MESSAGE_ACTION)
		model_set_action(&app->model, line);
	free(clean);
	model_typing(&app->model, NULL);
	receipt = mem_zalloc(sizeof(*receipt));
	*receipt = (struct receipt){app, from, message->seq};
	memcpy(copy.key, from->peer.key, STORE_KEY_LEN);
	store_put_message(app->store, &copy, on_received, receipt);
	if (++app->receiving >= RECEIVING_MAX)
		conn_pause(l->conn, true);
}

static void
say_typing(struct app *app, bool typing)
{
	if (app->current != NULL)
		session_typing(app->current->session, typing);
	app->typing_said = typing;
	app->typing_said_ms = clock_mono_ms();
}

static void
on_typing_idle(void *arg)
{
	say_typing(arg, false);
}

void
talk_edited(struct app *app, bool empty)
{
	uint64_t now = clock_mono_ms();

	if (app->current == NULL)
		return;
	if (empty) {
		timer_disarm(app->typing_idle);
		if (app->typing_said)
			say_typing(app, false);
		return;
	}
	timer_arm(app->typing_idle, now + APP_TYPING_IDLE_MS);
	if (!app->typing_said ||
	    now - app->typing_said_ms >= APP_TYPING_SEND_MS)
		say_typing(app, true);
}

static void
on_typing_shown(void *arg)
{
	struct app *app = arg;

	model_typing(&app->model, NULL);
}

void
talk_typing(struct link *l, bool typing)
{
	struct app *app = l->app;

	model_typing(&app->model, typing ? l->label : NULL);
	if (typing)
		timer_arm(
		    app->typing_shown, clock_mono_ms() + APP_TYPING_SHOW_MS);
	else
		timer_disarm(app->typing_shown);
}

void
talk_link_down(struct link *l)
{
	struct app *app = l->app;

	app->typing_said = false;
	timer_disarm(app->typing_idle);
	timer_disarm(app->typing_shown);
	model_typing(&app->model, NULL);
	for (struct waiting *w = app->outbox.first; w != NULL; w = w->next) {
		if (w->sent_on == l->serial)
			model_mark(&app->model, w->line, MARK_WAITING);
	}
}

void
talk_init(struct app *app)
{
	app->typing_idle = loop_timer(app->loop, on_typing_idle, app);
	app->typing_shown = loop_timer(app->loop, on_typing_shown, app);
}

void
talk_release(struct app *app)
{
	timer_remove(app->typing_idle);
	timer_remove(app->typing_shown);
	while (app->outbox.first != NULL) {
		struct waiting *w = app->outbox.first;

		app->outbox.first = w->next;
		waiting_free(w);
	}
}
