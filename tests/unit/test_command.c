/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "src/app_state.h"
#include "src/base/util.h"
#include "src/command.h"

#define ALL SIZE_MAX

static void
test_nearest(void **state)
{
	static const struct {
		const char *typed, *nearest;
	} cases[] = {
	    {"sned", "send"},
	    {"acept", "accept"},
	    {"qiut", "quit"},
	    {"transfer", "transfers"},
	    {"hlep", "help"},
	    {"disconect", "disconnect"},
	    {"xyzzyplugh", NULL},
	    {"se", "send"},
	    {"sea", "search"},
	    {"SEND", "send"},
	    {"c", NULL},
	    {"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct command *c = command_nearest(cases[i].typed);

		if (cases[i].nearest == NULL) {
			assert_null(c);
			continue;
		}
		assert_non_null(c);
		assert_string_equal(c->name, cases[i].nearest);
	}
}

static void
test_complete(void **state)
{
	static const struct {
		const char *line;
		size_t start;
		size_t count;
		const char *first;
		bool paths;
	} cases[] = {
	    {"/se", 0, 3, "/send", false},
	    {"/c", 0, 4, "/cancel", false},
	    {"/", 0, ALL, "/help", false},
	    {"/send fo", 6, 0, NULL, true},
	    {"/send a fo", 8, 0, NULL, true},
	    {"/send \"my fi", 7, 0, NULL, true},
	    {"/help ac", 6, 1, "accept", false},
	    {"/help /ac", 6, 1, "/accept", false},
	    {"/nothing x", 9, 0, NULL, false},
	    {"hola /se", 5, 0, NULL, false},
	    {"//se", 0, 0, NULL, false},
	    {"", 0, 0, NULL, false},
	    {"/log ", 5, 2, "on", false},
	    {"/log of", 5, 1, "off", false},
	    {"/log on o", 8, 0, NULL, false},
	    {"/limit ", 7, 3, "off", false},
	    {"/outbox ", 8, 1, "drop", false},
	    {"/accept ", 8, 2, "all", false},
	    {"/accept 1", 8, 0, NULL, false},
	    {"/accept  f", 9, 1, "from", false},
	    {"/accept 12 ", 11, 2, "as", false},
	    {"/accept 12 t", 11, 1, "to", false},
	    {"/accept 12 to /t", 14, 0, NULL, true},
	    {"/accept 12 as x", 14, 0, NULL, false},
	    {"/accept all ", 12, 0, NULL, false},
	    {"/connect ", 9, 1, "--new-key", false},
	    {"/connect --new-key ", 19, 0, NULL, false},
	    {"/copy ", 6, 1, "url", false},
	    {"/copy url ", 10, 0, NULL, false},
	    {"/clear x", 7, 0, NULL, false},
	    {"/set mo", 5, 1, "mouse", false},
	    {"/set mouse ", 11, 2, "on", false},
	    {"/set dir ", 9, 0, NULL, true},
	    {"/set sa", 5, 1, "save", false},
	    {"/set mouse on ", 14, 0, NULL, false},
	    {"/set theme l", 11, 1, "light", false},
	    {"/set nothing ", 13, 0, NULL, false},
	};
	static struct options options;
	static struct app app = {.options = &options};

	(void)state;
	options_init(&options);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct choices got = {0};

		command_complete(&app, cases[i].line, cases[i].start, &got);
		if (cases[i].count == ALL)
			assert_int_equal(got.count, command_count);
		else
			assert_int_equal(got.count, cases[i].count);
		assert_int_equal(got.paths, cases[i].paths);
		if (cases[i].first != NULL)
			assert_string_equal(got.list[0].word, cases[i].first);
		choices_release(&got);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_nearest),
	    cmocka_unit_test(test_complete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
