/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "net/filename.h"
#include "src/base/text.h"
#include "src/base/util.h"

static void
test_safe(void **state)
{
	static const struct {
		const char *name;
		size_t len;
		bool safe;
	} cases[] = {
	    {"a", 1, true},
	    {"..a", 3, true},
	    {"...", 3, true},
	    {"~", 1, true},
	    {" ", 1, true},
	    {"a\\b:*?\"<>|", 10, true},
	    {"\xc3\xa9", 2, true},
	    {"\xf0\x9f\x90\x88", 4, true},
	    {"", 0, false},
	    {".", 1, false},
	    {"..", 2, false},
	    {"/", 1, false},
	    {"a/b", 3, false},
	    {"a/", 2, false},
	    {"a\0b", 3, false},
	    {"a\n", 2, false},
	    {"\x1f", 1, false},
	    {"\x7f", 1, false},
	    {"\xff", 1, false},
	    {"\xc3", 1, false},
	    {"\xc0\xaf", 2, false},
	};
	char name[FILENAME_MAX_BYTES + 1];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		if (filename_is_safe(cases[i].name, cases[i].len) !=
		    cases[i].safe)
			fail_msg("case %zu, '%s'", i, cases[i].name);
	}
	memset(name, 'n', sizeof(name));
	assert_true(filename_is_safe(name, FILENAME_MAX_BYTES));
	assert_false(filename_is_safe(name, sizeof(name)));
}

static void
test_choices(void **state)
{
	static const struct {
		const char *name;
		unsigned number;
		const char *choice;
	} cases[] = {
	    {"photo.jpg", 0, "photo.jpg"},
	    {"photo.jpg", 1, "photo (1).jpg"},
	    {"photo.jpg", 10000, "photo (10000).jpg"},
	    {"README", 2, "README (2)"},
	    {".bashrc", 1, ".bashrc (1)"},
	    {".config.json", 1, ".config (1).json"},
	    {"a.tar.gz", 1, "a (1).tar.gz"},
	    {"a.TAR.xz", 3, "a (3).TAR.xz"},
	    {"a.b.gz", 1, "a.b (1).gz"},
	    {"a.tar", 1, "a (1).tar"},
	    /* Nothing before ".tar": it is the stem. */
	    {".tar.gz", 1, ".tar (1).gz"},
	    {"star.gz", 1, "star (1).gz"},
	    {"end.", 1, "end (1)."},
	    {"...", 1, ".. (1)."},
	    {"photo (1).jpg", 1, "photo (1) (1).jpg"},
	    {"%s%n.%d", 1, "%s%n (1).%d"},
	    {" ", 1, "  (1)"},
	};
	char out[FILENAME_MAX_BYTES + 1];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		filename_choice(cases[i].name, cases[i].number, out);
		assert_string_equal(out, cases[i].choice);
	}
}

/* unit, over and over, then ext: len bytes in all, or one unit less. */
static void
fill(char *name, const char *unit, size_t len, const char *ext)
{
	const size_t step = strlen(unit);
	const size_t stem = (len - strlen(ext)) / step * step;

	for (size_t i = 0; i < stem; i += step)
		memcpy(name + i, unit, step);
	memcpy(name + stem, ext, strlen(ext) + 1);
}

static bool
ends_in(const char *text, const char *end)
{
	const size_t len = strlen(text), end_len = strlen(end);

	return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

/* Whatever the length, it fits, and no character is split. */
static void
test_long_names(void **state)
{
	static const char *const units[] = {
	    "a", "\xc3\xa9", "\xe5\x86\x99", "\xf0\x9f\x90\x88"};
	static const char *const exts[] = {"", ".jpg", ".tar.gz"};
	char name[FILENAME_MAX_BYTES + 1], out[FILENAME_MAX_BYTES + 1];

	(void)state;
	for (size_t len = 200; len <= FILENAME_MAX_BYTES; len++) {
		for (size_t i = 0; i < COUNT(units) * COUNT(exts); i++) {
			const char *ext = exts[i % COUNT(exts)];
			char tail[32] = " (10000)";

			fill(name, units[i / COUNT(exts)], len, ext);
			filename_choice(name, 0, out);
			assert_string_equal(out, name);

			filename_choice(name, 10000, out);
			assert_true(strlen(out) <= FILENAME_MAX_BYTES);
			assert_true(text_is_utf8(out, strlen(out)));
			strcat(tail, ext);
			assert_true(ends_in(out, tail));
			assert_true(strlen(out) > FILENAME_MAX_BYTES - 4 ||
				    strlen(out) == strlen(name) + 8);
		}
	}
}

/* An extension as long as the name leaves no stem: then it is cut itself. */
static void
test_long_extension(void **state)
{
	char name[FILENAME_MAX_BYTES + 1] = "a.";
	char out[FILENAME_MAX_BYTES + 1];

	(void)state;
	fill(name + 2, "\xc3\xa9", FILENAME_MAX_BYTES - 2, "");
	filename_choice(name, 1, out);
	assert_true(strlen(out) <= FILENAME_MAX_BYTES);
	assert_true(text_is_utf8(out, strlen(out)));
	assert_true(ends_in(out, " (1)"));
}

static void
test_parts(void **state)
{
	static const struct {
		uint64_t id;
		const char *name;
	} cases[] = {
	    {0, ".charla-0000000000000000.part"},
	    {0xdecade, ".charla-0000000000decade.part"},
	    {UINT64_MAX, ".charla-ffffffffffffffff.part"},
	};
	static const char *const others[] = {"", ".", ".charla-", ".part",
	    ".charla-.part", ".charla-000000000000000.part",
	    ".charla-00000000000000000.part", ".charla-0000000000DECADE.part",
	    ".charla-0000000000decadx.part", ".charla-0000000000decade.par",
	    ".charla-0000000000decade.part.", "a.charla-0000000000decade.part",
	    ".charlx-0000000000decade.part", "/.charla-0000000000decade.part",
	    "../.charla-0000000000decade.part"};
	char out[FILENAME_PART_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		filename_part(cases[i].id, out);
		assert_string_equal(out, cases[i].name);
		assert_true(filename_is_part(out));
	}
	for (size_t i = 0; i < COUNT(others); i++)
		assert_false(filename_is_part(others[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_safe),
	    cmocka_unit_test(test_choices),
	    cmocka_unit_test(test_long_names),
	    cmocka_unit_test(test_long_extension),
	    cmocka_unit_test(test_parts),
	};

	return cmocka_run_group_tests_name("filename", tests, NULL, NULL);
}
