/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The talk on the screen and its history: the screen asks for stretches of
 * it by position, the store brings them by number. A search brings numbers.
 */
#include "src/app_state.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"

void
history_show(struct app *app, struct known *who)
{
	bool first = app->partner == NULL;
	bool put_aside;

	if (who == app->partner)
		return;
	draft_leave_talk(app);
	/* What was begun was meant for somebody else. */
	put_aside = !first && ui_put_aside(app->ui);
	app->partner = who;
	app->lost_ms = 0;
	str_replace(&app->partner_label,
	    who == NULL
		? NULL
		: people_label(&app->people, who->peer.name, who->peer.key));
	history_search_stop(app);
	/* What is on the screen before a first talk may stay. */
	if (!first || who->peer.lines > 0) {
		app->talk++;
		model_open(&app->model, who != NULL ? who->peer.lines : 0);
	}
	if (put_aside)
		app_say(app, LINE_WARNING,
		    _("this is another talk now, with %s; what you were "
		      "typing was put aside: Up brings it back"),
		    who != NULL ? app->partner_label : _("nobody yet"));
	if (who != NULL)
		talk_load(app, who);
	files_show(app);
	draft_enter_talk(app);
	app_refresh_title(app);
}

/* Lines on their way from the store to the model. */
struct stretch {
	struct app *app;
	uint64_t talk;
	uint64_t from, upto; /* numbers */
	struct line_spec *specs;
	size_t count, size;
};

static void
describe(const struct app *app, const struct store_line *line,
    struct line_spec *spec)
{
	*spec = (struct line_spec){
	    .time_ms = line->time_ms,
	    .number = line->number,
	};
	if (line->kind == STORE_TAKEN_BACK) {
		spec->kind = LINE_OWN;
		spec->mark = MARK_BACK;
		spec->who = app->name;
		spec->text = str_dup(_("(taken back)"));
		return;
	}
	spec->text = text_clean(line->text, line->text_len, TEXT_BLOCK);
	if (line->kind == STORE_NOTE) {
		spec->kind = LINE_NOTICE;
		return;
	}
	spec->kind = line->own ? LINE_OWN : LINE_PEER;
	spec->who = line->own ? app->name : app->partner_label;
	spec->action = line->kind == MESSAGE_ACTION;
	if (line->own)
		spec->mark = line->seen     ? MARK_SEEN
			     : line->stored ? MARK_STORED
					    : talk_mark(app, line->number);
}

static struct line_spec *
next_spec(struct stretch *stretch)
{
	if (stretch->count == stretch->size) {
		stretch->size = stretch->size * 2 + 64;
		stretch->specs = mem_realloc(
		    stretch->specs, stretch->size * sizeof(*stretch->specs));
	}
	return &stretch->specs[stretch->count++];
}

static void
on_line(void *arg, const struct store_line *line)
{
	struct stretch *stretch = arg;

	if (stretch->talk == stretch->app->talk)
		describe(stretch->app, line, next_spec(stretch));
}

/* The screen shows where something is that cannot be read. */
static void
describe_unreadable(struct stretch *stretch)
{
	for (uint64_t n = stretch->from; n <= stretch->upto; n++)
		*next_spec(stretch) = (struct line_spec){
		    .kind = LINE_ERROR,
		    .text = str_dup(_("this line cannot be read")),
		    .number = n,
		};
}

static void
on_lines_end(void *arg, bool ok)
{
	struct stretch *stretch = arg;
	struct app *app = stretch->app;

	if (!ok && stretch->talk == app->talk)
		describe_unreadable(stretch);
	if (stretch->talk == app->talk && stretch->count > 0)
		model_fill(&app->model, stretch->specs, stretch->count);
	for (size_t i = 0; i < stretch->count; i++)
		free((char *)(uintptr_t)stretch->specs[i].text);
	free(stretch->specs);
	free(stretch);
}

void
history_want(struct app *app, size_t from, size_t upto)
{
	struct stretch *stretch;

	if (app->partner == NULL || app->memory == NULL)
		return;
	stretch = mem_zalloc(sizeof(*stretch));
	stretch->app = app;
	stretch->talk = app->talk;
	/* Positions count from 0, numbers from 1. */
	stretch->from = from + 1;
	stretch->upto = upto + 1;
	store_load_lines(app->store, app->partner->peer.key, stretch->from,
	    stretch->upto, on_line, on_lines_end, stretch);
}

/* A note that is on the screen gets its number when it is kept. */
struct note {
	struct app *app;
	struct known *who;
	uint64_t talk, line;
};

static void
on_noted(void *arg, bool ok, uint64_t number, const struct reason *why)
{
	struct note *note = arg;

	(void)why; /* a message that could not be kept says it, too */
	if (ok && number > note->who->peer.lines)
		note->who->peer.lines = number;
	if (ok && number > 0 && note->talk == note->app->talk)
		model_set_number(&note->app->model, note->line, number);
	free(note);
}

void
history_note(struct app *app, struct known *who, const char *text)
{
	const struct line_spec spec = {
	    .kind = LINE_NOTICE,
	    .time_ms = clock_utc_ms(),
	    .text = text,
	};
	struct store_line line = {
	    .kind = STORE_NOTE,
	    .time_ms = spec.time_ms,
	    .text = text,
	    .text_len = strlen(text),
	};
	struct note *note = mem_zalloc(sizeof(*note));

	*note = (struct note){.app = app, .who = who, .talk = app->talk};
	note->line = model_add(&app->model, &spec);
	if (who != app->partner)
		note->talk = 0; /* no talk has that number */
	memcpy(line.key, who->peer.key, STORE_KEY_LEN);
	if (app_records(app))
		store_put_line(app->store, &line, true, on_noted, note);
	else
		free(note);
}

void
app_log(struct app *app, const char *argument)
{
	bool on = strcmp(argument, "on") == 0;

	if (!on && strcmp(argument, "off") != 0) {
		app_say(app, LINE_NOTICE, "%s",
		    app_records(app) && !app->keeping
			? _("nothing is kept, until charla ends")
		    : app->keeping
			? _("the history is kept; /log off keeps nothing "
			    "from then on")
			: _("nothing is kept; /log on keeps the history "
			    "again"));
		return;
	}
	if (on && (app->options->incognito || app->guest)) {
		app_say(app, LINE_ERROR, "%s",
		    app->guest ? _("this charla is a guest, and a guest keeps "
				   "nothing")
			       : _("charla was started with --incognito, and "
				   "keeps nothing until it ends"));
		return;
	}
	if (!on && app->keeping)
		draft_forget(app);
	app->keeping = on;
	ui_keep_history(app->ui, on);
	if (app->current != NULL)
		session_keeping(app->current->session, on);
	app_say(app, LINE_NOTICE, "%s",
	    on ? _("from here on everything is kept again")
	       : _("from here on nothing is kept: what is said is gone when "
		   "charla ends, also what still waits to be sent"));
	app_refresh_title(app);
}

/* Searching */

void
history_search_stop(struct app *app)
{
	if (app->search.words == NULL)
		return;
	free(app->search.words);
	free(app->search.numbers);
	app->search = (struct search){0};
	model_find(&app->model, SIZE_MAX);
}

char *
history_search_status(const struct app *app)
{
	const struct search *search = &app->search;

	if (search->words == NULL)
		return NULL;
	if (search->count == 0)
		return str_printf(
		    _("'%s' is nowhere in this talk"), search->words);
	return str_printf(search->count < STORE_FOUND_MAX
			      ? _("'%s' %zu of %zu")
			      : _("'%s' %zu of more than %zu"),
	    search->words, search->at + 1, search->count);
}

static void
go_there(struct app *app)
{
	const struct search *search = &app->search;

	model_find(&app->model,
	    model_position(&app->model, search->numbers[search->at]));
}

/* A search on its way to the store and back. */
struct query {
	struct app *app;
	uint64_t talk;
	char *words;
};

/* Where there is no status line to stand in. */
static void
say_found(struct app *app)
{
	size_t count = app->search.count;
	char *text;

	if (count == 0)
		text = history_search_status(app);
	else
		text = str_printf(
		    ngettext("'%s' is in %zu line of this talk:",
			"'%s' is in %zu lines of this talk, the newest first:",
			count),
		    app->search.words, count);
	app_say(app, LINE_NOTICE, "%s", text);
	free(text);
}

static void
on_found(void *arg, const uint64_t *numbers, size_t count)
{
	struct query *query = arg;
	struct app *app = query->app;

	if (query->talk == app->talk && numbers != NULL) {
		history_search_stop(app);
		app->search.words = query->words;
		query->words = NULL;
		app->search.count = count;
		if (count > 0) {
			app->search.numbers =
			    mem_dup(numbers, count * sizeof(*numbers));
			go_there(app);
		}
		if (app->plain)
			say_found(app);
		app_refresh_status(app);
	}
	app->searches--;
	free(query->words);
	free(query);
}

void
app_search(struct app *app, const char *words)
{
	struct query *query;

	if (app->partner == NULL) {
		app_say(app, LINE_ERROR, "%s",
		    _("there is no talk to search in yet"));
		return;
	}
	query = mem_zalloc(sizeof(*query));
	*query = (struct query){app, app->talk, str_dup(words)};
	app->searches++;
	store_search(
	    app->store, app->partner->peer.key, words, on_found, query);
}

bool
history_search_next(struct app *app)
{
	struct search *search = &app->search;

	if (search->count == 0)
		return false;
	search->at++;
	if (search->at == search->count)
		search->at = 0;
	go_there(app);
	app_refresh_status(app);
	return true;
}
