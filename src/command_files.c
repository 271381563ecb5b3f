/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands about files, from their words to what is meant. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "src/app.h"
#include "src/base/i18n.h"
#include "src/base/util.h"
#include "src/command_run.h"

/* Bytes a second that a person can mean. */
#define LIMIT_MIN 1e3
#define LIMIT_MAX 1e12
/* Bytes in all that somebody may send without being asked about. */
#define ACCEPT_MIN 1.0
#define ACCEPT_MAX 1e15

void
command_run_send(struct app *app, const char *argument)
{
	size_t count;
	char **words = command_split(argument, &count);
	char *whole = command_unquote(argument);

	app_send(app, (const char *const *)words, count, whole);
	free(whole);
	command_split_free(words, count);
}

/* "2G", "500k", "1.5M": powers of 1000, as sizes are shown. 0: it is none. */
static uint64_t
parse_bytes(const char *text, double least, double most)
{
	static const char units[] = "kMGT";
	char *end;
	double bytes = strtod(text, &end);

	if (end == text)
		return 0;
	for (size_t i = 0; *end != '\0' && i < strlen(units); i++) {
		bytes *= 1000;
		if (tolower((unsigned char)*end) ==
		    tolower((unsigned char)units[i])) {
			end++;
			break;
		}
	}
	if (*end != '\0' || !(bytes >= least) || !(bytes <= most))
		return 0;
	return (uint64_t)bytes;
}

/* In text, the word where it stands between COMMAND_BLANKS, first or last one.
 */
static const char *
find_word(const char *text, const char *word, bool last)
{
	const size_t len = strlen(word);
	const char *found = NULL;

	for (const char *at = text; (at = strstr(at, word)) != NULL; at++) {
		if ((at == text || strchr(COMMAND_BLANKS, at[-1]) == NULL) ||
		    at[len] == '\0' || strchr(COMMAND_BLANKS, at[len]) == NULL)
			continue;
		found = at;
		if (!last)
			break;
	}
	return found;
}

/* "from NAME up to 2G", "from NAME no more". */
static void
run_accept_from(struct app *app, const char *argument)
{
	static const char upto[] = " up to ", no_more[] = " no more";
	const char *limit = find_word(argument, "up to", true);
	const size_t len = strlen(argument), tail = sizeof(no_more) - 1;
	uint64_t bytes = 0;
	char *name = NULL;

	if (limit != NULL) {
		bytes = parse_bytes(
		    limit + sizeof(upto) - 2, ACCEPT_MIN, ACCEPT_MAX);
		name = str_ndup(argument, (size_t)(limit - argument) - 1);
	} else if (len > tail && strcmp(argument + len - tail, no_more) == 0) {
		name = str_ndup(argument, len - tail);
	}
	if (name == NULL || (limit != NULL && bytes == 0))
		app_say(app, LINE_ERROR, "%s",
		    _("usage: /accept from NAME up to 2G, or "
		      "/accept from NAME no more"));
	else
		app_accept_from(app, name, bytes);
	free(name);
}

/* "N as NAME", "N to DIR". */
static void
run_accept_where(struct app *app, const char *argument, const char *word)
{
	char *number_text = str_ndup(argument, (size_t)(word - argument) - 1);
	char *rest =
	    command_unquote(word + 3 + strspn(word + 3, COMMAND_BLANKS));
	unsigned number;

	if (command_number(app, number_text, &number)) {
		if (word[0] == 'a')
			app_accept_as(app, number, rest);
		else
			app_accept_to(app, number, rest);
	}
	free(rest);
	free(number_text);
}

void
command_run_accept(struct app *app, const char *argument)
{
	static const char from[] = "from ", new_key[] = "--new-key";
	const size_t flag = sizeof(new_key) - 1;
	const size_t digits = strspn(argument, "0123456789");
	const char *rest =
	    argument + digits + strspn(argument + digits, COMMAND_BLANKS);
	unsigned number;

	if (strcmp(argument, "all") == 0)
		app_accept_all(app);
	else if (strncmp(argument, from, sizeof(from) - 1) == 0)
		run_accept_from(app, argument + sizeof(from) - 1);
	else if (strncmp(argument, new_key, flag) == 0) {
		argument += flag + strspn(argument + flag, COMMAND_BLANKS);
		if (command_number(app, argument, &number))
			app_accept_new_key(app, number);
	} else if (digits > 0 && rest > argument + digits &&
		   (strncmp(rest, "as ", 3) == 0 ||
		       strncmp(rest, "to ", 3) == 0))
		run_accept_where(app, argument, rest);
	else if (command_number(app, argument, &number))
		app_accept(app, number);
}

void
command_run_reject(struct app *app, const char *argument)
{
	unsigned number;

	if (command_number(app, argument, &number))
		app_reject(app, number);
}

void
command_run_cancel(struct app *app, const char *argument)
{
	unsigned number;

	if (command_number(app, argument, &number))
		app_cancel(app, number);
}

void
command_run_transfers(struct app *app, const char *argument)
{
	(void)argument;
	app_list_transfers(app);
}

void
command_run_pause(struct app *app, const char *argument)
{
	unsigned number;

	if (command_number(app, argument, &number))
		app_pause(app, number);
}

void
command_run_resume(struct app *app, const char *argument)
{
	unsigned number;

	if (command_number(app, argument, &number))
		app_resume(app, number);
}

void
command_run_show(struct app *app, const char *argument)
{
	unsigned number;

	if (command_number(app, argument, &number))
		app_show(app, number);
}

void
command_run_limit(struct app *app, const char *argument)
{
	uint64_t rate = parse_bytes(argument, LIMIT_MIN, LIMIT_MAX);

	if (strcmp(argument, "off") == 0)
		app_limit(app, 0);
	else if (rate > 0)
		app_limit(app, rate);
	else
		app_say(app, LINE_ERROR,
		    _("'%s' is not a rate; 500k and 10M are (bytes a second, "
		      "1k at least), and off"),
		    argument);
}
