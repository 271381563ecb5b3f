/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Start, run, leave. The screen comes first; the key and the database are
 * opened on workers, and when both are there the door opens and the call
 * begins.
 */
#include "src/app_state.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/app_signals.h"
#include "src/app_stranger.h"
#include "src/base/i18n.h"
#include "src/base/util.h"

/* How long the goodbyes may take. */
enum { LEAVE_MS = 2000 };

void
app_fail(struct app *app, const struct reason *why)
{
	if (app->status == 0)
		*app->why = *why;
	app->status = 1;
	loop_stop(app->loop);
}

bool
app_records(const struct app *app)
{
	return app->keeping || app->guest || app->options->incognito;
}

void
app_leave(struct app *app)
{
	if (app->leaving)
		return;
	app->leaving = true;
	door_close(app);
	nearby_refresh(app);
	editor_leave(app, false);
	timer_arm(app->leave_timer, clock_mono_ms() + LEAVE_MS);
	app_refresh_status(app);
}

static void
on_signal(void *arg, enum app_signal signal)
{
	struct app *app = arg;

	switch (signal) {
	case APP_SIGNAL_LEAVE:
		app_leave(app);
		break;
	case APP_SIGNAL_INTERRUPT:
		if (app->plain)
			app_leave(app);
		else
			ui_interrupt(app->ui);
		break;
	case APP_SIGNAL_RESIZE:
		ui_resize(app->ui);
		break;
	case APP_SIGNAL_STOP:
		/* While an editor runs, we stop when it does. */
		if (app->editor == NULL)
			ui_suspend(app->ui);
		break;
	case APP_SIGNAL_CHILD:
		editor_child(app);
		break;
	case APP_SIGNAL_CONTINUE:
		ui_resume(app->ui);
		links_doubt(app);
		break;
	}
}

/* The last words first. */
static void
say_goodbye(struct app *app)
{
	if (!app->leaving || app->goodbye_said || talk_pending(app))
		return;
	app->goodbye_said = true;
	for (struct link *l = app->links; l != NULL; l = l->next)
		link_bye(l, BYE_QUIT);
	call_stop(app);
}

/* Everything that was asked for in this turn leaves and is drawn once. */
static void
before_sleep(void *arg)
{
	struct app *app = arg;

	lines_turn(app);
	say_goodbye(app);
	links_settle(app);
	app_settle_status(app);
	if (app->goodbye_said && app->links == NULL && app->editor == NULL)
		loop_stop(app->loop);
	app_screen_draw(app);
}

static void
on_leave_timer(void *arg)
{
	struct app *app = arg;

	editor_leave(app, true);
	loop_stop(app->loop);
}

/* Start */

static void
begin(struct app *app)
{
	const struct fingerprint *key;

	if (app->identity == NULL || app->memory == NULL || app->leaving)
		return;
	app->tls = tls_context_new(app->identity);
	key = identity_fingerprint(app->identity);
	/* Each guest is somebody else: the name says so. */
	if (app->guest && app->options->name == NULL)
		str_replace(
		    &app->name, str_printf(_("%s (guest %02x%02x)"), app->name,
				    key->bytes[0], key->bytes[1]));
	files_load(app);
	if (app->options->peer == NULL)
		history_show(app, people_last(&app->people));
	if (app->guest)
		app_say(app, LINE_NOTICE, "%s",
		    _("another charla of yours is running, so this one is a "
		      "guest: with a key of its own, and nothing is kept"));
	app_say(app, LINE_NOTICE, _("you are %s"), app->name);
	app_say_key(app, _("key"), key);
	door_listen(app);
	nearby_begin(app);
	if (app->options->peer != NULL)
		app_connect(app, app->options->peer, false);
	if (app->partner == NULL)
		draft_enter_talk(app);
	app_refresh_title(app);
	app_refresh_status(app);
}

/* Making or reading the key touches the disk: on the worker. */
struct key_job {
	struct app *app;
	struct identity *identity;
	struct reason why;
};

static void
run_key_job(void *arg)
{
	struct key_job *job = arg;

	if (job->app->guest)
		job->identity = identity_temporary();
	else if (identity_open(job->app->paths.key, &job->identity, &job->why) <
		 0)
		job->identity = NULL;
}

static void
end_key_job(void *arg)
{
	struct key_job *job = arg;
	struct app *app = job->app;

	app->identity = job->identity;
	if (app->identity == NULL)
		app_fail(app, &job->why);
	free(job);
	begin(app);
}

/* The same trouble meets many jobs; a person reads it once. */
static void
on_store_failure(void *arg, bool ok, const struct reason *why)
{
	struct app *app = arg;

	(void)ok;
	if (strcmp(app->store_trouble.text, why->text) == 0)
		return;
	app->store_trouble = *why;
	app_say(app, LINE_ERROR, "%s", why->text);
}

static void
on_store(void *arg, const struct store_memory *memory, const struct reason *why)
{
	struct app *app = arg;

	if (memory == NULL) {
		app_fail(app, why);
		return;
	}
	people_load(&app->people, memory);
	app->epoch = memory->epoch;
	app->memory = memory;
	begin(app);
}

static void
on_store_ready(void *arg, short revents)
{
	struct app *app = arg;

	(void)revents;
	store_dispatch(app->store);
}

static void
on_worker_ready(void *arg, short revents)
{
	(void)revents;
	worker_dispatch(arg);
}

struct watch *
app_watch_worker(struct app *app, struct worker *worker)
{
	return loop_watch(
	    app->loop, worker_fd(worker), POLLIN, on_worker_ready, worker);
}

static void
on_network(void *arg)
{
	struct app *app = arg;

	links_doubt(app);
	nearby_hurry(app->nearby);
	nearby_refresh(app);
}

static void
start(struct app *app)
{
	static const struct worker_config disk = {.name = "charla-disk"};
	static const struct worker_config resolver = {.name = "charla-names"};
	const struct store_config store = {
	    .peers_path = app->guest ? NULL : app->paths.peers,
	    .history_path = app->guest ? NULL : app->paths.database,
	    .incognito = app->options->incognito,
	    .opened = on_store,
	    .arg = app,
	};
	struct key_job *job = mem_zalloc(sizeof(*job));

	app->disk = worker_new(&disk);
	app->resolver = worker_new(&resolver);
	app->store = store_open(&store);
	store_on_failure(app->store, on_store_failure, app);
	app->store_watch = loop_watch(
	    app->loop, store_fd(app->store), POLLIN, on_store_ready, app);
	app->disk_watch = app_watch_worker(app, app->disk);
	app->resolver_watch = app_watch_worker(app, app->resolver);
	app->leave_timer = loop_timer(app->loop, on_leave_timer, app);
	app->netwatch = netwatch_new(app->loop, on_network, app);
	heard_init(app);
	pause_init(app);
	editor_init(app);
	draft_init(app);
	job->app = app;
	worker_add(app->disk, run_key_job, end_key_job, job);
}

/* What is queued for the disk is finished before this returns. */
static void
finish(struct app *app)
{
	door_close(app);
	nearby_end(app);
	call_stop(app);
	files_free(app);
	links_free(app);
	app->current = NULL;
	watch_remove(app->store_watch);
	watch_remove(app->disk_watch);
	watch_remove(app->resolver_watch);
	store_close(app->store);
	worker_free(app->disk);
	editor_release(app);
	paste_files_release(app);
	doctor_release(app);
	draft_release(app);
	help_close(app);
	/* A lookup may take half a minute; the person wants to leave. */
	worker_abandon(app->resolver);
	lines_free(app);
	talk_release(app);
	heard_release(app);
	pause_release(app);
	copy_release(app);
	strangers_release(app);
	netwatch_free(app->netwatch);
	timer_remove(app->leave_timer);
	tls_context_free(app->tls);
	identity_free(app->identity);
}

static void
run_with_screen(struct app *app)
{
	app_signals_watch(app->loop, on_signal, app);
	app_refresh_title(app);
	app_refresh_status(app);
	start(app);
	loop_before_sleep(app->loop, before_sleep, app);
	loop_run(app->loop);
	lines_leave(app);
	app_screen_close(app);
	app_signals_unwatch();
	finish(app);
}

/* What can be judged from the command line alone. */
static int
check_addresses(const struct options *options, struct reason *why)
{
	struct target target;
	struct reason name;

	if (options->bind != NULL && sock_check_address(options->bind, why) < 0)
		return ERR_INVALID;
	/* What holds a blank can only be somebody's name. */
	if (options->peer == NULL ||
	    target_parse(options->peer, WIRE_PORT, &target, why) == 0 ||
	    (strchr(options->peer, ' ') != NULL &&
		options_check_name(options->peer, &name) == 0))
		return 0;
	return ERR_INVALID;
}

/* Lines where no screen can be painted, or none is wanted. */
static void
choose_screen(struct app *app)
{
	struct reason why;
	bool paintable = ui_check(&why) == 0;

	app->plain = app->options->plain || !paintable;
	app->batch = app->plain && !isatty(STDIN_FILENO);
	if (!app->options->plain && !paintable && why.text[0] != '\0')
		app_say(app, LINE_NOTICE, _("lines instead of a screen: %s"),
		    why.text);
}

int
app_run(struct options *options, struct reason *why)
{
	struct app app = {.options = options, .why = why};

	if (check_addresses(options, why) < 0)
		return 2;
	if (paths_open(&app.paths, options->data, options->dir, why) < 0)
		return 1;
	app.guest = app.paths.lock_fd < 0;
	app.keeping = !app.guest && !options->incognito;
	app.talk = 1;
	app.name = options_own_name(options);
	app.loop = loop_new();
	model_init(&app.model);
	people_init(&app.people);
	choose_screen(&app);
	app_signals_install(app.plain);
	if (app_screen_open(&app) < 0)
		app.status = 2;
	else
		run_with_screen(&app);
	loop_free(app.loop);
	model_release(&app.model);
	people_release(&app.people);
	paths_release(&app.paths);
	free(app.partner_label);
	free(app.name);
	return app.status;
}
