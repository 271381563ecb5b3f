/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ctrl-S, through readline: what it does with each line it finds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/readline.h>

#include "src/base/util.h"
#include "tests/unit/scratch.h"
#include "ui/input.h"

#define CTRL_C "\003"
#define CTRL_R "\022"
#define CTRL_S "\023"

struct asked {
	struct input *input;
	struct ui_handler handler;
	char *line, *entered;
	int lines, searches, notices;
	bool under_way; /* a search is */
};

static void
on_line(void *arg, const char *text)
{
	struct asked *a = arg;

	str_replace(&a->line, str_dup(text));
	a->lines++;
}

static void
on_edited(void *arg, bool empty)
{
	(void)arg, (void)empty;
}

static bool
on_search_next(void *arg)
{
	struct asked *a = arg;

	a->searches++;
	return a->under_way;
}

static void
on_notice(void *arg, const char *text)
{
	struct asked *a = arg;

	assert_non_null(strstr(text, "/search"));
	a->notices++;
}

static void
on_entered(void *arg, const char *text)
{
	struct asked *a = arg;

	str_replace(&a->entered, str_dup(text));
}

static void
start(struct asked *a, const char *history_path)
{
	struct input_config config = {.handler = &a->handler,
	    .entered = on_entered,
	    .arg = a,
	    .handler_arg = a,
	    .history_path = history_path};

	*a = (struct asked){.handler = {.line = on_line,
				.edited = on_edited,
				.search_next = on_search_next,
				.notice = on_notice}};
	a->input = input_open(&config);
}

static void
end(struct asked *a)
{
	input_close(a->input);
	free(a->line);
	free(a->entered);
}

static void
press(struct asked *a, const char *keys)
{
	input_feed(a->input, keys, strlen(keys), 1);
}

static void
assert_line(struct asked *a, const char *want)
{
	struct input_look look;
	char *text;

	input_look(a->input, &look);
	text = str_ndup(look.text, look.len);
	assert_string_equal(text, want);
	free(text);
}

static void
test_empty_line(void **state)
{
	struct input_look look;
	struct asked a;

	(void)state;
	start(&a, NULL);
	press(&a, CTRL_S);
	assert_int_equal(a.searches, 1);
	assert_line(&a, "/search ");
	input_look(a.input, &look);
	assert_int_equal(look.point, look.len);
	assert_true(input_changed(a.input));
	/* Still no words: there is nothing to enter. */
	press(&a, CTRL_S);
	assert_int_equal(a.searches, 2);
	assert_int_equal(a.notices, 1);
	assert_line(&a, "/search ");
	press(&a, "two words" CTRL_S);
	assert_int_equal(a.searches, 2);
	assert_string_equal(a.line, "/search two words");
	assert_string_equal(a.entered, "/search two words");
	assert_line(&a, "");
	/* It is under way: on it goes. */
	a.under_way = true;
	press(&a, CTRL_S CTRL_S);
	assert_int_equal(a.searches, 4);
	assert_int_equal(a.lines, 1);
	assert_line(&a, "");
	end(&a);
}

static void
test_other_text(void **state)
{
	static const char *const lines[] = {"hola", "/searching x", "/send x",
	    "//search x", "/", "a /search x"};
	struct asked a;

	(void)state;
	start(&a, NULL);
	for (size_t i = 0; i < COUNT(lines); i++) {
		a.searches = a.notices = 0;
		a.under_way = false;
		press(&a, lines[i]);
		press(&a, CTRL_S);
		assert_int_equal(a.searches, 1);
		assert_int_equal(a.notices, 1);
		assert_line(&a, lines[i]);
		a.under_way = true;
		press(&a, CTRL_S);
		assert_int_equal(a.searches, 2);
		assert_int_equal(a.notices, 1);
		assert_line(&a, lines[i]);
		press(&a, CTRL_C);
	}
	assert_int_equal(a.lines, 0);
	end(&a);
}

/* It ends what it finds under way, and no key of it becomes text. */
static void
test_in_the_middle_of_something(void **state)
{
	struct asked a;

	(void)state;
	start(&a, NULL);
	press(&a, "uno\r" CTRL_R "un");
	press(&a, CTRL_S);
	assert_int_equal(a.searches, 1);
	assert_line(&a, "uno");
	press(&a, CTRL_C "\0333" CTRL_S);
	assert_int_equal(a.searches, 2);
	assert_line(&a, "/search ");
	end(&a);
}

static void
obey(const char *inputrc_line)
{
	char *line = str_dup(inputrc_line);

	rl_parse_and_bind(line);
	free(line);
}

static void
test_vi_and_inputrc(void **state)
{
	struct asked a;

	(void)state;
	start(&a, NULL);
	obey("set editing-mode vi");
	press(&a, "x\033");
	input_tick(a.input, 10000);
	press(&a, "x" CTRL_S "y");
	assert_int_equal(a.searches, 1);
	assert_line(&a, "/search y");
	press(&a, CTRL_C);
	obey("\"\\eOQ\": charla-search");
	obey("\"\\C-s\": self-insert");
	press(&a, CTRL_S "\177");
	assert_int_equal(a.searches, 1);
	press(&a, "\033OQ");
	assert_int_equal(a.searches, 2);
	press(&a, "z\033OQ");
	assert_string_equal(a.line, "/search z");
	obey("set editing-mode emacs");
	end(&a);
}

static void
test_history_is_kept_or_not(void **state)
{
	char *folder = scratch_new();
	char *path = scratch_path(folder, "history");
	struct asked a;
	char *kept;
	size_t len;

	(void)state;
	start(&a, path);
	press(&a, "one\r");
	input_keep_history(a.input, false);
	press(&a, "two\r");
	input_keep_history(a.input, true);
	press(&a, "three\r");
	kept = scratch_read(path, &len);
	assert_string_equal(kept, "one\nthree\n");
	/* What is not kept is remembered until the program ends. */
	press(&a, "\020\020");
	assert_line(&a, "two");
	end(&a);
	free(kept);
	free(path);
	scratch_free(folder);
}

static void
test_words(void **state)
{
	static const struct {
		const char *line, *words;
	} cases[] = {
	    {"/search", ""},
	    {"/search ", ""},
	    {"/search a b ", "a b "},
	    {" \t/search  a", "a"},
	    {"/search\na", "a"},
	    {"/searcha", NULL},
	    {"/searc", NULL},
	    {"//search a", NULL},
	    {"", NULL},
	    {"search a", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *words = input_search_words(cases[i].line);

		if (cases[i].words == NULL)
			assert_null(words);
		else
			assert_string_equal(words, cases[i].words);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_empty_line),
	    cmocka_unit_test(test_other_text),
	    cmocka_unit_test(test_in_the_middle_of_something),
	    cmocka_unit_test(test_vi_and_inputrc),
	    cmocka_unit_test(test_history_is_kept_or_not),
	    cmocka_unit_test(test_words),
	};

	setlocale(LC_ALL, "C.UTF-8");
	setenv("TERM", "xterm-256color", 1);
	setenv("INPUTRC", "/dev/null", 1);
	return cmocka_run_group_tests_name("search_key", tests, NULL, NULL);
}
