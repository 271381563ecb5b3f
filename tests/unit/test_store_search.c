/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The search: what is found, in which talk, and what is only text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "tests/unit/scratch.h"
#include "tests/unit/storing.h"

enum { EPOCH = 77 };

static const char *const talk[] = {
    /* 1 */ "Buenos d\xc3\xad"
	    "as, \xc2\xbfqu\xc3\xa9 tal?",
    /* 2 */ "the quick brown fox jumps over the lazy dog",
    /* 3 */ "Caf\xc3\xa9 at NEAR Street (number 7), AND a cake",
    /* 4 */ "DIAS is not dia",
    /* 5 */ "foo-bar_baz: it's \"quoted\" * starred * ^first",
    /* 6 */ "\xe4\xbd\xa0\xe5\xa5\xbd\xe4\xb8\x96\xe7\x95\x8c", /* ni hao shi
								   jie */
    /* 7 */ "see \xf0\x9f\x98\x80\xf0\x9f\x8d\xb0 and \xe2\x9d\xa4\xef\xb8\x8f",
    /* 8 */
    "\xe0\xb8\xaa\xe0\xb8\xa7\xe0\xb8\xb1\xe0\xb8\xaa\xe0\xb8\x94"
    "\xe0\xb8\xb5\xe0\xb8\x84\xe0\xb8\xa3\xe0\xb8\xb1\xe0\xb8\x9a",
    /* 9 */ "bad \xff\xfe bytes caf\xe9 here\xc3",
    /* 10 */ "",
    /* 11 */
    "cafe\xcc\x81 decomposed, \xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2"
    "\xd0\xb5\xd1\x82",
    /* 12 */ "\xed\x95\x99\xea\xb5\x90\xec\x97\x90\xec\x84\x9c at school",
    /* 13 */
    "C++ or c# at 20\xc2\xb0"
    "C, text:colon, a\xc2\xa0hard\xe3\x80\x80"
    "blank",
};

static void
fill(struct store *s)
{
	for (size_t i = 0; i < COUNT(talk); i++) {
		const struct store_line line =
		    storing_line('a', i % 2 == 0, EPOCH, i + 1, talk[i]);

		assert_int_equal(storing_keep(s, &line), i + 1);
	}
}

/* Search who's talk, and compare the numbers: "12 7 3". */
static void
check_found(struct store *s, uint8_t who, const char *words, const char *want)
{
	uint64_t found[STORE_FOUND_MAX];
	size_t count = storing_search(s, who, words, found);
	char *got = str_dup("");

	for (size_t i = 0; i < count; i++)
		str_replace(&got, str_printf("%s%s%llu", got, i > 0 ? " " : "",
				      (unsigned long long)found[i]));
	if (strcmp(got, want) != 0)
		fail_msg("'%s' finds %s, not %s", words, got, want);
	free(got);
}

static const struct {
	const char *words, *found;
} cases[] = {
    /* All of the words, in any order; the newest line first. */
    {"dog fox", "2"},
    {"fox cat", ""},
    {"at", "13 12 3"},
    {"a", "13 12 7 3"},
    /* Without case and accents, and with their last letters gone. */
    {"DOG", "2"},
    {"d\xc3\xad"
     "a",
	"4 1"},
    {"dias", "4 1"},
    {"DI\xcc\x81", "4 1"},
    {"que", "1"},
    {"cafe", "11 3"},
    {"caf\xc3\xa9", "11 3"},
    {"\xd0\xbf\xd1\x80\xd0\x98\xd0\xb2", "11"},
    {"qui bro la", "2"},
    {"uick", ""},
    /* Marks do not matter, and alone are no word. */
    {"\xc2\xbfqu\xc3\xa9?", "1"},
    {"?", ""},
    {"...  --", ""},
    {"... dog", "2"},
    {"dog ...", "2"},
    {"", ""},
    {" \t\n ", ""},
    {"\"", ""},
    {"foo-bar", "5"},
    {"foo-ba", "5"},
    {"bar-foo", ""},
    {"it's", "5"},
    {"it's*", "5"},
    /* Nothing that FTS5 would take for its own language. */
    {"NEAR", "3"},
    {"AND", "7 3"},
    {"AND cake", "3"},
    {"fox AND dog", ""},
    {"fox OR dog", ""},
    {"fox NOT dog", ""},
    {"NEAR(quick fox)", ""},
    {"NEAR(fox", ""},
    {"(number", "3"},
    {"7)", "3"},
    {"text:colon", "13"},
    {"text:fox", ""},
    {"text : fox", ""},
    {"{text} : fox", ""},
    {"- fox", "2"},
    {"-fox", "2"},
    {"^first", "5"},
    {"^fox", "2"},
    {"fo*", "5 2"},
    {"*", ""},
    {"\"quoted\"", "5"},
    {"\"quoted", "5"},
    {"\"\"\"fox\"\"\"", "2"},
    {"fox\" OR \"dog", ""},
    {"'", ""},
    {"fox' OR '1'='1", ""},
    {"fox;", "2"},
    {"words", ""},
    {"rank", ""},
    {"?1", ""},
    {"\\", ""},
    {"%", ""},
    {"_", ""},
    {"c++", "13 11 9 3"}, /* as "c" */
    {"fox \xff", "2"},
    {"\xff\xc3", ""},
    {"bytes", "9"},
    {"caf", "11 9 3"},
    {"here", "9"},
    {"hard", "13"},
    {"blank a\xc2\xa0hard", "13"},
    /* Scripts without blanks: any piece of them. */
    {"\xe4\xbd\xa0\xe5\xa5\xbd", "6"},
    {"\xe5\xa5\xbd\xe4\xb8\x96", "6"},
    {"\xe7\x95\x8c", "6"},
    {"\xe7\x95\x8c \xe4\xbd\xa0", "6"},
    {"\xe5\xa5\xbd\xe4\xbd\xa0", ""},
    {"\xe0\xb8\x84\xe0\xb8\xa3\xe0\xb8\xb1\xe0\xb8\x9a", "8"},
    {"\xe0\xb8\xa7\xe0\xb8\xb1\xe0\xb8\xaa", "8"},
    {"\xe0\xb8\xaa\xe0\xb8\x84", ""},
    /* Those with blanks: the beginning of a word. */
    {"\xed\x95\x99\xea\xb5\x90", "12"},
    {"\xea\xb5\x90\xec\x97\x90", ""},
    /* Symbols. */
    {"\xf0\x9f\x98\x80", "7"},
    {"\xf0\x9f\x8d\xb0 see", "7"},
    {"\xf0\x9f\x98\x80\xf0\x9f\x8d\xb0", "7"},
    {"\xf0\x9f\x8d\xb0\xf0\x9f\x98\x80", ""},
    {"\xe2\x9d\xa4", "7"},
    {"\xe2\x9d\xa4\xef\xb8\x8f", "7"},
    {"20\xc2\xb0", "13"},
    {"20", "13"},
};

static void
test_words(void **state)
{
	struct opened o;

	(void)state;
	storing_open(&o, NULL);
	fill(o.store);
	for (size_t i = 0; i < COUNT(cases); i++)
		check_found(o.store, 'a', cases[i].words, cases[i].found);
	assert_int_equal(o.failures, 0);
	store_close(o.store);
}

/* One talk's words are not another's, and notes have words too. */
static void
test_talks(void **state)
{
	char *folder = scratch_new();
	const uint8_t talks[] = {'a', 'b', 'a', 'c', 'b', 'a'};
	struct store_line line;
	struct opened o;

	(void)state;
	storing_open(&o, folder);
	for (size_t i = 0; i < COUNT(talks); i++) {
		line = storing_line(talks[i], true, EPOCH, i + 1, "fox");
		storing_keep(o.store, &line);
	}
	line = storing_line('b', false, 0, 0, "fox.txt arrived");
	storing_keep(o.store, &line);
	line = storing_line('b', false, EPOCH, 1, "a fox passes by");
	storing_pass(o.store, &line);
	check_found(o.store, 'a', "fox", "3 2 1");
	check_found(o.store, 'b', "fox", "3 2 1");
	check_found(o.store, 'b', "txt", "3");
	check_found(o.store, 'c', "fox", "1");
	check_found(o.store, 'd', "fox", "");
	store_close(o.store);
	storing_open(&o, folder);
	check_found(o.store, 'a', "fox", "3 2 1");
	store_close(o.store);
	scratch_free(folder);
}

/* More than are shown: the newest are. */
static void
test_many(void **state)
{
	enum { MANY = 1500 };
	uint64_t found[STORE_FOUND_MAX];
	struct opened o;

	(void)state;
	storing_open(&o, NULL);
	for (uint64_t i = 1; i <= MANY; i++) {
		const struct store_line line = storing_line('a', true, EPOCH, i,
		    i % 3 == 0 ? "every third fox" : "a word, a foxes' one");

		store_put_line(o.store, &line, true, NULL, NULL);
	}
	assert_int_equal(
	    storing_search(o.store, 'a', "fox", found), STORE_FOUND_MAX);
	for (size_t i = 0; i < STORE_FOUND_MAX; i++)
		assert_int_equal(found[i], MANY - i);
	assert_int_equal(
	    storing_search(o.store, 'a', "third fox", found), MANY / 3);
	for (size_t i = 0; i < MANY / 3; i++)
		assert_int_equal(found[i], MANY - 3 * i);
	assert_int_equal(o.failures, 0);
	store_close(o.store);
}

/* The longest texts there are: their last word counts too. */
static void
test_long(void **state)
{
	enum { LONG = 64 * 1024 };
	char *text = mem_zalloc(LONG + 1);
	struct store_line line;
	uint64_t found[STORE_FOUND_MAX];
	struct opened o;

	(void)state;
	storing_open(&o, NULL);
	for (size_t i = 0; i < LONG; i++)
		text[i] = i % 7 == 6 ? ' ' : (char)('b' + i % 5);
	memcpy(text + LONG - 4, " end", 4);
	line = storing_line('a', true, EPOCH, 1, text);
	assert_int_equal(storing_keep(o.store, &line), 1);
	check_found(o.store, 'a', "end", "1");
	/* A question as long as that is an answer, whatever it is. */
	storing_search(o.store, 'a', text, found);
	/* One word; and one made of words. */
	memset(text, 'x', LONG);
	line = storing_line('a', true, EPOCH, 2, text);
	storing_keep(o.store, &line);
	check_found(o.store, 'a', "xxx", "2");
	check_found(o.store, 'a', text, "2");
	for (size_t i = 0; i + 3 <= LONG; i += 3)
		memcpy(text + i, "\xe4\xbd\xa0", 3);
	text[LONG - 1] = '\0';
	line = storing_line('a', true, EPOCH, 3, text);
	storing_keep(o.store, &line);
	check_found(o.store, 'a', text, "3");
	/* Nothing but quotes; and many words. */
	memset(text, '"', LONG);
	check_found(o.store, 'a', text, "");
	for (size_t i = 1; i < LONG; i += 2)
		text[i] = ' ';
	check_found(o.store, 'a', text, "");
	for (size_t i = 0; i < LONG; i += 2)
		text[i] = 'e';
	check_found(o.store, 'a', text, "1");
	assert_int_equal(o.failures, 0);
	free(text);
	store_close(o.store);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_words),
	    cmocka_unit_test(test_talks),
	    cmocka_unit_test(test_many),
	    cmocka_unit_test(test_long),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("store search", tests, NULL, NULL);
}
