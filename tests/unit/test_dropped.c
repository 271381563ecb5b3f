/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What terminals paste when files are dropped on them, and the way back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "src/command.h"
#include "src/dropped.h"

enum { PATHS_MAX = 3, TEXT_MAX = 64 * 1024, NAME_MAX_LEN = 12, ROUNDS = 3000 };

static const struct {
	const char *text;
	const char *paths[PATHS_MAX]; /* none: it is no list of paths */
	const char *whole;
} cases[] = {
    /* GNOME Terminal, Konsole and kitty: quoted for a shell. */
    {"'/home/ana/a b'", {"/home/ana/a b"}, NULL},
    {"'/home/ana/a b' ", {"/home/ana/a b"}, NULL},
    {"'/a b' '/it'\\''s' /c ", {"/a b", "/it's", "/c"}, NULL},
    {"/c '/a b'", {"/c", "/a b"}, "/c '/a b'"},
    /* Windows Terminal. */
    {"\"/mnt/c/My Files/a.txt\"", {"/mnt/c/My Files/a.txt"}, NULL},
    {"\"/a b\" \"/c d\"", {"/a b", "/c d"}, NULL},
    /* iTerm and Terminal.app. */
    {"/a\\ b/\\(1\\).txt ", {"/a b/(1).txt"}, "/a\\ b/\\(1\\).txt"},
    {"/a\\ b /c\\'d", {"/a b", "/c'd"}, "/a\\ b /c\\'d"},
    {"/a\\ ", {"/a "}, "/a\\"},
    /* Addresses. */
    {"file:///a%20b", {"/a b"}, NULL},
    {"file:///a%20b\r\nfile:///c\r\n", {"/a b", "/c"}, NULL},
    {"file:///a%20b file:///c", {"/a b", "/c"}, NULL},
    {"file://localhost/a", {"/a"}, NULL},
    {"FILE://LocalHost/a%2fb", {"/a/b"}, NULL},
    {"file:/a", {"/a"}, NULL},
    {"'file:///a%20*b'", {"/a *b"}, NULL},
    {"file:///it's%22%25%5C%5c", {"/it's\"%\\\\"}, NULL},
    {"file:///a\\b*", {"/a\\b*"}, NULL},
    {"file:///%E6%97%A5%e6%9c%ac", {"/日本"}, NULL},
    {"file:///a%0Ab", {"/a\nb"}, NULL},
    {"/x file:///a%20b", {"/x", "/a b"}, "/x file:///a%20b"},
    {.text = "file://ana.local/a"},
    {.text = "file://localhosts/a"},
    {.text = "file://localhost"},
    {.text = "file://"},
    {.text = "file:///"},
    {.text = "file:"},
    {.text = "file:a"},
    {.text = "file:~/a"},
    {.text = "file:////a"},
    {.text = "file:///a%00b"},
    {.text = "file:///a%"},
    {.text = "file:///a%2"},
    {.text = "file:///a%2g"},
    {.text = "file:///a%g2"},
    {.text = "file:///%ff"}, /* cannot be typed */
    {.text = "file:///a b"},
    {.text = "http:///a"},
    {.text = "sftp://ana/a"},
    /* Plain: a terminal that does not quote, or a file manager. */
    {"/a/b.txt", {"/a/b.txt"}, NULL},
    {"/a/b.txt\n", {"/a/b.txt"}, NULL},
    {"\n  /a/b.txt\r\n\r\n", {"/a/b.txt"}, NULL},
    {"/a b", {"/a b"}, NULL},
    {"/a b \n", {"/a b"}, NULL},
    {"/a /b", {"/a", "/b"}, "/a /b"},
    {"/it's", {"/it's"}, NULL},
    {"/it's Ana's", {"/its Anas"}, "/it's Ana's"},
    {"/a\tb", {"/a\tb"}, NULL},
    {"/a*[b]?", {"/a*[b]?"}, NULL},
    {"/日本\n/año", {"/日本", "/año"}, NULL},
    {"/a b\n/it's\n/c d", {"/a b", "/it's", "/c d"}, NULL},
    {"/a\r\n\r\n\t\n/b c\r\n", {"/a", "/b c"}, NULL},
    {"/a /b\n/c", {"/a", "/b", "/c"}, NULL},
    {"/a\\ b\n/c\\ d", {"/a b", "/c d"}, NULL},
    {"~/a", {"~/a"}, NULL},
    {"~/a b\n", {"~/a b"}, NULL},
    {"~/a\\ b ~/c", {"~/a b", "~/c"}, "~/a\\ b ~/c"},
    /* A name with a newline in it. */
    {"'/a\nb'", {"/a\nb"}, NULL},
    {"'/a\nb' '/c d'", {"/a\nb", "/c d"}, NULL},
    /* Whether there is such a file is for others to find out. */
    {"/help me", {"/help me"}, NULL},
    {"/quit", {"/quit"}, NULL},
    /* Something else. */
    {.text = ""},
    {.text = " \n\t"},
    {.text = "/"},
    {.text = "~"},
    {.text = "~/"},
    {.text = "~ana/a"},
    {.text = "'~/a'"},
    {.text = "\\~/a"},
    {.text = "//text with a slash"},
    {.text = "a /b"},
    {.text = "hola"},
    {.text = "./a"},
    {.text = "\"a\" /b"},
    {.text = "'/a"},
    {.text = "/a\nb"},
    {.text = "/usr/bin\nis a folder"},
    {.text = "C:\\Users\\ana"},
};

static void
test_paths(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *const *want = cases[i].paths;
		char *whole = (char *)"?", **paths;
		size_t count = 99;

		paths = dropped_paths(cases[i].text, &count, &whole);
		if ((paths != NULL) != (want[0] != NULL) ||
		    (whole != NULL) != (cases[i].whole != NULL))
			fail_msg("%s", cases[i].text);
		for (size_t p = 0; p < count; p++) {
			if (p == PATHS_MAX || want[p] == NULL)
				fail_msg("too many: %s", cases[i].text);
			assert_string_equal(paths[p], want[p]);
		}
		if (count < PATHS_MAX && want[count] != NULL)
			fail_msg("%s: no %s", cases[i].text, want[count]);
		if (whole != NULL)
			assert_string_equal(whole, cases[i].whole);
		dropped_free(paths, count, whole);
	}
}

/* times part; the caller frees. */
static char *
repeat(const char *part, size_t times)
{
	size_t len = strlen(part);
	char *text = mem_alloc(len * times + 1);

	for (size_t i = 0; i < times; i++)
		memcpy(text + i * len, part, len);
	text[len * times] = '\0';
	return text;
}

static void
check_count(char *text, size_t want)
{
	size_t count;
	char *whole, **paths = dropped_paths(text, &count, &whole);

	assert_int_equal(count, want);
	assert_int_equal(paths != NULL, want > 0);
	dropped_free(paths, count, whole);
	free(text);
}

static void
test_bounds(void **state)
{
	(void)state;
	check_count(repeat("/a ", DROPPED_MAX), DROPPED_MAX);
	check_count(repeat("/a ", DROPPED_MAX + 1), 0);
	check_count(repeat("/a\n", DROPPED_MAX), DROPPED_MAX);
	check_count(repeat("/a\n", DROPPED_MAX + 1), 0);
	check_count(repeat("file:///a\r\n", DROPPED_MAX), DROPPED_MAX);
	check_count(repeat("file:///a ", DROPPED_MAX + 1), 0);
	check_count(repeat("/b", TEXT_MAX / 2), 1);
	check_count(repeat("/aaaaaaaaaaaa", TEXT_MAX / 13 + 1), 0);
	check_count(repeat("/a ", TEXT_MAX / 3 + 1), 0);
}

static void
check_line(const char *const *paths, size_t count, const char *want)
{
	char *line = dropped_line(paths, count);

	assert_string_equal(line, want);
	free(line);
}

static void
test_line(void **state)
{
	static const char *const plain[] = {
	    "/a", "~/b", "/日本", "/$x;{y,z}#!~&|()<>`"};
	static const char *const quoted[] = {"/a b", "/it's", "~/c d", "~e",
	    "/\"", "/\\", "/*", "/?", "/[]", "/\n", "/\t", ""};

	(void)state;
	check_line(
	    plain, COUNT(plain), "/send /a ~/b /日本 /$x;{y,z}#!~&|()<>`");
	check_line(quoted, COUNT(quoted),
	    "/send '/a b' '/it'\\''s' ~/'c d' '~e' '/\"' '/\\' '/*' '/?' '/[]'"
	    " '/\n' '/\t' ''");
	check_line(NULL, 0, "/send");
}

/* What is sent is what was dropped: as a pattern too, and nothing else is. */
static void
check_round(char *const *paths, size_t count)
{
	char *line = dropped_line((const char *const *)paths, count);
	size_t words_count, at = strlen("/send ");
	char **words;

	assert_memory_equal(line, "/send ", at);
	words = command_split(line + at, &words_count);
	assert_int_equal(words_count, count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(fnmatch(words[i], paths[i], 0), 0);
		/* No byte of a pattern is left but what was escaped. */
		for (const char *s = words[i]; *s != '\0'; s++) {
			if (*s == '\\' && s[1] != '\0')
				s++;
			else if (strchr("*?[]\\", *s) != NULL)
				fail_msg("%s", words[i]);
		}
		assert_int_equal(words[i][0], paths[i][0]);
	}
	command_split_free(words, words_count);
	free(line);
}

/* And the line, dropped once more, is the same paths. */
static void
check_again(char *const *paths, size_t count)
{
	char *line = dropped_line((const char *const *)paths, count);
	char *whole, **again;
	size_t again_count;

	again = dropped_paths(line + strlen("/send "), &again_count, &whole);
	assert_int_equal(again_count, count);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(again[i], paths[i]);
	dropped_free(again, again_count, whole);
	free(line);
}

static void
test_round_trip(void **state)
{
	static const char *const pieces[] = {"'", "\"", "\\", "$", "\n", "\t",
	    " ", "~", "*", "?", "[", "]", "!", "^", "-", "a", "b", "/a", "%20",
	    "é", "日", "😀", "`", ";", "&", "#", "{", "}", "(", ")", "file:"};
	uint32_t seed = 12345;

	(void)state;
	for (size_t round = 0; round < ROUNDS; round++) {
		char *paths[PATHS_MAX];
		size_t count = round % PATHS_MAX + 1;
		bool lines = false;

		for (size_t i = 0; i < count; i++) {
			char name[NAME_MAX_LEN * 8] = "/x";
			char *out = name + 2;

			if (round % 5 == 0)
				out = stpcpy(name, "~/x");
			for (size_t p = 0; p < round % NAME_MAX_LEN; p++) {
				seed = seed * 1103515245 + 12345;
				out = stpcpy(
				    out, pieces[(seed >> 16) % COUNT(pieces)]);
			}
			paths[i] = str_dup(name);
			lines = lines || strchr(name, '\n') != NULL;
		}
		check_round(paths, count);
		if (!lines)
			check_again(paths, count);
		for (size_t i = 0; i < count; i++)
			free(paths[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_paths),
	    cmocka_unit_test(test_bounds),
	    cmocka_unit_test(test_line),
	    cmocka_unit_test(test_round_trip),
	};

	return cmocka_run_group_tests_name("dropped", tests, NULL, NULL);
}
