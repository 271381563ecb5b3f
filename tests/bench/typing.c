/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/typing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/bench/bench.h"

enum { LONGEST_S = 5 };

double
typing_key(struct typing *t, char key)
{
	struct screen *s = t->person->screen;
	const char keys[2] = {key, '\0'};
	int row, column, now_row, now_column;
	double begin;

	screen_cursor(s, &row, &column);
	begin = bench_now();
	screen_keys(s, keys);
	do {
		screen_pump(1);
		screen_cursor(s, &now_row, &now_column);
	} while ((now_row != row || now_column != column + 1) &&
		 bench_now() - begin < LONGEST_S);
	t->keys++;
	return (bench_now() - begin) * 1e3;
}

/* After a key that empties the line; column is where the cursor was. */
static void
wait_empty(struct typing *t, int row, int column)
{
	assert_true(
	    screen_wait_cursor(t->person->screen, row, column - t->keys, 0));
	t->keys = 0;
}

double
typing_enter(struct typing *t, struct person *who, const char *text)
{
	struct screen *s = t->person->screen;
	int row, column;
	double begin, took;

	screen_cursor(s, &row, &column);
	begin = bench_now();
	screen_keys(s, KEYS_ENTER);
	do {
		screen_pump(1);
	} while (screen_find(who->screen, text, NULL) < 0 &&
		 bench_now() - begin < LONGEST_S);
	took = bench_now() - begin;
	wait_empty(t, row, column);
	return took * 1e3;
}

void
typing_clear(struct typing *t)
{
	int row, column;

	screen_cursor(t->person->screen, &row, &column);
	screen_keys(t->person->screen, KEYS_CTRL('u'));
	wait_empty(t, row, column);
}
