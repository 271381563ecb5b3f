/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "ui/osc.h"

static void
assert_bytes(char *bytes, const char *wanted)
{
	if (wanted == NULL)
		assert_null(bytes);
	else
		assert_string_equal(bytes, wanted);
	free(bytes);
}

static void
test_title_text(void **state)
{
	static const struct {
		const char *who;
		size_t unread;
		const char *text;
	} cases[] = {
	    {"ana", 0, "ana - charla"},
	    {"ana", 3, "(3) ana - charla"},
	    {"charla", 0, "charla"},
	    {"charla", 1, "(1) charla"},
	    {"charla (guest)", 0, "charla (guest)"},
	    {"charlatan", 0, "charlatan - charla"},
	    {"", 0, "charla"},
	    {NULL, 12, "(12) charla"},
	    {"a\033]0;x\007", 0, "a␛]0;x␇ - charla"},
	    {"a name that is much longer than any title bar is wide", 0,
		"a name that is much longer than any tit… - charla"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_bytes(osc_title_text(cases[i].who, cases[i].unread),
		    cases[i].text);
}

static void
test_notifications(void **state)
{
	static const struct {
		enum ui_notify how;
		const char *text, *bytes;
	} cases[] = {
	    {UI_NOTIFY_NONE, "ana: hola", NULL},
	    {UI_NOTIFY_BELL, "ana: hola", "\a"},
	    {UI_NOTIFY_OSC9, "ana: hola", "\033]9;ana: hola\033\\"},
	    {UI_NOTIFY_OSC99, "ana: hola", "\033]99;i=charla;ana: hola\033\\"},
	    {UI_NOTIFY_OSC777, "ana: hola",
		"\033]777;notify;charla;ana: hola\033\\"},
	    /* A ';' would begin another part. */
	    {UI_NOTIFY_OSC777, "a;b", "\033]777;notify;charla;a,b\033\\"},
	    {UI_NOTIFY_OSC99, "p=;b", "\033]99;i=charla;p=,b\033\\"},
	    /* ConEmu's commands are numbers. */
	    {UI_NOTIFY_OSC9, "4;1;50", "\033]9;charla: 4,1,50\033\\"},
	    {UI_NOTIFY_OSC9, "3 new messages",
		"\033]9;charla: 3 new messages\033\\"},
	    {UI_NOTIFY_OSC9, "", "\033]9;\033\\"},
	    /* Nothing ends it early. */
	    {UI_NOTIFY_OSC9,
		"a\033\\b\007c\x9c"
		"d\xc2\x9c"
		"e\nf",
		"\033]9;a␛\\b␇c\xef\xbf\xbd"
		"d<U+009C>e␊f\033\\"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_bytes(osc_notification(cases[i].how, cases[i].text),
		    cases[i].bytes);
}

static void
test_title_and_progress(void **state)
{
	(void)state;
	assert_bytes(osc_title("ana - charla"), "\033]2;ana - charla\033\\");
	assert_bytes(osc_title("a\007b"), "\033]2;a␇b\033\\");
	assert_bytes(osc_progress(0), "\033]9;4;1;0\033\\");
	assert_bytes(osc_progress(57), "\033]9;4;1;57\033\\");
	assert_bytes(osc_progress(1000), "\033]9;4;1;100\033\\");
	assert_bytes(osc_progress(-5), "\033]9;4;1;0\033\\");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_title_text),
	    cmocka_unit_test(test_notifications),
	    cmocka_unit_test(test_title_and_progress),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
