/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kill -9, cut links, stopped programs and restarts in random order, while
 * both talk and send files: nothing is lost, nothing comes twice. ROUNDS and
 * SEED choose what happens; from 300 rounds on also what takes long.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "tests/e2e/torture.h"

enum {
	ROUNDS = 70,
	ROUNDS_SLOW = 25, /* under a sanitizer */
	ROUNDS_LONG = 300,
	SEED = 6973,
};

static unsigned long
number_of(const char *name, unsigned long fallback)
{
	const char *text = getenv(name);

	return text != NULL && text[0] != '\0' ? strtoul(text, NULL, 10)
					       : fallback;
}

static unsigned long
rounds(void)
{
	return number_of(
	    "ROUNDS", getenv("CHARLA_TEST_SLOW") ? ROUNDS_SLOW : ROUNDS);
}

static void
test_torture(void **state)
{
	static struct torture t; /* too large for the stack */

	(void)state;
	torture_begin(&t, number_of("SEED", SEED));
	t.long_run = rounds() >= ROUNDS_LONG;
	for (unsigned long i = 0; i < rounds(); i++)
		torture_round(&t);
	torture_settle(&t);
	torture_leave(&t);
	torture_check(&t);
	torture_end(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_torture)};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	if (failed != 0)
		printf("again: make torture ROUNDS=%lu SEED=%lu\n", rounds(),
		    number_of("SEED", SEED));
	return failed;
}
