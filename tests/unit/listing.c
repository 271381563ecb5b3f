/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/listing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "net/filename.h"
#include "src/base/util.h"

int
listing_add(struct filelist *l, enum entry_kind kind, const char *path)
{
	const struct entry entry = {
	    .kind = kind,
	    .mode = kind == ENTRY_FOLDER ? 0755 : 0644,
	    .size = kind == ENTRY_FILE ? strlen(path) : 0,
	    .mtime_ns = -1,
	    .path = path,
	    .path_len = strlen(path),
	};

	return filelist_add(l, &entry);
}

int
listing_add_said(struct filelist *l, const char *path)
{
	char *bare = str_dup(path);
	size_t len = strlen(path);
	enum entry_kind kind = ENTRY_FILE;
	int r;

	if (len > 0 && path[len - 1] == '/')
		kind = ENTRY_FOLDER;
	if (len > 0 && path[len - 1] == '@')
		kind = ENTRY_LINK;
	if (kind != ENTRY_FILE)
		bare[len - 1] = '\0';
	r = listing_add(l, kind, bare);
	free(bare);
	return r;
}

struct filelist *
listing_sample(void)
{
	static const char *const paths[] = {"a/", "a/b/", "a/b/c", "a/b/d@",
	    "a/b.txt", "a!", "empty/", "f", "f.o", "\xc3\xa9t\xc3\xa9/",
	    "\xc3\xa9t\xc3\xa9/\xe5\x86\x99"};
	struct filelist *l = filelist_new();

	for (size_t i = 0; i < COUNT(paths); i++)
		assert_int_equal(listing_add_said(l, paths[i]), 0);
	return l;
}

void
listing_assert_same(const struct filelist *a, const struct filelist *b)
{
	uint8_t hash_a[WIRE_HASH_LEN], hash_b[WIRE_HASH_LEN];
	size_t len_a, len_b;
	const uint8_t *bytes_a = filelist_bytes(a, &len_a);
	const uint8_t *bytes_b = filelist_bytes(b, &len_b);

	assert_int_equal(len_a, len_b);
	assert_memory_equal(bytes_a, bytes_b, len_a);
	assert_int_equal(filelist_count(a), filelist_count(b));
	assert_int_equal(filelist_files(a), filelist_files(b));
	assert_int_equal(filelist_roots(a), filelist_roots(b));
	assert_int_equal(filelist_size(a), filelist_size(b));
	filelist_hash(a, hash_a);
	filelist_hash(b, hash_b);
	assert_memory_equal(hash_a, hash_b, WIRE_HASH_LEN);
	for (size_t i = 0; i < filelist_count(a); i++) {
		struct entry one, other;

		filelist_entry(a, i, &one);
		filelist_entry(b, i, &other);
		assert_int_equal(one.kind, other.kind);
		assert_int_equal(one.mode, other.mode);
		assert_int_equal(one.size, other.size);
		assert_int_equal(one.mtime_ns, other.mtime_ns);
		assert_int_equal(one.path_len, other.path_len);
		assert_memory_equal(one.path, other.path, one.path_len);
	}
}

int
listing_compare(const char *a, size_t a_len, const char *b, size_t b_len)
{
	for (;;) {
		const char *a_end = memchr(a, '/', a_len);
		const char *b_end = memchr(b, '/', b_len);
		size_t a_part = a_end != NULL ? (size_t)(a_end - a) : a_len;
		size_t b_part = b_end != NULL ? (size_t)(b_end - b) : b_len;
		size_t part = a_part < b_part ? a_part : b_part;
		int order = memcmp(a, b, part);

		if (order == 0 && a_part != b_part)
			order = a_part < b_part ? -1 : 1;
		if (order != 0 || a_end == NULL || b_end == NULL)
			return order != 0 ? order
					  : (a_end != NULL) - (b_end != NULL);
		a += part + 1;
		b += part + 1;
		a_len -= part + 1;
		b_len -= part + 1;
	}
}

/* The slow way: a folder that is called as the path above begins. */
static bool
has_folder(const struct filelist *l, size_t at, const char *path, size_t len)
{
	struct entry other;

	for (size_t i = 0; i < at; i++) {
		filelist_entry(l, i, &other);
		if (other.kind == ENTRY_FOLDER && other.path_len == len &&
		    memcmp(other.path, path, len) == 0)
			return true;
	}
	return false;
}

void
listing_assert_rules(const struct filelist *l)
{
	size_t files = 0, roots = 0;
	uint64_t size = 0;

	for (size_t i = 0; i < filelist_count(l); i++) {
		struct entry e, last;
		const char *name;
		size_t len, above;

		filelist_entry(l, i, &e);
		assert_in_range(e.kind, ENTRY_FILE, ENTRY_OTHER);
		assert_int_equal(e.mode & ~0777, 0);
		assert_true(e.kind == ENTRY_FILE || e.size == 0);
		assert_in_range(e.path_len, 1, FILELIST_PATH_MAX);
		assert_true(entry_depth(&e) < FILELIST_DEPTH_MAX);
		name = entry_name(&e, &len);
		assert_true(filename_is_safe(name, len));
		above = e.path_len - len;
		if (above > 0)
			assert_true(has_folder(l, i, e.path, above - 1));
		if (i > 0) {
			filelist_entry(l, i - 1, &last);
			assert_true(listing_compare(last.path, last.path_len,
					e.path, e.path_len) < 0);
		}
		files += e.kind == ENTRY_FILE;
		roots += above == 0;
		assert_true(add_u64(size, e.size, &size));
	}
	assert_int_equal(filelist_files(l), files);
	assert_int_equal(filelist_roots(l), roots);
	assert_int_equal(filelist_size(l), size);
	assert_true(size <= INT64_MAX);
}
