/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every command and every key of charla(1), typed and pressed once, in one
 * story. What the page has and the story lacks is a failure; the page has what
 * the program's tables have, and nothing else (tests/unit/test_manual).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "src/base/util.h"
#include "tests/e2e/meeting.h"

enum { WIDE = 110, TALL = 30, SMALL = 1000, LARGE = 20 * 1024 * 1024 };

enum whose { ANA, BETO };

/* A line begins with '/' or is said; "key NAME" presses one. */
struct step {
	enum whose who;
	const char *does;
	enum whose reader;
	const char *sees;    /* NULL: nothing in particular */
	const char *sees_no; /* any more */
};

static const struct step story[] = {
    {ANA, "/help accept", ANA, "let a caller in", NULL},
    {ANA, "/keys", ANA, "charla-scroll-up", NULL},
    {ANA, "key Esc", ANA, NULL, "charla-scroll-up"},
    {ANA, "/verify", ANA, "when beto says /verify too", NULL},
    {BETO, "/verify", ANA, "VERIFIED: you have both compared it", NULL},
    {ANA, "/fingerprint", ANA, "you, ana", NULL},
    {ANA, "/nick Ana Maria", ANA, "you are called Ana Maria now", NULL},
    {ANA, "/me waves", BETO, "waves", NULL},
    {ANA, "/doctor", ANA, "doctor: ", NULL},
    {ANA, "/set theme mono", ANA, "theme = mono", NULL},
    {ANA, "/send HOME/small.txt", BETO, "offers 'small.txt'", NULL},
    {BETO, "/show", BETO, "Esc closes", NULL},
    {BETO, "key Esc", BETO, NULL, "Esc closes"},
    {BETO, "/accept", ANA, "received 'small.txt', verified", NULL},
    {ANA, "/send HOME/small.txt", BETO, "question: /accept", NULL},
    {BETO, "/reject", ANA, "does not want 'small.txt'", NULL},
    {ANA, "/limit 500k", ANA, "at most 500.0 kB/s", NULL},
    {ANA, "/send HOME/large.bin", BETO, "question: /accept", NULL},
    {BETO, "/accept", ANA, "%  ", NULL},
    {BETO, "/transfers", BETO, "large.bin", NULL},
    {BETO, "/pause", ANA, "paused by beto", NULL},
    {BETO, "/resume", ANA, NULL, "MB  paused by beto"},
    {BETO, "/cancel", ANA, NULL, "%  "},
    {ANA, "/outbox", ANA, "nothing is waiting", NULL},
    {ANA, "veo https://example.org/uno", BETO, "example.org/uno", NULL},
    {BETO, "/url", BETO, "1  https://example.org/uno", NULL},
    {BETO, "/copy", BETO, "clipboard", NULL},
    {BETO, "/log off", BETO, "nothing is kept", NULL},
    {BETO, "/log on", BETO, "is kept again", NULL},
    {ANA, "/search veo", ANA, "'veo' 1 of 1", NULL},
    {ANA, "key Ctrl-S", ANA, "'veo' 1 of 1", NULL},
    {ANA, "/clear", ANA, NULL, "example.org/uno"},

    /* A log of many pages. */
    {ANA, "/help", ANA, "/quit", NULL},
    {ANA, "/set", ANA, "links = on", NULL},
    {ANA, "/help", ANA, "/quit", NULL},
    {ANA, "the last line", BETO, "the last line", NULL},
    {ANA, "key PgUp", ANA, "more below", "the last line"},
    {ANA, "key PgDn", ANA, "the last line", NULL},
    {ANA, "key Ctrl-Home", ANA, "/help [COMMAND]", "the last line"},
    {ANA, "key Ctrl-End", ANA, "the last line", NULL},
    {ANA, "key Alt-<", ANA, "/help [COMMAND]", "the last line"},
    {ANA, "key Alt->", ANA, "the last line", NULL},
    {ANA, "key Alt-l", ANA, "the last line", "encrypted"},
    {ANA, "key Alt-l", ANA, "encrypted", NULL},
    {ANA, "key F1", ANA, "keys and commands", NULL},
    {ANA, "key Esc", ANA, NULL, "keys and commands"},
    {ANA, "key Alt-?", ANA, "keys and commands", NULL},
    {ANA, "key Alt-?", ANA, NULL, "keys and commands"},
    {BETO, "/send HOME/small.txt", ANA, "question: /accept", NULL},
    {ANA, "key Ctrl-Home", ANA, NULL, "the last line"},
    {ANA, "key Alt-a", ANA, "offers 'small.txt'", NULL},
    {ANA, "/reject", ANA, NULL, "question: /accept"},
    {ANA, "key FocusOut", ANA, NULL, NULL},
    {BETO, "seen later", ANA, "seen later", NULL},
    {ANA, "key Ctrl-Home", ANA, NULL, "seen later"},
    {ANA, "key Alt-u", ANA, "seen later", NULL},
    {ANA, "key FocusIn", ANA, NULL, NULL},

    /* The line. */
    {ANA, "key Up", ANA, "> /reject", NULL},
    {ANA, "key Up", ANA, "> the last line", NULL},
    {ANA, "key Down", ANA, "> /reject", NULL},
    {ANA, "key Alt-Enter", ANA, "> /reject⏎", NULL},
    {ANA, "key Ctrl-C", ANA, NULL, "> /reject"},
    {ANA, "key Shift-Enter", ANA, "> ⏎", NULL},
    {ANA, "key Ctrl-C", ANA, NULL, "> ⏎"},
    {ANA, "key Ctrl-X Ctrl-E", ANA, "> from the editor", NULL},
    {ANA, "key Ctrl-L", ANA, "> from the editor", NULL},
    {ANA, "key Ctrl-C", ANA, NULL, "> from the editor"},

    {ANA, "/disconnect", BETO, "hung up", NULL},
    {ANA, "/peers", ANA, "last here", NULL},
    {ANA, "/rename beto Alberto", ANA, "is called Alberto here", NULL},
    {ANA, "/block Alberto", ANA, "Alberto is blocked", NULL},
    {ANA, "/unblock Alberto", ANA, "is no longer blocked", NULL},
    {BETO, "/connect PEER", ANA, "knocks", NULL},
    {ANA, "/accept", BETO, "connected with", NULL},
    {BETO, "/disconnect", ANA, "hung up", NULL},
    {BETO, "/forget Ana Maria", BETO, "is forgotten", NULL},
};

/* Tried where they need more than two people and their screens. */
static const char *const elsewhere[] = {
    "key Ctrl-Z", /* test_terminal: a real shell */
    "/quit",      /* person_quits, in every test */
};

/* What a terminal sends. */
static const struct {
	const char *name, *bytes;
} keys[] = {
    {"PgUp", "\033[5~"},
    {"PgDn", "\033[6~"},
    {"Ctrl-Home", "\033[1;5H"},
    {"Ctrl-End", "\033[1;5F"},
    {"Alt-<", "\033<"},
    {"Alt->", "\033>"},
    {"Alt-u", "\033u"},
    {"Alt-a", "\033a"},
    {"Alt-l", "\033l"},
    {"Up", "\033[A"},
    {"Down", "\033[B"},
    {"Ctrl-S", "\023"},
    {"Alt-Enter", "\033\r"},
    {"Shift-Enter", "\033[13;2u"},
    {"Ctrl-X Ctrl-E", "\030\005"},
    {"Ctrl-C", "\003"},
    {"Ctrl-L", "\014"},
    {"F1", "\033OP"},
    {"Alt-?", "\033?"},
    {"Esc", "\033"},
    {"FocusOut", "\033[O"},
    {"FocusIn", "\033[I"},
};

static const char *
bytes_of(const char *name)
{
	for (size_t i = 0; i < COUNT(keys); i++) {
		if (strcmp(keys[i].name, name) == 0)
			return keys[i].bytes;
	}
	fail_msg("there is no key '%s'", name);
	return "";
}

/* HOME and PEER in a line stand for what is known only now. */
static const char *
line_of(const char *does, const struct person *self, const struct person *peer)
{
	const char *home = strstr(does, "HOME"), *there = strstr(does, "PEER");

	if (home != NULL)
		return text_of("%.*s%s%s", (int)(home - does), does, self->home,
		    home + strlen("HOME"));
	if (there != NULL)
		return text_of(
		    "%.*s127.0.0.1:%d", (int)(there - does), does, peer->port);
	return does;
}

static void
play(const struct step *step, struct person people[2])
{
	struct person *who = &people[step->who];
	struct person *reader = &people[step->reader];

	print_message("%s: %s\n", who->name, step->does);
	if (strncmp(step->does, "key ", 4) == 0) {
		screen_keys(who->screen, bytes_of(step->does + 4));
		assert_true(screen_wait_read(who->screen));
	} else {
		person_type(
		    who, line_of(step->does, who, &people[1 - step->who]));
	}
	if (step->sees != NULL)
		assert_true(person_sees(reader, step->sees));
	if (step->sees_no != NULL)
		assert_true(person_sees_no(reader, step->sees_no));
}

static void
test_story(void **state)
{
	static char editor[4200];
	const char *env[] = {editor, NULL};
	struct person people[2] = {{.rows = TALL, .cols = WIDE, .env = env},
	    {.rows = TALL, .cols = WIDE}};
	char folder[4096];
	const char *script;
	FILE *f;

	(void)state;
	make_temp_dir(folder, sizeof(folder));
	script = in_folder(folder, "editor");
	f = fopen(script, "w");
	assert_non_null(f);
	fputs("#!/bin/sh\nprintf 'from the editor' >\"$1\"\n", f);
	fclose(f);
	assert_int_equal(chmod(script, 0755), 0);
	snprintf(editor, sizeof(editor), "EDITOR=%s", script);
	meet(&people[ANA], &people[BETO]);
	for (size_t i = 0; i < 2; i++)
		make_file(in_folder(people[i].home, "small.txt"), SMALL, 1);
	make_file(in_folder(people[ANA].home, "large.bin"), LARGE, 2);
	for (size_t i = 0; i < COUNT(story); i++)
		play(&story[i], people);
	part(&people[ANA], &people[BETO]);
	remove_tree(folder);
}

/* Does a step begin with these words? */
static bool
is_tried(const char *words)
{
	const size_t len = strlen(words);

	for (size_t i = 0; i < COUNT(elsewhere); i++) {
		if (strcmp(elsewhere[i], words) == 0)
			return true;
	}
	for (size_t i = 0; i < COUNT(story); i++) {
		const char *does = story[i].does;

		if (strncmp(does, words, len) == 0 &&
		    (does[len] == ' ' || does[len] == '\0'))
			return true;
	}
	print_error("nobody tries '%s'\n", words);
	return false;
}

/* The words that a line of the page's list begins with; NULL: none. */
static const char *
item_of(char *line, const char *section)
{
	static const char item[] = ".It Ic ";
	const bool key = strcmp(section, "KEY BINDINGS\n") == 0;
	char *name = line + strlen(item), *end;

	if (strncmp(line, item, strlen(item)) != 0 ||
	    (!key && strcmp(section, "COMMANDS\n") != 0))
		return NULL;
	end = key ? strstr(name, " Pq charla-") : name + strcspn(name, " \n");
	if (end == NULL)
		return NULL;
	*end = '\0';
	return key ? text_of("key %s", name) : name;
}

static void
test_nothing_is_left_out(void **state)
{
	const char *top = getenv("CHARLA_TOP");
	FILE *f =
	    fopen(in_folder(top != NULL ? top : ".", "man/charla.1"), "r");
	char line[256], section[256] = "";
	size_t missing = 0, found = 0;

	(void)state;
	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL) {
		const char *words = item_of(line, section);

		if (strncmp(line, ".Sh ", 4) == 0)
			memcpy(section, line + 4, strlen(line + 4) + 1);
		found += words != NULL;
		missing += words != NULL && !is_tried(words);
	}
	fclose(f);
	assert_true(found > COUNT(keys));
	assert_int_equal(missing, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_nothing_is_left_out),
	    cmocka_unit_test(test_story),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
