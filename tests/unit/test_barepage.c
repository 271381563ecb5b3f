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
#include "tests/unit/log_scene.h"
#include "ui/barepage.h"

static void
assert_page(
    struct scene *s, size_t lowest, int rows, int columns, const char *want)
{
	char *page = barepage_text(&s->model, lowest, rows, columns);

	assert_string_equal(page, want);
	free(page);
}

static void
test_lines(void **state)
{
	struct scene *s = *state;

	scene_add_line(s, LINE_PEER, 0);
	scene_add_line(s, LINE_OWN, 0);
	scene_add_text(s, "two\nrows");
	assert_page(s, 2, 10, 40, "ana: hi\r\nana> hi\r\ntwo\r\nrows");
	assert_page(s, 1, 10, 40, "ana: hi\r\nana> hi");
	/* What does not fit is left out at the top, row by row. */
	assert_page(s, 2, 3, 40, "ana> hi\r\ntwo\r\nrows");
	assert_page(s, 2, 1, 40, "rows");
	assert_page(s, 2, 0, 40, "");
	model_clear(&s->model);
	scene_add_text(s, "new");
	assert_page(s, 3, 10, 40, "new");
}

/* The terminal breaks them: they are written whole. */
static void
test_long_lines(void **state)
{
	struct scene *s = *state;

	scene_add_text(s, "0123456789");
	scene_add_text(s, "abcdefghij");
	assert_page(s, 1, 4, 5, "0123456789\r\nabcdefghij");
	assert_page(s, 1, 3, 5, "56789\r\nabcdefghij");
	assert_page(s, 1, 2, 5, "abcdefghij");
	assert_page(s, 1, 1, 5, "fghij");
	assert_page(s, 1, 3, 4, "abcdefghij");
	assert_page(s, 1, 1, 4, "ij");
	assert_page(s, 1, 4, 1, "ghij");
}

/* A wide one does not fit into the last column, and leaves it empty. */
static void
test_wide_characters(void **state)
{
	struct scene *s = *state;

	scene_add_text(s, "a漢字漢字");
	assert_page(s, 0, 1, 4, "字");
	assert_page(s, 0, 2, 4, "字漢字");
	assert_page(s, 0, 3, 4, "a漢字漢字");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		test_lines, scene_set_up, scene_tear_down),
	    cmocka_unit_test_setup_teardown(
		test_long_lines, scene_set_up, scene_tear_down),
	    cmocka_unit_test_setup_teardown(
		test_wide_characters, scene_set_up, scene_tear_down),
	};

	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
