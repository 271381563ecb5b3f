/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

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
	    {"/c", 0, 3, "/cancel", false},
	    {"/", 0, ALL, "/help", false},
	    {"/send fo", 6, 0, NULL, true},
	    {"/send \"my fi", 7, 0, NULL, true},
	    {"/help ac", 6, 1, "accept", false},
	    {"/help /ac", 6, 1, "/accept", false},
	    {"/accept 1", 8, 0, NULL, false},
	    {"/nothing x", 9, 0, NULL, false},
	    {"hola /se", 5, 0, NULL, false},
	    {"//se", 0, 0, NULL, false},
	    {"", 0, 0, NULL, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char **words;
		size_t count;
		bool paths;

		command_complete(
		    cases[i].line, cases[i].start, &words, &count, &paths);
		assert_int_equal(count,
		    cases[i].count == ALL ? command_count : cases[i].count);
		assert_int_equal(paths, cases[i].paths);
		if (cases[i].first != NULL)
			assert_string_equal(words[0], cases[i].first);
		for (size_t w = 0; w < count; w++)
			free(words[w]);
		free(words);
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
