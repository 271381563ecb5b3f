/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words reach whom they were meant for, all of them, and nobody else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/e2e/meeting.h"

/* Another talk comes to the screen while something is being typed. */
static void
test_draft_is_put_aside(void **state)
{
	struct person ana = {0}, beto = {0}, carla = {0};

	(void)state;
	meet(&ana, &beto);
	assert_true(person_quits(&beto));
	person_call(&carla, "carla", &ana);
	assert_true(person_sees(&ana, "carla knocks"));
	person_type(&ana, "/accept");
	assert_true(person_sees(&carla, "connected with ana"));
	person_type(&carla, "hola");
	assert_true(person_sees(&ana, "carla: hola"));
	assert_true(person_quits(&carla));
	assert_true(person_sees(&ana, "carla left"));
	screen_keys(ana.screen, "for carla only");
	assert_true(person_sees(&ana, "> for carla only"));
	person_call(&beto, "beto", &ana);
	assert_true(person_sees(&ana, "another talk now, with beto"));
	screen_keys(ana.screen, KEYS_ENTER);
	person_type(&ana, "for beto");
	assert_true(person_sees(&beto, "ana: for beto"));
	assert_int_equal(screen_count(beto.screen, "for carla only"), 0);
	screen_keys(ana.screen, KEYS_UP KEYS_UP);
	assert_true(person_sees(&ana, "> for carla only"));
	person_release(&carla);
	part(&ana, &beto);
}

/* What was said to somebody who kept nothing is not given to them later. */
static void
test_off_the_record(void **state)
{
	static const char *const incognito[] = {"--incognito", NULL};
	struct person ana = {0}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	person_type(&beto, "on the record");
	assert_true(screen_wait_count(beto.screen, "\xe2\x9c\x93", 1, 0));
	assert_true(person_quits(&ana));
	person_start(&ana, "ana", incognito);
	assert_true(person_sees(&beto, "connected with ana"));
	person_type(&beto, "off the record");
	assert_true(person_sees(&ana, "off the record"));
	assert_true(person_sees(&beto, "\xe2\x97\x8b beto> off the record"));
	assert_true(person_quits(&ana));
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "connected with beto"));
	person_type(&beto, "on the record again");
	assert_true(person_sees(&ana, "beto: on the record again"));
	assert_int_equal(screen_count(ana.screen, "off the record"), 0);
	assert_int_equal(screen_count(beto.screen, "older history"), 0);
	/* And the mark still says so when beto begins anew. */
	assert_true(person_quits(&beto));
	person_call(&beto, "beto", &ana);
	assert_true(person_sees(&beto, "\xe2\x97\x8b beto> off the record"));
	part(&ana, &beto);
}

/* What was entered before /quit leaves before we do. */
static void
test_last_words(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	screen_keys(beto.screen, "these are my last words\r/quit\r");
	assert_true(screen_wait_exit(beto.screen, 0, NULL));
	assert_true(person_sees(&ana, "beto: these are my last words"));
	assert_true(person_sees(&ana, "beto left"));
	part(&ana, &beto);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_draft_is_put_aside),
	    cmocka_unit_test(test_off_the_record),
	    cmocka_unit_test(test_last_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
