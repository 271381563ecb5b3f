/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the other side writes. It is shown at once, and acknowledged when our
 * disk has it: shown and lost in a crash, it comes again.
 */
#include "src/app_state.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"

/* Messages that arrived and are not on our disk: no more are read then. */
enum { RECEIVING_MAX = 4000, RECEIVING_LOW = 2000 };

/* What a commit of one of their messages has to find again. */
struct receipt {
	struct app *app;
	struct known *from;
	struct stream name;
	int64_t time_ms; /* UTC, of its arrival: their clock may be wrong */
	size_t bytes;
	uint64_t talk; /* in which it was shown, */
	uint64_t line; /* and its id there */
};

/*
 * Our disk would not have it: forget that it came, and begin the link anew.
 * It was not acknowledged, so it will be sent again.
 */
static void
give_back(struct receipt *receipt, const struct reason *why)
{
	struct app *app = receipt->app;
	struct known *from = receipt->from;
	struct link *l = app->current;

	known_unhear(from, receipt->name.epoch, receipt->name.last);
	if (l == NULL || l->known != from)
		return;
	app_say(app, LINE_ERROR,
	    _("what arrives cannot be kept on the disk; it will be sent "
	      "again: %s"),
	    why->text);
	link_bye(l, BYE_TIMEOUT);
}

void
heard_ack(struct link *l)
{
	if (l->stored.epoch == 0)
		return;
	session_ack(l->session, l->stored.epoch, l->stored.last);
	l->stored = (struct stream){0};
}

/* One word about all that our disk has got in this turn of the loop. */
static void
ack_later(struct link *l, const struct stream *name)
{
	if (l->stored.epoch != name->epoch)
		heard_ack(l);
	l->stored = *name;
}

static void
on_received(void *arg, bool ok, uint64_t number, const struct reason *why)
{
	struct receipt *receipt = arg;
	struct app *app = receipt->app;
	struct known *from = receipt->from;
	struct link *l = app->current;

	app->receiving--;
	app->receiving_bytes -= receipt->bytes;
	if (app->receiving <= RECEIVING_LOW &&
	    app->receiving_bytes <= APP_RECEIVING_MAX / 2 && l != NULL)
		conn_pause(l->conn, false);
	if (number > from->peer.lines)
		from->peer.lines = number;
	if (receipt->talk == app->talk)
		model_set_number(&app->model, receipt->line, number);
	if (!ok) {
		give_back(receipt, why);
	} else {
		from->committed = receipt->name;
		if (l != NULL && l->known == from)
			ack_later(l, &receipt->name);
	}
	free(receipt);
}

static void
keep(struct receipt *receipt, const struct frame_message *message,
    uint64_t previous)
{
	struct app *app = receipt->app;
	struct store_line line = {
	    .epoch = message->epoch,
	    .seq = message->seq,
	    .previous = previous,
	    .kind = message->kind,
	    .time_ms = receipt->time_ms,
	    .text = message->text,
	    .text_len = message->text_len,
	};

	memcpy(line.key, receipt->from->peer.key, STORE_KEY_LEN);
	receipt->bytes = message->text_len;
	app->receiving++;
	app->receiving_bytes += receipt->bytes;
	store_put_line(
	    app->store, &line, app_records(app), on_received, receipt);
}

static uint64_t
show(struct link *l, const struct frame_message *message, int64_t time_ms)
{
	char *text = text_clean(message->text, message->text_len, TEXT_BLOCK);
	const struct line_spec spec = {
	    .kind = LINE_PEER,
	    .action = message->kind == MESSAGE_ACTION,
	    .time_ms = time_ms,
	    .who = l->label,
	    .text = text,
	    .awaits = true,
	};
	const struct news news = {
	    .kind = NEWS_MESSAGE,
	    .who = l->label,
	    .text = text,
	    .action = spec.action,
	};
	uint64_t id = model_add(&l->app->model, &spec);

	app_tell(l->app, &news);
	free(text);
	return id;
}

/* It came before: say again what is on our disk, if it is. */
static void
again(struct link *l, const struct frame_message *message)
{
	if (l->app->receiving == 0)
		session_ack(l->session, message->epoch, message->seq);
}

/* What was written cannot have come from the future. */
static void
compare_clocks(struct link *l, const struct frame_message *message)
{
	const int64_t now = clock_utc_ms();
	uint64_t ahead;

	if (now < 0 || message->time_ms <= now)
		return;
	ahead = (uint64_t)(message->time_ms - now);
	if (ahead > l->ahead_ms)
		l->ahead_ms = ahead;
}

void
heard_message(struct link *l, const struct frame_message *message)
{
	struct app *app = l->app;
	struct known *from = l->known;
	uint64_t previous = known_heard(from, message->epoch);
	struct receipt *receipt;

	if (message->seq <= previous) {
		again(l, message);
		return;
	}
	/* One for each run whose words waited: nobody has that many. */
	if (previous == 0 && ++l->epochs > APP_EPOCHS_MAX) {
		session_bye(l->session, BYE_PROTOCOL);
		return;
	}
	known_hear(from, message->epoch, message->seq);
	compare_clocks(l, message);
	receipt = mem_zalloc(sizeof(*receipt));
	*receipt = (struct receipt){
	    .app = app,
	    .from = from,
	    .name = {message->epoch, message->seq},
	    .time_ms = clock_utc_ms(),
	    .talk = app->talk,
	};
	receipt->line = show(l, message, receipt->time_ms);
	model_typing(&app->model, NULL);
	keep(receipt, message, previous);
	if (app->receiving >= RECEIVING_MAX ||
	    app->receiving_bytes >= APP_RECEIVING_MAX)
		conn_pause(l->conn, true);
}

/* Who is typing */

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
typing_edited(struct app *app, bool empty)
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
heard_typing(struct link *l, bool typing)
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
heard_link_down(struct link *l)
{
	struct app *app = l->app;

	app->typing_said = false;
	timer_disarm(app->typing_idle);
	timer_disarm(app->typing_shown);
	model_typing(&app->model, NULL);
}

void
heard_init(struct app *app)
{
	app->typing_idle = loop_timer(app->loop, on_typing_idle, app);
	app->typing_shown = loop_timer(app->loop, on_typing_shown, app);
}

void
heard_release(struct app *app)
{
	timer_remove(app->typing_idle);
	timer_remove(app->typing_shown);
}
