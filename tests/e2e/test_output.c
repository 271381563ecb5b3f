/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a peer sends drives nothing: whatever stands in its texts and names,
 * the program writes its own sequences to the terminal, and no other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/util.h"
#include "tests/e2e/beside.h"
#include "tests/e2e/escapes.h"
#include "tests/e2e/hostile.h"
#include "tests/e2e/meeting.h"

enum { LIST_MAX = 64 * 1024, ROWS = 50, COLS = 200 };

/* Each but the plain ones has what our own sequences never have. */
static const char *const corpus[] = {
    "\033[31337m",
    "\033[7777;7777H",
    "\033[?9999h",
    "\033[6n",
    "\033[c",
    "\033[>c",
    "\033[21t",
    "\033[3;0;0t",
    "\033c",
    "\033#8",
    "\033%G",
    "\033(0",
    "\033)0",
    "\033N",
    "\033Z",
    "\033[!p",
    "\033[61\"p",
    "\033[5i",
    "\033]0;owned\007",
    "\033]1;owned\033\\",
    "\033]2;owned\033\\",
    "\033]4;1;rgb:ff/00/00\007",
    "\033]8;;http://owned.example/\033\\x\033]8;;\033\\",
    "\033]9;owned\007",
    "\033]9;4;3;0\007",
    "\033]10;?\007",
    "\033]12;red\007",
    "\033]50;owned\007",
    "\033]52;c;b3duZWQ=\007",
    "\033]52;p;?\007",
    "\033]99;i=owned;owned\033\\",
    "\033]104\007",
    "\033]133;A\007",
    "\033]777;notify;owned;owned\007",
    "\033]1337;File=name=b3duZWQ=:b3duZWQ=\007",
    "\033P$q\"p\033\\",
    "\033P+q544e\033\\",
    "\033Ptmux;\033\033]0;owned\007\033\\",
    "\033_Gowned\033\\",
    "\033^owned\033\\",
    "\033Xowned\033\\",
    "\033kowned\033\\",
    /* C1, raw and in UTF-8; ESC in forms that are no UTF-8. */
    "\23331337m",
    "\2350;owned\x9c",
    "\220owned\x9c",
    "\237owned\x9c",
    "\x84\x85\x88\x8d\x8e\x8f",
    "\xc2\23331337m",
    "\xc2\2350;owned\xc2\x9c",
    "\xc2\220owned\xc2\x9c",
    "\xc2\x85\xc2\x8d",
    "\xc0\x9b[31337m",
    "\xe0\x80\x9b[31337m",
    "\xc1\x9b\x1b\xc2[31337m",
    /* C0 */
    "a\bb\vc\fd\re",
    "\016\017\005\030\032\177",
    "\a\a\a\a",
    "one\r\ntwo",
    /* Direction, width zero, tags, and what hides. */
    "exe.\xe2\x80\256gpj",
    "\xe2\x80\xaa\xe2\x80\xab\xe2\x80\xac\xe2\x80\xad",
    "\xe2\x81\xa6\xe2\x81\xa7\xe2\x81\xa8\xe2\x81\xa9",
    "\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c",
    "a\xe2\x80\x8b\xe2\x80\x8c\xe2\x80\x8d\xef\xbb\xbf",
    "\xe2\x80\xa8\xe2\x80\xa9",
    "\xf3\xa0\x80\x81\xf3\xa0\x81\xa1",
    "\xef\xb8\x8f\xe2\x83\xa3",
    "\xed\xa0\x80\xed\xb0\x80",
    "\xf4\x90\x80\x80\xff\xfe",
    /* More marks on a letter than a cell holds; addresses; formats. */
    "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81",
    /* An x, for we end a link with the same bytes. */
    "http://owned.example/\033]8;;\033\\x",
    "http://owned.example/\xc2\2358;;\xc2\x9c",
    "http://owned.example/;x\177y",
    "%s%n%s%n %H:%M:%S %%",
    ";;;;4;3;0;",
};

/* With its number in front, so that no two are the same. */
static const char *
framed(size_t i)
{
	return text_of("<%zu%s>", i, corpus[i]);
}

static bool
is_ascii(const char *s)
{
	while (*s >= ' ' && *s < 0x7f)
		s++;
	return *s == '\0';
}

static void
says(struct stranger *mallory, uint8_t kind, const char *text)
{
	static uint64_t seq;
	const struct frame f = {
	    .type = FRAME_MESSAGE,
	    .message = {.epoch = 4711,
		.seq = seq + 1,
		.kind = kind,
		.text = text,
		.text_len = strlen(text)},
	};

	seq++;
	stranger_says(mallory, &f);
}

/* Everything so far is ours, and nothing of theirs came through as it was. */
static void
check(struct person *p)
{
	struct screen_modes modes;
	const char *bytes;
	size_t len;

	assert_true(screen_wait_quiet(p->screen, 100, 0));
	bytes = screen_output(p->screen, &len);
	assert_true(escapes_are_ours(bytes, len, p->rows, p->cols));
	for (size_t i = 0; i < COUNT(corpus); i++) {
		/* Letters may come as they are, with marks on them. */
		if (is_ascii(corpus[i]) || *corpus[i] == 'e')
			continue;
		if (memmem(bytes, len, corpus[i], strlen(corpus[i])) != NULL)
			fail_msg("number %zu came through", i);
	}
	screen_modes(p->screen, &modes);
	assert_non_null(strstr(modes.title, "charla"));
}

/* Told by how, while she looks elsewhere. */
static void
begin(struct scene *s, const char *how)
{
	scene_open(s);
	person_type(&s->ana, text_of("/set notify %s", how));
	scene_clears(s);
	beside_focus(s->ana.screen, false);
}

static void
test_texts(void **state)
{
	static const char *const hows[] = {"osc9", "osc99", "osc777", "bell"};
	struct scene s;

	(void)state;
	for (size_t h = 0; h < COUNT(hows); h++) {
		begin(&s, hows[h]);
		for (size_t i = 0; i < COUNT(corpus); i++)
			says(s.mallory,
			    i % 2 == 0 ? MESSAGE_TEXT : MESSAGE_ACTION,
			    framed(i));
		says(s.mallory, MESSAGE_TEXT, "the last one");
		assert_true(person_sees(&s.ana, "the last one"));
		check(&s.ana);
		scene_close(&s);
	}
}

/* Alone, so that it is told in its own words. */
static void
test_notified_texts(void **state)
{
	static const struct {
		const char *text, *how, *told;
	} cases[] = {
	    {"\033]2;owned\033\\;x", "osc777",
		"\033]777;notify;charla;mallory: ␛]2,owned␛\\,x\033\\"},
	    {"a\xc2\2350;owned\xc2\x9c\a", "osc9",
		"\033]9;mallory: a<U+009D>0,owned<U+009C>␇\033\\"},
	    {"p=close:i=charla;\x9c\xe2\x80\xae", "osc99",
		"\033]99;i=charla;mallory: p=close:i=charla,�<U+202E>\033\\"},
	};
	struct scene s;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		begin(&s, cases[i].how);
		says(s.mallory, MESSAGE_TEXT, cases[i].text);
		assert_true(beside_wait_count(s.ana.screen, cases[i].told, 1));
		check(&s.ana);
		scene_close(&s);
	}
}

static void
test_copied_texts(void **state)
{
	struct scene s;

	(void)state;
	begin(&s, "osc9");
	for (size_t i = 0; i < COUNT(corpus); i += 9) {
		says(s.mallory, MESSAGE_TEXT, framed(i));
		assert_true(person_sees(&s.ana, text_of("<%zu", i)));
		person_type(&s.ana, "/copy");
		scene_clears(&s);
	}
	assert_true(beside_count(s.ana.screen, "\033]52;c;") > 5);
	check(&s.ana);
	scene_close(&s);
}

static void
test_names_of_people(void **state)
{
	struct scene s;

	(void)state;
	begin(&s, "osc99");
	for (size_t i = 0; i < COUNT(corpus); i++) {
		const char *name = framed(i);
		const struct frame f = {
		    .type = FRAME_PRESENCE,
		    .presence = {name, strlen(name)},
		};

		stranger_says(s.mallory, &f);
		says(s.mallory, MESSAGE_ACTION, "waves");
	}
	says(s.mallory, MESSAGE_TEXT, "the last one");
	assert_true(person_sees(&s.ana, "the last one"));
	check(&s.ana);
	scene_close(&s);
}

/* The name that a caller knocks with, and has in the title afterwards. */
static void
test_names_of_callers(void **state)
{
	(void)state;
	for (size_t i = 2; i < COUNT(corpus); i += 11) {
		struct person ana = {.rows = ROWS, .cols = COLS};
		struct stranger *mallory = stranger_new(framed(i));

		person_start(&ana, "ana", NULL);
		assert_true(person_sees(&ana, "waiting for a call"));
		person_type(&ana, "/set notify osc777");
		beside_focus(ana.screen, false);
		stranger_calls(mallory, &ana);
		assert_true(person_sees(&ana, "1 question"));
		person_type(&ana, "/accept");
		assert_true(stranger_hears(mallory, FRAME_KNOCK, 0, NULL));
		assert_true(person_sees(&ana, "connected with"));
		check(&ana);
		stranger_free(mallory);
		person_release(&ana);
	}
}

static void
test_names_of_files(void **state)
{
	struct scene s;

	(void)state;
	begin(&s, "osc777");
	for (size_t i = 0; i < COUNT(corpus); i++) {
		const char *name = framed(i);
		const struct frame_offer offer =
		    scene_offer(&s, name, strlen(name), 5);

		stranger_offers(s.mallory, &offer);
		if (i % 8 == 7) {
			person_type(&s.ana, "/transfers");
			beside_focus(s.ana.screen, false);
		}
	}
	says(s.mallory, MESSAGE_TEXT, "the last one");
	assert_true(person_sees(&s.ana, "the last one"));
	check(&s.ana);
	scene_close(&s);
}

/* A folder of which every entry is one, looked at page by page. */
static void
test_names_in_trees(void **state)
{
	struct buf list;
	struct scene s;
	uint32_t entries = 1;

	(void)state;
	begin(&s, "osc9");
	buf_init(&list, LIST_MAX);
	list_put(&list, ENTRY_FOLDER, 0, "dir", 3);
	for (size_t i = 0; i < COUNT(corpus); i++) {
		const char *path = text_of("dir/%s", framed(i));
		struct buf one;

		/* A list with a bad name is refused as a whole. */
		buf_init(&one, LIST_MAX);
		list_put(&one, ENTRY_FOLDER, 0, "dir", 3);
		list_put(&one, ENTRY_FILE, 5, path, strlen(path));
		scene_offers_tree(&s, &one, 2, 5);
		buf_release(&one);
		if (strpbrk(corpus[i], "/\r\n\a\b\016\033\177") == NULL &&
		    text_is_utf8(corpus[i], strlen(corpus[i]))) {
			list_put(&list, ENTRY_FILE, 5, path, strlen(path));
			entries++;
		}
	}
	says(s.mallory, MESSAGE_TEXT, "the last one");
	assert_true(person_sees(&s.ana, "the last one"));
	scene_offers_tree(&s, &list, entries, 5 * (uint64_t)(entries - 1));
	assert_true(person_sees(&s.ana, "offers 'dir/'"));
	person_type(&s.ana, "/show");
	check(&s.ana);
	buf_release(&list);
	scene_close(&s);
}

/* The reader itself sees what should not be there. */
static void
test_reader(void **state)
{
	static const char *const bad[] = {"\033[31337m", "\033[5n",
	    "\033]0;x\033\\", "\033]2;x\033\\", "\033]9;a;b\033\\",
	    "\033]2;charla\007", "\2331m", "\xc2\2331m", "\033P\033\\",
	    "\033[26;1H", "\033[1;1;1H", "\033[?9h", "\xe2\x80\xae", "a\x80",
	    "\033", "\033[38;5;300m"};
	static const char good[] =
	    "\033[?1049h\033[22;0;0t\033[1;24r\033(B\033[m\033[4l\033[?7h"
	    "\033[H\033[2J\033]2;(3) ana - charla\033\\\033]9;4;1;50\033\\"
	    "\033]9;ana: hola\033\\\a\0337\033[2;3H\033[0;4;36m"
	    "\033]8;id=charla1;http://a\033\\a\033]8;;\033\\\0338ñ日本";

	(void)state;
	assert_true(escapes_are_ours(good, sizeof(good) - 1, 24, 80));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(escapes_are_ours(bad[i], strlen(bad[i]), 25, 80));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_reader),
	    cmocka_unit_test(test_texts),
	    cmocka_unit_test(test_notified_texts),
	    cmocka_unit_test(test_copied_texts),
	    cmocka_unit_test(test_names_of_people),
	    cmocka_unit_test(test_names_of_callers),
	    cmocka_unit_test(test_names_of_files),
	    cmocka_unit_test(test_names_in_trees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
