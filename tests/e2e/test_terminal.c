/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The terminal is as it was, on every way out; and the ways in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/e2e/beside.h"
#include "tests/e2e/meeting.h"

static void
start(struct person *p)
{
	person_start(p, "ana", NULL);
	assert_true(person_sees(p, "waiting for a call"));
}

static void
assert_restored(struct person *p)
{
	assert_true(beside_is_restored(p->screen));
}

static void
test_quit(void **state)
{
	struct person ana = {0};
	struct screen_modes modes;
	int status;

	(void)state;
	start(&ana);
	screen_modes(ana.screen, &modes);
	assert_true(modes.alternate);
	assert_false(screen_termios_restored(ana.screen));
	person_type(&ana, "/quit");
	assert_true(screen_wait_exit(ana.screen, 0, &status));
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_restored(&ana);
	person_release(&ana);
}

static void
test_ctrl_d_leaves(void **state)
{
	struct person ana = {0};
	int status;

	(void)state;
	start(&ana);
	screen_keys(ana.screen, KEYS_CTRL('d'));
	assert_true(screen_wait_exit(ana.screen, 0, &status));
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_restored(&ana);
	person_release(&ana);
}

static void
test_signals(void **state)
{
	static const struct {
		int number;
		bool crash;
	} cases[] = {
	    {SIGTERM, false},
	    {SIGHUP, false},
	    {SIGSEGV, true},
	    {SIGABRT, true},
	    {SIGBUS, true},
	    {SIGFPE, true},
	};

	static const char *const env[] = {ENV_MAY_CRASH, NULL};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct person ana = {.env = env};
		int status;

		start(&ana);
		screen_signal(ana.screen, cases[i].number);
		assert_true(screen_wait_exit(ana.screen, 0, &status));
		if (cases[i].crash)
			assert_true(
			    WIFSIGNALED(status) || WEXITSTATUS(status) != 0);
		else
			assert_true(WIFEXITED(status));
		assert_restored(&ana);
		person_release(&ana);
	}
}

static bool
has_progress(void *arg)
{
	struct person *p = arg;

	return beside_progress(p->screen) > 0;
}

/* A title that counts, a transfer that takes long: much to take back. */
static void
begin_much(struct person *ana, struct person *beto)
{
	const char *file;

	meet(ana, beto);
	file = in_folder(ana->home, "long.bin");
	make_file(file, 8 * 1024 * 1024, 1);
	person_type(ana, "/limit 1M");
	person_type(ana, text_of("/send %s", file));
	assert_true(person_sees(beto, "question: /accept"));
	person_type(beto, "/accept");
	assert_true(screen_wait_for(has_progress, ana, "progress", 0));
	beside_focus(ana->screen, false);
	person_type(beto, "come back");
	assert_true(beside_wait_title(ana->screen, "(1) beto - charla"));
}

/* Where a transfer runs, it is asked for twice. */
static void
quit(struct person *p)
{
	person_type(p, "/quit");
	assert_true(person_sees(p, "/quit again leaves"));
	person_type(p, "/quit");
}

/* Two kinds of terminals: who keeps the title, terminfo or we? */
static const char *const kinds[][3] = {
    {"TERM=xterm-256color", ENV_MAY_CRASH, NULL},
    {"TERM=tmux-256color", ENV_MAY_CRASH, NULL},
};

static void
test_much_is_taken_back(void **state)
{
	static const int signals[] = {0, SIGTERM, SIGHUP, SIGSEGV};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(signals) / sizeof(signals[0]); i++) {
		struct person ana = {.env = kinds[i % 2]}, beto = {0};
		int number = signals[i / 2];

		begin_much(&ana, &beto);
		if (number != 0)
			screen_signal(ana.screen, number);
		else
			quit(&ana);
		assert_true(screen_wait_exit(ana.screen, 0, NULL));
		assert_restored(&ana);
		part(&ana, &beto);
	}
}

/* Suspended and stopped, it all comes back, and goes again. */
static void
test_much_comes_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct person ana = {.env = kinds[i]}, beto = {0};
		int titles;

		begin_much(&ana, &beto);
		screen_signal(ana.screen, SIGSTOP);
		titles = beside_count(ana.screen, "\033]2;beto - charla");
		screen_signal(ana.screen, SIGCONT);
		assert_true(beside_wait_count(
		    ana.screen, "\033]2;beto - charla", titles + 1));
		assert_int_equal(beside_titles(ana.screen), 1);
		assert_true(screen_wait_for(has_progress, &ana, "progress", 0));
		quit(&ana);
		assert_true(screen_wait_exit(ana.screen, 0, NULL));
		assert_restored(&ana);
		part(&ana, &beto);
	}
}

/* Under a real shell: Ctrl-Z, stty as before, fg, and it goes on. */
static void
test_suspend_and_resume(void **state)
{
	char dir[4096], command[16384];
	const char *argv[] = {"bash", "--norc", "--noediting", "-i", NULL};
	const char *env[] = {"PS1=shell> ", NULL};
	struct screen_config config = {.argv = argv, .env = env, .cwd = dir};
	struct screen *s;

	(void)state;
	make_temp_dir(dir, sizeof(dir));
	s = screen_start(&config);
	assert_true(screen_wait_text(s, "shell>", 0));
	screen_keys(s, "stty -g >before\r");
	snprintf(command, sizeof(command),
	    "%s --data %s/data --bind 127.0.0.1 --port 0%d --name ana\r",
	    getenv("CHARLA"), dir, 6999);
	screen_keys(s, command);
	assert_true(screen_wait_text(s, "you are ana", 0));
	screen_keys(s, "draft");
	assert_true(screen_wait_text(s, "> draft", 0));
	for (int i = 0; i < 2; i++) {
		screen_keys(s, KEYS_CTRL('z'));
		assert_true(screen_wait_text(s, "Stopped", 0));
		assert_true(beside_is_restored(s));
		assert_true(screen_wait_gone(s, "> draft", 0));
		screen_keys(
		    s, "stty -g >after; cmp before after && echo s''ame\r");
		assert_true(screen_wait_text(s, "same", 0));
		screen_resize(s, 20 + i, 70);
		screen_keys(s, "fg\r");
		assert_true(screen_wait_text(s, "> draft", 0));
		assert_true(screen_wait_gone(s, "same", 0));
	}
	screen_keys(s, KEYS_CTRL('u'));
	screen_keys(s, "/quit\r");
	assert_true(screen_wait_gone(s, "you are ana", 0));
	/* What is typed before is no line to the shell: Enter was a CR then. */
	assert_true(beside_is_restored(s));
	screen_keys(s, "stty -g >after; cmp before after && echo al''l well\r");
	assert_true(screen_wait_text(s, "all well", 0));
	screen_close(s);
	remove_tree(dir);
}

/* Stopped and continued from outside, as by kill -STOP. */
static void
test_stopped_from_outside(void **state)
{
	struct person ana = {0};

	(void)state;
	start(&ana);
	screen_signal(ana.screen, SIGSTOP);
	screen_signal(ana.screen, SIGCONT);
	person_type(&ana, "/help");
	assert_true(person_sees(&ana, "/quit "));
	assert_true(person_quits(&ana));
	person_release(&ana);
}

/* Readline asks the environment for the locale once more. */
static void
test_locale_without_utf8(void **state)
{
	static const char *const locales[][2] = {
	    {"LC_ALL=C", NULL}, {"LC_ALL=POSIX", NULL}, {"LANG=C", NULL}};

	(void)state;
	for (size_t i = 0; i < sizeof(locales) / sizeof(locales[0]); i++) {
		struct person ana = {.env = locales[i]};

		start(&ana);
		assert_true(person_sees(&ana, "charla \xc2\xb7 not connected"));
		screen_keys(ana.screen, "ñandú 漢");
		assert_true(person_sees(&ana, "> ñandú 漢"));
		person_release(&ana);
	}
}

static int
status_of(const char *const *argv)
{
	struct screen_config config = {.argv = argv};
	struct screen *s = screen_start(&config);
	int status;

	assert_true(screen_wait_text(s, "charla", 0));
	assert_true(screen_wait_exit(s, 0, &status));
	assert_true(screen_termios_restored(s));
	screen_close(s);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
test_bad_options(void **state)
{
	const char *program = getenv("CHARLA");
	const char *const cases[][5] = {
	    {program, "--frob", NULL},
	    {program, "--port", "0", NULL},
	    {program, "--port", "70000", NULL},
	    {program, "-p", "x", NULL},
	    {program, "-p", NULL},
	    {program, "--name", "", NULL},
	    {program, "--name", "a\tb", NULL},
	    {program, "one", "two", NULL},
	    {program, "127.0.0.1:abc", NULL},
	    {program, "--bind", "nope", NULL},
	    {program, "--help=x", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(status_of(cases[i]), 2);
	assert_int_equal(
	    status_of((const char *const[]){program, "--version", NULL}), 0);
	assert_int_equal(
	    status_of((const char *const[]){program, "--help", NULL}), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_quit),
	    cmocka_unit_test(test_ctrl_d_leaves),
	    cmocka_unit_test(test_signals),
	    cmocka_unit_test(test_much_is_taken_back),
	    cmocka_unit_test(test_much_comes_back),
	    cmocka_unit_test(test_suspend_and_resume),
	    cmocka_unit_test(test_stopped_from_outside),
	    cmocka_unit_test(test_locale_without_utf8),
	    cmocka_unit_test(test_bad_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
