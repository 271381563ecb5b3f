/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Very many announcements of people who are not there: memory stays what it
 * was, the keyboard answers, and whoever is known is still seen.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/nearby.h"
#include "src/base/util.h"
#include "tests/e2e/mdns.h"
#include "tests/e2e/meeting.h"
#include "tests/e2e/neighbourhood.h"

enum {
	FLOOD = 10 * 1000,
	GROWTH_MAX_KB = 16 * 1024,
	ROUNDS = 20,
};

static bool allowed; /* found out once, in main */

/* Resident memory, in kB. */
static long
memory_of(struct person *p)
{
	FILE *f =
	    fopen(text_of("/proc/%d/statm", (int)screen_pid(p->screen)), "r");
	char line[256] = "", *resident;

	assert_non_null(f);
	assert_non_null(fgets(line, sizeof(line), f));
	fclose(f);
	/* The second number, in pages. */
	resident = strchr(line, ' ');
	assert_non_null(resident);
	return strtol(resident, NULL, 10) * sysconf(_SC_PAGESIZE) / 1024;
}

/* One key and its echo, many times; the slowest. */
static uint64_t
slowest_key(struct person *p)
{
	uint64_t slowest = 0;

	for (int i = 0; i < ROUNDS; i++) {
		uint64_t begun = clock_mono_ms(), took;

		screen_keys(p->screen, "z");
		assert_true(screen_wait_text(p->screen, "> z", 0));
		took = clock_mono_ms() - begun;
		slowest = took > slowest ? took : slowest;
		screen_keys(p->screen, KEYS_BACKSPACE);
		assert_true(screen_wait_gone(p->screen, "> z", 0));
	}
	return slowest;
}

static void
meet_by_name(struct person *ana, struct person *beto)
{
	assert_true(person_sees(beto, "ana  new"));
	person_type(beto, "/connect ana");
	assert_true(person_sees(ana, "beto knocks"));
	person_type(ana, "/accept");
	assert_true(person_sees(beto, "connected with ana"));
	assert_true(person_sees(ana, "connected with beto"));
	assert_true(person_quits(beto));
	assert_true(person_sees(ana, "beto left"));
}

static void
test_flood(void **state)
{
	struct person ana = {0}, beto = {0};
	struct neighbourhood h;
	uint64_t slowest;
	long before, after;

	(void)state;
	if (!allowed)
		skip();
	neighbourhood_open(&h);
	neighbour_start(&h, NETNS_ANA, &ana, "ana", NULL);
	neighbour_start(&h, NETNS_BETO, &beto, "beto", NULL);
	meet_by_name(&ana, &beto);
	before = memory_of(&ana);
	for (unsigned i = 0; i < 3; i++) {
		mdns_flood(h.net, NETNS_BETO, i * FLOOD, FLOOD);
		slowest = slowest_key(&ana);
		printf(
		    "the slowest key: %llu ms\n", (unsigned long long)slowest);
	}
	assert_true(person_sees(&ana, "people, /peers lists them all"));
	/* Who is known is seen, whoever else is announced. */
	neighbour_start(&h, NETNS_BETO, &beto, "beto", NULL);
	assert_true(person_sees(&ana, "beto"));
	assert_true(person_sees(&ana, "known, UNVERIFIED"));
	after = memory_of(&ana);
	printf("%d announcements: %ld kB before, %ld kB after\n", 3 * FLOOD,
	    before, after);
	assert_true(after - before < GROWTH_MAX_KB);
	person_type(&ana, "/connect beto");
	assert_true(person_sees(&beto, "connected with ana"));
	person_release(&ana);
	person_release(&beto);
	neighbourhood_close(&h);
}

/* The sanitizer keeps what was freed for a while, and so memory grows. */
static void
keep_nothing_freed(void)
{
	const char *asan = getenv("ASAN_OPTIONS");

	if (asan != NULL)
		setenv("ASAN_OPTIONS", text_of("%s:quarantine_size_mb=1", asan),
		    1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_flood)};

	keep_nothing_freed();
	allowed = avahi_allowed();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
