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

/* A literal and its length, so that it may hold NUL bytes. */
#define BYTES(literal) literal, sizeof(literal) - 1

static void
test_decode(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		uint32_t cp;
		size_t used;
	} cases[] = {
	    {BYTES("a"), 'a', 1},
	    {BYTES("\0"), 0, 1},
	    {BYTES("\x7f"), 0x7F, 1},
	    {BYTES("\xc2\x80"), 0x80, 2},
	    {BYTES("\xc3\xa9!"), 0xE9, 2},
	    {BYTES("\xdf\xbf"), 0x7FF, 2},
	    {BYTES("\xe0\xa0\x80"), 0x800, 3},
	    {BYTES("\xe4\xb8\xad"), 0x4E2D, 3},
	    {BYTES("\xed\x9f\xbf"), 0xD7FF, 3},
	    {BYTES("\xee\x80\x80"), 0xE000, 3},
	    {BYTES("\xef\xbf\xbd"), 0xFFFD, 3},
	    {BYTES("\xef\xbf\xbf"), 0xFFFF, 3},
	    {BYTES("\xf0\x90\x80\x80"), 0x10000, 4},
	    {BYTES("\xf0\x9f\x98\x80"), 0x1F600, 4},
	    {BYTES("\xf4\x8f\xbf\xbf"), 0x10FFFF, 4},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		uint32_t cp = 0;
		char back[4];

		assert_int_equal(text_decode(cases[i].bytes, cases[i].len, &cp),
		    cases[i].used);
		assert_int_equal(cp, cases[i].cp);
		assert_true(text_is_utf8(cases[i].bytes, cases[i].len));
		assert_int_equal(text_encode(cp, back), cases[i].used);
		assert_memory_equal(back, cases[i].bytes, cases[i].used);
	}
}

static void
test_decode_broken(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		size_t used;
	} cases[] = {
	    {BYTES("\x80"), 1}, /* tail without lead */
	    {BYTES("\xbf\xbf"), 1},
	    {BYTES("\xc0\x80"), 1}, /* overlong NUL */
	    {BYTES("\xc1\xbf"), 1}, /* overlong DEL */
	    {BYTES("\xc0\xaf"), 1}, /* overlong slash */
	    {BYTES("\xe0\x80\xaf"), 1},
	    {BYTES("\xe0\x9f\xbf"), 1},
	    {BYTES("\xf0\x80\x80\xaf"), 1},
	    {BYTES("\xf0\x8f\xbf\xbf"), 1},
	    {BYTES("\xed\xa0\x80"), 1}, /* surrogates */
	    {BYTES("\xed\xbf\xbf"), 1},
	    {BYTES("\xf4\x90\x80\x80"), 1}, /* over U+10FFFF */
	    {BYTES("\xf5\x80\x80\x80"), 1},
	    {BYTES("\xff"), 1},
	    {BYTES("\xc3"), 1}, /* cut off */
	    {BYTES("\xc3!"), 1},
	    {BYTES("\xe4\xb8"), 2},
	    {BYTES("\xe4\xb8!"), 2},
	    {BYTES("\xf0\x9f\x98"), 3},
	    {BYTES("\xf0\x9f\x98\xc3"), 3},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		uint32_t cp = 0;

		assert_int_equal(text_decode(cases[i].bytes, cases[i].len, &cp),
		    cases[i].used);
		assert_int_equal(cp, 0xFFFD);
		assert_false(text_is_utf8(cases[i].bytes, cases[i].len));
	}
	assert_true(text_is_utf8("", 0));
	assert_false(text_is_utf8("fine\xff", 5));
}

static void
test_encode_no_character(void **state)
{
	static const uint32_t none[] = {0xD800, 0xDFFF, 0x110000, UINT32_MAX};
	size_t i;
	char out[4];

	(void)state;
	for (i = 0; i < COUNT(none); i++) {
		assert_int_equal(text_encode(none[i], out), 3);
		assert_memory_equal(out, "\xef\xbf\xbd", 3);
	}
}

static void
check_clean(const char *s, size_t len, enum text_form form, const char *want)
{
	char *once = text_clean(s, len, form);
	char *twice = text_clean(once, strlen(once), form);

	assert_string_equal(once, want);
	assert_string_equal(twice, want);
	free(once);
	free(twice);
}

/* What people write stays as they wrote it. */
static void
test_clean_keeps(void **state)
{
	static const char *const texts[] = {
	    "",
	    "plain ASCII, with <angles> & 'quotes' \\ and 100 %n%s",
	    "caf\xc3\xa9 na\xc3\xafve \xc3\x9f \xc3\xb1 \xc5\x93",
	    "e\xcc\x81 o\xcc\x88\xcc\xa3", /* combining marks */
	    "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82",
	    "\xe4\xb8\xad\xe6\x96\x87 \xe3\x81\x8b\xe3\x81\xaa "
	    "\xed\x95\x9c\xea\xb8\x80",
	    "\xd9\x85\xd8\xb1\xd8\xad\xd8\xa8\xd8\xa7",
	    "\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae\xd9\x88\xd8\xa7\xd9\x87\xd9"
	    "\x85", /* Persian, with a U+200C */
	    "\xe0\xa4\xa8\xe0\xa4\xae\xe0\xa4\xb8\xe0\xa5\x8d\xe0\xa4\xa4\xe0"
	    "\xa5\x87", /* Devanagari */
	    "\xf0\x9f\x98\x80 \xe2\x9c\x93 \xe2\x82\xac",
	    "\xf0\x9f\x87\xaa\xf0\x9f\x87\xb8", /* a flag */
	    "no\xc2\xa0"
	    "break",
	    "\xef\xbf\xbd",
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(texts); i++) {
		check_clean(texts[i], strlen(texts[i]), TEXT_LABEL, texts[i]);
		check_clean(texts[i], strlen(texts[i]), TEXT_BLOCK, texts[i]);
	}
}

/* The same in both forms. */
static void
test_clean_changes(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *want;
	} cases[] = {
	    /* C0 and DEL */
	    {BYTES("a\0b"), "a\xe2\x90\x80"
			    "b"},
	    {BYTES("\x1b[2J"), "\xe2\x90\x9b[2J"},
	    {BYTES("\x1b]0;t\x07"), "\xe2\x90\x9b]0;t\xe2\x90\x87"},
	    {BYTES("a\rb"), "a\xe2\x90\x8d"
			    "b"},
	    {BYTES("\x7f"), "\xe2\x90\xa1"},
	    /* C1 as UTF-8, and as bare bytes */
	    {BYTES("\xc2\x9b"
		   "2J"),
		"<U+009B>2J"},
	    {BYTES("\xc2\x85"), "<U+0085>"},
	    {BYTES("\x9b"
		   "2J"),
		"\xef\xbf\xbd"
		"2J"},
	    /* separators, bidi */
	    {BYTES("a\xe2\x80\xa8"
		   "b\xe2\x80\xa9"),
		"a<U+2028>b<U+2029>"},
	    {BYTES("\xe2\x80\xae"
		   "exe.gpj"),
		"<U+202E>exe.gpj"},
	    {BYTES("\xe2\x81\xa6x\xe2\x81\xa9"), "<U+2066>x<U+2069>"},
	    {BYTES("\xe2\x80\x8f\xd8\x9c"), "<U+200F><U+061C>"},
	    /* not seen at all */
	    {BYTES("a\xe2\x80\x8b"
		   "b"),
		"a<U+200B>b"},
	    {BYTES("\xef\xbb\xbfx"), "<U+FEFF>x"},
	    {BYTES("\xc2\xad"), "<U+00AD>"},
	    {BYTES("\xe3\x85\xa4"), "<U+3164>"},
	    {BYTES("\xf3\xa0\x81\x81"), "<U+E0041>"},
	    /* dropped: ZWJ, selectors, keycap, skin tone */
	    {BYTES("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7"),
		"\xf0\x9f\x91\xa9\xf0\x9f\x91\xa7"},
	    {BYTES("\xe2\x9d\xa4\xef\xb8\x8f"), "\xe2\x9d\xa4"},
	    {BYTES("1\xef\xb8\x8f\xe2\x83\xa3"), "1"},
	    {BYTES("\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd"), "\xf0\x9f\x91\x8d"},
	    /* bad UTF-8: a mark for each stretch that could not go on */
	    {BYTES("caf\xe9"), "caf\xef\xbf\xbd"},
	    {BYTES("\xc0\xaf"), "\xef\xbf\xbd\xef\xbf\xbd"},
	    {BYTES("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
	    {BYTES("\xf0\x9f\x98z"), "\xef\xbf\xbdz"},
	    /* not a character */
	    {BYTES("\xef\xbf\xbf"), "\xef\xbf\xbd"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		check_clean(
		    cases[i].bytes, cases[i].len, TEXT_LABEL, cases[i].want);
		check_clean(
		    cases[i].bytes, cases[i].len, TEXT_BLOCK, cases[i].want);
	}
}

static void
test_clean_forms(void **state)
{
	static const struct {
		const char *bytes, *label, *block;
	} cases[] = {
	    {"a\nb",
		"a\xe2\x90\x8a"
		"b",
		"a\nb"},
	    {"\n\n", "\xe2\x90\x8a\xe2\x90\x8a", "\n\n"},
	    {"\t.", "\xe2\x90\x89.", "        ."},
	    {"ab\t.", "ab\xe2\x90\x89.", "ab      ."},
	    {"x\n1234567\t.",
		"x\xe2\x90\x8a"
		"1234567\xe2\x90\x89.",
		"x\n1234567 ."},
	    {"\xe4\xb8\xad\t.", "\xe4\xb8\xad\xe2\x90\x89.",
		"\xe4\xb8\xad      ."},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		check_clean(cases[i].bytes, strlen(cases[i].bytes), TEXT_LABEL,
		    cases[i].label);
		check_clean(cases[i].bytes, strlen(cases[i].bytes), TEXT_BLOCK,
		    cases[i].block);
	}
}

static bool
is_unsafe(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7F && cp <= 0x9F) || cp == 0x61C ||
	       cp == 0x200E || cp == 0x200F || (cp >= 0x2028 && cp <= 0x202E) ||
	       (cp >= 0x2066 && cp <= 0x2069);
}

/* Every character there is, by itself and in both forms. */
static void
test_clean_every_character(void **state)
{
	uint32_t cp, got;
	char bytes[4], *clean;
	size_t i, len;

	(void)state;
	for (cp = 0; cp <= 0x10FFFF; cp++) {
		len = text_encode(cp, bytes);
		clean = text_clean(bytes, len, TEXT_LABEL);
		assert_true(text_is_utf8(clean, strlen(clean)));
		for (i = 0; clean[i] != '\0';) {
			i += text_decode(clean + i, strlen(clean + i), &got);
			assert_false(is_unsafe(got));
			assert_in_range(text_width(got), 0, 2);
		}
		free(clean);
	}
}

static void
test_width(void **state)
{
	(void)state;
	assert_int_equal(text_width('a'), 1);
	assert_int_equal(text_width(0), 1);
	assert_int_equal(text_width(0x1B), 1);
	assert_int_equal(text_width(0x9B), 1);
	assert_int_equal(text_width(0xE9), 1);
	assert_int_equal(text_width(0x301), 0);
	assert_int_equal(text_width(0x200C), 0);
	assert_int_equal(text_width(0x4E2D), 2);
	assert_int_equal(text_width(0xAC00), 2);
	assert_int_equal(text_width(0x1F600), 2);
	assert_int_equal(text_width(0xFFFD), 1);
	assert_int_equal(text_width(0x10FFFF), 1);
	assert_int_equal(text_columns(""), 0);
	assert_int_equal(text_columns("caf\xc3\xa9"), 4);
	assert_int_equal(text_columns("e\xcc\x81!"), 2);
	assert_int_equal(text_columns("\xe4\xb8\xad\xe6\x96\x87"), 4);
}

static void
test_cluster(void **state)
{
	int width = 7;
	/* e, five marks, x: no more than four marks share a cell */
	const char zalgo[] = "e\xcc\x81\xcc\x82\xcc\x83\xcc\x84\xcc\x85x";

	(void)state;
	assert_int_equal(text_cluster("", 0, &width), 0);
	assert_int_equal(width, 0);
	assert_int_equal(text_cluster("ab", 2, &width), 1);
	assert_int_equal(width, 1);
	assert_int_equal(text_cluster("e\xcc\x81x", 4, &width), 3);
	assert_int_equal(width, 1);
	/* only what lies within len */
	assert_int_equal(text_cluster("e\xcc\x81x", 1, &width), 1);
	assert_int_equal(text_cluster("\xe4\xb8\xad\xcc\x81", 5, &width), 5);
	assert_int_equal(width, 2);
	assert_int_equal(text_cluster(zalgo, strlen(zalgo), &width), 9);
	assert_int_equal(width, 1);
	assert_int_equal(text_cluster(zalgo + 9, 3, &width), 2);
	assert_int_equal(width, 0);
	assert_int_equal(text_columns(zalgo), 2);
	/* a newline joins nothing and is joined by nothing */
	assert_int_equal(text_cluster("a\nb", 3, &width), 1);
	assert_int_equal(text_cluster("\n", 1, &width), 1);
}

static void
test_fit(void **state)
{
	const char *wide = "\xe4\xb8\xad\xe6\x96\x87";

	(void)state;
	assert_int_equal(text_fit("abc", 2), 2);
	assert_int_equal(text_fit("abc", 3), 3);
	assert_int_equal(text_fit("abc", 99), 3);
	assert_int_equal(text_fit("abc", 0), 0);
	assert_int_equal(text_fit("abc", -1), 0);
	assert_int_equal(text_fit("", 5), 0);
	assert_int_equal(text_fit(wide, 1), 0);
	assert_int_equal(text_fit(wide, 2), 3);
	assert_int_equal(text_fit(wide, 3), 3);
	assert_int_equal(text_fit(wide, 4), 6);
	/* marks go with their letter */
	assert_int_equal(text_fit("e\xcc\x81x", 1), 3);
}

#define DOTS "\xe2\x80\xa6"

static void
test_cut(void **state)
{
	static const struct {
		const char *text;
		int columns;
		const char *end, *middle;
	} cases[] = {
	    {"abcdef", 6, "abcdef", "abcdef"},
	    {"abcdef", 5, "abcd" DOTS, "ab" DOTS "ef"},
	    {"abcdef", 4, "abc" DOTS, "ab" DOTS "f"},
	    {"abcdef", 2, "a" DOTS, "a" DOTS},
	    {"abcdef", 1, DOTS, DOTS},
	    {"abcdef", 0, "", ""},
	    {"abcdef", -3, "", ""},
	    {"", 0, "", ""},
	    {"photograph.jpg", 9, "photogra" DOTS, "phot" DOTS ".jpg"},
	    /* a wide one that does not fit leaves its room to the end */
	    {"\xe4\xb8\xad\xe6\x96\x87"
	     "abcd",
		4, "\xe4\xb8\xad" DOTS, "\xe4\xb8\xad" DOTS "d"},
	    {"a\xe4\xb8\xad\xe6\x96\x87"
	     "bcd",
		5, "a\xe4\xb8\xad" DOTS, "a" DOTS "bcd"},
	    /* a cut never parts a letter from its marks */
	    {"aae\xcc\x81zz", 3, "aa" DOTS, "a" DOTS "z"},
	    {"ae\xcc\x81", 1, DOTS, DOTS},
	    {"aae\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81", 2, "a" DOTS,
		"a" DOTS},
	};
	size_t i;
	char *cut;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		cut = text_cut(cases[i].text, cases[i].columns, false);
		assert_string_equal(cut, cases[i].end);
		free(cut);
		cut = text_cut(cases[i].text, cases[i].columns, true);
		assert_string_equal(cut, cases[i].middle);
		free(cut);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_decode),
	    cmocka_unit_test(test_decode_broken),
	    cmocka_unit_test(test_encode_no_character),
	    cmocka_unit_test(test_clean_keeps),
	    cmocka_unit_test(test_clean_changes),
	    cmocka_unit_test(test_clean_forms),
	    cmocka_unit_test(test_clean_every_character),
	    cmocka_unit_test(test_width),
	    cmocka_unit_test(test_cluster),
	    cmocka_unit_test(test_fit),
	    cmocka_unit_test(test_cut),
	};

	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
