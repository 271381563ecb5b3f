/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * /doctor: a look around on a worker of its own; its lines come when it is
 * done.
 */
#include "src/app_state.h"

#include <stdlib.h>

#include "src/base/i18n.h"
#include "src/base/util.h"
#include "src/doctor_look.h"

struct doctor {
	struct worker *worker;
	struct watch *watch;
};

struct visit {
	struct app *app;
	struct doctor_case question;
	struct findings findings;
};

static void
run_visit(void *arg)
{
	struct visit *v = arg;

	doctor_look(&v->question, &v->findings);
}

static void
visit_free(struct visit *v)
{
	findings_release(&v->findings);
	doctor_case_release(&v->question);
	free(v);
}

static void
end_visit(void *arg)
{
	struct visit *v = arg;
	struct app *app = v->app;
	char *line;

	for (size_t i = 0; i < v->findings.count; i++) {
		line = finding_line(&v->findings.list[i]);
		app_say(app, LINE_HELP, "%s", line);
		free(line);
	}
	line = findings_sum(&v->findings);
	app_say(app,
	    findings_wrong(&v->findings) > 0 ? LINE_WARNING : LINE_HELP, "%s",
	    line);
	free(line);
	app->visiting = false;
	visit_free(v);
}

static void
start_worker(struct app *app)
{
	static const struct worker_config config = {.name = "charla-doctor"};

	if (app->doctor != NULL)
		return;
	app->doctor = mem_zalloc(sizeof(*app->doctor));
	app->doctor->worker = worker_new(&config);
	app->doctor->watch = app_watch_worker(app, app->doctor->worker);
}

/* What only the running program knows. */
static void
describe(const struct app *app, struct doctor_case *c)
{
	const struct link *l = app->current;

	/* The command line's may be somebody else by now. */
	str_replace(&c->peer, NULL);
	doctor_look_at_terminal(&c->terminal, true);
	c->waiting = app->listen_count > 0;
	if (app->nearby != NULL)
		doctor_case_nearby(c, app->nearby);
	if (l == NULL)
		return;
	c->link_label = str_dup(l->label);
	c->link_ahead_ms = l->ahead_ms;
	c->link_came_in = l->role == SESSION_LISTENER;
}

void
app_doctor(struct app *app)
{
	struct visit *v;

	if (app->visiting) {
		app_say(app, LINE_NOTICE, "%s",
		    _("it is looking already; this takes a few seconds"));
		return;
	}
	start_worker(app);
	v = mem_zalloc(sizeof(*v));
	v->app = app;
	doctor_case_init(&v->question, app->options);
	describe(app, &v->question);
	app->visiting = true;
	app_say(app, LINE_NOTICE, "%s", _("looking around; a few seconds ..."));
	worker_add(app->doctor->worker, run_visit, end_visit, v);
}

void
doctor_release(struct app *app)
{
	if (app->doctor == NULL)
		return;
	watch_remove(app->doctor->watch);
	/* It waits for the network, and nobody for it. */
	if (app->visiting)
		worker_abandon(app->doctor->worker);
	else
		worker_free(app->doctor->worker);
	free(app->doctor);
	app->doctor = NULL;
}
