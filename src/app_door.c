/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The door: listening, who may come in, and who is told that the person is
 * busy. Names and addresses decide nothing here, only keys do.
 */
#include "src/app_state.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/app_key.h"
#include "src/app_verify.h"
#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"

enum { ACCEPTS_PER_TURN = 16, LISTEN_REST_MS = 500 };

/*
 * Too many callers have not got through TLS: the one who has tried longest
 * goes, so that slow ones cannot keep others out.
 */
static void
make_room(struct app *app)
{
	struct link *oldest = NULL;
	int strangers = 0;

	for (struct link *l = app->links; l != NULL; l = l->next) {
		if (l->role != SESSION_LISTENER || l->ended ||
		    (l->state != LINK_HANDSHAKE && l->state != LINK_GREETING))
			continue;
		strangers++;
		oldest = l; /* new links go in front */
	}
	if (strangers < APP_STRANGERS_MAX)
		return;
	oldest->ended = true;
	oldest->state = LINK_DOWN;
}

static size_t
caller_count(const struct app *app)
{
	size_t count = 0;

	for (const struct link *l = app->links; l != NULL; l = l->next)
		count += l->role == SESSION_LISTENER;
	return count;
}

static void
listen_again(void *arg)
{
	struct app *app = arg;

	for (int i = 0; i < app->listen_count; i++)
		watch_events(app->listen_watch[i], POLLIN);
}

/* Out of descriptors, say: the caller stays there, and poll(2) says so. */
static void
rest_listening(struct app *app)
{
	for (int i = 0; i < app->listen_count; i++)
		watch_events(app->listen_watch[i], 0);
	timer_arm(app->listen_timer, clock_mono_ms() + LISTEN_REST_MS);
}

static void
take_callers(struct app *app, int listen_fd)
{
	for (int n = 0; n < ACCEPTS_PER_TURN; n++) {
		char text[SOCK_TEXT_MAX];
		struct address from;
		int fd = sock_accept(listen_fd, &from);

		if (fd < 0 && errno != EAGAIN)
			rest_listening(app);
		if (fd < 0)
			return;
		if (caller_count(app) >= APP_CALLERS_MAX) {
			close(fd);
			continue;
		}
		address_text(&from, text);
		make_room(app);
		links_settle(app);
		link_new(app, SESSION_LISTENER, fd, text);
	}
}

static void
on_caller(void *arg, short revents)
{
	struct app *app = arg;

	(void)revents;
	for (int i = 0; i < app->listen_count; i++)
		take_callers(app, app->listen_fds[i]);
}

static void
say_command(struct app *app, const char *address)
{
	struct target target = {.port = (uint16_t)app->options->port};
	char text[SOCK_HOST_MAX + 16];

	if (strlen(address) >= sizeof(target.host))
		return;
	memcpy(target.host, address, strlen(address) + 1);
	target_text(&target, WIRE_PORT, text);
	app_say(app, LINE_HELP, "    charla %s", text);
}

/* What to tell the other person. */
static void
say_addresses(struct app *app)
{
	char own[SOCK_ADDRESS_MAX][SOCK_TEXT_MAX];
	size_t count = sock_own_addresses(own, COUNT(own));
	size_t shown = 0;

	app_say(app, LINE_NOTICE, "%s",
	    _("waiting; the other person types one of these:"));
	if (app->options->bind != NULL) {
		say_command(app, app->options->bind);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		/* A zone is a name of ours; it means nothing over there. */
		if (strchr(own[i], '%') != NULL && shown > 0)
			continue;
		say_command(app, own[i]);
		shown++;
	}
}

int
door_listen(struct app *app)
{
	struct reason why;
	int r = sock_listen(app->options->bind, (uint16_t)app->options->port,
	    app->listen_fds, &why);

	if (r < 0) {
		if (r == ERR_BUSY && app->guest)
			app_say(app, LINE_NOTICE,
			    _("port %d is taken, it seems by your other "
			      "charla: this one can call (/connect localhost) "
			      "but not be called; --port chooses another"),
			    app->options->port);
		else if (app->options->peer != NULL)
			app_say(app, LINE_NOTICE,
			    _("%s; nobody can call you here meanwhile"),
			    why.text);
		else
			app_say(app, LINE_ERROR, "%s", why.text);
		return r;
	}
	app->listen_count = r;
	app->listen_timer = loop_timer(app->loop, listen_again, app);
	for (int i = 0; i < r; i++)
		app->listen_watch[i] = loop_watch(
		    app->loop, app->listen_fds[i], POLLIN, on_caller, app);
	if (app->options->peer == NULL)
		say_addresses(app);
	return 0;
}

void
door_close(struct app *app)
{
	for (int i = 0; i < app->listen_count; i++) {
		watch_remove(app->listen_watch[i]);
		close(app->listen_fds[i]);
	}
	app->listen_count = 0;
	timer_remove(app->listen_timer);
	app->listen_timer = NULL;
}

struct link *
door_rival(const struct link *l)
{
	for (struct link *r = l->app->links; r != NULL; r = r->next) {
		if (r != l && !r->ended && r->session != NULL &&
		    fingerprint_equal(&r->key, &l->key))
			return r;
	}
	return NULL;
}

/*
 * Two links to one peer: one goes. Both sides come to the same answer: where
 * both called at once, the link called by the smaller key stays; otherwise
 * the newer one, for the peer has given the older one up. True: l stays.
 */
static bool
wins_over(const struct link *l, const struct link *rival)
{
	const struct fingerprint *own = identity_fingerprint(l->app->identity);
	bool we_are_smaller =
	    memcmp(own->bytes, l->key.bytes, FINGERPRINT_LEN) < 0;
	bool old = rival->opened_ms != 0 &&
		   clock_mono_ms() - rival->opened_ms > APP_TOGETHER_MS;

	if (l->role == rival->role || old)
		return true;
	return (l->role == SESSION_CALLER) == we_are_smaller;
}

static size_t
knock_count(const struct app *app)
{
	size_t count = 0;

	for (const struct link *l = app->links; l != NULL; l = l->next)
		count += l->state == LINK_KNOCKING;
	return count;
}

static void
say_knock(struct link *l)
{
	struct app *app = l->app;

	app_say_question(app, l->question,
	    _("%u: %s knocks, from %s; /accept %u or /reject %u"), l->question,
	    l->label, conn_address(l->conn), l->question, l->question);
	if (l->before != NULL)
		key_say_knock(l);
	else
		app_say_key(app, _("key"), &l->key);
}

static void
say_busy(struct link *l)
{
	struct app *app = l->app;
	uint64_t now = clock_mono_ms();
	bool again = fingerprint_equal(&app->busy_key, &l->key) &&
		     now - app->busy_said_ms < APP_BUSY_AGAIN_MS;

	if (!again && app_may_report_stranger(app)) {
		app->busy_key = l->key;
		app->busy_said_ms = now;
		app_say(app, LINE_NOTICE,
		    _("%s called from %s and was told that you are busy"),
		    l->label, conn_address(l->conn));
	}
	session_knock(l->session, KNOCK_BUSY);
}

/* Are we, or somebody else who is here just now? */
static bool
is_called_so(const struct link *l, const char *name)
{
	if (people_names_alike(name, l->app->name))
		return true;
	for (const struct link *o = l->app->links; o != NULL; o = o->next) {
		if (o != l && o->name != NULL && !o->ended &&
		    !fingerprint_equal(&o->key, &l->key) &&
		    people_names_alike(name, o->name))
			return true;
	}
	return false;
}

/* One that we gave them. */
static bool
has_own_name(const struct link *l)
{
	const struct known *k = people_find(&l->app->people, l->key.bytes);

	return k != NULL && k->peer.own_name != NULL;
}

static void
set_name(struct link *l, const char *name, size_t len)
{
	char *copy = str_ndup(name, len);

	str_replace(&l->name, copy);
	str_replace(
	    &l->label, is_called_so(l, copy) && !has_own_name(l)
			   ? people_told_apart(copy, l->key.bytes)
			   : people_label(&l->app->people, copy, l->key.bytes));
}

void
door_hello(struct link *l, const struct frame_hello *hello)
{
	struct app *app = l->app;
	struct link *rival = door_rival(l);

	set_name(l, hello->name, hello->name_len);
	l->theirs = (struct stream){hello->stored_epoch, hello->stored_seq};
	l->port = hello->port;
	if (app->leaving) {
		link_bye(l, BYE_QUIT);
		return;
	}
	/* They are told no, and we are told nothing. */
	if (l->known != NULL && l->known->peer.blocked) {
		link_bye(l, BYE_REFUSED);
		return;
	}
	if (rival != NULL && !wins_over(l, rival)) {
		link_bye(l, BYE_DUPLICATE);
		return;
	}
	if (rival != NULL)
		link_bye(rival, BYE_DUPLICATE);
	if (l->role == SESSION_CALLER)
		return;
	if (l->known == NULL)
		l->known = people_find(&app->people, l->key.bytes);
	if (app->current != NULL) {
		say_busy(l);
	} else if (l->known != NULL && l->known->peer.accepted &&
		   !l->known->hung_up) {
		session_knock(l->session, KNOCK_ACCEPTED);
	} else if (knock_count(app) >= APP_KNOCKS_MAX ||
		   !limiter_allows(&app->knocks, APP_KNOCKS_A_MINUTE)) {
		session_knock(l->session, KNOCK_BUSY);
	} else {
		session_knock(l->session, KNOCK_WAITING);
		l->state = LINK_KNOCKING;
		l->question = ++app->next_number;
		l->before = key_before(l);
		say_knock(l);
		verify_show(l);
		app_refresh_status(app);
	}
}

void
door_answer(struct link *l, bool let_in, bool new_key)
{
	struct app *app = l->app;

	if (let_in && app->current != NULL) {
		app_say(app, LINE_ERROR,
		    _("you are talking to %s; /disconnect first"),
		    app->current->label);
		return;
	}
	if (let_in && l->before != NULL && !new_key) {
		app_say(app, LINE_ERROR,
		    _("%s comes with another key than the one you know; if "
		      "all is well: /accept --new-key %u"),
		    l->label, l->question);
		return;
	}
	if (let_in) {
		session_knock(l->session, KNOCK_ACCEPTED);
		return;
	}
	app_say(app, LINE_NOTICE, _("%s was sent away"), l->label);
	session_knock(l->session, KNOCK_REFUSED);
	app_refresh_status(app);
}

/* The talk begins: everybody else who calls or is called steps back. */
static void
others_step_back(struct link *l)
{
	for (struct link *o = l->app->links; o != NULL; o = o->next) {
		if (o != l && o->state == LINK_KNOCKING)
			say_busy(o);
	}
	call_yield(l);
}

/* One of two links went, and this is the other: no news to a person. */
static bool
is_the_other(const struct link *l)
{
	uint64_t doubled = l->known->doubled_ms;

	return doubled != 0 && l->opened_ms - doubled < APP_TOGETHER_MS;
}

/* seen: the key is on the screen, from the knock. */
static void
say_opened(struct link *l, bool first, bool seen)
{
	if (is_the_other(l))
		return;
	app_say(l->app, LINE_NOTICE, _("connected with %s at %s, encrypted"),
	    l->label, conn_address(l->conn));
	if (!first || (seen && l->role == SESSION_LISTENER))
		return;
	app_say(l->app, LINE_NOTICE,
	    _("the key of %s, seen for the first time, is kept from now on:"),
	    l->label);
	app_say_key(l->app, _("key"), &l->key);
}

void
door_opened(struct link *l)
{
	struct app *app = l->app;
	struct known *known;
	bool first, seen;
	uint64_t talk = app->talk;

	/* The call it was made for may have been given up meanwhile. */
	if (l->role == SESSION_CALLER &&
	    (app->call == NULL || app->call->link != l)) {
		link_bye(l, BYE_QUIT);
		return;
	}
	/* One talk at a time: another began while this one was waiting. */
	if (app->current != NULL && app->current != l) {
		link_bye(l, BYE_BUSY);
		return;
	}
	if (l->known == NULL)
		l->known = people_find(&app->people, l->key.bytes);
	first = l->known == NULL || l->known->forgotten;
	if (l->known == NULL)
		l->known = people_add(
		    &app->people, l->key.bytes, l->name, clock_utc_ms());
	known = l->known;
	if (known->forgotten)
		known->peer.first_ms = clock_utc_ms();
	known->forgotten = false;
	str_replace(&known->peer.name, str_dup(l->name));
	known->peer.accepted = true;
	known->peer.last_ms = clock_utc_ms();
	known->hung_up = false;
	known->forgetful = false;
	store_put_peer(app->store, &known->peer);
	call_note_place(l);
	if (first)
		nearby_know_people(app);
	if (l->role == SESSION_CALLER)
		call_answered(l);
	l->state = LINK_OPEN;
	l->opened_ms = clock_mono_ms();
	session_limit(l->session, app->limit);
	app->current = l;
	seen = app->partner == NULL && known->peer.lines == 0;
	history_show(app, known);
	str_replace(&app->partner_label, str_dup(l->label));
	app->lost_ms = 0;
	app->over = false;
	others_step_back(l);
	say_opened(l, first, seen);
	verify_opened(l, app->talk != talk);
	app_refresh_title(app);
	app_refresh_status(app);
	talk_opened(l);
	files_offer(l);
}

void
door_renamed(struct link *l, const char *name, size_t len)
{
	struct app *app = l->app;
	char *before;

	if ((strlen(l->name) == len && memcmp(l->name, name, len) == 0) ||
	    !limiter_allows(&app->renames, APP_RENAMES_A_MINUTE))
		return;
	before = str_dup(l->label);
	set_name(l, name, len);
	str_replace(&l->known->peer.name, str_dup(l->name));
	store_put_peer(app->store, &l->known->peer);
	str_replace(&app->partner_label, str_dup(l->label));
	if (strcmp(before, l->label) != 0)
		app_say(app, LINE_NOTICE, _("%s is now called %s"), before,
		    l->label);
	free(before);
	app_refresh_title(app);
	app_refresh_status(app);
}
