/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bytes of a received file: all of them, the right ones, or no file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/transfer.h"
#include "src/base/util.h"
#include "tests/unit/receiving.h"
#include "tests/unit/scratch.h"

enum { BLOCK = 256 * 1024, MIB = 1024 * 1024 };

/* It failed for this reason, and left nothing behind. */
static void
check_failed(const struct receiving *r, enum wire_why why, const char *word)
{
	assert_int_equal(r->stored, 0);
	assert_int_equal(r->failed, 1);
	assert_int_equal(r->why, why);
	assert_non_null(strstr(r->reason.text, word));
	assert_int_equal(scratch_count(r->in), 0);
}

static void
test_sizes(void **state)
{
	static const size_t sizes[] = {0, 1, WIRE_DATA_MAX, BLOCK - 1, BLOCK,
	    BLOCK + 1, 2 * BLOCK, TRANSFER_WINDOW - 1, TRANSFER_WINDOW,
	    TRANSFER_WINDOW + 1, TRANSFER_WINDOW + 3 * BLOCK + 17};
	struct receiving r;

	(void)state;
	receiving_begin(&r);
	for (size_t i = 0; i < COUNT(sizes); i++) {
		uint8_t *bytes = scratch_bytes(sizes[i], 11);
		char name[32];

		snprintf(name, sizeof(name), "file %zu", sizes[i]);
		receiving_whole(&r, name, bytes, sizes[i]);
		receiving_check(&r, name, bytes, sizes[i]);
		free(bytes);
		receiving_forget(&r);
		assert_int_equal(scratch_count(r.in), i + 1);
	}
	receiving_end(&r);
}

/*
 * A sender stops when the credit is used up. So each byte must be told as
 * drained without waiting for the next ones, however they are cut.
 */
static void
test_drains_everything(void **state)
{
	static const size_t steps[] = {1, 1000, WIRE_DATA_MAX, BLOCK + 1, MIB};
	const size_t size = 3 * MIB + 5;
	uint8_t *bytes = scratch_bytes(size, 13);
	struct receiving r;
	size_t at = 0, turn = 0;

	(void)state;
	receiving_begin(&r);
	receiving_open(&r, "file", size);
	while (at < size) {
		size_t n = steps[turn++ % COUNT(steps)];

		n = n < size - at ? n : size - at;
		/* Some while the disk is busy with the one before. */
		incoming_write(r.incoming, bytes + at, n / 2);
		incoming_write(r.incoming, bytes + at + n / 2, n - n / 2);
		at += n;
		scratch_settle(r.disk);
		assert_int_equal(r.drained, at);
	}
	receiving_finish(&r, bytes, size);
	receiving_check(&r, "file", bytes, size);
	free(bytes);
	receiving_end(&r);
}

/* Until it is complete there is one private file, and no other. */
static void
test_part_is_private(void **state)
{
	const mode_t before = umask(0);
	struct receiving r;
	struct stat st;
	char *shell;

	(void)state;
	receiving_begin(&r);
	receiving_open(&r, "file", 10);
	receiving_write(&r, (const uint8_t *)"12345", 5);
	scratch_settle(r.disk);
	assert_int_equal(scratch_count(r.in), 1);
	assert_int_equal(stat(r.in, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	shell = str_printf("cd '%s' && set -- .charla-*.part && test -f \"$1\""
			   " && test \"$(stat -c %%a%%s \"$1\")\" = 6005",
	    r.in);
	assert_int_equal(system(shell), 0);
	free(shell);
	receiving_forget(&r);
	assert_int_equal(scratch_count(r.in), 0);
	umask(before);
	receiving_end(&r);
}

static void
test_mode_and_time(void **state)
{
	static const struct {
		uint16_t mode;
		bool keep;
		mode_t mask;
		mode_t result;
		int64_t mtime_ns;
		int64_t seconds;
		long nanoseconds;
	} cases[] = {
	    {0777, false, 022, 0644, INT64_C(1234567891234567), 1234567,
		891234567},
	    {07777, false, 022, 0644, 0, 0, 0},
	    {0755, false, 077, 0600, -1, 0, 0},
	    {0666, false, 0, 0666, INT64_MIN, 0, 0},
	    {0640, false, 022, 0640, INT64_C(4102444800000000001),
		INT64_C(4102444800), 1},
	    {0444, false, 022, 0644, 1, 0, 1},
	    {0, false, 022, 0600, 999999999, 0, 999999999},
	    {0777, true, 022, 0755, 0, 0, 0},
	    {07777, true, 0, 0777, 0, 0, 0},
	    {0755, true, 077, 0700, 0, 0, 0},
	    {0100, true, 022, 0700, 0, 0, 0},
	    {0, true, 022, 0600, 0, 0, 0},
	};
	const mode_t before = umask(022);
	struct receiving r;
	struct stat st;

	(void)state;
	receiving_begin(&r);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct incoming_config config;

		umask(cases[i].mask);
		incoming_part_name(r.part);
		config = receiving_config(&r, "file", 3);
		config.mode = cases[i].mode;
		config.keep_mode = cases[i].keep;
		config.mtime_ns = cases[i].mtime_ns;
		r.incoming = incoming_new(&config);
		receiving_write(&r, (const uint8_t *)"abc", 3);
		receiving_finish(&r, "abc", 3);
		assert_int_equal(r.stored, 1);
		assert_int_equal(stat(r.path, &st), 0);
		assert_int_equal(st.st_mode & 07777, cases[i].result);
		assert_int_equal(st.st_mtim.tv_sec, cases[i].seconds);
		assert_int_equal(st.st_mtim.tv_nsec, cases[i].nanoseconds);
		receiving_forget(&r);
	}
	/* A date that no file system holds must not make it fail. */
	receiving_open_as(&r, "file", 0, 0666, INT64_MAX);
	receiving_finish(&r, "", 0);
	assert_int_equal(r.stored, 1);
	umask(before);
	receiving_end(&r);
}

/* What arrives has to be what was agreed. */
static void
test_other_bytes(void **state)
{
	uint8_t *bytes = scratch_bytes(BLOCK + 1, 17);
	struct receiving r;

	(void)state;
	receiving_begin(&r);

	receiving_open(&r, "file", BLOCK + 1);
	receiving_write(&r, bytes, BLOCK + 1);
	bytes[BLOCK] ^= 1;
	receiving_finish(&r, bytes, BLOCK + 1);
	check_failed(&r, WHY_HASH, "ask for the file again");
	receiving_forget(&r);

	receiving_open(&r, "file", BLOCK + 1);
	receiving_write(&r, bytes, BLOCK);
	receiving_finish(&r, bytes, BLOCK);
	check_failed(&r, WHY_PROTOCOL, "262144");
	receiving_forget(&r);

	receiving_open(&r, "file", BLOCK);
	receiving_write(&r, bytes, BLOCK + 1);
	receiving_finish(&r, bytes, BLOCK + 1);
	check_failed(&r, WHY_PROTOCOL, "262145");
	receiving_forget(&r);

	receiving_open(&r, "file", 0);
	receiving_write(&r, bytes, 1);
	scratch_settle(r.disk);
	check_failed(&r, WHY_PROTOCOL, "1 bytes");
	/* What still comes is swallowed. */
	receiving_write(&r, bytes, BLOCK);
	receiving_finish(&r, bytes, 0);

	free(bytes);
	receiving_end(&r);
}

/* Freed at any moment: no event, no file, no leak. */
static void
test_let_go(void **state)
{
	uint8_t *bytes = scratch_bytes(MIB, 19);
	struct receiving r;

	(void)state;
	receiving_begin(&r);
	assert_int_equal(mkdir(r.in, 0700), 0);
	for (int stage = 0; stage < 4; stage++) {
		receiving_open(&r, "file", MIB);
		if (stage > 0)
			receiving_write(&r, bytes, MIB - 10);
		if (stage > 1)
			scratch_settle(r.disk);
		if (stage > 2)
			receiving_write(&r, bytes, 5);
		r.drained = 0;
		receiving_forget(&r);
		assert_int_equal(r.drained + r.stored + r.failed, 0);
		assert_int_equal(scratch_count(r.in), 0);
	}

	/* From its own callback. */
	r.free_in_event = true;
	receiving_open(&r, "file", MIB);
	receiving_write(&r, bytes, MIB - 10);
	scratch_settle(r.disk);
	assert_true(r.drained > 0 && r.drained < MIB - 10);
	assert_null(r.incoming);
	assert_int_equal(scratch_count(r.in), 0);

	/* What is in place stays. */
	receiving_forget(&r);
	receiving_whole(&r, "file", bytes, MIB);
	receiving_forget(&r);
	assert_int_equal(scratch_count(r.in), 1);
	incoming_free(NULL, false);
	free(bytes);
	receiving_end(&r);
}

/* The folder is made with what is above it; what is no folder is told. */
static void
test_folder(void **state)
{
	struct receiving r;
	char *file, *link;
	struct stat st;

	(void)state;
	receiving_begin(&r);
	file = scratch_path(r.folder, "file");
	link = scratch_path(r.folder, "link");
	scratch_write(file, "abc", 3);

	str_replace(&r.in, scratch_path(r.folder, "new/deep/in"));
	receiving_whole(&r, "x", "abc", 3);
	receiving_check(&r, "x", "abc", 3);
	assert_int_equal(stat(r.in, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	receiving_forget(&r);

	/* A link to a folder is the person's own choice. */
	assert_int_equal(symlink("new", link), 0);
	str_replace(&r.in, str_dup(link));
	receiving_whole(&r, "x", "abc", 3);
	receiving_check(&r, "x", "abc", 3);
	receiving_forget(&r);

	str_replace(&r.in, str_dup(file));
	receiving_open(&r, "x", 3);
	scratch_settle(r.disk);
	assert_int_equal(r.failed, 1);
	assert_non_null(strstr(r.reason.text, "is not a folder"));
	assert_non_null(strstr(r.reason.text, file));
	receiving_forget(&r);

	str_replace(&r.in, scratch_path(file, "below"));
	receiving_open(&r, "x", 3);
	scratch_settle(r.disk);
	assert_int_equal(r.failed, 1);
	free(file);
	free(link);
	receiving_end(&r);
}

static void
test_no_permission(void **state)
{
	struct receiving r;

	(void)state;
	if (geteuid() == 0) {
		print_message("skipped: root may write everywhere\n");
		skip();
	}
	receiving_begin(&r);
	assert_int_equal(mkdir(r.in, 0500), 0);
	receiving_open(&r, "x", 3);
	scratch_settle(r.disk);
	receiving_check_stuck(&r, 1, WHY_DENIED, "no permission");
	assert_int_equal(r.missing, 0);
	receiving_retry(&r);
	receiving_check_stuck(&r, 2, WHY_DENIED, "no permission");
	assert_int_equal(chmod(r.in, 0700), 0);
	receiving_retry(&r);
	assert_int_equal(r.unstuck, 1);
	receiving_write(&r, (const uint8_t *)"abc", 3);
	receiving_finish(&r, "abc", 3);
	receiving_check(&r, "x", "abc", 3);
	receiving_end(&r);
}

/* More than the disk holds is said before the first byte is written. */
static void
test_no_room(void **state)
{
	struct receiving r;

	(void)state;
	receiving_begin(&r);
	receiving_open(&r, "x", UINT64_C(1) << 62);
	scratch_settle(r.disk);
	check_failed(&r, WHY_DISK_FULL, "larger than the disk");
	receiving_forget(&r);
	receiving_open(&r, "x", UINT64_MAX);
	scratch_settle(r.disk);
	check_failed(&r, WHY_TOO_BIG, "larger");
	receiving_end(&r);
}

/* An error in the middle of writing. */
static void
test_limit(void **state)
{
	uint8_t *bytes = scratch_bytes(2 * MIB, 23);
	struct rlimit before, limit;
	struct receiving r;

	(void)state;
	receiving_begin(&r);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = MIB + 10;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	receiving_whole(&r, "x", bytes, 2 * MIB);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	check_failed(&r, WHY_TOO_BIG, "larger");
	assert_true(r.drained <= MIB);
	free(bytes);
	receiving_end(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sizes),
	    cmocka_unit_test(test_drains_everything),
	    cmocka_unit_test(test_part_is_private),
	    cmocka_unit_test(test_mode_and_time),
	    cmocka_unit_test(test_other_bytes),
	    cmocka_unit_test(test_let_go),
	    cmocka_unit_test(test_folder),
	    cmocka_unit_test(test_no_permission),
	    cmocka_unit_test(test_no_room),
	    cmocka_unit_test(test_limit),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("incoming", tests, NULL, NULL);
}
