/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages: both ways at once, all of them, once, in order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "tests/e2e/meeting.h"

enum { LINES = 1000, LINES_SLOW = 200, TALL = 400 };

/* Under a sanitizer each line costs far more. */
static int
lines_each_way(void)
{
	return getenv("CHARLA_TEST_SLOW") ? LINES_SLOW : LINES;
}

/*
 * The lines of one person in what is on the screen: each number one more
 * than the one above it. next is the first that no page has shown yet.
 */
static void
check_page(struct person *p, const char *who, int *next)
{
	const char *words = text_of("%s says number ", who);
	char row[SCREEN_ROW_MAX];
	int last = -1;

	for (int r = 0; r < TALL; r++) {
		const char *found;
		int number;

		screen_row_text(p->screen, r, row);
		found = strstr(row, words);
		if (found == NULL)
			continue;
		number = (int)strtol(found + strlen(words), NULL, 10);
		if (last != -1 && number != last + 1)
			fail_msg("row %d: %s, after %d", r, row, last);
		assert_true(number <= *next);
		last = number;
		if (number == *next)
			(*next)++;
	}
}

/* From the first line to the last, page by page. */
static void
check_all(struct person *p)
{
	const int lines = lines_each_way();
	int ana = 0, beto = 0;

	/* None waits any longer: the last ones have got their mark. */
	assert_true(person_sees_no(p, "\xe2\x80\xa6 "));
	assert_true(person_sees_no(p, "\xe2\x80\xba "));
	screen_keys(p->screen, "\033[1;5H"); /* Ctrl-Home */
	while (ana < lines || beto < lines) {
		const char *first = ana <= beto ? "ana" : "beto";

		assert_true(person_sees(p, text_of("%s says number %d.", first,
					       ana <= beto ? ana : beto)));
		assert_true(screen_wait_quiet(p->screen, 100, 0));
		check_page(p, "ana", &ana);
		check_page(p, "beto", &beto);
		screen_keys(p->screen, KEYS_PAGE_DOWN);
	}
	assert_int_equal(ana, lines);
	assert_int_equal(beto, lines);
}

static void
test_thousand_lines_each_way(void **state)
{
	struct person ana = {.rows = TALL}, beto = {.rows = TALL};
	const int lines = lines_each_way();

	(void)state;
	meet(&ana, &beto);
	for (int i = 0; i < lines; i++) {
		person_type(&ana, text_of("ana says number %d.", i));
		person_type(&beto, text_of("beto says number %d.", i));
	}
	assert_true(
	    person_sees(&ana, text_of("beto says number %d.", lines - 1)));
	assert_true(
	    person_sees(&beto, text_of("ana says number %d.", lines - 1)));
	check_all(&ana);
	check_all(&beto);
	part(&ana, &beto);
}

static void
test_any_script(void **state)
{
	static const char *const texts[] = {
	    "¿qué tal, señora?",
	    "日本語のテキスト",
	    "Привет, как дела",
	    "naïve café",
	    "नमस्ते",
	    "a🎉b",
	};
	struct person ana = {0}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		person_type(&ana, texts[i]);
		assert_true(person_sees(&beto, texts[i]));
	}
	part(&ana, &beto);
}

static void
test_actions_slashes_and_unknown_commands(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	person_type(&ana, "/me waves");
	assert_true(person_sees(&beto, "* ana waves"));
	person_type(&ana, "//etc/hosts is a path");
	assert_true(person_sees(&beto, "/etc/hosts is a path"));
	person_type(&ana, "/sned x");
	assert_true(person_sees(&ana, "did you mean /send?"));
	person_type(&ana, "/xyzzyplugh secret");
	assert_true(person_sees(&ana, "nothing was sent"));
	person_type(&ana, "  /help quit");
	assert_true(person_sees(&ana, "leave; asks once"));
	person_type(&ana, "the last one");
	assert_true(person_sees(&beto, "the last one"));
	assert_int_equal(screen_count(beto.screen, "secret"), 0);
	assert_int_equal(screen_count(beto.screen, "sned"), 0);
	assert_int_equal(screen_count(beto.screen, "help quit"), 0);
	part(&ana, &beto);
}

static void
test_typing(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	screen_keys(ana.screen, "hm");
	assert_true(person_sees(&beto, "ana is typing"));
	screen_keys(ana.screen, KEYS_BACKSPACE KEYS_BACKSPACE);
	assert_true(person_sees_no(&beto, "ana is typing"));
	person_type(&ana, "hola");
	assert_true(person_sees(&beto, "hola"));
	assert_true(person_sees_no(&beto, "ana is typing"));
	part(&ana, &beto);
}

static void
test_nick(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	person_type(&beto, "/nick Bartolomé");
	assert_true(person_sees(&ana, "beto is now called Bartolomé"));
	person_type(&beto, "it is me");
	assert_true(person_sees(&ana, "Bartolomé"));
	part(&ana, &beto);
}

/* What is typed while the other is away waits, and goes when they are back. */
static void
test_waiting_messages(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	/* Once this is stored, so is that they know each other. */
	person_type(&beto, "first");
	person_type(&ana, "first too");
	assert_true(screen_wait_count(ana.screen, "\xe2\x9c\x93", 1, 0));
	assert_true(screen_wait_count(beto.screen, "\xe2\x9c\x93", 1, 0));
	person_dies(&ana);
	assert_true(person_sees(&beto, "is lost"));
	person_type(&beto, "are you there?");
	person_type(&beto, "well, later");
	assert_true(screen_wait_count(beto.screen, "\xe2\x80\xa6", 2, 0));
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "are you there?"));
	assert_true(person_sees(&ana, "well, later"));
	assert_true(screen_wait_count(beto.screen, "\xe2\x9c\x93", 3, 0));
	assert_int_equal(screen_count(ana.screen, "are you there?"), 1);
	/* Also across a quit and a start of the one who wrote. */
	assert_true(person_quits(&ana));
	assert_true(person_sees(&beto, "ana left"));
	person_type(&beto, "kept over night");
	assert_true(person_sees(&beto, "kept over night"));
	assert_true(person_quits(&beto));
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "waiting for beto on port"));
	person_call(&beto, "beto", &ana);
	assert_true(person_sees(&ana, "kept over night"));
	assert_int_equal(screen_count(ana.screen, "kept over night"), 1);
	part(&ana, &beto);
}

/* Before anybody has answered, nobody knows whose key it is for. */
static void
test_unanswered_call(void **state)
{
	struct person ana = {0}, beto = {0}, carla = {0};

	(void)state;
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "waiting for a call"));
	assert_true(person_quits(&ana));
	person_start(&carla, "carla", NULL);
	assert_true(person_sees(&carla, "waiting for a call"));
	person_call(&beto, "beto", &ana);
	assert_true(person_sees(&beto, "refused"));
	person_type(&beto, "for ana only");
	assert_true(person_sees(&beto, "nobody has answered at"));
	assert_int_equal(screen_count(beto.screen, "beto> for ana only"), 0);
	person_type(&beto, text_of("/connect 127.0.0.1:%d", carla.port));
	assert_true(person_sees(&carla, "beto knocks"));
	person_type(&carla, "/accept");
	assert_true(person_sees(&beto, "connected with carla"));
	person_type(&beto, "for carla");
	assert_true(person_sees(&carla, "for carla"));
	assert_int_equal(screen_count(carla.screen, "for ana only"), 0);
	person_release(&carla);
	part(&ana, &beto);
}

static void
test_nobody_to_talk_to(void **state)
{
	struct person ana = {0};

	(void)state;
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "waiting for a call"));
	person_type(&ana, "hello?");
	assert_true(person_sees(&ana, "nobody is here yet"));
	screen_keys(ana.screen, KEYS_UP);
	assert_true(person_sees(&ana, "> hello?"));
	person_release(&ana);
}

static void
test_lines_of_many_rows(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	screen_paste(ana.screen, "first row\nsecond row\nthird row");
	assert_true(person_sees(&ana, "third row"));
	assert_int_equal(screen_count(beto.screen, "second row"), 0);
	screen_keys(ana.screen, KEYS_ENTER);
	assert_true(person_sees(&beto, "second row"));
	assert_true(person_sees(&beto, "third row"));
	part(&ana, &beto);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_thousand_lines_each_way),
	    cmocka_unit_test(test_any_script),
	    cmocka_unit_test(test_actions_slashes_and_unknown_commands),
	    cmocka_unit_test(test_typing),
	    cmocka_unit_test(test_nick),
	    cmocka_unit_test(test_waiting_messages),
	    cmocka_unit_test(test_unanswered_call),
	    cmocka_unit_test(test_nobody_to_talk_to),
	    cmocka_unit_test(test_lines_of_many_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
