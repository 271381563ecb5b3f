/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands about the talk and about everything else. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "src/app.h"
#include "src/base/i18n.h"
#include "src/base/util.h"
#include "src/command_run.h"

bool
command_number(struct app *app, const char *argument, unsigned *number)
{
	char *end;
	unsigned long value;

	*number = 0;
	if (*argument == '\0')
		return true;
	value = strtoul(argument, &end, 10);
	if (*end != '\0' || *argument == '-' || value == 0 ||
	    value > UINT_MAX) {
		app_say(app, LINE_ERROR,
		    _("'%s' is not a number from the list"), argument);
		return false;
	}
	*number = (unsigned)value;
	return true;
}

static void
help_row(struct app *app, const struct command *c)
{
	char *usage = str_printf("/%s %s", c->name, c->synopsis);

	app_say(app, LINE_HELP, "%-26s %s", usage, _(c->help));
	free(usage);
}

void
command_run_help(struct app *app, const char *argument)
{
	const char *name = *argument == '/' ? argument + 1 : argument;
	const struct command *c = command_find(name, strlen(name));

	if (*name != '\0' && c == NULL) {
		app_say(app, LINE_ERROR,
		    _("there is no command '/%s'; /help lists them"), name);
		return;
	}
	if (c != NULL) {
		help_row(app, c);
		return;
	}
	for (size_t i = 0; i < command_count; i++)
		help_row(app, &command_table[i]);
	app_say(app, LINE_HELP, "%s",
	    _("Everything else is sent as it is typed; //text sends /text. "
	      "PgUp and PgDn scroll, F1 shows the keys."));
}

void
command_run_outbox(struct app *app, const char *argument)
{
	static const char drop[] = "drop";
	size_t len = sizeof(drop) - 1;
	unsigned number;

	if (*argument == '\0') {
		app_list_outbox(app);
		return;
	}
	if (strncmp(argument, drop, len) != 0 ||
	    argument[len + strspn(argument + len, COMMAND_BLANKS)] == '\0') {
		app_say(app, LINE_ERROR, "%s",
		    _("usage: /outbox, or /outbox drop N"));
		return;
	}
	argument += len + strspn(argument + len, COMMAND_BLANKS);
	if (command_number(app, argument, &number))
		app_drop_message(app, number);
}

void
command_run_search(struct app *app, const char *argument)
{
	app_search(app, argument);
}

void
command_run_log(struct app *app, const char *argument)
{
	app_log(app, argument);
}

void
command_run_connect(struct app *app, const char *argument)
{
	static const char flag[] = "--new-key";
	size_t len = sizeof(flag) - 1;
	bool new_key = strncmp(argument, flag, len) == 0 &&
		       strchr(COMMAND_BLANKS, argument[len]) != NULL;

	if (new_key)
		argument += len + strspn(argument + len, COMMAND_BLANKS);
	app_connect(app, argument, new_key);
}

void
command_run_disconnect(struct app *app, const char *argument)
{
	(void)argument;
	app_disconnect(app);
}

void
command_run_fingerprint(struct app *app, const char *argument)
{
	app_fingerprint(app, argument);
}

void
command_run_verify(struct app *app, const char *argument)
{
	bool no = strcmp(argument, "no") == 0;

	if (no || *argument == '\0' || strcmp(argument, "yes") == 0)
		app_verify(app, !no);
	else
		app_say(app, LINE_ERROR, "%s",
		    _("usage: /verify where the digits are the same, "
		      "/verify no where not"));
}

void
command_run_nick(struct app *app, const char *argument)
{
	app_set_name(app, argument);
}

void
command_run_me(struct app *app, const char *argument)
{
	app_action(app, argument);
}

void
command_run_set(struct app *app, const char *argument)
{
	app_set(app, argument);
}

void
command_run_url(struct app *app, const char *argument)
{
	(void)argument;
	app_urls(app);
}

void
command_run_copy(struct app *app, const char *argument)
{
	static const char url[] = "url";
	size_t len = sizeof(url) - 1;
	unsigned number;

	if (strncmp(argument, url, len) != 0 ||
	    strchr(COMMAND_BLANKS, argument[len]) == NULL) {
		if (command_number(app, argument, &number))
			app_copy_message(app, number);
		return;
	}
	argument += len + strspn(argument + len, COMMAND_BLANKS);
	if (command_number(app, argument, &number))
		app_copy_url(app, number);
}

void
command_run_keys(struct app *app, const char *argument)
{
	(void)argument;
	app_keys(app);
}

void
command_run_doctor(struct app *app, const char *argument)
{
	(void)argument;
	app_doctor(app);
}

void
command_run_clear(struct app *app, const char *argument)
{
	(void)argument;
	app_clear(app);
}

void
command_run_quit(struct app *app, const char *argument)
{
	(void)argument;
	app_quit(app);
}
