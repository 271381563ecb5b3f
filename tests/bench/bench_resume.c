/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One file over a network that breaks down again and again, by turns of dice
 * because the link is cut, the sender is killed, or the receiver. How many
 * bytes go over the wire for one that arrives? MIB=1024, BREAKS=20, SEED=1,
 * FOLDER=/dev/shm (with room for twice the file).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "tests/bench/bench.h"
#include "tests/e2e/meeting.h"
#include "tests/e2e/pair.h"

enum { MIB = 1024 * 1024, DEADLINE_MS = 300 * 1000 };

static const char received[] = "received, verified:";

/* xorshift64 (Marsaglia 2003). */
static uint64_t
roll(uint64_t *dice, uint64_t sides)
{
	*dice ^= *dice << 13;
	*dice ^= *dice >> 7;
	*dice ^= *dice << 17;
	return *dice % sides;
}

static bool
is_hole_or_through(void *arg)
{
	struct pair *p = arg;

	return proxy_is_hole(p->proxy) ||
	       screen_find(p->ana.screen, received, NULL) >= 0;
}

static void
break_down(struct pair *p, uint64_t kind)
{
	if (kind == 1)
		person_dies(&p->ana);
	if (kind == 2)
		person_dies(&p->beto);
	proxy_cut(p->proxy, true);
	proxy_hole(p->proxy, false);
	if (kind == 1)
		person_start(&p->ana, "ana", NULL);
	if (kind == 2)
		pair_call(p);
}

static void
run(void **state)
{
	long mib = bench_number("MIB", 1024);
	long breaks = bench_number("BREAKS", 20), done = 0;
	uint64_t dice = (uint64_t)bench_number("SEED", 1) * 2 + 1;
	struct proxy_state before, after;
	struct pair p = {.proxy = NULL};
	const char *file;
	double begin;

	(void)state;
	assert_true(mib > 0 && breaks >= 0);
	bench_use_folder();
	pair_meet(&p);
	file = in_folder(p.beto.home, "large.bin");
	make_file(file, (size_t)mib * MIB, 1);
	before = proxy_look(p.proxy);
	begin = bench_now();
	person_type(&p.beto, text_of("/send %s", file));
	assert_true(person_sees(&p.ana, "offers 'large.bin'"));
	for (; done < breaks; done++) {
		/* On average they are spread over nine tenths of the file. */
		uint64_t part = (uint64_t)mib * MIB / (uint64_t)breaks * 9 / 10;

		proxy_hole_after(p.proxy, part / 2 + roll(&dice, part));
		if (done == 0)
			person_type(&p.ana, "/accept");
		assert_true(screen_wait_for(
		    is_hole_or_through, &p, "part is through", DEADLINE_MS));
		if (screen_find(p.ana.screen, received, NULL) >= 0)
			break;
		break_down(&p, roll(&dice, 3));
	}
	if (breaks == 0)
		person_type(&p.ana, "/accept");
	proxy_hole(p.proxy, false);
	assert_true(screen_wait_text(p.ana.screen, received, DEADLINE_MS));
	after = proxy_look(p.proxy);
	printf("%ld MiB, %ld times interrupted: %.1f s, %.4f bytes on the wire "
	       "for each, the other way %.1f kB\n",
	    mib, done, bench_now() - begin,
	    (double)(after.from_caller - before.from_caller) /
		((double)mib * MIB),
	    (double)(after.from_called - before.from_called) / 1e3);
	file = in_folder(p.beto.home, "large.bin");
	printf("what arrived is %s\n",
	    files_equal(file, in_folder(p.ana.downloads, "large.bin"))
		? "equal"
		: "NOT EQUAL");
	pair_end(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(run)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
