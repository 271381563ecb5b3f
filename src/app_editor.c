/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The line in the person's editor. The editor is a child that has the
 * terminal while it runs; the loop goes on, so links are served, and hears of
 * its end by SIGCHLD. It shares our process group, so the shell's job control
 * takes both of us for one.
 */
#include "src/app_state.h"

#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/base/util.h"
#include "src/editfile.h"
#include "ui/input.h"

enum { EXIT_NO_COMMAND = 127 }; /* of a shell that finds none */

struct editor {
	struct app *app;
	char *folder;
	char *line; /* as it was */
	char *command;
	char *path; /* NULL: not there */
	pid_t pid;  /* 0: does not run */
	struct sigaction quit;
	char *text; /* as it is */
	int result;
	struct reason why;
};

static void
end(struct editor *e)
{
	e->app->editor = NULL;
	free(e->folder);
	free(e->line);
	free(e->command);
	free(e->path);
	free(e->text);
	free(e);
}

static char *
find_editor(void)
{
	static const char *const names[] = {"VISUAL", "EDITOR"};

	for (size_t i = 0; i < COUNT(names); i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && *value != '\0')
			return str_dup(value);
	}
	return str_dup("vi");
}

/* What comes back is one step, also for undo. */
static void
take_back(struct editor *e)
{
	struct app *app = e->app;

	if (strlen(e->text) > INPUT_LINE_MAX) {
		paste_too_long(app, e->text, strlen(e->text));
	} else if (strcmp(e->text, e->line) != 0 &&
		   !ui_replace_line(app->ui, e->line, e->text)) {
		ui_remember(app->ui, e->text);
		app_say(app, LINE_WARNING, "%s",
		    _("the line is not the one any more that you took into "
		      "the editor; what you wrote is in the input history: Up "
		      "brings it back"));
	}
}

static void
read_run(void *arg)
{
	struct editor *e = arg;

	if (e->result == 0)
		e->result = editfile_read(e->path, &e->text, &e->why);
	editfile_remove(e->path);
}

static void
read_done(void *arg)
{
	struct editor *e = arg;

	if (e->app->ui != NULL) {
		if (e->result == ERR_AGAIN)
			; /* it never began */
		else if (e->result < 0)
			app_say(e->app, LINE_ERROR,
			    _("%s; the line is as it was"), e->why.text);
		else
			take_back(e);
	}
	end(e);
}

/* result: ERR_AGAIN where what the file holds does not count; why is set. */
static void
finish(struct editor *e, int result)
{
	e->result = result;
	worker_add(e->app->disk, read_run, read_done, e);
}

static void
come_back(struct editor *e)
{
	struct app *app = e->app;

	e->pid = 0;
	sigaction(SIGQUIT, &e->quit, NULL);
	ui_come_back(app->ui);
	watch_events(app->input_watch, POLLIN);
}

static void
judge(struct editor *e, int status)
{
	int result = ERR_INVALID;

	/* Where we ended it, what was saved last counts. */
	if (e->app->leaving || (WIFEXITED(status) && WEXITSTATUS(status) == 0))
		result = 0;
	else if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_NO_COMMAND)
		reason_set(&e->why,
		    _("there is no editor '%s'; set VISUAL or EDITOR"),
		    e->command);
	else if (WIFEXITED(status))
		reason_set(&e->why, _("the editor '%s' ended with status %d"),
		    e->command, WEXITSTATUS(status));
	else
		reason_set(&e->why, _("the editor '%s' was ended by signal %d"),
		    e->command, WTERMSIG(status));
	finish(e, result);
}

void
editor_child(struct app *app)
{
	struct editor *e = app->editor;
	int status;

	if (e == NULL || e->pid == 0 ||
	    waitpid(e->pid, &status, WNOHANG | WUNTRACED) != e->pid)
		return;
	if (WIFSTOPPED(status)) {
		/* The person wants to go back to the shell. */
		ui_suspend(app->ui);
		return;
	}
	come_back(e);
	judge(e, status);
}

/*
 * Everything is at its default in the child. The shell takes the words of
 * $EDITOR apart; exec leaves no shell in between that would keep our signals
 * to itself.
 */
static int
spawn(struct editor *e)
{
	char *script = str_printf("exec %s \"$1\"", e->command);
	char *argv[] = {"sh", "-c", script, "charla", e->path, NULL};
	posix_spawnattr_t attr;
	sigset_t all, none;
	int error;

	sigfillset(&all);
	sigemptyset(&none);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(
	    &attr, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawnattr_setsigmask(&attr, &none);
	error = posix_spawn(&e->pid, "/bin/sh", NULL, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	free(script);
	return error;
}

static void
start(struct editor *e)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	int error;

	ui_step_aside(e->app->ui, e->path);
	/* While the terminal is not ours, its Ctrl-\ is not for us either. */
	sigemptyset(&ignore.sa_mask);
	sigaction(SIGQUIT, &ignore, &e->quit);
	error = spawn(e);
	if (error == 0)
		return;
	come_back(e);
	reason_set(&e->why, _("cannot start the editor '%s': %s"), e->command,
	    strerror(error));
	finish(e, ERR_IO);
}

static void
make_run(void *arg)
{
	struct editor *e = arg;

	e->result = editfile_make(e->folder, e->line, &e->path, &e->why);
}

static void
make_done(void *arg)
{
	struct editor *e = arg;
	struct app *app = e->app;

	if (e->result == 0 && app->ui != NULL && !app->leaving) {
		start(e);
		return;
	}
	if (app->ui != NULL)
		watch_events(app->input_watch, POLLIN);
	if (e->result == 0) {
		finish(e, ERR_AGAIN);
		return;
	}
	if (app->ui != NULL)
		app_say(app, LINE_ERROR, "%s", e->why.text);
	end(e);
}

void
editor_open(struct app *app, const char *line)
{
	struct editor *e;

	if (app->editor != NULL || app->leaving)
		return;
	e = mem_zalloc(sizeof(*e));
	*e = (struct editor){
	    .app = app,
	    .folder = str_dup(app->paths.state),
	    .line = str_dup(line),
	    .command = find_editor(),
	};
	app->editor = e;
	/* What is typed from here on is the editor's. */
	watch_events(app->input_watch, 0);
	worker_add(app->disk, make_run, make_done, e);
}

void
editor_leave(struct app *app, bool now)
{
	if (app->editor != NULL && app->editor->pid != 0)
		kill(app->editor->pid, now ? SIGKILL : SIGTERM);
}

static void
sweep(void *arg)
{
	struct app *app = arg;

	editfile_sweep(app->paths.state);
}

void
editor_init(struct app *app)
{
	if (!app->guest)
		worker_add(app->disk, sweep, NULL, app);
}

/* Its end was not awaited: the file goes with us. */
void
editor_release(struct app *app)
{
	struct editor *e = app->editor;

	if (e == NULL)
		return;
	if (e->path != NULL)
		editfile_remove(e->path);
	end(e);
}
