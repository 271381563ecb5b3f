/* SPDX-License-Identifier: GPL-3.0-or-later */
/* As much of mdoc(7) as the heads of our lists are written in. */
#include "tests/unit/mdoc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"

/* How an item is being put together. */
struct shown {
	char *text;
	bool glue; /* the next word needs no space in front */
};

static void
add(struct shown *s, const char *word)
{
	const char *space = s->glue || s->text[0] == '\0' ? "" : " ";

	str_replace(&s->text, str_printf("%s%s%s", s->text, space, word));
	s->glue = false;
}

static void
add_glued(struct shown *s, const char *word, bool glue)
{
	str_replace(&s->text, str_printf("%s%s", s->text, word));
	s->glue = glue;
}

static bool
is_one_of(const char *word, const char *const *words)
{
	for (; *words != NULL; words++) {
		if (strcmp(word, *words) == 0)
			return true;
	}
	return false;
}

/* until_end collects what stands behind the last word. */
static void
show_word(struct shown *s, const char *word, char **until_end)
{
	static const char *const fonts[] = {
	    "Ar", "Dv", "Em", "Ev", "Ic", "No", "Pa", "Sy", NULL};

	if (is_one_of(word, fonts))
		return;
	if (strcmp(word, "Fl") == 0) {
		add(s, "-");
		s->glue = true;
	} else if (strcmp(word, "Op") == 0 || strcmp(word, "Pq") == 0) {
		add(s, word[0] == 'O' ? "[" : "(");
		s->glue = true;
		str_replace(until_end,
		    str_printf("%s%s", word[0] == 'O' ? "]" : ")", *until_end));
	} else if (strcmp(word, "Oo") == 0) {
		add(s, "[");
		s->glue = true;
	} else if (strcmp(word, "Oc") == 0) {
		add_glued(s, "]", false);
	} else if (strcmp(word, "Ta") == 0) {
		add_glued(s, "\t", true);
	} else if (strcmp(word, ",") == 0) {
		add_glued(s, ",", false);
	} else {
		add(s, word);
	}
}

/* The arguments of an It, as they are shown; the caller frees. */
static char *
show(char *arguments)
{
	struct shown s = {.text = str_dup("")};
	char *until_end = str_dup("");
	char *rest = NULL;

	for (char *word = strtok_r(arguments, " ", &rest); word != NULL;
	     word = strtok_r(NULL, " ", &rest))
		show_word(&s, word, &until_end);
	add_glued(&s, until_end, false);
	free(until_end);
	return s.text;
}

/* Where in the page we are. */
struct place {
	char *section;
	int list, depth;
	bool display;
};

static void
add_row(struct mdoc *page, const struct place *at, char *text)
{
	struct mdoc_row *row;

	page->rows =
	    mem_realloc(page->rows, (page->count + 1) * sizeof(*page->rows));
	row = &page->rows[page->count++];
	row->section = str_dup(at->section);
	row->list = at->display ? -1 : at->list;
	row->depth = at->depth;
	row->text = text;
}

static bool
begins(const char *line, const char *with)
{
	return strncmp(line, with, strlen(with)) == 0;
}

static void
read_line(struct mdoc *page, struct place *at, char *line)
{
	if (begins(line, ".Sh ")) {
		str_replace(&at->section, str_dup(line + 4));
		at->list = -1;
	} else if (begins(line, ".Bl ")) {
		if (at->depth++ == 0)
			at->list++;
	} else if (begins(line, ".El")) {
		at->depth--;
	} else if (begins(line, ".Bd ")) {
		at->display = true;
	} else if (begins(line, ".Ed")) {
		at->display = false;
	} else if (begins(line, ".It ")) {
		add_row(page, at, show(line + 4));
	} else if (at->display) {
		add_row(page, at, str_dup(line));
	}
}

void
mdoc_read(struct mdoc *page, const char *path)
{
	const char *top = getenv("CHARLA_TOP");
	char *whole = str_printf("%s/%s", top != NULL ? top : ".", path);
	struct place at = {.section = str_dup("")};
	FILE *f = fopen(whole, "re");
	char *line = NULL;
	size_t size = 0;

	*page = (struct mdoc){0};
	if (f == NULL)
		fail_msg("cannot read %s: %s", whole, strerror(errno));
	while (getline(&line, &size, f) >= 0) {
		line[strcspn(line, "\n")] = '\0';
		read_line(page, &at, line);
	}
	assert_int_equal(at.depth, 0);
	fclose(f);
	free(line);
	free(at.section);
	free(whole);
}

void
mdoc_release(struct mdoc *page)
{
	for (size_t i = 0; i < page->count; i++) {
		free(page->rows[i].section);
		free(page->rows[i].text);
	}
	free(page->rows);
	*page = (struct mdoc){0};
}
