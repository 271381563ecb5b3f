/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What was said before: on the screen after a restart, found by its words,
 * taken back while it waited, or not kept at all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sqlite3.h>

#include "tests/e2e/meeting.h"

enum { FILLER = 30, DAY_S = 24 * 3600 };

static const char check_mark[] = "\xe2\x9c\x93";

/* One message from each, stored on both sides. */
static void
greet(struct person *ana, struct person *beto)
{
	meet(ana, beto);
	person_type(ana, "hola, beto");
	person_type(beto, "hola, ana");
	assert_true(screen_wait_count(ana->screen, check_mark, 1, 0));
	assert_true(screen_wait_count(beto->screen, check_mark, 1, 0));
}

static void
both_quit(struct person *ana, struct person *beto)
{
	assert_true(person_quits(beto));
	assert_true(person_quits(ana));
}

/* As the screen says it: "Sunday, 22 November 2026". */
static const char *
date_text(time_t when)
{
	struct tm tm;
	char name[64];

	gmtime_r(&when, &tm);
	strftime(name, sizeof(name), "%A, %e %B %Y", &tm);
	/* %e has a space where there is one digit. */
	for (char *c = strstr(name, ",  "); c != NULL; c = NULL)
		memmove(c + 2, c + 3, strlen(c + 3) + 1);
	return text_of("%s", name);
}

static void
run_sql(const struct person *p, const char *sql)
{
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open_v2(in_folder(p->data, "charla.db"), &db,
			     SQLITE_OPEN_READWRITE, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void
test_past_is_on_the_screen(void **state)
{
	struct person ana = {0}, beto = {0};
	time_t now = time(NULL);

	(void)state;
	greet(&ana, &beto);
	both_quit(&ana, &beto);
	run_sql(&ana, text_of("UPDATE lines SET time_ms = time_ms - %d * 1000",
			  3 * DAY_S));
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "ana> hola, beto"));
	assert_true(person_sees(&ana, "beto: hola, ana"));
	assert_true(person_sees(&ana, date_text(now - 3 * DAY_S)));
	person_call(&beto, "beto", &ana);
	assert_true(person_sees(&ana, "connected with beto at"));
	person_type(&beto, "here again");
	assert_true(person_sees(&ana, "beto: here again"));
	/* Midnight may have passed. */
	assert_true(screen_find(ana.screen, date_text(now), NULL) > 0 ||
		    screen_find(ana.screen, date_text(time(NULL)), NULL) > 0);
	/* Above what was said then, and above what is said now. */
	assert_int_equal(screen_count(ana.screen, "hola, beto"), 1);
	assert_int_equal(screen_count(ana.screen, "hola, ana"), 1);
	part(&ana, &beto);
}

/* More lines than a screen has. */
static void
fill(struct person *ana, struct person *beto)
{
	for (int i = 0; i < FILLER; i++)
		person_type(ana, text_of("filler number %d.", i));
	assert_true(
	    person_sees(beto, text_of("filler number %d.", FILLER - 1)));
	assert_true(person_sees_no(ana, "\xe2\x80\xba "));
	person_type(beto, "/clear");
}

/* The newest first: a file that arrived, then what was said. */
static void
test_search(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	greet(&ana, &beto);
	person_type(&beto, "did you see the Quetzal?");
	assert_true(person_sees(&ana, "the Quetzal?"));
	fill(&ana, &beto);
	make_file(in_folder(beto.home, "quetzal.txt"), 1000, 1);
	person_type(&beto, text_of("/send %s/quetzal.txt", beto.home));
	assert_true(person_sees(&ana, "offers 'quetzal.txt'"));
	person_type(&ana, "/accept");
	assert_true(person_sees(&beto, "ana received 'quetzal.txt'"));
	fill(&ana, &beto);
	both_quit(&ana, &beto);
	person_start(&ana, "ana", NULL);
	assert_true(
	    person_sees(&ana, text_of("filler number %d.", FILLER - 1)));
	assert_int_equal(screen_find(ana.screen, "uetzal", NULL), -1);
	person_type(&ana, "/search axolotl");
	assert_true(person_sees(&ana, "'axolotl' is nowhere in this talk"));
	person_type(&ana, "/search quetzal");
	assert_true(person_sees(&ana, "'quetzal' 1 of 2"));
	assert_true(person_sees(&ana, "quetzal.txt"));
	screen_keys(ana.screen, KEYS_CTRL('s'));
	assert_true(person_sees(&ana, "'quetzal' 2 of 2"));
	assert_true(person_sees(&ana, "beto: did you see the Quetzal?"));
	assert_int_equal(screen_find(ana.screen, "quetzal.txt", NULL), -1);
	screen_keys(ana.screen, KEYS_CTRL('s'));
	assert_true(person_sees(&ana, "'quetzal' 1 of 2"));
	assert_true(person_sees(&ana, "quetzal.txt"));
	part(&ana, &beto);
}

static void
test_outbox(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	greet(&ana, &beto);
	assert_true(person_quits(&ana));
	assert_true(person_sees(&beto, "ana left"));
	person_type(&beto, "/outbox");
	assert_true(person_sees(&beto, "nothing is waiting"));
	person_type(&beto, "the first of three");
	person_type(&beto, "the second of three");
	person_type(&beto, "the third of three");
	assert_true(person_sees(&beto, "beto> the third of three"));
	/* Numbers count on from the ones that went. */
	person_type(&beto, "/outbox");
	assert_true(person_sees(&beto, "2 the first of three  waiting"));
	assert_true(person_sees(&beto, "3 the second of three  waiting"));
	person_type(&beto, "/outbox drop 3");
	assert_true(person_sees(&beto, "taken back, not sent:"));
	person_type(&beto, "/outbox drop 99");
	assert_true(person_sees(&beto, "no message with the number 99"));
	/* It stays taken back when the program starts anew. */
	assert_true(person_quits(&beto));
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "waiting for beto"));
	person_call(&beto, "beto", &ana);
	assert_true(person_sees(&ana, "beto: the first of three"));
	assert_true(person_sees(&ana, "beto: the third of three"));
	assert_int_equal(screen_count(ana.screen, "the second of three"), 0);
	assert_true(person_sees(&beto, "(taken back)"));
	assert_true(screen_wait_count(beto.screen, check_mark, 3, 0));
	person_type(&beto, "/outbox");
	assert_true(person_sees(&beto, "nothing is waiting"));
	part(&ana, &beto);
}

/* Is it in any file of the data folder, as it is? */
static bool
is_kept(const struct person *p, const char *text)
{
	int status = system(text_of("grep -rqaF -- '%s' '%s'", text, p->data));

	assert_true(status == 0 || status == 256);
	return status == 0;
}

static void
test_log_off(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	greet(&ana, &beto);
	person_type(&ana, "/log off");
	assert_true(person_sees(&ana, ", log off"));
	person_type(&ana, "ana whispers");
	person_type(&beto, "beto whispers");
	assert_true(person_sees(&beto, "ana: ana whispers"));
	assert_true(person_sees(&ana, "beto: beto whispers"));
	person_type(&ana, "/log on");
	assert_true(person_sees_no(&ana, ", log off"));
	person_type(&ana, "ana speaks up");
	person_type(&beto, "beto speaks up");
	assert_true(person_sees(&beto, "ana: ana speaks up"));
	assert_true(person_sees(&ana, "beto: beto speaks up"));
	both_quit(&ana, &beto);
	assert_false(is_kept(&ana, "ana whispers"));
	assert_false(is_kept(&ana, "beto whispers"));
	assert_true(is_kept(&ana, "ana speaks up"));
	assert_true(is_kept(&ana, "beto speaks up"));
	/* What beto keeps is for beto to say. */
	assert_true(is_kept(&beto, "beto whispers"));
	/* What was not kept is not sent again, nor asked for. */
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "ana> ana speaks up"));
	person_call(&beto, "beto", &ana);
	assert_true(person_sees(&ana, "connected with beto at"));
	person_type(&beto, "all well?");
	assert_true(person_sees(&ana, "beto: all well?"));
	assert_int_equal(screen_count(ana.screen, "whispers"), 0);
	assert_true(person_sees(&beto, "ana: ana whispers"));
	part(&ana, &beto);
}

static void
test_incognito(void **state)
{
	static const char *const incognito[] = {"--incognito", NULL};
	struct person ana = {0}, beto = {0};
	const char *copy;

	(void)state;
	greet(&ana, &beto);
	assert_true(person_quits(&ana));
	copy = in_folder(ana.home, "copy");
	assert_int_equal(system(text_of("cp -a '%s' '%s'", ana.data, copy)), 0);
	person_start(&ana, "ana", incognito);
	assert_true(person_sees(&ana, ", incognito"));
	/* No knock: who is known is read. And nothing of the past. */
	assert_true(person_sees(&ana, "connected with beto at"));
	assert_int_equal(screen_count(ana.screen, "hola"), 0);
	person_type(&ana, "ana in disguise");
	person_type(&beto, "is that you?");
	assert_true(person_sees(&beto, "ana: ana in disguise"));
	assert_true(person_sees(&ana, "beto: is that you?"));
	assert_true(person_quits(&ana));
	assert_int_equal(
	    system(text_of("diff -r '%s' '%s'", ana.data, copy)), 0);
	part(&ana, &beto);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_past_is_on_the_screen),
	    cmocka_unit_test(test_search),
	    cmocka_unit_test(test_outbox),
	    cmocka_unit_test(test_log_off),
	    cmocka_unit_test(test_incognito),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
