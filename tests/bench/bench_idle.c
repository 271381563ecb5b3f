/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How often the loop is woken while two are connected and nothing happens,
 * counted by strace. SECONDS=60.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench.h"
#include "tests/e2e/meeting.h"

static char folder[4096];

/* Polls that have begun so far. */
static long
count_polls(const char *name)
{
	FILE *f = fopen(text_of("%s/%s.trace", folder, name), "r");
	char line[4096];
	long count = 0;

	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL)
		count += strncmp(line, "poll(", 5) == 0;
	fclose(f);
	return count;
}

static void
run(void **state)
{
	long seconds = bench_number("SECONDS", 60);
	struct person ana = {0}, beto = {0};
	long before[2], after[2];
	double end;

	(void)state;
	make_temp_dir(folder, sizeof(folder));
	write_strace_wrapper(in_folder(folder, "ana"), "-e trace=poll");
	write_strace_wrapper(in_folder(folder, "beto"), "-e trace=poll");
	setenv("CHARLA", in_folder(folder, "ana"), 1);
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "waiting for a call"));
	setenv("CHARLA", in_folder(folder, "beto"), 1);
	person_call(&beto, "beto", &ana);
	assert_true(person_sees(&ana, "beto knocks"));
	person_type(&ana, "/accept");
	assert_true(person_sees(&beto, "connected with ana"));
	assert_true(screen_wait_quiet(ana.screen, 2000, 0));
	before[0] = count_polls("ana");
	before[1] = count_polls("beto");
	for (end = bench_now() + (double)seconds; bench_now() < end;)
		screen_pump(1000);
	after[0] = count_polls("ana");
	after[1] = count_polls("beto");
	printf("woken in %ld s: the called side %ld times, the caller %ld "
	       "times; at most once in 5 s is %ld\n",
	    seconds, after[0] - before[0], after[1] - before[1], seconds / 5);
	part(&ana, &beto);
	remove_tree(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(run)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
