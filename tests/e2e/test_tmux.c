/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * In a real tmux, under a real shell: somebody sits at a terminal (the model
 * of the harness) that shows tmux, and charla runs in there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/beside.h"
#include "tests/e2e/meeting.h"

enum { ANSWER_MAX = 1024 };

struct desk {
	char dir[4096];
	char tmp[4200], home[4200]; /* TMUX_TMPDIR=, HOME= */
	char server[64];
	char before[ANSWER_MAX]; /* what pane() said to begin with */
	struct screen *terminal;
	struct person beto;
	uint16_t port;
	int guard;
};

static struct desk desk; /* for the teardown, which a failed test needs */

/* tmux's answer, without the newline. */
static const char *
ask(const char *what)
{
	static char answer[ANSWER_MAX];
	FILE *f = popen(text_of("env -u TMUX TMUX_TMPDIR=%s tmux -L %s %s 2>&1",
			    desk.dir, desk.server, what),
	    "r");

	assert_non_null(f);
	if (fgets(answer, sizeof(answer), f) == NULL)
		answer[0] = '\0';
	answer[strcspn(answer, "\n")] = '\0';
	pclose(f);
	return answer;
}

/* The modes of the pane, and its title. */
static const char *
pane(void)
{
	return ask("display -p '#{alternate_on} #{cursor_flag} #{insert_flag} "
		   "#{keypad_flag} #{keypad_cursor_flag} #{mouse_any_flag} "
		   "#{mouse_sgr_flag} #{scroll_region_lower} #{pane_title}'");
}

struct wanted {
	const char *what, *answer;
};

static bool
says_so(void *arg)
{
	const struct wanted *w = arg;

	return strcmp(ask(w->what), w->answer) == 0;
}

static bool
wait_answer(const char *what, const char *answer)
{
	struct wanted w = {what, answer};

	return screen_wait_for(says_so, &w, answer, 0);
}

static bool
wait_title(const char *title)
{
	return wait_answer("display -p '#{pane_title}'", title);
}

/* What is typed now is the shell's. */
static bool
wait_shell(void)
{
	return wait_answer("display -p '#{pane_current_command}'", "bash");
}

static bool
is_as_before(void *arg)
{
	(void)arg;
	return strcmp(pane(), desk.before) == 0;
}

static void
sit_down(const char *const argv[], int rows, int cols)
{
	const char *env[] = {desk.tmp, desk.home, "SHELL=/bin/bash",
	    "TERM=xterm-256color", NULL};
	struct screen_config config = {
	    .name = "tmux",
	    .rows = rows,
	    .cols = cols,
	    .argv = argv,
	    .env = env,
	    .cwd = desk.dir,
	};

	desk.terminal = screen_start(&config);
}

static void
attach(int rows, int cols)
{
	const char *argv[] = {
	    "tmux", "-L", desk.server, "-f", "tmux.conf", "attach", NULL};

	sit_down(argv, rows, cols);
}

static void
detach(void)
{
	screen_keys(desk.terminal, KEYS_CTRL('b'));
	screen_keys(desk.terminal, "d");
	assert_true(screen_wait_exit(desk.terminal, 0, NULL));
	assert_true(beside_is_restored(desk.terminal));
	screen_close(desk.terminal);
	desk.terminal = NULL;
}

static int
setup(void **state)
{
	static const char shell[] =
	    "exec env 'PS1=shell> ' bash --norc --noediting -i";
	static const char *argv[] = {"tmux", "-L", desk.server, "-f",
	    "tmux.conf", "new-session", shell, NULL};
	FILE *f;

	(void)state;
	if (system("command -v tmux >/dev/null 2>&1") != 0)
		return 0;
	memset(&desk, 0, sizeof(desk));
	make_temp_dir(desk.dir, sizeof(desk.dir));
	snprintf(desk.tmp, sizeof(desk.tmp), "TMUX_TMPDIR=%s", desk.dir);
	snprintf(desk.home, sizeof(desk.home), "HOME=%s", desk.dir);
	snprintf(desk.server, sizeof(desk.server), "charla-test-%ld",
	    (long)getpid());
	desk.port = free_port(&desk.guard);
	f = fopen(in_folder(desk.dir, "tmux.conf"), "w");
	if (f == NULL)
		return -1;
	/* Keys that come as fast as these are no paste, and tmux's own. */
	fputs("set -g default-terminal tmux-256color\n"
	      "set -g assume-paste-time 0\n"
	      "set -g focus-events on\nset -g status off\n"
	      "set -s escape-time 0\n"
	      "set -g update-environment ''\n",
	    f);
	fclose(f);
	sit_down(argv, 24, 80);
	return 0;
}

/* Nothing is left running, however the test went. */
static int
teardown(void **state)
{
	(void)state;
	if (desk.dir[0] == '\0')
		return 0;
	ask("kill-server");
	screen_close(desk.terminal);
	person_release(&desk.beto);
	close(desk.guard);
	remove_tree(desk.dir);
	desk.dir[0] = '\0';
	return 0;
}

static void
need_tmux(void)
{
	if (desk.dir[0] != '\0')
		return;
	print_message("skipped: tmux is not installed (make deps-test)\n");
	skip();
}

/* In the shell, which compares what stty says with what it said first. */
static void
stty_is_same(const char *word)
{
	screen_keys(desk.terminal,
	    text_of("stty -g >now; cmp first now && echo %c''%s\r", word[0],
		word + 1));
	assert_true(screen_wait_text(desk.terminal, word, 0));
}

/* charla in the pane, and beto connected with it. */
static void
start(void)
{
	struct screen *t = desk.terminal;

	assert_true(screen_wait_text(t, "shell>", 0));
	screen_keys(t, "stty -g >first; echo re''ady\r");
	assert_true(screen_wait_text(t, "ready", 0));
	snprintf(desk.before, sizeof(desk.before), "%s", pane());
	screen_keys(
	    t, text_of("%s --data data --dir got --bind 127.0.0.1 --port %u "
		       "--name ana\r",
		   getenv("CHARLA"), (unsigned)desk.port));
	assert_true(screen_wait_text(t, "waiting for a call", 0));
	person_start(&desk.beto, "beto",
	    (const char *const[]){
		text_of("127.0.0.1:%u", (unsigned)desk.port), NULL});
	assert_true(screen_wait_text(t, "beto knocks", 0));
	screen_keys(t, "/accept\r");
	assert_true(screen_wait_text(t, "connected with beto", 0));
	assert_true(person_sees(&desk.beto, "connected with ana"));
}

static void
quit(void)
{
	screen_keys(desk.terminal, KEYS_CTRL('u'));
	screen_keys(desk.terminal, "/quit\r");
	assert_true(screen_wait_gone(desk.terminal, "you are ana", 0));
	assert_true(wait_shell());
	stty_is_same("all-well");
	assert_true(screen_wait_for(is_as_before, NULL, "the pane", 0));
}

static void
test_detach_and_attach(void **state)
{
	(void)state;
	need_tmux();
	start();
	screen_keys(desk.terminal, "draft");
	assert_true(screen_wait_text(desk.terminal, "> draft", 0));
	detach();
	person_type(&desk.beto, "said meanwhile");
	assert_true(person_sees(&desk.beto, "✓ beto> said meanwhile"));
	attach(24, 80);
	assert_true(screen_wait_text(desk.terminal, "said meanwhile", 0));
	assert_true(screen_wait_text(desk.terminal, "> draft", 0));
	quit();
}

static void
test_resize(void **state)
{
	static const int sizes[][2] = {{10, 40}, {40, 120}, {5, 20}, {24, 80}};

	(void)state;
	need_tmux();
	start();
	screen_keys(desk.terminal, "draft");
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		screen_resize(desk.terminal, sizes[i][0], sizes[i][1]);
		assert_true(screen_wait_row(
		    desk.terminal, sizes[i][0] - 1, "> draft", 0));
		assert_true(screen_wait_row(
		    desk.terminal, sizes[i][0] - 2, "connected with", 0));
	}
	/* Another terminal, which is smaller. */
	detach();
	attach(12, 50);
	assert_true(screen_wait_row(desk.terminal, 11, "> draft", 0));
	screen_resize(desk.terminal, 24, 80);
	assert_true(screen_wait_row(desk.terminal, 23, "> draft", 0));
	quit();
}

static void
test_suspend(void **state)
{
	(void)state;
	need_tmux();
	start();
	screen_keys(desk.terminal, "draft");
	assert_true(screen_wait_text(desk.terminal, "> draft", 0));
	for (int i = 0; i < 2; i++) {
		const char *word = text_of("same-%d", i);

		screen_keys(desk.terminal, KEYS_CTRL('z'));
		assert_true(screen_wait_gone(desk.terminal, "> draft", 0));
		assert_true(wait_shell());
		stty_is_same(word);
		assert_true(screen_wait_for(is_as_before, NULL, "the pane", 0));
		screen_keys(desk.terminal, "fg\r");
		assert_true(screen_wait_text(desk.terminal, "> draft", 0));
		assert_true(screen_wait_gone(desk.terminal, word, 0));
		assert_true(wait_title("beto - charla"));
	}
	quit();
}

/* tmux tells of the focus, carries the bell and keeps the title. */
static void
test_focus(void **state)
{
	struct screen_modes modes;

	(void)state;
	need_tmux();
	start();
	assert_true(wait_title("beto - charla"));
	beside_focus(desk.terminal, true);
	beside_focus(desk.terminal, false);
	person_type(&desk.beto, "are you there?");
	assert_true(wait_title("(1) beto - charla"));
	assert_true(screen_wait_quiet(desk.terminal, 100, 0));
	screen_modes(desk.terminal, &modes);
	assert_int_equal(modes.bells, 1);
	beside_focus(desk.terminal, true);
	assert_true(wait_title("beto - charla"));
	quit();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		test_detach_and_attach, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_resize, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_suspend, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_focus, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
