/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tab. The program says which words fit; for paths readline reads the
 * folder. A path is quoted the way a command takes it apart again: double
 * quotes, with a backslash before a quote or a backslash.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <readline/readline.h>

#include "src/base/text.h"
#include "src/base/util.h"
#include "ui/input_state.h"

/* The words of the Tab that is being handled: readline asks one by one. */
static struct ui_completion offered;
static size_t offered_next;

static char *
next_word(const char *text, int state)
{
	size_t len = strlen(text);

	if (state == 0)
		offered_next = 0;
	while (offered_next < offered.count) {
		const char *word = offered.words[offered_next++];

		if (strncmp(word, text, len) == 0)
			return str_dup(word);
	}
	return NULL;
}

static void
free_words(char **words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(words[i]);
	free(words);
}

static char **
complete(const char *text, int start, int end)
{
	struct input *in = input_current();
	char *line = str_ndup(rl_line_buffer, (size_t)end);
	char **matches = NULL;

	memset(&offered, 0, sizeof(offered));
	in->config.handler->complete(
	    in->config.handler_arg, line, (size_t)start, &offered);
	free(line);
	rl_attempted_completion_over = !offered.paths;
	if (!offered.paths)
		matches = rl_completion_matches(text, next_word);
	free_words(offered.words, offered.count);
	memset(&offered, 0, sizeof(offered));
	return matches;
}

/* The last part of a path; a slash at the end belongs to it. */
static const char *
last_part(const char *path)
{
	const char *part = path;

	for (const char *p = path; *p != '\0'; p++) {
		if (*p == '/' && p[1] != '\0')
			part = p + 1;
	}
	return part;
}

void
input_clear_matches(struct input *in)
{
	free_words(in->matches.names, in->matches.count);
	memset(&in->matches, 0, sizeof(in->matches));
	in->changed = true;
}

/* readline's matches begin at 1; they are its own. */
static void
show_matches(char **matches, int count, int longest)
{
	struct input *in = input_current();
	struct input_matches *shown = &in->matches;

	(void)longest;
	input_clear_matches(in);
	shown->names = mem_alloc((size_t)count * sizeof(char *));
	for (int i = 1; i <= count; i++) {
		const char *name = rl_filename_completion_desired
				       ? last_part(matches[i])
				       : matches[i];
		char *clean = text_clean(name, strlen(name), TEXT_LABEL);
		int width = text_columns(clean);

		if (width > shown->width)
			shown->width = width;
		shown->names[shown->count++] = clean;
	}
}

static bool
escapes(char c, char quote)
{
	return quote != '\'' && (c == '"' || c == '\\');
}

static bool
is_folder(const char *path)
{
	char *real = tilde_expand(path);
	struct stat st;
	bool folder = stat(real, &st) == 0 && S_ISDIR(st.st_mode);

	free(real);
	return folder;
}

/* A folder's quote stays open: the path may go on. */
static char *
quote_path(char *path, int match_type, char *quote)
{
	char with = quote != NULL && *quote != '\0' ? *quote : '"';
	char *out = mem_alloc(strlen(path) * 2 + 3);
	bool whole = match_type == SINGLE_MATCH && !is_folder(path);
	size_t n = 0;

	out[n++] = with;
	for (; *path != '\0'; path++) {
		if (escapes(*path, with))
			out[n++] = '\\';
		out[n++] = *path;
	}
	if (whole)
		out[n++] = with;
	out[n] = '\0';
	return out;
}

static char *
unquote_path(char *text, int quote)
{
	char *out = mem_alloc(strlen(text) + 1);
	size_t n = 0;

	for (; *text != '\0'; text++) {
		bool pair = *text == '\\' && text[1] != '\0' &&
			    (quote == 0 || escapes(text[1], (char)quote));

		if (pair)
			text++;
		out[n++] = *text;
	}
	out[n] = '\0';
	return out;
}

/* Is the character at index behind a backslash that counts? */
static int
is_quoted(char *line, int index)
{
	int slashes = 0;

	while (index > slashes && line[index - slashes - 1] == '\\')
		slashes++;
	return slashes % 2;
}

void
input_complete_init(void)
{
	rl_attempted_completion_function = complete;
	rl_completion_display_matches_hook = show_matches;
	rl_completer_word_break_characters = " \t\n\"'";
	rl_completer_quote_characters = "\"'";
	rl_filename_quote_characters = " \t\n\\\"'";
	rl_filename_quoting_function = quote_path;
	rl_filename_dequoting_function = unquote_path;
	rl_char_is_quoted_p = is_quoted;
}
