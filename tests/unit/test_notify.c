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
#include "ui/notify.h"

enum { NOW = 100000, NEWS_MAX = 4 };

static const struct news hola = {NEWS_MESSAGE, "ana", "hola", false};
static const struct news waves = {NEWS_MESSAGE, "ana", "waves", true};
static const struct news knock = {
    NEWS_QUESTION, NULL, "eve knocks: /accept 1", false};
static const struct news done = {NEWS_DONE, NULL, "received 'a;b'", false};
static const struct news failed = {NEWS_TROUBLE, NULL, "no room", false};
static const struct news lines = {NEWS_MESSAGE, "ana", "one\ntwo\tx", false};
static const struct news evil = {NEWS_MESSAGE, "e\033[2J",
    "\a\x9b"
    "31m\xc2\x9b\xe2\x80\xae",
    false};

static void
test_sentences(void **state)
{
	static const struct {
		const struct news *news[NEWS_MAX];
		const char *with_text, *without;
	} cases[] = {
	    {{&hola}, "ana: hola", "new message"},
	    {{&waves}, "* ana waves", "new message"},
	    {{&knock}, "eve knocks: /accept 1", "new question"},
	    {{&done}, "received 'a;b'", "a transfer is done"},
	    {{&failed}, "no room", "something went wrong"},
	    {{&lines}, "ana: one two x", "new message"},
	    {{&hola, &waves, &hola}, "3 new messages", "3 new messages"},
	    {{&hola, &knock}, "1 new message, 1 new question",
		"1 new message, 1 new question"},
	    {{&failed, &done, &failed, &done}, "2 transfers done, 2 problems",
		"2 transfers done, 2 problems"},
	    {{&evil},
		"e␛[2J: ␇\xef\xbf\xbd"
		"31m<U+009B><U+202E>",
		"new message"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		for (int say = 0; say < 2; say++) {
			struct notify n = {.told = false};
			char *text;

			for (size_t j = 0; j < NEWS_MAX; j++) {
				if (cases[i].news[j] != NULL)
					notify_add(&n, cases[i].news[j]);
			}
			text = notify_take(&n, say == 1, NOW);
			assert_string_equal(text,
			    say == 1 ? cases[i].with_text : cases[i].without);
			free(text);
			assert_null(notify_take(&n, say == 1, NOW * 2));
			notify_release(&n);
		}
	}
}

/* One at once; what comes in the next seconds goes together. */
static void
test_rate(void **state)
{
	struct notify n = {.told = false};
	char *text;

	(void)state;
	assert_int_equal(notify_deadline(&n), 0);
	notify_add(&n, &hola);
	assert_true(notify_deadline(&n) <= NOW);
	text = notify_take(&n, true, NOW);
	assert_string_equal(text, "ana: hola");
	free(text);
	assert_int_equal(notify_deadline(&n), 0);
	notify_add(&n, &hola);
	notify_add(&n, &hola);
	assert_int_equal(notify_deadline(&n), NOW + NOTIFY_EVERY_MS);
	assert_null(notify_take(&n, true, NOW + NOTIFY_EVERY_MS - 1));
	text = notify_take(&n, true, NOW + NOTIFY_EVERY_MS);
	assert_string_equal(text, "2 new messages");
	free(text);
	notify_add(&n, &hola);
	notify_forget(&n);
	assert_int_equal(notify_deadline(&n), 0);
	assert_null(notify_take(&n, true, NOW * 2));
	notify_release(&n);
}

static void
test_long_text(void **state)
{
	static char text[100000];
	const struct news news = {NEWS_MESSAGE, "ana", text, false};
	struct notify n = {.told = false};
	char *cut;

	(void)state;
	for (size_t i = 0; i + 2 < sizeof(text); i += 2)
		memcpy(text + i, "\xc3\xb1", 2);
	notify_add(&n, &news);
	cut = notify_take(&n, true, NOW);
	assert_int_equal(text_columns(cut), NOTIFY_COLUMNS);
	assert_true(text_is_utf8(cut, strlen(cut)));
	free(cut);
	notify_release(&n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sentences),
	    cmocka_unit_test(test_rate),
	    cmocka_unit_test(test_long_text),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
