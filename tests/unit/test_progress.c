/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/util.h"
#include "ui/progress.h"

enum { NOW = 100000 };

static void
percents(void **state)
{
	static const struct {
		uint64_t done, size;
		int want;
	} cases[] = {
	    {0, 0, 0},
	    {5, 0, 0},
	    {0, 1, 0},
	    {1, 1, 99},
	    {2, 1, 99},
	    {1, 3, 33},
	    {40100, 85500, 46},
	    {84644, 85500, 98},
	    {84645, 85500, 99},
	    {85499, 85500, 99},
	    {UINT64_MAX, UINT64_MAX, 99},
	    {UINT64_MAX - 1, UINT64_MAX, 99},
	    {UINT64_MAX / 2, UINT64_MAX, 50},
	    {1, UINT64_MAX, 0},
	    {UINT64_MAX / 100, UINT64_MAX, 0},
	    {UINT64_MAX / 100 + 1, UINT64_MAX, 1},
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++)
		if (progress_percent(cases[i].done, cases[i].size) !=
		    cases[i].want)
			fail_msg("case %zu", i);
}

static void
percents_never_fall(void **state)
{
	static const uint64_t sizes[] = {
	    1, 99, 101, 4096, UINT64_MAX / 99, UINT64_MAX};
	uint64_t step, k;
	size_t i;
	int now, last;

	(void)state;
	for (i = 0; i < COUNT(sizes); i++) {
		step = sizes[i] / 1000 + 1;
		last = 0;
		for (k = 0; k <= sizes[i] / step; k++) {
			now = progress_percent(k * step, sizes[i]);
			assert_in_range(now, last, 99);
			last = now;
		}
	}
}

static struct row
running(uint64_t done, uint64_t size, double rate)
{
	struct row row = {0};

	row.number = 2;
	row.incoming = true;
	row.state = ROW_RUNNING;
	row.done = done;
	row.size = size;
	row.pace.rate = rate;
	row.pace.seconds_left = rate > 0 ? 13 : 0;
	row.begun_ms = NOW - 60000;
	row.moved_ms = NOW - 100;
	return row;
}

static void
time_left(void **state)
{
	struct row row = running(0, 100, 10);

	(void)state;
	assert_int_equal(progress_seconds_left(&row, NOW), 13);
	row.done = 99;
	assert_int_equal(progress_seconds_left(&row, NOW), 13);
	row.done = 100;
	assert_int_equal(progress_seconds_left(&row, NOW), 0);
	row.pace.seconds_left = 0;
	assert_true(progress_seconds_left(&row, NOW) == UINT64_MAX);
}

static void
nobody_can_say(void **state)
{
	static const enum row_state others[] = {ROW_WAITING, ROW_AWAY,
	    ROW_CONTINUING, ROW_PAUSED, ROW_CHECKING, ROW_QUEUED};
	struct row row = running(0, 100, 10);

	(void)state;
	row.moved_ms = NOW - PROGRESS_STALL_MS + 1;
	assert_int_equal(progress_seconds_left(&row, NOW), 13);
	assert_int_equal(progress_stalled(&row, NOW), 0);
	row.moved_ms = NOW - PROGRESS_STALL_MS;
	assert_true(progress_seconds_left(&row, NOW) == UINT64_MAX);
	assert_int_equal(progress_stalled(&row, NOW), PROGRESS_STALL_MS / 1000);
	/* It has not moved yet, but it has only just begun. */
	row.moved_ms = 0;
	row.begun_ms = NOW - 1;
	assert_int_equal(progress_seconds_left(&row, NOW), 13);
	/* A clock read before the last bytes came. */
	row.moved_ms = NOW + 50;
	assert_int_equal(progress_seconds_left(&row, NOW), 13);
	for (size_t i = 0; i < COUNT(others); i++) {
		row.state = others[i];
		assert_true(progress_seconds_left(&row, NOW) == UINT64_MAX);
	}
}

static void
assert_text(const struct row *row, int columns, const char *want)
{
	char *got = progress_text(row, columns, NOW);

	if (strcmp(got, want) != 0)
		fail_msg("at %d: \"%s\", not \"%s\"", columns, got, want);
	free(got);
}

static void
running_texts(void **state)
{
	static char name[] = "informe final.pdf";
	struct row row = running(40100, 85500, 3783);

	(void)state;
	row.name = name;
	assert_text(&row, 80,
	    "↓ 2 informe final.pdf  ███░░░░░  46 %  40.1/85.5 kB  "
	    "  3.8 kB/s  13 s left");
	assert_text(&row, 200,
	    "↓ 2 informe final.pdf  █████████░░░░░░░░░░░  46 %  "
	    "40.1/85.5 kB    3.8 kB/s  13 s left");
	/* The bar goes, then the bytes, then the rate, then the time. */
	assert_text(&row, 76,
	    "↓ 2 informe final.pdf  46 %  40.1/85.5 kB    3.8 kB/s  13 s left");
	assert_text(
	    &row, 60, "↓ 2 informe final.pdf  46 %    3.8 kB/s  13 s left");
	assert_text(&row, 48, "↓ 2 informe final.pdf  46 %  13 s left");
	assert_text(&row, 40, "↓ 2 informe final.pdf  46 %");
}

/* The whole is what it is counted in. */
static void
bytes_texts(void **state)
{
	static const struct {
		uint64_t done, size;
		const char *want;
	} cases[] = {
	    {0, 0, "0/0 B"},
	    {7, 999, "  7/999 B"},
	    {0, 1000, "0.0/1.0 kB"},
	    {49, 1000, "0.0/1.0 kB"},
	    {50, 1000, "0.1/1.0 kB"},
	    {999999, 1000000, "1.0/1.0 MB"},
	    {999949, 999949, "999.9/999.9 kB"},
	    {999949, 999950, "1.0/1.0 MB"},
	    {1000, 85500000, " 0.0/85.5 MB"},
	    {9100000, 85500000, " 9.1/85.5 MB"},
	    {999900000, 4300000000, "1.0/4.3 GB"},
	    {UINT64_MAX / 2, UINT64_MAX, " 9.2/18.4 EB"},
	    {UINT64_MAX, UINT64_MAX, "18.4/18.4 EB"},
	};
	static char name[] = "a";

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct row row = running(cases[i].done, cases[i].size, 0);
		char *want = str_printf("↓ 2 a  continuing at %d %%  %s",
		    progress_percent(cases[i].done, cases[i].size),
		    cases[i].want);

		row.name = name;
		row.state = ROW_CONTINUING;
		assert_text(&row, 80, want);
		free(want);
	}
}

static void
times_left(void **state)
{
	static const struct {
		uint64_t seconds;
		const char *want;
	} cases[] = {
	    {1, "1 s left"},
	    {55, "55 s left"},
	    {60, "1 min 00 s left"},
	    {115, "1 min 55 s left"},
	    {570, "9 min 30 s left"},
	    {600, "10 min left"},
	    {3540, "59 min left"},
	    {3600, "1 h 00 min left"},
	    {86400, "1 d 00 h left"},
	};
	static char name[] = "a.txt";
	struct row row = running(0, 85500, 1000);

	(void)state;
	row.name = name;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *want = str_printf("↓ 2 a.txt  ░░░░░░░░░░░░░░░░░░░   0 %%"
					"   0.0/85.5 kB    1.0 kB/s  %s",
		    cases[i].want);

		row.pace.seconds_left = cases[i].seconds;
		assert_text(&row, 79, want);
		free(want);
	}
}

static void
texts_of_states(void **state)
{
	static char name[] = "a.txt", note[] = "no room here";
	struct row row = running(0, 85500, 0);

	(void)state;
	row.name = name;
	row.incoming = false;
	row.number = 17;
	row.state = ROW_WAITING;
	assert_text(&row, 80, "↑ 17 a.txt  85.5 kB  waiting for an answer");
	row.size = 0;
	assert_text(&row, 80, "↑ 17 a.txt  0 B  waiting for an answer");
	row.size = 1000000;
	row.state = ROW_QUEUED;
	assert_text(&row, 80, "↑ 17 a.txt  1.0 MB  waits for its turn");
	row.state = ROW_RUNNING;
	assert_text(
	    &row, 80, "↑ 17 a.txt  ░░░░░░░░░░░░░░░░░░░░   0 %  0.0/1.0 MB");
	row.done = 250000;
	row.pace.rate = 1000;
	row.moved_ms = NOW - 5900;
	assert_text(&row, 80,
	    "↑ 17 a.txt  █████░░░░░░░░░░░░░░░  25 %  0.3/1.0 MB  "
	    "stalled 5 s");
	row.state = ROW_QUEUED;
	assert_text(&row, 80,
	    "↑ 17 a.txt  █████░░░░░░░░░░░░░░░  25 %  0.3/1.0 MB  "
	    "waits for its turn");
	row.state = ROW_PAUSED;
	assert_text(&row, 80,
	    "↑ 17 a.txt  █████░░░░░░░░░░░░░░░  25 %  0.3/1.0 MB  paused");
	row.note = note;
	assert_text(&row, 80,
	    "↑ 17 a.txt  █████░░░░░░░░░░░░░░░  25 %  0.3/1.0 MB  "
	    "no room here");
	row.done = row.size;
	row.state = ROW_CHECKING;
	assert_text(&row, 80,
	    "↑ 17 a.txt  ███████████████████░  99 %  1.0/1.0 MB  checking");
}

/* The link goes, comes back, and the file goes on. */
static void
away_and_back(void **state)
{
	static char name[] = "informe final.pdf";
	struct row row = running(40100, 85500, 3783);

	(void)state;
	row.name = name;
	assert_text(&row, 80,
	    "↓ 2 informe final.pdf  ███░░░░░  46 %  40.1/85.5 kB  "
	    "  3.8 kB/s  13 s left");
	row.state = ROW_AWAY;
	assert_text(&row, 80,
	    "↓ 2 informe final.pdf  ███░░░░░  46 %  40.1/85.5 kB  "
	    "waiting for the link");
	assert_text(
	    &row, 49, "↓ 2 informe final.pdf  46 %  waiting for the link");
	assert_text(&row, 45, "↓ 2 informe final.pdf  46 %");
	row.state = ROW_CONTINUING;
	assert_text(&row, 80,
	    "↓ 2 informe final.pdf  continuing at 46 %  40.1/85.5 kB");
	assert_text(&row, 50, "↓ 2 informe final.pdf  continuing at 46 %");
	assert_text(&row, 30, "↓ 2 inf…df  continuing at 46 %");
	assert_text(&row, 24, "↓ 2 continuing at 46 %");
	/* It runs, and nothing has been measured yet. */
	row.state = ROW_RUNNING;
	row.pace = (struct pace){0};
	row.begun_ms = row.moved_ms = 0;
	assert_text(
	    &row, 80, "↓ 2 informe final.pdf  ███░░░░░  46 %  40.1/85.5 kB");
}

static void
away_before_it_began(void **state)
{
	static char name[] = "a.txt";
	struct row row = running(0, 85500, 0);

	(void)state;
	row.name = name;
	row.state = ROW_AWAY;
	assert_text(&row, 80, "↓ 2 a.txt  85.5 kB  waiting for the link");
	row.size = 0;
	assert_text(&row, 80, "↓ 2 a.txt  0 B  waiting for the link");
	row.state = ROW_CONTINUING;
	assert_text(&row, 80, "↓ 2 a.txt  continuing at 0 %  0/0 B");
}

static void
long_names(void **state)
{
	static char name[] =
	    "a very long name of a file that nobody would ever read.pdf";
	static char wide[] = "漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字.txt";
	struct row row = running(40100, 85500, 3783);

	(void)state;
	row.name = name;
	assert_text(&row, 84,
	    "↓ 2 a very lon…r read.pdf  ███░░░░░  46 %  40.1/85.5 kB  "
	    "  3.8 kB/s  13 s left");
	assert_text(&row, 64,
	    "↓ 2 a very long …ver read.pdf  46 %    3.8 kB/s  13 s left");
	row.name = wide;
	assert_text(&row, 81,
	    "↓ 2 漢字漢字…漢字.txt  ███░░░░░  46 %  40.1/85.5 kB  "
	    "  3.8 kB/s  13 s left");
}

/* Never wider than asked for, at every width and in every state. */
static void
every_width(void **state)
{
	static char names[][64] = {"", "a", "ab", "informe final.pdf",
	    "漢字漢字漢字漢字漢字漢字.txt", "e\u0301e\u0301e\u0301", "شكرا.pdf",
	    "a very long name of a file that nobody would read.tar.gz"};
	static const uint64_t sizes[] = {0, 1, 999, 85500, UINT64_MAX};
	static const double rates[] = {0, 0.5, 999999, 1e30};
	enum row_state in;
	struct row row;
	size_t n, s, r;
	int columns;
	char *text;

	(void)state;
	for (n = 0; n < COUNT(names); n++)
		for (s = 0; s < COUNT(sizes) * COUNT(rates); s++)
			for (in = ROW_WAITING; in <= ROW_QUEUED; in++)
				for (columns = -1; columns <= 200; columns++) {
					r = s % COUNT(rates);
					row = running(
					    sizes[s / COUNT(rates)] / 3,
					    sizes[s / COUNT(rates)], rates[r]);
					row.number = n % 2 ? 4294967295u : 7;
					row.name = names[n];
					row.state = in;
					row.files = n % 3 ? 0 : UINT32_MAX;
					row.current =
					    names[COUNT(names) - n - 1];
					text =
					    progress_text(&row, columns, NOW);
					assert_true(
					    text_columns(text) <=
					    (columns < 0 ? 0 : columns));
					assert_true(
					    text_is_utf8(text, strlen(text)));
					free(text);
				}
}

/* Name and percent are the last to go. */
static void
narrow_texts(void **state)
{
	static char name[] = "informe final.pdf";
	struct row row = running(40100, 85500, 3783);

	(void)state;
	row.name = name;
	assert_text(&row, 20, "↓ 2 infor….pdf  46 %");
	assert_text(&row, 13, "↓ 2 i…f  46 %");
	assert_text(&row, 12, "↓ 2 46 %");
	assert_text(&row, 8, "↓ 2 46 %");
	assert_text(&row, 5, "↓ 2 …");
	assert_text(&row, 1, "…");
	assert_text(&row, 0, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(percents),
	    cmocka_unit_test(percents_never_fall),
	    cmocka_unit_test(time_left),
	    cmocka_unit_test(nobody_can_say),
	    cmocka_unit_test(running_texts),
	    cmocka_unit_test(bytes_texts),
	    cmocka_unit_test(times_left),
	    cmocka_unit_test(texts_of_states),
	    cmocka_unit_test(away_and_back),
	    cmocka_unit_test(away_before_it_began),
	    cmocka_unit_test(long_names),
	    cmocka_unit_test(narrow_texts),
	    cmocka_unit_test(every_width),
	};

	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
