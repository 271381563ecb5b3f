/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The row of a tree: many files in one transfer. */
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
#include "ui/progress.h"

enum { NOW = 100000 };

static struct row
tree(char *name, char *current)
{
	return (struct row){
	    .number = 3,
	    .incoming = true,
	    .state = ROW_RUNNING,
	    .name = name,
	    .current = current,
	    .files = 5321,
	    .files_done = 1203,
	    .done = 40100000,
	    .size = 85500000,
	    .begun_ms = NOW - 60000,
	    .moved_ms = NOW - 100,
	    .pace = {.rate = 12000000, .seconds_left = 13},
	};
}

static void
assert_text(const struct row *row, int columns, const char *want)
{
	char *got = progress_text(row, columns, NOW);

	if (strcmp(got, want) != 0)
		fail_msg("at %d: \"%s\", not \"%s\"", columns, got, want);
	free(got);
}

/* From wide to narrow: what goes, and in which order. */
static void
tree_texts(void **state)
{
	static const struct {
		int columns;
		const char *want;
	} cases[] = {
	    {140, "↓ 3 docs/guide/a.html                 █████████░░░░░░░░░░░  "
		  "46 %  1203/5321 files  40.1/85.5 MB   12.0 MB/s  13 s left"},
	    {97, "↓ 3 docs/guide/a.html  ███░░░░░  46 %  1203/5321 files  "
		 "40.1/85.5 MB   12.0 MB/s  13 s left"},
	    {96, "↓ 3 docs/gui…/a.html  ███░░░░░  46 %  1203/5321 files  "
		 "40.1/85.5 MB   12.0 MB/s  13 s left"},
	    {87, "↓ 3 docs/guide/a.html  46 %  1203/5321 files  40.1/85.5 MB   "
		 "12.0 MB/s  13 s left"},
	    {80, "↓ 3 docs/…html  46 %  1203/5321 files  40.1/85.5 MB   12.0 "
		 "MB/s  13 s left"},
	    {79, "↓ 3 docs/guide/a.html           46 %  40.1/85.5 MB   12.0 "
		 "MB/s  13 s left"},
	    {60, "↓ 3 docs/guide/a.html      46 %   12.0 MB/s  13 s left"},
	    {45, "↓ 3 docs/guide/a.html   46 %  13 s left"},
	    {29, "↓ 3 docs/guide/a.html    46 %"},
	    {16, "↓ 3 doc…ml  46 %"},
	    {12, "↓ 3 46 %"},
	};
	static char name[] = "doc", current[] = "docs/guide/a.html";
	struct row row = tree(name, current);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_text(&row, cases[i].columns, cases[i].want);
}

static void
texts_of_tree_states(void **state)
{
	static char name[] = "doc", current[] = "a";
	struct row row = tree(name, current);

	(void)state;
	row.state = ROW_CHECKING;
	assert_text(&row, 110,
	    "↓ 3 a                               "
	    "███░░░░░  46 %  1203/5321 files  40.1/85.5 MB  checking");
	row.state = ROW_QUEUED;
	assert_text(&row, 84,
	    "↓ 3 a               46 %  1203/5321 files  40.1/85.5 MB  "
	    "waits for its turn");
	row.state = ROW_CONTINUING;
	assert_text(&row, 110,
	    "↓ 3 a                                 "
	    "continuing at 46 %  1203/5321 files  40.1/85.5 MB");
	row.done = 0;
	row.current = NULL;
	row.state = ROW_QUEUED;
	assert_text(
	    &row, 110, "↓ 3 doc  5321 files  85.5 MB  waits for its turn");
	row.files = 1;
	row.state = ROW_WAITING;
	assert_text(
	    &row, 110, "↓ 3 doc  1 file  85.5 MB  waiting for an answer");
}

/* Columns in front of what, which is there once. */
static int
column_of(const char *text, const char *what)
{
	const char *at = strstr(text, what);
	char *before;
	int columns;

	if (at == NULL || strstr(at + 1, what) != NULL)
		fail_msg("\"%s\" is not there once: \"%s\"", what, text);
	before = str_ndup(text, (size_t)(at - text));
	columns = text_columns(before);
	free(before);
	return columns;
}

/* Name, bar and parts stand still while the numbers change. */
static void
steady_columns(void **state)
{
	static const char *const ends[] = {"%", "files", " MB  ", "/s"};
	static const struct {
		uint64_t done;
		uint32_t files;
		double rate;
		uint64_t left;
	} moments[] = {
	    {5000, 1, 2000, 86400},
	    {5000000, 12, 1500000, 65},
	    {9900000, 999, 12345678, 55},
	    {45000000, 1000, 999900, 5},
	    {85499999, 5320, 123456789, 1},
	};
	static char name[] = "informe final", current[] = "a/b/c.txt";
	static const int widths[] = {96, 110, 130, 200};
	int first[COUNT(ends)] = {0};
	struct row row = tree(name, current);

	(void)state;
	for (size_t w = 0; w < COUNT(widths); w++)
		for (size_t i = 0; i < COUNT(moments); i++) {
			char *text;

			row.done = moments[i].done;
			row.files_done = moments[i].files;
			row.pace.rate = moments[i].rate;
			row.pace.seconds_left = moments[i].left;
			text = progress_text(&row, widths[w], NOW);
			for (size_t e = 0; e < COUNT(ends); e++) {
				int column = column_of(text, ends[e]);

				if (i == 0)
					first[e] = column;
				if (column != first[e])
					fail_msg("%s: \"%s\"", ends[e], text);
			}
			free(text);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tree_texts),
	    cmocka_unit_test(texts_of_tree_states),
	    cmocka_unit_test(steady_columns),
	};

	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
