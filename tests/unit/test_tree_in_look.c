/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is under the names of a list, before it is accepted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/unit/growing.h"
#include "tests/unit/planting.h"
#include "tests/unit/scratch.h"

enum {
	THERE = INCOMING_LOOK_THERE,
	SIZE = INCOMING_LOOK_SIZE,
	TIME = INCOMING_LOOK_TIME,
	OTHER = INCOMING_LOOK_OTHER,
};

struct looked {
	unsigned times;
	uint8_t *flags;
	size_t count;
};

static void
on_look(void *arg, const uint8_t *flags)
{
	struct looked *l = arg;

	l->times++;
	l->flags = flags != NULL ? mem_dup(flags, l->count) : NULL;
}

static void
look(struct growing *g, struct looked *l)
{
	l->times = 0;
	l->count = filelist_count(g->list);
	incoming_look(g->disk, g->in, g->list, on_look, l);
	assert_int_equal(l->times, 0);
	scratch_settle(g->disk);
	assert_int_equal(l->times, 1);
}

static void
check_looked(struct growing *g, const uint8_t *expected)
{
	struct looked l;

	look(g, &l);
	assert_non_null(l.flags);
	assert_memory_equal(l.flags, expected, l.count);
	free(l.flags);
}

static void
test_flags(void **state)
{
	struct growing g;
	struct looked l;
	char *path;

	(void)state;
	growing_begin(&g);
	growing_text(&g, "d/", "");
	growing_text(&g, "d/e/", "");
	growing_text(&g, "d/e/x", "x");
	growing_text(&g, "d/l@", "");
	growing_text(&g, "d/y", "y");
	growing_text(&g, "z", "z");
	/* Not there; and it is not made. */
	look(&g, &l);
	assert_null(l.flags);
	assert_int_equal(access(g.in, F_OK), -1);

	assert_int_equal(mkdir(g.in, 0700), 0);
	check_looked(&g, (const uint8_t[]){0, 0, 0, 0, 0, 0});
	growing_whole_well(&g);
	growing_forget(&g);
	check_looked(&g, (const uint8_t[]){THERE, THERE, THERE | SIZE | TIME, 0,
			     THERE | SIZE | TIME, THERE | SIZE | TIME});

	path = growing_path(&g, "d/e/x");
	scratch_set_mtime(path, GROWING_MTIME_S + 10, 0);
	str_replace(&path, growing_path(&g, "d/y"));
	scratch_write(path, "longer", 6);
	scratch_set_mtime(path, GROWING_MTIME_S, 0);
	str_replace(&path, growing_path(&g, "z"));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	free(path);
	check_looked(
	    &g, (const uint8_t[]){THERE, THERE, THERE | SIZE, 0, THERE, OTHER});
	growing_end(&g);
}

/* What is no file or folder is not gone through, or into. */
static void
test_planted(void **state)
{
	struct growing g;
	struct stat before;
	char *d, *outside, *inner;

	(void)state;
	growing_begin(&g);
	growing_text(&g, "d/", "");
	growing_text(&g, "d/x", "precious");
	growing_text(&g, "e", "precious");
	assert_int_equal(mkdir(g.in, 0700), 0);
	outside = scratch_path(g.folder, "outside");
	assert_int_equal(mkdir(outside, 0700), 0);
	inner = scratch_path(outside, "x");
	scratch_write(inner, "precious", 8);
	d = growing_path(&g, "d");
	for (const char *kind = "snpuf"; *kind != '\0'; kind++) {
		plant(d, *kind, outside);
		assert_int_equal(lstat(d, &before), 0);
		check_looked(&g, (const uint8_t[]){OTHER, 0, 0});
		planted_same(&before, d);
		assert_int_equal(unlink(d), 0);
	}
	str_replace(&d, growing_path(&g, "e"));
	for (const char *kind = "snpud"; *kind != '\0'; kind++) {
		plant(d, *kind, inner);
		check_looked(&g, (const uint8_t[]){0, 0, OTHER});
		assert_int_equal(remove(d), 0);
	}
	free(inner);
	free(outside);
	free(d);
	growing_end(&g);
}

/* More than one slice of them; and what is no folder. */
static void
test_many(void **state)
{
	enum { FILES = 10 * 1000 };
	struct growing g;
	struct looked l;
	char name[16];
	char *path;

	(void)state;
	growing_begin(&g);
	assert_int_equal(mkdir(g.in, 0700), 0);
	for (int i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "%05d", i);
		growing_text(&g, name, "x");
		if (i % 100 != 0)
			continue;
		path = growing_path(&g, name);
		scratch_write(path, "", 0);
		free(path);
	}
	look(&g, &l);
	assert_non_null(l.flags);
	for (size_t i = 0; i < FILES; i++)
		assert_int_equal(l.flags[i], i % 100 == 0 ? THERE : 0);
	free(l.flags);

	str_replace(&g.in, growing_path(&g, "00000"));
	look(&g, &l);
	assert_null(l.flags);
	growing_end(&g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_flags),
	    cmocka_unit_test(test_planted),
	    cmocka_unit_test(test_many),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("tree look", tests, NULL, NULL);
}
