/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A QR code in half blocks, read back into modules: its size, its margin and
 * the patterns that a camera looks for. Where zbarimg(1) is here, it reads it.
 */
#include "src/qr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/util.h"
#include "tests/unit/scratch.h"

enum {
	MARGIN = 2,
	TWO_KEYS = 37, /* modules: version 5 */
	ONE_KEY = 29,  /* version 3 */
	ROWS_24 = 21,  /* of the log, where the screen has 24 */
	MODULES_MAX = 64,
	PIXELS = 4, /* of a module, for the reader */
	QUIET = 4,
};

#define KEY_A "0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF"
#define KEY_B "FEDCBA9876543210FEDCBA9876543210FEDCBA9876543210FEDCBA9876543210"

/* Modules with their margin; true: dark. */
struct picture {
	bool dark[MODULES_MAX][MODULES_MAX];
	int size;
};

/* "▀" and the like: is this half drawn? */
static bool
is_drawn(uint32_t c, bool upper)
{
	switch (c) {
	case ' ':
		return false;
	case 0x2580:
		return upper;
	case 0x2584:
		return !upper;
	default:
		assert_int_equal(c, 0x2588);
		return true;
	}
}

static void
read_back(const struct qr *qr, bool light, struct picture *p)
{
	p->size = qr->columns;
	assert_in_range(p->size, 1, MODULES_MAX - 1);
	assert_int_equal(qr->count, (p->size + 1) / 2);
	for (size_t row = 0; row < qr->count; row++) {
		const char *at = qr->rows[row], *end = at + strlen(at);

		assert_int_equal(text_columns(at), qr->columns);
		for (int column = 0; column < p->size; column++) {
			uint32_t c;

			at += text_decode(at, (size_t)(end - at), &c);
			p->dark[2 * row][column] = is_drawn(c, true) == light;
			p->dark[2 * row + 1][column] =
			    is_drawn(c, false) == light;
		}
		assert_ptr_equal(at, end);
	}
}

/* A square of squares in each corner but one: dark, light, dark. */
static void
check_finder(const struct picture *p, int top, int left)
{
	for (int r = 0; r < 7; r++) {
		for (int c = 0; c < 7; c++) {
			int edge = r < c ? r : c;

			if (6 - r < edge)
				edge = 6 - r;
			if (6 - c < edge)
				edge = 6 - c;
			assert_int_equal(p->dark[top + r][left + c], edge != 1);
		}
	}
}

static void
check_patterns(const struct picture *p, int modules)
{
	int far = MARGIN + modules - 7;

	assert_int_equal(p->size, modules + 2 * MARGIN);
	for (int i = 0; i < p->size; i++) {
		for (int m = 0; m < MARGIN; m++) {
			assert_false(p->dark[m][i]);
			assert_false(p->dark[i][m]);
			assert_false(p->dark[p->size - 1 - m][i]);
			assert_false(p->dark[i][p->size - 1 - m]);
		}
	}
	check_finder(p, MARGIN, MARGIN);
	check_finder(p, MARGIN, far);
	check_finder(p, far, MARGIN);
	/* Between them, dark and light take turns. */
	for (int i = MARGIN + 8; i < far; i++) {
		assert_int_equal(p->dark[MARGIN + 6][i], (i - MARGIN) % 2 == 0);
		assert_int_equal(p->dark[i][MARGIN + 6], (i - MARGIN) % 2 == 0);
	}
}

/* As a picture in a file, with the margin of the standard. */
static void
write_pbm(const struct picture *p, const char *path)
{
	int side = (p->size + 2 * (QUIET - MARGIN)) * PIXELS;
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fprintf(f, "P1\n%d %d\n", side, side);
	for (int y = 0; y < side; y++) {
		for (int x = 0; x < side; x++) {
			int r = y / PIXELS - (QUIET - MARGIN);
			int c = x / PIXELS - (QUIET - MARGIN);
			bool inside =
			    r >= 0 && c >= 0 && r < p->size && c < p->size;

			fputs(inside && p->dark[r][c] ? "1 " : "0 ", f);
		}
		fputc('\n', f);
	}
	assert_int_equal(fclose(f), 0);
}

static void
check_reader(const struct picture *p, const char *text)
{
	char *folder = scratch_new(), got[256] = "";
	char *path = scratch_path(folder, "code.pbm");
	char *command =
	    str_printf("zbarimg --quiet --raw '%s' 2>/dev/null", path);
	FILE *pipe;

	write_pbm(p, path);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	if (fgets(got, sizeof(got), pipe) == NULL)
		got[0] = '\0';
	got[strcspn(got, "\n")] = '\0';
	assert_int_equal(pclose(pipe), 0);
	assert_string_equal(got, text);
	free(command);
	free(path);
	scratch_free(folder);
}

static bool
has_reader(void)
{
	return system("command -v zbarimg >/dev/null 2>&1") == 0;
}

static void
check(const char *text, int modules)
{
	for (int light = 0; light < 2; light++) {
		struct picture p = {0};
		struct qr qr;

		if (!qr_draw(&qr, text, light != 0)) {
			print_message("skipped: built without libqrencode\n");
			skip();
		}
		read_back(&qr, light != 0, &p);
		check_patterns(&p, modules);
		if (has_reader())
			check_reader(&p, text);
		qr_release(&qr);
	}
}

static void
test_two_keys(void **state)
{
	struct qr qr;

	(void)state;
	check("CHARLA " KEY_A " " KEY_B, TWO_KEYS);
	assert_true(qr_draw(&qr, "CHARLA " KEY_A " " KEY_B, false));
	assert_in_range(qr.count, 1, ROWS_24);
	qr_release(&qr);
}

static void
test_one_key(void **state)
{
	(void)state;
	check("CHARLA " KEY_A, ONE_KEY);
}

static void
test_too_long(void **state)
{
	char *text = mem_zalloc(10000);
	struct qr qr;

	(void)state;
	memset(text, 'A', 9999);
	assert_false(qr_draw(&qr, text, false));
	assert_int_equal(qr.count, 0);
	qr_release(&qr);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_two_keys),
	    cmocka_unit_test(test_one_key),
	    cmocka_unit_test(test_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
