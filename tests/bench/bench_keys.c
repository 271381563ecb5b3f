/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a key to its echo on the terminal while a file is sent, on the
 * sending and on the receiving side. MIB=4096 (of holes), FOLDER=/dev/shm.
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

#include "tests/bench/bench.h"
#include "tests/e2e/meeting.h"

enum { SAMPLES_MAX = 100000, LINE_KEYS = 40, MIB = 1024 * 1024 };

/* Type one key and wait for its echo; milliseconds. */
static double
echo_ms(struct person *p, int i)
{
	char key[2] = {(char)('a' + i % 26), '\0'};
	int row, column, now_row, now_column;
	double begin;

	if (i % LINE_KEYS == LINE_KEYS - 1) {
		screen_keys(p->screen, KEYS_CTRL('u'));
		assert_true(screen_wait_quiet(p->screen, 1, 0) || true);
	}
	screen_cursor(p->screen, &row, &column);
	begin = bench_now();
	screen_keys(p->screen, key);
	do {
		screen_pump(1);
		screen_cursor(p->screen, &now_row, &now_column);
	} while (
	    now_row == row && now_column == column && bench_now() - begin < 5);
	return (bench_now() - begin) * 1e3;
}

static void
measure(struct person *from, struct person *to, struct person *typing,
    const char *label)
{
	static double ms[SAMPLES_MAX];
	int count = 0;
	const char *file = in_folder(from->home, "holes.bin");
	long mib = bench_number("MIB", 4096);

	make_file(file, 0, 0);
	assert_int_equal(truncate(file, (off_t)mib * MIB), 0);
	person_type(from, text_of("/send %s", file));
	assert_true(person_sees(to, "question: /accept"));
	person_type(to, "/accept");
	assert_true(person_sees(from, "%"));
	assert_true(person_sees(to, "%"));
	while (count < SAMPLES_MAX && screen_count(from->screen, "%") > 0) {
		ms[count] = echo_ms(typing, count);
		count++;
	}
	screen_keys(typing->screen, KEYS_CTRL('u'));
	assert_true(
	    screen_wait_text(from->screen, "received 'holes.bin'", 300000));
	assert_true(count > 0);
	printf("%s: %d keys, median %.1f ms, 99 of 100 within %.1f ms, "
	       "worst %.1f ms\n",
	    label, count, bench_quantile(ms, (size_t)count, 0.5),
	    bench_quantile(ms, (size_t)count, 0.99),
	    bench_quantile(ms, (size_t)count, 1));
	fflush(stdout);
	unlink(in_folder(to->downloads, "holes.bin"));
	person_type(from, "/clear");
	person_type(to, "/clear");
}

static void
run(void **state)
{
	const char *where = getenv("FOLDER");
	struct person ana = {0}, beto = {0};

	(void)state;
	setenv("TMPDIR", where ? where : "/dev/shm", 1);
	meet(&ana, &beto);
	measure(&ana, &beto, &ana, "while sending  ");
	measure(&ana, &beto, &beto, "while receiving");
	part(&ana, &beto);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(run)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
