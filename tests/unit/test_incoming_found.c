/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The part is gone because the file got its name, and nobody was there any
 * more to tell: it is found again, proven, and left as it is.
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
#include <sys/stat.h>
#include <unistd.h>

#include <xxhash.h>

#include "src/base/util.h"
#include "tests/unit/planting.h"
#include "tests/unit/receiving.h"
#include "tests/unit/scratch.h"

enum { SIZE = 300 * 1000 };

/* What RECEIVING_MTIME_NS is as a time of a file. */
enum { SECONDS = 1234567, NANOSECONDS = 891234567 };

/* The whole file was received, but nobody was told any more. */
static void
receive(struct receiving *r, const char *name, const uint8_t *bytes, size_t len)
{
	receiving_whole(r, name, bytes, len);
	assert_int_equal(r->stored, 1);
	receiving_keep(r);
}

static void
test_has_its_name(void **state)
{
	static const size_t sizes[] = {0, 1, SIZE, 3 * 1024 * 1024};
	struct receiving r;

	(void)state;
	receiving_begin(&r);
	for (size_t i = 0; i < COUNT(sizes); i++) {
		uint8_t *bytes = scratch_bytes(sizes[i], 79);
		char *path = scratch_path(r.in, "file.txt");
		XXH128_canonical_t hash = {{0}};
		struct stat before;

		receive(&r, "file.txt", bytes, sizes[i]);
		assert_int_equal(lstat(path, &before), 0);
		receiving_resume(&r, "file.txt", sizes[i]);
		if (sizes[i] > 0)
			XXH128_canonicalFromHash(
			    &hash, XXH3_128bits(bytes, sizes[i]));
		assert_int_equal(r.offset, sizes[i]);
		assert_memory_equal(r.hash, hash.digest, WIRE_HASH_LEN);
		receiving_finish(&r, bytes, sizes[i]);
		receiving_check(&r, "file.txt", bytes, sizes[i]);
		planted_same(&before, path);
		assert_int_equal(scratch_count(r.in), 1);
		assert_int_equal(unlink(path), 0);
		receiving_forget(&r);
		free(path);
		free(bytes);
	}
	receiving_end(&r);
}

/* Its name was taken, so it has one with a number. */
static void
test_has_a_number(void **state)
{
	uint8_t *bytes = scratch_bytes(SIZE, 83);
	struct receiving r;
	char *other;

	(void)state;
	receiving_begin(&r);
	assert_int_equal(mkdir(r.in, 0700), 0);
	other = scratch_path(r.in, "file.txt");
	for (const char *kind = "fdsnpul0"; *kind != '\0'; kind++) {
		char *outside = scratch_path(r.folder, "outside");

		scratch_write(outside, "precious", 8);
		plant(other, *kind, outside);
		receive(&r, "file.txt", bytes, SIZE);
		receiving_resume(&r, "file.txt", SIZE);
		assert_int_equal(r.offset, SIZE);
		receiving_finish(&r, bytes, SIZE);
		receiving_check(&r, "file (1).txt", bytes, SIZE);
		assert_int_equal(scratch_count(r.in), 2);
		assert_int_equal(unlink(r.path), 0);
		assert_int_equal(remove(other), 0);
		receiving_forget(&r);
		free(outside);
	}
	free(other);
	free(bytes);
	receiving_end(&r);
}

/* Times as file systems round them; other times are another file's. */
static void
test_times(void **state)
{
	static const struct {
		int64_t seconds;
		long nanoseconds;
		bool taken;
	} cases[] = {
	    {SECONDS, NANOSECONDS, true},
	    {SECONDS, 0, true},
	    {SECONDS - 1, 0, true}, /* FAT: even seconds */
	    {SECONDS, 999 * 1000 * 1000, true},
	    {SECONDS + 1, 0, false},
	    {SECONDS - 2, NANOSECONDS, false},
	    {SECONDS + 3600, NANOSECONDS, false},
	    {0, 0, false},
	};
	uint8_t *bytes = scratch_bytes(SIZE, 89);
	struct receiving r;
	char *path;

	(void)state;
	receiving_begin(&r);
	path = scratch_path(r.in, "file");
	for (size_t i = 0; i < COUNT(cases); i++) {
		receive(&r, "file", bytes, SIZE);
		scratch_set_mtime(path, cases[i].seconds, cases[i].nanoseconds);
		receiving_resume(&r, "file", SIZE);
		assert_int_equal(r.offset, cases[i].taken ? SIZE : 0);
		/* A part beside it, where it was not taken. */
		assert_int_equal(scratch_count(r.in), cases[i].taken ? 1 : 2);
		receiving_forget(&r);
		assert_int_equal(scratch_count(r.in), 1);
		assert_int_equal(unlink(path), 0);
	}
	free(path);
	free(bytes);
	receiving_end(&r);
}

/* A file that only looks like it: the sender says so, and it is left alone. */
static void
test_only_looks_alike(void **state)
{
	uint8_t *bytes = scratch_bytes(SIZE, 97);
	char *path, *kept;
	struct receiving r;
	struct stat before;
	size_t len;

	(void)state;
	receiving_begin(&r);
	path = scratch_path(r.in, "file");
	receive(&r, "file", bytes + 1, SIZE - 1);
	receiving_resume(&r, "file", SIZE - 1);
	assert_int_equal(r.offset, SIZE - 1);
	assert_int_equal(lstat(path, &before), 0);
	incoming_restart(r.incoming);
	r.offset = 0;
	receiving_write(&r, bytes, SIZE - 1);
	receiving_finish(&r, bytes, SIZE - 1);
	receiving_check(&r, "file (1)", bytes, SIZE - 1);
	planted_same(&before, path);
	assert_int_equal(unlink(r.path), 0);
	receiving_forget(&r);

	/* Not even one byte gets into it. */
	receiving_resume(&r, "file", SIZE - 1);
	receiving_write(&r, bytes, 1);
	scratch_settle(r.disk);
	assert_int_equal(r.failed, 1);
	assert_int_equal(r.why, WHY_PROTOCOL);
	receiving_forget(&r);

	/* Nor does it go with a transfer that fails, or is let go of. */
	receiving_resume(&r, "file", SIZE - 1);
	receiving_finish(&r, bytes, SIZE - 1);
	assert_int_equal(r.failed, 1);
	assert_int_equal(r.why, WHY_HASH);
	receiving_forget(&r);
	receiving_resume(&r, "file", SIZE - 1);
	receiving_forget(&r);
	planted_same(&before, path);
	kept = scratch_read(path, &len);
	assert_int_equal(len, SIZE - 1);
	assert_memory_equal(kept, bytes + 1, len);
	assert_int_equal(scratch_count(r.in), 1);
	free(kept);
	free(path);
	free(bytes);
	receiving_end(&r);
}

/*
 * Without renameat2 a file has both names for a moment. Where that was the
 * last moment, it is whole, and loses the first one.
 */
static void
test_both_names(void **state)
{
	uint8_t *bytes = scratch_bytes(SIZE, 101);
	char *part, *path;
	struct receiving r;

	(void)state;
	receiving_begin(&r);
	receive(&r, "file", bytes, SIZE);
	path = scratch_path(r.in, "file");
	part = receiving_part(&r);
	assert_int_equal(link(path, part), 0);
	receiving_resume(&r, "file", SIZE);
	assert_int_equal(r.offset, SIZE);
	receiving_finish(&r, bytes, SIZE);
	receiving_check(&r, "file", bytes, SIZE);
	assert_int_equal(scratch_count(r.in), 1);
	free(part);
	free(path);
	free(bytes);
	receiving_end(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_has_its_name),
	    cmocka_unit_test(test_has_a_number),
	    cmocka_unit_test(test_times),
	    cmocka_unit_test(test_only_looks_alike),
	    cmocka_unit_test(test_both_names),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("found", tests, NULL, NULL);
}
