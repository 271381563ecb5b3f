/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts of several lines: from files, and as one line of a file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/util.h"

static void
test_typed(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *want;
	} cases[] = {
#define CASE(bytes, want) {bytes, sizeof(bytes) - 1, want}
	    CASE("", ""),
	    CASE("\n", ""),
	    CASE("one", "one"),
	    CASE("one\n", "one"),
	    CASE("one\n\n\n", "one"),
	    CASE("\n one \n", "\n one "),
	    CASE("one\r\ntwo\rthree\r\n", "one\ntwo\nthree"),
	    CASE("a\tb\0c\033[1m\177d", "a\tbc[1md"),
	    CASE("\xc2\x9b"
		 "31mx",
		"31mx"),
	    CASE("caf\xc3\xa9 \xff 日本", "café \xef\xbf\xbd 日本"),
#undef CASE
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *got = text_typed(cases[i].bytes, cases[i].len);

		assert_string_equal(got, cases[i].want);
		free(got);
	}
}

static void
test_escape(void **state)
{
	static const struct {
		const char *text, *escaped;
	} cases[] = {
	    {"", ""},
	    {"plain", "plain"},
	    {"a\nb\n", "a\\nb\\n"},
	    {"\\n", "\\\\n"},
	    {"c:\\new\nline\\", "c:\\\\new\\nline\\\\"},
	};
	char *back;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *escaped = text_escape(cases[i].text);

		assert_string_equal(escaped, cases[i].escaped);
		back = text_unescape(escaped, strlen(escaped));
		assert_string_equal(back, cases[i].text);
		free(back);
		free(escaped);
	}
	/* By somebody else's hand. */
	back = text_unescape("a\\tb\\", 5);
	assert_string_equal(back, "a\\tb\\");
	free(back);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_typed),
	    cmocka_unit_test(test_escape),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
