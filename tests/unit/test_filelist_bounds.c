/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "net/filelist.h"
#include "net/filename.h"
#include "src/base/err.h"
#include "tests/unit/listing.h"

static void
test_sum(void **state)
{
	struct filelist *l = filelist_new();
	struct entry entry = {.kind = ENTRY_FILE, .path_len = 1};

	(void)state;
	entry.path = "a";
	entry.size = INT64_MAX - 1;
	assert_int_equal(filelist_add(l, &entry), 0);
	entry.path = "b";
	entry.size = 2;
	assert_int_equal(filelist_add(l, &entry), ERR_FULL);
	entry.size = UINT64_MAX;
	assert_int_equal(filelist_add(l, &entry), ERR_FULL);
	entry.size = 1;
	assert_int_equal(filelist_add(l, &entry), 0);
	entry.path = "c";
	assert_int_equal(filelist_add(l, &entry), ERR_FULL);
	entry.size = 0;
	assert_int_equal(filelist_add(l, &entry), 0);
	assert_int_equal(filelist_size(l), INT64_MAX);
	filelist_unref(l);
}

static void
test_depth(void **state)
{
	char path[2 * FILELIST_DEPTH_MAX + 2] = "";
	struct filelist *l = filelist_new();
	struct entry entry;
	size_t len;

	(void)state;
	for (unsigned i = 0; i < FILELIST_DEPTH_MAX; i++) {
		strcat(path, i == 0 ? "d" : "/d");
		assert_int_equal(listing_add(l, ENTRY_FOLDER, path), 0);
		filelist_entry(l, i, &entry);
		assert_int_equal(entry_depth(&entry), i);
		assert_ptr_equal(
		    entry_name(&entry, &len), entry.path + (size_t)2 * i);
		assert_int_equal(len, 1);
	}
	strcat(path, "/d");
	assert_int_equal(listing_add(l, ENTRY_FILE, path), ERR_FULL);
	assert_int_equal(filelist_count(l), FILELIST_DEPTH_MAX);
	assert_int_equal(filelist_roots(l), 1);
	filelist_unref(l);
}

/* Folders with names of 255 bytes, down to where a path is too long. */
static void
test_path_length(void **state)
{
	char path[FILELIST_PATH_MAX + 2];
	struct filelist *l = filelist_new();
	struct entry entry;
	size_t len = FILENAME_MAX_BYTES;

	(void)state;
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	for (; len < FILELIST_PATH_MAX; len += 1 + FILENAME_MAX_BYTES) {
		path[len] = '\0';
		assert_int_equal(listing_add(l, ENTRY_FOLDER, path), 0);
		path[len] = '/';
	}
	assert_int_equal(len, FILELIST_PATH_MAX);
	assert_int_equal(listing_add(l, ENTRY_FILE, path), ERR_FULL);
	path[len] = '\0';
	assert_int_equal(listing_add(l, ENTRY_FILE, path), 0);
	filelist_entry(l, filelist_count(l) - 1, &entry);
	assert_int_equal(entry.path_len, FILELIST_PATH_MAX);
	listing_assert_rules(l);
	filelist_unref(l);

	/* One component of 256 bytes. */
	l = filelist_new();
	memset(path, 'x', FILENAME_MAX_BYTES + 1);
	path[FILENAME_MAX_BYTES + 1] = '\0';
	assert_int_equal(listing_add(l, ENTRY_FILE, path), ERR_INVALID);
	filelist_unref(l);
}

/* Three bytes of name are enough for a million, and sort as numbers do. */
static void
test_many(void **state)
{
	struct filelist *l = filelist_new();
	struct entry entry = {.kind = ENTRY_FILE, .path_len = 4};
	char name[5] = "";

	(void)state;
	entry.path = name;
	for (unsigned i = 0; i <= FILELIST_ENTRIES_MAX; i++) {
		for (unsigned j = 0, rest = i; j < 4; j++, rest /= 64)
			name[3 - j] = (char)('0' + rest % 64);
		if (i == FILELIST_ENTRIES_MAX)
			break;
		if (filelist_add(l, &entry) != 0)
			fail_msg("entry %u", i);
	}
	assert_int_equal(filelist_add(l, &entry), ERR_FULL);
	assert_int_equal(filelist_count(l), FILELIST_ENTRIES_MAX);
	assert_int_equal(filelist_files(l), FILELIST_ENTRIES_MAX);
	filelist_unref(l);
}

static void
test_bytes_max(void **state)
{
	/* Leaves room for a short one at the end. */
	enum { NAME_LEN = 250 };
	struct filelist *l = filelist_new(), *fed = filelist_new();
	char name[NAME_LEN + 1];
	const uint8_t *bytes;
	size_t count = 0, len;
	int r;

	(void)state;
	memset(name, 'x', NAME_LEN);
	name[NAME_LEN] = '\0';
	do {
		char digits[16];

		snprintf(digits, sizeof(digits), "%08zu", count++);
		memcpy(name, digits, 8);
		r = listing_add(l, ENTRY_FILE, name);
	} while (r == 0);
	assert_int_equal(r, ERR_FULL);
	filelist_bytes(l, &len);
	assert_true(len <= FILELIST_MAX);
	assert_true(len + LISTING_HEAD_LEN + NAME_LEN > FILELIST_MAX);
	/* What still fits is taken. */
	assert_int_equal(listing_add(l, ENTRY_FILE, "z"), 0);

	bytes = filelist_bytes(l, &len);
	assert_int_equal(filelist_feed(fed, bytes, len), 0);
	listing_assert_same(l, fed);
	assert_int_equal(
	    filelist_feed(fed, bytes, FILELIST_MAX - len + 1), ERR_FULL);
	assert_false(filelist_is_whole(fed));
	filelist_unref(l);
	filelist_unref(fed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sum),
	    cmocka_unit_test(test_depth),
	    cmocka_unit_test(test_path_length),
	    cmocka_unit_test(test_many),
	    cmocka_unit_test(test_bytes_max),
	};

	return cmocka_run_group_tests_name(
	    "filelist_bounds", tests, NULL, NULL);
}
