/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The disk is full while a file arrives. All that has come waits, and after a
 * retry it is the whole file.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/unit/receiving.h"
#include "tests/unit/scratch.h"

enum { BLOCK = 256 * 1024, MIB = 1024 * 1024 };

/* A disk of 3 MiB that holds so much of something else already. */
struct full {
	struct receiving r;
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
	receiving_begin(&f->r);
	if (!receiving_small_disk(&f->r)) {
		receiving_end(&f->r);
		return false;
	}
	f->bytes = scratch_bytes(3 * MIB, 109);
	f->other = scratch_path(f->r.in, "other");
	full_set(f, len);
	return true;
}

static void
full_end(struct full *f)
{
	receiving_forget(&f->r);
	free(f->other);
	free(f->bytes);
	assert_int_equal(umount(f->r.in), 0);
	receiving_end(&f->r);
}

static uint64_t
part_size(const struct receiving *r)
{
	char *part = receiving_part(r);
	struct stat st;

	assert_int_equal(lstat(part, &st), 0);
	free(part);
	return (uint64_t)st.st_size;
}

/* Somebody else fills the disk in the middle. */
static void
test_in_the_middle(void **state)
{
	/* The last one leaves room to the page, the first ones do not. */
	static const size_t others[] = {
	    MIB + MIB / 2 + 1000, 2 * MIB - 1, MIB + MIB / 2, 2 * MIB};
	const size_t size = 2 * MIB - 5;
	uint64_t drained, written;
	struct full f;
	struct receiving *r = &f.r;

	(void)state;
	if (!full_begin(&f, 0))
		skip();
	for (size_t i = 0; i < COUNT(others); i++) {
		receiving_open(r, "x", size);
		receiving_write(r, f.bytes, MIB - 77);
		scratch_settle(r->disk);
		full_set(&f, others[i]);
		receiving_write(r, f.bytes + MIB - 77, MIB / 2);
		scratch_settle(r->disk);
		receiving_write(
		    r, f.bytes + MIB - 77 + MIB / 2, size - MIB - MIB / 2);
		receiving_write(r, f.bytes + size - 77, 77);
		scratch_settle(r->disk);
		receiving_check_stuck(r, 1, WHY_DISK_FULL, "are missing");
		drained = r->drained;
		written = part_size(r);
		assert_true(drained >= MIB - 77 && drained <= written);
		assert_true(r->missing > 0 && r->missing <= size - written);

		/* Nothing is written while it cannot be all of it. */
		full_set(&f, others[i] - MIB / 8);
		receiving_retry(r);
		receiving_check_stuck(r, 2, WHY_DISK_FULL, "are missing");
		assert_int_equal(r->drained, drained);
		assert_int_equal(part_size(r), written);

		/* Nor is the end of it any other. */
		receiving_finish(r, f.bytes, size);
		receiving_check_stuck(r, 2, WHY_DISK_FULL, "are missing");
		full_set(&f, MIB / 2);
		receiving_retry(r);
		assert_int_equal(r->unstuck, 1);
		receiving_check(r, "x", f.bytes, size);
		assert_int_equal(scratch_count(r->in), 2);
		assert_int_equal(unlink(r->path), 0);
		receiving_forget(r);
		full_set(&f, 0);
	}
	full_end(&f);
}

/* More comes while it waits, and after it; nothing overtakes anything. */
static void
test_order(void **state)
{
	const size_t size = 2 * MIB + BLOCK / 2;
	struct full f;
	struct receiving *r = &f.r;
	size_t at = 0;

	(void)state;
	if (!full_begin(&f, 0))
		skip();
	receiving_open(r, "x", size);
	scratch_settle(r->disk);
	full_set(&f, 3 * MIB - BLOCK);
	for (size_t step = 1; at + step < MIB; step = step * 3 + 1) {
		incoming_write(r->incoming, f.bytes + at, step);
		at += step;
		if (step % 2 == 0)
			scratch_settle(r->disk);
		incoming_retry(r->incoming);
	}
	scratch_settle(r->disk);
	assert_true(r->is_stuck);
	full_set(&f, 0);
	incoming_retry(r->incoming);
	/* These are queued behind the retry, and before it has worked. */
	receiving_write(r, f.bytes + at, size - at);
	receiving_finish(r, f.bytes, size);
	receiving_check(r, "x", f.bytes, size);
	full_end(&f);
}

/* Full before it begins: the sender writes already, or waits for READY. */
static void
test_at_creation(void **state)
{
	const size_t size = 2 * MIB;
	struct full f;
	struct receiving *r = &f.r;

	(void)state;
	if (!full_begin(&f, 2 * MIB))
		skip();
	receiving_open(r, "x", size);
	receiving_write(r, f.bytes, BLOCK + 1);
	scratch_settle(r->disk);
	receiving_check_stuck(r, 1, WHY_DISK_FULL, "1.0 MB are missing");
	assert_int_equal(r->missing, MIB);
	assert_int_equal(scratch_count(r->in), 1);
	receiving_write(r, f.bytes + BLOCK + 1, size - BLOCK - 1);
	receiving_finish(r, f.bytes, size);
	receiving_retry(r);
	receiving_check_stuck(r, 2, WHY_DISK_FULL, "are missing");
	assert_int_equal(r->drained, 0);
	full_set(&f, MIB / 2);
	receiving_retry(r);
	assert_int_equal(r->unstuck, 1);
	receiving_check(r, "x", f.bytes, size);
	assert_int_equal(unlink(r->path), 0);
	receiving_forget(r);

	full_set(&f, 2 * MIB);
	receiving_resume(r, "x", size);
	receiving_check_stuck(r, 1, WHY_DISK_FULL, "are missing");
	full_set(&f, 0);
	receiving_retry(r);
	assert_int_equal(r->unstuck, 1);
	assert_int_equal(r->ready, 1);
	receiving_write(r, f.bytes, size);
	receiving_finish(r, f.bytes, size);
	receiving_check(r, "x", f.bytes, size);
	full_end(&f);
}

/* What only looked like the file is left, and then there is no room. */
static void
test_at_restart(void **state)
{
	const size_t size = 2 * MIB;
	struct full f;
	struct receiving *r = &f.r;

	(void)state;
	if (!full_begin(&f, 0))
		skip();
	receiving_whole(r, "x", f.bytes + 1, size);
	receiving_keep(r);
	receiving_resume(r, "x", size);
	assert_int_equal(r->offset, size);
	incoming_restart(r->incoming);
	r->offset = 0;
	receiving_write(r, f.bytes, MIB);
	scratch_settle(r->disk);
	receiving_check_stuck(r, 1, WHY_DISK_FULL, "are missing");
	receiving_retry(r);
	receiving_check_stuck(r, 2, WHY_DISK_FULL, "are missing");
	str_replace(&f.other, scratch_path(r->in, "x"));
	assert_int_equal(unlink(f.other), 0);
	receiving_retry(r);
	assert_int_equal(r->unstuck, 1);
	receiving_write(r, f.bytes + MIB, size - MIB);
	receiving_finish(r, f.bytes, size);
	receiving_check(r, "x", f.bytes, size);
	full_end(&f);
}

/* Let go of while it is stuck: what is written stays, or it goes. */
static void
test_let_go(void **state)
{
	const size_t size = 2 * MIB;
	struct full f;
	struct receiving *r = &f.r;

	(void)state;
	if (!full_begin(&f, 0))
		skip();
	for (unsigned i = 0; i < 16; i++) {
		const bool keep = (i & 1) != 0, middle = (i & 2) != 0;
		uint64_t written = 0;

		if (!middle)
			full_set(&f, 2 * MIB);
		receiving_open(r, "x", size);
		scratch_settle(r->disk);
		if (middle)
			full_set(&f, 2 * MIB);
		receiving_write(r, f.bytes, size - 3);
		scratch_settle(r->disk);
		assert_true(r->is_stuck);
		if (middle)
			written = part_size(r);
		assert_int_equal(written > 0, middle);
		if ((i & 4) != 0)
			receiving_finish(r, f.bytes, size);
		if ((i & 8) != 0)
			incoming_retry(r->incoming);
		if (keep)
			receiving_keep(r);
		else
			receiving_forget(r);
		assert_int_equal(scratch_count(r->in), 1 + (keep && middle));
		full_set(&f, 0);
		receiving_resume(r, "x", size);
		assert_int_equal(r->ready, 1);
		assert_int_equal(r->offset, keep ? written : 0);
		receiving_write(r, f.bytes + r->offset, size - r->offset);
		receiving_finish(r, f.bytes, size);
		receiving_check(r, "x", f.bytes, size);
		assert_int_equal(unlink(r->path), 0);
		receiving_forget(r);
	}

	/* One that was to go on. */
	for (int keep = 0; keep < 2; keep++) {
		receiving_open(r, "x", size);
		receiving_write(r, f.bytes, MIB);
		receiving_keep(r);
		full_set(&f, 2 * MIB);
		receiving_resume(r, "x", size);
		assert_true(r->is_stuck);
		if (keep)
			receiving_keep(r);
		else
			receiving_forget(r);
		assert_int_equal(scratch_count(r->in), 1 + keep);
		full_set(&f, 0);
	}
	full_end(&f);
}

static void
test_retries(void **state)
{
	const size_t size = 2 * MIB;
	struct full f;
	struct receiving *r = &f.r;

	(void)state;
	if (!full_begin(&f, 0))
		skip();
	/* Nothing is stuck. */
	receiving_open(r, "x", size);
	incoming_retry(r->incoming);
	receiving_write(r, f.bytes, 10);
	receiving_retry(r);
	assert_int_equal(r->stuck + r->unstuck + r->failed, 0);
	assert_int_equal(r->drained, 10);

	/* Two at once are one. */
	full_set(&f, 2 * MIB);
	receiving_write(r, f.bytes + 10, size - 10);
	scratch_settle(r->disk);
	assert_int_equal(r->stuck, 1);
	incoming_retry(r->incoming);
	receiving_retry(r);
	receiving_check_stuck(r, 2, WHY_DISK_FULL, "are missing");
	full_set(&f, 0);
	incoming_retry(r->incoming);
	receiving_retry(r);
	assert_int_equal(r->stuck, 2);
	assert_int_equal(r->unstuck, 1);
	assert_int_equal(r->drained, size);
	receiving_finish(r, f.bytes, size);
	receiving_retry(r);
	receiving_check(r, "x", f.bytes, size);
	full_end(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_in_the_middle),
	    cmocka_unit_test(test_order),
	    cmocka_unit_test(test_at_creation),
	    cmocka_unit_test(test_at_restart),
	    cmocka_unit_test(test_let_go),
	    cmocka_unit_test(test_retries),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("stuck", tests, NULL, NULL);
}
