/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One file that changes, vanishes or cannot be read on its way: nothing is
 * lost, and it goes on at the same byte once it is as it was offered.
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
#include "tests/unit/bad_disk.h"
#include "tests/unit/planting.h"
#include "tests/unit/scratch.h"
#include "tests/unit/sending.h"

enum {
	AHEAD = OUTGOING_AHEAD * OUTGOING_BLOCK,
	SIZE = AHEAD + 3 * OUTGOING_BLOCK + 11,
	SLICE = 4 * OUTGOING_BLOCK,
	SEED = 71,
	TIME = 1000000,
	DAMAGED = 3 * OUTGOING_BLOCK, /* from here on the disk is bad */
};

static const char offered[] = "file";

/* SIZE bytes as they have to be; but wrong is not, where it is one of them. */
static void
put_right(const struct sending *s, const char *name, size_t wrong)
{
	char *path = scratch_path(s->folder, name);
	uint8_t *bytes = scratch_bytes(SIZE, SEED);

	if (wrong < SIZE)
		bytes[wrong] ^= 1;
	scratch_write(path, bytes, SIZE);
	scratch_set_mtime(path, TIME, 5);
	free(bytes);
	free(path);
}

static void
check_bytes(const struct sending *s)
{
	uint8_t *bytes = scratch_bytes(SIZE, SEED);
	XXH128_canonical_t hash;

	assert_int_equal(s->failed, 0);
	assert_int_equal(s->finished, 1);
	assert_int_equal(s->len, SIZE);
	assert_memory_equal(s->bytes, bytes, SIZE);
	XXH128_canonicalFromHash(&hash, XXH3_128bits(bytes, SIZE));
	assert_memory_equal(s->hash, hash.digest, WIRE_HASH_LEN);
	free(bytes);
}

static void
check_stuck(
    const struct sending *s, size_t times, enum wire_why why, const char *word)
{
	assert_int_equal(s->stuck, times);
	assert_int_equal(s->unstuck, 0);
	assert_int_equal(s->finished, 0);
	assert_int_equal(s->failed, 0);
	assert_int_equal(s->why, why);
	assert_non_null(strstr(s->reason.text, word));
	assert_non_null(strstr(s->reason.text, "/file'"));
}

/* Half of it has left, and then it is cut; it was read up to there. */
static void
get_stuck(struct sending *s)
{
	char *path = scratch_path(s->folder, offered);

	put_right(s, offered, SIZE);
	s->consume = false;
	sending_open_name(s, offered);
	sending_start(s);
	assert_int_equal(s->len, AHEAD);
	assert_int_equal(truncate(path, AHEAD), 0);
	while (s->unconsumed > 0)
		sending_consume(s);
	s->consume = true;
	assert_int_equal(s->len, AHEAD);
	check_stuck(s, 1, WHY_CHANGED, "changed");
	free(path);
}

/* Whatever is in its place meanwhile, right or wrong. */
static void
test_comes_back(void **state)
{
	static const struct {
		char kind; /* of plant; 0: nothing */
		enum wire_why why;
		const char *word;
	} cases[] = {
	    {0, WHY_GONE, "not there any more; put it back, then /resume"},
	    {'n', WHY_GONE, "not there any more"},
	    {'u', WHY_GONE, "not there any more"},
	    {'d', WHY_CHANGED, "changed"},
	    {'p', WHY_CHANGED, "changed"},
	    {'f', WHY_CHANGED, "changed"},
	};
	struct sending s;
	char *path;

	(void)state;
	sending_begin(&s);
	path = scratch_path(s.folder, offered);
	for (size_t i = 0; i < COUNT(cases); i++) {
		get_stuck(&s);
		assert_int_equal(unlink(path), 0);
		if (cases[i].kind != 0)
			plant(path, cases[i].kind, NULL);
		sending_retry(&s);
		check_stuck(&s, 2, cases[i].why, cases[i].word);
		if (cases[i].kind != 0)
			assert_int_equal(remove(path), 0);
		put_right(&s, offered, SIZE);
		sending_retry(&s);
		assert_int_equal(s.stuck, 2);
		assert_int_equal(s.unstuck, 1);
		check_bytes(&s);
		sending_forget(&s);
	}
	free(path);
	sending_end(&s);
}

/* The time and the size are right, and something that has left is not. */
static void
test_other_bytes(void **state)
{
	static const size_t wrong[] = {0, SLICE, AHEAD - 1};
	struct sending s;

	(void)state;
	sending_begin(&s);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		get_stuck(&s);
		put_right(&s, offered, wrong[i]);
		sending_retry(&s);
		check_stuck(&s, 2, WHY_CHANGED, "changed");
		put_right(&s, offered, SIZE);
		sending_retry(&s);
		assert_int_equal(s.unstuck, 1);
		check_bytes(&s);
		sending_forget(&s);
	}
	sending_end(&s);
}

/* While nothing is wrong, or it is tried already; and a file is no tree. */
static void
test_out_of_place(void **state)
{
	struct sending s;

	(void)state;
	sending_begin(&s);
	put_right(&s, offered, SIZE);
	sending_open_name(&s, offered);
	sending_retry(&s);
	assert_int_equal(s.stuck + s.unstuck, 0);
	sending_forget(&s);

	get_stuck(&s);
	sending_leave_out(&s);
	assert_int_equal(s.stuck, 1);
	outgoing_retry(s.outgoing);
	outgoing_retry(s.outgoing);
	scratch_settle(s.disk);
	check_stuck(&s, 2, WHY_CHANGED, "changed");
	sending_end(&s);
}

/* What they say they have is compared after all. */
static void
test_stuck_in_the_proof(void **state)
{
	uint8_t *bytes = scratch_bytes(SIZE, SEED);
	XXH128_canonical_t hash;
	struct sending s;
	char *path;

	(void)state;
	sending_begin(&s);
	put_right(&s, offered, SIZE);
	path = scratch_path(s.folder, offered);
	XXH128_canonicalFromHash(&hash, XXH3_128bits(bytes, AHEAD));
	sending_open(&s, path);
	assert_int_equal(truncate(path, SLICE), 0);
	outgoing_prove(s.outgoing, AHEAD, hash.digest);
	scratch_settle(s.disk);
	check_stuck(&s, 1, WHY_CHANGED, "changed");
	put_right(&s, offered, SIZE);
	sending_retry(&s);
	assert_int_equal(s.unstuck, 1);
	assert_int_equal(s.proofs, 1);
	assert_true(s.proven);
	sending_start(&s);
	assert_int_equal(s.finished, 1);
	assert_int_equal(s.len, SIZE - AHEAD);
	assert_memory_equal(s.bytes, bytes + AHEAD, s.len);
	free(path);
	free(bytes);
	sending_end(&s);
}

/* The disk does not read on; all that it did read has left. */
static void
damaged(void)
{
	struct sending s;

	sending_begin(&s);
	put_right(&s, offered, SIZE);
	sending_open_name(&s, offered);
	sending_start(&s);
	for (size_t i = 1; i <= 3; i++) {
		check_stuck(&s, i, WHY_IO, "check the disk");
		assert_int_equal(s.len, DAMAGED);
		sending_retry(&s);
	}
	sending_end(&s);
}

static void
test_damaged(void **state)
{
	(void)state;
	if (!on_bad_disk(DAMAGED, damaged))
		skip();
}

static void
test_no_permission(void **state)
{
	struct sending s;
	char *path;

	(void)state;
	if (geteuid() == 0) {
		print_message("skipped: root may read everything\n");
		skip();
	}
	sending_begin(&s);
	path = scratch_path(s.folder, offered);
	get_stuck(&s);
	assert_int_equal(chmod(path, 0), 0);
	sending_retry(&s);
	check_stuck(&s, 2, WHY_DENIED, "no permission");
	assert_int_equal(chmod(path, 0600), 0);
	put_right(&s, offered, SIZE);
	sending_retry(&s);
	check_bytes(&s);
	free(path);
	sending_end(&s);
}

/* Let go of while it is being tried. */
static void
test_let_go(void **state)
{
	struct sending s;

	(void)state;
	sending_begin(&s);
	for (int turns = 0; turns < 3; turns++) {
		size_t told;

		get_stuck(&s);
		put_right(&s, offered, SIZE);
		outgoing_retry(s.outgoing);
		for (int i = 0; i < turns; i++)
			scratch_turn(s.disk);
		told = s.unstuck + s.len + s.finished;
		outgoing_free(s.outgoing);
		s.outgoing = NULL;
		scratch_settle(s.disk);
		assert_int_equal(told, s.unstuck + s.len + s.finished);
		sending_forget(&s);
	}
	sending_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_comes_back),
	    cmocka_unit_test(test_other_bytes),
	    cmocka_unit_test(test_out_of_place),
	    cmocka_unit_test(test_stuck_in_the_proof),
	    cmocka_unit_test(test_damaged),
	    cmocka_unit_test(test_no_permission),
	    cmocka_unit_test(test_let_go),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("outgoing stuck", tests, NULL, NULL);
}
