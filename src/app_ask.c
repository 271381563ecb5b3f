/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person asks for, and what they are told where it cannot be. */
#include "src/app_state.h"

#include <stdlib.h>
#include <string.h>

#include "src/app_somebody.h"
#include "src/base/i18n.h"
#include "src/base/util.h"

void
app_message(struct app *app, const char *text)
{
	talk_say(app, MESSAGE_TEXT, text);
}

void
app_action(struct app *app, const char *text)
{
	talk_say(app, MESSAGE_ACTION, text);
}

static struct link *
knock_with(struct app *app, unsigned number)
{
	for (struct link *l = app->links; l != NULL; l = l->next) {
		if (l->state == LINK_KNOCKING &&
		    (number == 0 || l->question == number))
			return l;
	}
	return NULL;
}

static void
answer(struct app *app, unsigned number, bool yes, bool new_key)
{
	struct link *l = knock_with(app, number);
	struct drop *d = files_question(app, number);
	size_t open = app_question_count(app);
	bool changed = app->question_gone_ms != 0 &&
		       clock_mono_ms() - app->question_gone_ms < APP_GONE_MS;

	if (number == 0 && open == 1 && changed) {
		app_say(app, LINE_ERROR, "%s",
		    _("another question went away just now; say which one "
		      "you mean, with its number"));
	} else if (number == 0 && open > 1) {
		app_say(app, LINE_ERROR,
		    _("there are %zu questions; say which, with its number"),
		    open);
	} else if (l != NULL) {
		door_answer(l, yes, new_key);
	} else if (d != NULL) {
		files_answer(d, yes);
	} else if (number == 0) {
		app_say(app, LINE_ERROR, "%s",
		    _("there is nothing to answer just now"));
	} else {
		app_say(app, LINE_ERROR,
		    _("there is no question with the number %u"), number);
	}
}

void
app_accept(struct app *app, unsigned number)
{
	answer(app, number, true, false);
}

void
app_accept_new_key(struct app *app, unsigned number)
{
	const struct link *l = knock_with(app, number);

	if (l == NULL || l->before == NULL)
		app_say(app, LINE_ERROR, "%s",
		    _("nobody knocks there whose key is another than before"));
	else
		answer(app, number, true, true);
}

void
app_reject(struct app *app, unsigned number)
{
	answer(app, number, false, false);
}

/* Could it be what somebody is called, and not a host alone? */
static bool
may_be_name(struct app *app, const char *text)
{
	char pinned[SOCK_HOST_MAX + 16];
	struct target target;
	struct reason why;

	if (target_parse(text, WIRE_PORT, &target, &why) < 0)
		return true;
	target_text(&target, WIRE_PORT, pinned);
	return strchr(text, ':') == NULL && !target_is_numeric(&target) &&
	       people_pin(&app->people, pinned) == NULL;
}

/* True where somebody of that name or number is called, or it was told. */
static bool
connect_person(struct app *app, const char *text)
{
	bool number = strspn(text, "0123456789") == strlen(text);
	const struct somebody *one;
	struct somebodies all;
	int r;

	if (!number && !may_be_name(app, text))
		return false;
	somebodies_list(app, &all);
	r = somebody_find(&all, text, &one);
	if (r == ERR_EXISTS) {
		somebody_meant(app, &all, text);
	} else if (r == 0 && one->known != NULL && one->known->peer.blocked) {
		app_say(app, LINE_ERROR, _("%s is blocked; /unblock first"),
		    one->label);
	} else if (r == 0) {
		call_person(app, &one->key, one->label);
	}
	somebodies_release(&all);
	return r != ERR_NOT_FOUND;
}

void
app_connect(struct app *app, const char *text, bool new_key)
{
	struct target target;
	struct reason why;

	if (app->current != NULL) {
		app_say(app, LINE_ERROR,
		    _("you are talking to %s; /disconnect first"),
		    app->current->label);
		return;
	}
	if (app->tls == NULL || app->memory == NULL) {
		app_say(app, LINE_ERROR, "%s",
		    _("still starting; try again in a moment"));
		return;
	}
	if (!new_key && connect_person(app, text))
		return;
	if (target_parse(text, WIRE_PORT, &target, &why) == 0)
		call_start(
		    app, &target, new_key, !new_key && may_be_name(app, text));
	else if (!new_key && strchr(text, ' ') != NULL && nearby_works(app))
		call_await(app, text);
	else
		app_say(app, LINE_ERROR, "%s", why.text);
}

void
app_disconnect(struct app *app)
{
	struct link *l = app->current;
	bool calling = app->call != NULL;

	if (l != NULL) {
		app_say(app, LINE_NOTICE,
		    _("you hung up; %s has to knock again"), l->label);
		l->known->hung_up = true;
		link_bye(l, BYE_REFUSED);
		app->lost_ms = 0;
	} else if (calling) {
		app_say(app, LINE_NOTICE, _("stopped calling %s"),
		    app->call->target);
	} else {
		app_say(app, LINE_ERROR, "%s", _("nobody is connected"));
	}
	call_stop(app);
	app->over = true;
	app_refresh_title(app);
	app_refresh_status(app);
}

void
app_set_name(struct app *app, const char *name)
{
	struct reason why;

	if (options_check_name(name, &why) < 0) {
		app_say(app, LINE_ERROR, "%s", why.text);
		return;
	}
	str_replace(&app->name, str_dup(name));
	if (name != app->options->name)
		str_replace(&app->options->name, str_dup(name));
	app_say(app, LINE_NOTICE,
	    _("you are called %s now; /set save keeps it"), name);
	app->chosen[OPTION_NAME] = true;
	nearby_refresh(app);
	if (app->current != NULL)
		session_presence(app->current->session, name);
}

void
app_clear(struct app *app)
{
	model_clear(&app->model);
}

void
app_quit(struct app *app)
{
	if (!app->keeping && !app->guest && app->outbox.first != NULL &&
	    !app->quit_asked) {
		app->quit_asked = true;
		app_say(app, LINE_WARNING, "%s",
		    _("what waits to be sent is not kept and would be lost; "
		      "/quit again leaves"));
		return;
	}
	if (lines_waiting(app) && !app->quit_asked) {
		app->quit_asked = true;
		app_say(app, LINE_WARNING, "%s",
		    _("what waits to be said would be lost; /quit again "
		      "leaves"));
		return;
	}
	if (files_running(app) && !app->quit_asked) {
		app->quit_asked = true;
		app_say(app, LINE_WARNING, "%s",
		    _("a transfer is running and goes on next time; /quit "
		      "again leaves"));
		return;
	}
	app_leave(app);
}
