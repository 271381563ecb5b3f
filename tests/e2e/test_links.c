/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Links on the screen, /url, and /copy. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "tests/e2e/meeting.h"

static size_t
output_length(struct person *p)
{
	size_t len;

	screen_output(p->screen, &len);
	return len;
}

/* Was text written since the output had so many bytes? */
struct written {
	struct person *who;
	const char *text;
	size_t since;
};

static bool
is_written(void *arg)
{
	struct written *w = arg;
	size_t len;
	const char *output = screen_output(w->who->screen, &len);

	return memmem(output + w->since, len - w->since, w->text,
		   strlen(w->text)) != NULL;
}

static bool
writes(struct person *who, const char *text, size_t since)
{
	struct written w = {who, text, since};

	return screen_wait_for(is_written, &w, text, 0);
}

static void
test_links_can_be_opened(void **state)
{
	static const char open[] = "http://example.org/a_(b)\033\\"
				   "http://example.org/a_(b)\033]8;;\033\\";
	struct person ana = {0}, beto = {0};
	struct screen_style style;
	int row, col;
	size_t len;

	(void)state;
	meet(&ana, &beto);
	person_type(&beto, "look (http://example.org/a_(b)), ana");
	assert_true(person_sees(&ana, "(http://example.org/a_(b)), ana"));
	assert_true(writes(&ana, open, 0));
	row = screen_find(ana.screen, "http://example", &col);
	screen_style(ana.screen, row, col, &style);
	assert_true(style.underline);
	screen_style(ana.screen, row, col - 1, &style);
	assert_false(style.underline);
	screen_style(ana.screen, row, col + 24, &style);
	assert_false(style.underline);
	/* It scrolls, and is written anew; a key alone does not do that. */
	len = output_length(&ana);
	person_type(&beto, "another line");
	assert_true(person_sees(&ana, "another line"));
	for (int i = 0; i < 20; i++)
		person_type(&beto, text_of("line %d.", i));
	assert_true(person_sees(&ana, "line 19."));
	assert_true(screen_wait_quiet(ana.screen, 100, 0));
	person_type(&ana, "/clear");
	assert_true(person_sees_no(&ana, "line 19."));
	person_type(&beto, "http://example.org/2");
	assert_true(person_sees(&ana, "beto: http://example.org/2"));
	assert_true(writes(&ana, "http://example.org/2\033]8;;", len));
	assert_true(screen_wait_quiet(ana.screen, 200, 0));
	len = output_length(&ana);
	screen_keys(ana.screen, "only keys");
	assert_true(person_sees(&ana, "> only keys"));
	assert_false(is_written(&(struct written){&ana, "\033]8;", len}));
	/* And when everything is drawn again. */
	screen_keys(ana.screen, KEYS_CTRL('l'));
	assert_true(writes(&ana, "\033]8;", len));
	assert_true(person_sees(&ana, "beto: http://example.org/2"));
	part(&ana, &beto);
}

/* Over three rows it is one link, each part with the whole address. */
static void
test_long_link(void **state)
{
	static const char url[] = "https://example.org/0123456789012345678901"
				  "2345678901234567890123456789";
	struct person ana = {.cols = 40}, beto = {0};
	struct screen_style style;
	int row, col;

	(void)state;
	meet(&ana, &beto);
	person_type(&beto, text_of("see %s now", url));
	assert_true(person_sees(&ana, "https://example.org/012345678901"));
	row = screen_find(ana.screen, "https://example", &col);
	assert_int_equal(col, 8);
	screen_style(ana.screen, row + 2, col, &style);
	assert_true(style.underline);
	assert_true(person_sees(&ana, "789 now"));
	for (int i = 0; i < 3; i++) {
		char row_text[SCREEN_ROW_MAX];
		char *part_text, *want;

		screen_row_text(ana.screen, row + i, row_text);
		part_text = str_ndup(row_text + 8, strcspn(row_text + 8, " "));
		want = str_printf("%s\033\\%s\033]8;;", url, part_text);
		assert_true(writes(&ana, want, 0));
		free(want);
		free(part_text);
	}
	part(&ana, &beto);
}

static void
test_links_off(void **state)
{
	static const char *const variables[] = {"TERM=linux", NULL};
	struct person ana = {0}, beto = {.env = variables};
	size_t len;

	(void)state;
	meet(&ana, &beto);
	person_type(&beto, "http://example.org/1");
	assert_true(person_sees(&ana, "beto: http://example.org/1"));
	assert_true(writes(&ana, "\033]8;", 0));
	person_type(&ana, "/set links off");
	assert_true(person_sees(&ana, "links = off"));
	assert_true(screen_wait_quiet(ana.screen, 100, 0));
	len = output_length(&ana);
	person_type(&beto, "http://example.org/2");
	assert_true(person_sees(&ana, "beto: http://example.org/2"));
	assert_true(screen_wait_quiet(ana.screen, 100, 0));
	assert_false(is_written(&(struct written){&ana, "\033]8;", len}));
	/* A terminal that would print them never gets any. */
	assert_false(screen_output_has(beto.screen, "\033]", 2));
	part(&ana, &beto);
}

static void
test_url(void **state)
{
	struct person ana = {0}, beto = {0};

	(void)state;
	meet(&ana, &beto);
	person_type(&ana, "/url");
	assert_true(person_sees(&ana, "there is no link in the log"));
	person_type(&beto, "http://a.org/1 and http://a.org/2.");
	person_type(&beto, "again http://a.org/1");
	assert_true(person_sees(&ana, "again http://a.org/1"));
	person_type(&ana, "mine is mailto:ana@example.org");
	assert_true(person_sees(&ana, "ana> mine is"));
	person_type(&ana, "/url");
	assert_true(person_sees(&ana, "1  mailto:ana@example.org"));
	assert_true(person_sees(&ana, "2  http://a.org/1"));
	assert_true(person_sees(&ana, "3  http://a.org/2"));
	assert_int_equal(screen_count(ana.screen, "4  http"), 0);
	/* The numbers stay those of the list. */
	person_type(&beto, "http://a.org/4");
	assert_true(person_sees(&ana, "beto: http://a.org/4"));
	person_type(&ana, "/copy url 3");
	assert_true(writes(&ana, "\033]52;c;aHR0cDovL2Eub3JnLzI=\033\\", 0));
	assert_true(person_sees(&ana, "to the clipboard: http://a.org/2"));
	person_type(&ana, "/copy url");
	assert_true(writes(&ana, "\033]52;c;aHR0cDovL2Eub3JnLzQ=\033\\", 0));
	person_type(&ana, "/copy url 9");
	assert_true(person_sees(&ana, "no link with that number"));
	part(&ana, &beto);
}

static void
test_copy(void **state)
{
	static const char *const variables[] = {"TERM=vt100", NULL};
	struct person ana = {0}, beto = {.env = variables};

	(void)state;
	meet(&ana, &beto);
	person_type(&ana, "/copy");
	assert_true(person_sees(&ana, "has not said anything"));
	person_type(&beto, "foob");
	person_type(&beto, "fooba");
	assert_true(person_sees(&ana, "beto: fooba"));
	person_type(&ana, "foo");
	assert_true(person_sees(&beto, "ana: foo"));
	person_type(&ana, "/copy");
	assert_true(writes(&ana, "\033]52;c;Zm9vYmE=\033\\", 0));
	assert_true(person_sees(&ana, "to the clipboard: fooba"));
	person_type(&ana, "/copy 2");
	assert_true(writes(&ana, "\033]52;c;Zm9vYg==\033\\", 0));
	person_type(&ana, "/copy 3");
	assert_true(person_sees(&ana, "so many messages"));
	person_type(&ana, "/copy that");
	assert_true(person_sees(&ana, "'that' is not a number"));
	person_type(&beto, "/copy");
	assert_true(person_sees(&beto, "gives no way to the clipboard"));
	assert_false(screen_output_has(beto.screen, "\033]", 2));
	part(&ana, &beto);
}

/* As large as a message can be. */
static void
test_copy_much(void **state)
{
	enum { LARGE = 64 * 1024 };
	struct person ana = {0}, beto = {0};
	char *text = mem_alloc(LARGE + 1);

	(void)state;
	memset(text, 'y', LARGE);
	text[LARGE] = '\0';
	meet(&ana, &beto);
	screen_paste(beto.screen, text);
	screen_keys(beto.screen, KEYS_ENTER);
	assert_true(person_sees(&ana, "yyyyyyyyyy"));
	person_type(&ana, "/copy");
	assert_true(person_sees(&ana, "to the clipboard: yyyy"));
	/* 65,536 = 3 * 21,845 + 1. */
	assert_true(writes(&ana, "eXl5eXl5eXl5eXl5eXl5eQ==\033\\", 0));
	free(text);
	part(&ana, &beto);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_links_can_be_opened),
	    cmocka_unit_test(test_long_link),
	    cmocka_unit_test(test_links_off),
	    cmocka_unit_test(test_url),
	    cmocka_unit_test(test_copy),
	    cmocka_unit_test(test_copy_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
