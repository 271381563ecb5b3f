/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The look of the program: whole screens, compared with files in
 * tests/e2e/golden/. "make golden" (UPDATE_GOLDEN=1) writes them anew, to be
 * looked at by a person before they are kept.
 *
 * Besides, at every size: no row is wider than the screen, no half of a wide
 * character stands alone, the cursor is inside, and title, status line and
 * prompt are at their places.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/util.h"
#include "tests/e2e/internal.h"
#include "tests/e2e/meeting.h"

enum { LARGE = 30000000, QUIET_MS = 300 };

#define FOLDER "tests/e2e/golden"

static const struct {
	int cols, rows;
} sizes[] = {
    /*
     * First, because nothing is on its way then: libvterm 0.1 falls when a
     * wide character is written to its only column.
     */
    {1, 1},
    {80, 24},
    {10, 3},
    {20, 4},
    {40, 10},
    {100, 30},
    {132, 43},
    {200, 60},
    {500, 200},
    {24, 80},
    {7, 50},
    {300, 5},
};

/* What people write; with their own lines in between. */
static const char *const said[] = {
    "Good morning! Did the files arrive?",
    "¡Buenos días! Sí, llegó todo: mañana miro el resumen, ¿vale?",
    "明日の会議は三時からです。資料を送りますので、ご確認ください。",
    "안녕하세요, 오늘 저녁에 시간 있어요?",
    "مرحبا، كيف حالك اليوم؟ الاجتماع في الساعة 5 مساءً.",
    "שלום! מה שלומך?",
    "नमस्ते, आप कैसे हैं? कल मिलते हैं।",
    "combining: e\u0301 n\u0303 a\u0308\u0304 o\u0302\u0323, flood: "
    "x\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030a!",
    "emoji: 🎉 😀 👍🏽 👨‍👩‍👧 ❤️ 1️⃣ 🇪🇸 done",
    "see https://example.org/wiki/Chat_(program), or write to "
    "mailto:ana@example.org.",
    "https://example.org/a/very/long/address/that/does/not/fit/into/most/"
    "rows/and/is/broken/only/where/nothing/else/helps?id=0123456789",
    "one-very-long-word-without-any-place-to-break-it-at-all-"
    "0123456789012345678901234567890123456789",
};

static const char *const answers[] = {
    "Yes, all of them.",
    "漢字も大丈夫です。全角文字は二桁の幅を取ります。",
};

/* How long the way is differs each time, and what stands behind it moves. */
static char *
without_round_trip(char *row)
{
	static const char link[] = "connected with ";
	char *out = strstr(row, link), *in, *note;

	if (out == NULL)
		return row;
	in = out += strcspn(out, ",");
	note = strstr(in, "↓");
	/* A blank for each column, not for each byte. */
	for (; *in != '\0' && in != note; in++) {
		if ((*in & 0xC0) != 0x80)
			*out++ = ' ';
	}
	memmove(out, in, strlen(in) + 1);
	out += strlen(out);
	while (out > row && out[-1] == ' ')
		*--out = '\0';
	return row;
}

/* Everything of one screen: its rows, and where the cursor is. */
static char *
picture_of_screen(struct screen *s)
{
	char *text = NULL, row[SCREEN_ROW_MAX];
	int rows, cols, line, column;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	screen_size(s, &rows, &cols);
	screen_cursor(s, &line, &column);
	for (int i = 0; i < rows; i++)
		fprintf(out, "%s\n",
		    without_round_trip(screen_row_text(s, i, row)));
	fprintf(out, "-- cursor in row %d, column %d\n", line, column);
	assert_int_equal(fclose(out), 0);
	return text;
}

static char *
read_golden(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;

	if (f == NULL)
		return NULL;
	if (getdelim(&text, &size, '\0', f) < 0) {
		free(text);
		text = NULL;
	}
	fclose(f);
	return text;
}

struct golden {
	struct screen *screen;
	char *want;
};

static bool
is_golden(void *arg)
{
	struct golden *g = arg;
	char *got = picture_of_screen(g->screen);
	bool same = strcmp(got, g->want) == 0;

	free(got);
	return same;
}

static void
write_golden(struct screen *s, const char *path)
{
	FILE *f;
	char *text;

	/* It has to begin before it can end. */
	screen_pump(QUIET_MS);
	assert_true(screen_wait_quiet(s, QUIET_MS, 0));
	text = picture_of_screen(s);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
	free(text);
}

static void
assert_golden(struct screen *s, const char *name, int cols, int rows)
{
	char *path = str_printf(FOLDER "/%s-%dx%d.txt", name, cols, rows);
	struct golden golden = {.screen = s};

	if (getenv("UPDATE_GOLDEN") != NULL)
		write_golden(s, path);
	golden.want = read_golden(path);
	if (golden.want == NULL)
		fail_msg("%s cannot be read", path);
	if (!screen_wait_for(is_golden, &golden, path, 0)) {
		fprintf(stderr, "---- %s:\n%s", path, golden.want);
		fail_msg("the screen is not that of %s", path);
	}
	free(golden.want);
	free(path);
}

/* Whatever was drawn, each cell belongs to one whole character. */
static void
assert_cells(struct screen *s)
{
	int rows, cols, line, column;

	screen_size(s, &rows, &cols);
	for (int row = 0; row < rows; row++) {
		int col = 0;

		while (col < cols) {
			VTermPos at = {.row = row, .col = col};
			VTermScreenCell cell;

			assert_true(
			    vterm_screen_get_cell(s->picture, at, &cell) != 0);
			if (cell.chars[0] == (uint32_t)-1)
				fail_msg("%d,%d: half a character", row, col);
			col += cell.width > 0 ? cell.width : 1;
		}
		if (col != cols)
			fail_msg("row %d sticks out", row);
	}
	screen_cursor(s, &line, &column);
	assert_in_range(line, 0, rows - 1);
	assert_in_range(column, 0, cols - 1);
}

/* Title, status line and prompt, where there is room for them. */
static void
assert_frame(struct screen *s)
{
	char row[SCREEN_ROW_MAX];
	struct screen_style style;
	int rows, cols;

	screen_size(s, &rows, &cols);
	if (cols < 20 || rows < 4)
		return;
	screen_row_text(s, rows - 1, row);
	assert_ptr_equal(strstr(row, "> an answer that"), row);
	screen_style(s, 0, 0, &style);
	assert_true(style.reverse);
	screen_style(s, 0, cols - 1, &style);
	assert_true(style.reverse);
	if (cols < 80)
		return;
	screen_row_text(s, 0, row);
	assert_ptr_equal(
	    strstr(row, " beto · 127.0.0.1 · encrypted, UNVERIFIED"), row);
	screen_row_text(s, rows - 2, row);
	assert_ptr_equal(strstr(row, "1 question: /accept or /reject; "), row);
}

static void
talk(struct person *ana, struct person *beto)
{
	size_t answer = 0;

	for (size_t i = 0; i < COUNT(said); i++) {
		screen_paste(beto->screen, said[i]);
		screen_wait_read(beto->screen);
		screen_keys(beto->screen, KEYS_ENTER);
		/* The order of the lines is always the same. */
		assert_true(
		    screen_wait_count(ana->screen, "beto: ", (int)(i + 1), 0));
		if (i % 6 != 0 || answer == COUNT(answers))
			continue;
		person_type(ana, answers[answer]);
		answer++;
		assert_true(screen_wait_count(
		    ana->screen, "\u2713 ana> ", (int)answer, 0));
	}
	person_type(ana, "/me waves 👋");
	assert_true(person_sees(ana, "\u2713 * ana waves"));
}

/* A transfer that stands still, and a question. */
static void
offer(struct person *ana, struct person *beto)
{
	make_file(in_folder(beto->home, "mi foto año.jpg"), LARGE, 1);
	make_file(in_folder(beto->home, "資料.pdf"), 85500, 2);
	person_type(beto, "/limit 1k");
	person_type(beto, text_of("/send %s/mi\\ foto\\ año.jpg", beto->home));
	assert_true(person_sees(ana, "? 2: beto offers"));
	person_type(ana, "/accept 2");
	assert_true(person_sees(ana, "0.0/30.0 MB"));
	assert_true(person_sees(beto, "0.0/30.0 MB"));
	person_type(beto, "/pause");
	assert_true(person_sees(ana, "MB  paused by beto"));
	person_type(beto, text_of("/send %s/資料.pdf", beto->home));
	assert_true(person_sees(ana, "? 3: beto offers"));
}

/* To a size where the end of the talk looks as it always does. */
static void
go_down(struct person *p)
{
	screen_resize(p->screen, 18, 90);
	screen_keys(p->screen, "\033[1;5F");
	assert_true(screen_wait_row(p->screen, 14, "? 3: beto offers", 0));
	assert_true(screen_wait_row(p->screen, 17, "> an answer that", 0));
	assert_true(person_sees_no(p, "more below"));
}

static void
test_golden(void **state)
{
	static const char *const start[] = {"--time-format", "12:34", NULL};
	struct person ana = {.rows = 60, .cols = 200};
	struct person beto = {.rows = 60, .cols = 200};
	char address[32];

	(void)state;
	person_start(&ana, "ana", start);
	assert_true(person_sees(&ana, "waiting for a call"));
	person_address(&ana, address);
	person_call(&beto, "beto", &ana);
	assert_true(person_sees(&ana, "beto knocks"));
	person_type(&ana, "/accept");
	assert_true(person_sees(&ana, "connected with beto"));
	assert_true(person_sees(&beto, "connected with ana"));
	/* Keys and ports are others every time. */
	person_type(&ana, "/clear");
	assert_true(person_sees_no(&ana, "you are ana"));
	talk(&ana, &beto);
	offer(&ana, &beto);
	screen_keys(ana.screen, "an answer that");
	assert_true(person_sees(&ana, "> an answer that"));
	assert_true(person_sees(&ana, "1 question: "));
	for (size_t i = 0; i < COUNT(sizes); i++) {
		int cols = sizes[i].cols, rows = sizes[i].rows;

		screen_resize(ana.screen, rows, cols);
		assert_golden(ana.screen, "talk", cols, rows);
		assert_cells(ana.screen);
		assert_frame(ana.screen);
		screen_keys(ana.screen, "\033[1;5H");
		assert_golden(ana.screen, "top", cols, rows);
		assert_cells(ana.screen);
		assert_frame(ana.screen);
		go_down(&ana);
	}
	part(&ana, &beto);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_golden),
	};

	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
