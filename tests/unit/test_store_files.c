/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose files the store opens, which it refuses, and their modes. */
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

#include "src/base/util.h"
#include "tests/unit/scratch.h"
#include "tests/unit/storing.h"

/* Where user_version stands in the header of an SQLite file. */
enum { FORMAT_VERSION_AT = 60, EPOCH = 77, PEERS_SCHEMA = 4 };

/*
 * Said of every history that is refused; of peers only where there are none
 * yet, or they could be read.
 */
#define HINT "charla --incognito"

static mode_t
mode_of(const char *folder, const char *name)
{
	char *path = scratch_path(folder, name);
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	free(path);
	return st.st_mode & 07777;
}

/* Private whatever the umask, the files beside them too. */
static void
test_modes(void **state)
{
	static const mode_t masks[] = {0, 022, 077, 0777};
	static const char *const names[] = {"peers.db", "peers.db-wal",
	    "peers.db-shm", "history.db", "history.db-wal", "history.db-shm"};
	const mode_t before = umask(0);
	const struct peer nobody = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(masks); i++) {
		char *folder = scratch_new();
		const struct store_line line =
		    storing_line('a', true, EPOCH, 1, "secret");
		struct opened o;

		umask(masks[i]);
		storing_open(&o, folder);
		assert_non_null(o.memory);
		store_put_peer(o.store, &nobody);
		storing_keep(o.store, &line);
		for (size_t n = 0; n < COUNT(names); n++)
			assert_int_equal(mode_of(folder, names[n]), 0600);
		store_close(o.store);
		assert_int_equal(scratch_count(folder), 2);

		/* Those that came back from a copy are closed again. */
		for (size_t n = 0; n < COUNT(names); n += 3) {
			char *path = scratch_path(folder, names[n]);

			assert_int_equal(chmod(path, 0644), 0);
			free(path);
		}
		storing_open(&o, folder);
		assert_int_equal(mode_of(folder, "peers.db"), 0600);
		assert_int_equal(mode_of(folder, "history.db"), 0600);
		store_close(o.store);
		umask(0);
		scratch_free(folder);
	}
	umask(before);
}

/* A folder with both files, and something in each. */
static char *
make_files(void)
{
	char *folder = scratch_new();
	const struct store_line line =
	    storing_line('a', true, EPOCH, 1, "kept");
	const struct peer nobody = {0};
	struct opened o;

	storing_open(&o, folder);
	store_put_peer(o.store, &nobody);
	storing_keep(o.store, &line);
	store_close(o.store);
	assert_int_equal(o.failures, 0);
	return folder;
}

/*
 * Refused for the file at path, and with word; both files are left as they
 * were, and nothing comes beside them. What is asked of the store says so.
 */
static void
check_refused(const char *folder, const char *path, const char *word)
{
	const struct store_line line = storing_line('a', true, EPOCH, 1, "x");
	struct snapshot peers = storing_snapshot(storing_peers_path(folder));
	struct snapshot history =
	    storing_snapshot(storing_history_path(folder));
	bool needless = strcmp(path, history.path) == 0 || !peers.there ||
			strcmp(word, "permission") == 0;
	size_t files = scratch_count(folder);
	const uint8_t key[STORE_KEY_LEN] = {0};
	struct dones dones = {0};
	struct lines lines;
	struct opened o;

	storing_open(&o, folder);
	assert_null(o.memory);
	if (strstr(o.why.text, path) == NULL ||
	    strstr(o.why.text, word) == NULL ||
	    (strstr(o.why.text, HINT) != NULL) != needless)
		fail_msg("not %s of %s: %s", word, path, o.why.text);
	storing_put(o.store, &dones, 0, &line, true);
	store_put_pin(o.store, "x", key);
	storing_load_waiting(o.store, 'a', &lines);
	assert_int_equal(dones.bad, 1);
	assert_int_equal(o.failures, 2);
	assert_string_equal(dones.why.text, o.why.text);
	assert_int_equal(lines.count, 0);
	assert_false(lines.ok);
	store_close(o.store);
	assert_int_equal(scratch_count(folder), files);
	storing_unchanged(&peers);
	storing_unchanged(&history);
}

/* Both files of a folder, one after the other: "peers.db", "history.db". */
static char *
path_of(const char *folder, int file)
{
	return file == 0 ? storing_peers_path(folder)
			 : storing_history_path(folder);
}

static void
test_garbage(void **state)
{
	static const size_t sizes[] = {1, 99, 100, 512, 4096, 100000};

	(void)state;
	for (int file = 0; file < 2; file++) {
		char *folder = make_files(), *path = path_of(folder, file);
		struct opened o;

		for (size_t i = 0; i < COUNT(sizes); i++) {
			uint8_t *bytes = scratch_bytes(sizes[i], 31);

			scratch_write(path, bytes, sizes[i]);
			check_refused(folder, path, "move it away");
			free(bytes);
		}
		/* An empty file is what a crash at birth leaves: ours. */
		scratch_write(path, "", 0);
		storing_open(&o, folder);
		assert_non_null(o.memory);
		store_close(o.store);
		free(path);
		scratch_free(folder);
	}
}

/* Where one is refused, the other one is not made either. */
static void
test_both_first(void **state)
{
	char *folder, *path;

	(void)state;
	for (int file = 0; file < 2; file++) {
		folder = scratch_new();
		path = path_of(folder, file);
		scratch_write(path, "garbage", 7);
		check_refused(folder, path, "damaged");
		assert_int_equal(scratch_count(folder), 1);
		free(path);
		scratch_free(folder);
	}
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
	static const uint8_t versions[][4] = {
	    {0, 0, 0, PEERS_SCHEMA + 1}, {0, 0, 0, STORE_SCHEMA + 1}};

	(void)state;
	for (int file = 0; file < 2; file++) {
		char *folder = make_files(), *path = path_of(folder, file);

		overwrite(path, FORMAT_VERSION_AT, versions[file], 4);
		check_refused(folder, path, "newer charla");
		free(path);
		scratch_free(folder);
	}
}

/* Somebody else's database, of a version that looks like ours or not. */
static void
test_foreign(void **state)
{
	static const uint8_t zero[12] = {0};

	(void)state;
	for (int file = 0; file < 2; file++) {
		char *folder = make_files(), *path = path_of(folder, file);

		/* user_version, incremental vacuum, application_id */
		overwrite(path, FORMAT_VERSION_AT + 8, zero, 4);
		check_refused(folder, path, "another program");
		overwrite(path, FORMAT_VERSION_AT, zero, 12);
		check_refused(folder, path, "another program");
		free(path);
		scratch_free(folder);
	}
}

/* Ours, but the other one of ours. */
static void
test_exchanged(void **state)
{
	char *folder = make_files();
	char *peers = storing_peers_path(folder);
	char *history = storing_history_path(folder);
	char *aside = scratch_path(folder, "aside");

	(void)state;
	assert_int_equal(rename(peers, aside), 0);
	assert_int_equal(rename(history, peers), 0);
	assert_int_equal(rename(aside, history), 0);
	check_refused(folder, peers, "another program");
	free(aside);
	free(history);
	free(peers);
	scratch_free(folder);
}

static void
test_damaged(void **state)
{
	(void)state;
	for (int file = 0; file < 2; file++) {
		char *folder = make_files(), *path = path_of(folder, file);
		struct stat st;

		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(truncate(path, st.st_size / 2), 0);
		check_refused(folder, path, "damaged");
		free(path);
		scratch_free(folder);
	}
}

static void
test_not_a_file(void **state)
{
	char *paths[2];

	(void)state;
	for (int file = 0; file < 2; file++) {
		char *folder = scratch_new(), *path = path_of(folder, file);

		assert_int_equal(mkdir(path, 0700), 0);
		check_refused(folder, path, "is not a file");
		assert_int_equal(rmdir(path), 0);
		/* A FIFO would wait for ever. */
		assert_int_equal(mkfifo(path, 0600), 0);
		check_refused(folder, path, "is not a file");
		free(path);
		scratch_free(folder);
	}
	/* No folder: the peers' file is missed first, and could be done
	 * without. */
	{
		char *folder = scratch_new();
		char *none = scratch_path(folder, "no/such");
		struct opened o;

		paths[0] = storing_peers_path(none);
		storing_open(&o, none);
		assert_null(o.memory);
		assert_non_null(strstr(o.why.text, paths[0]));
		assert_non_null(strstr(o.why.text, HINT));
		store_close(o.store);
		free(paths[0]);
		free(none);
		scratch_free(folder);
	}
}

static void
test_other_owner(void **state)
{
	(void)state;
	if (geteuid() != 0) {
		print_message("skipped: only root can give files away\n");
		skip();
	}
	for (int file = 0; file < 2; file++) {
		char *folder = make_files(), *path = path_of(folder, file);

		assert_int_equal(chown(path, 12345, (gid_t)-1), 0);
		check_refused(folder, path, "another user");
		free(path);
		scratch_free(folder);
	}
}

static void
test_no_permission(void **state)
{
	(void)state;
	if (geteuid() == 0) {
		print_message("skipped: root may write everywhere\n");
		skip();
	}
	for (int file = 0; file < 2; file++) {
		char *folder = make_files(), *path = path_of(folder, file);

		assert_int_equal(chmod(path, 0400), 0);
		check_refused(folder, path, "permission");
		free(path);
		scratch_free(folder);
	}
	/* Files that are there, in a folder that takes none beside them. */
	{
		char *folder = make_files(), *path = storing_peers_path(folder);

		assert_int_equal(chmod(folder, 0500), 0);
		check_refused(folder, path, "permission");
		assert_int_equal(chmod(folder, 0700), 0);
		assert_int_equal(unlink(path), 0);
		assert_int_equal(chmod(folder, 0500), 0);
		check_refused(folder, path, "permission");
		free(path);
		scratch_free(folder);
	}
}

/* A disk without room for a new file: said of it, and it may be missing. */
static void
check_no_room(const char *folder, char *path, rlim_t room)
{
	struct rlimit before, limit;
	struct opened o;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = room;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	storing_open(&o, folder);
	assert_null(o.memory);
	store_close(o.store);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_non_null(strstr(o.why.text, path));
	assert_non_null(strstr(o.why.text, HINT));

	/* What that left is no obstacle. */
	storing_open(&o, folder);
	assert_non_null(o.memory);
	store_close(o.store);
	free(path);
}

static void
test_no_room(void **state)
{
	char *folder = scratch_new(), *path = storing_history_path(folder);

	(void)state;
	check_no_room(folder, storing_peers_path(folder), 2048);
	/* Enough for what SQLite puts beside the peers. */
	assert_int_equal(unlink(path), 0);
	check_no_room(folder, path, 48 * 1024);
	scratch_free(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_modes),
	    cmocka_unit_test(test_garbage),
	    cmocka_unit_test(test_both_first),
	    cmocka_unit_test(test_newer),
	    cmocka_unit_test(test_foreign),
	    cmocka_unit_test(test_exchanged),
	    cmocka_unit_test(test_damaged),
	    cmocka_unit_test(test_not_a_file),
	    cmocka_unit_test(test_other_owner),
	    cmocka_unit_test(test_no_permission),
	    cmocka_unit_test(test_no_room),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("store files", tests, NULL, NULL);
}
