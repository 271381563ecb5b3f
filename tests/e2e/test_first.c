/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two people who have never met start charla at the same moment, and each of
 * them calls the other: one talk comes of it, the same for both, and nobody
 * has to answer a knock of somebody whom they have called themselves.
 * TIMES says how often; make first does it 200 times.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "tests/e2e/internal.h"
#include "tests/e2e/meeting.h"
#include "tests/e2e/pausing.h"

enum {
	TIMES = 20,
	APART_MS = 35, /* and what a start takes: 50 at most, mostly */
	STEP_MS = 7,
	CALM_MS = 300,
	ESTABLISHED = 1,
};

/* Connections to what p listens on, as the system has them. */
static int
callers_of(const struct person *p)
{
	FILE *f = fopen("/proc/net/tcp", "r");
	char line[256];
	int count = 0;

	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL) {
		/* "  0: 0100007F:1B3D 0100007F:CD14 01 ...", in hex */
		const char *local = strchr(line, ':');
		char *end;

		local = local != NULL ? strchr(local + 1, ':') : NULL;
		if (local == NULL || strtoul(local + 1, &end, 16) != p->port)
			continue;
		end = strchr(end, ':');
		if (end == NULL)
			continue;
		(void)strtoul(end + 1, &end, 16);
		count += strtoul(end, NULL, 16) == ESTABLISHED;
	}
	fclose(f);
	return count;
}

struct two {
	struct person ana, beto;
};

static bool
have_one_link(void *arg)
{
	const struct two *t = arg;

	return callers_of(&t->ana) + callers_of(&t->beto) == 1;
}

static void
start_both(struct two *t, int i)
{
	struct person *first = i % 2 == 0 ? &t->ana : &t->beto;
	struct person *second = i % 2 == 0 ? &t->beto : &t->ana;
	uint64_t begun;

	person_settle(&t->ana, "ana");
	person_settle(&t->beto, "beto");
	begun = clock_mono_ms();
	person_call(first, first->name, second);
	pause_ms(i * STEP_MS % APART_MS);
	person_call(second, second->name, first);
	printf("run %d: %s first, then %s %llu ms later", i, first->name,
	    second->name, (unsigned long long)(clock_mono_ms() - begun));
}

/* The title says so, and it was said once. */
static void
is_connected(struct person *p, const struct person *with)
{
	const char *words = text_of("connected with %s at", with->name);

	assert_true(person_sees(p, words));
	assert_true(screen_wait_row(p->screen, 0, with->name, 0));
	assert_true(screen_wait_row(p->screen, 0, "encrypted, UNVERIFIED", 0));
}

static void
is_there(struct person *p, const char *text, int count)
{
	if (screen_count(p->screen, text) == count)
		return;
	screen_dump_all(stderr);
	fail_msg("%s sees '%s', but not %d times", p->name, text, count);
}

static void
is_calm(struct person *p, const struct person *with)
{
	static const char *const never[] = {
	    "lost", "no longer", "hung up", "said no", "busy", "sent away"};

	assert_true(screen_wait_quiet(p->screen, CALM_MS, 0));
	is_there(p, text_of("connected with %s at", with->name), 1);
	for (size_t i = 0; i < COUNT(never); i++)
		is_there(p, never[i], 0);
}

/* Each line once on each side. */
static void
talk(struct two *t)
{
	person_type(&t->ana, "hola beto");
	person_type(&t->beto, "hola ana");
	assert_true(person_sees(&t->beto, "ana: hola beto"));
	assert_true(person_sees(&t->ana, "beto: hola ana"));
	assert_true(screen_wait_count(t->ana.screen, "\xe2\x9c\x93", 1, 0));
	assert_true(screen_wait_count(t->beto.screen, "\xe2\x9c\x93", 1, 0));
	is_there(&t->ana, "hola beto", 1);
	is_there(&t->ana, "hola ana", 1);
	is_there(&t->beto, "hola beto", 1);
	is_there(&t->beto, "hola ana", 1);
}

static void
test_both_call(void **state)
{
	const char *asked = getenv("TIMES");
	long times = asked != NULL ? strtol(asked, NULL, 10) : TIMES;
	uint64_t begun;

	(void)state;
	for (int i = 0; i < times; i++) {
		struct two t = {.ana = {.rows = 40, .cols = 100},
		    .beto = {.rows = 40, .cols = 100}};

		begun = clock_mono_ms();
		start_both(&t, i);
		is_connected(&t.ana, &t.beto);
		is_connected(&t.beto, &t.ana);
		printf(", connected after %llu ms\n",
		    (unsigned long long)(clock_mono_ms() - begun));
		assert_true(screen_wait_for(
		    have_one_link, &t, "one connection between them", 0));
		talk(&t);
		is_calm(&t.ana, &t.beto);
		is_calm(&t.beto, &t.ana);
		assert_true(have_one_link(&t));
		part(&t.ana, &t.beto);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_both_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
