/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/walk.h"
#include "src/base/util.h"
#include "tests/unit/scratch.h"
#include "tests/unit/walking.h"

/* Roots stand by their names, wherever they are and however they are said. */
static void
test_several(void **state)
{
	struct walking s;

	(void)state;
	walking_open(&s);
	walking_make("x/");
	walking_make("x/b=1");
	walking_make("y/");
	walking_make("y/a!=1");
	walking_make("y/a/");
	walking_make("y/a/in=1");
	walking_make("y/a.txt=1");
	walking_walk(&s, false, WORDS("x/b", "y/a.txt", "y/a/", "./y//a!"));
	walking_lists(&s, "a/\na/in=1\na!=1\na.txt=1\nb=1\n");
	walking_paths(&s, "y/a\n./y//a!\ny/a.txt\nx/b\n");
	walking_close(&s);
}

static void
test_said(void **state)
{
	struct walking s;
	char *path;

	(void)state;
	walking_open(&s);
	walking_make("d/");
	walking_make("d/e/");
	walking_make("d/e/f=1");
	path = scratch_path(s.folder, "d/e");
	walking_walk(&s, false, WORDS(path));
	walking_lists(&s, "e/\ne/f=1\n");
	walking_paths(&s, "d/e\n");
	free(path);
	walking_walk(&s, false, WORDS("d/e///"));
	walking_lists(&s, "e/\ne/f=1\n");
	walking_paths(&s, "d/e\n");

	/* What has no name of its own is asked for it. */
	walking_walk(&s, false, WORDS("d/e/."));
	walking_paths(&s, "d/e\n");
	walking_walk(&s, false, WORDS("d/e/../"));
	walking_lists(&s, "d/\nd/e/\nd/e/f=1\n");
	walking_paths(&s, "d\n");
	assert_int_equal(chdir("d/e"), 0);
	walking_walk(&s, false, WORDS("."));
	walking_lists(&s, "e/\ne/f=1\n");
	walking_paths(&s, "d/e\n");
	walking_walk(&s, false, WORDS(".."));
	walking_lists(&s, "d/\nd/e/\nd/e/f=1\n");
	walking_walk(&s, false, WORDS("./f"));
	walking_lists(&s, "f=1\n");
	walking_walk(&s, false, WORDS("../../d"));
	walking_lists(&s, "d/\nd/e/\nd/e/f=1\n");

	assert_int_equal(chdir("/"), 0);
	path = str_printf("%s/d/e/f", s.folder + 1);
	walking_walk(&s, false, WORDS(path));
	walking_paths(&s, "d/e/f\n");
	free(path);
	walking_close(&s);
}

static void
test_top(void **state)
{
	struct walking s;

	(void)state;
	walking_open(&s);
	walking_fails(&s, false, WORDS("/"), WHY_NAME,
	    "'/' is the top of all folders and has no name; name what is in "
	    "it");
	walking_fails(&s, false, WORDS("///"), WHY_NAME, NULL);
	walking_fails(&s, false, WORDS("/.."), WHY_NAME, NULL);
	assert_int_equal(chdir("/"), 0);
	walking_fails(&s, false, WORDS("."), WHY_NAME, NULL);
	walking_close(&s);
}

/* A link that was named is what it leads to, under its own name. */
static void
test_links(void **state)
{
	struct walking s;

	(void)state;
	walking_open(&s);
	walking_make("d/");
	walking_make("d/f=123");
	walking_make("d/l@f");
	walking_make("to-file@d/f");
	walking_make("to-folder@d");
	walking_make("to-nowhere@d/x");
	walking_make("to-below@d/f/x");
	walking_make("to-itself@to-itself");
	walking_walk(&s, false, WORDS("to-file"));
	walking_lists(&s, "to-file=3\n");
	walking_paths(&s, "to-file\n");
	assert_int_equal(s.walk.note_count, 0);
	walking_walk(&s, false, WORDS("to-folder"));
	walking_lists(&s, "to-folder/\nto-folder/f=3\nto-folder/l@\n");
	walking_walk(&s, false, WORDS("to-folder/"));
	walking_lists(&s, "to-folder/\nto-folder/f=3\nto-folder/l@\n");
	walking_walk(&s, false, WORDS("to-folder/."));
	walking_lists(&s, "d/\nd/f=3\nd/l@\n");
	walking_fails(&s, false, WORDS("to-nowhere"), WHY_GONE,
	    "'to-nowhere' is a link that leads nowhere; name the file "
	    "itself");
	walking_fails(&s, false, WORDS("to-below"), WHY_GONE,
	    "'to-below' is a link that leads nowhere; name the file itself");
	walking_fails(&s, true, WORDS("to-itself"), WHY_GONE,
	    "'to-itself' is a link that leads nowhere; name the file "
	    "itself");
	walking_close(&s);
}

static void
test_missing(void **state)
{
	static const char *const missing[] = {
	    "x", "d/x", "f/x", "f/", "x/y/z", "", "*", "d/*", "\\"};
	struct walking s;
	char name[300];

	(void)state;
	walking_open(&s);
	walking_make("d/");
	walking_make("f=1");
	for (size_t i = 0; i < COUNT(missing); i++)
		walking_fails(
		    &s, false, WORDS("f", missing[i]), WHY_GONE, NULL);
	walking_fails(&s, false, WORDS("d/x"), WHY_GONE,
	    "there is no file or folder 'd/x'; check the name");
	walking_fails(&s, true, WORDS("d/x\033"), WHY_GONE,
	    "there is no file or folder 'd/x\xe2\x90\x9b'; check the name");
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	walking_fails(&s, true, WORDS(name), WHY_GONE, NULL);
	walking_fails(&s, true, WORDS(NULL), WHY_DENIED,
	    "nothing is named that could be sent");
	walking_close(&s);
}

static void
test_doubles(void **state)
{
	struct walking s;

	(void)state;
	walking_open(&s);
	walking_make("a/");
	walking_make("a/x=1");
	walking_make("b/");
	walking_make("b/x=22");
	walking_make("b/y=1");
	walking_walk(
	    &s, true, WORDS("a/x", "b/y", "./a/x", "b/../a/x", "a/[x]", "a/x"));
	walking_lists(&s, "x=1\ny=1\n");
	walking_walk(&s, false, WORDS("a", "a/", "b/../a/."));
	walking_lists(&s, "a/\na/x=1\n");
	walking_fails(&s, false, WORDS("a/x", "b/y", "b/x"), WHY_NAME,
	    "two of these are called 'x'; send them one after the other");
	walking_fails(&s, true, WORDS("*/x"), WHY_NAME, NULL);
	/* One file with two names in two folders is one. */
	assert_int_equal(link("a/x", "b/l"), 0);
	assert_int_equal(link("a/x", "a/l"), 0);
	walking_walk(&s, false, WORDS("a/l", "b/l"));
	walking_lists(&s, "l=1\n");
	walking_close(&s);
}

static void
test_bad_names(void **state)
{
	struct walking s;

	(void)state;
	walking_open(&s);
	walking_make("b\xff=1");
	walking_make("b\n/");
	walking_fails(&s, false, WORDS("b\xff"), WHY_NAME,
	    "the name of 'b\xef\xbf\xbd' holds bytes that are no text; rename "
	    "it first");
	walking_fails(&s, false, WORDS("b\n"), WHY_NAME,
	    "the name of 'b\xe2\x90\x8a' holds bytes that are no text; rename "
	    "it first");
	walking_fails(&s, true, WORDS("b*"), WHY_NAME, NULL);
	/* A folder on the way may be called whatever it likes. */
	walking_make("b\n/file=1");
	walking_walk(&s, false, WORDS("b\n/file"));
	walking_lists(&s, "file=1\n");
	walking_close(&s);
}

/* Alone there is nothing to send; among others it is told of. */
static void
test_other_kinds(void **state)
{
	static const char *const others[] = {"pipe", "socket", "/dev/null"};
	struct walking s;

	(void)state;
	walking_open(&s);
	walking_make("pipe|");
	walking_make("socket$");
	walking_make("file=1");
	for (size_t i = 0; i < COUNT(others); i++) {
		walking_fails(&s, true, WORDS(others[i]), WHY_DENIED, NULL);
		assert_non_null(strstr(s.fault.reason.text,
		    "' is a pipe, a socket or a device; only files and "
		    "folders can be sent"));
	}
	walking_fails(&s, false, WORDS("socket", "pipe"), WHY_DENIED,
	    "'pipe' is a pipe, a socket or a device; only files and folders "
	    "can be sent");
	walking_walk(&s, false, WORDS("socket", "file", "pipe"));
	walking_lists(&s, "file=1\npipe?\nsocket?\n");
	walking_paths(&s, "file\npipe\nsocket\n");
	walking_notes(&s,
	    "2 pipes, sockets or devices are listed, not sent (pipe, "
	    "socket)\n");
	walking_close(&s);
}

static void
test_patterns(void **state)
{
	static const struct {
		const char *word;
		const char *lists; /* NULL: nothing has such a name */
	} cases[] = {
	    {"*", "a1=1\na2=1\nb1=1\nd/\nd/a3=1\n"},
	    {"a*", "a1=1\na2=1\n"},
	    {"a?", "a1=1\na2=1\n"},
	    {"?", "d/\nd/a3=1\n"},
	    {"[ab]1", "a1=1\nb1=1\n"},
	    {"[!a]1", "b1=1\n"},
	    {"d/*", "a3=1\n"},
	    {"*/a3", "a3=1\n"},
	    {"*/", "d/\nd/a3=1\n"},
	    {"./?1", "a1=1\nb1=1\n"},
	    {"\\a*", "a1=1\na2=1\n"},
	    {"a\\1", "a1=1\n"},
	    {".h*", ".hidden=1\n"},
	    {".*", ".hidden=1\n"},
	    {"d/.*", NULL},
	    {".*/", NULL},
	    {"*/.", NULL},
	    {"*/..", NULL},
	    {"x*", NULL},
	    {"a\\*", NULL},
	    {"a[", NULL},
	    {"[z]", NULL},
	};
	struct walking s;

	(void)state;
	walking_open(&s);
	walking_make("b1=1");
	walking_make("a2=1");
	walking_make("a1=1");
	walking_make(".hidden=1");
	walking_make("d/");
	walking_make("d/a3=1");
	for (size_t i = 0; i < COUNT(cases); i++) {
		if (cases[i].lists != NULL) {
			walking_walk(&s, true, WORDS(cases[i].word));
			walking_lists(&s, cases[i].lists);
		} else {
			walking_fails(
			    &s, true, WORDS(cases[i].word), WHY_GONE, NULL);
		}
	}
	walking_fails(&s, true, WORDS("a1", "x*"), WHY_GONE,
	    "nothing has a name like 'x*'; check the pattern");
	walking_fails(&s, true, WORDS("a\\*"), WHY_GONE,
	    "there is no file or folder 'a*'; check the name");
	walking_walk(&s, true, WORDS("a*", "d/*"));
	walking_lists(&s, "a1=1\na2=1\na3=1\n");
	walking_close(&s);
}

/* What is there is meant, whatever it looks like. */
static void
test_literal(void **state)
{
	struct walking s;

	(void)state;
	walking_open(&s);
	walking_make("a*=22");
	walking_make("ab=1");
	walking_make("[1]=1");
	walking_make("1=1");
	walking_make("a\\b=333");
	walking_make(" b ?=1");
	walking_walk(&s, true, WORDS("a*"));
	walking_lists(&s, "a*=2\n");
	walking_walk(&s, true, WORDS("a\\*", "[1]"));
	walking_lists(&s, "[1]=1\na*=2\n");
	walking_walk(&s, true, WORDS("a[*]"));
	walking_lists(&s, "a*=2\n");
	walking_walk(&s, true, WORDS("a\\\\b"));
	walking_lists(&s, "a\\b=3\n");
	walking_walk(&s, false, WORDS("a\\b"));
	walking_lists(&s, "a\\b=3\n");
	walking_walk(&s, true, WORDS("a\\b"));
	walking_lists(&s, "ab=1\n");
	walking_walk(&s, true, WORDS("\\ b\\ \\?"));
	walking_lists(&s, " b ?=1\n");
	walking_close(&s);
}

/* A pattern names no link: what it leads to may be anywhere. */
static void
test_found_links(void **state)
{
	struct walking s;

	(void)state;
	walking_open(&s);
	walking_make("out/");
	walking_make("out/secret=x");
	walking_make("t/");
	walking_make("t/file=1");
	walking_make("t/l1@../out");
	walking_make("t/l2@../out/secret");
	walking_make("t/l3@nowhere");
	walking_walk(&s, true, WORDS("t/*"));
	walking_lists(&s, "file=1\nl1@\nl2@\nl3@\n");
	walking_paths(&s, "t/file\nt/l1\nt/l2\nt/l3\n");
	walking_notes(
	    &s, "3 symbolic links are listed, not sent (l1, l2, ...)\n");
	walking_fails(&s, true, WORDS("t/l*"), WHY_DENIED,
	    "'t/l1' is a symbolic link; to send what it leads to, name it "
	    "in full");
	walking_fails(&s, true, WORDS("t/l*/"), WHY_DENIED, NULL);
	walking_fails(&s, true, WORDS("t/*/secret/x"), WHY_GONE, NULL);
	/* Named as well: that counts. */
	walking_walk(&s, true, WORDS("t/f*", "t/l2"));
	walking_lists(&s, "file=1\nl2=1\n");
	walking_close(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_several),
	    cmocka_unit_test(test_said),
	    cmocka_unit_test(test_top),
	    cmocka_unit_test(test_links),
	    cmocka_unit_test(test_missing),
	    cmocka_unit_test(test_doubles),
	    cmocka_unit_test(test_bad_names),
	    cmocka_unit_test(test_other_kinds),
	    cmocka_unit_test(test_patterns),
	    cmocka_unit_test(test_literal),
	    cmocka_unit_test(test_found_links),
	};

	return cmocka_run_group_tests_name("walk_words", tests, NULL, NULL);
}
