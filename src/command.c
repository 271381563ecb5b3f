/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/command.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/app.h"
#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"

static const char blanks[] = " \t\n";

/* Bytes a second that a person can mean. */
#define LIMIT_MIN 1e3
#define LIMIT_MAX 1e12
/* Bytes in all that somebody may send without being asked about. */
#define ACCEPT_MIN 1.0
#define ACCEPT_MAX 1e15

static const struct command *
find(const char *name, size_t len)
{
	for (size_t i = 0; i < command_count; i++) {
		const struct command *c = &command_table[i];

		if (strlen(c->name) == len && memcmp(c->name, name, len) == 0)
			return c;
	}
	return NULL;
}

/* An optional number: 0 where there is none, false where it is no number. */
static bool
parse_number(struct app *app, const char *argument, unsigned *number)
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

static void
run_help(struct app *app, const char *argument)
{
	const char *name = *argument == '/' ? argument + 1 : argument;
	const struct command *c = find(name, strlen(name));

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
	      "PgUp and PgDn scroll. man charla has the keys."));
}

static void
run_send(struct app *app, const char *argument)
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

/* In text, the word where it stands between blanks, first or last one. */
static const char *
find_word(const char *text, const char *word, bool last)
{
	const size_t len = strlen(word);
	const char *found = NULL;

	for (const char *at = text; (at = strstr(at, word)) != NULL; at++) {
		if ((at == text || strchr(blanks, at[-1]) == NULL) ||
		    at[len] == '\0' || strchr(blanks, at[len]) == NULL)
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
	char *rest = command_unquote(word + 3 + strspn(word + 3, blanks));
	unsigned number;

	if (parse_number(app, number_text, &number)) {
		if (word[0] == 'a')
			app_accept_as(app, number, rest);
		else
			app_accept_to(app, number, rest);
	}
	free(rest);
	free(number_text);
}

static void
run_accept(struct app *app, const char *argument)
{
	static const char from[] = "from ";
	const size_t digits = strspn(argument, "0123456789");
	const char *rest =
	    argument + digits + strspn(argument + digits, blanks);
	unsigned number;

	if (strcmp(argument, "all") == 0)
		app_accept_all(app);
	else if (strncmp(argument, from, sizeof(from) - 1) == 0)
		run_accept_from(app, argument + sizeof(from) - 1);
	else if (digits > 0 && rest > argument + digits &&
		 (strncmp(rest, "as ", 3) == 0 || strncmp(rest, "to ", 3) == 0))
		run_accept_where(app, argument, rest);
	else if (parse_number(app, argument, &number))
		app_accept(app, number);
}

static void
run_reject(struct app *app, const char *argument)
{
	unsigned number;

	if (parse_number(app, argument, &number))
		app_reject(app, number);
}

static void
run_cancel(struct app *app, const char *argument)
{
	unsigned number;

	if (parse_number(app, argument, &number))
		app_cancel(app, number);
}

static void
run_transfers(struct app *app, const char *argument)
{
	(void)argument;
	app_list_transfers(app);
}

static void
run_pause(struct app *app, const char *argument)
{
	unsigned number;

	if (parse_number(app, argument, &number))
		app_pause(app, number);
}

static void
run_resume(struct app *app, const char *argument)
{
	unsigned number;

	if (parse_number(app, argument, &number))
		app_resume(app, number);
}

static void
run_show(struct app *app, const char *argument)
{
	unsigned number;

	if (parse_number(app, argument, &number))
		app_show(app, number);
}

static void
run_limit(struct app *app, const char *argument)
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

static void
run_outbox(struct app *app, const char *argument)
{
	static const char drop[] = "drop";
	size_t len = sizeof(drop) - 1;
	unsigned number;

	if (*argument == '\0') {
		app_list_outbox(app);
		return;
	}
	if (strncmp(argument, drop, len) != 0 ||
	    argument[len + strspn(argument + len, blanks)] == '\0') {
		app_say(app, LINE_ERROR, "%s",
		    _("usage: /outbox, or /outbox drop N"));
		return;
	}
	argument += len + strspn(argument + len, blanks);
	if (parse_number(app, argument, &number))
		app_drop_message(app, number);
}

static void
run_search(struct app *app, const char *argument)
{
	app_search(app, argument);
}

static void
run_log(struct app *app, const char *argument)
{
	app_log(app, argument);
}

static void
run_connect(struct app *app, const char *argument)
{
	static const char flag[] = "--new-key";
	size_t len = sizeof(flag) - 1;
	bool new_key = strncmp(argument, flag, len) == 0 &&
		       strchr(blanks, argument[len]) != NULL;

	if (new_key)
		argument += len + strspn(argument + len, blanks);
	app_connect(app, argument, new_key);
}

static void
run_disconnect(struct app *app, const char *argument)
{
	(void)argument;
	app_disconnect(app);
}

static void
run_nick(struct app *app, const char *argument)
{
	app_set_name(app, argument);
}

static void
run_me(struct app *app, const char *argument)
{
	app_action(app, argument);
}

static void
run_clear(struct app *app, const char *argument)
{
	(void)argument;
	app_clear(app);
}

static void
run_quit(struct app *app, const char *argument)
{
	(void)argument;
	app_quit(app);
}

/* clang-format off */
const struct command command_table[] = {
	{"help", "[COMMAND]", N_("list the commands, or explain one"),
	    false, true, COMMAND_COMMANDS, run_help},
	{"send", "PATH...", N_("offer files and folders; * and ? work as in a shell"),
	    true, true, COMMAND_PATHS, run_send},
	{"accept", "[N]", N_("let a caller in, or take files: N as NAME, N to DIR, all"),
	    false, true, COMMAND_NOTHING, run_accept},
	{"reject", "[N]", N_("say no to a caller or a file"),
	    false, true, COMMAND_NOTHING, run_reject},
	{"show", "[N]", N_("look at the list of what is offered; Esc closes it"),
	    false, true, COMMAND_NOTHING, run_show},
	{"cancel", "[N]", N_("end a transfer, on both sides"),
	    false, true, COMMAND_NOTHING, run_cancel},
	{"pause", "[N]", N_("let a transfer stand still, on both sides"),
	    false, true, COMMAND_NOTHING, run_pause},
	{"resume", "[N]", N_("go on with it"),
	    false, true, COMMAND_NOTHING, run_resume},
	{"limit", "RATE", N_("send files at no more than 500k or 10M a second; off"),
	    true, true, COMMAND_NOTHING, run_limit},
	{"transfers", "", N_("list what is offered and what is running"),
	    false, false, COMMAND_NOTHING, run_transfers},
	{"outbox", "[drop N]", N_("list what waits to be sent, or take one back"),
	    false, true, COMMAND_NOTHING, run_outbox},
	{"search", "WORDS", N_("find words in the whole history; Ctrl-S goes on"),
	    true, true, COMMAND_NOTHING, run_search},
	{"log", "[on|off]", N_("keep the history, or nothing from here on"),
	    false, true, COMMAND_NOTHING, run_log},
	{"connect", "[--new-key] HOST", N_("call a name or an address, HOST:PORT too"),
	    true, true, COMMAND_NOTHING, run_connect},
	{"disconnect", "", N_("hang up, or stop calling"),
	    false, false, COMMAND_NOTHING, run_disconnect},
	{"nick", "NAME", N_("change the name the other person sees"),
	    true, true, COMMAND_NOTHING, run_nick},
	{"me", "TEXT", N_("say what you are doing: /me waves"),
	    true, true, COMMAND_NOTHING, run_me},
	{"clear", "", N_("empty the log pane; nothing is deleted"),
	    false, false, COMMAND_NOTHING, run_clear},
	{"quit", "", N_("leave; asks once while a transfer runs"),
	    false, false, COMMAND_NOTHING, run_quit},
};
/* clang-format on */
const size_t command_count = COUNT(command_table);

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
	size_t name_len = strcspn(line, blanks);
	const struct command *c = find(line, name_len);
	const char *start = line + name_len;
	size_t len;
	char *text;

	start += strspn(start, blanks);
	len = strlen(start);
	while (len > 0 && strchr(blanks, start[len - 1]) != NULL)
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
	const char *start = line + strspn(line, blanks);

	/* A blank in front of a command is a slip, not a message. */
	if (start[0] != '/')
		app_message(app, line);
	else if (start[1] == '/')
		app_message(app, start + 1);
	else
		dispatch(app, start + 1);
}

/* Commands that begin with prefix; slash goes in front of each. */
static void
complete_names(
    const char *prefix, const char *slash, char ***words, size_t *count)
{
	for (size_t i = 0; i < command_count; i++) {
		const char *name = command_table[i].name;

		if (strncmp(name, prefix, strlen(prefix)) != 0)
			continue;
		*words = mem_realloc(*words, (*count + 1) * sizeof(char *));
		(*words)[(*count)++] = str_printf("%s%s", slash, name);
	}
}

void
command_complete(
    const char *line, size_t start, char ***words, size_t *count, bool *paths)
{
	const struct command *c;

	*words = NULL;
	*count = 0;
	*paths = false;
	if (line[0] != '/' || line[1] == '/')
		return;
	if (start <= 1) {
		complete_names(line + 1, start == 0 ? "/" : "", words, count);
		return;
	}
	c = find(line + 1, strcspn(line + 1, blanks));
	if (c == NULL)
		return;
	if (c->words == COMMAND_PATHS) {
		*paths = true;
	} else if (c->words == COMMAND_COMMANDS) {
		const char *word = line + start;
		bool slash = *word == '/';

		complete_names(
		    word + (slash ? 1 : 0), slash ? "/" : "", words, count);
	}
}
