/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose file the store opens, which it refuses, and their modes. */
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

#include "src/base/util.h"
#include "tests/unit/scratch.h"
#include "tests/unit/storing.h"

/* Where user_version stands in the header of an SQLite file. */
enum { FORMAT_VERSION_AT = 60 };

static mode_t
mode_of(const char *folder, const char *name)
{
	char *path = scratch_path(folder, name);
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	free(path);
	return st.st_mode & 07777;
}

/* Private whatever the umask, the files beside it too. */
static void
test_modes(void **state)
{
	static const mode_t masks[] = {0, 022, 077, 0777};
	const mode_t before = umask(0);

	(void)state;
	for (size_t i = 0; i < COUNT(masks); i++) {
		char *folder = scratch_new();
		char *path = scratch_path(folder, "charla.db");
		const struct store_message m =
		    storing_message('a', true, 1, "secret");
		struct dones dones = {0};
		struct opened o;

		umask(masks[i]);
		storing_open(&o, path);
		assert_non_null(o.memory);
		storing_put(o.store, &dones, 0, &m);
		storing_wait(o.store, &dones.count, 1);
		assert_int_equal(dones.bad, 0);
		assert_int_equal(mode_of(folder, "charla.db"), 0600);
		assert_int_equal(mode_of(folder, "charla.db-wal"), 0600);
		assert_int_equal(mode_of(folder, "charla.db-shm"), 0600);
		store_close(o.store);
		assert_int_equal(scratch_count(folder), 1);

		/* One that came back from a copy is closed again. */
		assert_int_equal(chmod(path, 0644), 0);
		storing_open(&o, path);
		assert_int_equal(mode_of(folder, "charla.db"), 0600);
		store_close(o.store);
		umask(0);
		free(path);
		scratch_free(folder);
	}
	umask(before);
}

/* Refused with the path, and word; left as it was; puts say so too. */
static void
check_refused(const char *path, const char *word)
{
	const struct store_message m = storing_message('a', true, 1, "x");
	const uint8_t key[STORE_KEY_LEN] = {0};
	struct dones dones = {0};
	struct waiting w = {0};
	struct opened o;
	size_t len_before = 0, len = 0;
	char *before = scratch_read(path, &len_before), *after;

	storing_open(&o, path);
	assert_null(o.memory);
	assert_non_null(strstr(o.why.text, path));
	assert_non_null(strstr(o.why.text, word));
	storing_put(o.store, &dones, 0, &m);
	store_put_pin(o.store, "x", key);
	store_load_waiting(o.store, key, storing_each, storing_end, &w);
	storing_wait(o.store, &w.ends, 1);
	assert_int_equal(dones.bad, 1);
	assert_int_equal(o.failures, 2);
	assert_string_equal(dones.why.text, o.why.text);
	assert_int_equal(w.count, 0);
	assert_false(w.ok);
	store_close(o.store);

	after = scratch_read(path, &len);
	assert_int_equal(before == NULL, after == NULL);
	assert_int_equal(len, len_before);
	if (before != NULL)
		assert_memory_equal(before, after, len);
	free(before);
	free(after);
}

static void
test_garbage(void **state)
{
	static const size_t sizes[] = {1, 99, 100, 512, 4096, 100000};
	char *folder = scratch_new(), *path = scratch_path(folder, "charla.db");

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		uint8_t *bytes = scratch_bytes(sizes[i], 31);

		scratch_write(path, bytes, sizes[i]);
		check_refused(path, "move it away");
		assert_int_equal(scratch_count(folder), 1);
		free(bytes);
	}
	/* An empty file is what a crash at birth leaves: it is ours. */
	scratch_write(path, "", 0);
	{
		struct opened o;

		storing_open(&o, path);
		assert_non_null(o.memory);
		store_close(o.store);
	}
	free(path);
	scratch_free(folder);
}

/* A store with one message in it; its path. */
static char *
make_store(const char *folder)
{
	char *path = scratch_path(folder, "charla.db");
	const struct store_message m = storing_message('a', true, 1, "kept");
	struct dones dones = {0};
	struct opened o;

	storing_open(&o, path);
	storing_put(o.store, &dones, 0, &m);
	store_close(o.store);
	assert_int_equal(dones.bad + (1 - dones.count), 0);
	return path;
}

static void
overwrite(const char *path, size_t at, const void *data, size_t len)
{
	FILE *f = fopen(path, "r+e");

	assert_non_null(f);
	assert_int_equal(fseek(f, (long)at, SEEK_SET), 0);
	assert_int_equal(fwrite(data, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static void
test_newer(void **state)
{
	static const uint8_t version[4] = {0, 0, 0, STORE_SCHEMA + 1};
	char *folder = scratch_new(), *path = make_store(folder);

	(void)state;
	overwrite(path, FORMAT_VERSION_AT, version, sizeof(version));
	check_refused(path, "newer charla");
	free(path);
	scratch_free(folder);
}

/* Somebody else's database, of a version that looks like ours or not. */
static void
test_foreign(void **state)
{
	static const uint8_t zero[12] = {0};
	char *folder = scratch_new(), *path = make_store(folder);

	(void)state;
	/* user_version, incremental vacuum, application_id */
	overwrite(path, FORMAT_VERSION_AT + 8, zero, 4);
	check_refused(path, "another program");
	overwrite(path, FORMAT_VERSION_AT, zero, 12);
	check_refused(path, "another program");
	free(path);
	scratch_free(folder);
}

static void
test_damaged(void **state)
{
	char *folder = scratch_new(), *path = make_store(folder);
	struct stat st;

	(void)state;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(truncate(path, st.st_size / 2), 0);
	check_refused(path, "damaged");
	free(path);
	scratch_free(folder);
}

static void
test_not_a_file(void **state)
{
	char *folder = scratch_new(), *path = scratch_path(folder, "charla.db");
	struct opened o;

	(void)state;
	assert_int_equal(mkdir(path, 0700), 0);
	storing_open(&o, path);
	assert_null(o.memory);
	assert_non_null(strstr(o.why.text, "is not a file"));
	store_close(o.store);
	assert_int_equal(rmdir(path), 0);

	/* A FIFO would wait for ever. */
	assert_int_equal(mkfifo(path, 0600), 0);
	storing_open(&o, path);
	assert_null(o.memory);
	assert_non_null(strstr(o.why.text, "is not a file"));
	store_close(o.store);

	str_replace(&path, scratch_path(folder, "no/such/charla.db"));
	storing_open(&o, path);
	assert_null(o.memory);
	assert_non_null(strstr(o.why.text, path));
	store_close(o.store);
	free(path);
	scratch_free(folder);
}

static void
test_other_owner(void **state)
{
	char *folder, *path;

	(void)state;
	if (geteuid() != 0) {
		print_message("skipped: only root can give files away\n");
		skip();
	}
	folder = scratch_new();
	path = make_store(folder);
	assert_int_equal(chown(path, 12345, (gid_t)-1), 0);
	check_refused(path, "another user");
	free(path);
	scratch_free(folder);
}

static void
test_no_permission(void **state)
{
	char *folder, *path;
	struct opened o;

	(void)state;
	if (geteuid() == 0) {
		print_message("skipped: root may write everywhere\n");
		skip();
	}
	folder = scratch_new();
	path = make_store(folder);
	assert_int_equal(chmod(folder, 0500), 0);
	check_refused(path, "permission");
	str_replace(&path, scratch_path(folder, "new.db"));
	storing_open(&o, path);
	assert_null(o.memory);
	assert_non_null(strstr(o.why.text, "permission"));
	store_close(o.store);
	str_replace(&path, scratch_path(folder, "charla.db"));
	assert_int_equal(chmod(folder, 0700), 0);
	assert_int_equal(chmod(path, 0400), 0);
	check_refused(path, "permission");
	free(path);
	scratch_free(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_modes),
	    cmocka_unit_test(test_garbage),
	    cmocka_unit_test(test_newer),
	    cmocka_unit_test(test_foreign),
	    cmocka_unit_test(test_damaged),
	    cmocka_unit_test(test_not_a_file),
	    cmocka_unit_test(test_other_owner),
	    cmocka_unit_test(test_no_permission),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("store files", tests, NULL, NULL);
}
