/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "ui/links.h"

/* The links of a text, with "|" between them. */
static const struct {
	const char *text, *links;
} cases[] = {
    {"", ""},
    {"no link", ""},
    {"http://a.org", "http://a.org"},
    {"https://a.org/b?c=d#e", "https://a.org/b?c=d#e"},
    {"HTTPS://A.ORG", "HTTPS://A.ORG"},
    {"gemini://a.org/b", "gemini://a.org/b"},
    {"mailto:ana@example.org", "mailto:ana@example.org"},
    {"mailto:ana@example.org?subject=hi", "mailto:ana@example.org?subject=hi"},
    {"see http://a.org now", "http://a.org"},
    {"http://a.org\nhttp://b.org", "http://a.org|http://b.org"},
    {"http://localhost:8080/x", "http://localhost:8080/x"},
    {"http://192.168.1.7/", "http://192.168.1.7/"},
    {"http://[fe80::1]:80/x", "http://[fe80::1]:80/x"},
    {"http://[::1]", "http://[::1]"},
    {"http://a.org/~ana/%C3%B1", "http://a.org/~ana/%C3%B1"},
    /* what ends a sentence */
    {"http://a.org.", "http://a.org"},
    {"http://a.org, and", "http://a.org"},
    {"http://a.org/?", "http://a.org/"},
    {"http://a.org/!?...", "http://a.org/"},
    {"is it http://a.org/b.html?", "http://a.org/b.html"},
    {"\"http://a.org\"", "http://a.org"},
    {"'http://a.org'", "http://a.org"},
    {"<http://a.org>", "http://a.org"},
    {"*http://a.org*", "http://a.org"},
    {"http://a.org;", "http://a.org"},
    {"http://a.org/b_", "http://a.org/b_"},
    {"http://a.org/b-", "http://a.org/b-"},
    {"http://a.org/b/", "http://a.org/b/"},
    /* brackets */
    {"(http://a.org)", "http://a.org"},
    {"(see http://a.org/b).", "http://a.org/b"},
    {"http://a.org/b_(c)", "http://a.org/b_(c)"},
    {"(http://a.org/b_(c))", "http://a.org/b_(c)"},
    {"(http://a.org/b_(c)).", "http://a.org/b_(c)"},
    {"http://a.org/(b)c)", "http://a.org/(b)c"},
    {"[http://a.org]", "http://a.org"},
    {"[x](http://a.org/b)", "http://a.org/b"},
    {"http://a.org/?a[]=1", "http://a.org/?a[]=1"},
    {"http://a.org/(", "http://a.org/("},
    {"{http://a.org}", "http://a.org"},
    /* several */
    {"http://a.org,http://b.org", "http://a.org,http://b.org"},
    {"http://a.org http://b.org", "http://a.org|http://b.org"},
    {"http://a.org|http://b.org", "http://a.org|http://b.org"},
    {"漢http://a.org漢http://b.org", "http://a.org|http://b.org"},
    /* not one */
    {"http:// a.org", ""},
    {"http:/a.org", ""},
    {"http://", ""},
    {"http://.", ""},
    {"http:///etc", ""},
    {"http://[", ""},
    {"xhttp://a.org", ""},
    {"1http://a.org", ""},
    {"x+http://a.org", ""},
    {"ftp://a.org", ""},
    {"file:///etc/passwd", ""},
    {"javascript:alert(1)", ""},
    {"mailto:", ""},
    {"mailto:ana", ""},
    {"mailto:@b", ""},
    {"mailto:ana@ b", ""},
    {"www.a.org", ""},
    /* only ASCII, and nothing of what an accent stands on */
    {"http://a.org/ñ", "http://a.org/"},
    {"http://españa.es", "http://espa"},
    {"http://a.org/n\u0303x", "http://a.org/"},
    {"http://a\u0301", ""},
    {"«http://a.org»", "http://a.org"},
    {"“http://a.org”", "http://a.org"},
    {"http://a.org…", "http://a.org"},
};

static char *
links_of(const char *text)
{
	struct text_link link = {0, 0};
	char *all = str_dup("");

	while (links_next(text, link.start + link.len, &link))
		str_replace(
		    &all, str_printf("%s%s%.*s", all, *all != '\0' ? "|" : "",
			      (int)link.len, text + link.start));
	return all;
}

static void
test_known_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *got = links_of(cases[i].text);

		if (strcmp(got, cases[i].links) != 0)
			fail_msg("\"%s\": \"%s\", not \"%s\"", cases[i].text,
			    got, cases[i].links);
		free(got);
	}
}

/* In order, apart, inside, printable; the same in every run. */
static void
test_mixed_texts(void **state)
{
	static const char *const parts[] = {"http://", "https://a",
	    "mailto:", "a@b", "(", ")", "[", "]", ".", " ", "\n", "漢",
	    "\u0301", "x", "://"};
	uint32_t random = 4711;
	char text[256];

	(void)state;
	for (int round = 0; round < 20000; round++) {
		struct text_link link = {0, 0};
		size_t end = 0;

		text[0] = '\0';
		for (int i = 0; i < 16; i++) {
			random = random * 1664525u + 1013904223u;
			strcat(text, parts[(random >> 16) % COUNT(parts)]);
		}
		while (links_next(text, end, &link)) {
			assert_true(link.start >= end && link.len > 0);
			end = link.start + link.len;
			assert_true(end <= strlen(text));
			for (size_t i = link.start; i < end; i++)
				assert_in_range(text[i], '!', '~');
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_known_texts),
	    cmocka_unit_test(test_mixed_texts),
	};

	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
