/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pasted text, through readline: who is told, and what may replace it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include <readline/readline.h>

#include "src/base/util.h"
#include "ui/input.h"

#define CTRL_A      "\001"
#define CTRL_C      "\003"
#define CTRL_F      "\006"
#define CTRL_R      "\022"
#define CTRL_X      "\030"
#define META_SPACE  "\033 "
#define UNDO        "\037"
#define PASTE(text) "\033[200~" text "\033[201~"

struct typist {
	struct input *input;
	struct ui_handler handler;
	char *line, *pasted;
	int pastes, edits;
	size_t came;  /* of a paste too long */
	bool command; /* what edited said last */
	const char *instead;
	bool replaced;
};

static void
on_line(void *arg, const char *text)
{
	struct typist *t = arg;

	str_replace(&t->line, str_dup(text));
}

static void
on_edited(void *arg, bool empty)
{
	struct typist *t = arg;

	t->command = empty;
	t->edits++;
}

static void
on_pasted(void *arg, const char *text)
{
	struct typist *t = arg;

	str_replace(&t->pasted, str_dup(text));
	t->pastes++;
	if (t->instead != NULL)
		t->replaced = input_replace_line(t->input, text, t->instead);
}

static void
on_pasted_long(void *arg, const char *text, size_t came)
{
	struct typist *t = arg;

	str_replace(&t->pasted, str_dup(text));
	t->came = came;
}

static void
on_notice(void *arg, const char *text)
{
	(void)arg, (void)text;
}

static void
on_entered(void *arg, const char *text)
{
	(void)arg, (void)text;
}

static void
start(struct typist *t)
{
	struct input_config config = {.handler = &t->handler,
	    .entered = on_entered,
	    .arg = t,
	    .handler_arg = t};

	*t = (struct typist){.handler = {.line = on_line,
				 .edited = on_edited,
				 .pasted = on_pasted,
				 .pasted_long = on_pasted_long,
				 .notice = on_notice}};
	t->input = input_open(&config);
}

static void
end(struct typist *t)
{
	input_close(t->input);
	free(t->line);
	free(t->pasted);
}

static void
press(struct typist *t, const char *keys)
{
	input_feed(t->input, keys, strlen(keys), 1);
}

/* A lone ESC is a key once its time is over. */
static void
press_escape(struct typist *t)
{
	press(t, "\033");
	input_tick(t->input, 10000);
}

static void
obey(const char *inputrc_line)
{
	char *line = str_dup(inputrc_line);

	rl_parse_and_bind(line);
	free(line);
}

/* This text, and the cursor behind it. */
static void
assert_line(struct typist *t, const char *want)
{
	struct input_look look;
	char *text;

	input_look(t->input, &look);
	text = str_ndup(look.text, look.len);
	assert_string_equal(text, want);
	assert_int_equal(look.point, look.len);
	free(text);
}

static void
test_told(void **state)
{
	static const struct {
		const char *keys;
		const char *pasted; /* NULL: nobody is told */
		const char *line;
	} cases[] = {
	    {PASTE("/a b"), "/a b", "/a b"},
	    {"x\177" PASTE("/a"), "/a", "/a"},
	    {PASTE("/a\r\n/b\r"), "/a\n/b\n", "/a\n/b\n"},
	    {PASTE("a\033[1m\tb"), "a[1m\tb", "a[1m\tb"},
	    {PASTE("\xff/"), "\ufffd/", "\ufffd/"},
	    {"\0333" PASTE("/a"), "/a", "/a"},
	    /* It is not all that stands there. */
	    {"x" PASTE("/a"), NULL, "x/a"},
	    {" " PASTE("/a"), NULL, " /a"},
	    {PASTE(""), NULL, ""},
	    {PASTE("\a"), NULL, ""},
	    {"/a", NULL, "/a"},
	};
	struct typist t;

	(void)state;
	start(&t);
	for (size_t i = 0; i < COUNT(cases); i++) {
		t.pastes = 0;
		press(&t, cases[i].keys);
		assert_int_equal(t.pastes, cases[i].pasted != NULL);
		if (cases[i].pasted != NULL)
			assert_string_equal(t.pasted, cases[i].pasted);
		assert_line(&t, cases[i].line);
		press(&t, CTRL_C);
	}
	/* The second of two is not alone. */
	t.pastes = 0;
	press(&t, PASTE("/a") PASTE("/b"));
	assert_int_equal(t.pastes, 1);
	assert_string_equal(t.pasted, "/a");
	assert_line(&t, "/a/b");
	end(&t);
}

static void
test_not_told(void **state)
{
	char *big = mem_alloc(INPUT_LINE_MAX + 2);
	struct typist t;

	(void)state;
	start(&t);
	/* In a search it is what is searched for. */
	press(&t, "one /a\r" CTRL_R PASTE("/a"));
	assert_int_equal(t.pastes, 0);
	press(&t, CTRL_C);
	/* Too long: the line stays as it is, and somebody is told. */
	memset(big, 'x', INPUT_LINE_MAX + 1);
	big[INPUT_LINE_MAX + 1] = '\0';
	press(&t, "\033[200~");
	press(&t, big);
	press(&t, "\033[201~");
	assert_int_equal(t.pastes, 0);
	assert_int_equal(t.came, INPUT_LINE_MAX + 1);
	assert_string_equal(t.pasted, big);
	assert_line(&t, "");
	/* So it is where only what stands there makes it too long. */
	big[INPUT_LINE_MAX - 1] = '\0';
	press(&t, "ab\033[200~");
	press(&t, big);
	press(&t, "\033[201~");
	assert_int_equal(t.came, INPUT_LINE_MAX - 1);
	assert_string_equal(t.pasted, big);
	assert_line(&t, "ab");
	press(&t, CTRL_C);
	/* Nobody wants to know. */
	t.handler.pasted = NULL;
	press(&t, PASTE("/a"));
	assert_line(&t, "/a");
	free(big);
	end(&t);
}

/* In the handler, and the text comes back with one key. */
static void
check_replaced_at_once(struct typist *t)
{
	t->instead = "/send '/a b'";
	t->replaced = false;
	t->edits = 0;
	press(t, PASTE("/a b"));
	assert_true(t->replaced);
	assert_line(t, "/send '/a b'");
	assert_true(input_changed(t->input));
	assert_int_equal(t->edits, 1);
	press(t, UNDO);
	assert_line(t, "/a b");
	press(t, UNDO);
	assert_line(t, "");
	press(t, PASTE("/a b"));
	press(t, "\r");
	assert_string_equal(t->line, "/send '/a b'");
	assert_line(t, "");
}

static void
test_replaced_at_once(void **state)
{
	struct typist t;

	(void)state;
	start(&t);
	check_replaced_at_once(&t);
	obey("set editing-mode vi");
	check_replaced_at_once(&t);
	/* What is inserted now is one step by itself. */
	press_escape(&t);
	press(&t, "i");
	check_replaced_at_once(&t);
	obey("set editing-mode emacs");
	end(&t);
}

static void
check_replaced_later(struct typist *t)
{
	press(t, PASTE("una palabra"));
	assert_false(t->command);
	assert_false(input_replace_line(t->input, "una", "/x"));
	assert_false(input_replace_line(t->input, "una palabra ", "/x"));
	assert_false(input_replace_line(t->input, "una palabrA", "/x"));
	assert_false(input_replace_line(t->input, "", "/x"));
	assert_line(t, "una palabra");
	assert_true(input_replace_line(t->input, "una palabra", "/send x"));
	assert_line(t, "/send x");
	/* Nobody is typing a message any more. */
	assert_true(t->command);
	assert_false(input_replace_line(t->input, "una palabra", "/y"));
	press(t, UNDO);
	assert_line(t, "una palabra");
	assert_false(t->command);
	press(t, "!");
	assert_false(input_replace_line(t->input, "una palabra", "/y"));
	assert_line(t, "una palabra!");
	press(t, CTRL_C);
}

static void
test_replaced_later(void **state)
{
	struct input_look look;
	struct typist t;

	(void)state;
	start(&t);
	check_replaced_later(&t);
	obey("set editing-mode vi");
	check_replaced_later(&t);
	obey("set editing-mode emacs");
	/* The cursor is somewhere in it, and a region. */
	press(&t, PASTE("abc") CTRL_A META_SPACE CTRL_F CTRL_X CTRL_X);
	input_look(t.input, &look);
	assert_int_equal(look.marked_to - look.marked_from, 1);
	assert_true(input_replace_line(t.input, "abc", "/x"));
	assert_line(&t, "/x");
	input_look(t.input, &look);
	assert_int_equal(look.marked_to, look.marked_from);
	press(&t, "y");
	assert_line(&t, "/xy");
	/* An argument waits for its command. */
	press(&t, "\0333");
	assert_true(input_replace_line(t.input, "/xy", "/z"));
	input_look(t.input, &look);
	assert_string_equal(look.prompt, "> ");
	press(&t, "y");
	assert_line(&t, "/zy");
	end(&t);
}

static void
test_vi_commands(void **state)
{
	struct input_look look;
	struct typist t;

	(void)state;
	start(&t);
	obey("set editing-mode vi");
	press_escape(&t);
	t.instead = "/send x";
	press(&t, PASTE("dd"));
	assert_true(t.replaced);
	input_look(t.input, &look);
	assert_memory_equal(look.text, "/send x", look.len);
	assert_int_equal(look.point, look.len - 1);
	press(&t, "u");
	input_look(t.input, &look);
	assert_int_equal(look.len, 2);
	assert_memory_equal(look.text, "dd", 2);
	obey("set editing-mode emacs");
	end(&t);
}

static void
test_not_replaced(void **state)
{
	char *big = mem_alloc(INPUT_LINE_MAX + 2);
	struct typist t;

	(void)state;
	start(&t);
	memset(big, 'x', INPUT_LINE_MAX + 1);
	big[INPUT_LINE_MAX + 1] = '\0';
	press(&t, "abc");
	assert_false(input_replace_line(t.input, "abc", big));
	assert_line(&t, "abc");
	big[INPUT_LINE_MAX] = '\0';
	assert_true(input_replace_line(t.input, "abc", big));
	assert_true(input_replace_line(t.input, big, ""));
	assert_line(&t, "");
	/* A search shows a line that was entered before. */
	press(&t, "uno\r" CTRL_R "un");
	assert_false(input_replace_line(t.input, "uno", "/x"));
	press(&t, "\007");
	assert_line(&t, "");
	free(big);
	end(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_told),
	    cmocka_unit_test(test_not_told),
	    cmocka_unit_test(test_replaced_at_once),
	    cmocka_unit_test(test_replaced_later),
	    cmocka_unit_test(test_vi_commands),
	    cmocka_unit_test(test_not_replaced),
	};

	setlocale(LC_ALL, "C.UTF-8");
	setenv("TERM", "xterm-256color", 1);
	setenv("INPUTRC", "/dev/null", 1);
	return cmocka_run_group_tests_name("input_paste", tests, NULL, NULL);
}
