/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/base/text.h"
#include "src/base/util.h"
#include "ui/logtime.h"

static const struct {
	const char *format;
	int columns;
} formats[] = {
    {"", 0},
    {"%H:%M", 5},
    {"%H:%M:%S", 8},
    {"%d.%m. %H:%M", 12},
    {"%l:%M %p", 8},
    {"%-H:%M", 5}, /* "0:30" is shorter */
    {"%-d", 2},    /* "9" too */
    {"%A", 9},     /* Wednesday */
    {"%B", 9},     /* September */
    {"%a %d %b %H:%M", 16},
    {"%A %d %B %H:%M:%S", LOGTIME_MAX}, /* more than there is */
    {"%F %T", 19},
    {"%H\u2009%M", 5},
    {"%H時%M分", 8},
    {"%%", 1},
    {"%n", 1}, /* a newline is one visible mark */
    {"%t%H", 3},
};

static void
test_widest(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(formats); i++) {
		int columns = logtime_columns(formats[i].format);

		if (columns != formats[i].columns)
			fail_msg("'%s': %d", formats[i].format, columns);
	}
}

/* At no moment of two years is it wider than was measured. */
static void
test_always_fits(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(formats); i++) {
		int columns = logtime_columns(formats[i].format);

		for (int64_t hour = 0; hour < INT64_C(2) * 366 * 24;
		     hour += 5) {
			char *text = logtime_text(formats[i].format,
			    INT64_C(1767225600000) + hour * 3600000,
			    LOGTIME_MAX);

			if (columns > 0 && text_columns(text) > columns)
				fail_msg("'%s': %s", formats[i].format, text);
			assert_null(strchr(text, '\n'));
			free(text);
		}
	}
}

static void
assert_text(const char *format, int64_t time_ms, int columns, const char *want)
{
	char *text = logtime_text(format, time_ms, columns);

	assert_string_equal(text, want);
	free(text);
}

static void
test_text(void **state)
{
	(void)state;
	assert_text("%H:%M", 0, 5, "01:00");
	assert_text("%H:%M", 0, 4, "01:\u2026");
	assert_text("%H:%M", 0, 0, "");
	assert_text("%F %T", 0, 20, "1970-01-01 01:00:00");
	assert_text("%n", 0, 5, "\u240a");
	assert_text("", 0, 5, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_widest),
	    cmocka_unit_test(test_always_fits),
	    cmocka_unit_test(test_text),
	};

	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		return 77;
	setenv("TZ", "Europe/Madrid", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
