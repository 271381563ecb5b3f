/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names that are written to the left, and the rows they stand in. */
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
#include "ui/bidi.h"
#include "ui/logpane.h"
#include "ui/progress.h"
#include "ui/titletext.h"

#define LRM "\u200e"

static void
test_which_are(void **state)
{
	static const char *const left[] = {"", "ana", "ñandú", "日本", "अनु",
	    "🎉", "123", "\u0301", "Ελένη", "ไทย"};
	static const char *const right[] = {"علي", "שרה", "ܐܪܡ", "ދިވެހި", "ߒߞߏ",
	    "abc علي", "123ש", "\U00010900", "\U0001E900", "ﷺ"};

	(void)state;
	for (size_t i = 0; i < COUNT(left); i++) {
		assert_false(bidi_is_rtl(left[i]));
		assert_string_equal(bidi_close(left[i]), "");
	}
	for (size_t i = 0; i < COUNT(right); i++) {
		assert_true(bidi_is_rtl(right[i]));
		assert_string_equal(bidi_close(right[i]), LRM);
	}
}

/* The mark takes no column, and no cluster of its own. */
static void
test_no_column(void **state)
{
	int width;

	(void)state;
	assert_int_equal(text_width(0x200E), 0);
	assert_int_equal(text_columns("علي" LRM), 3);
	assert_int_equal(text_cluster("ي" LRM ":", 6, &width), 5);
}

static void
test_rows(void **state)
{
	char who[] = "علي", where[] = "10.0.0.7", trust[] = "encrypted";
	char hi[] = "مرحبا 5";
	const struct title title = {who, where, trust};
	struct line line = {.kind = LINE_PEER, .who = who, .text = hi};
	char name[] = "صورة";
	const struct row row = {
	    .number = 2, .incoming = true, .name = name, .size = 1000};
	size_t head;
	char *text;

	(void)state;
	text = title_text(&title, 80);
	assert_string_equal(text, " علي" LRM " · 10.0.0.7 · encrypted");
	free(text);
	text = log_text(&line, &head);
	assert_string_equal(text, "علي" LRM ": مرحبا 5");
	assert_int_equal(head, strlen("علي" LRM ": "));
	free(text);
	text = progress_text(&row, 80, 0);
	assert_non_null(strstr(text, "2 صورة" LRM "  "));
	free(text);
	for (int columns = 1; columns < 100; columns++) {
		text = progress_text(&row, columns, 0);
		assert_true(text_columns(text) <= columns);
		free(text);
		text = title_text(&title, columns);
		assert_true(text_columns(text) <= columns);
		free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_which_are),
	    cmocka_unit_test(test_no_column),
	    cmocka_unit_test(test_rows),
	};

	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
