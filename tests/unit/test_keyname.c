/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What keys are called, and what a mouse says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "ui/keyname.h"
#include "ui/mouse.h"

static void
test_names(void **state)
{
	static const struct {
		const char *sequence, *name;
	} cases[] = {
	    {"\\C-a", "Ctrl-A"},
	    {"\\C-x\\C-e", "Ctrl-X Ctrl-E"},
	    {"\\C-x(", "Ctrl-X ("},
	    {"\\C-_", "Ctrl-_"},
	    {"\\C-@", "Ctrl-Space"},
	    {"\\C-?", "Backspace"},
	    {"\\d", "Backspace"},
	    {"\\C-m", "Enter"},
	    {"\\C-i", "Tab"},
	    {"\\e", "Esc"},
	    {"\\eb", "Alt-B"},
	    {"\\M-b", "Alt-B"},
	    {"\\eB", "Alt-Shift-B"},
	    {"\\e<", "Alt-<"},
	    {"\\e\\C-m", "Alt-Enter"},
	    {"\\M-\\C-h", "Alt-Ctrl-H"},
	    {"\\e\\\\", "Alt-\\"},
	    {"\\\\", "\\"},
	    {"\\C-\\\\", "Ctrl-\\"},
	    {"\\e\\e\\000", "Alt-Esc"},
	    {"\\e[5~", "PgUp"},
	    {"\\e[A", "Up"},
	    {"\\eOA", "Up"},
	    {"\\eOP", "F1"},
	    {"\\e[24~", "F12"},
	    {"\\e[1;5H", "Ctrl-Home"},
	    {"\\e[1;3D", "Alt-Left"},
	    {"\\e[5;2~", "Shift-PgUp"},
	    {"\\e[1;8A", "Ctrl-Alt-Shift-Up"},
	    {"\\e[13;2u", "Shift-Enter"},
	    {"\\e\\e[C", "Alt-Right"},
	    {"\\e[A\\e[B", "Up Down"},
	    {"v", "v"},
	    {" ", "Space"},
	    {"", ""},
	    {"\\e[27;2;13~", NULL},
	    {"\\e[1;9A", NULL},
	    {"\\e[99~", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *name = keyname_of(cases[i].sequence);

		if (cases[i].name == NULL)
			assert_null(name);
		else
			assert_string_equal(name, cases[i].name);
		free(name);
	}
}

static void
test_lists(void **state)
{
	static const struct {
		const char *sequences[5];
		const char *text;
	} cases[] = {
	    {{NULL}, NULL},
	    {{"\\C-p"}, "Ctrl-P"},
	    {{"\\e[A", "\\eOA"}, "Up"},
	    {{"\\C-p", "\\e[27;2;13~", "\\e[A"}, "Ctrl-P, Up"},
	    {{"\\e[27;2;13~", "\\e[9;9z"}, "\\e[9;9z"},
	    {{"\\e[1;5A", "\\e[A"}, "Ctrl-Up, Up"},
	    {{"\\e,", ","}, "Alt-,, ,"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *text =
		    keyname_list((char *const *)(uintptr_t)cases[i].sequences);

		if (cases[i].text == NULL)
			assert_null(text);
		else
			assert_string_equal(text, cases[i].text);
		free(text);
	}
	assert_null(keyname_list(NULL));
}

static void
test_mouse(void **state)
{
	static const struct {
		const char *bytes;
		bool mouse;
		struct mouse want;
	} cases[] = {
	    {"\033[<64;10;5M", true, {MOUSE_WHEEL_UP, 4, 9}},
	    {"\033[<65;1;1M", true, {MOUSE_WHEEL_DOWN, 0, 0}},
	    {"\033[<68;1;1M", true, {MOUSE_WHEEL_UP, 0, 0}},
	    {"\033[<66;1;1M", true, {MOUSE_OTHER, 0, 0}},
	    {"\033[<0;200;300M", true, {MOUSE_PRESS, 299, 199}},
	    {"\033[<0;3;4m", true, {MOUSE_OTHER, 3, 2}},
	    {"\033[<4;3;4M", true, {MOUSE_OTHER, 3, 2}},
	    {"\033[<2;3;4M", true, {MOUSE_OTHER, 3, 2}},
	    {"\033[<0;0;0M", true, {MOUSE_PRESS, 0, 0}},
	    {"\033[<0;3M", false, {0}},
	    {"\033[<0;3;M", false, {0}},
	    {"\033[<0;3;4;5M", false, {0}},
	    {"\033[<0;3;4R", false, {0}},
	    {"\033[<0;3;4", false, {0}},
	    {"\033[<99999;3;4M", false, {0}},
	    {"\033[I", false, {0}},
	    {"", false, {0}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct mouse got = {0};
		bool mouse =
		    mouse_parse(cases[i].bytes, strlen(cases[i].bytes), &got);

		assert_int_equal(mouse, cases[i].mouse);
		if (!mouse)
			continue;
		assert_int_equal(got.act, cases[i].want.act);
		assert_int_equal(got.row, cases[i].want.row);
		assert_int_equal(got.column, cases[i].want.column);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_lists),
	    cmocka_unit_test(test_mouse),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
