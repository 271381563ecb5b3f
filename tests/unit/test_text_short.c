/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "src/base/text.h"
#include "src/base/util.h"

static void
test_size(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *want;
	} cases[] = {
	    {0, "0 B"},
	    {999, "999 B"},
	    {1000, "1.0 kB"},
	    {1234, "1.2 kB"},
	    {1250, "1.3 kB"},
	    {85500, "85.5 kB"},
	    {999949, "999.9 kB"},
	    {999950, "1.0 MB"},
	    {999949999, "999.9 MB"},
	    {4294967296, "4.3 GB"},
	    {UINT64_C(1000000000000), "1.0 TB"},
	    {UINT64_C(1000000000000000), "1.0 PB"},
	    {UINT64_C(9223372036854775808), "9.2 EB"},
	    {UINT64_MAX, "18.4 EB"},
	};
	char out[TEXT_SIZE_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		text_size(cases[i].bytes, out);
		assert_string_equal(out, cases[i].want);
	}
}

static void
test_duration(void **state)
{
	static const struct {
		uint64_t seconds;
		const char *want;
	} cases[] = {
	    {0, "0 s"},
	    {59, "59 s"},
	    {60, "1 min 00 s"},
	    {125, "2 min 05 s"},
	    {3599, "59 min 59 s"},
	    {3600, "1 h 00 min"},
	    {11220, "3 h 07 min"},
	    {86399, "23 h 59 min"},
	    {86400, "1 d 00 h"},
	    {352800, "4 d 02 h"},
	    {UINT64_MAX, "213503982334601 d 07 h"},
	};
	char out[TEXT_DURATION_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		text_duration(cases[i].seconds, out);
		assert_string_equal(out, cases[i].want);
	}
}

static void
test_distance(void **state)
{
	static const struct {
		const char *a, *b;
		size_t want;
	} cases[] = {
	    {"", "", 0},
	    {"send", "send", 0},
	    {"", "send", 4},
	    {"send", "sned", 1},
	    {"send", "sen", 1},
	    {"send", "snd", 1},
	    {"send", "sendd", 1},
	    {"send", "sand", 1},
	    {"kitten", "sitting", 3},
	    {"ab", "ba", 1},
	    {"quit", "help", 4},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		assert_int_equal(
		    text_distance(cases[i].a, cases[i].b), cases[i].want);
		assert_int_equal(
		    text_distance(cases[i].b, cases[i].a), cases[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_size),
	    cmocka_unit_test(test_duration),
	    cmocka_unit_test(test_distance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
