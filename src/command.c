/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/command.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/app.h"
#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"
#include "src/command_run.h"

const struct command *
command_find(const char *name, size_t len)
{
	for (size_t i = 0; i < command_count; i++) {
		const struct command *c = &command_table[i];

		if (strlen(c->name) == len && memcmp(c->name, name, len) == 0)
			return c;
	}
	return NULL;
}

/* The first command that begins like this; one letter has to say it all. */
static const struct command *
beginning(const char *name)
{
	const struct command *found = NULL;

	for (size_t i = 0; i < command_count; i++) {
		if (strncasecmp(command_table[i].name, name, strlen(name)) != 0)
			continue;
		if (found == NULL)
			found = &command_table[i];
		else if (strlen(name) < 2)
			return NULL;
	}
	return found;
}

const struct command *
command_nearest(const char *name)
{
	const struct command *best = beginning(name);
	/* A third of the letters may be wrong, and at least one. */
	size_t limit = strlen(name) / 3 + 1;

	if (best != NULL)
		return best;
	for (size_t i = 0; i < command_count; i++) {
		size_t distance = text_distance(name, command_table[i].name);

		if (distance > limit)
			continue;
		best = &command_table[i];
		if (distance == 0)
			break;
		limit = distance - 1;
	}
	return best;
}

static void
unknown(struct app *app, const char *name)
{
	const struct command *near = command_nearest(name);

	if (near != NULL) {
		app_say(app, LINE_ERROR,
		    _("there is no command '/%s'; did you mean /%s? "
		      "nothing was sent"),
		    name, near->name);
	} else {
		app_say(app, LINE_ERROR,
		    _("there is no command '/%s'; nothing was sent "
		      "(//%s sends it as text)"),
		    name, name);
	}
}

static void
dispatch(struct app *app, const char *line)
{
	size_t name_len = strcspn(line, COMMAND_BLANKS);
	const struct command *c = command_find(line, name_len);
	const char *start = line + name_len;
	size_t len;
	char *text;

	start += strspn(start, COMMAND_BLANKS);
	len = strlen(start);
	while (len > 0 && strchr(COMMAND_BLANKS, start[len - 1]) != NULL)
		len--;
	if (c == NULL) {
		text = str_ndup(line, name_len);
		unknown(app, text);
	} else {
		text = str_ndup(start, len);
		if ((c->needs_argument && len == 0) ||
		    (!c->takes_argument && len > 0)) {
			app_say(app, LINE_ERROR, _("usage: /%s %s"), c->name,
			    c->synopsis);
		} else {
			c->run(app, text);
		}
	}
	free(text);
}

void
command_line(struct app *app, const char *line)
{
	const char *start = line + strspn(line, COMMAND_BLANKS);

	/* A blank in front of a command is a slip, not a message. */
	if (start[0] != '/')
		app_message(app, line);
	else if (start[1] == '/')
		app_message(app, start + 1);
	else
		dispatch(app, start + 1);
}
