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
static struct choices offered;
static size_t offered_next;

static char *
next_word(const char *text, int state)
{
	(void)text;
	if (state == 0)
		offered_next = 0;
	return offered_next < offered.count
		   ? str_dup(offered.list[offered_next++].word)
		   : NULL;
}

static char **
complete(const char *text, int start, int end)
{
	struct input *in = input_current();
	char *line = str_ndup(rl_line_buffer, (size_t)end);

	choices_release(&offered);
	in->config.handler->complete(
	    in->config.handler_arg, line, (size_t)start, &offered);
	free(line);
	rl_attempted_completion_over = !offered.paths;
	/* Words come in the order that makes sense. */
	rl_sort_completion_matches = offered.paths;
	return offered.paths ? NULL : rl_completion_matches(text, next_word);
}

static const char *
help_of(const char *word)
{
	for (size_t i = 0; i < offered.count && !offered.paths; i++) {
		if (strcmp(offered.list[i].word, word) == 0)
			return offered.list[i].help;
	}
	return NULL;
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
	for (size_t i = 0; i < in->matches.count; i++) {
		free(in->matches.list[i].word);
		free(in->matches.list[i].help);
	}
	free(in->matches.list);
	memset(&in->matches, 0, sizeof(in->matches));
	in->changed = true;
}

static int
wider(int width, const char *text)
{
	int columns = text_columns(text);

	return columns > width ? columns : width;
}

static void
add_match(struct input_matches *shown, const char *match)
{
	const char *help = help_of(match);
	const char *word =
	    rl_filename_completion_desired ? last_part(match) : match;
	struct choice *c = &shown->list[shown->count++];

	c->word = text_clean(word, strlen(word), TEXT_LABEL);
	c->help =
	    help != NULL ? text_clean(help, strlen(help), TEXT_LABEL) : NULL;
	shown->width = wider(shown->width, c->word);
	if (help != NULL)
		shown->help_width = wider(shown->help_width, c->help);
}

/* readline's matches begin at 1; they are its own. */
static void
show_matches(char **matches, int count, int longest)
{
	struct input *in = input_current();
	struct input_matches *shown = &in->matches;

	(void)longest;
	input_clear_matches(in);
	shown->list = mem_alloc((size_t)count * sizeof(*shown->list));
	for (int i = 1; i <= count; i++)
		add_match(shown, matches[i]);
	if (in->paged.count == shown->count)
		shown->page = in->paged.page + 1;
}

void
input_complete_end(void)
{
	choices_release(&offered);
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
