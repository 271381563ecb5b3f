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

/* Parse words, which end with NULL; o is to be released. */
static int
parse(struct options *o, const char *const *words, struct reason *why)
{
	char *argv[WORDS_MAX + 2] = {(char *)"charla"};
	int argc = 1;

	options_init(o);

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
	assert_null(o.bind);
	assert_null(o.name);
	assert_null(o.dir);
	assert_null(o.data);
	assert_null(o.peer);
	assert_int_equal(o.at_once, 3);
	assert_string_equal(o.time_format, "%H:%M");
	assert_true(o.title && o.links && o.progress && o.notify_text);
	assert_false(o.mouse || o.plain || o.incognito || o.keep_mode);
	assert_false(o.help || o.version);
	options_release(&o);
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
	    {{"desk"}, {.port = WIRE_PORT, .peer = (char *)"desk"}},
	    {{"--", "-x"}, {.port = WIRE_PORT, .peer = (char *)"-x"}},
	    {{"-p", "1"}, {.port = 1}},
	    {{"-p65535"}, {.port = 65535}},
	    {{"--port=6973"}, {.port = 6973}},
	    {{"desk", "--port", "80"}, {.port = 80, .peer = (char *)"desk"}},
	    {{"--port", "80", "--port", "81"}, {.port = 81}},
	    {{"--bind", "::1", "--dir", "a", "--data", "b", "-n", "Ana"},
		{.port = WIRE_PORT,
		    .bind = (char *)"::1",
		    .dir = (char *)"a",
		    .data = (char *)"b",
		    .name = (char *)"Ana"}},
	    {{"--name", "\xc3\x81gnes \xf0\x9f\x90\x88"},
		{.port = WIRE_PORT,
		    .name = (char *)"\xc3\x81gnes \xf0\x9f\x90\x88"}},
	    {{"--mouse", "--title=off", "--theme", "light"},
		{.port = WIRE_PORT, .mouse = true, .theme = UI_THEME_LIGHT}},
	    {{"--keep-mode=on", "--at-once", "64", "--notify=osc99"},
		{.port = WIRE_PORT,
		    .keep_mode = true,
		    .at_once = 64,
		    .notify = UI_NOTIFY_OSC99,
		    .title = true}},
	    {{"--keep-mode", "--keep-mode=off"},
		{.port = WIRE_PORT, .title = true}},
	    {{"-h"}, {.port = WIRE_PORT, .help = true}},
	    {{"--help"}, {.port = WIRE_PORT, .help = true}},
	    {{"doctor"}, {.port = WIRE_PORT, .doctor = true}},
	    {{"-p", "80", "doctor", "desk"},
		{.port = 80, .doctor = true, .peer = (char *)"desk"}},
	    {{"desk", "-p", "80"}, {.port = 80, .peer = (char *)"desk"}},
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
		assert_true(same(o.bind, want->bind));
		assert_true(same(o.name, want->name));
		assert_true(same(o.dir, want->dir));
		assert_true(same(o.data, want->data));
		assert_true(same(o.peer, want->peer));
		assert_int_equal(o.doctor, want->doctor);
		assert_int_equal(o.help, want->help);
		assert_int_equal(o.version, want->version);
		assert_int_equal(o.mouse, want->mouse);
		assert_int_equal(o.keep_mode, want->keep_mode);
		assert_int_equal(o.theme, want->theme);
		if (want->at_once != 0) {
			assert_int_equal(o.at_once, want->at_once);
			assert_int_equal(o.notify, want->notify);
		}
		if (want->mouse)
			assert_false(o.title);
		options_release(&o);
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
		"option 'port' needs PORT after it; try charla --help"},
	    {{"-p"}, "option 'port' needs PORT after it; try charla --help"},
	    {{"--name"},
		"option 'name' needs NAME after it; try charla --help"},
	    {{"--dir="}, "option 'dir' needs DIR after it"},
	    {{"--bind", ""}, "option 'bind' needs ADDR after it"},
	    {{"--help=1"}, "option 'help' takes no value"},
	    {{"a", "b"}, "'b' is a second one"},
	    {{""}, "the address to call is empty"},
	    {{"-p", "0"}, "option 'port' is a number from 1 to 65535, not '0'"},
	    {{"--at-once", "65"}, "option 'at-once' is a number from 1 to 64"},
	    {{"--mouse=maybe"}, "option 'mouse' is one of on, off, not "},
	    {{"--theme", "pink"},
		"option 'theme' is one of auto, dark, light, mono, not 'pink'"},
	    {{"--time-format", "%n"}, "is no time to show"},
	    {{"--time-format", "%A, %c and %c"}, "is no time to show"},
	    {{"-p", "65536"}, "not '65536'"},
	    {{"-p", "99999999999999999999"}, "is a number from 1 to 65535"},
	    {{"-p", ""}, "not ''"},
	    {{"-p", "+5"}, "not '+5'"},
	    {{"-p", "-5"}, "not '-5'"},
	    {{"-p", " 5"}, "not ' 5'"},
	    {{"-p", "5 "}, "not '5 '"},
	    {{"-p", "0x10"}, "not '0x10'"},
	    {{"-p", "http"}, "not 'http'"},
	    {{"-n", ""}, "option 'name' needs NAME after it"},
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
		struct options o;
		struct reason why = {""};

		memcpy(words, cases[i].words, sizeof(cases[i].words));
		assert_int_equal(parse(&o, words, &why), ERR_INVALID);
		if (strstr(why.text, cases[i].line) == NULL)
			fail_msg("'%s' lacks '%s'", why.text, cases[i].line);
		assert_null(strchr(why.text, '\n'));
		options_release(&o);
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
	options_release(&o);
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
	struct options o = {.name = (char *)"Ana"};
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
	for (size_t i = 0; i < OPTION_COUNT; i++) {
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

/* What can be got can be set, and is the same then. */
static void
test_get_and_set(void **state)
{
	struct options o, again;
	struct reason why;

	(void)state;
	options_init(&o);
	options_init(&again);
	assert_int_equal(option_set(&o, OPTION_NAME, "Ana", &why), 0);
	assert_int_equal(option_set(&o, OPTION_TIME_FORMAT, "", &why), 0);
	assert_int_equal(option_set(&o, OPTION_THEME, "mono", &why), 0);
	assert_int_equal(option_set(&o, OPTION_LINKS, "off", &why), 0);
	for (enum option_id id = 0; id < OPTION_COUNT; id++) {
		const struct option_row *row = &option_table[id];
		char *value = option_get(&o, id), *copy;

		assert_int_equal(
		    option_find(row->long_name, strlen(row->long_name)), id);
		if (row->type != OPTION_ACTION && *value != '\0') {
			assert_int_equal(
			    option_set(&again, id, value, &why), 0);
			copy = option_get(&again, id);
			assert_string_equal(value, copy);
			free(copy);
		}
		free(value);
	}
	assert_int_equal(option_find("por", 3), OPTION_COUNT);
	assert_int_equal(option_nearest("thema"), OPTION_THEME);
	assert_int_equal(option_nearest("notifytext"), OPTION_NOTIFY_TEXT);
	assert_int_equal(option_nearest("xyzzyxyzzy"), OPTION_COUNT);
	options_release(&o);
	options_release(&again);
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
	    cmocka_unit_test(test_get_and_set),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
