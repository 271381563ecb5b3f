/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The commands: one table for dispatch, completion, /help and the check of
 * the man page.
 */
#ifndef CHARLA_COMMAND_H
#define CHARLA_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/choices.h"

struct app;

enum command_words {
	COMMAND_NOTHING,   /* nothing to complete */
	COMMAND_PATHS,     /* paths */
	COMMAND_COMMANDS,  /* a command's name */
	COMMAND_ACCEPT,    /* a question, all, from somebody */
	COMMAND_QUESTIONS, /* the number of a question */
	COMMAND_LISTS,     /* of anything that has a list */
	COMMAND_TRANSFERS, /* of a transfer, offered or accepted */
	COMMAND_RUNNING,   /* of one that can be paused */
	COMMAND_PAUSED,    /* of one that can go on */
	COMMAND_LIMITS,    /* a rate, or off */
	COMMAND_OUTBOX,    /* drop, and a message's number */
	COMMAND_SWITCH,    /* on, off */
	COMMAND_COPY,      /* url */
	COMMAND_VERDICT,   /* no */
	COMMAND_CALLS,     /* somebody nearby, known, or called before */
	COMMAND_KNOWN,     /* somebody who is known */
	COMMAND_SEEN,      /* somebody known or nearby, not blocked */
	COMMAND_BLOCKED,   /* somebody who is */
	COMMAND_OPTIONS,   /* an option, and then one of its values */
};

struct command {
	const char *name;     /* without the slash */
	const char *synopsis; /* its arguments, as /help and the man page say */
	const char *help;     /* N_() text */
	bool needs_argument;
	bool takes_argument;
	enum command_words words;
	/* argument: trimmed, never NULL. */
	void (*run)(struct app *app, const char *argument);
};
extern const struct command command_table[];
extern const size_t command_count;

/* A line as it was entered: a command, "//text", or a message. */
void command_line(struct app *app, const char *line);

/* What could stand in line at the word that begins at start (bytes). */
void command_complete(
    struct app *app, const char *line, size_t start, struct choices *out);

/* The command nearest to a mistyped name, or NULL when none is near. */
const struct command *command_nearest(const char *name);

/*
 * What a person types where paths are wanted, split as a shell does it: blanks
 * between words, quotes and backslashes. Each word is a pattern: * ? [ ] \ and
 * a ~ at its start have a \ before them where they were quoted, so that they
 * mean themselves. Where the whole, taken off its quotes, is one path that
 * exists, the owner may prefer that: command_unquote. The caller frees the
 * words and the array.
 */
char **command_split(const char *typed, size_t *count);
void command_split_free(char **words, size_t count);
/* No quote is left open, and no backslash waits for what it escapes. */
bool command_closed(const char *typed);

/*
 * One path as a person types it: quotes and backslashes are taken off as in
 * a shell, spaces outside quotes stay. The caller frees.
 */
char *command_unquote(const char *typed);

#endif
