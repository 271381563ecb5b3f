/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the terminal is told beside the screen, and when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "tests/e2e/beside.h"
#include "tests/e2e/meeting.h"

static unsigned
bells(struct person *p)
{
	struct screen_modes modes;

	screen_modes(p->screen, &modes);
	return modes.bells;
}

/* Say it, and wait until the other screen shows it. */
static void
say(struct person *from, struct person *to, const char *text)
{
	person_type(from, text);
	assert_true(person_sees(to, text));
}

static void
set(struct person *p, const char *option)
{
	person_type(p, text_of("/set %s", option));
	person_type(p, "/clear");
	assert_true(screen_wait_quiet(p->screen, 50, 0));
}

static void
test_title(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	person_start(&ana, "ana", NULL);
	assert_true(beside_wait_title(ana.screen, "charla"));
	person_release(&ana);
	meet(&ana, &beto);
	assert_true(beside_wait_title(ana.screen, "beto - charla"));
	say(&beto, &ana, "nobody counts these");
	beside_focus(ana.screen, true);
	say(&beto, &ana, "nor these");
	assert_true(beside_wait_title(ana.screen, "beto - charla"));
	beside_focus(ana.screen, false);
	say(&beto, &ana, "but this one");
	assert_true(beside_wait_title(ana.screen, "(1) beto - charla"));
	say(&beto, &ana, "and this one");
	assert_true(beside_wait_title(ana.screen, "(2) beto - charla"));
	beside_focus(ana.screen, true);
	assert_true(beside_wait_title(ana.screen, "beto - charla"));
	/* Whoever types is there. */
	beside_focus(ana.screen, false);
	say(&beto, &ana, "once more");
	assert_true(beside_wait_title(ana.screen, "(1) beto - charla"));
	say(&ana, &beto, "an answer");
	assert_true(beside_wait_title(ana.screen, "beto - charla"));
	part(&ana, &beto);
}

/* Turned off while it runs, the title is what it was. */
static void
test_title_off(void **state)
{
	static const char *const envs[][2] = {
	    {"TERM=xterm-256color", NULL}, {"TERM=tmux-256color", NULL}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct person ana = {.env = envs[i]};
		int saved;

		person_start(&ana, "ana", NULL);
		assert_true(beside_wait_title(ana.screen, "charla"));
		saved = beside_titles(ana.screen);
		assert_int_equal(saved, 1);
		set(&ana, "title off");
		/* terminfo's own way out of xterm's screen takes one back. */
		assert_int_equal(beside_titles(ana.screen), i == 0 ? 1 : 0);
		assert_true(beside_count(ana.screen, "\033[23;0t") == 1);
		set(&ana, "title on");
		assert_true(
		    beside_wait_count(ana.screen, "\033]2;charla\033\\", 2));
		assert_int_equal(beside_titles(ana.screen), 1);
		person_type(&ana, "/quit");
		assert_true(screen_wait_exit(ana.screen, 0, NULL));
		assert_true(beside_is_restored(ana.screen));
		person_release(&ana);
	}
}

static void
test_bell(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	say(&beto, &ana, "nobody knows where ana looks");
	beside_focus(ana.screen, true);
	say(&beto, &ana, "she looks here");
	assert_int_equal(bells(&ana), 0);
	beside_focus(ana.screen, false);
	say(&beto, &ana, "she looks elsewhere");
	assert_true(beside_wait_count(ana.screen, "\a", 1));
	assert_int_equal(bells(&ana), 1);
	/* Several soon after are one. */
	say(&beto, &ana, "one more");
	say(&beto, &ana, "two more");
	assert_int_equal(bells(&ana), 1);
	assert_true(beside_wait_count(ana.screen, "\a", 2));
	/* Our own lines are no news. */
	beside_focus(beto.screen, false);
	assert_int_equal(bells(&beto), 0);
	part(&ana, &beto);
}

/* Each form, with and without what was said. */
static void
test_forms(void **state)
{
	static const struct {
		const char *how, *with_text, *without;
	} cases[] = {
	    {"osc9", "\033]9;beto: a,b\033\\", "\033]9;new message\033\\"},
	    {"osc99", "\033]99;i=charla;beto: a,b\033\\",
		"\033]99;i=charla;new message\033\\"},
	    {"osc777", "\033]777;notify;charla;beto: a,b\033\\",
		"\033]777;notify;charla;new message\033\\"},
	};
	struct person ana = {0}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	for (int i = 0; i < 3; i++) {
		set(&ana, text_of("notify %s", cases[i].how));
		set(&ana, "notify-text on");
		beside_focus(ana.screen, false);
		say(&beto, &ana, "a;b");
		assert_true(
		    beside_wait_count(ana.screen, cases[i].with_text, 1));
		set(&ana, "notify-text off");
		beside_focus(ana.screen, false);
		say(&beto, &ana, text_of("secret %d", i));
		assert_true(beside_wait_count(ana.screen, cases[i].without, 1));
	}
	assert_int_equal(bells(&ana), 0);
	set(&ana, "notify none");
	beside_focus(ana.screen, false);
	say(&beto, &ana, "quiet");
	assert_true(beside_wait_title(ana.screen, "(1) beto - charla"));
	assert_int_equal(beside_count(ana.screen, "\033]9;"), 2);
	part(&ana, &beto);
}

/* Where control strings would be shown, there are none. */
static void
test_terminals_without(void **state)
{
	static const char *const terms[][2] = {
	    {"TERM=linux", NULL}, {"TERM=vt220", NULL}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct person ana = {.env = terms[i]}, beto = {0};

		meet(&ana, &beto);
		set(&ana, "notify osc9");
		beside_focus(ana.screen, false);
		say(&beto, &ana, "something");
		assert_true(screen_wait_quiet(ana.screen, 50, 0));
		assert_int_equal(beside_count(ana.screen, "\033]"), 0);
		assert_int_equal(beside_titles(ana.screen), 0);
		set(&ana, "notify bell");
		beside_focus(ana.screen, false);
		say(&beto, &ana, "something else");
		assert_true(beside_wait_count(ana.screen, "\a", 1));
		part(&ana, &beto);
	}
}

static bool
has_progress(void *arg)
{
	struct person *p = arg;

	return beside_progress(p->screen) > 0;
}

static bool
has_no_progress(void *arg)
{
	struct person *p = arg;

	return beside_progress(p->screen) == -1;
}

/* A transfer that takes long, under way on both sides. */
static void
send_slowly(struct person *from, struct person *to)
{
	const char *file = in_folder(from->home, "long.bin");

	make_file(file, 8 * 1024 * 1024, 1);
	person_type(from, "/limit 1M");
	person_type(from, text_of("/send %s", file));
	assert_true(person_sees(to, "question: /accept"));
	person_type(to, "/accept");
	assert_true(screen_wait_for(has_progress, from, "progress", 0));
	assert_true(screen_wait_for(has_progress, to, "progress", 0));
}

static void
test_progress(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	set(&beto, "notify osc9");
	send_slowly(&ana, &beto);
	beside_focus(beto.screen, false);
	set(&ana, "progress off");
	assert_true(screen_wait_for(has_no_progress, &ana, "no progress", 0));
	set(&ana, "progress on");
	assert_true(screen_wait_for(has_progress, &ana, "progress", 0));
	person_type(&ana, "/limit off");
	assert_true(person_sees(&ana, "received 'long.bin'"));
	assert_true(screen_wait_for(has_no_progress, &ana, "no progress", 0));
	assert_true(screen_wait_for(has_no_progress, &beto, "no progress", 0));
	assert_true(
	    beside_wait_count(beto.screen, "\033]9;received, verified: ", 1));
	part(&ana, &beto);
}

static void
test_questions(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "waiting for a call"));
	set(&ana, "notify osc777");
	beside_focus(ana.screen, false);
	person_call(&beto, "beto", &ana);
	assert_true(beside_wait_count(
	    ana.screen, "\033]777;notify;charla;1: beto knocks", 1));
	part(&ana, &beto);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_title),
	    cmocka_unit_test(test_title_off),
	    cmocka_unit_test(test_bell),
	    cmocka_unit_test(test_forms),
	    cmocka_unit_test(test_terminals_without),
	    cmocka_unit_test(test_progress),
	    cmocka_unit_test(test_questions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
