/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the status line says about the link, and what runs and waits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/e2e/meeting.h"

enum { STATUS_ROW = 22 };

static bool
says(struct person *p, const char *text)
{
	return screen_wait_row(p->screen, STATUS_ROW, text, 0);
}

static void
test_round_trip(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	assert_true(says(&ana, "connected with beto, "));
	assert_true(says(&ana, " ms"));
	assert_true(says(&beto, "connected with ana, "));
	assert_true(says(&beto, " ms"));
	part(&ana, &beto);
}

static void
test_messages_wait(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	assert_true(person_quits(&beto));
	person_type(&ana, "one");
	assert_true(says(&ana, "; 1 message waits"));
	person_type(&ana, "two");
	assert_true(says(&ana, "; 2 messages wait"));
	person_call(&beto, "beto", &ana);
	assert_true(person_sees(&beto, "ana: two"));
	assert_true(says(&ana, " ms"));
	assert_true(person_sees_no(&ana, "messages wait"));
	part(&ana, &beto);
}

static void
test_transfers(void **state)
{
	struct person ana = {0}, beto = {0};
	const char *first, *second;

	(void)state;
	meet(&ana, &beto);
	first = in_folder(ana.home, "first.bin");
	second = in_folder(ana.home, "second.bin");
	make_file(first, 4 * 1024 * 1024, 1);
	make_file(second, 1000, 2);
	person_type(&ana, "/limit 500k");
	person_type(&ana, text_of("/send %s", first));
	assert_true(says(&ana, "; 1 transfer waits"));
	assert_true(says(&beto, "1 question"));
	person_type(&beto, "/accept 1");
	assert_true(says(&ana, "; 1 transfer runs"));
	assert_true(says(&beto, "; 1 transfer runs"));
	person_type(&ana, text_of("/send %s", second));
	assert_true(says(&ana, "; 1 transfer runs, 1 waits"));
	assert_true(says(&beto, "1 question"));
	person_type(&ana, "/cancel 3");
	person_type(&ana, "/limit off");
	assert_true(person_sees(&ana, "received 'first.bin'"));
	assert_true(says(&ana, " ms"));
	assert_int_equal(screen_count(ana.screen, "1 transfer"), 0);
	part(&ana, &beto);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_messages_wait),
	    cmocka_unit_test(test_transfers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
