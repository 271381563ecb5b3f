/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Quotes and backslashes, as a shell reads them. There are no variables: $ is
 * a letter like others. A quote that is never closed takes the rest.
 */
#include "src/command.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"

static const char blanks[] = " \t\n";

/* What means something in a pattern. */
static const char special[] = "*?[]\\";

enum mark {
	MARK_END,
	MARK_QUOTE,   /* one that opens or closes; it is no byte of a word */
	MARK_PLAIN,   /* a byte as it stands */
	MARK_QUOTED,  /* a byte that means itself */
	MARK_PENDING, /* a backslash, and nothing after it */
};

struct reader {
	const char *at;
	char quote; /* the one that is open, or 0 */
};

/* Does the backslash at r->at take what follows it, which is not the end? */
static bool
escapes(const struct reader *r)
{
	return r->quote == '\0' ||
	       (r->quote == '"' && strchr("\"\\$`", r->at[1]) != NULL);
}

/* The next byte that counts; *byte is not set for quotes and the end. */
static enum mark
next(struct reader *r, char *byte)
{
	char c = *r->at;

	if (c == '\0')
		return MARK_END;
	if (c == '\\' && r->at[1] != '\0' && escapes(r)) {
		*byte = r->at[1];
		r->at += 2;
		return MARK_QUOTED;
	}
	r->at++;
	if (r->quote != '\0' ? c == r->quote : c == '"' || c == '\'') {
		r->quote = r->quote != '\0' ? '\0' : c;
		return MARK_QUOTE;
	}
	*byte = c;
	if (c == '\\' && r->quote == '\0')
		return MARK_PENDING;
	return r->quote != '\0' ? MARK_QUOTED : MARK_PLAIN;
}

char *
command_unquote(const char *typed)
{
	struct reader r = {.at = typed};
	char *out = mem_alloc(strlen(typed) + 1);
	size_t len = 0;
	enum mark mark;
	char c;

	while ((mark = next(&r, &c)) != MARK_END) {
		if (mark != MARK_QUOTE)
			out[len++] = c;
	}
	out[len] = '\0';
	return out;
}

bool
command_closed(const char *typed)
{
	struct reader r = {.at = typed};
	enum mark mark;
	char c;

	while ((mark = next(&r, &c)) != MARK_END) {
		if (mark == MARK_PENDING)
			return false;
	}
	return r.quote == '\0';
}

/* One word, as it grows; begun: it is one, empty as it may be. */
struct word {
	char *text;
	size_t len;
	bool begun;
};

static void
word_add(struct word *w, enum mark mark, char c)
{
	/* Behind a quote, also one around nothing, it is no home. */
	bool home = c == '~' && w->len == 0;
	bool quoted = mark != MARK_PLAIN;

	if (mark != MARK_QUOTE) {
		if ((quoted && strchr(special, c) != NULL) ||
		    (home && (quoted || w->begun)))
			w->text[w->len++] = '\\';
		w->text[w->len++] = c;
	}
	w->begun = true;
}

static void
word_end(struct word *w, char ***words, size_t *count)
{
	if (!w->begun)
		return;
	*words = mem_realloc(*words, (*count + 1) * sizeof(**words));
	(*words)[(*count)++] = str_ndup(w->text, w->len);
	w->len = 0;
	w->begun = false;
}

char **
command_split(const char *typed, size_t *count)
{
	struct reader r = {.at = typed};
	struct word w = {.text = mem_alloc(2 * strlen(typed) + 1)};
	char **words = NULL;
	enum mark mark;
	char c = '\0';

	*count = 0;
	while ((mark = next(&r, &c)) != MARK_END) {
		if (mark == MARK_PLAIN && strchr(blanks, c) != NULL)
			word_end(&w, &words, count);
		else
			word_add(&w, mark, c);
	}
	word_end(&w, &words, count);
	free(w.text);
	return words;
}

void
command_split_free(char **words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(words[i]);
	free(words);
}
