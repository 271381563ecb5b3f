/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A link lives from accept or connect until its last byte has left: TLS,
 * then a session on top. What the session says goes to the door (who),
 * the talk (messages) and the files (transfers).
 */
#include "src/app_state.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/app_link_say.h"
#include "src/app_stranger.h"
#include "src/app_verify.h"
#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/base/util.h"

static void
pump(struct link *l)
{
	if (l->session == NULL || l->state == LINK_DOWN)
		return;
	heard_ack(l);
	session_output(
	    l->session, conn_output(l->conn), CONN_OUT_LOW, clock_mono_ms());
	conn_kick(l->conn);
	if (l->app->outbox.stuck)
		talk_flush(l->app);
}

/* The call's side of an end: try again, or leave it. */
static void
end_call(struct link *l, const char *words, enum wire_bye bye, bool by_us)
{
	struct app *app = l->app;
	struct call *call = app->call;

	if (l->candidate) {
		call_candidate_lost(
		    l, words ? words : _("the link was closed"));
		return;
	}
	if (call == NULL || app->leaving)
		return;
	if (call->link == l)
		call->link = NULL;
	else if (call->link != NULL || call->dial != NULL ||
		 app->current != NULL)
		return;
	if (bye == BYE_DUPLICATE && door_rival(l) != NULL) {
		call_rest(app);
		return;
	}
	if (link_end_is_final(bye, by_us)) {
		/* No words: the person has ended it, and knows. */
		if (call->quiet || words == NULL) {
			call_stop(app);
			return;
		}
		app_say(app, LINE_WARNING, _("%s; /connect %s calls again"),
		    words, call->target);
		app->over = app->failed = true;
		call_stop(app);
		return;
	}
	call_lost(
	    app, words ? words : _("the link was closed"), l->opened_ms != 0);
}

/* Deal with the end of a link, once. words: NULL for a silent one. */
static void
link_end(struct link *l, const char *words, enum wire_bye bye, bool by_us)
{
	struct app *app = l->app;
	bool was_open = l->state == LINK_OPEN;
	/* Not where we have sent them away. */
	bool gone = l->state == LINK_KNOCKING && (!by_us || bye == BYE_TIMEOUT);

	if (l->ended)
		return;
	l->ended = true;
	if (l->state != LINK_DOWN)
		l->state = LINK_CLOSING;
	timer_arm(l->timer, clock_mono_ms() + CONN_CLOSE_MS);
	if (app->current == l) {
		app->current = NULL;
		app->lost_ms = bye == BYE_REFUSED ? 0 : clock_utc_ms();
		app->left = bye == BYE_QUIT;
	}
	link_say_end(l, was_open, gone, words, bye);
	if (was_open) {
		files_link_down(l);
		talk_link_down(l);
		heard_link_down(l);
	}
	if (was_open && (bye == BYE_QUIT || link_end_is_final(bye, by_us)))
		app->over = true;
	if (was_open && bye == BYE_DUPLICATE)
		l->known->doubled_ms = clock_mono_ms();
	if (l->digits_shown && bye != BYE_DUPLICATE)
		app->digits_ms = 0;
	if (gone)
		app->question_gone_ms = clock_mono_ms();
	end_call(l, words, bye, by_us);
	/* A goodbye is one: who leaves will call when they are back. */
	if (was_open && bye == BYE_TIMEOUT)
		call_back(l);
	app_refresh_title(app);
	app_refresh_status(app);
}

/* There is nobody to say goodbye to: it ends here and now. */
static void
link_lose(struct link *l, const char *why)
{
	char *words =
	    str_printf(_("the link to %s is lost: %s"), l->label, why);

	link_end(l, words, BYE_TIMEOUT, true);
	free(words);
	l->state = LINK_DOWN;
}

static void
on_ended(struct link *l, const struct session_event *event)
{
	char *words = link_end_words(l, event);

	log_debug("link %llu: ended, bye %d, by us %d",
	    (unsigned long long)l->serial, event->bye, event->by_us);
	if (event->bye == BYE_DIGITS && !event->by_us)
		verify_refused(l);
	link_end(l, words, event->bye, event->by_us);
	free(words);
}

static void
on_ack(struct link *l, const struct session_event *event)
{
	const struct stream name = {event->epoch, event->seq};

	talk_acked(l, &name);
}

static void
on_session(void *arg, const struct session_event *event)
{
	struct link *l = arg;

	switch (event->type) {
	case SESSION_HELLO:
		door_hello(l, event->hello);
		break;
	case SESSION_RINGING:
		app_say(l->app, LINE_NOTICE,
		    _("ringing: %s has to say /accept first"), l->label);
		l->ringing = true;
		verify_show(l);
		app_refresh_status(l->app);
		break;
	case SESSION_OPEN:
		door_opened(l);
		break;
	case SESSION_DIGITS:
		verify_digits(l);
		break;
	case SESSION_AGREE:
		verify_heard(l);
		break;
	case SESSION_MESSAGE:
		heard_message(l, event->message);
		break;
	case SESSION_ACK:
		on_ack(l, event);
		break;
	case SESSION_TYPING:
		heard_typing(l, event->typing);
		break;
	case SESSION_KEEPING:
		l->known->forgetful = !event->keeping;
		break;
	case SESSION_ROUND_TRIP:
		app_refresh_status(l->app);
		break;
	case SESSION_PRESENCE:
		door_renamed(l, event->name, event->name_len);
		break;
	case SESSION_ENDED:
		on_ended(l, event);
		break;
	default:
		files_event(l, event);
		break;
	}
}

static void
on_deadline(void *arg)
{
	struct link *l = arg;

	if (l->state == LINK_CLOSING)
		l->state = LINK_DOWN; /* they would not take the last bytes */
	else
		session_tick(l->session, clock_mono_ms());
}

static void
on_up(struct link *l)
{
	struct app *app = l->app;
	struct session_config config = {
	    .role = l->role,
	    .name = app->name,
	    .epoch = app->epoch,
	    .port = app->listen_count > 0 ? (uint16_t)app->options->port : 0,
	    .on_event = on_session,
	    .arg = l,
	};

	if (l->ended)
		return;
	l->key = *conn_fingerprint(l->conn);
	if (l->role == SESSION_CALLER && !call_key_fits(l)) {
		l->ended = true;
		l->state = LINK_CLOSING;
		return;
	}
	l->known = people_find(&app->people, l->key.bytes);
	if (l->known != NULL) {
		config.stored_epoch = l->known->committed.epoch;
		config.stored_seq = l->known->committed.last;
	}
	verify_config(l, &config);
	l->session = session_new(&config, clock_mono_ms());
	l->state = LINK_GREETING;
	app_refresh_status(app);
}

/* A caller whose TLS came to nothing: one line. */
static void
report_stranger(struct link *l, const struct conn_event *event)
{
	const char *from = conn_address(l->conn);

	if (event->fault == CONN_PLAINTEXT)
		stranger_say(l->app, LINE_NOTICE,
		    _("a program at %s called that is not charla (what it sent "
		      "was not encrypted); it got nothing"),
		    from);
	else
		stranger_say(l->app, LINE_NOTICE,
		    _("a caller from %s did not get through: %s"), from,
		    event->why->text);
}

static void
on_down(struct link *l, const struct conn_event *event)
{
	bool early = l->state == LINK_HANDSHAKE;

	log_debug("link %llu: down, fault %d: %s",
	    (unsigned long long)l->serial, event->fault, event->why->text);
	if (early && l->role == SESSION_LISTENER) {
		report_stranger(l, event);
		l->ended = true;
	}
	if (early || l->label == NULL)
		link_end(l, event->why->text, BYE_TIMEOUT, true);
	else
		link_lose(l, event->why->text);
	l->state = LINK_DOWN;
}

static void
on_conn(void *arg, const struct conn_event *event)
{
	struct link *l = arg;

	switch (event->type) {
	case CONN_UP:
		on_up(l);
		break;
	case CONN_INPUT:
		if (l->session != NULL)
			session_input(
			    l->session, conn_input(l->conn), clock_mono_ms());
		else
			buf_clear(conn_input(l->conn));
		break;
	case CONN_ROOM:
		pump(l);
		break;
	case CONN_DOWN:
		on_down(l, event);
		break;
	}
}

struct link *
link_new(struct app *app, enum session_role role, int fd, const char *address)
{
	struct link *l = mem_zalloc(sizeof(*l));
	struct conn_config config = {
	    .loop = app->loop,
	    .tls = app->tls,
	    .role = role == SESSION_CALLER ? TLS_CALLER : TLS_LISTENER,
	    .fd = fd,
	    .address = address,
	    .on_event = on_conn,
	    .arg = l,
	};

	l->app = app;
	l->role = role;
	l->state = LINK_HANDSHAKE;
	l->serial = ++app->link_serial;
	l->label = str_dup(address);
	l->conn = conn_new(&config);
	l->timer = loop_timer(app->loop, on_deadline, l);
	l->next = app->links;
	app->links = l;
	return l;
}

void
link_bye(struct link *l, enum wire_bye why)
{
	if (l->state == LINK_CLOSING || l->state == LINK_DOWN)
		return;
	if (l->session != NULL) {
		heard_ack(l);
		session_bye(l->session, why);
	}
	link_end(l, NULL, why, true);
}

void
links_doubt(struct app *app)
{
	struct link *l = app->current;

	if (l != NULL && !conn_path_is_up(l->conn))
		link_lose(l, _("the network is another one now"));
	else if (l != NULL)
		session_probe(l->session, clock_mono_ms());
	call_hurry(app);
}

static void
link_free(struct link *l)
{
	conn_free(l->conn);
	session_free(l->session);
	timer_remove(l->timer);
	free(l->name);
	free(l->label);
	free(l);
}

void
links_settle(struct app *app)
{
	struct link **p = &app->links;

	while (*p != NULL) {
		struct link *l = *p;

		pump(l);
		if (l->state == LINK_CLOSING && !l->finishing &&
		    (l->session == NULL || !session_has_output(l->session))) {
			l->finishing = true;
			conn_finish(l->conn);
		}
		if (l->state == LINK_DOWN) {
			*p = l->next;
			link_free(l);
			continue;
		}
		if (l->session != NULL && !session_is_ended(l->session))
			timer_arm(l->timer, session_deadline(l->session));
		p = &l->next;
	}
}

void
links_free(struct app *app)
{
	struct link *next;

	for (struct link *l = app->links; l != NULL; l = next) {
		next = l->next;
		link_free(l);
	}
	app->links = NULL;
}
