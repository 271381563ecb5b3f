/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the screen looks, and what to look at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "tests/e2e/meeting.h"

enum { RED = 1, GREEN = 2, BLUE = 4, MAGENTA = 5, NONE = -1 };

/* The colour of the first place of text on the screen; -3: not there. */
static int
colour_of(struct person *p, const char *text)
{
	struct screen_style style;
	int col, row = screen_find(p->screen, text, &col);

	if (row < 0)
		return -3;
	screen_style(p->screen, row, col, &style);
	return style.fg;
}

struct colour {
	struct person *who;
	const char *text;
	int want;
};

static bool
has_colour(void *arg)
{
	struct colour *c = arg;

	return colour_of(c->who, c->text) == c->want;
}

static bool
sees_colour(struct person *who, const char *text, int want)
{
	struct colour c = {who, text, want};

	return screen_wait_for(has_colour, &c, text, 0);
}

/* No cell of the whole screen has a colour. */
static bool
is_mono(struct screen *s)
{
	int rows, cols;

	screen_size(s, &rows, &cols);
	for (int row = 0; row < rows; row++) {
		for (int col = 0; col < cols; col++) {
			struct screen_style style;

			screen_style(s, row, col, &style);
			if (style.fg != NONE || style.bg != NONE)
				return false;
		}
	}
	return true;
}

/* "What is the background?" is asked; this is what one terminal says. */
static void
test_theme_follows_the_answer(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	person_type(&beto, "hola");
	assert_true(person_sees(&ana, "beto: hola"));
	assert_true(screen_output_has(ana.screen, "\033]11;?\033\\", 8));
	assert_true(sees_colour(&ana, "beto: hola", MAGENTA));
	/* In two pieces, and text around it: nothing of it is typed. */
	screen_keys(ana.screen, "ab\033]11;rgb:0000/00");
	screen_keys(ana.screen, "00/0000\033\\cd");
	assert_true(person_sees(&ana, "> abcd"));
	assert_true(sees_colour(&ana, "beto: hola", 6));
	screen_keys(ana.screen, "\033]11;rgb:ffff/ffff/ffff\a");
	assert_true(sees_colour(&ana, "beto: hola", MAGENTA));
	assert_true(person_sees(&ana, "> abcd"));
	part(&ana, &beto);
}

static void
test_theme_is_set(void **state)
{
	static const char *const variable[] = {"COLORFGBG=15;0", NULL};
	struct person ana = {.env = variable}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	person_type(&ana, "hola");
	assert_true(person_sees(&beto, "ana: hola"));
	assert_true(sees_colour(&ana, "ana> hola", GREEN));
	person_type(&ana, "/set theme light");
	assert_true(sees_colour(&ana, "ana> hola", BLUE));
	person_type(&ana, "/set theme mono");
	assert_true(sees_colour(&ana, "ana> hola", NONE));
	assert_true(is_mono(ana.screen));
	person_type(&ana, "/set theme auto");
	assert_true(sees_colour(&ana, "ana> hola", GREEN));
	part(&ana, &beto);
}

static void
test_no_color(void **state)
{
	static const char *const variable[] = {"NO_COLOR=1", NULL};
	struct person ana = {.env = variable}, beto = {.env = variable};

	(void)state;
	meet(&ana, &beto);
	person_type(&ana, "hola");
	assert_true(person_sees(&beto, "ana: hola"));
	person_type(&ana, "/set theme dark");
	assert_true(person_sees(&ana, "theme = dark"));
	person_type(&ana, "/accept 7");
	assert_true(person_sees(&ana, "! "));
	assert_true(is_mono(ana.screen));
	assert_true(is_mono(beto.screen));
	part(&ana, &beto);
}

/* Terminals that would print the question are not asked. */
static void
test_old_terminals_are_not_asked(void **state)
{
	static const char *const names[] = {"TERM=linux", "TERM=vt100"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const char *const variables[] = {names[i], NULL};
		struct person ana = {.env = variables};

		person_start(&ana, "ana", NULL);
		assert_true(person_sees(&ana, "waiting for a call"));
		assert_false(screen_output_has(ana.screen, "\033]", 2));
		assert_true(person_quits(&ana));
		person_release(&ana);
	}
}

static void
test_time_format(void **state)
{
	struct person ana = {0};
	int col;

	(void)state;
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "waiting for a call"));
	person_type(&ana, "/set time-format \"at [%H]\"");
	assert_true(person_sees(&ana, "at ["));
	person_type(&ana, "/accept");
	assert_true(person_sees(&ana, "! "));
	screen_find(ana.screen, "! ", &col);
	assert_int_equal(col, 8);
	person_type(&ana, "/set time-format \"\"");
	assert_true(person_sees_no(&ana, "at [0"));
	assert_true(person_sees_no(&ana, "at [1"));
	assert_true(person_sees_no(&ana, "at [2"));
	screen_find(ana.screen, "! ", &col);
	assert_int_equal(col, 0);
	person_release(&ana);
}

static void
test_bare(void **state)
{
	struct person ana = {.rows = 12, .cols = 40}, beto = {0};
	char row[SCREEN_ROW_MAX];
	size_t before, after;

	(void)state;
	meet(&ana, &beto);
	person_type(&beto,
	    "a line that is longer than forty columns, https://example.org/x");
	assert_true(person_sees(&ana, "example.org/x"));
	person_type(&ana, "mine");
	assert_true(person_sees(&ana, "ana> mine"));
	screen_keys(ana.screen, "half");
	assert_true(person_sees(&ana, "> half"));
	screen_keys(ana.screen, "\033l");
	/* No title, no status, no input; and broken where the row ends. */
	assert_true(person_sees_no(&ana, "UNVERIFIED"));
	assert_true(person_sees_no(&ana, "> half"));
	assert_true(
	    person_sees(&ana, "beto: a line that is longer than forty c"));
	screen_find(ana.screen, "olumns, https://example.org/x", NULL);
	assert_string_equal(
	    screen_row_text(ana.screen,
		screen_find(ana.screen, "olumns, https", NULL), row),
	    "olumns, https://example.org/x");
	assert_string_equal(
	    screen_row_text(
		ana.screen, screen_find(ana.screen, "ana> mine", NULL), row),
	    "ana> mine");
	assert_true(screen_output_has(
	    ana.screen, "than forty columns, https://example.org/x\r\n", 43));
	/* It holds still while more comes. */
	screen_output(ana.screen, &before);
	person_type(&beto, "meanwhile");
	assert_true(person_sees(&beto, "\u2713 beto> meanwhile"));
	screen_pump(50);
	screen_output(ana.screen, &after);
	assert_int_equal(before, after);
	screen_resize(ana.screen, 12, 30);
	assert_true(person_sees(&ana, "beto: a line that is longer th"));
	assert_int_equal(screen_count(ana.screen, "meanwhile"), 0);
	/* Any key, which means nothing else. */
	screen_keys(ana.screen, "z");
	assert_true(person_sees(&ana, "beto: meanwhile"));
	assert_true(person_sees(&ana, "> half"));
	assert_int_equal(screen_count(ana.screen, "halfz"), 0);
	screen_keys(ana.screen, "\033l");
	assert_true(person_sees_no(&ana, "> half"));
	screen_keys(ana.screen, KEYS_ESCAPE);
	assert_true(person_sees(&ana, "> half"));
	screen_keys(ana.screen, "\033l");
	assert_true(person_sees_no(&ana, "> half"));
	screen_paste(ana.screen, "pasted");
	assert_true(person_sees(&ana, "> halfpasted"));
	part(&ana, &beto);
}

/* Its time and mark are in reverse. */
static bool
stands_out(void *arg)
{
	struct person *p = arg;
	struct screen_style style;
	int col, row = screen_find(p->screen, "offers", &col);

	if (row < 0)
		return false;
	screen_style(p->screen, row, 0, &style);
	return style.reverse;
}

static void
test_questions(void **state)
{
	struct person ana = {.rows = 12}, beto = {0};
	struct screen_style style;
	int col, row;

	(void)state;
	meet(&ana, &beto);
	make_file(in_folder(beto.home, "one.bin"), 1000, 1);
	person_type(&beto, text_of("/send %s/one.bin", beto.home));
	assert_true(person_sees(&ana, "beto offers 'one.bin'"));
	row = screen_find(ana.screen, "beto offers", &col);
	screen_style(ana.screen, row, col, &style);
	assert_true(style.bold);
	for (int i = 0; i < 20; i++)
		person_type(&beto, text_of("line %d.", i));
	assert_true(person_sees(&ana, "line 19."));
	assert_true(person_sees_no(&ana, "beto offers"));
	screen_keys(ana.screen, "\033a");
	assert_true(screen_wait_for(stands_out, &ana, "in reverse", 0));
	assert_true(person_sees(&ana, "more below"));
	/* Answered, it is a question no more. */
	person_type(&ana, "/accept");
	assert_true(person_sees(&beto, "received 'one.bin'"));
	assert_true(person_sees(&ana, "received, verified"));
	screen_keys(ana.screen, "\033[1;5H");
	assert_true(person_sees(&ana, "you are ana"));
	screen_keys(ana.screen, KEYS_PAGE_DOWN);
	assert_true(person_sees(&ana, "beto offers 'one.bin'"));
	row = screen_find(ana.screen, "beto offers", &col);
	screen_style(ana.screen, row, col, &style);
	assert_false(style.bold);
	part(&ana, &beto);
}

static void
test_to_unread(void **state)
{
	struct person ana = {.rows = 8}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	screen_keys(ana.screen, "\033[1;5H");
	assert_true(person_sees(&ana, "more below"));
	for (int i = 0; i < 20; i++)
		person_type(&beto, text_of("line %d.", i));
	assert_true(person_sees(&ana, "20 new lines"));
	screen_keys(ana.screen, "\033u");
	assert_true(screen_wait_row(ana.screen, 1, "line 0.", 0));
	part(&ana, &beto);
}

/* By the reports of the terminal about its focus. */
static void
test_unread_row(void **state)
{
	struct person ana = {0}, beto = {0};
	int col;

	(void)state;
	meet(&ana, &beto);
	person_type(&beto, "before");
	assert_true(person_sees(&ana, "beto: before"));
	screen_keys(ana.screen, "\033[O");
	screen_wait_read(ana.screen);
	person_type(&beto, "meanwhile");
	assert_true(person_sees(&ana, "beto: meanwhile"));
	assert_true(person_sees(&ana, "\u2500\u2500 new \u2500\u2500"));
	assert_int_equal(screen_find(ana.screen, "beto: meanwhile", &col),
	    screen_find(ana.screen, "\u2500 new \u2500", &col) + 1);
	person_type(&beto, "one more");
	assert_true(person_sees(&ana, "beto: one more"));
	assert_int_equal(screen_count(ana.screen, "\u2500 new \u2500"), 1);
	/* Back, it stays until something is typed. */
	screen_keys(ana.screen, "\033[I");
	screen_wait_read(ana.screen);
	person_type(&beto, "and another");
	assert_true(person_sees(&ana, "beto: and another"));
	assert_int_equal(screen_count(ana.screen, "\u2500 new \u2500"), 1);
	screen_keys(ana.screen, "a");
	assert_true(person_sees(&ana, "> a"));
	assert_true(person_sees_no(&ana, "\u2500 new \u2500"));
	person_type(&beto, "the last one");
	assert_true(person_sees(&ana, "beto: the last one"));
	assert_int_equal(screen_count(ana.screen, "\u2500 new \u2500"), 0);
	part(&ana, &beto);
}

/* A name that is written to the left moves nothing in its rows. */
static void
test_name_to_the_left(void **state)
{
	struct person ana = {0}, ali = {0};
	struct screen_style style;
	int row, col;

	(void)state;
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "waiting for a call"));
	person_call(&ali, "\u0639\u0644\u064a", &ana);
	assert_true(person_sees(&ana, "knocks"));
	person_type(&ana, "/accept");
	assert_true(person_sees(&ali, "connected with ana"));
	person_type(&ali, "\u0645\u0631\u062d\u0628\u0627 5");
	assert_true(person_sees(&ana,
	    "\u0639\u0644\u064a\u200e: \u0645\u0631\u062d\u0628\u0627 5"));
	row = screen_find(ana.screen, "\u0645\u0631\u062d", &col);
	assert_int_equal(col, 13);
	/* The title too, and it fills its row. */
	screen_find(ana.screen, "127.0.0.1 \u00b7 encrypted", &col);
	assert_int_equal(col, 7);
	screen_style(ana.screen, 0, 79, &style);
	assert_true(style.reverse);
	assert_true(row > 0);
	part(&ana, &ali);
}

/*
 * So fast that the program may see one change, or none: what the terminal
 * lost in between is drawn again.
 */
static void
test_smaller_and_back(void **state)
{
	struct person ana = {0};

	(void)state;
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "waiting for a call"));
	for (int i = 0; i < 30; i++) {
		screen_resize(ana.screen, 2, 20);
		screen_resize(ana.screen, 24, 80);
		assert_true(person_sees(&ana, "you are ana"));
		assert_true(screen_wait_row(ana.screen, 0, "charla", 0));
		assert_true(screen_wait_row(ana.screen, 23, ">", 0));
	}
	person_release(&ana);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_theme_follows_the_answer),
	    cmocka_unit_test(test_theme_is_set),
	    cmocka_unit_test(test_no_color),
	    cmocka_unit_test(test_old_terminals_are_not_asked),
	    cmocka_unit_test(test_time_format),
	    cmocka_unit_test(test_bare),
	    cmocka_unit_test(test_questions),
	    cmocka_unit_test(test_to_unread),
	    cmocka_unit_test(test_unread_row),
	    cmocka_unit_test(test_name_to_the_left),
	    cmocka_unit_test(test_smaller_and_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
