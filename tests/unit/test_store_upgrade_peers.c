/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The peers' file, from version 1, when nobody's key had been compared, and
 * from 2, when it was not known since when.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/unit/scratch.h"
#include "tests/unit/storing.h"

enum { EPOCH = 77, PEERS_SCHEMA = 4, NOW = 30 };

/* To the letter. */
static const char old_schema[] =
    "CREATE TABLE peers ("
    " key BLOB PRIMARY KEY CHECK (length(key) = 32),"
    " name TEXT NOT NULL,"
    " accepted INTEGER NOT NULL,"
    " first_ms INTEGER NOT NULL,"
    " last_ms INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE pins ("
    " target TEXT PRIMARY KEY,"
    " key BLOB NOT NULL CHECK (length(key) = 32)"
    ") STRICT, WITHOUT ROWID;"
    "PRAGMA user_version = 1;"
    "PRAGMA application_id = 1667789424;";

/* clang-format off */
#define KEY(letter) "CAST(printf('%.32c', '" letter "') AS BLOB)"
static const char old_rows[] =
    "INSERT INTO peers VALUES"
    " (" KEY("a") ", 'Ana', 1, 10, 20),"
    " (" KEY("b") ", '', 0, -11, 1 << 62);"
    "INSERT INTO pins VALUES ('desk:7000', " KEY("a") ");";
/* clang-format on */

/* The old file, in folder; more may be done to it. */
static void
make_old(const char *folder, const char *more)
{
	char *path = storing_peers_path(folder);

	storing_run(path, "PRAGMA journal_mode = WAL");
	storing_run(path, old_schema);
	storing_run(path, old_rows);
	storing_run(path, more);
	free(path);
}

static void
check_peer(const struct opened *o, uint8_t who, const char *name, bool accepted,
    bool verified)
{
	const struct peer *peer = storing_peer(o, who);

	assert_non_null(peer);
	assert_string_equal(peer->name, name);
	assert_int_equal(peer->accepted, accepted);
	assert_int_equal(peer->verified, verified);
}

/* All of the old file; of Ana's key more may be known by now. */
static void
check_all(const struct opened *o, bool ana_verified)
{
	if (o->memory == NULL)
		fail_msg("refused: %s", o->why.text);
	assert_int_equal(o->memory->peer_count, 2);
	check_peer(o, 'a', "Ana", true, ana_verified);
	check_peer(o, 'b', "", false, false);
	assert_int_equal(storing_peer(o, 'a')->first_ms, 10);
	assert_int_equal(storing_peer(o, 'a')->last_ms, 20);
	assert_int_equal(storing_peer(o, 'b')->first_ms, -11);
	assert_int_equal(storing_peer(o, 'b')->last_ms, (int64_t)1 << 62);
	assert_int_equal(o->memory->pin_count, 1);
	assert_string_equal(o->memory->pins[0].target, "desk:7000");
	assert_int_equal(o->memory->pins[0].key[31], 'a');
}

static void
put_ana(struct store *s, bool verified)
{
	struct peer ana = {
	    .name = (char *)"Ana",
	    .accepted = true,
	    .verified = verified,
	    .verified_ms = verified ? NOW : 0,
	    .marked_ms = verified ? 0 : NOW + 1,
	    .blocked = !verified,
	    .first_ms = 10,
	    .last_ms = 20,
	};

	storing_key(ana.key, 'a');
	store_put_peer(s, &ana);
}

/* Nothing of it is lost, and it goes on as if it had always been so. */
static void
test_upgrade(void **state)
{
	char *folder = scratch_new(), *path = storing_peers_path(folder);
	struct opened o;

	(void)state;
	make_old(folder, "");
	for (int i = 0; i < 2; i++) {
		storing_open(&o, folder);
		check_all(&o, false);
		store_close(o.store);
		assert_int_equal(
		    storing_ask(path, "PRAGMA user_version"), PEERS_SCHEMA);
	}
	assert_int_equal(
	    storing_ask(path, "SELECT count(*) FROM pragma_integrity_check"
			      " WHERE integrity_check <> 'ok'"),
	    0);

	for (int i = 0; i < 2; i++) {
		bool verified = i == 0;

		storing_open(&o, folder);
		put_ana(o.store, verified);
		store_close(o.store);
		assert_int_equal(o.failures, 0);
		storing_open(&o, folder);
		check_all(&o, verified);
		assert_int_equal(
		    storing_peer(&o, 'a')->verified_ms, verified ? NOW : 0);
		assert_int_equal(
		    storing_peer(&o, 'a')->marked_ms, verified ? 0 : NOW + 1);
		assert_int_equal(storing_peer(&o, 'a')->blocked, !verified);
		assert_int_equal(storing_peer(&o, 'b')->marked_ms, 0);
		store_close(o.store);
	}
	free(path);
	scratch_free(folder);
}

static const char make_version_2[] =
    "ALTER TABLE peers ADD COLUMN verified INTEGER NOT NULL DEFAULT 0;"
    "UPDATE peers SET verified = 1 WHERE name = 'Ana';"
    "PRAGMA user_version = 2;";

/* Who was verified stays so; also for who only looks at the file. */
static void
test_from_2(void **state)
{
	char *folder = scratch_new();
	struct opened o;

	(void)state;
	make_old(folder, make_version_2);
	storing_open_incognito(&o, folder);
	check_all(&o, true);
	store_close(o.store);
	for (int i = 0; i < 2; i++) {
		storing_open(&o, folder);
		check_all(&o, true);
		assert_int_equal(storing_peer(&o, 'a')->verified_ms, 0);
		assert_int_equal(storing_peer(&o, 'a')->marked_ms, 0);
		assert_false(storing_peer(&o, 'a')->blocked);
		store_close(o.store);
	}
	scratch_free(folder);
}

static const char make_version_3[] =
    "ALTER TABLE peers ADD COLUMN verified INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE peers ADD COLUMN verified_ms INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE peers ADD COLUMN marked_ms INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE peers ADD COLUMN blocked INTEGER NOT NULL DEFAULT 0;"
    "UPDATE peers SET verified = 1, verified_ms = 30 WHERE name = 'Ana';"
    "UPDATE peers SET marked_ms = 31, blocked = 1 WHERE name <> 'Ana';"
    "PRAGMA user_version = 3;";

/* Then nobody had another name than their own. */
static void
test_from_3(void **state)
{
	char *folder = scratch_new();
	struct opened o;

	(void)state;
	make_old(folder, make_version_3);
	for (int i = 0; i < 3; i++) {
		if (i == 0)
			storing_open_incognito(&o, folder);
		else
			storing_open(&o, folder);
		check_all(&o, true);
		assert_int_equal(storing_peer(&o, 'a')->verified_ms, NOW);
		assert_int_equal(storing_peer(&o, 'b')->marked_ms, NOW + 1);
		assert_true(storing_peer(&o, 'b')->blocked);
		assert_null(storing_peer(&o, 'a')->own_name);
		assert_int_equal(o.memory->place_count, 0);
		store_close(o.store);
	}
	scratch_free(folder);
}

/* What was brought up to date is what is made anew. */
static void
test_same_as_new(void **state)
{
	static const char *const tables[] = {"peers", "pins", "places"};
	char *folders[] = {
	    scratch_new(), scratch_new(), scratch_new(), scratch_new()};
	char *columns[COUNT(folders)][COUNT(tables)];
	struct opened o;

	(void)state;
	make_old(folders[0], "");
	make_old(folders[1], make_version_2);
	make_old(folders[2], make_version_3);
	for (size_t i = 0; i < COUNT(folders); i++) {
		char *path = storing_peers_path(folders[i]);

		storing_open(&o, folders[i]);
		assert_non_null(o.memory);
		store_close(o.store);
		for (size_t t = 0; t < COUNT(tables); t++)
			columns[i][t] = storing_columns(path, tables[t]);
		free(path);
	}
	for (size_t i = 0; i < COUNT(folders); i++) {
		for (size_t t = 0; t < COUNT(tables); t++)
			assert_string_equal(columns[i][t], columns[3][t]);
	}
	for (size_t i = 0; i < COUNT(folders); i++) {
		for (size_t t = 0; t < COUNT(tables); t++)
			free(columns[i][t]);
		scratch_free(folders[i]);
	}
}

/* An upgrade that fails leaves both files as they were. */
static void
test_fails(void **state)
{
	char *folder = scratch_new(), *path = storing_peers_path(folder);
	struct snapshot peers, history;
	struct opened o;

	(void)state;
	storing_open(&o, folder);
	store_close(o.store);
	assert_int_equal(unlink(path), 0);
	/* The new column is in the way. */
	make_old(folder, "ALTER TABLE peers ADD COLUMN verified INTEGER");
	assert_int_equal(chmod(path, 0600), 0);
	peers = storing_snapshot(storing_peers_path(folder));
	history = storing_snapshot(storing_history_path(folder));
	storing_open(&o, folder);
	assert_null(o.memory);
	assert_non_null(strstr(o.why.text, path));
	assert_null(strstr(o.why.text, "--incognito"));
	store_close(o.store);
	storing_unchanged(&peers);
	storing_unchanged(&history);

	/* The way is free: nothing had been lost. */
	storing_run(path, "ALTER TABLE peers DROP COLUMN verified");
	storing_open(&o, folder);
	check_all(&o, false);
	store_close(o.store);
	free(path);
	scratch_free(folder);
}

static void
open_with_room(struct opened *o, const char *folder, rlim_t room)
{
	struct rlimit before, limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = room;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	storing_open(o, folder);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	store_close(o->store);
}

/*
 * Wherever the disk is full: all of it has happened, or none. Pages are big,
 * so that the log is what finds no room, and not its index.
 */
static void
test_no_room(void **state)
{
	enum { STEP = 16 * 1024, FIRST = 3 * STEP, MOST = 64 * STEP };
	char *folder = scratch_new(), *path = storing_peers_path(folder);
	size_t failed = 0;
	struct opened o;
	char *columns;
	bool done;

	(void)state;
	/* The history is there, and wants no room. */
	storing_open(&o, folder);
	store_close(o.store);
	assert_int_equal(unlink(path), 0);
	make_old(folder, "PRAGMA journal_mode = DELETE;"
			 "PRAGMA page_size = 65536;"
			 "VACUUM;"
			 "PRAGMA journal_mode = WAL;");
	for (rlim_t room = FIRST;; room += STEP) {
		assert_true(room < MOST);
		open_with_room(&o, folder, room);
		done = o.memory != NULL;
		assert_int_equal(storing_ask(path, "PRAGMA user_version"),
		    done ? PEERS_SCHEMA : 1);
		columns = storing_columns(path, "peers");
		assert_int_equal(strstr(columns, "verified") != NULL, done);
		free(columns);
		if (done)
			break;
		assert_non_null(strstr(o.why.text, path));
		failed++;
	}
	assert_true(failed > 0);
	storing_open(&o, folder);
	check_all(&o, false);
	store_close(o.store);
	free(path);
	scratch_free(folder);
}

/* Incognito: read as it is, and left as it is. */
static void
check_incognito(const char *folder, bool ana_verified)
{
	struct snapshot peers = storing_snapshot(storing_peers_path(folder));
	struct snapshot log =
	    storing_snapshot(scratch_path(folder, "peers.db-wal"));
	size_t files = scratch_count(folder);
	struct opened o;

	storing_open_incognito(&o, folder);
	check_all(&o, ana_verified);
	put_ana(o.store, !ana_verified);
	store_close(o.store);
	assert_int_equal(o.failures, 0);
	assert_int_equal(scratch_count(folder), files);
	storing_unchanged(&peers);
	storing_unchanged(&log);
}

static void
test_incognito(void **state)
{
	char *folder = scratch_new(), *path = storing_peers_path(folder);
	struct opened o;

	(void)state;
	make_old(folder, "");
	check_incognito(folder, false);
	/* Where nothing may be written at all. */
	assert_int_equal(chmod(path, 0400), 0);
	assert_int_equal(chmod(folder, 0500), 0);
	check_incognito(folder, false);
	assert_int_equal(chmod(folder, 0700), 0);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(storing_ask(path, "PRAGMA user_version"), 1);

	storing_open(&o, folder);
	check_all(&o, false);
	put_ana(o.store, true);
	store_close(o.store);
	check_incognito(folder, true);
	free(path);
	scratch_free(folder);
}

/* Bring the file up to date, put something into it, and be killed. */
static void
crash(const char *folder)
{
	const struct store_line line = storing_line('a', true, EPOCH, 1, "x");
	pid_t child = fork();
	struct opened o;
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		storing_open(&o, folder);
		put_ana(o.store, true);
		/* Told in order: what was put before it is on the disk too. */
		storing_keep(o.store, &line);
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

/* The file is old still, and the log beside it makes it new. */
static void
test_after_crash(void **state)
{
	char *folder = scratch_new();
	struct opened o;

	(void)state;
	make_old(folder, "");
	crash(folder);
	check_incognito(folder, true);
	storing_open(&o, folder);
	check_all(&o, true);
	store_close(o.store);
	assert_int_equal(scratch_count(folder), 2);
	scratch_free(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_upgrade),
	    cmocka_unit_test(test_from_2),
	    cmocka_unit_test(test_from_3),
	    cmocka_unit_test(test_same_as_new),
	    cmocka_unit_test(test_fails),
	    cmocka_unit_test(test_no_room),
	    cmocka_unit_test(test_incognito),
	    cmocka_unit_test(test_after_crash),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name(
	    "store upgrade peers", tests, NULL, NULL);
}
