/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From version 2, where a transfer was one file, to what there is now. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "tests/unit/scratch.h"
#include "tests/unit/storing.h"

/* To the letter. */
static const char old_schema[] =
    "CREATE TABLE talks ("
    " id INTEGER PRIMARY KEY CHECK (id > 0),"
    " key BLOB NOT NULL UNIQUE CHECK (length(key) = 32),"
    " lines INTEGER NOT NULL DEFAULT 0,"
    " acked INTEGER NOT NULL DEFAULT 0,"
    " received INTEGER"
    ") STRICT;"
    "CREATE TABLE streams ("
    " id INTEGER PRIMARY KEY,"
    " talk INTEGER NOT NULL REFERENCES talks (id),"
    " own INTEGER NOT NULL,"
    " epoch INTEGER NOT NULL CHECK (epoch > 0),"
    " last INTEGER NOT NULL CHECK (last > 0),"
    " began INTEGER NOT NULL,"
    " UNIQUE (talk, own, epoch)"
    ") STRICT;"
    "CREATE TABLE lines ("
    " id INTEGER PRIMARY KEY,"
    " stream INTEGER REFERENCES streams (id),"
    " seq INTEGER CHECK ((seq IS NULL) = (stream IS NULL)),"
    " own INTEGER NOT NULL,"
    " kind INTEGER NOT NULL,"
    " waiting INTEGER NOT NULL,"
    " time_ms INTEGER NOT NULL,"
    " text BLOB NOT NULL"
    ") STRICT;"
    "CREATE UNIQUE INDEX lines_message ON lines (stream, seq)"
    " WHERE stream IS NOT NULL;"
    "CREATE INDEX lines_waiting ON lines (waiting) WHERE waiting = 1;"
    "CREATE VIRTUAL TABLE words USING fts5 (text, content = '',"
    " columnsize = 0, prefix = '1 2 3', tokenize ="
    " \"unicode61 remove_diacritics 2 categories 'L* N* Co So'\");"
    "CREATE TABLE transfers ("
    " id INTEGER PRIMARY KEY,"
    " key BLOB NOT NULL CHECK (length(key) = 32),"
    " outgoing INTEGER NOT NULL,"
    " token INTEGER NOT NULL CHECK (token > 0),"
    " state INTEGER NOT NULL,"
    " name BLOB,"
    " folder BLOB,"
    " part BLOB,"
    " path BLOB,"
    " size INTEGER NOT NULL,"
    " mtime_ns INTEGER NOT NULL,"
    " mode INTEGER NOT NULL,"
    " time_ms INTEGER NOT NULL,"
    " UNIQUE (key, outgoing, token)"
    ") STRICT;"
    "CREATE INDEX transfers_state ON transfers (state, outgoing);"
    "PRAGMA user_version = 2;"
    "PRAGMA application_id = 1667789420;";

/* clang-format off */
#define KEY(letter) "CAST(printf('%.32c', '" letter "') AS BLOB)"
static const char old_rows[] =
    "INSERT INTO talks (key, lines) VALUES (" KEY("a") ", 1);"
    "INSERT INTO lines VALUES"
    " ((1 << 40) + 1, NULL, NULL, 1, 16, 0, 5, CAST('a note' AS BLOB));"
    "INSERT INTO transfers (key, outgoing, token, state, name, folder, part,"
    " path, size, mtime_ns, mode, time_ms) VALUES"
    " (" KEY("a") ", 1, 1, 1, x'61', NULL, NULL, x'2f6322250aff20e9',"
    "  -1, 123, 420, 5),"
    " (" KEY("a") ", 0, 1, 2, x'62', x'2f64', x'2e70', NULL, 7, -1, 384, 6),"
    " (" KEY("b") ", 1, 2, 4, NULL, NULL, NULL, NULL, 0, 0, 0, 7),"
    " (" KEY("b") ", 1, 3, 2, x'64', NULL, NULL, CAST('/x y' AS BLOB),"
    "  0, 0, 0, 8),"
    " (" KEY("b") ", 0, 4, 3, x'65', x'2f64', NULL, NULL, 9, 0, 0, 9),"
    " (" KEY("b") ", 1, 5, 5, x'66', NULL, NULL, CAST('/z' AS BLOB),"
    "  9, 0, 0, 9);";
/* clang-format on */

static char *first_path[] = {(char *)"/c\"%\n\xff \xe9"};
static char *second_path[] = {(char *)"/x y"};

/* What they have become. */
static struct store_transfer under_way[] = {
    {.key = "a",
	.outgoing = true,
	.token = 1,
	.state = STORE_TRANSFER_OPEN,
	.name = (char *)"a",
	.paths = first_path,
	.path_count = 1,
	.size = UINT64_MAX,
	.mtime_ns = 123,
	.mode = 0644,
	.time_ms = 5},
    {.key = "a",
	.token = 1,
	.state = STORE_TRANSFER_RUNNING,
	.name = (char *)"b",
	.folder = (char *)"/d",
	.part = (char *)".p",
	.size = 7,
	.mtime_ns = -1,
	.mode = 0600,
	.time_ms = 6},
    {.key = "b",
	.outgoing = true,
	.token = 2,
	.state = STORE_TRANSFER_GIVEN_UP,
	.time_ms = 7},
    {.key = "b",
	.outgoing = true,
	.token = 3,
	.state = STORE_TRANSFER_RUNNING,
	.name = (char *)"d",
	.paths = second_path,
	.path_count = 1,
	.time_ms = 8},
};

static void
make_old(const char *folder, const char *more)
{
	char *path = storing_history_path(folder);

	storing_run(path, "PRAGMA journal_mode = WAL");
	storing_run(path, old_schema);
	storing_run(path, old_rows);
	storing_run(path, more);
	free(path);
}

static void
check_all(const struct opened *o)
{
	struct lines lines;

	assert_non_null(o->memory);
	assert_int_equal(o->memory->transfer_count, COUNT(under_way));
	for (size_t i = 0; i < COUNT(under_way); i++) {
		storing_key(under_way[i].key, under_way[i].key[0]);
		storing_same_transfer(&o->memory->transfers[i], &under_way[i]);
	}
	assert_int_equal(o->memory->arrived_count, 1);
	assert_int_equal(o->memory->arrived[0].token, 4);
	storing_load(o->store, 'a', 1, 10, &lines);
	assert_int_equal(lines.count, 1);
	assert_string_equal(lines.list[0].text, "a note");
}

/* Nothing of it is lost, and it goes on as if it had always been so. */
static void
test_upgrade(void **state)
{
	char *folder = scratch_new(), *history = storing_history_path(folder);
	char *paths[] = {(char *)"/x y", (char *)"/and this"};
	struct store_transfer t;
	struct opened o;

	(void)state;
	make_old(folder, "");
	for (int i = 0; i < 2; i++) {
		storing_open(&o, folder);
		check_all(&o);
		store_close(o.store);
		assert_int_equal(
		    storing_ask(history, "PRAGMA user_version"), STORE_SCHEMA);
	}
	assert_int_equal(
	    storing_ask(history, "SELECT count(*) FROM pragma_integrity_check"
				 " WHERE integrity_check <> 'ok'"),
	    0);
	/* Of one that is over too. */
	assert_int_equal(
	    storing_ask(history, "SELECT count(*) FROM transfers"
				 " WHERE token = 5 AND paths = x'2f7a00'"),
	    1);

	t = under_way[3];
	t.paths = paths;
	t.path_count = COUNT(paths);
	t.entries = 2;
	t.list_hash[15] = 1;
	t.as = (char *)"as";
	storing_open(&o, folder);
	store_put_transfer(o.store, &t, NULL, NULL);
	store_close(o.store);
	assert_int_equal(o.failures, 0);
	storing_open(&o, folder);
	storing_same_transfer(&o.memory->transfers[3], &t);
	store_close(o.store);
	free(history);
	scratch_free(folder);
}

/* What was brought up to date is what is made anew. */
static void
test_same_as_new(void **state)
{
	char *folders[] = {scratch_new(), scratch_new()};
	char *columns[COUNT(folders)];
	struct opened o;

	(void)state;
	make_old(folders[0], "");
	for (size_t i = 0; i < COUNT(folders); i++) {
		char *path = storing_history_path(folders[i]);

		storing_open(&o, folders[i]);
		assert_non_null(o.memory);
		store_close(o.store);
		columns[i] = storing_columns(path, "transfers");
		free(path);
	}
	assert_string_equal(columns[0], columns[1]);
	for (size_t i = 0; i < COUNT(folders); i++) {
		free(columns[i]);
		scratch_free(folders[i]);
	}
}

/* An upgrade that fails leaves the old file as it was, in every row. */
static void
test_fails(void **state)
{
	char *folder = scratch_new(), *history = storing_history_path(folder);
	struct opened o;

	(void)state;
	/* The second new column is in the way. */
	make_old(folder, "ALTER TABLE transfers ADD COLUMN list_hash BLOB;");
	storing_open(&o, folder);
	assert_null(o.memory);
	assert_non_null(strstr(o.why.text, history));
	assert_non_null(strstr(o.why.text, "charla --incognito"));
	store_close(o.store);
	assert_int_equal(storing_ask(history, "PRAGMA user_version"), 2);
	assert_int_equal(
	    storing_ask(history, "SELECT count(path) FROM transfers"), 3);
	assert_int_equal(
	    storing_ask(history, "SELECT count(*) FROM transfers"), 6);

	/* The way is free: nothing had been lost. */
	storing_run(history, "ALTER TABLE transfers DROP COLUMN list_hash");
	storing_open(&o, folder);
	check_all(&o);
	store_close(o.store);
	free(history);
	scratch_free(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_upgrade),
	    cmocka_unit_test(test_same_as_new),
	    cmocka_unit_test(test_fails),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name(
	    "store upgrade 2", tests, NULL, NULL);
}
