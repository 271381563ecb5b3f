/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/config.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/util.h"

static const char blanks[] = " \t\r";

/* A part of the text, without blanks at its ends. */
struct span {
	const char *at;
	size_t len;
};

static struct span
trim(const char *at, size_t len)
{
	while (len > 0 && strchr(blanks, *at) != NULL) {
		at++;
		len--;
	}
	while (len > 0 && strchr(blanks, at[len - 1]) != NULL)
		len--;
	return (struct span){at, len};
}

static struct span
unquote(struct span s)
{
	if (s.len >= 2 && s.at[0] == '"' && s.at[s.len - 1] == '"')
		return (struct span){s.at + 1, s.len - 2};
	return s;
}

/* False where the line says nothing. Without '=', value.at is NULL. */
static bool
read_line(const char *line, size_t len, struct span *name, struct span *value)
{
	const struct span whole = trim(line, len);
	const char *equals;

	if (whole.len == 0 || whole.at[0] == '#')
		return false;
	equals = memchr(whole.at, '=', whole.len);
	*value = (struct span){NULL, 0};
	*name = whole;
	if (equals != NULL) {
		*name = trim(whole.at, (size_t)(equals - whole.at));
		*value = unquote(trim(
		    equals + 1, (size_t)(whole.at + whole.len - equals - 1)));
	}
	return true;
}

static bool
in_file(enum option_id id)
{
	return id != OPTION_COUNT && !(option_table[id].where & OPTION_NO_FILE);
}

/* 0, or ERR_INVALID with a sentence. */
static int
set(struct options *o, struct span name, struct span value, struct reason *why)
{
	const enum option_id id = option_find(name.at, name.len);
	char *text;
	int r;

	if (!in_file(id)) {
		enum option_id near;

		text = str_ndup(name.at, name.len);
		near = option_nearest(text);
		if (id != OPTION_COUNT)
			reason_set(
			    why, _("'%s' is for the command line only"), text);
		else if (in_file(near))
			reason_set(why,
			    _("there is no option '%s'; is '%s' meant?"), text,
			    option_table[near].long_name);
		else
			reason_set(why, _("there is no option '%s'"), text);
		free(text);
		return ERR_INVALID;
	}
	if (value.at == NULL) {
		reason_set(why, _("option '%s' needs a value, like '%s = %s'"),
		    option_table[id].long_name, option_table[id].long_name,
		    option_table[id].argument != NULL
			? option_table[id].argument
			: "on");
		return ERR_INVALID;
	}
	text = str_ndup(value.at, value.len);
	r = option_set(o, id, text, why);
	free(text);
	return r;
}

static void
complain(
    char **trouble, const char *path, unsigned number, const struct reason *why)
{
	char *before = *trouble;

	*trouble = str_printf("%s%s%s:%u: %s", before != NULL ? before : "",
	    before != NULL ? "\n" : "", path, number, why->text);
	free(before);
}

char *
config_apply(struct options *o, const char *path, const char *text)
{
	struct span name, value;
	char *trouble = NULL;
	struct reason why;

	for (unsigned number = 1; *text != '\0'; number++) {
		const size_t len = strcspn(text, "\n");

		if (read_line(text, len, &name, &value) &&
		    set(o, name, value, &why) < 0)
			complain(&trouble, path, number, &why);
		text += len + (text[len] == '\n');
	}
	return trouble;
}

/* Where the line that sets an option begins; NULL: there is none. */
static const char *
find_line(const char *text, enum option_id id, size_t *len_out)
{
	const char *found = NULL;
	struct span name, value;

	while (*text != '\0') {
		const size_t len = strcspn(text, "\n");

		if (read_line(text, len, &name, &value) &&
		    option_find(name.at, name.len) == id) {
			found = text;
			*len_out = len;
		}
		text += len + (text[len] == '\n');
	}
	return found;
}

/* Quotes where the value would not be read back as it is. */
static char *
make_line(const struct config_change *change)
{
	const struct span plain = trim(change->value, strlen(change->value));
	const bool quotes = plain.len != strlen(change->value) ||
			    plain.len == 0 || plain.at[0] == '"';

	return str_printf("%s = %s%s%s", option_table[change->id].long_name,
	    quotes ? "\"" : "", change->value, quotes ? "\"" : "");
}

static char *
rewrite_one(const char *text, const struct config_change *change)
{
	char *line = make_line(change), *out;
	const size_t end = strlen(text);
	const bool whole = end == 0 || text[end - 1] == '\n';
	const char *at;
	size_t len;

	at = find_line(text, change->id, &len);
	if (at != NULL)
		out = str_printf(
		    "%.*s%s%s", (int)(at - text), text, line, at + len);
	else
		out = str_printf("%s%s%s\n", text, whole ? "" : "\n", line);
	free(line);
	return out;
}

char *
config_rewrite(
    const char *text, const struct config_change *changes, size_t count)
{
	char *out = str_dup(text);

	for (size_t i = 0; i < count; i++)
		str_replace(&out, rewrite_one(out, &changes[i]));
	return out;
}
