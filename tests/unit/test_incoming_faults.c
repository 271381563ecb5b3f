/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A disk that takes a few bytes, then none, and that says at the sync that
 * there was no room: the calls are answered so here, now and then, on their
 * way to the system.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/unit/receiving.h"
#include "tests/unit/scratch.h"

enum { BLOCK = 256 * 1024, MIB = 1024 * 1024 };

/*
 * Set while the worker is idle, and used by it; the calls below take no
 * argument for it.
 */
static struct {
	size_t room;    /* bytes that are taken until it is full */
	size_t at_once; /* and in one call */
	int full;       /* errno when it is full */
	uint64_t taken;
	off_t next;       /* where the next byte belongs */
	bool elsewhere;   /* one did not */
	int file, folder; /* errno of the next sync of one */
	unsigned refused; /* syncs */
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
		disk.elsewhere |= offset != disk.next;
		disk.next = offset + (off_t)n;
		disk.taken += (uint64_t)n;
		disk.room -= (size_t)n;
	}
	return n;
}

int
fsync(int fd)
{
	struct stat st;
	int *error = fstat(fd, &st) == 0 && S_ISDIR(st.st_mode) ? &disk.folder
								: &disk.file;

	if (*error == 0)
		return (int)syscall(SYS_fsync, fd);
	errno = *error;
	*error = 0;
	disk.refused++;
	return -1;
}

static void
disk_new(void)
{
	memset(&disk, 0, sizeof(disk));
	disk.room = disk.at_once = SIZE_MAX;
	disk.full = ENOSPC;
}

/* A little at a time, cut anywhere: each byte once, where it belongs. */
static void
test_little_by_little(void **state)
{
	static const struct {
		size_t room, at_once;
		int full;
	} cases[] = {
	    {1, SIZE_MAX, ENOSPC},
	    {BLOCK - 1, SIZE_MAX, ENOSPC},
	    {BLOCK, SIZE_MAX, EDQUOT},
	    {BLOCK + 1, 1000, ENOSPC},
	    {100 * 1000, 99 * 1000, EROFS},
	    {3 * BLOCK + 5, 7777, EACCES},
	    {MIB, MIB, EPERM},
	};
	const size_t size = MIB + 99;
	uint8_t *bytes = scratch_bytes(size, 127);
	struct receiving r;

	(void)state;
	receiving_begin(&r);
	for (size_t i = 0; i < COUNT(cases); i++) {
		disk_new();
		disk.room = cases[i].room;
		disk.at_once = cases[i].at_once;
		disk.full = cases[i].full;
		receiving_open(&r, "x", size);
		receiving_write(&r, bytes, size);
		receiving_finish(&r, bytes, size);
		assert_int_equal(r.stuck, 1);
		for (size_t more = cases[i].room; r.is_stuck; more += BLOCK) {
			assert_int_equal(r.failed + r.stored, 0);
			assert_true(r.drained <= disk.taken);
			disk.room = more;
			receiving_retry(&r);
		}
		receiving_check(&r, "x", bytes, size);
		assert_int_equal(disk.taken, size);
		assert_false(disk.elsewhere);
		assert_int_equal(unlink(r.path), 0);
		receiving_forget(&r);
	}
	free(bytes);
	receiving_end(&r);
}

/* A disk that is ill does not get well by waiting. */
static void
test_ill(void **state)
{
	struct receiving r;

	(void)state;
	receiving_begin(&r);
	for (int late = 0; late < 2; late++) {
		disk_new();
		disk.room = late ? SIZE_MAX : 2;
		disk.full = EIO;
		disk.file = EIO;
		receiving_whole(&r, "x", "abc", 3);
		assert_int_equal(r.stuck, 0);
		assert_int_equal(r.failed, 1);
		assert_int_equal(r.why, WHY_IO);
		assert_int_equal(scratch_count(r.in), 0);
		receiving_retry(&r);
		receiving_forget(&r);
	}
	receiving_end(&r);
}

/*
 * After a sync that failed, another one says nothing about the bytes before:
 * they are written anew, however often.
 */
static void
test_at_the_seal(void **state)
{
	const size_t size = 3 * MIB + 5;
	uint8_t *bytes = scratch_bytes(size, 131);
	struct receiving r;

	(void)state;
	receiving_begin(&r);
	disk_new();
	disk.file = ENOSPC;
	receiving_whole(&r, "x", bytes, size);
	receiving_check_stuck(&r, 1, WHY_DISK_FULL, "is full");
	assert_int_equal(disk.taken, size);
	disk.file = EDQUOT;
	receiving_retry(&r);
	receiving_check_stuck(&r, 2, WHY_DISK_FULL, "your share");
	assert_int_equal(disk.taken, 2 * size);
	/* And there the disk is full again. */
	disk.room = MIB + 1;
	receiving_retry(&r);
	receiving_check_stuck(&r, 3, WHY_DISK_FULL, "is full");
	disk.room = SIZE_MAX;
	receiving_retry(&r);
	assert_int_equal(disk.taken, 3 * size + MIB + 1);
	assert_int_equal(r.unstuck, 1);
	receiving_check(&r, "x", bytes, size);
	free(bytes);
	receiving_end(&r);
}

/* What the kernel dropped is noticed. */
static void
test_bytes_are_lost(void **state)
{
	uint8_t *bytes = scratch_bytes(MIB, 137);
	struct receiving r;
	char *part;

	(void)state;
	receiving_begin(&r);
	disk_new();
	disk.file = ENOSPC;
	receiving_whole(&r, "x", bytes, MIB);
	receiving_check_stuck(&r, 1, WHY_DISK_FULL, "is full");
	part = receiving_part(&r);
	assert_int_equal(truncate(part, BLOCK), 0);
	assert_int_equal(truncate(part, MIB), 0);
	receiving_retry(&r);
	assert_int_equal(r.failed, 1);
	assert_int_equal(r.why, WHY_HASH);
	assert_int_equal(scratch_count(r.in), 0);
	free(part);
	free(bytes);
	receiving_end(&r);
}

/* It has its name, but the folder is not synced. */
static void
test_at_the_folder(void **state)
{
	uint8_t *bytes = scratch_bytes(MIB, 139);
	struct receiving r;

	(void)state;
	receiving_begin(&r);
	for (int keep = 0; keep < 3; keep++) {
		disk_new();
		disk.folder = ENOSPC;
		receiving_whole(&r, "x", bytes, MIB);
		receiving_check_stuck(&r, 1, WHY_DISK_FULL, "is full");
		if (keep < 2) {
			/* In either case it is whole and stays. */
			if (keep)
				receiving_keep(&r);
			else
				receiving_forget(&r);
			receiving_resume(&r, "x", MIB);
			assert_int_equal(r.offset, MIB);
			receiving_finish(&r, bytes, MIB);
		} else {
			receiving_retry(&r);
			assert_int_equal(r.unstuck, 1);
		}
		assert_int_equal(disk.taken, MIB);
		receiving_check(&r, "x", bytes, MIB);
		assert_int_equal(scratch_count(r.in), 1);
		assert_int_equal(unlink(r.path), 0);
		receiving_forget(&r);
	}
	free(bytes);
	receiving_end(&r);
}

/* Let go of at the seal; and what was found is not written to. */
static void
test_let_go(void **state)
{
	uint8_t *bytes = scratch_bytes(MIB, 149);
	struct receiving r;

	(void)state;
	receiving_begin(&r);
	for (int keep = 0; keep < 2; keep++) {
		disk_new();
		disk.file = ENOSPC;
		receiving_whole(&r, "x", bytes, MIB);
		receiving_check_stuck(&r, 1, WHY_DISK_FULL, "is full");
		if (keep)
			receiving_keep(&r);
		else
			receiving_forget(&r);
		assert_int_equal(scratch_count(r.in), keep);
	}
	receiving_resume(&r, "x", MIB);
	assert_int_equal(r.offset, MIB);
	receiving_finish(&r, bytes, MIB);
	receiving_check(&r, "x", bytes, MIB);
	receiving_keep(&r);

	receiving_resume(&r, "x", MIB);
	disk.file = ENOSPC;
	receiving_finish(&r, bytes, MIB);
	assert_int_equal(r.failed, 1);
	assert_int_equal(r.why, WHY_DISK_FULL);
	assert_int_equal(disk.taken, MIB);
	assert_int_equal(scratch_count(r.in), 1);
	free(bytes);
	receiving_end(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_little_by_little),
	    cmocka_unit_test(test_ill),
	    cmocka_unit_test(test_at_the_seal),
	    cmocka_unit_test(test_bytes_are_lost),
	    cmocka_unit_test(test_at_the_folder),
	    cmocka_unit_test(test_let_go),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("faults", tests, NULL, NULL);
}
