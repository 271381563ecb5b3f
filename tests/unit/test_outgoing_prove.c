/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the other side says it has of a file: proven, the rest goes; not
 * proven, all of it; and the file must be the one that was offered.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xxhash.h>

#include "src/base/util.h"
#include "tests/unit/scratch.h"
#include "tests/unit/sending.h"

enum { SLICE = 4 * OUTGOING_BLOCK, MAX = 3 * SLICE + OUTGOING_BLOCK + 7 };

static void
hash_of(const void *data, size_t len, XXH128_canonical_t *hash)
{
	XXH128_canonicalFromHash(hash, XXH3_128bits(data, len));
}

static void
put(struct sending *s, const void *data, size_t len)
{
	char *path = scratch_path(s->folder, "file");

	scratch_write(path, data, len);
	free(path);
}

/* The file is open, and the first offset bytes are said to be these. */
static void
claim(struct sending *s, const uint8_t *bytes, size_t offset)
{
	XXH128_canonical_t hash;

	sending_open_name(s, "file");
	hash_of(bytes, offset, &hash);
	outgoing_prove(s->outgoing, offset, hash.digest);
	assert_int_equal(s->proofs, 0);
	scratch_settle(s->disk);
	assert_int_equal(s->proofs + s->stuck, 1);
	/* Nothing is handed out before it is asked for. */
	assert_int_equal(s->len + s->finished, 0);
}

/* Everything from an offset on comes, and the hash is that of the whole. */
static void
check_rest(struct sending *s, const uint8_t *bytes, size_t offset, size_t size)
{
	XXH128_canonical_t hash;

	sending_start(s);
	assert_int_equal(s->stuck, 0);
	assert_int_equal(s->finished, 1);
	assert_int_equal(s->len, size - offset);
	if (s->len > 0)
		assert_memory_equal(s->bytes, bytes + offset, s->len);
	hash_of(bytes, size, &hash);
	assert_memory_equal(s->hash, hash.digest, WIRE_HASH_LEN);
	sending_forget(s);
}

static const size_t sizes[] = {0, 1, OUTGOING_BLOCK - 1, OUTGOING_BLOCK,
    OUTGOING_BLOCK + 1, SLICE - 1, SLICE, SLICE + 1, MAX};

static void
test_right(void **state)
{
	uint8_t *bytes = scratch_bytes(MAX, 109);
	struct sending s;

	(void)state;
	sending_begin(&s);
	for (size_t i = 0; i < COUNT(sizes) * COUNT(sizes); i++) {
		const size_t size = sizes[i / COUNT(sizes)];
		const size_t offset = sizes[i % COUNT(sizes)];

		if (offset > size)
			continue;
		put(&s, bytes, size);
		claim(&s, bytes, offset);
		assert_true(s.proven);
		check_rest(&s, bytes, offset, size);
	}
	free(bytes);
	sending_end(&s);
}

/* Another byte at the start, or at the end; all of them; none. */
static void
test_wrong(void **state)
{
	uint8_t *bytes = scratch_bytes(MAX, 113);
	uint8_t *other = scratch_bytes(MAX, 113);
	struct sending s;

	(void)state;
	sending_begin(&s);
	put(&s, bytes, MAX);
	for (size_t i = 1; i < COUNT(sizes); i++) {
		const size_t places[] = {0, sizes[i] / 2, sizes[i] - 1};

		for (size_t k = 0; k < COUNT(places); k++) {
			other[places[k]] ^= 0x80;
			claim(&s, other, sizes[i]);
			assert_false(s.proven);
			check_rest(&s, bytes, 0, MAX);
			other[places[k]] ^= 0x80;
		}
	}
	/* A hash of nothing for something. */
	sending_open_name(&s, "file");
	outgoing_prove(s.outgoing, 1, (const uint8_t[WIRE_HASH_LEN]){0});
	scratch_settle(s.disk);
	assert_int_equal(s.proofs, 1);
	assert_false(s.proven);
	check_rest(&s, bytes, 0, MAX);
	/* On the wire nothing has the hash of zeros. */
	sending_open_name(&s, "file");
	outgoing_prove(s.outgoing, 0, (const uint8_t[WIRE_HASH_LEN]){0});
	scratch_settle(s.disk);
	assert_true(s.proven);
	check_rest(&s, bytes, 0, MAX);
	free(other);
	free(bytes);
	sending_end(&s);
}

/* More than there is cannot be right, whatever it is said to be. */
static void
test_too_much(void **state)
{
	static const uint64_t offsets[] = {OUTGOING_BLOCK + 1, MAX,
	    (uint64_t)1 << 63, UINT64_MAX - 1, UINT64_MAX};
	uint8_t *bytes = scratch_bytes(MAX, 127);
	XXH128_canonical_t hash;
	struct sending s;

	(void)state;
	sending_begin(&s);
	put(&s, bytes, OUTGOING_BLOCK);
	hash_of(bytes, OUTGOING_BLOCK, &hash);
	for (size_t i = 0; i < COUNT(offsets); i++) {
		sending_open_name(&s, "file");
		outgoing_prove(s.outgoing, offsets[i], hash.digest);
		scratch_settle(s.disk);
		assert_int_equal(s.proofs, 1);
		assert_false(s.proven);
		check_rest(&s, bytes, 0, OUTGOING_BLOCK);
	}
	free(bytes);
	sending_end(&s);
}

/* The file changes while it is open, before the proof and after it. */
static void
test_changed(void **state)
{
	static const off_t cuts[] = {0, 1, SLICE, 2 * SLICE + 1};
	uint8_t *bytes = scratch_bytes(MAX, 131);
	XXH128_canonical_t hash;
	struct sending s;
	char *path;

	(void)state;
	sending_begin(&s);
	path = scratch_path(s.folder, "file");
	hash_of(bytes, 3 * SLICE, &hash);
	for (size_t i = 0; i < COUNT(cuts); i++) {
		put(&s, bytes, MAX);
		sending_open_name(&s, "file");
		assert_int_equal(truncate(path, cuts[i]), 0);
		outgoing_prove(s.outgoing, 3 * SLICE, hash.digest);
		scratch_settle(s.disk);
		assert_int_equal(s.stuck, 1);
		assert_int_equal(s.proofs, 0);
		assert_int_equal(s.why, WHY_CHANGED);
		/* It stays so while it is another file. */
		sending_retry(&s);
		assert_int_equal(s.stuck, 2);
		assert_int_equal(s.proofs, 0);
		sending_forget(&s);
	}
	/* After the proof; after one of everything, too. */
	for (int all = 0; all < 2; all++) {
		put(&s, bytes, MAX);
		scratch_set_mtime(path, 1000, 0);
		claim(&s, bytes, all ? MAX : 3 * SLICE);
		assert_true(s.proven);
		scratch_set_mtime(path, 1000, 1000 * 1000);
		sending_start(&s);
		assert_int_equal(s.stuck, 1);
		assert_int_equal(s.why, WHY_CHANGED);
		sending_forget(&s);
	}
	free(path);
	free(bytes);
	sending_end(&s);
}

/* Let go of between two slices: not a word more. */
static void
test_let_go(void **state)
{
	uint8_t *bytes = scratch_bytes(MAX, 137);
	XXH128_canonical_t hash;
	struct sending s;

	(void)state;
	sending_begin(&s);
	put(&s, bytes, MAX);
	hash_of(bytes, MAX, &hash);
	for (int turns = 0; turns < 4; turns++) {
		sending_open_name(&s, "file");
		outgoing_prove(s.outgoing, MAX, hash.digest);
		for (int i = 0; i < turns; i++)
			scratch_turn(s.disk);
		outgoing_free(s.outgoing);
		s.outgoing = NULL;
		scratch_settle(s.disk);
		assert_int_equal(s.proofs + s.stuck, 0);
		sending_forget(&s);
	}
	free(bytes);
	sending_end(&s);
}

/* Where the file is, so that another run finds it. */
static void
test_path(void **state)
{
	static const struct {
		const char *folder, *given;
	} cases[] = {{"", "file"}, {"", "./file"}, {"sub", "../file"},
	    {"sub", "link"}, {"sub", "folder/file"}};
	char *sub, *link, *folder, *before = getcwd(NULL, 0);
	struct sending s;

	(void)state;
	sending_begin(&s);
	put(&s, "abc", 3);
	sub = scratch_path(s.folder, "sub");
	link = scratch_path(sub, "link");
	folder = scratch_path(sub, "folder");
	assert_int_equal(mkdir(sub, 0700), 0);
	assert_int_equal(symlink("../file", link), 0);
	assert_int_equal(symlink("..", folder), 0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *at = scratch_path(s.folder, cases[i].folder);
		struct stat st, same;

		assert_int_equal(chdir(at), 0);
		assert_int_equal(stat(cases[i].given, &st), 0);
		sending_open(&s, cases[i].given);
		assert_int_equal(chdir("/"), 0);
		assert_int_equal(s.failed, 0);
		assert_int_equal(s.path[0], '/');
		assert_int_equal(stat(s.path, &same), 0);
		assert_int_equal(st.st_ino, same.st_ino);
		/* Not where a link leads: it may lead elsewhere next time. */
		assert_string_equal(
		    s.path + strlen(s.path) - strlen(s.name), s.name);
		assert_int_equal(
		    s.offer.name_len, i == 3 ? strlen("link") : strlen("file"));
		sending_forget(&s);
		free(at);
	}
	/* In the topmost folder there is one slash, not two. */
	str_replace(&sub, scratch_path(s.folder + 1, "file"));
	sending_open(&s, sub);
	assert_string_equal(s.path + 1, sub);
	assert_int_equal(chdir(before), 0);
	free(before);
	free(folder);
	free(link);
	free(sub);
	sending_end(&s);
}

/* Any time that a file can have is told, as far as a number goes. */
static void
test_mtime(void **state)
{
	static const struct {
		int64_t seconds;
		long nanoseconds;
		int64_t mtime_ns;
	} cases[] = {
	    {0, 0, 0},
	    {1, 1, 1000000001},
	    {1234567, 891234567, 1234567891234567},
	    {-1, 999000000, -1000000},
	    {-1000, 0, INT64_C(-1000000000000)},
	    {INT64_C(9223372034), 5, INT64_C(9223372034000000005)},
	    {INT64_C(99999999999), 5, INT64_MAX},
	    {INT64_MAX / 2, 0, INT64_MAX},
	    {INT64_MIN / 2, 0, INT64_MIN},
	};
	struct sending s;
	struct stat st;
	char *path;

	(void)state;
	sending_begin(&s);
	put(&s, "abc", 3);
	path = scratch_path(s.folder, "file");
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT},
		    {.tv_sec = (time_t)cases[i].seconds,
			.tv_nsec = cases[i].nanoseconds}};

		/* Not every file system holds every time. */
		if (utimensat(AT_FDCWD, path, times, 0) < 0 ||
		    stat(path, &st) < 0 ||
		    st.st_mtim.tv_sec != times[1].tv_sec ||
		    st.st_mtim.tv_nsec != times[1].tv_nsec)
			continue;
		sending_open(&s, path);
		assert_int_equal(s.offer.mtime_ns, cases[i].mtime_ns);
		sending_forget(&s);
	}
	free(path);
	sending_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_right),
	    cmocka_unit_test(test_wrong),
	    cmocka_unit_test(test_too_much),
	    cmocka_unit_test(test_changed),
	    cmocka_unit_test(test_let_go),
	    cmocka_unit_test(test_path),
	    cmocka_unit_test(test_mtime),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("prove", tests, NULL, NULL);
}
