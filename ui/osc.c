/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/osc.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"

enum { WHO_COLUMNS = 40, TITLE_COLUMNS = 80, TEXT_COLUMNS = 160 };

static const char program[] = "charla";

/* One line without controls, and no wider than that. */
static char *
safe(const char *text, int columns)
{
	char *clean = text_clean(text, strlen(text), TEXT_LABEL);
	char *cut = text_cut(clean, columns, false);

	free(clean);
	return cut;
}

/* For where a ';' would begin another part. */
static char *
safe_part(const char *text)
{
	char *part = safe(text, TEXT_COLUMNS);

	for (char *s = part; *s != '\0'; s++) {
		if (*s == ';')
			*s = ',';
	}
	return part;
}

/* "charla", "charla (guest)": it is the program's own name already. */
static bool
names_program(const char *name)
{
	const size_t len = sizeof(program) - 1;

	return strncmp(name, program, len) == 0 &&
	       (name[len] == '\0' || name[len] == ' ');
}

char *
osc_title_text(const char *who, size_t unread)
{
	char *name = safe(who != NULL ? who : "", WHO_COLUMNS);
	char count[32] = "";
	char *text;

	if (unread > 0)
		snprintf(count, sizeof(count), "(%zu) ", unread);
	if (*name == '\0' || names_program(name))
		text =
		    str_printf("%s%s", count, *name == '\0' ? program : name);
	else
		text = str_printf("%s%s - %s", count, name, program);
	free(name);
	return text;
}

char *
osc_title(const char *text)
{
	char *title = safe(text, TITLE_COLUMNS);
	char *bytes = str_printf("\033]2;%s\033\\", title);

	free(title);
	return bytes;
}

/*
 * A number in front could be taken for one of ConEmu's commands, which share
 * OSC 9 with the notifications.
 */
static char *
osc_9(const char *part)
{
	const bool digit = *part >= '0' && *part <= '9';

	return str_printf("\033]9;%s%s%s\033\\", digit ? program : "",
	    digit ? ": " : "", part);
}

char *
osc_notification(enum ui_notify how, const char *text)
{
	char *part, *bytes = NULL;

	if (how == UI_NOTIFY_NONE)
		return NULL;
	if (how == UI_NOTIFY_BELL)
		return str_dup("\a");
	part = safe_part(text);
	if (how == UI_NOTIFY_OSC9)
		bytes = osc_9(part);
	else if (how == UI_NOTIFY_OSC99)
		/* With a name, each takes the place of the one before. */
		bytes = str_printf("\033]99;i=%s;%s\033\\", program, part);
	else
		bytes =
		    str_printf("\033]777;notify;%s;%s\033\\", program, part);
	free(part);
	return bytes;
}

char *
osc_progress(int percent)
{
	if (percent < 0)
		percent = 0;
	return str_printf("\033]9;4;1;%d\033\\", percent > 100 ? 100 : percent);
}
