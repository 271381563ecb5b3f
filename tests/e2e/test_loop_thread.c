/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the loop's thread may not do, seen through strace: sync a file, look
 * up a name, sleep. The workers do the first two in the same run, so the
 * test would see it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/e2e/meeting.h"

static char folder[4096];

static const char traced[] =
    "-f -e trace=fsync,fdatasync,sync,syncfs,nanosleep,clock_nanosleep,"
    "openat,poll,ppoll";

struct findings {
	int loop_syncs, loop_sleeps, loop_lookups, loop_polls;
	int other_syncs, other_lookups;
};

static struct findings
read_trace(const char *name)
{
	struct findings found = {0};
	FILE *f = fopen(text_of("%s/%s.trace", folder, name), "r");
	char line[4096];
	long loop_thread = 0;

	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL) {
		char *call;
		long thread = strtol(line, &call, 10);
		bool sync = strstr(call, "sync(") != NULL;
		bool lookup = strstr(call, "/etc/hosts") != NULL ||
			      strstr(call, "/etc/resolv.conf") != NULL;

		if (loop_thread == 0)
			loop_thread = thread;
		if (thread == loop_thread) {
			found.loop_syncs += sync;
			found.loop_lookups += lookup;
			found.loop_sleeps += strstr(call, "nanosleep(") != NULL;
			found.loop_polls += strstr(call, "poll(") != NULL;
		} else {
			found.other_syncs += sync;
			found.other_lookups += lookup;
		}
	}
	fclose(f);
	return found;
}

static bool
strace_works(void)
{
	return system("strace -f -qq -o /dev/null true >/dev/null 2>&1") == 0;
}

static void
talk_and_transfer(void)
{
	/* The leak check cannot trace a program that strace traces. */
	static const char *const env[] = {"ASAN_OPTIONS=detect_leaks=0", NULL};
	struct person ana = {.env = env}, beto = {.env = env};
	char *program = strdup(getenv("CHARLA"));

	assert_int_equal(setenv("CHARLA", in_folder(folder, "ana"), 1), 0);
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "waiting for a call"));
	assert_int_equal(setenv("CHARLA", in_folder(folder, "beto"), 1), 0);
	person_start(&beto, "beto", NULL);
	assert_true(person_sees(&beto, "waiting for a call"));
	person_type(&beto, text_of("/connect localhost:%d", ana.port));
	assert_true(person_sees(&ana, "beto knocks"));
	person_type(&ana, "/accept");
	assert_true(person_sees(&beto, "connected with ana"));
	person_type(&ana, "hola");
	assert_true(person_sees(&beto, "hola"));
	make_file(in_folder(ana.home, "a.bin"), 5000000, 1);
	person_type(&ana, text_of("/send %s/a.bin", ana.home));
	assert_true(person_sees(&beto, "offers 'a.bin'"));
	person_type(&beto, "/accept");
	assert_true(person_sees(&beto, "received, verified:"));
	assert_true(person_sees(&ana, "beto received 'a.bin'"));
	person_type(&ana, "/doctor");
	assert_true(person_sees(&ana, "doctor: "));
	assert_true(person_quits(&ana));
	assert_true(person_quits(&beto));
	part(&ana, &beto);
	assert_int_equal(setenv("CHARLA", program, 1), 0);
	free(program);
}

static void
test_loop_thread_never_blocks(void **state)
{
	struct findings ana, beto;

	(void)state;
	if (!strace_works()) {
		print_message("strace is missing or not allowed: skipped\n");
		skip();
	}
	make_temp_dir(folder, sizeof(folder));
	write_strace_wrapper(in_folder(folder, "ana"), traced);
	write_strace_wrapper(in_folder(folder, "beto"), traced);
	talk_and_transfer();
	ana = read_trace("ana");
	beto = read_trace("beto");
	assert_int_equal(ana.loop_syncs + beto.loop_syncs, 0);
	assert_int_equal(ana.loop_sleeps + beto.loop_sleeps, 0);
	assert_int_equal(ana.loop_lookups + beto.loop_lookups, 0);
	assert_true(ana.loop_polls > 0 && beto.loop_polls > 0);
	assert_true(ana.other_syncs > 0 && beto.other_syncs > 0);
	assert_true(beto.other_lookups > 0);
	remove_tree(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_loop_thread_never_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
