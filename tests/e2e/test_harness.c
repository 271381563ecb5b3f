/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The harness itself, with programs whose behaviour is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/e2e/people.h"

static struct screen *
start(const char *const argv[])
{
	return screen_start(
	    &(struct screen_config){.rows = 10, .cols = 40, .argv = argv});
}

static struct screen *
shell(const char *script)
{
	return start((const char *const[]){"sh", "-c", script, NULL});
}

static int
close_all(void **state)
{
	(void)state;
	screen_close_all();
	return 0;
}

static void
assert_row(struct screen *s, int row, const char *text)
{
	char buf[SCREEN_ROW_MAX];

	assert_string_equal(screen_row_text(s, row, buf), text);
}

static void
test_exit_status(void **state)
{
	struct screen *s;
	int status;

	(void)state;
	s = shell("exit 7");
	assert_true(screen_wait_exit(s, 0, &status));
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 7);
	assert_false(screen_is_alive(s));

	s = shell("kill -TERM $$");
	assert_true(screen_wait_exit(s, 0, &status));
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGTERM);

	s = start((const char *const[]){"/nowhere/at/all", NULL});
	assert_true(screen_wait_exit(s, 0, &status));
	assert_int_equal(WEXITSTATUS(status), 127);
	assert_true(screen_wait_text(s, "/nowhere/at/all", 0));
}

static void
test_last_words(void **state)
{
	struct screen *s = shell("seq 1 5000; printf end");
	size_t len;

	(void)state;
	assert_true(screen_wait_exit(s, 0, NULL));
	assert_row(s, 9, "end");
	assert_row(s, 8, "5000");
	assert_memory_equal(screen_output(s, &len), "1\r\n2\r\n", 6);
	assert_memory_equal(screen_output(s, &len) + len - 3, "end", 3);
}

static void
test_wide_characters(void **state)
{
	struct screen *s = shell("printf 'a日本é b\\n'; printf '  ñ→x'; cat");
	int row, col;

	(void)state;
	assert_true(screen_wait_text(s, "→x", 0));
	assert_row(s, 0, "a日本é b");
	assert_row(s, 1, "  ñ→x");
	assert_int_equal(screen_find(s, "é", &col), 0);
	assert_int_equal(col, 5);
	assert_int_equal(screen_find(s, "nowhere", &col), -1);
	screen_cursor(s, &row, &col);
	assert_int_equal(row, 1);
	assert_int_equal(col, 5);
	assert_true(screen_wait_cursor(s, 1, 5, 0));
}

static void
test_typing(void **state)
{
	struct screen *s = start((const char *const[]){"cat", NULL});

	(void)state;
	screen_keys(s, "hello" KEYS_BACKSPACE "p" KEYS_ENTER);
	assert_true(screen_wait_count(s, "hellp", 2, 0));
	assert_true(screen_wait_row(s, 1, "hellp", 0));
	screen_keys(s, KEYS_CTRL('D'));
	assert_true(screen_wait_exit(s, 0, NULL));
}

/* Each line in a read of its own, however slow the reader is to come. */
static void
test_wait_read(void **state)
{
	struct screen *s = shell("stty raw -echo; echo ready; for i in 1 2 3;"
				 " do dd bs=100 count=1 2>/dev/null; echo .;"
				 " done; cat");

	(void)state;
	assert_true(screen_wait_text(s, "ready", 0));
	screen_keys(s, "one");
	assert_true(screen_wait_read(s));
	screen_keys(s, "two");
	assert_true(screen_wait_read(s));
	screen_keys(s, "three");
	assert_true(screen_wait_read(s));
	assert_true(screen_wait_text(s, "one.", 0));
	assert_true(screen_wait_text(s, "two.", 0));
	assert_true(screen_wait_text(s, "three.", 0));
}

static void
test_more_than_the_pty_holds(void **state)
{
	enum { LINES = 4000, LINE_LEN = 64 };
	struct screen *s = shell("stty -echo; echo ready; cat; echo over");
	char *text = malloc(LINES * LINE_LEN + 1);
	size_t len;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < LINES; i++)
		snprintf(text + i * LINE_LEN, LINE_LEN + 1, "%0*zu\n",
		    LINE_LEN - 1, i);
	assert_true(screen_wait_text(s, "ready", 0));
	screen_send(s, text, LINES * LINE_LEN);
	screen_keys(s, KEYS_CTRL('D'));
	assert_true(screen_wait_text(s, "over", 0));
	assert_true(screen_wait_exit(s, 0, NULL));
	/* Each newline comes back as two bytes; then the two words. */
	screen_output(s, &len);
	assert_int_equal(len, LINES * (LINE_LEN + 1) + 7 + 6);
	free(text);
}

static void
test_resize(void **state)
{
	struct screen *s = screen_start(&(struct screen_config){
	    .argv =
		(const char *const[]){"bash", "--norc", "--noprofile", NULL},
	    .env = (const char *const[]){"PS1=> ", NULL},
	});
	int rows, cols;

	(void)state;
	assert_true(screen_wait_text(s, ">", 0));
	screen_keys(s, "stty size" KEYS_ENTER);
	assert_true(screen_wait_text(s, "24 80", 0));
	screen_resize(s, 30, 100);
	screen_size(s, &rows, &cols);
	assert_int_equal(rows, 30);
	assert_int_equal(cols, 100);
	screen_keys(s, "stty size" KEYS_ENTER);
	assert_true(screen_wait_text(s, "30 100", 0));
	screen_keys(s, "exit 3" KEYS_ENTER);
	assert_true(screen_wait_exit(s, 0, NULL));
	assert_true(screen_termios_restored(s));
}

static void
test_signal_reaches_it(void **state)
{
	struct screen *s =
	    shell("trap 'echo resized' WINCH; trap 'echo told' USR1;"
		  "echo ready; while :; do read -r line; done");

	(void)state;
	assert_true(screen_wait_text(s, "ready", 0));
	screen_signal(s, SIGUSR1);
	assert_true(screen_wait_text(s, "told", 0));
	screen_resize(s, 12, 50);
	assert_true(screen_wait_text(s, "resized", 0));
	assert_true(screen_is_alive(s));
	screen_signal(s, SIGKILL);
	assert_true(screen_wait_exit(s, 0, NULL));
}

static void
test_modes(void **state)
{
	struct screen *s = shell(
	    "printf '\\033]2;a title\\007\\a\\a\\033[?25;2004l'"
	    "'\\033[?1049h\\033[?1000h\\033[?7;2004h\\033[Hinside'; read -r x;"
	    "printf '\\033[?2004l\\033[?1049l\\033[?25houtside'; cat");
	struct screen_modes modes;

	(void)state;
	assert_true(screen_wait_text(s, "inside", 0));
	screen_modes(s, &modes);
	assert_true(modes.alternate);
	assert_false(modes.cursor_visible);
	assert_int_equal(modes.bells, 2);
	assert_string_equal(modes.title, "a title");
	assert_int_not_equal(modes.mouse, 0);
	assert_true(screen_dec_mode(s, 2004));
	assert_true(screen_dec_mode(s, 1000));
	assert_false(screen_dec_mode(s, 25));
	assert_false(screen_dec_mode(s, 4));

	screen_keys(s, KEYS_ENTER);
	assert_true(screen_wait_text(s, "outside", 0));
	assert_true(screen_wait_gone(s, "inside", 0));
	screen_modes(s, &modes);
	assert_false(modes.alternate);
	assert_true(modes.cursor_visible);
	assert_false(screen_dec_mode(s, 2004));
	assert_true(screen_output_has(s, "\033[?1049h", 8));
	assert_false(screen_output_has(s, "\033[?1006h", 8));
}

static void
test_paste(void **state)
{
	struct screen *s = shell("stty -echo; cat -v");

	(void)state;
	screen_paste(s, "plain\n");
	assert_true(screen_wait_row(s, 0, "plain", 0));
	screen_close(s);

	s = shell("stty -echo; printf '\\033[?2004hready\\n'; cat -v");
	assert_true(screen_wait_text(s, "ready", 0));
	screen_paste(s, "one\n");
	screen_keys(s, "\n");
	assert_true(screen_wait_text(s, "^[[200~one", 0));
	assert_true(screen_wait_text(s, "^[[201~", 0));
}

static void
test_style(void **state)
{
	struct screen *s = shell("printf 'a\\033[1;31mb\\033[0;7;44mc\\033[0m"
				 "\\033[4md\\033[38;2;1;2;3me'; cat");
	struct screen_style style;

	(void)state;
	assert_true(screen_wait_text(s, "abcde", 0));
	screen_style(s, 0, 0, &style);
	assert_false(style.bold || style.underline || style.reverse);
	assert_int_equal(style.fg, -1);
	assert_int_equal(style.bg, -1);
	screen_style(s, 0, 1, &style);
	assert_true(style.bold);
	assert_int_equal(style.fg, 1);
	screen_style(s, 0, 2, &style);
	assert_true(style.reverse);
	assert_int_equal(style.bg, 4);
	screen_style(s, 0, 3, &style);
	assert_true(style.underline);
	screen_style(s, 0, 4, &style);
	assert_int_equal(style.fg, -2);
}

static void
test_environment(void **state)
{
	struct screen *s;
	struct stat st;
	char *home;

	(void)state;
	setenv("XDG_DATA_HOME", "/nowhere", 1);
	s = screen_start(&(struct screen_config){
	    .rows = 10,
	    .cols = 100,
	    .cwd = "/",
	    .argv = (const char *const[]){"sh", "-c",
		"echo \"[$TERM $LANG $TZ $INPUTRC $XDG_DATA_HOME"
		" $LINES$COLUMNS $MINE]\"; echo \"$HOME $PWD\"; cat",
		NULL},
	    .env = (const char *const[]){"MINE=yes", "TZ", NULL},
	});
	unsetenv("XDG_DATA_HOME");
	home = strdup(screen_home(s));
	assert_true(screen_wait_text(
	    s, "[xterm-256color C.UTF-8  /dev/null   yes]", 0));
	assert_true(screen_wait_row(s, 1, home, 0));
	assert_true(screen_wait_row(s, 1, " /", 0));
	assert_int_equal(stat(home, &st), 0);
	screen_close(s);
	assert_int_equal(stat(home, &st), -1);
	free(home);
}

static void
test_termios_are_compared(void **state)
{
	struct screen *s = shell("stty raw; echo; echo changed; read -r x");

	(void)state;
	assert_true(screen_wait_text(s, "changed", 0));
	assert_false(screen_termios_restored(s));
	screen_close(s);
	s = shell("old=$(stty -g); stty raw -echo; stty \"$old\"; echo back");
	assert_true(screen_wait_exit(s, 0, NULL));
	assert_true(screen_termios_restored(s));
}

/* Two programs that need each other: both are read, whoever is waited for. */
static void
test_all_are_pumped(void **state)
{
	char dir[256], script[400];
	struct screen *talker, *listener;

	(void)state;
	make_temp_dir(dir, sizeof(dir));
	snprintf(script, sizeof(script),
	    "cd '%s'; mkfifo f; echo made; read -r y; seq 1 100000; echo x >f; "
	    "cat",
	    dir);
	talker = shell(script);
	assert_true(screen_wait_text(talker, "made", 0));
	snprintf(script, sizeof(script), "read -r x <'%s/f'; echo got $x", dir);
	listener = shell(script);
	screen_keys(talker, KEYS_ENTER);
	assert_true(screen_wait_text(listener, "got x", 0));
	remove_tree(dir);
}

/* A wait that fails says so, soon, with the picture. */
static void
test_failure_is_told(void **state)
{
	struct screen *s = shell("echo something else; cat");
	int saved, fds[2];
	char said[4096];
	ssize_t len;
	bool found;

	(void)state;
	assert_true(screen_wait_text(s, "something", 0));
	assert_int_equal(pipe(fds), 0);
	saved = dup(2);
	dup2(fds[1], 2);
	found = screen_wait_text(s, "not there", 50);
	dup2(saved, 2);
	close(saved);
	close(fds[1]);
	len = read(fds[0], said, sizeof(said) - 1);
	close(fds[0]);
	assert_false(found);
	assert_true(len > 0);
	said[len] = '\0';
	assert_non_null(strstr(said, "sh shows not there"));
	assert_non_null(strstr(said, "  0|something else\n"));
}

static void
test_quiet(void **state)
{
	struct screen *s = shell("seq 1 2000; printf whole; cat");

	(void)state;
	assert_true(
	    screen_wait_quiet(s, 80, 0) && screen_wait_row(s, 9, "whole", 0));
}

/* A person's arguments, with a stand-in for the program. */
static void
test_person(void **state)
{
	const char *program = getenv("CHARLA");
	char *saved = program != NULL ? strdup(program) : NULL;
	struct person ana = {.rows = 12, .cols = 200}, leo = {.cols = 200};
	char home[PATH_MAX], address[32], want[2 * PATH_MAX];
	struct stat st;

	(void)state;
	setenv("CHARLA", "echo", 1);
	person_start(&ana, "ana", NULL);
	person_address(&ana, address);
	snprintf(want, sizeof(want), "--port %s --bind 127.0.0.1",
	    strchr(address, ':') + 1);
	assert_true(person_sees(&ana, want));
	assert_true(person_sees(&ana, "--name ana --data"));
	snprintf(home, sizeof(home), "%s", ana.home);
	person_dies(&ana);
	person_start(
	    &ana, "ana", (const char *const[]){"--bind", "::1", "x", NULL});
	assert_true(person_sees(&ana, "--bind ::1 x"));
	assert_string_equal(home, ana.home);

	person_call(&leo, "leo", &ana);
	assert_true(person_sees(&leo, address));
	assert_int_not_equal(ana.port, leo.port);
	person_release(&leo);
	person_release(&leo);
	person_release(&ana);
	assert_int_equal(stat(home, &st), -1);
	if (saved != NULL)
		setenv("CHARLA", saved, 1);
	else
		unsetenv("CHARLA");
	free(saved);
}

int
main(void)
{
#define WITH_CLOSE(test) cmocka_unit_test_teardown(test, close_all)
	const struct CMUnitTest tests[] = {
	    WITH_CLOSE(test_exit_status),
	    WITH_CLOSE(test_last_words),
	    WITH_CLOSE(test_wide_characters),
	    WITH_CLOSE(test_typing),
	    WITH_CLOSE(test_wait_read),
	    WITH_CLOSE(test_more_than_the_pty_holds),
	    WITH_CLOSE(test_resize),
	    WITH_CLOSE(test_signal_reaches_it),
	    WITH_CLOSE(test_modes),
	    WITH_CLOSE(test_paste),
	    WITH_CLOSE(test_style),
	    WITH_CLOSE(test_environment),
	    WITH_CLOSE(test_termios_are_compared),
	    WITH_CLOSE(test_all_are_pumped),
	    WITH_CLOSE(test_failure_is_told),
	    WITH_CLOSE(test_quiet),
	    WITH_CLOSE(test_person),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
