/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The folder cannot be written to just now: gone, not plugged in, no
 * permission. The file waits for it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/unit/receiving.h"
#include "tests/unit/scratch.h"

enum { MIB = 1024 * 1024, SOMEBODY = 54321 };

/* The folder is removed, with the part in it. */
static void
test_folder_removed(void **state)
{
	const size_t size = 2 * MIB + 7;
	uint8_t *bytes = scratch_bytes(size, 113);
	struct receiving r;
	char *part;

	(void)state;
	receiving_begin(&r);
	for (int i = 0; i < 4; i++) {
		receiving_open(&r, "x", size);
		receiving_write(&r, bytes, MIB);
		scratch_settle(r.disk);
		part = receiving_part(&r);
		assert_int_equal(unlink(part), 0);
		assert_int_equal(rmdir(r.in), 0);
		receiving_write(&r, bytes + MIB, size - MIB);
		receiving_finish(&r, bytes, size);
		receiving_check_stuck(&r, 1, WHY_IO, "is not there");
		assert_int_equal(r.missing, 0);
		assert_int_equal(r.drained, size);
		if (i < 2) {
			/* It may be there again, or not. */
			if (i == 1)
				assert_int_equal(mkdir(r.in, 0755), 0);
			receiving_retry(&r);
			assert_int_equal(r.unstuck, 1);
			receiving_check(&r, "x", bytes, size);
			assert_int_equal(scratch_count(r.in), 1);
			assert_int_equal(unlink(r.path), 0);
			receiving_forget(&r);
		} else if (i == 2) {
			receiving_keep(&r);
		} else {
			/* Something that is no folder will not become one. */
			scratch_write(r.in, "abc", 3);
			receiving_retry(&r);
			assert_int_equal(r.failed, 1);
			assert_non_null(strstr(r.reason.text, "not a folder"));
		}
		free(part);
	}
	free(bytes);
	receiving_end(&r);
}

/* Only the part is: somebody does not want it. */
static void
test_part_removed(void **state)
{
	struct receiving r;
	char *part;

	(void)state;
	receiving_begin(&r);
	receiving_open(&r, "x", 3);
	receiving_write(&r, (const uint8_t *)"abc", 3);
	scratch_settle(r.disk);
	part = receiving_part(&r);
	assert_int_equal(unlink(part), 0);
	receiving_finish(&r, "abc", 3);
	assert_int_equal(r.failed, 1);
	assert_non_null(strstr(r.reason.text, "was removed"));
	assert_int_equal(scratch_count(r.in), 0);
	free(part);
	receiving_end(&r);
}

/* A link to a disk that is not plugged in. */
static void
test_link_to_nowhere(void **state)
{
	struct receiving r;
	char *there;

	(void)state;
	receiving_begin(&r);
	there = scratch_path(r.folder, "there");
	assert_int_equal(symlink("there", r.in), 0);
	receiving_whole(&r, "x", "abc", 3);
	receiving_check_stuck(&r, 1, WHY_IO, "is not there");
	receiving_retry(&r);
	receiving_check_stuck(&r, 2, WHY_IO, "is not there");
	assert_int_equal(mkdir(there, 0700), 0);
	receiving_retry(&r);
	receiving_check(&r, "x", "abc", 3);
	assert_int_equal(scratch_count(there), 1);
	free(there);
	receiving_end(&r);
}

/* Root is asked for no permission: be somebody else for a while. */
static bool
be_ordinary(const struct receiving *r)
{
	if (geteuid() != 0)
		return true;
	if (chown(r->folder, SOMEBODY, SOMEBODY) == 0 &&
	    seteuid(SOMEBODY) == 0) {
		if (eaccess(r->folder, R_OK | W_OK | X_OK) == 0)
			return true;
		assert_int_equal(seteuid(0), 0);
	}
	print_message("skipped: nobody else may use '%s'\n", r->folder);
	return false;
}

/* The folder may be read only: when it is opened, or when all is there. */
static void
test_no_permission(void **state)
{
	const uid_t before = geteuid();
	struct receiving r;

	(void)state;
	receiving_begin(&r);
	if (!be_ordinary(&r)) {
		receiving_end(&r);
		skip();
	}
	for (int late = 0; late < 2; late++) {
		assert_int_equal(mkdir(r.in, late ? 0700 : 0500), 0);
		receiving_open(&r, "x", 6);
		receiving_write(&r, (const uint8_t *)"abc", 3);
		scratch_settle(r.disk);
		if (late)
			assert_int_equal(chmod(r.in, 0500), 0);
		receiving_write(&r, (const uint8_t *)"def", 3);
		receiving_finish(&r, "abcdef", 6);
		receiving_check_stuck(&r, 1, WHY_DENIED, "no permission");
		assert_int_equal(r.drained, late ? 6 : 0);
		assert_int_equal(r.missing, 0);
		receiving_retry(&r);
		receiving_check_stuck(&r, 2, WHY_DENIED, "no permission");
		assert_int_equal(chmod(r.in, 0700), 0);
		receiving_retry(&r);
		assert_int_equal(r.unstuck, 1);
		receiving_check(&r, "x", "abcdef", 6);
		assert_int_equal(unlink(r.path), 0);
		assert_int_equal(rmdir(r.in), 0);
		receiving_forget(&r);
	}
	assert_int_equal(seteuid(before), 0);
	receiving_end(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_folder_removed),
	    cmocka_unit_test(test_part_removed),
	    cmocka_unit_test(test_link_to_nowhere),
	    cmocka_unit_test(test_no_permission),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("folder", tests, NULL, NULL);
}
