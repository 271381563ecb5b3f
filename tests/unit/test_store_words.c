/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/util.h"
#include "src/store_words.h"
#include "tests/unit/scratch.h"

#define NI     "\xe4\xbd\xa0"
#define HAO    "\xe5\xa5\xbd"
#define SMILE  "\xf0\x9f\x98\x80"
#define EACUTE "\xc3\xa9"
#define DEGREE "\xc2\xb0"

static void
test_words_of(void **state)
{
	static const struct {
		const char *text, *words;
		size_t len; /* 0: up to the end */
	} cases[] = {
	    {"", "", 0}, {"two words", "two words", 0},
	    {"a\tb\nc\x7f"
	     "d",
		"a b c d", 0},
	    {"nul \0 x", "nul   x", 7}, {"caf" EACUTE, "caf" EACUTE, 0},
	    {NI HAO, " " NI "  " HAO " ", 0},
	    {"x" SMILE "y", "x " SMILE " y", 0},
	    {"20" DEGREE "C", "20 " DEGREE " C", 0},
	    {"a\xff"
	     "b",
		"a b", 0},
	    {"a\xef\xbf\xbd"
	     "b",
		"a b", 0}, /* U+FFFD itself */
	    {"cut " EACUTE, "cut  ", 5},
	    {"\xe3\x80\x80", " ", 0}, /* a wide blank */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		size_t len =
		    cases[i].len > 0 ? cases[i].len : strlen(cases[i].text);
		char *words = store_words_of(cases[i].text, len);

		assert_string_equal(words, cases[i].words);
		free(words);
	}
}

/* Whatever the bytes are, what comes out is UTF-8 and as long as it says. */
static void
test_any_bytes(void **state)
{
	enum { LEN = 4000 };
	uint8_t *bytes = scratch_bytes(LEN, 7);

	(void)state;
	for (size_t from = 0; from < LEN; from += 13) {
		size_t len = from % 97;
		char *words;

		if (len > LEN - from)
			len = LEN - from;
		words = store_words_of((const char *)bytes + from, len);
		assert_true(text_is_utf8(words, strlen(words)));
		assert_true(strlen(words) <= 2 * len);
		free(words);
	}
	free(bytes);
}

static void
test_query(void **state)
{
	static const struct {
		const char *words, *query;
	} cases[] = {
	    {"", ""},
	    {" \t ", ""},
	    {"fox", "\"fox\"* "},
	    {"  fox\ndog ", "\"fox\"* \"dog\"* "},
	    {"a\"b", "\"a\"\"b\"* "},
	    {"\"", "\"\"\"\"* "},
	    {"NEAR(a, b)", "\"NEAR(a,\"* \"b)\"* "},
	    {"text:a*", "\"text:a*\"* "},
	    {NI HAO, "\" " NI "  " HAO " \" "},
	    {NI "x", "\" " NI " x\"* "},
	    {"fox\xc2\xa0" SMILE, "\"fox\"* \" " SMILE " \" "},
	    {"\xff", "\" \" "},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *query = store_words_query(cases[i].words);

		assert_string_equal(query, cases[i].query);
		free(query);
	}
}

/* A query has a bound, and is never cut within a character. */
static void
test_bounds(void **state)
{
	enum { LONG = 4096 };
	char *words = mem_zalloc(LONG + 1), *query;

	(void)state;
	for (size_t i = 0; i < LONG; i++)
		words[i] = i % 2 == 0 ? 'x' : ' ';
	query = store_words_query(words);
	assert_int_equal(strlen(query), 16 * strlen("\"x\"* "));
	free(query);

	for (size_t shift = 0; shift < 2; shift++) {
		memset(words, 'x', LONG);
		for (size_t i = shift; i + 2 <= LONG; i += 2)
			memcpy(words + i, EACUTE, 2);
		query = store_words_query(words);
		assert_true(strlen(query) <= 256 + 4);
		assert_true(strlen(query) >= 255 + 4);
		/* A byte of a half would be a blank. */
		assert_ptr_equal(strchr(query, ' '), query + strlen(query) - 1);
		assert_true(text_is_utf8(query, strlen(query)));
		free(query);
	}
	free(words);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_words_of),
	    cmocka_unit_test(test_any_bytes),
	    cmocka_unit_test(test_query),
	    cmocka_unit_test(test_bounds),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("store words", tests, NULL, NULL);
}
