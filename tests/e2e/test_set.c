/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Choosing while it runs, keeping that, and charla.conf at the start. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/e2e/meeting.h"

enum { WIDE = 100, TALL = 45 };

static void
test_set_and_save(void **state)
{
	struct person ana = {.cols = WIDE, .rows = TALL};

	(void)state;
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "waiting for a call"));
	person_type(&ana, "/set");
	assert_true(person_sees(&ana, "theme = auto"));
	assert_true(person_sees(&ana, "at-once = 3"));
	assert_true(person_sees(&ana, "/set save keeps it"));
	person_type(&ana, "/set them dark");
	assert_true(person_sees(&ana, "did you mean 'theme'?"));
	person_type(&ana, "/set theme pink");
	assert_true(person_sees(&ana, "not 'pink'"));
	person_type(&ana, "/set data x");
	assert_true(person_sees(&ana, "for the command line only"));
	person_type(&ana, "/set save");
	assert_true(person_sees(&ana, "nothing was chosen"));
	person_type(&ana, "/set theme light");
	assert_true(person_sees(&ana, "theme = light"));
	person_type(&ana, "/set at-once = 7");
	assert_true(person_sees(&ana, "at-once = 7"));
	person_type(&ana, "/set port 7123");
	assert_true(person_sees(&ana, "counts from the next start on"));
	person_type(&ana, "/nick Ana Maria");
	assert_true(person_sees(&ana, "you are called Ana Maria now"));
	person_type(&ana, "/set save");
	assert_true(person_sees(&ana, "4 choices are kept in "));
	assert_true(person_quits(&ana));
	/* The command line of the test still says who and where. */
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "waiting for a call"));
	person_type(&ana, "/set at-once");
	assert_true(person_sees(&ana, "at-once = 7"));
	person_type(&ana, "/set theme");
	assert_true(person_sees(&ana, "theme = light"));
	person_release(&ana);
}

/* A mistake in the file is told, and nothing starts. */
static void
test_mistakes(void **state)
{
	struct person ana = {.cols = WIDE};
	const char *path;
	int status;
	FILE *f;

	(void)state;
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "waiting for a call"));
	path = in_folder(ana.home, "data/charla.conf");
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("# mine\nthem = dark\nport = x\n", f);
	fclose(f);
	assert_true(person_quits(&ana));
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "charla.conf:2: there is no option"));
	assert_true(person_sees(&ana, "charla.conf:3: option 'port'"));
	assert_true(screen_wait_exit(ana.screen, 0, &status));
	assert_int_equal(WEXITSTATUS(status), 2);
	person_release(&ana);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_set_and_save),
	    cmocka_unit_test(test_mistakes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
