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
#include "ui/plain_text.h"

static void
steps(void **state)
{
	static const struct {
		int said;
		uint64_t done, size;
		int want;
	} cases[] = {
	    {0, 0, 0, -1},
	    {0, 0, 100, -1},
	    {0, 9, 100, -1},
	    {0, 10, 100, 10},
	    {0, 19, 100, 10},
	    {10, 19, 100, -1},
	    {10, 20, 100, 20},
	    {0, 55, 100, 50},
	    {50, 49, 100, -1},
	    {80, 99, 100, 90},
	    {90, 100, 100, -1},
	    {0, 100, 100, 90},
	    {0, 1, 1, 90},
	    {0, UINT64_MAX, UINT64_MAX, 90},
	    {0, UINT64_MAX / 11, UINT64_MAX, -1},
	    {0, UINT64_MAX / 10 + 1, UINT64_MAX, 10},
	    {10, UINT64_MAX / 2, UINT64_MAX, 50},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		if (plain_step(cases[i].said, cases[i].done, cases[i].size) !=
		    cases[i].want)
			fail_msg("case %zu", i);
	}
}

static void
names(void **state)
{
	static const struct {
		const char *name, *want;
	} cases[] = {
	    {"ana", "ana"},
	    {"Ana M.", "Ana M."},
	    {"日本", "日本"},
	    {"younes", "younes"},
	    {"you", "'you'"},
	    {"You", "'You'"},
	    {"YOU", "'YOU'"},
	    {"you, not sent yet", "'you, not sent yet'"},
	    {"warning", "'warning'"},
	    {"question 1", "'question 1'"},
	    {"questions", "questions"},
	    {"trust", "'trust'"},
	    {"status", "'status'"},
	    {"receiving al.pdf", "'receiving al.pdf'"},
	    {"a: b", "'a: b'"},
	    {"*", "'*'"},
	    {"'you'", "''you''"},
	    {" you", "' you'"},
	    {"", "''"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *name = plain_name(cases[i].name);

		assert_string_equal(name, cases[i].want);
		free(name);
	}
}

/* All rows of a line, with | between them. */
static char *
rows_of(const struct line *line)
{
	char *all = str_dup("");
	size_t at = 0;

	while (at != SIZE_MAX) {
		bool first = at == 0;
		char *row = plain_line(line, &at);

		assert_null(strchr(row, '\n'));
		str_replace(
		    &all, str_printf("%s%s%s", all, first ? "" : "|", row));
		free(row);
	}
	return all;
}

static void
lines(void **state)
{
	static const struct {
		struct line line;
		const char *want;
	} cases[] = {
	    {{.kind = LINE_PEER, .who = "ana", .text = "hola"}, "ana: hola"},
	    {{.kind = LINE_OWN,
		 .mark = MARK_SENT,
		 .who = "beto",
		 .text = "hola"},
		"you: hola"},
	    {{.kind = LINE_OWN, .mark = MARK_STORED, .who = "b", .text = "a"},
		"you: a"},
	    {{.kind = LINE_OWN, .mark = MARK_WAITING, .who = "b", .text = "a"},
		"you, not sent yet: a"},
	    {{.kind = LINE_OWN, .mark = MARK_BACK, .who = "b", .text = "a"},
		"you, taken back: a"},
	    {{.kind = LINE_PEER, .action = true, .who = "ana", .text = "waves"},
		"* ana waves"},
	    {{.kind = LINE_OWN, .action = true, .who = "b", .text = "waves"},
		"* b waves"},
	    {{.kind = LINE_OWN,
		 .mark = MARK_WAITING,
		 .action = true,
		 .who = "b",
		 .text = "waves"},
		"you, not sent yet: * b waves"},
	    {{.kind = LINE_NOTICE, .text = "ana left"}, "ana left"},
	    {{.kind = LINE_WARNING, .text = "stopped"}, "warning: stopped"},
	    {{.kind = LINE_ERROR, .text = "no"}, "error: no"},
	    {{.kind = LINE_QUESTION, .text = "1: ana knocks; /accept 1"},
		"question 1: ana knocks; /accept 1"},
	    {{.kind = LINE_QUESTION, .text = "compare 1 with ana; /verify"},
		"question: compare 1 with ana; /verify"},
	    {{.kind = LINE_HELP,
		 .text = "    key     12 34\n            56 78"},
		"key     12 34 56 78"},
	    {{.kind = LINE_HELP, .text = ""}, ""},
	    {{.kind = LINE_PEER, .who = "ana", .text = ""}, "ana: "},
	    /* No row of theirs is without their name. */
	    {{.kind = LINE_PEER, .who = "ana", .text = "a\nyou: b\n\nc\n"},
		"ana: a|ana: you: b|ana: |ana: c|ana: "},
	    {{.kind = LINE_PEER,
		 .action = true,
		 .who = "ana",
		 .text = "a\nerror: b"},
		"* ana a|* ana error: b"},
	    {{.kind = LINE_PEER, .who = "you", .text = "a"}, "'you': a"},
	    {{.kind = LINE_NOTICE, .text = "a\nerror: b"}, "a|  error: b"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *rows = rows_of(&cases[i].line);

		assert_string_equal(rows, cases[i].want);
		free(rows);
	}
}

static void
transfers(void **state)
{
	static const struct {
		struct row row;
		enum plain_row_news news;
		const char *want;
	} cases[] = {
	    {{.incoming = true, .name = "al.pdf", .size = 85500}, PLAIN_ROW_NEW,
		"receiving al.pdf, 85.5 kB"},
	    {{.name = "al.pdf", .size = 100, .done = 47}, PLAIN_ROW_STEP,
		"sending al.pdf, 40 percent"},
	    {{.incoming = true, .name = "doc/", .size = 100, .files = 12},
		PLAIN_ROW_NEW, "receiving doc/, 12 files, 100 B"},
	    {{.incoming = true,
		 .name = "doc/",
		 .size = 100,
		 .done = 50,
		 .files = 12,
		 .files_done = 3},
		PLAIN_ROW_STEP, "receiving doc/, 50 percent, 3 of 12 files"},
	    {{.name = "a", .size = 100, .done = 47, .state = ROW_AWAY},
		PLAIN_ROW_STILL, "sending a, 47 percent, waiting for the link"},
	    {{.name = "a", .size = 100, .state = ROW_QUEUED}, PLAIN_ROW_STILL,
		"sending a, 100 B, waits for its turn"},
	    {{.name = "a",
		 .size = 100,
		 .done = 47,
		 .state = ROW_PAUSED,
		 .note = "paused; /resume 2"},
		PLAIN_ROW_STILL, "sending a, 47 percent, paused; /resume 2"},
	    {{.name = "a", .size = 100, .done = 47}, PLAIN_ROW_ON,
		"sending a goes on, 47 percent"},
	    {{.name = "a", .size = 100, .done = 100}, PLAIN_ROW_CHECKING,
		"sending a, checking"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *text = plain_row(&cases[i].row, cases[i].news);

		assert_string_equal(text, cases[i].want);
		free(text);
	}
}

static void
days(void **state)
{
	char *text = plain_day(1795350000000);

	(void)state;
	assert_string_equal(text, "earlier, on Sunday, 22 November 2026:");
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(steps),
	    cmocka_unit_test(names),
	    cmocka_unit_test(lines),
	    cmocka_unit_test(transfers),
	    cmocka_unit_test(days),
	};

	setenv("TZ", "UTC", 1);
	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
