/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each row says where its value is and what it can be; nothing else does. */
#include "src/options.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/wire.h"
#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"

enum { DEFAULT_AT_ONCE = 3 };

static const char *const on_off[] = {"on", "off", NULL};

void
options_init(struct options *o)
{
	*o = (struct options){
	    .port = WIRE_PORT,
	    .at_once = DEFAULT_AT_ONCE,
	    .theme = UI_THEME_AUTO,
	    .time_format = str_dup("%H:%M"),
	    .notify = UI_NOTIFY_BELL,
	    .notify_text = true,
	    .title = true,
	    .progress = true,
	    .links = true,
	};
}

static bool *
flag_of(const struct options *o, const struct option_row *row)
{
	return (bool *)((char *)o + row->at);
}

static unsigned *
number_of(const struct options *o, const struct option_row *row)
{
	return (unsigned *)((char *)o + row->at);
}

static char **
text_of(const struct options *o, const struct option_row *row)
{
	return (char **)((char *)o + row->at);
}

void
options_release(struct options *o)
{
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (option_table[i].type == OPTION_TEXT)
			str_replace(text_of(o, &option_table[i]), NULL);
	}
	str_replace(&o->peer, NULL);
}

enum option_id
option_find(const char *name, size_t len)
{
	enum option_id id = 0;

	while (id < OPTION_COUNT &&
	       (strlen(option_table[id].long_name) != len ||
		   memcmp(option_table[id].long_name, name, len) != 0))
		id++;
	return id;
}

enum option_id
option_nearest(const char *name)
{
	/* A third of the letters may be wrong, and at least one. */
	size_t limit = strlen(name) / 3 + 2;
	enum option_id best = OPTION_COUNT;

	for (enum option_id id = 0; id < OPTION_COUNT; id++) {
		size_t distance =
		    text_distance(name, option_table[id].long_name);

		if (distance < limit) {
			limit = distance;
			best = id;
		}
	}
	return best;
}

const char *const *
option_values(enum option_id id)
{
	if (option_table[id].type == OPTION_ON_OFF)
		return on_off;
	return option_table[id].choices;
}

/* "auto, dark, light, mono"; the caller frees. */
static char *
list_values(enum option_id id)
{
	const char *const *values = option_values(id);
	char *list = str_dup(*values);

	for (values++; *values != NULL; values++)
		str_replace(&list, str_printf("%s, %s", list, *values));
	return list;
}

/* Which of the values it is; -1: none. */
static int
value_index(enum option_id id, const char *value, struct reason *why)
{
	const char *const *values = option_values(id);
	char *list;

	for (int i = 0; values[i] != NULL; i++) {
		if (strcmp(values[i], value) == 0)
			return i;
	}
	list = list_values(id);
	reason_set(why, _("option '%s' is one of %s, not '%s'"),
	    option_table[id].long_name, list, value);
	free(list);
	return -1;
}

/* Digits only: strtoul would take blanks and signs. */
static int
set_number(unsigned *out, const struct option_row *row, const char *value,
    struct reason *why)
{
	char *end;
	unsigned long number;

	errno = 0;
	number = strtoul(value, &end, 10);
	if (value[0] < '0' || value[0] > '9' || *end != '\0' || errno != 0 ||
	    number < row->least || number > row->most) {
		reason_set(why,
		    _("option '%s' is a number from %u to %u, not '%s'"),
		    row->long_name, row->least, row->most, value);
		return ERR_INVALID;
	}
	*out = (unsigned)number;
	return 0;
}

static int
set_text(char **out, const struct option_row *row, const char *value,
    struct reason *why)
{
	if (*value == '\0' && !(row->where & OPTION_CAN_EMPTY)) {
		reason_set(why, _("option '%s' needs %s after it"),
		    row->long_name, row->argument);
		return ERR_INVALID;
	}
	if (row->check != NULL && row->check(value, why) < 0)
		return ERR_INVALID;
	str_replace(out, str_dup(value));
	return 0;
}

int
option_set(
    struct options *o, enum option_id id, const char *value, struct reason *why)
{
	const struct option_row *row = &option_table[id];
	int index;

	switch (row->type) {
	case OPTION_ON_OFF:
		index = value_index(id, value, why);
		if (index >= 0)
			*flag_of(o, row) = index == 0;
		return index < 0 ? ERR_INVALID : 0;
	case OPTION_CHOICE:
		index = value_index(id, value, why);
		if (index >= 0)
			*number_of(o, row) = (unsigned)index;
		return index < 0 ? ERR_INVALID : 0;
	case OPTION_NUMBER:
		return set_number(number_of(o, row), row, value, why);
	case OPTION_TEXT:
		return set_text(text_of(o, row), row, value, why);
	case OPTION_ACTION:
		*flag_of(o, row) = true;
		return 0;
	}
	return ERR_INVALID;
}

char *
option_get(const struct options *o, enum option_id id)
{
	const struct option_row *row = &option_table[id];
	const char *text;

	switch (row->type) {
	case OPTION_ON_OFF:
	case OPTION_ACTION:
		return str_dup(on_off[*flag_of(o, row) ? 0 : 1]);
	case OPTION_CHOICE:
		return str_dup(row->choices[*number_of(o, row)]);
	case OPTION_NUMBER:
		return str_printf("%u", *number_of(o, row));
	case OPTION_TEXT:
		break;
	}
	text = *text_of(o, row);
	return str_dup(text != NULL ? text : "");
}

struct ui_settings
options_ui(const struct options *o)
{
	return (struct ui_settings){
	    .theme = (enum ui_theme)o->theme,
	    .time_format = o->time_format,
	    .notify = (enum ui_notify)o->notify,
	    .notify_text = o->notify_text,
	    .mouse = o->mouse,
	    .title = o->title,
	    .progress = o->progress,
	    .links = o->links,
	};
}

char *
options_own_name(const struct options *o)
{
	const struct passwd *pw;
	struct reason why;

	if (o->name != NULL)
		return str_dup(o->name);
	pw = getpwuid(geteuid());
	if (pw != NULL && options_check_name(pw->pw_name, &why) == 0)
		return str_dup(pw->pw_name);
	return str_dup(_("somebody"));
}
