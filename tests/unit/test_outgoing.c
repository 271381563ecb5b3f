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
		outgoing_start(s.outgoing);
		scratch_settle(s.disk);
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

static void
test_offer(void **state)
{
	const struct timespec times[2] = {
	    {.tv_sec = 1}, {.tv_sec = 1234567, .tv_nsec = 891 * 1000 * 1000}};
	const char *name = "caf\xc3\xa9 \xe5\x86\x99\xe7\x9c\x9f.tar.gz";
	struct sending s;
	char *path;

	(void)state;
	sending_begin(&s);
	put(&s, name, "abc", 3);
	path = scratch_path(s.folder, name);
	assert_int_equal(chmod(path, 0751), 0);
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
	sending_open(&s, path);
	assert_string_equal(s.name, name);
	assert_int_equal(s.offer.size, 3);
	assert_int_equal(s.offer.mode, 0751);
	assert_int_equal(s.offer.mtime_ms, 1234567891);
	/* Nothing is read before it is asked for. */
	assert_int_equal(s.len, 0);
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
	outgoing_start(s.outgoing);
	scratch_settle(s.disk);
	assert_int_equal(s.len, OUTGOING_AHEAD * OUTGOING_BLOCK);
	while (s.finished == 0) {
		assert_int_equal(s.failed, 0);
		s.unconsumed--;
		outgoing_consumed(s.outgoing);
		scratch_settle(s.disk);
	}
	assert_int_equal(s.len, size);
	assert_int_equal(s.most_unconsumed, OUTGOING_AHEAD);
	/* Those still to be consumed ask for nothing more. */
	outgoing_consumed(s.outgoing);
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

static void
test_changed(void **state)
{
	static const struct {
		void (*change)(const char *path);
		size_t failed;
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
		outgoing_start(s.outgoing);
		scratch_settle(s.disk);
		cases[i].change(path);
		outgoing_consumed(s.outgoing);
		scratch_settle(s.disk);
		assert_int_equal(s.failed, cases[i].failed);
		assert_int_equal(s.finished, 1 - cases[i].failed);
		if (cases[i].failed)
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
		outgoing_start(s.outgoing);
		scratch_settle(s.disk);
		assert_int_equal(s.failed, 1);
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

/* Only files; the rest is told what it is, and never waits. */
static void
test_kinds(void **state)
{
	static const struct {
		const char *name;
		enum wire_why why;
		const char *word;
	} cases[] = {
	    {"", WHY_DENIED, "folder"},
	    {"fifo", WHY_DENIED, "pipe"},
	    {"socket", WHY_DENIED, "socket"},
	    {"missing", WHY_IO, "no file"},
	    {"dangling", WHY_IO, "no file"},
	    {"file/below", WHY_IO, "no file"},
	    {"file/", WHY_IO, "no file"},
	};
	char *paths[COUNT(cases)];
	struct sending s;

	(void)state;
	sending_begin(&s);
	put(&s, "file", "abc", 3);
	for (size_t i = 0; i < COUNT(cases); i++)
		paths[i] = scratch_path(s.folder, cases[i].name);
	plant(paths[1], 'p', NULL);
	plant(paths[2], 'u', NULL);
	plant(paths[4], 'n', NULL);
	for (size_t i = 0; i < COUNT(cases); i++) {
		check_refused(&s, paths[i], cases[i].why, cases[i].word);
		free(paths[i]);
	}
	check_refused(&s, "/", WHY_DENIED, "folder");
	check_refused(&s, "/dev/null", WHY_DENIED, "device");
	check_refused(&s, "", WHY_IO, "no file");
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

	s.outgoing = outgoing_new(s.disk, path, sending_event, &s);
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
	outgoing_start(s.outgoing);
	scratch_settle(s.disk);
	assert_int_equal(s.len, OUTGOING_BLOCK);
	assert_int_equal(s.finished, 0);

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
