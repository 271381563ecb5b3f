/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Messages as fast as they are taken, more than are in memory at a time: each
 * is acknowledged, in the history once, in its place, and found.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "src/base/util.h"
#include "tests/e2e/meeting.h"
#include "tests/e2e/stranger_internal.h"

enum { MESSAGES = 12000 };

static void
say_some(struct stranger *s)
{
	while (s->seq < MESSAGES &&
	       stranger_queues_text(
		   s, text_of("number%05u.", (unsigned)s->seq + 1)))
		continue;
	conn_kick(s->conn);
}

/* The highest number that was acknowledged; each says more than the last. */
static uint64_t
acknowledged(const struct stranger *s)
{
	uint64_t highest = 0;

	for (size_t i = 0; i < s->heard_count; i++) {
		const struct frame *f = &s->heard[i].frame;

		if (f->type != FRAME_ACK)
			continue;
		assert_true(f->ack.seq > highest);
		assert_int_equal(f->ack.epoch, s->epoch);
		highest = f->ack.seq;
	}
	return highest;
}

static void
burst(struct stranger *s)
{
	const uint64_t end = stranger_deadline();

	do {
		assert_true(clock_mono_ms() < end && !s->is_down);
		say_some(s);
		stranger_turn(s);
	} while (acknowledged(s) < MESSAGES);
}

/* Where it is found, its neighbours stand around it. */
static void
check_place(struct person *p, int number)
{
	person_type(p, text_of("/search number%05d", number));
	for (int i = number - 2; i <= number + 2; i++) {
		const char *text = text_of("number%05d.", i);

		if (i < 1 || i > MESSAGES)
			continue;
		assert_true(person_sees(p, text));
		assert_int_equal(screen_count(p->screen, text), 1);
	}
	assert_int_equal(
	    screen_find(p->screen, text_of("number%05d.", number + 1), NULL),
	    number == MESSAGES
		? -1
		: screen_find(p->screen, text_of("number%05d.", number), NULL) +
		      1);
}

static void
test_burst(void **state)
{
	static const int places[] = {1, 2000, 3999, 4000, 4001, 4095, 4096,
	    4097, 4650, 6000, 8191, 8192, 8193, MESSAGES - 4096, MESSAGES - 1,
	    MESSAGES};
	struct person ana = {0};
	struct stranger *beto = stranger_new("beto");

	(void)state;
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "waiting for a call"));
	stranger_meets(beto, &ana);
	burst(beto);
	assert_true(person_sees(&ana, text_of("number%05d.", MESSAGES)));
	for (size_t i = 0; i < COUNT(places); i++)
		check_place(&ana, places[i]);
	/* After a restart it is the same. */
	stranger_goes(beto);
	assert_true(person_quits(&ana));
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, text_of("number%05d.", MESSAGES)));
	for (size_t i = 0; i < COUNT(places); i++)
		check_place(&ana, places[i]);
	assert_true(person_quits(&ana));
	stranger_free(beto);
	person_release(&ana);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_burst)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
