/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/util.h"
#include "ui/wrap.h"

enum { ROWS = 64 };

struct wrap_case {
	const char *text;
	int columns;
	const char *want; /* rows, with | between them */
};

static const struct wrap_case cases[] = {
    {"", 10, ""},
    {"a", 10, "a"},
    {"hello world", 11, "hello world"},
    {"hello world", 10, "hello|world"},
    {"hello world", 5, "hello|world"},
    {"hello world", 4, "hell|o|worl|d"},
    {"a hello", 5, "a|hello"},
    {"abc", 1, "a|b|c"},
    {"abc", 0, "a|b|c"},
    {"abc", -7, "a|b|c"},
    /* newlines */
    {"\n", 10, "|"},
    {"a\n", 10, "a|"},
    {"a\nb", 10, "a|b"},
    {"a\n\nb", 10, "a||b"},
    {"ab\ncd", 2, "ab|cd"},
    /* spaces: those at a break go, all others stay */
    {"ab  cd", 4, "ab|cd"},
    {"ab  cd", 3, "ab|cd"},
    {"ab      cd", 3, "ab|cd"},
    {"a  b", 4, "a  b"},
    {"  ab cd", 5, "  ab|cd"},
    {"a b\n  cd ef", 5, "a b|  cd|ef"},
    {"   abcd", 5, "abcd"},
    {"   abcdef", 5, "abcde|f"},
    {"ab ", 5, "ab "},
    {"ab   ", 3, "ab "},
    {"ab   \ncd", 3, "ab |cd"},
    {"   ", 5, "   "},
    {"     ", 3, "   "},
    {"ab    cdefgh", 3, "ab|cde|fgh"},
    /* a word longer than a row begins on a row of its own */
    {"see abcdefghij now", 5, "see|abcde|fghij|now"},
    {"see abcdefgh now", 5, "see|abcde|fgh|now"},
    /* U+00A0 keeps words together */
    {"10\u00a0kB of 20", 6, "10\u00a0kB|of 20"},
    {"a 10\u00a0kB", 5, "a|10\u00a0kB"},
    /* Chinese, Japanese, Korean */
    {"漢字漢字", 8, "漢字漢字"},
    {"漢字漢字", 7, "漢字漢|字"},
    {"漢字漢字", 4, "漢字|漢字"},
    {"漢字", 2, "漢|字"},
    {"漢字", 1, "漢|字"},
    {"a漢", 1, "a|漢"},
    {"漢 字", 2, "漢|字"},
    {"see 漢字漢字", 8, "see 漢字|漢字"},
    {"see 漢字漢字", 7, "see 漢|字漢字"},
    {"漢字word漢", 6, "漢|字word|漢"},
    {"안녕 세상", 5, "안녕|세상"},
    {"かな カナ", 4, "かな|カナ"},
    /* marks stay with what they stand on */
    {"e\u0301e\u0301e\u0301", 2, "e\u0301e\u0301|e\u0301"},
    {"ab\u0301 cd", 2, "ab\u0301|cd"},
    {"a 漢\u0301\u0302\u0303\u0304\u0305\u0306字", 4,
	"a 漢\u0301\u0302\u0303\u0304\u0305\u0306|字"},
    {"漢\u3099字", 2, "漢\u3099|字"},
    {"e\u0301\u0302\u0303\u0304\u0305\u0306\u0307 b", 1,
	"e\u0301\u0302\u0303\u0304\u0305\u0306\u0307|b"},
    /* Arabic, Devanagari, Thai */
    {"مَرْحَبًا بِكَ", 5, "مَرْحَبًا|بِكَ"},
    {"हिन्दी भाषा", 6, "हिन्दी|भाषा"},
    /* emoji */
    {"😀😀😀", 4, "😀😀|😀"},
    {"ok 😀 ok", 4, "ok|😀|ok"},
    /* no row begins with a full stop, or ends with an opening bracket */
    {"漢字。", 4, "漢|字。"},
    {"漢字。漢", 6, "漢字。|漢"},
    {"漢「字」", 4, "漢|「字|」"},
    {"漢「字」", 6, "漢|「字」"},
    {"漢字「字」", 6, "漢字|「字」"},
    {"漢ー、。", 2, "漢|ー|、|。"},
    {"キャット", 6, "キャッ|ト"},
    {"カキャット", 4, "カ|キャ|ット"},
    /* addresses stay whole where a row can hold them */
    {"see http://a.org/bcd now", 16, "see|http://a.org/bcd|now"},
    {"see (http://a.org/bcd) now", 18, "see|(http://a.org/bcd)|now"},
    {"see (http://a.org/bcd) now", 17, "see|(http://a.org/bcd|) now"},
    {"see (http://a.org/bcd) now", 16, "see (|http://a.org/bcd|) now"},
    {"漢字http://a.org/b字", 16, "漢|字http://a.org/b|字"},
    {"漢字http://a.org/b漢字", 14, "漢字|http://a.org/b|漢字"},
    {"a,http://a.org/bcdef,b", 14, "a,|http://a.org/b|cdef,b"},
    {"see http://a.org/bcdefghijklm now", 14,
	"see|http://a.org/b|cdefghijklm|now"},
    {"http://a.org/b", 1, "h|t|t|p|:|/|/|a|.|o|r|g|/|b"},
};

/* The rows of text, joined by "|". */
static char *
wrapped(const char *text, int columns)
{
	struct wrap_row rows[ROWS];
	char *all = str_dup("");
	size_t count = wrap_words(text, columns, rows, ROWS), i;

	assert_in_range(count, 1, ROWS);
	for (i = 0; i < count; i++)
		str_replace(&all, str_printf("%s%s%.*s", all, i == 0 ? "" : "|",
				      (int)rows[i].len, text + rows[i].start));
	return all;
}

static void
known_texts(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		const struct wrap_case *c = &cases[i];
		char *got = wrapped(c->text, c->columns);

		if (strcmp(got, c->want) != 0)
			fail_msg("\"%s\" at %d: \"%s\", not \"%s\"", c->text,
			    c->columns, got, c->want);
		free(got);
	}
}

/* Who says it does not stand alone, but where the word fits below. */
static void
behind_a_head(void **state)
{
	static const struct {
		const char *text;
		int columns;
		const char *want;
	} heads[] = {
	    {"ana: hi", 10, "ana: hi"},
	    {"ana: hello", 8, "ana:|hello"},
	    {"ana: hello", 5, "ana:|hello"},
	    {"ana: abcdefghijk", 8, "ana: abc|defghijk"},
	    {"ana: abcdefghijk lm", 8, "ana: abc|defghijk|lm"},
	    {"ana: abcdefgh ijklmnopqrs", 8, "ana:|abcdefgh|ijklmnop|qrs"},
	    {"ana: http://abc.de", 8, "ana: htt|p://abc.|de"},
	    {"ana: http://a.de", 12, "ana:|http://a.de"},
	    {"ana: \nabc", 4, "ana:|abc"},
	    {"ana: 漢字漢字", 8, "ana: 漢|字漢字"},
	    {"ana: abcdef", 1, "a|n|a|:|a|b|c|d|e|f"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(heads); i++) {
		struct wrap_row rows[ROWS];
		const char *text = heads[i].text;
		char *all = str_dup("");
		size_t count = wrap_behind(
		    text, strlen("ana: "), heads[i].columns, rows, ROWS);

		for (size_t n = 0; n < count; n++)
			str_replace(
			    &all, str_printf("%s%s%.*s", all, n == 0 ? "" : "|",
				      (int)rows[n].len, text + rows[n].start));
		if (strcmp(all, heads[i].want) != 0)
			fail_msg("\"%s\" at %d: \"%s\"", text, heads[i].columns,
			    all);
		free(all);
	}
}

/* Rows that do not fit are counted and nothing else. */
static void
fewer_rows_than_needed(void **state)
{
	struct wrap_row rows[3] = {{7, 7}, {7, 7}, {7, 7}};

	(void)state;
	assert_int_equal(wrap_words("a b c d", 1, rows, 2), 4);
	assert_int_equal(rows[0].start, 0);
	assert_int_equal(rows[0].len, 1);
	assert_int_equal(rows[1].start, 2);
	assert_int_equal(rows[1].len, 1);
	assert_int_equal(rows[2].start, 7);
	assert_int_equal(rows[2].len, 7);
	assert_int_equal(wrap_words("a b c d", 1, NULL, 0), 4);
}

static int
row_columns(const char *text, const struct wrap_row *row)
{
	char *copy = str_ndup(text + row->start, row->len);
	int columns = text_columns(copy);

	free(copy);
	return columns;
}

/* Between two rows there is a newline or there are spaces, or nothing. */
static void
assert_gap(const char *text, size_t from, size_t to, bool first)
{
	size_t i;

	assert_true(from <= to);
	for (i = from; i < to; i++)
		assert_true(text[i] == ' ' || (text[i] == '\n' && !first));
}

/* What holds for every text at every width. */
static void
assert_wrapped(const char *text, int columns, struct wrap_row *rows, size_t max)
{
	size_t count = wrap_words(text, columns, rows, max), i, end = 0;
	size_t newlines = 1;
	int used;

	assert_in_range(count, 1, max);
	for (i = 0; i < count; i++) {
		used = row_columns(text, &rows[i]);
		if (used > columns) {
			assert_int_equal(columns, 1);
			assert_int_equal(used, 2);
		}
		assert_gap(text, end, rows[i].start, i == 0);
		assert_null(memchr(text + rows[i].start, '\n', rows[i].len));
		end = rows[i].start + rows[i].len;
	}
	assert_gap(text, end, strlen(text), count == 1);
	for (i = 0; text[i] != '\0'; i++)
		newlines += text[i] == '\n';
	assert_true(count >= newlines);
}

static void
every_width(void **state)
{
	struct wrap_row rows[512];
	int columns;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++)
		for (columns = 1; columns <= 30; columns++)
			assert_wrapped(
			    cases[i].text, columns, rows, COUNT(rows));
}

/* Texts put together from what is difficult; the same in every run. */
static void
mixed_texts(void **state)
{
	static const char *const parts[] = {"a", "bc", " ", "  ", "\n", "漢",
	    "字", "\u0301", "\u00a0", "😀", "word", "-", "\u200c", "ا"};
	struct wrap_row rows[512];
	uint32_t random = 12345;
	char text[256];
	int round, i;

	(void)state;
	for (round = 0; round < 20000; round++) {
		text[0] = '\0';
		for (i = 0; i < 24; i++) {
			random = random * 1664525u + 1013904223u;
			strcat(text, parts[(random >> 16) % COUNT(parts)]);
		}
		assert_wrapped(text, 1 + round % 17, rows, COUNT(rows));
	}
}

/* Would take hours if a row cost more than its own length. */
static void
large_texts(void **state)
{
	static const char *const parts[] = {"a", " ", "ab ", "漢", "\u0301",
	    "\n", "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww ", "http://a ",
	    "http://", "http://(", "(http://[", "mailto:", "mailto:a@b(",
	    "http://a)"};
	enum { LARGE = 1024 * 1024 };
	char *text = mem_alloc(LARGE + 1);
	size_t i, len, at;

	(void)state;
	for (i = 0; i < COUNT(parts); i++) {
		len = strlen(parts[i]);
		for (at = 0; at + len <= LARGE; at += len)
			memcpy(text + at, parts[i], len);
		text[at] = '\0';
		assert_true(wrap_words(text, 1, NULL, 0) >= 1);
		assert_true(wrap_words(text, 80, NULL, 0) >= 1);
		assert_true(wrap_words(text, 1000000, NULL, 0) >= 1);
	}
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(known_texts),
	    cmocka_unit_test(behind_a_head),
	    cmocka_unit_test(fewer_rows_than_needed),
	    cmocka_unit_test(every_width),
	    cmocka_unit_test(mixed_texts),
	    cmocka_unit_test(large_texts),
	};

	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
