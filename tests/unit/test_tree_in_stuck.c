/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The disk is full, or the folder away, while a tree arrives. All that has
 * come waits, and after a retry it is the whole tree.
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
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/unit/growing.h"
#include "tests/unit/receiving.h"
#include "tests/unit/scratch.h"

enum { KIB = 1024, MIB = 1024 * 1024, SOMEBODY = 54321 };

/* A disk of 3 MiB that holds so much of something else already. */
struct full {
	struct growing g;
	uint8_t *bytes; /* 3 MiB */
	char *other;
};

static void
full_set(struct full *f, size_t len)
{
	scratch_write(f->other, f->bytes, len);
}

static bool
full_begin(struct full *f, size_t len)
{
	growing_begin(&f->g);
	if (!receiving_small_disk_at(f->g.in)) {
		growing_end(&f->g);
		return false;
	}
	f->bytes = scratch_bytes(3 * MIB, 59);
	f->other = growing_path(&f->g, "other");
	full_set(f, len);
	growing_text(&f->g, "d/", "");
	growing_add(&f->g, "d/a", f->bytes, MIB / 2);
	growing_add(&f->g, "d/b", f->bytes + 1, MIB);
	growing_add(&f->g, "d/c", f->bytes + 2, MIB / 2);
	return true;
}

static void
full_end(struct full *f)
{
	growing_forget(&f->g);
	free(f->other);
	free(f->bytes);
	assert_int_equal(umount(f->g.in), 0);
	growing_end(&f->g);
}

/* It is said before the first byte comes, with what is missing. */
static void
test_before(void **state)
{
	struct full f;
	struct growing *g = &f.g;

	(void)state;
	if (!full_begin(&f, 2 * MIB))
		skip();
	growing_open(g, false);
	scratch_settle(g->disk);
	growing_check_stuck(g, 1, WHY_DISK_FULL, "1.0 MB are missing");
	assert_int_equal(g->missing, MIB);
	/* The other side does not begin before there is room. */
	assert_int_equal(g->claimings, 0);
	full_set(&f, MIB + MIB / 2);
	growing_retry(g);
	growing_check_stuck(g, 2, WHY_DISK_FULL, "are missing");
	assert_int_equal(g->missing, MIB / 2);
	full_set(&f, MIB / 2);
	growing_retry(g);
	assert_int_equal(g->unstuck, 1);
	growing_send(g);
	growing_finish(g);
	growing_check(g);
	full_end(&f);
}

/* More than the disk will ever hold is no matter of waiting. */
static void
test_never(void **state)
{
	struct full f;
	struct growing *g = &f.g;

	(void)state;
	if (!full_begin(&f, 0))
		skip();
	growing_add(g, "e", f.bytes, 3 * MIB);
	growing_open(g, false);
	scratch_settle(g->disk);
	growing_check_failed(g, WHY_DISK_FULL, "larger than the disk");
	assert_int_equal(scratch_count(g->in), 1);
	full_end(&f);
}

/* What is there needs no room: in its place, or gathered. */
static void
test_is_there(void **state)
{
	struct full f;
	struct growing *g = &f.g;

	(void)state;
	if (!full_begin(&f, 0))
		skip();
	growing_whole_well(g);
	growing_forget(g);
	full_set(&f, MIB - 64 * KIB);
	growing_whole_well(g);
	assert_int_equal(g->stuck, 0);
	assert_int_equal(g->counts.same, 3);
	full_end(&f);

	if (!full_begin(&f, 0))
		skip();
	growing_open(g, false);
	scratch_settle(g->disk);
	growing_make(g);
	growing_hand(g, MIB + 100);
	growing_keep(g);
	full_set(&f, MIB - 64 * KIB);
	growing_open(g, true);
	scratch_settle(g->disk);
	growing_send(g);
	assert_int_equal(g->stuck, 0);
	growing_finish(g);
	growing_check(g);
	full_end(&f);
}

/* Somebody else fills it in the middle. */
static void
test_in_the_middle(void **state)
{
	struct full f;
	struct growing *g = &f.g;

	(void)state;
	if (!full_begin(&f, 0))
		skip();
	growing_open(g, false);
	scratch_settle(g->disk);
	growing_make(g);
	growing_hand(g, MIB);
	scratch_settle(g->disk);
	full_set(&f, MIB + MIB / 2);
	growing_hand(g, g->stream_len);
	growing_finish(g);
	growing_check_stuck(g, 1, WHY_DISK_FULL, "are missing");
	assert_true(g->missing > 0 && g->missing <= MIB / 2);
	full_set(&f, MIB + MIB / 4);
	growing_retry(g);
	growing_check_stuck(g, 2, WHY_DISK_FULL, "are missing");
	full_set(&f, MIB / 2);
	growing_retry(g);
	assert_int_equal(g->unstuck, 1);
	growing_check(g);
	assert_int_equal(scratch_count(g->in), 2);
	full_end(&f);
}

/* What was gathered is removed by somebody, with the folder or without. */
static void
test_removed(void **state)
{
	struct growing g;
	char *shell;

	(void)state;
	growing_begin(&g);
	growing_text(&g, "a", "a");
	growing_text(&g, "b", "b");
	for (int i = 0; i < 4; i++) {
		growing_open(&g, false);
		scratch_settle(g.disk);
		growing_make(&g);
		growing_hand(&g, i % 2 == 0 ? 31 : g.stream_len);
		scratch_settle(g.disk);
		shell = i < 2 ? str_printf("rm -r '%s'", g.in)
			      : str_printf("rm -r '%s/%s'", g.in, g.part);
		assert_int_equal(system(shell), 0);
		free(shell);
		growing_hand(&g, g.stream_len);
		growing_finish(&g);
		growing_check_failed(&g, WHY_IO, "was removed");
		growing_forget(&g);
	}
	/* Only one file of it. */
	growing_open(&g, false);
	scratch_settle(g.disk);
	growing_send(&g);
	shell = str_printf("cd '%s' && rm \"$(grep -lx b .charla-*/*)\"", g.in);
	assert_int_equal(system(shell), 0);
	free(shell);
	growing_finish(&g);
	assert_int_equal(g.stored, 1);
	assert_int_equal(g.counts.files, 1);
	assert_int_equal(g.counts.lost, 1);
	growing_check_text(&g, "a", "a");
	growing_end(&g);
}

/* The folder is not there and cannot be made: a disk not plugged in. */
static void
test_link_to_nowhere(void **state)
{
	struct growing g;
	char *there;

	(void)state;
	growing_begin(&g);
	growing_text(&g, "a", "a");
	there = scratch_path(g.folder, "there");
	assert_int_equal(symlink("there", g.in), 0);
	growing_open(&g, false);
	scratch_settle(g.disk);
	growing_check_stuck(&g, 1, WHY_IO, "is not there");
	growing_retry(&g);
	growing_check_stuck(&g, 2, WHY_IO, "is not there");
	assert_int_equal(mkdir(there, 0700), 0);
	growing_retry(&g);
	growing_send(&g);
	growing_finish(&g);
	growing_check(&g);
	free(there);
	growing_end(&g);
}

/* Folders that we made are removed while everything gets its name. */
static void
test_folder_vanishes(void **state)
{
	enum { FILES = 2000 };
	char path[32], *shell, *d;
	struct growing g;

	(void)state;
	growing_begin(&g);
	growing_text(&g, "d/", "");
	growing_text(&g, "d/e/", "");
	for (int i = 0; i < FILES; i++) {
		snprintf(path, sizeof(path), "d/e/%05d", i);
		growing_text(&g, path, "x");
	}
	growing_open(&g, false);
	scratch_settle(g.disk);
	growing_send(&g);
	d = growing_path(&g, "d");
	/* It may still be filled while it is emptied. */
	shell = str_printf("mv '%s' '%s/away' && cd '%s' && "
			   "while ! rm -r away 2>/dev/null; do :; done",
	    d, g.folder, g.folder);
	growing_tell_hash(&g);
	while (access(d, F_OK) < 0)
		scratch_turn(g.disk);
	assert_int_equal(system(shell), 0);
	scratch_settle(g.disk);
	assert_int_equal(g.stored, 1);
	assert_int_equal(g.counts.files, FILES);
	assert_int_equal(g.counts.lost, 0);
	free(shell);
	free(d);
	growing_end(&g);
}

/* Root is asked for no permission: be somebody else for a while. */
static bool
be_ordinary(const char *folder)
{
	if (geteuid() != 0)
		return true;
	if (chown(folder, SOMEBODY, SOMEBODY) == 0 && seteuid(SOMEBODY) == 0) {
		if (eaccess(folder, R_OK | W_OK | X_OK) == 0)
			return true;
		assert_int_equal(seteuid(0), 0);
	}
	print_message("skipped: nobody else may use '%s'\n", folder);
	return false;
}

/* A folder that is there and is ours only to read; or not even that. */
static void
test_no_permission(void **state)
{
	static const mode_t modes[] = {0500, 0300, 0};
	const uid_t before = geteuid();
	struct growing g;
	char *d, *x;

	(void)state;
	growing_begin(&g);
	if (!be_ordinary(g.folder)) {
		growing_end(&g);
		skip();
	}
	growing_text(&g, "d/", "");
	growing_text(&g, "d/x", "x");
	d = growing_path(&g, "d");
	assert_int_equal(mkdir(g.in, 0700), 0);
	for (size_t i = 0; i < COUNT(modes); i++) {
		assert_int_equal(mkdir(d, 0700), 0);
		assert_int_equal(chmod(d, modes[i]), 0);
		growing_whole(&g);
		growing_check_stuck(&g, 1, WHY_DENIED, "no permission");
		growing_retry(&g);
		growing_check_stuck(&g, 2, WHY_DENIED, "no permission");
		assert_int_equal(chmod(d, 0700), 0);
		growing_retry(&g);
		growing_check(&g);
		x = scratch_path(d, "x");
		assert_int_equal(unlink(x), 0);
		assert_int_equal(rmdir(d), 0);
		free(x);
		growing_forget(&g);
	}
	assert_int_equal(seteuid(before), 0);
	free(d);
	growing_end(&g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_before),
	    cmocka_unit_test(test_never),
	    cmocka_unit_test(test_is_there),
	    cmocka_unit_test(test_in_the_middle),
	    cmocka_unit_test(test_removed),
	    cmocka_unit_test(test_link_to_nowhere),
	    cmocka_unit_test(test_folder_vanishes),
	    cmocka_unit_test(test_no_permission),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("tree stuck", tests, NULL, NULL);
}
