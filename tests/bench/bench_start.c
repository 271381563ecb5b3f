/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From exec to the first frame on the terminal, and the memory resident
 * once charla waits. RUNS=20.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/bench.h"
#include "tests/e2e/meeting.h"

enum { RUNS_MAX = 1000 };

static void
measure(struct person *p, double *frame_ms, double *resident_kb)
{
	double begin = bench_now();

	person_start(p, "ana", NULL);
	while (screen_find(p->screen, "charla", NULL) < 0)
		screen_pump(1);
	*frame_ms = (bench_now() - begin) * 1e3;
	assert_true(person_sees(p, "waiting for a call"));
	*resident_kb = (double)bench_resident_kb((long)screen_pid(p->screen));
	assert_true(person_quits(p));
}

static void
run(void **state)
{
	long runs = bench_number("RUNS", 20);
	static double frame[RUNS_MAX], resident[RUNS_MAX];
	struct person ana = {0};

	(void)state;
	assert_true(runs > 0 && runs <= RUNS_MAX);
	measure(&ana, &frame[0], &resident[0]); /* makes key and database */
	for (long i = 0; i < runs; i++)
		measure(&ana, &frame[i], &resident[i]);
	printf("first frame: best %.1f ms, median %.1f ms, worst %.1f ms\n",
	    bench_quantile(frame, (size_t)runs, 0),
	    bench_quantile(frame, (size_t)runs, 0.5),
	    bench_quantile(frame, (size_t)runs, 1));
	printf("resident once it waits: median %.1f MB, most %.1f MB\n",
	    bench_quantile(resident, (size_t)runs, 0.5) / 1e3,
	    bench_quantile(resident, (size_t)runs, 1) / 1e3);
	person_release(&ana);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(run)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
