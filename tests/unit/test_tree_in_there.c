/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is there already where a tree goes to: it is used, and it is left as it
 * is; what has the same bytes is not sent.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <locale.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/unit/growing.h"
#include "tests/unit/planting.h"
#include "tests/unit/scratch.h"

enum { MIB = 1024 * 1024 };

/* A tree; bytes: 3 MiB. */
static void
add_some(struct growing *g, const uint8_t *bytes)
{
	growing_text(g, "alone.txt", "a file beside");
	growing_text(g, "photos/", "");
	growing_add(g, "photos/large", bytes, 2 * MIB + 7);
	growing_text(g, "photos/nothing", "");
	growing_text(g, "photos/sub/", "");
	growing_text(g, "photos/sub/x", "x");
	growing_text(g, "z", "z");
}

enum { SOME_FILES = 5 };

static void
check_all_same(struct growing *g, size_t files)
{
	growing_check(g);
	assert_int_equal(g->sent, 0);
	assert_int_equal(g->same, files);
	assert_int_equal(g->claims, files);
	assert_int_equal(g->counts.same, files);
	assert_int_equal(g->counts.files + g->counts.lost, 0);
	assert_int_equal(g->progress.skipped, filelist_size(g->list));
}

/* Nothing is sent a second time, and nothing is written. */
static void
test_twice(void **state)
{
	uint8_t *bytes = scratch_bytes(3 * MIB, 5);
	struct stat before[2];
	struct growing g;
	char *large, *sub;

	(void)state;
	growing_begin(&g);
	add_some(&g, bytes);
	growing_whole_well(&g);
	growing_forget(&g);
	large = growing_path(&g, "photos/large");
	sub = growing_path(&g, "photos/sub");
	assert_int_equal(lstat(large, &before[0]), 0);
	assert_int_equal(lstat(sub, &before[1]), 0);
	growing_whole(&g);
	check_all_same(&g, SOME_FILES);
	planted_same(&before[0], large);
	planted_same(&before[1], sub);
	assert_int_equal(scratch_count(g.in), 3);
	free(large);
	free(sub);
	free(bytes);
	growing_end(&g);
}

/* What differs gets a name beside; by its bytes or by its size. */
static void
test_changed(void **state)
{
	static const char *const others[] = {"X", "longer", ""};
	struct stat before;
	struct growing g;
	char *x;

	(void)state;
	growing_begin(&g);
	growing_text(&g, "d/", "");
	growing_text(&g, "d/x.txt", "x");
	growing_text(&g, "d/y.txt", "y");
	growing_whole_well(&g);
	growing_forget(&g);
	x = growing_path(&g, "d/x.txt");
	for (size_t i = 0; i < COUNT(others); i++) {
		char beside[32];

		scratch_write(x, others[i], strlen(others[i]));
		assert_int_equal(lstat(x, &before), 0);
		growing_whole(&g);
		assert_int_equal(g.stored, 1);
		assert_int_equal(g.sent, 1);
		assert_int_equal(g.counts.files, 1);
		assert_int_equal(g.counts.renamed, 1);
		assert_int_equal(g.counts.same, 1);
		/* The same size: it was asked about. */
		assert_int_equal(g.claims, i == 0 ? 2 : 1);
		planted_same(&before, x);
		snprintf(beside, sizeof(beside), "d/x (%zu).txt", i + 1);
		growing_check_text(&g, beside, "x");
		growing_forget(&g);
	}
	free(x);
	growing_end(&g);
}

/* Folders that are there are used; what is in them stays. */
static void
test_into_folders(void **state)
{
	struct growing g;
	struct stat before, folder;
	char *d, *mine;

	(void)state;
	growing_begin(&g);
	assert_int_equal(mkdir(g.in, 0700), 0);
	d = growing_path(&g, "d");
	mine = growing_path(&g, "d/mine");
	assert_int_equal(mkdir(d, 0711), 0);
	scratch_write(mine, "mine", 4);
	assert_int_equal(lstat(mine, &before), 0);
	growing_text(&g, "d/", "");
	growing_text(&g, "d/new", "new");
	growing_whole_well(&g);
	planted_same(&before, mine);
	assert_int_equal(scratch_count(d), 2);
	/* It is not ours: its mode and its time are not, either. */
	assert_int_equal(lstat(d, &folder), 0);
	assert_int_equal(folder.st_mode & 07777, 0711);
	assert_true(folder.st_mtim.tv_sec > GROWING_MTIME_S);
	free(mine);
	free(d);
	growing_end(&g);
}

/* Only one root can be called otherwise. */
static void
test_as(void **state)
{
	struct growing g;
	char *expected;

	(void)state;
	growing_begin(&g);
	g.as = str_dup("other name");
	growing_text(&g, "d/", "");
	growing_text(&g, "d/d/", "");
	growing_text(&g, "d/d/x", "x");
	for (int i = 0; i < 2; i++) {
		growing_whole(&g);
		assert_int_equal(g.stored, 1);
		assert_int_equal(g.same, i);
		expected = growing_path(&g, "other name");
		assert_string_equal(g.path, expected);
		growing_check_text(&g, "other name/d/x", "x");
		assert_int_equal(scratch_count(g.in), 1);
		growing_forget(&g);
		free(expected);
	}
	growing_new_list(&g);
	growing_text(&g, "x", "x");
	growing_whole(&g);
	assert_int_equal(g.stored, 1);
	assert_int_equal(g.counts.renamed, 1);
	growing_check_text(&g, "other name (1)", "x");
	growing_forget(&g);

	growing_new_list(&g);
	growing_text(&g, "one", "1");
	growing_text(&g, "two", "2");
	growing_whole_well(&g);
	growing_end(&g);
}

/* What was the same goes away, or is changed, while the rest comes. */
static void
test_lost(void **state)
{
	struct growing g;
	char *path;

	(void)state;
	growing_begin(&g);
	growing_text(&g, "a", "a");
	growing_text(&g, "b", "b");
	growing_text(&g, "c", "c");
	growing_text(&g, "d", "d");
	growing_whole_well(&g);
	growing_forget(&g);
	growing_open(&g, false);
	scratch_settle(g.disk);
	growing_send(&g);
	assert_int_equal(g.same, 4);
	path = growing_path(&g, "a");
	assert_int_equal(unlink(path), 0);
	str_replace(&path, growing_path(&g, "b"));
	scratch_write(path, "B", 1);
	str_replace(&path, growing_path(&g, "c"));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("d", path), 0);
	free(path);
	growing_finish(&g);
	assert_int_equal(g.stored, 1);
	assert_int_equal(g.counts.same, 1);
	assert_int_equal(g.counts.lost, 3);
	growing_check_text(&g, "b", "B");
	growing_end(&g);
}

/*
 * What is mounted there is another disk, or may be: nothing can be moved to
 * it. False with a line where nothing can be mounted.
 */
static bool
mount_two(struct growing *g)
{
	char *disk = growing_path(g, "disk"), *bound = growing_path(g, "bound");
	bool done;

	assert_int_equal(mkdir(g->in, 0700), 0);
	assert_int_equal(mkdir(disk, 0700), 0);
	assert_int_equal(mkdir(bound, 0700), 0);
	done = unshare(CLONE_NEWNS) == 0 &&
	       mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("tmpfs", disk, "tmpfs", 0, "size=1m") == 0 &&
	       mount(g->folder, bound, NULL, MS_BIND, NULL) == 0;
	if (!done)
		print_message(
		    "skipped: cannot mount anything (%s)\n", strerror(errno));
	free(disk);
	free(bound);
	return done;
}

static void
test_mounted(void **state)
{
	struct growing g;
	char *path;

	(void)state;
	growing_begin(&g);
	if (!mount_two(&g)) {
		growing_end(&g);
		skip();
	}
	growing_text(&g, "bound/", "");
	growing_text(&g, "bound/x", "x");
	growing_text(&g, "disk/", "");
	growing_text(&g, "disk/y", "y");
	growing_whole(&g);
	assert_int_equal(g.stored, 1);
	growing_check_text(&g, "bound (1)/x", "x");
	growing_check_text(&g, "disk (1)/y", "y");
	growing_forget(&g);
	path = growing_path(&g, "disk");
	assert_int_equal(scratch_count(path), 0);
	assert_int_equal(umount(path), 0);
	str_replace(&path, growing_path(&g, "bound"));
	assert_int_equal(umount(path), 0);
	free(path);
	growing_end(&g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_twice),
	    cmocka_unit_test(test_changed),
	    cmocka_unit_test(test_into_folders),
	    cmocka_unit_test(test_as),
	    cmocka_unit_test(test_lost),
	    cmocka_unit_test(test_mounted),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("tree there", tests, NULL, NULL);
}
