/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/wire.h"
#include "src/base/util.h"
#include "src/options.h"

enum { WORDS_MAX = 8 };

/* Parse words, which end with NULL. */
static int
parse(struct options *o, const char *const *words, struct reason *why)
{
	char *argv[WORDS_MAX + 2] = {(char *)"charla"};
	int argc = 1;

	for (; *words != NULL; words++)
		argv[argc++] = (char *)*words;
	return options_parse(o, argc, argv, why);
}

static void
test_nothing(void **state)
{
	const char *const words[] = {NULL};
	struct options o;
	struct reason why;

	(void)state;
	assert_int_equal(parse(&o, words, &why), 0);
	assert_int_equal(o.port, WIRE_PORT);
	assert_false(o.port_given);
	assert_null(o.bind);
	assert_null(o.name);
	assert_null(o.dir);
	assert_null(o.data);
	assert_null(o.peer);
	assert_false(o.help || o.version);
}

static bool
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void
test_good(void **state)
{
	static const struct {
		const char *words[WORDS_MAX];
		struct options want;
	} cases[] = {
	    {{"desk"}, {.port = WIRE_PORT, .peer = "desk"}},
	    {{"--", "-x"}, {.port = WIRE_PORT, .peer = "-x"}},
	    {{"-p", "1"}, {.port = 1, .port_given = true}},
	    {{"-p65535"}, {.port = 65535, .port_given = true}},
	    {{"--port=6973"}, {.port = 6973, .port_given = true}},
	    {{"desk", "--port", "80"},
		{.port = 80, .port_given = true, .peer = "desk"}},
	    {{"--port", "80", "--port", "81"},
		{.port = 81, .port_given = true}},
	    {{"--bind", "::1", "--dir", "a", "--data", "b", "-n", "Ana"},
		{.port = WIRE_PORT,
		    .bind = "::1",
		    .dir = "a",
		    .data = "b",
		    .name = "Ana"}},
	    {{"--name", "\xc3\x81gnes \xf0\x9f\x90\x88"},
		{.port = WIRE_PORT, .name = "\xc3\x81gnes \xf0\x9f\x90\x88"}},
	    {{"-h"}, {.port = WIRE_PORT, .help = true}},
	    {{"--help"}, {.port = WIRE_PORT, .help = true}},
	    {{"-V"}, {.port = WIRE_PORT, .version = true}},
	    {{"--version"}, {.port = WIRE_PORT, .version = true}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct options *want = &cases[i].want;
		const char *words[WORDS_MAX + 1] = {NULL};
		struct options o;
		struct reason why;

		memcpy(words, cases[i].words, sizeof(cases[i].words));
		assert_int_equal(parse(&o, words, &why), 0);
		assert_int_equal(o.port, want->port);
		assert_int_equal(o.port_given, want->port_given);
		assert_true(same(o.bind, want->bind));
		assert_true(same(o.name, want->name));
		assert_true(same(o.dir, want->dir));
		assert_true(same(o.data, want->data));
		assert_true(same(o.peer, want->peer));
		assert_int_equal(o.help, want->help);
		assert_int_equal(o.version, want->version);
	}
}

#define TEN "0123456789"

static void
test_bad(void **state)
{
	static const struct {
		const char *words[WORDS_MAX];
		const char *line;
	} cases[] = {
	    {{"--frob"}, "unknown option '--frob'; try charla --help"},
	    {{"--frob=3"}, "unknown option '--frob=3'; try charla --help"},
	    {{"-x"}, "unknown option '-x'; try charla --help"},
	    {{"-hx"}, "unknown option '-x'; try charla --help"},
	    {{"--port"},
		"option '--port' needs PORT after it; try charla --help"},
	    {{"-p"}, "option '--port' needs PORT after it; try charla --help"},
	    {{"--name"},
		"option '--name' needs NAME after it; try charla --help"},
	    {{"--dir="},
		"option '--dir' needs DIR after it; try charla --help"},
	    {{"--bind", ""}, "option '--bind' needs ADDR after it"},
	    {{"--help=1"}, "option '--help' takes no value"},
	    {{"a", "b"}, "'b' is a second one"},
	    {{""}, "the address to call is empty"},
	    {{"-p", "0"}, "'0' is not a port; a port is a number from 1 to "
			  "65535"},
	    {{"-p", "65536"}, "'65536' is not a port"},
	    {{"-p", "99999999999999999999"}, "is not a port"},
	    {{"-p", ""}, "'' is not a port"},
	    {{"-p", "+5"}, "'+5' is not a port"},
	    {{"-p", "-5"}, "'-5' is not a port"},
	    {{"-p", " 5"}, "' 5' is not a port"},
	    {{"-p", "5 "}, "'5 ' is not a port"},
	    {{"-p", "0x10"}, "'0x10' is not a port"},
	    {{"-p", "http"}, "'http' is not a port"},
	    {{"-n", ""}, "a name has 1 to 64 characters"},
	    {{"-n", "a\nb"}, "a name has 1 to 64 characters"},
	    {{"-n", "\x1b[2J"}, "a name has 1 to 64 characters"},
	    {{"-n", "\x7f"}, "a name has 1 to 64 characters"},
	    {{"-n", "\xc2\x9b"}, "a name has 1 to 64 characters"},
	    {{"-n", "latin\xe9"}, "a name has 1 to 64 characters"},
	    {{"-n", TEN TEN TEN TEN TEN TEN "01234"},
		"a name has 1 to 64 characters"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *words[WORDS_MAX + 1] = {NULL};
		struct options o = {.port = 42};
		struct reason why = {""};

		memcpy(words, cases[i].words, sizeof(cases[i].words));
		assert_int_equal(parse(&o, words, &why), ERR_INVALID);
		if (strstr(why.text, cases[i].line) == NULL)
			fail_msg("'%s' lacks '%s'", why.text, cases[i].line);
		assert_null(strchr(why.text, '\n'));
		/* Untouched on failure. */
		assert_int_equal(o.port, 42);
	}
}

/* An abbreviation that fits two options is none. */
static void
test_ambiguous(void **state)
{
	const char *const words[] = {"--d", "x", NULL};
	struct options o;
	struct reason why;

	(void)state;
	assert_int_equal(parse(&o, words, &why), ERR_INVALID);
	assert_non_null(strstr(why.text, "unknown option '--d'"));
}

/* 64 characters of any length, but 255 bytes at most. */
static void
test_name_length(void **state)
{
	char name[64 * 4 + 1] = "";
	struct reason why;

	(void)state;
	for (int i = 0; i < 63; i++)
		strcat(name, "\xf0\x9f\x90\x88");
	strcat(name, "abc");
	assert_int_equal(strlen(name), 255);
	assert_int_equal(options_check_name(name, &why), ERR_INVALID);
	name[63 * 4 + 1] = '\0';
	assert_int_equal(options_check_name(name, &why), 0);
	strcpy(name + 63 * 4, "\xf0\x9f\x90\x88");
	assert_int_equal(options_check_name(name, &why), ERR_INVALID);
}

static void
test_own_name(void **state)
{
	struct options o = {.name = "Ana"};
	struct reason why;
	char *name = options_own_name(&o);

	(void)state;
	assert_string_equal(name, "Ana");
	free(name);
	o.name = NULL;
	name = options_own_name(&o);
	assert_int_equal(options_check_name(name, &why), 0);
	free(name);
}

/* Every row is in the help, its text in one column, no line too wide. */
static void
test_help(void **state)
{
	char *help = options_help();
	size_t column = 0;

	(void)state;
	assert_memory_equal(help, "usage: charla", 13);
	assert_non_null(strstr(help, "/help"));
	for (size_t i = 0; i < option_count; i++) {
		const struct option_row *row = &option_table[i];
		char *text = strstr(help, row->help);
		char *option = str_printf("--%s%s%s  ", row->long_name,
		    row->argument != NULL ? " " : "",
		    row->argument != NULL ? row->argument : "");
		char *line = text;

		assert_non_null(text);
		assert_non_null(strstr(help, option));
		while (line[-1] != '\n')
			line--;
		assert_true(column == 0 || column == (size_t)(text - line));
		column = (size_t)(text - line);
		free(option);
	}
	for (const char *line = strtok(help, "\n"); line != NULL;
	     line = strtok(NULL, "\n"))
		assert_true(strlen(line) <= 80);
	free(help);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_nothing),
	    cmocka_unit_test(test_good),
	    cmocka_unit_test(test_bad),
	    cmocka_unit_test(test_ambiguous),
	    cmocka_unit_test(test_name_length),
	    cmocka_unit_test(test_own_name),
	    cmocka_unit_test(test_help),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
