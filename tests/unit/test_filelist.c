/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "net/filelist.h"
#include "net/filename.h"
#include "src/base/err.h"
#include "src/base/util.h"
#include "tests/unit/listing.h"

static void
test_empty(void **state)
{
	struct filelist *l = filelist_new();
	size_t len = 1;

	(void)state;
	filelist_bytes(l, &len);
	assert_int_equal(len, 0);
	assert_int_equal(filelist_count(l), 0);
	assert_int_equal(filelist_files(l), 0);
	assert_int_equal(filelist_roots(l), 0);
	assert_int_equal(filelist_size(l), 0);
	assert_true(filelist_is_whole(l));
	assert_int_equal(filelist_feed(l, NULL, 0), 0);
	assert_true(filelist_is_whole(l));
	filelist_unref(l);
	filelist_unref(NULL);
}

/* The bytes as charla-protocol(7) says they are. */
static void
test_bytes(void **state)
{
	static const uint8_t expected[] = {2, 0x01, 0xed,   /* kind, mode */
	    0, 0, 0, 0, 0, 0, 0, 0,                         /* size */
	    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, /* mtime_ns */
	    0, 1, 'd',                                      /* path */
	    1, 0x01, 0xa4, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 1, 0, 0, 3,
	    'd', '/', 'f'};
	const struct entry folder = {.kind = ENTRY_FOLDER,
	    .mode = 0755,
	    .mtime_ns = -2,
	    .path = "d",
	    .path_len = 1};
	const struct entry file = {.kind = ENTRY_FILE,
	    .mode = 0644,
	    .size = 0x0102030405060708,
	    .mtime_ns = 256,
	    .path = "d/f",
	    .path_len = 3};
	struct filelist *l = filelist_new();
	XXH128_canonical_t canonical;
	uint8_t hash[WIRE_HASH_LEN];
	const uint8_t *bytes;
	size_t len;

	(void)state;
	assert_int_equal(filelist_add(l, &folder), 0);
	assert_int_equal(filelist_add(l, &file), 0);
	bytes = filelist_bytes(l, &len);
	assert_int_equal(len, sizeof(expected));
	assert_memory_equal(bytes, expected, len);
	XXH128_canonicalFromHash(
	    &canonical, XXH3_128bits(expected, sizeof(expected)));
	filelist_hash(l, hash);
	assert_memory_equal(hash, canonical.digest, WIRE_HASH_LEN);
	assert_int_equal(filelist_size(l), 0x0102030405060708);
	filelist_unref(l);
}

/* After the first ones, which are right, the last one is or is not. */
static void
test_order(void **state)
{
	static const struct {
		const char *before[4];
		const char *next;
		int result;
	} cases[] = {
	    {{NULL}, "a", 0},
	    {{NULL}, "a/b", ERR_INVALID},
	    {{"a"}, "b", 0},
	    {{"b"}, "a", ERR_INVALID},
	    {{"a"}, "a", ERR_INVALID},
	    {{"a/"}, "a", ERR_INVALID},
	    {{"a"}, "a/", ERR_INVALID},
	    {{"a"}, "a/b", ERR_INVALID},
	    {{"a@"}, "a/b", ERR_INVALID},
	    {{"a/"}, "a/b", 0},
	    {{"a/"}, "ab", 0},
	    {{"a/"}, "b/c", ERR_INVALID},
	    {{"a/"}, "a/b/c", ERR_INVALID},
	    {{"a/", "a/b"}, "a/b/c", ERR_INVALID},
	    {{"a/", "a/b@"}, "a/b/c", ERR_INVALID},
	    {{"a/", "a/b/"}, "a/b/c", 0},
	    {{"a/", "a/b/", "a/b/c"}, "a/b/d", 0},
	    {{"a/", "a/b/", "a/b/c"}, "a/c", 0},
	    {{"a/", "a/b/", "a/b/c"}, "a/c/d", ERR_INVALID},
	    {{"a/", "a/b/", "a/b/c"}, "a/a", ERR_INVALID},
	    {{"a/", "a/b/", "a/b/c/", "a/b/c/d"}, "a/e", 0},
	    /* '/' is lower than what bytes alone would make of it. */
	    {{"a/", "a/z"}, "a!", 0},
	    {{"a/", "a!"}, "a/z", ERR_INVALID},
	    {{"a/", "a!/"}, "a/z", ERR_INVALID},
	    {{"a/", "a!/"}, "a!/z", 0},
	    {{"a/", "a/b/", "a/b!"}, "a/b/c", ERR_INVALID},
	    {{"a/", "ab/"}, "a/c", ERR_INVALID},
	    {{"ab/"}, "a/c", ERR_INVALID},
	    {{"ab/"}, "abc/d", ERR_INVALID},
	    {{"abc/"}, "ab/d", ERR_INVALID},
	    /* Bytes count as unsigned. */
	    {{"z"}, "\xc3\xa9", 0},
	    {{"\xc3\xa9"}, "z", ERR_INVALID},
	    {{"A"}, "a", 0},
	    {{"a"}, "A", ERR_INVALID},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct filelist *l = filelist_new();
		size_t count = 0, len, len_after;

		while (count < 4 && cases[i].before[count] != NULL)
			assert_int_equal(
			    listing_add_said(l, cases[i].before[count++]), 0);
		filelist_bytes(l, &len);
		if (listing_add_said(l, cases[i].next) != cases[i].result)
			fail_msg("case %zu, '%s'", i, cases[i].next);
		filelist_bytes(l, &len_after);
		if (cases[i].result < 0) {
			assert_int_equal(filelist_count(l), count);
			assert_int_equal(len, len_after);
		}
		listing_assert_rules(l);
		filelist_unref(l);
	}
}

static void
test_names(void **state)
{
	static const struct {
		const char *path;
		size_t len;
	} bad[] = {{"", 0}, {".", 1}, {"..", 2}, {"/", 1}, {"/etc", 4},
	    {"d/", 2}, {"d//f", 4}, {"d/.", 3}, {"d/..", 4}, {"d/../f", 6},
	    {"d/./f", 5}, {"../d", 4}, {"//d", 3}, {"a\0b", 3}, {"d/a\0", 4},
	    {"\0", 1}, {"d/\0", 3}, {"a\nb", 3}, {"d/\x1b[2J", 6},
	    {"d/\x7f", 3}, {"d/\xff", 3}, {"d/\xc0\xaf", 4},
	    {"d/\xed\xa0\x80", 5}};
	static const char *const good[] = {"d/ ", "d/...", "d/..a", "d/a.",
	    "d/a b", "d/a'b", "d/a*[?]", "d/a\\b", "d/con", "d/d",
	    "d/\xf0\x9f\x90\x88", "d0", "\xe2\x80\xaegpj.exe"};
	struct filelist *l = filelist_new();
	struct entry entry = {.kind = ENTRY_FILE};

	(void)state;
	assert_int_equal(listing_add_said(l, "d/"), 0);
	for (size_t i = 0; i < COUNT(bad); i++) {
		entry.path = bad[i].path;
		entry.path_len = bad[i].len;
		if (filelist_add(l, &entry) != ERR_INVALID)
			fail_msg("'%s' was taken", bad[i].path);
	}
	assert_int_equal(filelist_count(l), 1);
	filelist_unref(l);
	for (size_t i = 0; i < COUNT(good); i++) {
		l = filelist_new();
		assert_int_equal(listing_add_said(l, "d/"), 0);
		if (listing_add(l, ENTRY_FILE, good[i]) != 0)
			fail_msg("'%s' was refused", good[i]);
		listing_assert_rules(l);
		filelist_unref(l);
	}
}

static void
test_fields(void **state)
{
	static const struct {
		struct entry entry;
		int result;
	} cases[] = {
	    {{.kind = (enum entry_kind)0}, ERR_INVALID},
	    {{.kind = (enum entry_kind)5}, ERR_INVALID},
	    {{.kind = (enum entry_kind)256}, ERR_INVALID},
	    {{.kind = (enum entry_kind)257}, ERR_INVALID},
	    {{.kind = ENTRY_FILE, .mode = 0777}, 0},
	    {{.kind = ENTRY_FILE, .mode = 01000}, ERR_INVALID},
	    {{.kind = ENTRY_FILE, .mode = 04755}, ERR_INVALID},
	    {{.kind = ENTRY_FOLDER, .mode = 0xffff}, ERR_INVALID},
	    {{.kind = ENTRY_FOLDER, .size = 1}, ERR_INVALID},
	    {{.kind = ENTRY_LINK, .size = 1}, ERR_INVALID},
	    {{.kind = ENTRY_OTHER, .size = 1}, ERR_INVALID},
	    {{.kind = ENTRY_LINK, .mode = 0777}, 0},
	    {{.kind = ENTRY_OTHER}, 0},
	    {{.kind = ENTRY_FILE, .size = INT64_MAX}, 0},
	    {{.kind = ENTRY_FILE, .size = (uint64_t)INT64_MAX + 1}, ERR_FULL},
	    {{.kind = ENTRY_FILE, .size = UINT64_MAX}, ERR_FULL},
	    {{.kind = ENTRY_FILE, .mtime_ns = INT64_MIN}, 0},
	    {{.kind = ENTRY_FILE, .mtime_ns = INT64_MAX}, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct filelist *l = filelist_new();
		struct entry entry = cases[i].entry, got;

		entry.path = "name";
		entry.path_len = 4;
		if (filelist_add(l, &entry) != cases[i].result)
			fail_msg("case %zu", i);
		if (cases[i].result == 0) {
			filelist_entry(l, 0, &got);
			assert_int_equal(got.kind, entry.kind);
			assert_int_equal(got.mode, entry.mode);
			assert_int_equal(got.size, entry.size);
			assert_int_equal(got.mtime_ns, entry.mtime_ns);
		}
		listing_assert_rules(l);
		filelist_unref(l);
	}
}

static uint32_t
draw(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % below;
}

enum { TREES = 200, TREE_NODES = 40, TREE_PATH_MAX = 512 };

struct tree {
	char paths[TREE_NODES][TREE_PATH_MAX];
	size_t count;
};

/* A folder of the tree, or the top, gets another one; or one again. */
static void
grow(struct tree *tree, uint32_t *seed)
{
	static const char letters[] = "!.-0aAz~";
	const size_t above = draw(seed, (uint32_t)tree->count + 1);
	char *path = tree->paths[tree->count];
	char name[8] = "";
	uint32_t len = draw(seed, 3);

	for (uint32_t i = 0; i < len; i++)
		name[i] = letters[draw(seed, sizeof(letters) - 1)];
	name[len] = draw(seed, 2) == 0 ? 'x' : 'y';
	path[0] = '\0';
	if (above < tree->count)
		strcat(strcpy(path, tree->paths[above]), "/");
	strcat(path, name);
	tree->count++;
}

static int
compare_paths(const void *a, const void *b)
{
	return listing_compare(a, strlen(a), b, strlen(b));
}

/* In order, each one once. */
static void
sort(struct tree *tree)
{
	size_t kept = 0;

	qsort(tree->paths, tree->count, TREE_PATH_MAX, compare_paths);
	for (size_t i = 0; i < tree->count; i++) {
		if (i == 0 || strcmp(tree->paths[i], tree->paths[i - 1]) != 0)
			memmove(
			    tree->paths[kept++], tree->paths[i], TREE_PATH_MAX);
	}
	tree->count = kept;
}

static bool
is_list(const struct tree *tree)
{
	struct filelist *l = filelist_new();
	bool taken = true;

	for (size_t i = 0; i < tree->count; i++)
		taken &= listing_add(l, ENTRY_FOLDER, tree->paths[i]) == 0;
	listing_assert_rules(l);
	filelist_unref(l);
	return taken;
}

/* Whatever a tree grows like: in its order it is a list, and in no other. */
static void
test_random(void **state)
{
	struct tree *tree = mem_zalloc(sizeof(*tree));
	char held[TREE_PATH_MAX];
	uint32_t seed = 1;

	(void)state;
	for (unsigned i = 0; i < TREES; i++) {
		tree->count = 0;
		while (tree->count < TREE_NODES)
			grow(tree, &seed);
		sort(tree);
		assert_true(tree->count > 1);
		assert_true(is_list(tree));

		size_t at = draw(&seed, (uint32_t)tree->count - 1);
		memcpy(held, tree->paths[at], TREE_PATH_MAX);
		memcpy(tree->paths[at], tree->paths[at + 1], TREE_PATH_MAX);
		memcpy(tree->paths[at + 1], held, TREE_PATH_MAX);
		assert_false(is_list(tree));
	}
	free(tree);
}

enum { SHARERS = 4, SHARED_TIMES = 20 * 1000 };

static void *
share(void *arg)
{
	struct filelist *l = arg;

	for (int i = 0; i < SHARED_TIMES; i++)
		filelist_unref(filelist_ref(l));
	filelist_unref(l);
	return NULL;
}

/* The last one to let go frees it, and nobody before. */
static void
test_shared(void **state)
{
	struct filelist *l = listing_sample();
	pthread_t threads[SHARERS];
	size_t count = filelist_count(l);

	(void)state;
	for (size_t i = 0; i < SHARERS; i++) {
		assert_int_equal(
		    pthread_create(&threads[i], NULL, share, filelist_ref(l)),
		    0);
	}
	for (size_t i = 0; i < SHARERS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(filelist_count(l), count);
	listing_assert_rules(l);
	filelist_unref(l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_empty),
	    cmocka_unit_test(test_bytes),
	    cmocka_unit_test(test_order),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_fields),
	    cmocka_unit_test(test_random),
	    cmocka_unit_test(test_shared),
	};

	return cmocka_run_group_tests_name("filelist", tests, NULL, NULL);
}
