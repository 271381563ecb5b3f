/* SPDX-License-Identifier: GPL-3.0-or-later */
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
#include "tests/unit/planting.h"
#include "tests/unit/scratch.h"
#include "tests/unit/sending.h"

static void
put(struct sending *s, const char *name, const void *data, size_t len)
{
	char *path = scratch_path(s->folder, name);

	scratch_write(path, data, len);
	free(path);
}

static void
check_hash(const struct sending *s, const void *data, size_t len)
{
	XXH128_canonical_t hash;

	XXH128_canonicalFromHash(&hash, XXH3_128bits(data, len));
	assert_memory_equal(s->hash, hash.digest, WIRE_HASH_LEN);
}

/* Byte for byte at the sizes where blocks begin and end. */
static void
test_sizes(void **state)
{
	static const size_t sizes[] = {0, 1, OUTGOING_BLOCK - 1, OUTGOING_BLOCK,
	    OUTGOING_BLOCK + 1, OUTGOING_AHEAD * OUTGOING_BLOCK - 1,
	    OUTGOING_AHEAD * OUTGOING_BLOCK,
	    OUTGOING_AHEAD * OUTGOING_BLOCK + 1, 5 * 1000 * 1000};
	struct sending s;

	(void)state;
	sending_begin(&s);
	for (size_t i = 0; i < COUNT(sizes); i++) {
		uint8_t *bytes = scratch_bytes(sizes[i], 7);

		put(&s, "file", bytes, sizes[i]);
		sending_open_name(&s, "file");
		assert_int_equal(s.offer.size, sizes[i]);
		sending_start(&s);
		assert_int_equal(s.failed, 0);
		assert_int_equal(s.finished, 1);
		assert_int_equal(s.len, sizes[i]);
		if (sizes[i] > 0)
			assert_memory_equal(s.bytes, bytes, sizes[i]);
		check_hash(&s, bytes, sizes[i]);
		free(bytes);
		sending_forget(&s);
	}
	sending_end(&s);
}

/* As it is; but that it can be executed is told only where that is wanted. */
static void
test_offer(void **state)
{
	const char *name = "caf\xc3\xa9 \xe5\x86\x99\xe7\x9c\x9f.tar.gz";
	struct sending s;
	char *path;

	(void)state;
	sending_begin(&s);
	put(&s, name, "abc", 3);
	path = scratch_path(s.folder, name);
	assert_int_equal(chmod(path, 0751), 0);
	scratch_set_mtime(path, 1234567, 891234567);
	for (int keep = 0; keep < 2; keep++) {
		s.keep_mode = keep;
		sending_open(&s, path);
		assert_string_equal(s.name, name);
		assert_string_equal(s.path, path);
		assert_int_equal(s.path_count, 1);
		assert_int_equal(s.note_count, 0);
		assert_int_equal(s.offer.entries, 0);
		assert_int_equal(s.offer.list_len, 0);
		assert_int_equal(s.offer.size, 3);
		assert_int_equal(s.offer.mode, keep ? 0751 : 0640);
		assert_int_equal(s.offer.mtime_ns, 1234567891234567);
		/* Nothing is read before it is asked for. */
		assert_int_equal(s.len, 0);
		sending_forget(&s);
	}
	free(path);
	sending_end(&s);
}

/* A network that stands still holds up at most OUTGOING_AHEAD blocks. */
static void
test_ahead(void **state)
{
	const size_t size = 3 * OUTGOING_AHEAD * OUTGOING_BLOCK;
	uint8_t *bytes = scratch_bytes(size, 3);
	struct sending s;

	(void)state;
	sending_begin(&s);
	s.consume = false;
	put(&s, "file", bytes, size);
	sending_open_name(&s, "file");
	sending_start(&s);
	assert_int_equal(s.len, OUTGOING_AHEAD * OUTGOING_BLOCK);
	while (s.finished == 0) {
		assert_int_equal(s.failed, 0);
		sending_consume(&s);
	}
	assert_int_equal(s.len, size);
	assert_int_equal(s.most_unconsumed, OUTGOING_AHEAD);
	/* Those still to be consumed ask for nothing more. */
	while (s.unconsumed > 0)
		sending_consume(&s);
	outgoing_consumed(s.outgoing, NULL);
	scratch_settle(s.disk);
	free(bytes);
	sending_end(&s);
}

static void
change_nothing(const char *path)
{
	(void)path;
}

/* The clock of a file system may be coarse, and programs set times back. */
static void
grow(const char *path)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(write(fd, "x", 1), 1);
	close(fd);
	scratch_set_mtime(path, st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

static void
shrink(const char *path)
{
	assert_int_equal(truncate(path, OUTGOING_BLOCK), 0);
}

static void
shrink_to_nothing(const char *path)
{
	assert_int_equal(truncate(path, 0), 0);
}

/* Same size, other bytes. */
static void
rewrite(const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(pwrite(fd, "x", 1, 0), 1);
	close(fd);
	scratch_set_mtime(path, st.st_mtim.tv_sec + 1, st.st_mtim.tv_nsec);
}

/* The same second. */
static void
rewrite_at_once(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	scratch_set_mtime(path, st.st_mtim.tv_sec, st.st_mtim.tv_nsec ^ 1);
}

/* It is not read on, and its hash is never told. */
static void
test_changed(void **state)
{
	static const struct {
		void (*change)(const char *path);
		size_t stuck;
	} cases[] = {{change_nothing, 0}, {grow, 1}, {shrink, 1},
	    {shrink_to_nothing, 1}, {rewrite, 1}, {rewrite_at_once, 1}};
	const size_t size = OUTGOING_AHEAD * OUTGOING_BLOCK + 10;
	uint8_t *bytes = scratch_bytes(size, 5);
	struct sending s;

	(void)state;
	sending_begin(&s);
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *path = scratch_path(s.folder, "file");

		s.consume = false;
		put(&s, "file", bytes, size);
		sending_open_name(&s, "file");
		sending_start(&s);
		cases[i].change(path);
		while (s.unconsumed > 0)
			sending_consume(&s);
		assert_int_equal(s.stuck, cases[i].stuck);
		assert_int_equal(s.finished, 1 - cases[i].stuck);
		if (cases[i].stuck)
			assert_int_equal(s.why, WHY_CHANGED);
		free(path);
		sending_forget(&s);
	}

	/* An empty file that is not empty any more. */
	{
		char *path = scratch_path(s.folder, "empty");

		put(&s, "empty", "", 0);
		sending_open(&s, path);
		grow(path);
		sending_start(&s);
		assert_int_equal(s.stuck, 1);
		assert_int_equal(s.why, WHY_CHANGED);
		free(path);
	}
	free(bytes);
	sending_end(&s);
}

static void
check_refused(
    struct sending *s, const char *path, enum wire_why why, const char *word)
{
	sending_open(s, path);
	assert_int_equal(s->failed, 1);
	assert_int_equal(s->why, why);
	assert_non_null(strstr(s->reason.text, word));
	sending_forget(s);
}

/* What cannot be sent is told, and never waits. */
static void
test_kinds(void **state)
{
	static const struct {
		const char *name;
		enum wire_why why;
		const char *word;
	} cases[] = {
	    {"fifo", WHY_DENIED, "pipe"},
	    {"socket", WHY_DENIED, "socket"},
	    {"missing", WHY_GONE, "no file"},
	    {"dangling", WHY_GONE, "link"},
	    {"file/below", WHY_GONE, "no file"},
	};
	char *paths[COUNT(cases)];
	struct sending s;

	(void)state;
	sending_begin(&s);
	put(&s, "file", "abc", 3);
	for (size_t i = 0; i < COUNT(cases); i++)
		paths[i] = scratch_path(s.folder, cases[i].name);
	plant(paths[0], 'p', NULL);
	plant(paths[1], 'u', NULL);
	plant(paths[3], 'n', NULL);
	for (size_t i = 0; i < COUNT(cases); i++) {
		check_refused(&s, paths[i], cases[i].why, cases[i].word);
		free(paths[i]);
	}
	check_refused(&s, "/dev/null", WHY_DENIED, "device");
	sending_end(&s);
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
	put(&s, "file", "abc", 3);
	path = scratch_path(s.folder, "file");
	assert_int_equal(chmod(path, 0), 0);
	check_refused(&s, path, WHY_DENIED, "permission");
	free(path);
	sending_end(&s);
}

/* A name that the other side would have to refuse is not offered. */
static void
test_bad_names(void **state)
{
	static const char *const names[] = {"a\nb", "\x1b[2J", "latin\xe9"};
	struct sending s;

	(void)state;
	sending_begin(&s);
	for (size_t i = 0; i < COUNT(names); i++) {
		char *path = scratch_path(s.folder, names[i]);

		scratch_write(path, "abc", 3);
		check_refused(&s, path, WHY_NAME, "rename");
		free(path);
	}
	sending_end(&s);
}

/* Freed at any moment, nothing is told any more and nothing is leaked. */
static void
test_let_go(void **state)
{
	const size_t size = 2 * OUTGOING_AHEAD * OUTGOING_BLOCK;
	uint8_t *bytes = scratch_bytes(size, 9);
	struct sending s;
	char *path;

	(void)state;
	sending_begin(&s);
	put(&s, "file", bytes, size);
	path = scratch_path(s.folder, "file");

	sending_new(&s, (const char *const *)&path, 1);
	outgoing_free(s.outgoing);
	s.outgoing = NULL;
	scratch_settle(s.disk);
	assert_int_equal(s.opened, 0);

	sending_open(&s, path);
	outgoing_start(s.outgoing);
	outgoing_free(s.outgoing);
	s.outgoing = NULL;
	scratch_settle(s.disk);
	assert_int_equal(s.len, 0);
	sending_forget(&s);

	sending_open(&s, path);
	s.free_in_block = true;
	sending_start(&s);
	assert_int_equal(s.len, OUTGOING_BLOCK);
	assert_int_equal(s.finished, 0);

	sending_forget(&s);

	s.free_in_opened = true;
	sending_open(&s, path);
	assert_string_equal(s.path, path);

	outgoing_free(NULL);
	free(path);
	free(bytes);
	sending_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sizes),
	    cmocka_unit_test(test_offer),
	    cmocka_unit_test(test_ahead),
	    cmocka_unit_test(test_changed),
	    cmocka_unit_test(test_kinds),
	    cmocka_unit_test(test_no_permission),
	    cmocka_unit_test(test_bad_names),
	    cmocka_unit_test(test_let_go),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("outgoing", tests, NULL, NULL);
}
