/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A disk that refuses this or that while a tree is received: the calls are
 * answered so here, now and then, on their way to the system.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/unit/growing.h"
#include "tests/unit/scratch.h"

enum { KIB = 1024, MIB = 1024 * 1024 };

/*
 * Set while the worker is idle, and used by it; the calls below take no
 * argument for it.
 */
static struct {
	size_t room;    /* bytes that are taken until it is full */
	size_t at_once; /* and in one call */
	int full;       /* errno when it is full */
	uint64_t taken;

	unsigned syncs;   /* of everything, so far */
	unsigned bad;     /* the number of the one that fails, */
	int bad_error;    /* and with what */
	unsigned names;   /* given so far, also to folders */
	unsigned unnamed; /* the number of one that fails, */
	int name_error;   /* and with what */
} disk;

/* These take the place of the C library's. */
ssize_t
pwrite(int fd, const void *data, size_t len, off_t offset)
{
	ssize_t n;

	if (disk.room == 0) {
		errno = disk.full;
		return -1;
	}
	len = len < disk.room ? len : disk.room;
	len = len < disk.at_once ? len : disk.at_once;
	n = (ssize_t)syscall(SYS_pwrite64, fd, data, len, offset);
	if (n > 0) {
		disk.taken += (uint64_t)n;
		disk.room -= (size_t)n;
	}
	return n;
}

int
syncfs(int fd)
{
	if (++disk.syncs != disk.bad)
		return (int)syscall(SYS_syncfs, fd);
	errno = disk.bad_error;
	return -1;
}

static bool
is_refused(void)
{
	errno = disk.name_error;
	return ++disk.names == disk.unnamed;
}

int
renameat2(
    int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
	if (is_refused())
		return -1;
	return (int)syscall(SYS_renameat2, from_fd, from, to_fd, to, flags);
}

int
mkdirat(int fd, const char *name, mode_t mode)
{
	if (is_refused())
		return -1;
	return (int)syscall(SYS_mkdirat, fd, name, mode);
}

static void
disk_new(void)
{
	memset(&disk, 0, sizeof(disk));
	disk.room = disk.at_once = SIZE_MAX;
	disk.full = ENOSPC;
}

static void
next_folder(struct growing *g)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
	char name[] = "in-?";

	for (size_t i = 0; letters[i] != '\0'; i++) {
		name[3] = letters[i];
		str_replace(&g->in, scratch_path(g->folder, name));
		if (access(g->in, F_OK) < 0)
			return;
	}
	fail_msg("no name is left");
}

static void
add_some(struct growing *g, const uint8_t *bytes)
{
	growing_text(g, "d/", "");
	growing_add(g, "d/a", bytes, 300 * KIB);
	growing_add(g, "d/b", bytes + 1, 10);
	growing_text(g, "d/c/", "");
	growing_add(g, "d/c/e", bytes + 2, 700 * KIB);
	growing_add(g, "f", bytes + 3, 1);
}

enum { SOME_BYTES = 1000 * KIB + 11, SOME_FILES = 4 };

/* A little at a time, cut anywhere: each byte once, where it belongs. */
static void
test_little_by_little(void **state)
{
	static const struct {
		size_t room, at_once;
		int full;
		enum wire_why why;
	} cases[] = {
	    {1, SIZE_MAX, ENOSPC, WHY_DISK_FULL},
	    {0, SIZE_MAX, ENOSPC, WHY_DISK_FULL},
	    {300 * KIB, SIZE_MAX, EDQUOT, WHY_DISK_FULL},
	    {300 * KIB + 10, 1000, EROFS, WHY_DENIED},
	    {400 * KIB, 7777, EACCES, WHY_DENIED},
	};
	uint8_t *bytes = scratch_bytes(MIB, 41);
	struct growing g;

	(void)state;
	growing_begin(&g);
	add_some(&g, bytes);
	for (size_t i = 0; i < COUNT(cases); i++) {
		size_t more = 1000;

		next_folder(&g);
		disk_new();
		disk.room = cases[i].room;
		disk.at_once = cases[i].at_once;
		disk.full = cases[i].full;
		growing_open(&g, false);
		scratch_settle(g.disk);
		growing_make(&g);
		growing_hand(&g, g.stream_len);
		/* It is told before the last byte of it is there. */
		growing_finish(&g);
		growing_check_stuck(&g, 1, cases[i].why, "");
		while (g.is_stuck) {
			assert_int_equal(g.failed + g.stored, 0);
			assert_int_equal(scratch_count(g.in), 1);
			disk.room = more += 50 * KIB;
			growing_retry(&g);
		}
		growing_check(&g);
		assert_int_equal(disk.taken, SOME_BYTES);
		growing_forget(&g);
	}
	free(bytes);
	growing_end(&g);
}

/* Let go of while it is stuck, and gone on with. */
static void
test_let_go(void **state)
{
	uint8_t *bytes = scratch_bytes(MIB, 43);
	struct growing g;

	(void)state;
	growing_begin(&g);
	add_some(&g, bytes);
	for (int i = 0; i < 4; i++) {
		const bool keep = i % 2 != 0;

		next_folder(&g);
		disk_new();
		disk.room = 500 * KIB;
		growing_open(&g, false);
		scratch_settle(g.disk);
		growing_send(&g);
		assert_true(g.is_stuck);
		if (i >= 2)
			incoming_retry(g.incoming);
		if (keep)
			growing_keep(&g);
		else
			growing_forget(&g);
		assert_int_equal(scratch_count(g.in), keep);
		disk_new();
		growing_open(&g, true);
		scratch_settle(g.disk);
		growing_send(&g);
		assert_int_equal(
		    g.sent, keep ? SOME_BYTES - 500 * KIB : SOME_BYTES);
		growing_finish(&g);
		growing_check(&g);
		growing_forget(&g);
	}
	free(bytes);
	growing_end(&g);
}

/* A disk that is ill does not get well by waiting. */
static void
test_ill(void **state)
{
	struct growing g;

	(void)state;
	growing_begin(&g);
	growing_text(&g, "a", "a");
	growing_text(&g, "b", "b");
	for (int i = 0; i < 3; i++) {
		next_folder(&g);
		disk_new();
		disk.room = i == 0 ? 1 : SIZE_MAX;
		disk.full = EIO;
		disk.bad = 1;
		/* Nor is it known then what a full one has kept. */
		disk.bad_error = i == 1 ? EIO : ENOSPC;
		growing_whole(&g);
		assert_int_equal(g.stuck, 0);
		growing_check_failed(&g, i == 2 ? WHY_DISK_FULL : WHY_IO, "");
		assert_int_equal(scratch_count(g.in), 0);
		growing_retry(&g);
		growing_forget(&g);
	}
	growing_end(&g);
}

/* All have their names, and then it is full: nothing else has to be done. */
static void
test_last_sync(void **state)
{
	struct growing g;

	(void)state;
	growing_begin(&g);
	growing_text(&g, "d/", "");
	growing_text(&g, "d/a", "a");
	disk_new();
	disk.bad = 2;
	disk.bad_error = ENOSPC;
	growing_whole(&g);
	growing_check_stuck(&g, 1, WHY_DISK_FULL, "is full");
	growing_check_text(&g, "d/a", "a");
	growing_retry(&g);
	growing_check(&g);
	assert_int_equal(disk.syncs, 3);
	assert_int_equal(scratch_count(g.in), 1);
	growing_end(&g);
}

/* Any of the names is refused once, for a reason that passes. */
static void
test_while_placing(void **state)
{
	static const int errors[] = {ENOSPC, EACCES, EDQUOT, EROFS};
	uint8_t *bytes = scratch_bytes(MIB, 47);
	struct growing g;

	(void)state;
	growing_begin(&g);
	add_some(&g, bytes);
	/* The first one is that of the private folder. */
	for (unsigned i = 2; i <= 7; i++) {
		next_folder(&g);
		disk_new();
		disk.unnamed = i;
		disk.name_error = errors[i % COUNT(errors)];
		growing_whole(&g);
		assert_true(g.is_stuck);
		assert_int_equal(g.stuck, 1);
		growing_retry(&g);
		growing_check(&g);
		assert_int_equal(g.counts.files, SOME_FILES);
		assert_int_equal(g.counts.renamed, 0);
		assert_int_equal(scratch_count(g.in), 2);
		growing_forget(&g);
	}
	free(bytes);
	growing_end(&g);
}

/* Ill at that time: what has its name keeps it, the rest is gone. */
static void
test_ill_while_placing(void **state)
{
	uint8_t *bytes = scratch_bytes(MIB, 53);
	struct growing g;
	char *part;

	(void)state;
	growing_begin(&g);
	add_some(&g, bytes);
	disk_new();
	disk.unnamed = 4;
	disk.name_error = EIO;
	growing_whole(&g);
	growing_check_failed(&g, WHY_IO, "check the disk");
	part = growing_path(&g, g.part);
	assert_int_equal(access(part, F_OK), -1);
	str_replace(&part, growing_path(&g, "d/a"));
	assert_int_equal(access(part, F_OK), 0);
	free(part);
	free(bytes);
	growing_end(&g);
}

/* The private folder cannot be made just now. */
static void
test_at_the_beginning(void **state)
{
	struct growing g;

	(void)state;
	growing_begin(&g);
	growing_text(&g, "a", "a");
	for (int resume = 0; resume < 2; resume++) {
		next_folder(&g);
		disk_new();
		disk.unnamed = 1;
		disk.name_error = EACCES;
		growing_open(&g, resume != 0);
		scratch_settle(g.disk);
		growing_check_stuck(&g, 1, WHY_DENIED, "no permission");
		assert_int_equal(g.claimings, 0);
		disk.unnamed = 2;
		growing_retry(&g);
		growing_check_stuck(&g, 2, WHY_DENIED, "no permission");
		growing_retry(&g);
		assert_int_equal(g.unstuck, 1);
		assert_int_equal(g.claimings, 1);
		growing_send(&g);
		growing_finish(&g);
		growing_check(&g);
		growing_forget(&g);
	}
	growing_end(&g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_little_by_little),
	    cmocka_unit_test(test_let_go),
	    cmocka_unit_test(test_ill),
	    cmocka_unit_test(test_last_sync),
	    cmocka_unit_test(test_while_placing),
	    cmocka_unit_test(test_ill_while_placing),
	    cmocka_unit_test(test_at_the_beginning),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("tree faults", tests, NULL, NULL);
}
