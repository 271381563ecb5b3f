/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "ui/plain_lines.h"

/* What was handed over: lines in <>, too long ones as their length in (). */
struct heard {
	struct plain_lines lines;
	char *all;
	size_t longest;
};

static void
on_line(void *arg, const char *text)
{
	struct heard *h = arg;

	if (strlen(text) > h->longest)
		h->longest = strlen(text);
	str_replace(&h->all, str_printf("%s<%s>", h->all, text));
}

static void
on_too_long(void *arg, size_t came)
{
	struct heard *h = arg;

	str_replace(&h->all, str_printf("%s(%zu)", h->all, came));
}

static void
hear(struct heard *h)
{
	*h = (struct heard){
	    .lines = {.line = on_line, .too_long = on_too_long, .arg = h},
	    .all = str_dup(""),
	};
}

static void
forget(struct heard *h)
{
	plain_lines_release(&h->lines);
	free(h->all);
}

static void
cases(void **state)
{
	static const struct {
		const char *bytes;
		size_t len; /* 0: strlen */
		const char *want;
	} all[] = {
	    {"hola\n", 0, "<hola>"},
	    {"a\nb\n", 0, "<a><b>"},
	    {"a\n\n \t\nb\n", 0, "<a><b>"},
	    {"no newline", 0, "<no newline>"},
	    {"dos\r\nb\r\n\r\n", 0, "<dos><b>"},
	    {"a\rb\n", 0, "<a\rb>"},
	    {"  /send x  \n", 0, "<  /send x  >"},
	    {"\n", 0, ""},
	    {"", 0, ""},
	    {"\xc3\xb1\n", 0, "<\xc3\xb1>"},
	    {"\xff\n", 0, "<\xef\xbf\xbd>"},
	    {"a\xc3\n", 0, "<a\xef\xbf\xbd>"},
	    {"a\0b\n", 4,
		"<a\xef\xbf\xbd"
		"b>"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(all); i++) {
		size_t len = all[i].len > 0 ? all[i].len : strlen(all[i].bytes);

		/* Wherever it is cut on its way, it is the same. */
		for (size_t cut = 0; cut <= len; cut++) {
			struct heard h;

			hear(&h);
			plain_lines_feed(&h.lines, all[i].bytes, cut);
			plain_lines_feed(
			    &h.lines, all[i].bytes + cut, len - cut);
			plain_lines_end(&h.lines);
			assert_string_equal(h.all, all[i].want);
			forget(&h);
		}
	}
}

/* As much as a message may hold, and then a byte more. */
static void
long_lines(void **state)
{
	static char bytes[PLAIN_LINE_MAX];
	struct heard h;

	(void)state;
	hear(&h);
	memset(bytes, 'x', sizeof(bytes));
	plain_lines_feed(&h.lines, bytes, sizeof(bytes));
	plain_lines_feed(&h.lines, "\n", 1);
	assert_int_equal(h.longest, PLAIN_LINE_MAX);
	str_replace(&h.all, str_dup(""));
	plain_lines_feed(&h.lines, bytes, sizeof(bytes));
	plain_lines_feed(&h.lines, "y\nnext\n", 7);
	assert_string_equal(h.all, "(65537)<next>");
	forget(&h);
}

/* Repaired, it would be longer than a message may be. */
static void
long_when_repaired(void **state)
{
	static char bytes[PLAIN_LINE_MAX / 2];
	struct heard h;

	(void)state;
	hear(&h);
	memset(bytes, 0xff, sizeof(bytes));
	plain_lines_feed(&h.lines, bytes, sizeof(bytes));
	plain_lines_feed(&h.lines, "\n", 1);
	assert_string_equal(h.all, "(98304)");
	forget(&h);
}

/* Without a newline, ever: nothing grows. */
static void
endless(void **state)
{
	static char bytes[64 * 1024];
	struct heard h;

	(void)state;
	hear(&h);
	memset(bytes, 'x', sizeof(bytes));
	for (int i = 0; i < 1000; i++)
		plain_lines_feed(&h.lines, bytes, sizeof(bytes));
	assert_true(h.lines.size <= 2 * PLAIN_LINE_MAX);
	plain_lines_end(&h.lines);
	assert_string_equal(h.all, "(65536000)");
	forget(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(cases),
	    cmocka_unit_test(long_lines),
	    cmocka_unit_test(long_when_repaired),
	    cmocka_unit_test(endless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
