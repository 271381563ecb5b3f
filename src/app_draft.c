/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is being typed outlives the program: it is written down a moment after
 * it changes, and put back when its talk is on the screen again.
 */
#include "src/app_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/base/util.h"

enum { DRAFT_MS = 1500 }; /* between a change and its being written */

static const uint8_t *
talk_key(const struct app *app)
{
	return app->partner != NULL ? app->partner->peer.key : NULL;
}

struct write_job {
	char *path, *bytes;
};

static void
write_run(void *arg)
{
	struct write_job *job = arg;
	bool ok;

	if (*job->bytes == '\0')
		ok = unlink(job->path) == 0 || errno == ENOENT;
	else
		ok = file_replace(job->path, job->bytes, strlen(job->bytes));
	if (!ok)
		log_debug("drafts: %s: %s", job->path, strerror(errno));
	free(job->bytes);
	free(job->path);
	free(job);
}

static void
write_down(struct app *app)
{
	struct write_job *job = mem_alloc(sizeof(*job));

	*job = (struct write_job){
	    str_dup(app->paths.drafts), drafts_file(&app->drafts)};
	worker_add(app->disk, write_run, NULL, job);
}

void
draft_save(struct app *app)
{
	char *line = ui_line(app->ui);

	timer_disarm(app->draft_timer);
	/* While something else stands in the line, it is as it was. */
	if (line != NULL && app->keeping && !app->draft_moves &&
	    drafts_set(&app->drafts, talk_key(app), line))
		write_down(app);
	free(line);
}

static void
on_timer(void *arg)
{
	struct app *app = arg;

	app->draft_due = false;
	draft_save(app);
}

void
draft_edited(struct app *app)
{
	char *line;

	if (!app->keeping || app->draft_moves)
		return;
	/* What was entered must not come back: that is written at once. */
	line = ui_line(app->ui);
	if (line != NULL && *line == '\0') {
		app->draft_due = false;
		draft_save(app);
	} else if (!app->draft_due) {
		app->draft_due = true;
		timer_arm(app->draft_timer, clock_mono_ms() + DRAFT_MS);
	}
	free(line);
}

void
draft_leave_talk(struct app *app)
{
	draft_save(app);
	app->draft_due = false;
	app->draft_moves = true;
}

/* Into the line, if that is empty, else where Up finds it. */
static void
put_back(struct app *app, const char *text)
{
	char *line = ui_line(app->ui);

	if (text != NULL && (line == NULL || strcmp(line, text) != 0) &&
	    !ui_replace_line(app->ui, "", text))
		ui_remember(app->ui, text);
	free(line);
}

void
draft_enter_talk(struct app *app)
{
	char *text, *early;

	if (app->plain)
		return; /* there is no line to put it in */
	text = str_dup(drafts_get(&app->drafts, talk_key(app)));
	early = app->partner != NULL ? str_dup(drafts_get(&app->drafts, NULL))
				     : NULL;
	put_back(app, text);
	/* What was typed before there was a talk belongs to this one now. */
	put_back(app, early);
	if (early != NULL && drafts_set(&app->drafts, NULL, ""))
		write_down(app);
	app->draft_moves = false;
	free(early);
	free(text);
	draft_edited(app);
}

void
draft_forget(struct app *app)
{
	timer_disarm(app->draft_timer);
	app->draft_due = false;
	if (drafts_set(&app->drafts, talk_key(app), ""))
		write_down(app);
}

struct load_job {
	struct app *app;
	char *bytes;
	size_t len;
};

static void
load_run(void *arg)
{
	struct load_job *job = arg;

	job->bytes =
	    file_read(job->app->paths.drafts, DRAFTS_FILE_MAX, &job->len);
}

static void
load_done(void *arg)
{
	struct load_job *job = arg;

	if (job->bytes != NULL)
		drafts_parse(&job->app->drafts, job->bytes, job->len);
	free(job->bytes);
	free(job);
}

void
draft_init(struct app *app)
{
	struct load_job *job;

	app->draft_timer = loop_timer(app->loop, on_timer, app);
	/* Until the talk is there, nobody knows whose it is. */
	app->draft_moves = true;
	if (!app->keeping)
		return;
	job = mem_zalloc(sizeof(*job));
	job->app = app;
	worker_add(app->disk, load_run, load_done, job);
}

void
draft_release(struct app *app)
{
	timer_remove(app->draft_timer);
	drafts_release(&app->drafts);
}
