/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Incognito: who is known is known, and nothing is left behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/unit/scratch.h"
#include "tests/unit/storing.h"

enum { EPOCH = 77 };

/* What stands in the files that the tests begin with. */
static void
put_known(struct store *s)
{
	const struct store_line line =
	    storing_line('a', true, EPOCH, 1, "in the history");
	struct peer ana = {
	    .name = (char *)"Ana",
	    .accepted = true,
	    .verified = true,
	    .first_ms = 5,
	};

	storing_key(ana.key, 'a');
	store_put_peer(s, &ana);
	store_put_pin(s, "desk", ana.key);
	/* Told in order: what was put before it is on the disk too. */
	storing_keep(s, &line);
}

static char *
make_files(void)
{
	char *folder = scratch_new();
	struct opened o;

	storing_open(&o, folder);
	put_known(o.store);
	store_close(o.store);
	assert_int_equal(o.failures, 0);
	return folder;
}

/* The known are known, without their talks; then do all that can be done. */
static void
check_works(const char *folder, bool known)
{
	const struct store_transfer transfer = {.token = 1, .state = 1};
	struct store_line line =
	    storing_line('a', true, EPOCH, 9, "nobody keeps this");
	const struct peer *peer;
	uint64_t found[STORE_FOUND_MAX];
	struct lines lines;
	struct opened o;
	uint8_t key[STORE_KEY_LEN];

	storing_open_incognito(&o, folder);
	if (o.memory == NULL)
		fail_msg("refused: %s", o.why.text);
	assert_true(o.memory->epoch != 0);
	assert_int_equal(o.memory->peer_count, known);
	assert_int_equal(o.memory->pin_count, known);
	if (known) {
		peer = storing_peer(&o, 'a');
		assert_non_null(peer);
		assert_string_equal(peer->name, "Ana");
		assert_true(peer->accepted);
		assert_true(peer->verified);
		assert_int_equal(peer->first_ms, 5);
		assert_int_equal(peer->lines + peer->stream_count, 0);
		assert_string_equal(o.memory->pins[0].target, "desk");
	}
	storing_load(o.store, 'a', 1, 10, &lines);
	assert_int_equal(lines.count, 0);

	storing_key(key, 'z');
	store_put_pin(o.store, "desk", key);
	store_put_peer(o.store, &(const struct peer){.accepted = true});
	store_put_transfer(o.store, &transfer, NULL, NULL);
	assert_int_equal(storing_keep(o.store, &line), 1);
	storing_load_waiting(o.store, 'a', &lines);
	assert_int_equal(lines.count, 1);
	assert_int_equal(storing_search(o.store, 'a', "keeps", found), 1);
	store_close(o.store);
	assert_int_equal(o.failures, 0);
}

/* The same, and look at the files before and after. */
static void
check_traceless(const char *folder, bool known)
{
	/* The index of a log may be made anew: it says nothing of its own. */
	static const char *const names[] = {"peers.db", "peers.db-wal",
	    "history.db", "history.db-wal", "history.db-shm"};
	struct snapshot before[COUNT(names)];
	size_t files = scratch_count(folder);

	for (size_t i = 0; i < COUNT(names); i++)
		before[i] = storing_snapshot(scratch_path(folder, names[i]));
	check_works(folder, known);
	assert_int_equal(scratch_count(folder), files);
	for (size_t i = 0; i < COUNT(names); i++)
		storing_unchanged(&before[i]);
}

static void
test_traceless(void **state)
{
	char *folder = make_files(), *path = storing_peers_path(folder);
	struct opened o;

	(void)state;
	check_traceless(folder, true);
	/* Where nothing may be written at all. */
	assert_int_equal(chmod(path, 0400), 0);
	assert_int_equal(chmod(folder, 0500), 0);
	check_traceless(folder, true);
	assert_int_equal(chmod(folder, 0700), 0);
	assert_int_equal(chmod(path, 0600), 0);
	/* What was put there is not here. */
	storing_open(&o, folder);
	assert_int_equal(o.memory->peer_count, 1);
	assert_int_equal(o.memory->transfer_count, 0);
	assert_int_equal(storing_peer(&o, 'a')->lines, 1);
	store_close(o.store);
	free(path);
	scratch_free(folder);
}

static void
test_missing(void **state)
{
	char *folder = scratch_new(), *none = scratch_path(folder, "no/such");
	char *path = storing_peers_path(folder);

	(void)state;
	check_traceless(folder, false);
	assert_int_equal(scratch_count(folder), 0);
	check_works(none, false);
	check_works(NULL, false);
	/* What a crash at birth leaves. */
	scratch_write(path, "", 0);
	check_traceless(folder, false);
	free(path);
	free(none);
	scratch_free(folder);
}

/* Of a history, whatever it is, nothing is wanted. */
static void
test_history(void **state)
{
	char *folder = make_files(), *path = storing_history_path(folder);

	(void)state;
	scratch_write(path, "garbage", 7);
	check_traceless(folder, true);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	check_traceless(folder, true);
	free(path);
	scratch_free(folder);
}

/* Leave the files as a program leaves them that is killed. */
static void
crash(const char *folder)
{
	pid_t child = fork();
	struct opened o;
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		storing_open(&o, folder);
		put_known(o.store);
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

/* What is in the log and not in the file yet is known as well. */
static void
test_after_crash(void **state)
{
	char *folder = scratch_new();
	char *index = scratch_path(folder, "peers.db-shm");
	struct opened o;

	(void)state;
	crash(folder);
	assert_int_equal(scratch_count(folder), 6);
	check_traceless(folder, true);
	assert_int_equal(chmod(folder, 0500), 0);
	check_traceless(folder, true);
	assert_int_equal(chmod(folder, 0700), 0);
	/* The index is made from the log; nobody misses it. */
	assert_int_equal(unlink(index), 0);
	check_traceless(folder, true);
	/* And the log is still good for the next who may write. */
	storing_open(&o, folder);
	assert_int_equal(o.memory->peer_count, 1);
	assert_int_equal(storing_peer(&o, 'a')->lines, 1);
	store_close(o.store);
	assert_int_equal(scratch_count(folder), 2);
	free(index);
	scratch_free(folder);
}

/* A log that never got as far as a commit: a crash leaves that, too. */
static void
test_broken_log(void **state)
{
	char *folder = scratch_new();
	char *log = scratch_path(folder, "peers.db-wal");
	struct opened o;

	(void)state;
	storing_open(&o, folder);
	put_known(o.store);
	store_close(o.store);
	crash(folder);
	scratch_write(log, "neither a header nor a frame of a log", 37);
	check_traceless(folder, true);
	storing_open(&o, folder);
	if (o.memory == NULL)
		fail_msg("refused: %s", o.why.text);
	assert_int_equal(o.memory->peer_count, 1);
	store_close(o.store);
	free(log);
	scratch_free(folder);
}

/* Who is known matters here too: what cannot be read is not passed over. */
static void
test_refused(void **state)
{
	static const struct {
		const char *data;
		size_t len;
		const char *word;
	} cases[] = {
	    {"garbage", 7, "damaged"},
	    {NULL, 5000, "damaged"},
	};
	char *folder = make_files(), *path = storing_peers_path(folder);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t *bytes = scratch_bytes(cases[i].len, 5);
		struct snapshot before;
		struct opened o;

		scratch_write(path,
		    cases[i].data != NULL ? (const void *)cases[i].data : bytes,
		    cases[i].len);
		before = storing_snapshot(str_dup(path));
		storing_open_incognito(&o, folder);
		assert_null(o.memory);
		assert_non_null(strstr(o.why.text, path));
		assert_non_null(strstr(o.why.text, cases[i].word));
		assert_null(strstr(o.why.text, "--incognito"));
		store_close(o.store);
		storing_unchanged(&before);
		assert_int_equal(scratch_count(folder), 2);
		free(bytes);
	}
	free(path);
	scratch_free(folder);
}

/* A path is a path, whatever it looks like to others. */
static void
test_odd_paths(void **state)
{
	static const char *const names[] = {"a?mode=rwc", "b#c", "d%41",
	    "e&f=g", " h ", "i\xff\xc3\xa9", "file:j", ":memory:"};
	char *top = scratch_new();

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		char *folder = scratch_path(top, names[i]);
		struct opened o;

		assert_int_equal(mkdir(folder, 0700), 0);
		storing_open(&o, folder);
		put_known(o.store);
		store_close(o.store);
		check_traceless(folder, true);
		free(folder);
	}
	assert_int_equal(scratch_count(top), COUNT(names));
	scratch_free(top);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_traceless),
	    cmocka_unit_test(test_missing),
	    cmocka_unit_test(test_history),
	    cmocka_unit_test(test_after_crash),
	    cmocka_unit_test(test_broken_log),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_odd_paths),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name(
	    "store incognito", tests, NULL, NULL);
}
