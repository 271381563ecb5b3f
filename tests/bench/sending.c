/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/sending.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "tests/bench/bench.h"
#include "tests/e2e/meeting.h"

enum { DEADLINE_MS = 300 * 1000 };

/*
 * What was received in another run stands in the past, so only what comes
 * below this run's offer counts.
 */
static bool
has_arrived(void *arg)
{
	struct screen *s = arg;
	int row = screen_find(s, "is offered to", NULL);
	int rows, cols;
	char text[SCREEN_ROW_MAX];

	screen_size(s, &rows, &cols);
	while (row >= 0 && ++row < rows) {
		if (strstr(screen_row_text(s, row, text), " received '"))
			return true;
	}
	return false;
}

void
send_and_wait(struct person *from, struct person *to, const char *path)
{
	person_type(from, text_of("/send %s", path));
	assert_true(person_sees(to, "question: /accept"));
	person_type(to, "/accept");
	assert_true(screen_wait_for(has_arrived, from->screen,
	    "hears that it was received", DEADLINE_MS));
}

double
send_process(struct person *from, struct person *to, const char *path)
{
	double begin = bench_now(), took;

	person_call(from, from->name, to);
	assert_true(person_sees(from, text_of("connected with %s", to->name)));
	send_and_wait(from, to, path);
	assert_true(person_quits(from));
	took = bench_now() - begin;
	person_type(to, "/clear");
	return took;
}
