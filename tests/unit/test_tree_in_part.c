/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The private folder that a tree is gathered in: what else may have its name,
 * or be in it. Only what is ours is used, or removed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/unit/growing.h"
#include "tests/unit/planting.h"
#include "tests/unit/scratch.h"

static void
add_small(struct growing *g)
{
	growing_text(g, "d/", "");
	growing_text(g, "d/a", "aaaaaaaaaa");
	growing_text(g, "d/b", "");
	growing_text(g, "d/c/", "");
	growing_text(g, "d/c/x", "xyz");
	growing_text(g, "d/e", "eeeeeeeeeeeeeeeeeeee");
	growing_text(g, "f", "f");
}

/* What is gathered may be no file, or not one of ours: it is not used. */
static void
test_planted(void **state)
{
	struct stat before;
	struct growing g;
	char *outside, *part, *staged;

	(void)state;
	growing_begin(&g);
	growing_text(&g, "x", "precious");
	outside = scratch_path(g.folder, "outside");
	scratch_write(outside, "precious", 8);
	assert_int_equal(lstat(outside, &before), 0);
	for (const char *kind = "snpul"; *kind != '\0'; kind++) {
		const struct dirent *entry;
		DIR *dir;

		growing_open(&g, false);
		scratch_settle(g.disk);
		growing_send(&g);
		growing_keep(&g);
		part = growing_path(&g, g.part);
		dir = opendir(part);
		assert_non_null(dir);
		do
			entry = readdir(dir);
		while (entry != NULL && entry->d_name[0] == '.');
		assert_non_null(entry);
		staged = scratch_path(part, entry->d_name);
		closedir(dir);
		assert_int_equal(unlink(staged), 0);
		plant(staged, *kind, outside);

		growing_open(&g, true);
		scratch_settle(g.disk);
		assert_int_equal(g.claims, 0);
		growing_send(&g);
		growing_finish(&g);
		growing_check(&g);
		assert_int_equal(scratch_count(g.in), 1);
		assert_int_equal(unlink(g.path), 0);
		growing_forget(&g);
		/* A second name has changed only that it had one. */
		assert_int_equal(lstat(outside, &before), 0);
		assert_int_equal(before.st_nlink, 1);
		assert_int_equal(before.st_size, 8);
		free(staged);
		free(part);
	}
	free(outside);
	growing_end(&g);
}

/* Another process is at it: it is theirs until they close it. */
static void
test_locked(void **state)
{
	struct growing g;
	char *part;
	int fd;

	(void)state;
	growing_begin(&g);
	add_small(&g);
	growing_open(&g, false);
	scratch_settle(g.disk);
	growing_make(&g);
	growing_hand(&g, 20);
	scratch_settle(g.disk);
	part = growing_path(&g, g.part);
	fd = open(part, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), -1);
	growing_keep(&g);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);

	growing_open(&g, true);
	scratch_settle(g.disk);
	growing_check_failed(&g, WHY_DENIED, "another charla");
	growing_forget(&g);
	growing_open(&g, true);
	growing_forget(&g);
	incoming_discard(g.disk, g.in, g.part);
	scratch_settle(g.disk);
	assert_int_equal(scratch_count(part), 1);
	close(fd);
	incoming_discard(g.disk, g.in, g.part);
	scratch_settle(g.disk);
	assert_int_equal(scratch_count(g.in), 0);
	free(part);
	growing_end(&g);
}

/* Something else has its name; 'o' is somebody else's folder. */
static void
test_taken(void **state)
{
	struct stat before;
	struct growing g;
	char *part, *outside;

	(void)state;
	growing_begin(&g);
	add_small(&g);
	assert_int_equal(mkdir(g.in, 0700), 0);
	incoming_part_name(g.part);
	part = growing_path(&g, g.part);
	outside = scratch_path(g.folder, "outside");
	assert_int_equal(mkdir(outside, 0700), 0);
	for (const char *kind = "snpufo"; *kind != '\0'; kind++) {
		if (*kind == 'o' && geteuid() != 0)
			continue;
		plant(part, *kind == 'o' ? 'd' : *kind, outside);
		if (*kind == 'o')
			assert_int_equal(chown(part, 54321, 54321), 0);
		assert_int_equal(lstat(part, &before), 0);
		growing_open(&g, true);
		scratch_settle(g.disk);
		growing_check_failed(&g, WHY_DENIED, g.part);
		growing_forget(&g);
		planted_same(&before, part);
		/* Let go of before it was looked at. */
		growing_open(&g, true);
		growing_forget(&g);
		planted_same(&before, part);
		/* A file may be the part of a file. */
		if (*kind != 'f')
			incoming_discard(g.disk, g.in, g.part);
		scratch_settle(g.disk);
		planted_same(&before, part);
		assert_int_equal(remove(part), 0);
	}
	assert_int_equal(scratch_count(outside), 0);
	free(outside);
	free(part);
	growing_end(&g);
}

/* Only what we gathered is removed with it. */
static void
test_discard(void **state)
{
	static const char *const others[] = {"notes",
	    "0123456789abcdef0123456789abcde",
	    "0123456789abcdef0123456789abcdef0",
	    "0123456789ABCDEF0123456789abcdef"};
	static const char ours[] = "0123456789abcdef0123456789abcdef";
	struct growing g;
	struct stat before;
	char *part, *path;

	(void)state;
	growing_begin(&g);
	add_small(&g);
	growing_open(&g, false);
	scratch_settle(g.disk);
	growing_send(&g);
	growing_keep(&g);
	part = growing_path(&g, g.part);
	for (size_t i = 0; i < COUNT(others); i++) {
		path = scratch_path(part, others[i]);
		scratch_write(path, "precious", 8);
		free(path);
	}
	path = scratch_path(part, ours);
	assert_int_equal(mkdir(path, 0700), 0);
	incoming_discard(g.disk, g.in, g.part);
	scratch_settle(g.disk);
	assert_int_equal(scratch_count(part), COUNT(others) + 1);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(symlink("notes", path), 0);
	incoming_discard(g.disk, g.in, g.part);
	scratch_settle(g.disk);
	assert_int_equal(scratch_count(part), COUNT(others) + 1);
	assert_int_equal(lstat(path, &before), 0);

	/* Nor is it in the way of going on. */
	growing_open(&g, true);
	scratch_settle(g.disk);
	growing_send(&g);
	growing_finish(&g);
	growing_check(&g);
	assert_int_equal(scratch_count(part), COUNT(others) + 1);
	planted_same(&before, path);
	free(path);
	free(part);
	growing_end(&g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_planted),
	    cmocka_unit_test(test_locked),
	    cmocka_unit_test(test_taken),
	    cmocka_unit_test(test_discard),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("tree part", tests, NULL, NULL);
}
