/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Listening: callers are taken in, and told how to get here. */
#include "src/app_state.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "src/base/i18n.h"
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
