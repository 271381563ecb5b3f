/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /set: what a person chooses while it runs, and keeps. */
#include "src/app_state.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/util.h"
#include "src/config.h"

static bool
can_set(enum option_id id)
{
	return id != OPTION_COUNT && !(option_table[id].where & OPTION_NO_FILE);
}

static void
say_value(struct app *app, enum option_id id)
{
	const struct option_row *row = &option_table[id];
	char *value = id == OPTION_NAME ? str_dup(app->name)
					: option_get(app->options, id);
	char *both = str_printf("%s = %s", row->long_name, value);

	app_say(app, LINE_HELP, "%-26s %s", both, _(row->help));
	free(both);
	free(value);
}

static void
say_all(struct app *app)
{
	for (enum option_id id = 0; id < OPTION_COUNT; id++) {
		if (can_set(id))
			say_value(app, id);
	}
	app_say(app, LINE_HELP, "%s",
	    _("/set NAME VALUE chooses, /set save keeps it for the next "
	      "start. man charla.conf explains all of them."));
}

/* The folder is made when the first file comes. */
static int
use_downloads(struct app *app, struct reason *why)
{
	char *path;

	if (paths_absolute(app->options->dir, &path, why) < 0)
		return ERR_INVALID;
	str_replace(&app->options->dir, str_dup(path));
	str_replace(&app->paths.downloads, path);
	return 0;
}

/* The option has its new value: what works with it has to know. */
static int
use(struct app *app, enum option_id id, struct reason *why)
{
	struct ui_settings settings;

	switch (id) {
	case OPTION_NAME:
		app_set_name(app, app->options->name);
		return 0;
	case OPTION_DIR:
		return use_downloads(app, why);
	case OPTION_ANNOUNCE:
		nearby_refresh(app);
		return 0;
	case OPTION_AT_ONCE:
		turns_give(app);
		return 0;
	default:
		settings = options_ui(app->options);
		ui_set(app->ui, &settings);
		return 0;
	}
}

static void
choose(struct app *app, enum option_id id, const char *value)
{
	char *before = option_get(app->options, id);
	struct reason why;

	if (option_set(app->options, id, value, &why) < 0) {
		app_say(app, LINE_ERROR, "%s", why.text);
	} else if (use(app, id, &why) < 0) {
		(void)option_set(app->options, id, before, &why);
		app_say(app, LINE_ERROR, "%s", why.text);
	} else {
		app->chosen[id] = true;
		say_value(app, id);
		if (option_table[id].where & OPTION_AT_START)
			app_say(app, LINE_NOTICE, "%s",
			    _("that counts from the next start on, once "
			      "/set save has kept it"));
	}
	free(before);
}

struct save {
	struct app *app;
	char *path;
	struct config_change changes[OPTION_COUNT];
	size_t count;
	int result;
	struct reason why;
};

static void
run_save(void *arg)
{
	struct save *s = arg;

	s->result = config_save(s->path, s->changes, s->count, &s->why);
}

static void
end_save(void *arg)
{
	struct save *s = arg;

	if (s->result == 0)
		app_say(s->app, LINE_NOTICE,
		    ngettext("%zu choice is kept in %s",
			"%zu choices are kept in %s", s->count),
		    s->count, s->path);
	else
		app_say(s->app, LINE_ERROR, "%s", s->why.text);
	for (size_t i = 0; i < s->count; i++) {
		if (s->result != 0)
			s->app->chosen[s->changes[i].id] = true;
		free(s->changes[i].value);
	}
	free(s->path);
	free(s);
}

static void
save(struct app *app)
{
	struct save *s = mem_zalloc(sizeof(*s));

	s->app = app;
	s->path = config_path(app->options);
	for (enum option_id id = 0; id < OPTION_COUNT; id++) {
		if (!app->chosen[id])
			continue;
		app->chosen[id] = false;
		s->changes[s->count++] =
		    (struct config_change){id, option_get(app->options, id)};
	}
	if (s->count > 0) {
		worker_add(app->disk, run_save, end_save, s);
		return;
	}
	app_say(
	    app, LINE_NOTICE, _("nothing was chosen that %s lacks"), s->path);
	free(s->path);
	free(s);
}

/* "NAME VALUE", "NAME=VALUE", "NAME = VALUE"; *value: NULL where none is. */
static size_t
split(const char *argument, const char **value)
{
	static const char blanks[] = " \t\n";
	const size_t len = strcspn(argument, " \t\n=");
	const char *rest = argument + len + strspn(argument + len, blanks);

	if (*rest == '=') {
		rest++;
		rest += strspn(rest, blanks);
		*value = rest;
	} else {
		*value = *rest != '\0' ? rest : NULL;
	}
	return len;
}

/* A pair of quotes is how a person writes an empty or a padded value. */
static char *
unquoted(const char *value)
{
	const size_t len = strlen(value);

	if (len >= 2 && value[0] == '"' && value[len - 1] == '"')
		return str_ndup(value + 1, len - 2);
	return str_dup(value);
}

static void
say_unknown(struct app *app, const char *name)
{
	const enum option_id near = option_nearest(name);

	if (option_find(name, strlen(name)) != OPTION_COUNT)
		app_say(app, LINE_ERROR, _("'%s' is for the command line only"),
		    name);
	else if (can_set(near))
		app_say(app, LINE_ERROR,
		    _("there is no option '%s'; did you mean '%s'? /set "
		      "lists them"),
		    name, option_table[near].long_name);
	else
		app_say(app, LINE_ERROR,
		    _("there is no option '%s'; /set lists them"), name);
}

void
app_set(struct app *app, const char *argument)
{
	const char *value;
	const size_t len = split(argument, &value);
	const enum option_id id = option_find(argument, len);
	char *name, *text;

	if (*argument == '\0') {
		say_all(app);
	} else if (strcmp(argument, "save") == 0) {
		save(app);
	} else if (!can_set(id)) {
		name = str_ndup(argument, len);
		say_unknown(app, name);
		free(name);
	} else if (value == NULL) {
		say_value(app, id);
	} else {
		text = unquoted(value);
		choose(app, id, text);
		free(text);
	}
}
