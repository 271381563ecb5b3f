/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From version 1, one file for everything, to what there is now. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "src/base/util.h"
#include "tests/unit/scratch.h"
#include "tests/unit/storing.h"

/* What charla 0.1 made, to the letter. */
static const char old_schema[] =
    "CREATE TABLE meta ("
    " id INTEGER PRIMARY KEY CHECK (id = 1),"
    " epoch BLOB NOT NULL CHECK (length(epoch) = 8)"
    ") STRICT;"
    "CREATE TABLE peers ("
    " key BLOB PRIMARY KEY CHECK (length(key) = 32),"
    " name TEXT NOT NULL,"
    " accepted INTEGER NOT NULL,"
    " first_ms INTEGER NOT NULL,"
    " last_ms INTEGER NOT NULL,"
    " epoch INTEGER NOT NULL,"
    " last_received INTEGER NOT NULL,"
    " last_sent INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE pins ("
    " target TEXT PRIMARY KEY,"
    " key BLOB NOT NULL CHECK (length(key) = 32)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE messages ("
    " id INTEGER PRIMARY KEY,"
    " peer_key BLOB NOT NULL REFERENCES peers (key),"
    " own INTEGER NOT NULL,"
    " epoch INTEGER NOT NULL,"
    " seq INTEGER NOT NULL CHECK (seq > 0),"
    " kind INTEGER NOT NULL,"
    " stored INTEGER NOT NULL,"
    " time_ms INTEGER NOT NULL,"
    " text BLOB NOT NULL,"
    " UNIQUE (peer_key, own, epoch, seq)"
    ") STRICT;"
    "CREATE INDEX messages_waiting ON messages (peer_key, seq)"
    " WHERE own = 1 AND stored = 0;"
    "CREATE TABLE transfers ("
    " id INTEGER PRIMARY KEY,"
    " peer_key BLOB NOT NULL REFERENCES peers (key),"
    " outgoing INTEGER NOT NULL,"
    " name TEXT NOT NULL,"
    " size INTEGER NOT NULL,"
    " state INTEGER NOT NULL,"
    " path TEXT NOT NULL,"
    " part TEXT,"
    " time_ms INTEGER NOT NULL"
    ") STRICT;"
    "PRAGMA user_version = 1;"
    "PRAGMA application_id = 1667789420;";

/*
 * ana: a talk with both sides, from two stores of hers; the newer has a sign.
 * beto: one message, which waits. carla: known, and never a word. dora: she
 * was sent something of which nothing is here. A stranger: one message.
 */
/* clang-format off */
#define KEY(letter) "CAST(printf('%.32c', '" letter "') AS BLOB)"
static const char old_rows[] =
    "INSERT INTO meta VALUES (1, x'0102030405060788');"
    "INSERT INTO peers VALUES"
    " (" KEY("a") ", 'Ana', 1, 10, 20, -2, 3, 9),"
    " (" KEY("b") ", 'Beto', 1, 11, 21, 5, 0, 1),"
    " (" KEY("c") ", 'Carla', 0, 12, 22, 0, 0, 0),"
    " (" KEY("d") ", 'Dora', 1, 13, 23, 6, 4, 7),"
    " (" KEY("e") ", '', 0, 14, 24, 0, 1, 0);"
    "INSERT INTO pins VALUES"
    " ('desk:7000', " KEY("a") "), ('10.0.0.2', " KEY("b") ");"
    "INSERT INTO messages"
    " (peer_key, own, epoch, seq, kind, stored, time_ms, text) VALUES"
    " (" KEY("a") ", 1, 0, 1, 1, 1, 100, x'c3a1726220ff00'),"
    " (" KEY("a") ", 0, 1234, 1, 1, 0, 101, CAST('from old' AS BLOB)),"
    " (" KEY("b") ", 1, 0, 1, 1, 0, 102, CAST('waits' AS BLOB)),"
    " (" KEY("a") ", 0, 1234, 2, 2, 0, 103, CAST('waves' AS BLOB)),"
    " (" KEY("a") ", 1, 0, 2, 1, 1, 104, x''),"
    " (" KEY("a") ", 0, -2, 3, 1, 0, 105, CAST('from new' AS BLOB)),"
    " (" KEY("e") ", 0, 0, 1, 1, 0, 106, CAST('who' AS BLOB)),"
    " (" KEY("a") ", 1, 0, 8, 1, 0, 107, CAST('last' AS BLOB));";
/* clang-format on */

/* The epoch of old_rows without its sign, in the order of this machine. */
static uint64_t
own_epoch(void)
{
	static const uint8_t bytes[8] = {1, 2, 3, 4, 5, 6, 7, 0x88};
	uint64_t epoch;

	memcpy(&epoch, bytes, sizeof(epoch));
	return epoch & INT64_MAX;
}

/* The old file, in folder; more may be put into it. */
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
check_peer(const struct opened *o, uint8_t who, const char *name, bool accepted,
    uint64_t lines, struct stream received)
{
	const struct peer *peer = storing_peer(o, who);

	assert_non_null(peer);
	assert_string_equal(peer->name, name);
	assert_int_equal(peer->accepted, accepted);
	assert_false(peer->verified);
	assert_int_equal(peer->first_ms, 10 + who - 'a');
	assert_int_equal(peer->last_ms, 20 + who - 'a');
	assert_int_equal(peer->lines, lines);
	assert_int_equal(peer->received.epoch, received.epoch);
	assert_int_equal(peer->received.last, received.last);
}

static void
check_known(const struct opened *o)
{
	assert_int_equal(o->memory->peer_count, 5);
	check_peer(o, 'a', "Ana", true, 6, (struct stream){INT64_MAX - 1, 3});
	check_peer(o, 'b', "Beto", true, 1, (struct stream){0, 0});
	check_peer(o, 'c', "Carla", false, 0, (struct stream){0, 0});
	check_peer(o, 'd', "Dora", true, 0, (struct stream){6, 4});
	check_peer(o, 'e', "", false, 1, (struct stream){1, 1});
	assert_int_equal(storing_peer(o, 'a')->stream_count, 2);
	assert_int_equal(o->memory->pin_count, 2);
	assert_string_equal(o->memory->pins[0].target, "10.0.0.2");
	assert_int_equal(o->memory->pins[0].key[0], 'b');
	assert_int_equal(o->memory->pins[1].key[31], 'a');
}

static void
check_lines(struct store *s)
{
	static const struct {
		bool own;
		uint64_t epoch; /* 0: the one of the file */
		uint64_t seq;
		uint8_t kind;
		bool stored;
		const char *text;
	} want[] = {
	    {true, 0, 1, 1, true, "\xc3\xa1rb \xff"},
	    {false, 1234, 1, 1, true, "from old"},
	    {false, 1234, 2, 2, true, "waves"},
	    {true, 0, 2, 1, true, ""},
	    {false, INT64_MAX - 1, 3, 1, true, "from new"},
	    {true, 0, 8, 1, false, "last"},
	};
	struct lines lines;

	storing_load(s, 'a', 1, 100, &lines);
	assert_int_equal(lines.count, COUNT(want));
	for (size_t i = 0; i < COUNT(want); i++) {
		const struct store_line *line = &lines.list[i].line;

		assert_int_equal(line->number, i + 1);
		assert_int_equal(line->own, want[i].own);
		assert_int_equal(line->epoch,
		    want[i].epoch != 0 ? want[i].epoch : own_epoch());
		assert_int_equal(line->seq, want[i].seq);
		assert_int_equal(line->kind, want[i].kind);
		assert_int_equal(line->stored, want[i].stored);
		assert_string_equal(lines.list[i].text, want[i].text);
	}
	assert_int_equal(lines.list[0].line.text_len, 7);
	assert_int_equal(lines.list[0].line.time_ms, 100);
	storing_load_waiting(s, 'b', &lines);
	assert_int_equal(lines.count, 1);
	assert_string_equal(lines.list[0].text, "waits");
}

/* Nothing of it is lost, and it can be searched now. */
static void
test_upgrade(void **state)
{
	char *folder = scratch_new(), *history = storing_history_path(folder);
	char *peers = storing_peers_path(folder);
	uint64_t found[STORE_FOUND_MAX];
	struct store_line line;
	struct opened o;

	(void)state;
	make_old(folder, "");
	for (int i = 0; i < 2; i++) {
		storing_open(&o, folder);
		assert_non_null(o.memory);
		check_known(&o);
		check_lines(o.store);
		assert_int_equal(storing_search(o.store, 'a', "ARB", found), 1);
		assert_int_equal(found[0], 1);
		assert_int_equal(
		    storing_search(o.store, 'a', "from", found), 2);
		store_close(o.store);
	}
	assert_int_equal(
	    storing_ask(history, "PRAGMA user_version"), STORE_SCHEMA);
	assert_int_equal(storing_ask(history,
			     "SELECT count(*) FROM sqlite_schema WHERE name IN"
			     " ('peers', 'pins', 'meta', 'messages')"),
	    0);
	assert_int_equal(storing_ask(history,
			     "SELECT count(*) FROM pragma_foreign_key_check"),
	    0);
	assert_int_equal(
	    storing_ask(history, "SELECT count(*) FROM pragma_integrity_check"
				 " WHERE integrity_check <> 'ok'"),
	    0);
	assert_int_equal(storing_ask(peers, "SELECT count(*) FROM peers"), 5);

	/* It goes on as if it had always been so. */
	storing_open(&o, folder);
	line = storing_line('a', false, INT64_MAX - 1, 3, "again");
	assert_int_equal(storing_keep(o.store, &line), 5);
	line = storing_line('a', false, INT64_MAX - 1, 4, "next");
	line.previous = 3;
	assert_int_equal(storing_keep(o.store, &line), 7);
	line = storing_line('d', false, 6, 4, "of which nothing was kept");
	assert_int_equal(storing_keep(o.store, &line), 0);
	line = storing_line('c', true, o.memory->epoch, 1, "first word");
	assert_int_equal(storing_keep(o.store, &line), 1);
	store_close(o.store);
	free(peers);
	free(history);
	scratch_free(folder);
}

/* The other side has been brought up to date too, and knows our messages. */
static void
test_meeting(void **state)
{
	char *folder = scratch_new();
	struct lines lines;
	struct opened o;

	(void)state;
	make_old(folder, "");
	storing_open(&o, folder);
	assert_int_equal(storing_meet(o.store, 'a', own_epoch(), 8, &lines),
	    STORE_MEET_SAME);
	assert_int_equal(lines.count, 0);
	/* To Dora 7 went, of which nothing is here. */
	assert_int_equal(storing_meet(o.store, 'd', own_epoch(), 7, &lines),
	    STORE_MEET_SAME);
	assert_int_equal(storing_meet(o.store, 'd', own_epoch(), 8, &lines),
	    STORE_MEET_AHEAD);
	assert_int_equal(storing_meet(o.store, 'a', own_epoch(), 1, &lines),
	    STORE_MEET_BEHIND);
	assert_int_equal(lines.met.again, 2);
	store_close(o.store);
	scratch_free(folder);
}

/* What they are told of theirs is what they stored last in the old file. */
static void
test_acked(void **state)
{
	char *folder = scratch_new();
	struct lines lines;
	struct opened o;

	(void)state;
	make_old(folder, "");
	storing_open(&o, folder);
	assert_int_equal(
	    storing_meet(o.store, 'a', 0, 0, &lines), STORE_MEET_NEW);
	assert_int_equal(lines.count, 1);
	assert_int_equal(
	    storing_meet(o.store, 'b', 0, 0, &lines), STORE_MEET_SAME);
	assert_int_equal(lines.count, 1);
	store_close(o.store);
	scratch_free(folder);
}

/*
 * The peers' file was written, and then came a crash: they come again, and
 * what is newer there stays. more makes of that file what it was then.
 */
static void
check_twice(const char *more, bool verified)
{
	char *folder = scratch_new(), *history = storing_history_path(folder);
	char *peers = storing_peers_path(folder);
	struct peer ana = {
	    .name = (char *)"Ana II", .accepted = true, .verified = true};
	struct opened o;
	char *old;
	size_t len;

	make_old(folder, "");
	old = scratch_read(history, &len);
	storing_open(&o, folder);
	storing_key(ana.key, 'a');
	store_put_peer(o.store, &ana);
	store_put_pin(o.store, "desk:7000", storing_peer(&o, 'c')->key);
	store_close(o.store);

	scratch_write(history, old, len);
	storing_run(peers, more);
	storing_open(&o, folder);
	if (o.memory == NULL)
		fail_msg("refused: %s", o.why.text);
	assert_int_equal(o.memory->peer_count, 5);
	assert_string_equal(storing_peer(&o, 'a')->name, "Ana II");
	assert_int_equal(storing_peer(&o, 'a')->verified, verified);
	assert_false(storing_peer(&o, 'b')->verified);
	assert_int_equal(storing_peer(&o, 'a')->lines, 6);
	assert_int_equal(o.memory->pin_count, 2);
	assert_int_equal(o.memory->pins[1].key[0], 'c');
	check_lines(o.store);
	store_close(o.store);
	free(old);
	free(peers);
	free(history);
	scratch_free(folder);
}

static void
test_twice(void **state)
{
	(void)state;
	check_twice("", true);
	/* Version 1, where nobody's key had been compared. */
	check_twice("ALTER TABLE peers DROP COLUMN verified;"
		    "ALTER TABLE peers DROP COLUMN verified_ms;"
		    "ALTER TABLE peers DROP COLUMN marked_ms;"
		    "ALTER TABLE peers DROP COLUMN blocked;"
		    "ALTER TABLE peers DROP COLUMN own_name;"
		    "DROP TABLE places;"
		    "PRAGMA user_version = 1;",
	    false);
}

/* An upgrade that fails leaves the old file as it was, in every row. */
static void
test_fails(void **state)
{
	char *folder = scratch_new(), *history = storing_history_path(folder);
	struct opened o;

	(void)state;
	/* A table of this name is in the way. */
	make_old(folder, "CREATE TABLE talks (x);");
	storing_open(&o, folder);
	assert_null(o.memory);
	assert_non_null(strstr(o.why.text, history));
	assert_non_null(strstr(o.why.text, "charla --incognito"));
	store_close(o.store);
	assert_int_equal(storing_ask(history, "PRAGMA user_version"), 1);
	assert_int_equal(
	    storing_ask(history, "SELECT count(*) FROM messages"), 8);
	assert_int_equal(storing_ask(history, "SELECT count(*) FROM peers"), 5);

	/* The way is free: nothing had been lost. */
	storing_run(history, "DROP TABLE talks");
	storing_open(&o, folder);
	check_known(&o);
	check_lines(o.store);
	store_close(o.store);
	free(history);
	scratch_free(folder);
}

/* Long talks are brought along whole. */
static void
test_many(void **state)
{
	enum { MANY = 3000 };
	char *folder = scratch_new();
	uint64_t found[STORE_FOUND_MAX];
	struct lines lines;
	struct opened o;

	(void)state;
	make_old(folder,
	    "WITH RECURSIVE n (i) AS"
	    " (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 3009)"
	    " INSERT INTO messages (peer_key, own, epoch, seq, kind, stored,"
	    "  time_ms, text) SELECT " KEY(
		"c") ", i % 2, 7 * (1 - i % 2), i,"
		     "  1, 1, i, CAST('number ' || i AS BLOB) FROM n;");
	storing_open(&o, folder);
	assert_int_equal(storing_peer(&o, 'c')->lines, MANY);
	storing_load(o.store, 'c', MANY - 1, MANY, &lines);
	assert_int_equal(lines.count, 2);
	assert_string_equal(lines.list[1].text, "number 3009");
	assert_int_equal(lines.list[1].line.epoch, own_epoch());
	assert_int_equal(lines.list[0].line.epoch, 7);
	assert_int_equal(storing_search(o.store, 'c', "2009", found), 1);
	assert_int_equal(found[0], 2000);
	store_close(o.store);
	scratch_free(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_upgrade),
	    cmocka_unit_test(test_meeting),
	    cmocka_unit_test(test_acked),
	    cmocka_unit_test(test_twice),
	    cmocka_unit_test(test_fails),
	    cmocka_unit_test(test_many),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("store upgrade", tests, NULL, NULL);
}
