/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words as a person types them, with their quotes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "src/command.h"

enum { WORDS_MAX = 6 };

static void
test_unquote(void **state)
{
	static const struct {
		const char *typed, *path;
	} cases[] = {
	    {"a.txt", "a.txt"},
	    {"my file.txt", "my file.txt"},
	    {"my\\ file.txt", "my file.txt"},
	    {"\"my file.txt\"", "my file.txt"},
	    {"'my file.txt'", "my file.txt"},
	    {"'it'\\''s'", "it's"},
	    {"\"say \\\"hola\\\"\"", "say \"hola\""},
	    {"\"back\\slash\"", "back\\slash"},
	    {"'back\\slash'", "back\\slash"},
	    {"\"5 \\$ \\` \\\\\"", "5 $ ` \\"},
	    {"'5 \\$'", "5 \\$"},
	    {"\"open", "open"},
	    {"\"open\\", "open\\"},
	    {"'it\"s'", "it\"s"},
	    {"~/\"dos palabras\"/x", "~/dos palabras/x"},
	    {"trailing\\", "trailing\\"},
	    {"", ""},
	    {"\"\"", ""},
	    {"日本.pdf", "日本.pdf"},
	    {"a\\\nb", "a\nb"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *path = command_unquote(cases[i].typed);

		assert_string_equal(path, cases[i].path);
		free(path);
	}
}

static const struct {
	const char *typed;
	const char *words[WORDS_MAX];
} splits[] = {
    {"", {NULL}},
    {" \t\n ", {NULL}},
    {"a", {"a"}},
    {"a b", {"a", "b"}},
    {"  a \t b\nc  ", {"a", "b", "c"}},
    {"a\\ b c", {"a b", "c"}},
    {"'a b' c", {"a b", "c"}},
    {"\"a b\" c", {"a b", "c"}},
    {"a'b c'd e", {"ab cd", "e"}},
    {"'a'\"b\"c", {"abc"}},
    {"a\\\tb \\\nc", {"a\tb", "\nc"}},
    {"'a\nb'", {"a\nb"}},
    /* No word, or an empty one. */
    {"''", {""}},
    {"a '' b", {"a", "", "b"}},
    {"\"\" ''", {"", ""}},
    {"''a''", {"a"}},
    /* Quotes in quotes. */
    {"'it'\\''s'", {"it's"}},
    {"\"it's\"", {"it's"}},
    {"'say \"hola\"'", {"say \"hola\""}},
    {"\"say \\\"hola\\\"\"", {"say \"hola\""}},
    {"\\'a b\\'", {"'a", "b'"}},
    {"\\\"a", {"\"a"}},
    /* What is never closed. */
    {"a 'b c", {"a", "b c"}},
    {"a \"b c\\\"", {"a", "b c\""}},
    {"a '", {"a", ""}},
    {"a\\", {"a\\\\"}},
    {"a \\", {"a", "\\\\"}},
    {"'a\\", {"a\\\\"}},
    /* Patterns stay patterns; quoted they are letters. */
    {"*.jpg ?[a-c]", {"*.jpg", "?[a-c]"}},
    {"\\*.jpg", {"\\*.jpg"}},
    {"'*?[x]'", {"\\*\\?\\[x\\]"}},
    {"\"*\"*", {"\\**"}},
    {"[a']'b]", {"[a\\]b]"}},
    {"a\\\\b 'a\\b' \"a\\b\"", {"a\\\\b", "a\\\\b", "a\\\\b"}},
    {"'a b'/*", {"a b/*"}},
    /* A home, or a letter. */
    {"~ ~/x ~ana", {"~", "~/x", "~ana"}},
    {"~/'a b'", {"~/a b"}},
    {"\\~/x '~/x' \"~\"/x ''~/x", {"\\~/x", "\\~/x", "\\~/x", "\\~/x"}},
    {"a~ 'a~' /~ 'x'~", {"a~", "a~", "/~", "x~"}},
    {"'~~' ~'~'", {"\\~~", "~~"}},
    /* Nothing else means anything. */
    {"$HOME `x` a;b {a,b} #c !d", {"$HOME", "`x`", "a;b", "{a,b}", "#c", "!d"}},
    {"año\\ 日本 'é ü'\xff", {"año 日本", "é ü\xff"}},
    /* A blank that is no ASCII one divides nothing. */
    {"a\u00a0b", {"a\u00a0b"}},
};

static void
test_split(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(splits); i++) {
		const char *const *want = splits[i].words;
		size_t count = 99;
		char **words = command_split(splits[i].typed, &count);

		for (size_t w = 0; w < count; w++) {
			if (w == WORDS_MAX || want[w] == NULL)
				fail_msg("too many: %s", splits[i].typed);
			assert_string_equal(words[w], want[w]);
		}
		if (count < WORDS_MAX && want[count] != NULL)
			fail_msg("%s: no %s", splits[i].typed, want[count]);
		command_split_free(words, count);
	}
	command_split_free(NULL, 0);
}

static void
test_closed(void **state)
{
	static const char *const closed[] = {"", "a b", "'a b'", "\"a'b\"",
	    "\\'", "a\\\\", "'a\\'", "''", "\"\\\"\"", "\\ "};
	static const char *const open[] = {
	    "'", "a 'b", "\"a", "\"a\\\"", "it's", "a\\", "'a'\\", "\"a\\"};

	(void)state;
	for (size_t i = 0; i < COUNT(closed); i++)
		assert_true(command_closed(closed[i]));
	for (size_t i = 0; i < COUNT(open); i++)
		assert_false(command_closed(open[i]));
}

/* Every word escaped, and as long as the line can be. */
static void
test_long(void **state)
{
	enum { LEN = 64 * 1024 };
	char *typed = mem_alloc(LEN + 1), **words;
	size_t count;

	(void)state;
	typed[LEN] = '\0';
	memset(typed, '*', LEN);
	typed[0] = '\'';
	words = command_split(typed, &count);
	assert_int_equal(count, 1);
	assert_int_equal(strlen(words[0]), 2 * (LEN - 1));
	command_split_free(words, count);
	for (size_t i = 0; i < LEN; i++)
		typed[i] = i % 2 == 0 ? 'x' : ' ';
	words = command_split(typed, &count);
	assert_int_equal(count, LEN / 2);
	assert_string_equal(words[LEN / 2 - 1], "x");
	command_split_free(words, count);
	free(typed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_unquote),
	    cmocka_unit_test(test_split),
	    cmocka_unit_test(test_closed),
	    cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests_name("command words", tests, NULL, NULL);
}
