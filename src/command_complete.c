/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Tab may put where: by the command, and by what there is just now. */
#include <stdlib.h>
#include <string.h>

#include "src/app.h"
#include "src/base/i18n.h"
#include "src/base/util.h"
#include "src/command_run.h"

/* A command's argument up to the cursor; its last word is the one in work. */
struct place {
	struct app *app;
	const char *argument;
	const char *word;
	struct choices *out;
};

/* Commands that begin with prefix; slash goes in front of each. */
static void
complete_names(const char *prefix, const char *slash, struct choices *out)
{
	for (size_t i = 0; i < command_count; i++) {
		const struct command *c = &command_table[i];
		char *word;

		if (strncmp(c->name, prefix, strlen(prefix)) != 0)
			continue;
		word = str_printf("%s%s", slash, c->name);
		choices_add(out, word, _(c->help));
		free(word);
	}
}

static void
complete_commands(const struct place *p)
{
	bool slash = *p->word == '/';

	complete_names(p->word + (slash ? 1 : 0), slash ? "/" : "", p->out);
}

/* Which word of the argument is it? From 0. */
static size_t
word_index(const struct place *p)
{
	size_t index = 0;

	for (const char *at = p->argument; at < p->word; index++) {
		at += strcspn(at, COMMAND_BLANKS);
		at += strspn(at, COMMAND_BLANKS);
	}
	return index;
}

/* The one word that a command takes. */
static void
complete_number(const struct place *p, enum app_numbers which)
{
	if (word_index(p) == 0)
		app_number_choices(p->app, which, p->word, p->out);
}

static bool
begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* "from NAME up to 2G": the name may have blanks in it. */
static void
complete_from(const struct place *p, const char *name)
{
	size_t skip = (size_t)(p->word - name);

	app_name_choices(p->app, name, skip, p->out);
	if (skip == 0)
		return;
	choices_add_if(p->out, p->word, "up to",
	    _("so many bytes, 2G say, without being asked"));
	choices_add_if(p->out, p->word, "no more", _("ask again"));
}

/* "N as NAME", "N to DIR". */
static void
complete_where(const struct place *p)
{
	const char *rest = p->argument + strspn(p->argument, "0123456789");

	rest += strspn(rest, COMMAND_BLANKS);
	if (rest > p->argument && begins(rest, "to ")) {
		p->out->paths = true;
	} else if (rest == p->word) {
		choices_add_if(p->out, p->word, "as", _("with another name"));
		choices_add_if(p->out, p->word, "to", _("into another folder"));
	}
}

static void
complete_accept(const struct place *p)
{
	static const char from[] = "from ", new_key[] = "--new-key ";

	if (begins(p->argument, from) && word_index(p) > 0) {
		complete_from(p, p->argument + sizeof(from) - 1);
	} else if (begins(p->argument, new_key) && word_index(p) > 0) {
		app_number_choices(
		    p->app, APP_NUMBERS_NEW_KEYS, p->word, p->out);
	} else if (word_index(p) > 0) {
		complete_where(p);
	} else {
		app_number_choices(
		    p->app, APP_NUMBERS_QUESTIONS, p->word, p->out);
		choices_add_if(p->out, p->word, "all", _("every file offered"));
		choices_add_if(p->out, p->word, "from",
		    _("what somebody offers from here on"));
		/* Rare, and then it stands on the screen. */
		if (*p->word == '-')
			choices_add_if(p->out, p->word, "--new-key",
			    _("a caller, although the key is another one"));
	}
}

static void
complete_outbox(const struct place *p)
{
	if (word_index(p) == 0)
		choices_add_if(
		    p->out, p->word, "drop", _("take one back, by its number"));
	else if (begins(p->argument, "drop ") && word_index(p) == 1)
		app_number_choices(p->app, APP_NUMBERS_OUTBOX, p->word, p->out);
}

static void
complete_limit(const struct place *p)
{
	if (word_index(p) > 0)
		return;
	choices_add_if(p->out, p->word, "off", _("as fast as it goes"));
	choices_add_if(p->out, p->word, "500k", _("half a MB a second"));
	choices_add_if(p->out, p->word, "10M", _("10 MB a second"));
}

static void
complete_switch(const struct place *p)
{
	if (word_index(p) > 0)
		return;
	choices_add_if(p->out, p->word, "on", NULL);
	choices_add_if(p->out, p->word, "off", NULL);
}

static void
complete_copy(const struct place *p)
{
	if (word_index(p) == 0)
		choices_add_if(
		    p->out, p->word, "url", _("a link, by its number in /url"));
}

/* A name may have blanks in it. */
static void
complete_people(const struct place *p, enum app_people which)
{
	app_people_choices(p->app, which, p->argument,
	    (size_t)(p->word - p->argument), p->out);
}

static void
complete_call(const struct place *p)
{
	static const char flag[] = "--new-key";
	size_t index = word_index(p);

	bool first = index == 0 || (index == 1 && begins(p->argument, flag));

	if (!begins(p->argument, flag))
		complete_people(p, APP_PEOPLE_CALL);
	if (first)
		app_call_choices(p->app, p->word, p->out);
	if (index == 0)
		choices_add_if(p->out, p->word, flag,
		    _("go on although the key is another one"));
}

static void
complete_option(const struct place *p)
{
	size_t index = word_index(p);

	if (index == 0)
		app_option_choices(p->app, p->word, p->out);
	else if (index == 1)
		app_value_choices(p->app, p->argument,
		    strcspn(p->argument, COMMAND_BLANKS), p->word, p->out);
}

static void
complete_verdict(const struct place *p)
{
	if (word_index(p) == 0)
		choices_add_if(
		    p->out, p->word, "no", _("they differ: end the talk"));
}

static void
complete_argument(enum command_words words, const struct place *p)
{
	static const enum app_numbers numbers[] = {
	    [COMMAND_QUESTIONS] = APP_NUMBERS_QUESTIONS,
	    [COMMAND_LISTS] = APP_NUMBERS_LISTS,
	    [COMMAND_TRANSFERS] = APP_NUMBERS_TRANSFERS,
	    [COMMAND_RUNNING] = APP_NUMBERS_RUNNING,
	    [COMMAND_PAUSED] = APP_NUMBERS_PAUSED,
	};

	switch (words) {
	case COMMAND_NOTHING:
		break;
	case COMMAND_PATHS:
		p->out->paths = true;
		break;
	case COMMAND_COMMANDS:
		complete_commands(p);
		break;
	case COMMAND_ACCEPT:
		complete_accept(p);
		break;
	case COMMAND_QUESTIONS:
	case COMMAND_LISTS:
	case COMMAND_TRANSFERS:
	case COMMAND_RUNNING:
	case COMMAND_PAUSED:
		complete_number(p, numbers[words]);
		break;
	case COMMAND_LIMITS:
		complete_limit(p);
		break;
	case COMMAND_OUTBOX:
		complete_outbox(p);
		break;
	case COMMAND_SWITCH:
		complete_switch(p);
		break;
	case COMMAND_COPY:
		complete_copy(p);
		break;
	case COMMAND_VERDICT:
		complete_verdict(p);
		break;
	case COMMAND_CALLS:
		complete_call(p);
		break;
	case COMMAND_KNOWN:
		complete_people(p, APP_PEOPLE_KNOWN);
		break;
	case COMMAND_SEEN:
		complete_people(p, APP_PEOPLE_SEEN);
		break;
	case COMMAND_BLOCKED:
		complete_people(p, APP_PEOPLE_BLOCKED);
		break;
	case COMMAND_OPTIONS:
		complete_option(p);
		break;
	}
}

void
command_complete(
    struct app *app, const char *line, size_t start, struct choices *out)
{
	struct place p = {.app = app, .word = line + start, .out = out};
	size_t len;
	const struct command *c;

	if (line[0] != '/' || line[1] == '/')
		return;
	if (start <= 1) {
		complete_names(line + 1, start == 0 ? "/" : "", out);
		return;
	}
	len = strcspn(line + 1, COMMAND_BLANKS);
	c = command_find(line + 1, len);
	p.argument = line + 1 + len;
	p.argument += strspn(p.argument, COMMAND_BLANKS);
	/* A quote may stand in front of a word. */
	if (c == NULL || p.word < line + 1 + len)
		return;
	if (p.argument > p.word)
		p.argument = p.word;
	complete_argument(c->words, &p);
}
