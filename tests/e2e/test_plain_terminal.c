/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plain mode at a terminal, whose settings stay what they are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "src/base/util.h"
#include "tests/e2e/meeting.h"

static const char *const dumb[] = {"TERM=dumb", NULL};

static bool
has_escape(struct person *p)
{
	return screen_output_has(p->screen, "\033", 1);
}

/* Between the two of them: one is painted, the other one dumb. */
static void
meet_plain(struct person *ana, struct person *beto)
{
	ana->env = dumb;
	meet(ana, beto);
}

static void
test_dumb_terminal(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	meet_plain(&ana, &beto);
	assert_true(person_sees(&ana, "question 1: beto knocks, from"));
	assert_true(person_sees(&ana, "trust: encrypted, UNVERIFIED"));
	assert_true(screen_termios_restored(ana.screen));
	person_type(&beto, "hola ana");
	assert_true(person_sees(&ana, "beto: hola ana"));
	/* The terminal has shown it: it is not written once more. */
	person_type(&ana, "hola beto");
	assert_true(person_sees(&beto, "ana: hola beto"));
	assert_int_equal(screen_count(ana.screen, "hola beto"), 1);
	assert_int_equal(screen_count(ana.screen, "you: "), 0);
	assert_false(has_escape(&ana));
	assert_true(person_quits(&beto));
	assert_true(person_sees(&ana, "beto left"));
	person_type(&ana, "are you there?");
	assert_true(person_sees(&ana, "you, not sent yet: are you there?"));
	screen_keys(ana.screen, KEYS_CTRL('d'));
	assert_true(screen_wait_exit(ana.screen, 0, NULL));
	assert_false(has_escape(&ana));
	part(&ana, &beto);
}

/* Rows of charla's do not end up behind what is being typed. */
static void
test_row_of_its_own(void **state)
{
	struct person ana = {0}, beto = {0};
	int column;

	(void)state;
	meet_plain(&ana, &beto);
	assert_true(person_sees(&ana, "trust: encrypted, UNVERIFIED"));
	screen_keys(ana.screen, "half a mess");
	assert_true(person_sees(&ana, "half a mess"));
	assert_true(screen_wait_quiet(ana.screen, 600, 0));
	person_type(&beto, "hola ana");
	assert_true(person_sees(&ana, "beto: hola ana"));
	screen_find(ana.screen, "beto: hola ana", &column);
	assert_int_equal(column, 0);
	person_type(&ana, "age");
	assert_true(person_sees(&beto, "ana: half a message"));
	part(&ana, &beto);
}

static int
status_of(struct person *p)
{
	int status;

	assert_true(screen_wait_exit(p->screen, 0, &status));
	assert_true(WIFEXITED(status));
	assert_true(screen_termios_restored(p->screen));
	assert_false(has_escape(p));
	return WEXITSTATUS(status);
}

static void
test_unknown_terminal(void **state)
{
	static const char *const env[] = {"TERM=no-such-terminal", NULL};
	struct person ana = {.env = env};

	(void)state;
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana,
	    "lines instead of a screen: the terminal type 'no-such-terminal'"));
	assert_true(person_sees(&ana, "waiting; the other person"));
	person_type(&ana, "/quit");
	assert_int_equal(status_of(&ana), 0);
	person_release(&ana);
}

/* Where one asks for it, and leaves by the keys that end a program. */
static void
test_keys(void **state)
{
	static const char *const plain[] = {"--plain", NULL};
	static const char keys[] = {'c', 'd'};

	(void)state;
	for (size_t i = 0; i < sizeof(keys); i++) {
		struct person ana = {0};

		person_start(&ana, "ana", plain);
		assert_true(person_sees(&ana, "waiting; the other person"));
		screen_keys(ana.screen, KEYS_CTRL(keys[i]));
		assert_int_equal(status_of(&ana), 0);
		person_release(&ana);
	}
}

/* Nobody is here yet: what is said waits, and the commands do not. */
static void
test_said_before_anybody_came(void **state)
{
	struct person ana = {.env = dumb}, beto = {0};

	(void)state;
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "waiting; the other person"));
	person_type(&ana, "for whoever comes");
	assert_true(person_sees(&ana, "it is said when somebody is"));
	person_type(&ana, "/transfers");
	assert_true(person_sees(&ana, "no transfers"));
	person_call(&beto, "beto", &ana);
	assert_true(person_sees(&ana, "question 1: beto knocks"));
	person_type(&ana, "/accept");
	assert_true(person_sees(&beto, "ana: for whoever comes"));
	part(&ana, &beto);
}

static void
test_quit_with_something_to_say(void **state)
{
	struct person ana = {.env = dumb};

	(void)state;
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "waiting; the other person"));
	person_type(&ana, "for whoever comes");
	person_type(&ana, "/quit");
	assert_true(person_sees(
	    &ana, "warning: what waits to be said would be lost; /quit again"));
	person_type(&ana, "/quit");
	assert_int_equal(status_of(&ana), 0);
	person_release(&ana);
}

/* The screen left something in its line: that is not plain mode's to lose. */
static void
test_draft_of_the_screen(void **state)
{
	static const char *const plain[] = {"--plain", NULL};
	struct person ana = {0}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	screen_keys(ana.screen, "not yet entered");
	assert_true(person_sees(&ana, "> not yet entered"));
	screen_signal(ana.screen, SIGTERM);
	assert_true(screen_wait_exit(ana.screen, 0, NULL));
	person_dies(&ana);
	person_start(&ana, "ana", plain);
	assert_true(person_sees(&ana, "connected with beto"));
	person_type(&ana, "plain words");
	assert_true(person_sees(&beto, "ana: plain words"));
	assert_true(person_quits(&ana));
	person_start(&ana, "ana", NULL);
	assert_true(person_sees(&ana, "> not yet entered"));
	part(&ana, &beto);
}

/* Under a real shell. */
static void
test_suspend_and_resume(void **state)
{
	char dir[4096], command[16384];
	const char *argv[] = {"bash", "--norc", "-i", NULL};
	const char *env[] = {"PS1=shell> ", "TERM=dumb", NULL};
	struct screen_config config = {.argv = argv, .env = env, .cwd = dir};
	struct screen *s;

	(void)state;
	make_temp_dir(dir, sizeof(dir));
	s = screen_start(&config);
	assert_true(screen_wait_text(s, "shell>", 0));
	snprintf(command, sizeof(command),
	    "%s --data %s/data --bind 127.0.0.1 --port 6998 --name ana\r",
	    getenv("CHARLA"), dir);
	screen_keys(s, command);
	assert_true(screen_wait_text(s, "you are ana", 0));
	screen_keys(s, KEYS_CTRL('z'));
	assert_true(screen_wait_text(s, "Stopped", 0));
	screen_keys(s, "fg\r");
	assert_true(screen_wait_quiet(s, 300, 0));
	screen_keys(s, "/transfers\r");
	assert_true(screen_wait_text(s, "no transfers", 0));
	screen_keys(s, "/quit\r");
	assert_true(screen_wait_count(s, "shell>", 2, 0));
	screen_keys(s, "echo al''l well\r");
	assert_true(screen_wait_text(s, "all well", 0));
	screen_close(s);
	remove_tree(dir);
}

/* One of the two is no terminal: then the other is not painted on. */
static void
test_redirected(void **state)
{
	static const char *const how[] = {"</dev/null", ">out", "| cat"};

	(void)state;
	for (size_t i = 0; i < COUNT(how); i++) {
		const char *argv[] = {"sh", "-c",
		    text_of("%s --data \"$HOME/d\" --bind 127.0.0.1 -p 6997 "
			    "-n ana %s; echo status $?; cat out",
			getenv("CHARLA"), how[i]),
		    NULL};
		char dir[4096];
		struct screen_config config = {.argv = argv, .cwd = dir};
		struct screen *s;

		make_temp_dir(dir, sizeof(dir));
		s = screen_start(&config);
		if (i > 0)
			screen_keys(s, "/quit\r");
		assert_true(screen_wait_text(s, "status 0", 0));
		assert_true(screen_wait_text(s, "you are ana", 0));
		assert_true(screen_wait_exit(s, 0, NULL));
		assert_false(screen_output_has(s, "\033", 1));
		screen_close(s);
		remove_tree(dir);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_dumb_terminal),
	    cmocka_unit_test(test_row_of_its_own),
	    cmocka_unit_test(test_unknown_terminal),
	    cmocka_unit_test(test_keys),
	    cmocka_unit_test(test_said_before_anybody_came),
	    cmocka_unit_test(test_quit_with_something_to_say),
	    cmocka_unit_test(test_draft_of_the_screen),
	    cmocka_unit_test(test_suspend_and_resume),
	    cmocka_unit_test(test_redirected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
