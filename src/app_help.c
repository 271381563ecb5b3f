/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The help in place of the log: what the tables say, and the keys as they are
 * bound at this moment.
 */
#include "src/app_state.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"
#include "src/command.h"

enum { KEYS_COLUMNS = 22, COMMAND_COLUMNS = 26, FUNCTION_COLUMNS = 23 };

struct help {
	char **lines;
	size_t count, size;
};

/* Takes line over. */
static void
add(struct help *h, char *line)
{
	if (h->count == h->size) {
		h->size = h->size * 2 + 32;
		h->lines = mem_realloc(h->lines, h->size * sizeof(*h->lines));
	}
	h->lines[h->count++] = line;
}

static void
add_heading(struct help *h, const char *text)
{
	if (h->count > 0)
		add(h, str_dup(""));
	add(h, str_dup(text));
}

/* Text, and blanks up to so many columns, one at least. */
static char *
padded(const char *text, int columns)
{
	int blanks = columns - text_columns(text);

	return str_printf("%s%*s", text, blanks > 0 ? blanks : 1, "");
}

static void
add_row(struct help *h, const char *left, int columns, const char *help)
{
	char *wide = padded(left, columns);

	add(h, str_printf("  %s%s", wide, help));
	free(wide);
}

/* A function's keys, its name where it is wanted, and what it does. */
static void
add_key(struct app *app, struct help *h, const char *function, const char *help,
    bool names)
{
	char *keys = ui_bound(app->ui, function);
	char *name =
	    padded(names ? function : "", names ? FUNCTION_COLUMNS : 0);
	char *rest = str_printf("%s%s", names ? name : "", help);

	add_row(h, keys != NULL ? keys : _("(no key)"), KEYS_COLUMNS, rest);
	free(rest);
	free(name);
	free(keys);
}

/* Several rows of the table may be keys of one function. */
static bool
is_first(size_t at)
{
	for (size_t i = 0; i < at; i++) {
		if (strcmp(ui_keys[i].function, ui_keys[at].function) == 0)
			return false;
	}
	return true;
}

static void
add_keys(struct app *app, struct help *h, bool names)
{
	add_heading(h, _("keys of charla"));
	for (size_t i = 0; i < ui_key_count; i++) {
		if (is_first(i))
			add_key(app, h, ui_keys[i].function, _(ui_keys[i].help),
			    names);
	}
	add_heading(h, _("keys of the input line"));
	for (size_t i = 0; i < ui_line_key_count; i++)
		add_key(app, h, ui_line_keys[i].function,
		    _(ui_line_keys[i].help), names);
}

static void
add_commands(struct help *h)
{
	add_heading(h, _("commands"));
	for (size_t i = 0; i < command_count; i++) {
		const struct command *c = &command_table[i];
		char *usage = str_printf("/%s %s", c->name, c->synopsis);

		add_row(h, usage, COMMAND_COLUMNS, _(c->help));
		free(usage);
	}
}

static char *
on_line(void *arg, size_t at)
{
	const struct help *h = arg;

	return str_dup(h->lines[at]);
}

static void
show(struct app *app, struct help *h, const char *title)
{
	struct listing listing = {
	    .title = str_dup(title),
	    .words = true,
	    .count = h->count,
	    .line = on_line,
	    .arg = h,
	};

	show_close(app);
	app->help = h;
	model_show_list(&app->model, &listing);
	free(listing.title);
}

void
help_close(struct app *app)
{
	struct help *h = app->help;

	if (h == NULL)
		return;
	app->help = NULL;
	for (size_t i = 0; i < h->count; i++)
		free(h->lines[i]);
	free(h->lines);
	free(h);
}

void
help_toggle(struct app *app)
{
	struct help *h;

	if (app->help != NULL) {
		show_close(app);
		return;
	}
	h = mem_zalloc(sizeof(*h));
	add_commands(h);
	add_keys(app, h, false);
	show(app, h, _("keys and commands"));
}

void
app_keys(struct app *app)
{
	struct help *h;

	if (app->plain) {
		app_say(app, LINE_NOTICE, "%s",
		    _("in plain mode the keys are the terminal's own"));
		return;
	}
	h = mem_zalloc(sizeof(*h));
	add_keys(app, h, true);
	show(app, h, _("the keys as they are bound now, with their functions"));
}
