/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/util.h"
#include "ui/titletext.h"

static void
test_what_goes_first(void **state)
{
	static const struct {
		const char *who, *where, *trust;
		int columns;
		const char *want;
	} cases[] = {
	    {"beto", "127.0.0.1", "encrypted, UNVERIFIED", 80,
		" beto · 127.0.0.1 · encrypted, UNVERIFIED"},
	    {"beto", "127.0.0.1", "encrypted, UNVERIFIED", 41,
		" beto · 127.0.0.1 · encrypted, UNVERIFIED"},
	    {"beto", "127.0.0.1", "encrypted, UNVERIFIED", 40,
		" beto · 127.0.0… · encrypted, UNVERIFIED"},
	    {"beto", "127.0.0.1", "encrypted, UNVERIFIED", 35,
		" beto · encrypted, UNVERIFIED"},
	    {"beto", "127.0.0.1", "encrypted, UNVERIFIED", 28,
		" be… · encrypted, UNVERIFIED"},
	    {"beto", "127.0.0.1", "encrypted, UNVERIFIED", 26,
		" encrypted, UNVERIFIED"},
	    {"beto", "127.0.0.1", "encrypted, UNVERIFIED", 21,
		"encrypted, UNVERIFIED"},
	    {"beto", "127.0.0.1", "encrypted, UNVERIFIED", 20, "UNVERIFIED"},
	    {"beto", "127.0.0.1", "encrypted, UNVERIFIED", 10, "UNVERIFIED"},
	    {"beto", "127.0.0.1", "encrypted, UNVERIFIED", 7, "UNVERI…"},
	    {"beto", "127.0.0.1", "encrypted, UNVERIFIED, log off", 20,
		"UNVERIFIED, log off"},
	    {"charla", NULL, "not connected", 13, "not connected"},
	    {"charla", NULL, "not connected", 12, "not connect…"},
	    {"漢字漢字", NULL, "not connected", 22, " 漢字… · not connected"},
	    {NULL, NULL, NULL, 10, " "},
	    {"beto", NULL, "", 10, " beto"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct title title = {.who = (char *)cases[i].who,
		    .where = (char *)cases[i].where,
		    .trust = (char *)cases[i].trust};
		char *got = title_text(&title, cases[i].columns);

		if (strcmp(got, cases[i].want) != 0)
			fail_msg("at %d: \"%s\", not \"%s\"", cases[i].columns,
			    got, cases[i].want);
		free(got);
	}
}

static void
test_never_too_wide(void **state)
{
	char who[] = "a name of 漢字 and more", where[] = "192.168.100.100";
	char trust[] = "encrypted, UNVERIFIED, log off";
	const struct title title = {who, where, trust};

	(void)state;
	for (int columns = 1; columns < 90; columns++) {
		char *got = title_text(&title, columns);

		assert_true(text_columns(got) <= columns);
		free(got);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_what_goes_first),
	    cmocka_unit_test(test_never_too_wide),
	};

	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
