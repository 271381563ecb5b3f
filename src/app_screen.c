/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between the screen and the controller: what a person does, and the loop. */
#include "src/app_state.h"

#include <poll.h>
#include <string.h>

#include "src/base/util.h"
#include "src/command.h"

void
app_entered(struct app *app, const char *text)
{
	if (strcmp(text, "/quit") != 0)
		app->quit_asked = false;
	/* What it brings is in the log. */
	if (strncmp(text, "/show", strlen("/show")) != 0)
		show_close(app);
	history_search_stop(app);
	command_line(app, text);
	app_refresh_status(app);
}

static void
on_line(void *arg, const char *text)
{
	struct app *app = arg;

	if (app->plain)
		lines_add(app, text);
	else
		app_entered(app, text);
}

static void
on_refused(void *arg, const char *text)
{
	app_say(arg, LINE_ERROR, "%s", text);
}

static void
on_ended(void *arg, const struct reason *why)
{
	struct app *app = arg;

	if (why != NULL) {
		*app->why = *why;
		app->status = 1;
	}
	lines_ended(app);
}

static void
on_edited(void *arg, bool empty)
{
	typing_edited(arg, empty);
	draft_edited(arg);
}

static void
on_complete(void *arg, const char *line, size_t start, struct choices *out)
{
	command_complete(arg, line, start, out);
}

static void
on_leave(void *arg)
{
	app_quit(arg);
}

static void
on_notice(void *arg, const char *text)
{
	app_say(arg, LINE_NOTICE, "%s", text);
}

static void
on_want(void *arg, size_t from, size_t upto)
{
	history_want(arg, from, upto);
}

static void
on_pasted(void *arg, const char *text)
{
	paste_heard(arg, text);
}

static void
on_pasted_long(void *arg, const char *text, size_t came)
{
	paste_too_long(arg, text, came);
}

static void
on_edit(void *arg, const char *text)
{
	editor_open(arg, text);
}

static void
on_help(void *arg)
{
	help_toggle(arg);
}

static void
on_list_closed(void *arg)
{
	show_close(arg);
}

static bool
on_search_next(void *arg)
{
	return history_search_next(arg);
}

static void
on_input(void *arg, short revents)
{
	struct app *app = arg;

	bool read = (revents & POLLIN) || app->plain;

	if (read)
		ui_read(app->ui, clock_mono_ms());
	if (app->finishing)
		return;
	if (!read || ui_input_fd(app->ui) < 0) {
		/* The terminal is gone: there is nobody left to ask. */
		watch_events(app->input_watch, 0);
		app_leave(app);
	}
}

static void
on_output(void *arg, short revents)
{
	struct app *app = arg;

	(void)revents;
	ui_write(app->ui);
}

static void
on_ui_timer(void *arg)
{
	struct app *app = arg;

	ui_tick(app->ui, clock_mono_ms());
}

int
app_screen_open(struct app *app)
{
	static const struct ui_handler handler = {
	    .line = on_line,
	    .edited = on_edited,
	    .complete = on_complete,
	    .leave = on_leave,
	    .notice = on_notice,
	    .want = on_want,
	    .search_next = on_search_next,
	    .pasted = on_pasted,
	    .pasted_long = on_pasted_long,
	    .edit = on_edit,
	    .help = on_help,
	    .list_closed = on_list_closed,
	    .refused = on_refused,
	    .ended = on_ended,
	};
	const struct ui_settings settings = options_ui(app->options);
	struct ui_config config = {
	    .model = &app->model,
	    .handler = &handler,
	    .arg = app,
	    .history_path = app->keeping ? app->paths.history : NULL,
	    .settings = &settings,
	    .plain = app->plain,
	};
	int r = ui_open(&config, &app->ui, app->why);

	if (r < 0)
		return r;
	app->input_watch =
	    loop_watch(app->loop, ui_input_fd(app->ui), POLLIN, on_input, app);
	if (ui_output_fd(app->ui) >= 0)
		app->output_watch = loop_watch(
		    app->loop, ui_output_fd(app->ui), 0, on_output, app);
	app->ui_timer = loop_timer(app->loop, on_ui_timer, app);
	return 0;
}

void
app_screen_draw(struct app *app)
{
	bool finishing = app->finishing;
	uint64_t deadline;

	ui_draw(app->ui, clock_mono_ms());
	if (app->output_watch != NULL)
		watch_events(
		    app->output_watch, ui_wants_output(app->ui) ? POLLOUT : 0);
	deadline = ui_deadline(app->ui);
	/* Whoever read it went just now, and lines_turn has to know. */
	if (app->finishing != finishing)
		deadline = clock_mono_ms();
	if (deadline != 0)
		timer_arm(app->ui_timer, deadline);
	else
		timer_disarm(app->ui_timer);
}

void
app_screen_close(struct app *app)
{
	draft_save(app);
	watch_remove(app->input_watch);
	watch_remove(app->output_watch);
	timer_remove(app->ui_timer);
	ui_close(app->ui);
	app->ui = NULL;
}
