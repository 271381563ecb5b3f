/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Escape by itself: whose it is, readline's or that of what is shown. */
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
#include "ui/input.h"
#include "ui/token.h"

#define ESCAPE "\033"
#define CTRL_R "\022"
#define CTRL_V "\026"

struct shown {
	struct input *input;
	struct ui_handler handler;
	uint64_t now_ms;
	int escapes;
	bool takes; /* something is shown that Escape closes */
};

static void
on_line(void *arg, const char *text)
{
	(void)arg, (void)text;
}

static void
on_edited(void *arg, bool empty)
{
	(void)arg, (void)empty;
}

static void
on_entered(void *arg, const char *text)
{
	(void)arg, (void)text;
}

static bool
on_escape(void *arg)
{
	struct shown *s = arg;

	s->escapes++;
	return s->takes;
}

static void
start(struct shown *s, bool takes)
{
	struct input_config config = {.handler = &s->handler,
	    .entered = on_entered,
	    .escape = on_escape,
	    .arg = s,
	    .handler_arg = s};

	*s = (struct shown){
	    .handler = {.line = on_line, .edited = on_edited},
	    .now_ms = 1000,
	    .takes = takes,
	};
	s->input = input_open(&config);
}

static void
end(struct shown *s)
{
	input_close(s->input);
}

/* A key, and as much time as tells Escape from the keys that begin with it. */
static void
press(struct shown *s, const char *key)
{
	input_feed(s->input, key, strlen(key), s->now_ms);
	s->now_ms += TOKEN_ESCAPE_MS + 1;
	input_tick(s->input, s->now_ms);
}

static void
assert_line(struct shown *s, const char *want)
{
	struct input_look look;
	char *text;

	input_look(s->input, &look);
	text = str_ndup(look.text, look.len);
	assert_string_equal(text, want);
	free(text);
}

static void
test_taken(void **state)
{
	struct shown s;

	(void)state;
	start(&s, true);
	press(&s, "one two");
	press(&s, ESCAPE);
	assert_int_equal(s.escapes, 1);
	assert_line(&s, "one two");
	/* It is used up: what comes next is no Meta key. */
	press(&s, "b");
	press(&s, "x");
	assert_line(&s, "one twobx");
	/* Keys that begin with it are not it. */
	press(&s, ESCAPE "b");
	press(&s, ESCAPE "[D");
	press(&s, "y");
	assert_line(&s, "oney twobx");
	assert_int_equal(s.escapes, 1);
	end(&s);
}

static void
test_not_taken(void **state)
{
	struct shown s;

	(void)state;
	start(&s, false);
	press(&s, "one two");
	press(&s, ESCAPE);
	assert_int_equal(s.escapes, 1);
	/* It waits for its key, as ever. */
	press(&s, "b");
	press(&s, "x");
	assert_line(&s, "one xtwo");
	end(&s);
}

/* What is under way ends first. */
static void
test_in_the_middle_of_something(void **state)
{
	struct shown s;

	(void)state;
	start(&s, true);
	press(&s, "one");
	press(&s, CTRL_R);
	assert_true(RL_ISSTATE(RL_STATE_ISEARCH));
	press(&s, ESCAPE);
	assert_int_equal(s.escapes, 0);
	assert_false(RL_ISSTATE(RL_STATE_ISEARCH));
	press(&s, CTRL_V);
	press(&s, ESCAPE);
	assert_int_equal(s.escapes, 0);
	assert_line(&s, "one" ESCAPE);
	press(&s, "x");
	press(&s, ESCAPE);
	assert_int_equal(s.escapes, 1);
	end(&s);
}

/* vi has the first one; in its command mode it is free. */
static void
test_vi(void **state)
{
	struct shown s;

	(void)state;
	start(&s, true);
	rl_vi_editing_mode(1, 0);
	press(&s, "one");
	press(&s, ESCAPE);
	assert_int_equal(s.escapes, 0);
	assert_true(rl_get_keymap() == vi_movement_keymap);
	press(&s, ESCAPE);
	assert_int_equal(s.escapes, 1);
	/* A command that waits for its other half is called off first. */
	press(&s, "d");
	press(&s, ESCAPE);
	assert_int_equal(s.escapes, 1);
	press(&s, ESCAPE);
	assert_int_equal(s.escapes, 2);
	assert_line(&s, "one");
	rl_emacs_editing_mode(1, 0);
	end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_taken),
	    cmocka_unit_test(test_not_taken),
	    cmocka_unit_test(test_in_the_middle_of_something),
	    cmocka_unit_test(test_vi),
	};

	setlocale(LC_ALL, "C.UTF-8");
	setenv("TERM", "xterm-256color", 1);
	setenv("INPUTRC", "/dev/null", 1);
	return cmocka_run_group_tests_name("escape_key", tests, NULL, NULL);
}
