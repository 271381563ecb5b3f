/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sentence of the status line, from the state of everything. */
#include "src/app_state.h"

#include <inttypes.h>
#include <stdlib.h>

#include "src/base/i18n.h"
#include "src/base/util.h"

/* How the way to the partner goes, or to whoever may call. */
static char *
way_status(const struct app *app)
{
	const char *call = call_status(app);

	if (call != NULL)
		return str_dup(call);
	if (app->memory == NULL || app->tls == NULL)
		return str_dup(_("starting"));
	if (app->listen_count == 0)
		return str_dup(_("not listening; /connect HOST calls"));
	if (app->partner_label != NULL)
		return str_printf(_("waiting for %s on port %d"),
		    app->partner_label, app->options->port);
	return str_printf(
	    _("waiting for a call on port %d"), app->options->port);
}

static char *
connected_status(const struct link *l)
{
	uint64_t ms = session_round_trip_ms(l->session);

	if (ms == 0 || l->app->plain)
		return str_printf(_("connected with %s"), l->label);
	return str_printf(_("connected with %s, %" PRIu64 " ms"), l->label, ms);
}

static char *
link_status(const struct app *app)
{
	char *status, *way;
	char clock[16];

	if (app->leaving)
		return str_dup(_("leaving"));
	if (app->current != NULL)
		return connected_status(app->current);
	way = way_status(app);
	if (app->lost_ms == 0 || app->partner_label == NULL)
		return way;
	app_clock(app->lost_ms, clock);
	status = str_printf(
	    app->left ? _("%s left at %s; %s") : _("lost %s at %s; %s"),
	    app->partner_label, clock, way);
	free(way);
	return status;
}

static bool
is_open(void *arg, unsigned number)
{
	struct app *app = arg;

	for (const struct link *l = app->links; l != NULL; l = l->next) {
		if (l->state == LINK_KNOCKING && l->question == number)
			return true;
	}
	return files_question(app, number) != NULL;
}

/* Behind what is there already; more is taken over. */
static void
add(char **status, char *more)
{
	str_replace(status, str_printf("%s; %s", *status, more));
	free(more);
}

static void
add_messages(const struct app *app, char **status)
{
	size_t n = talk_waiting(app);

	if (n > 0)
		add(status, str_printf(ngettext("%zu message waits",
					   "%zu messages wait", n),
				n));
}

static void
add_transfers(const struct app *app, char **status)
{
	size_t waiting, running = files_count(app, &waiting);

	if (running > 0)
		add(status, str_printf(ngettext("%zu transfer runs",
					   "%zu transfers run", running),
				running));
	if (running > 0 && waiting > 0)
		str_replace(status, str_printf(ngettext("%s, %zu waits",
						   "%s, %zu wait", waiting),
					*status, waiting));
	else if (waiting > 0)
		add(status, str_printf(ngettext("%zu transfer waits",
					   "%zu transfers wait", waiting),
				waiting));
}

static void
put_search(const struct app *app, char **status)
{
	char *search = history_search_status(app);

	if (search != NULL)
		str_replace(status, str_printf("%s; %s", search, *status));
	free(search);
}

static void
put_questions(const struct app *app, char **status)
{
	size_t questions = app_question_count(app);

	if (questions > 0)
		str_replace(status,
		    str_printf(
			ngettext("%zu question: /accept or /reject; %s",
			    "%zu questions: /accept or /reject; %s", questions),
			questions, *status));
}

void
app_refresh_status(struct app *app)
{
	app->status_stale = true;
}

void
app_settle_status(struct app *app)
{
	char *status;

	if (!app->status_stale)
		return;
	app->status_stale = false;
	status = link_status(app);
	model_settle_questions(&app->model, is_open, app);
	/* In plain mode the log says these. */
	if (!app->plain) {
		add_messages(app, &status);
		add_transfers(app, &status);
		put_search(app, &status);
		put_questions(app, &status);
	}
	model_status(&app->model, status);
	free(status);
	nearby_show(app);
}
