/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Opening the files: whose are they, which version are they, and the steps
 * from each version to the next. Both are looked at, without a trace, before
 * one is written to; and looked at again once they are open for good, since
 * what is in a log after a crash is seen only then for sure.
 */
#include "src/store_schema.h"

#include <stdio.h>

#include <sqlite3.h>

#include "src/base/i18n.h"
#include "src/base/util.h"
#include "src/store.h"
#include "src/store_file.h"
#include "src/store_peers.h"

enum { SCHEMA_SQL_MAX = 64 };

/* What tells our files from all others, and their newest versions. */
static const struct {
	int application;
	int version;
} files[] = {
    [STORE_FILE_PEERS] = {0x63687270, STORE_PEERS_SCHEMA}, /* "chrp" */
    [STORE_FILE_HISTORY] = {0x6368726c, STORE_SCHEMA},     /* "chrl" */
};

static const char peers_schema[] =
    "CREATE TABLE peers ("
    " key BLOB PRIMARY KEY CHECK (length(key) = 32),"
    " name TEXT NOT NULL,"
    " accepted INTEGER NOT NULL,"
    " first_ms INTEGER NOT NULL,"
    " last_ms INTEGER NOT NULL,"
    " verified INTEGER NOT NULL DEFAULT 0,"
    " verified_ms INTEGER NOT NULL DEFAULT 0,"
    " marked_ms INTEGER NOT NULL DEFAULT 0,"
    " blocked INTEGER NOT NULL DEFAULT 0,"
    " own_name TEXT"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE pins ("
    " target TEXT PRIMARY KEY,"
    " key BLOB NOT NULL CHECK (length(key) = 32)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE places ("
    " key BLOB NOT NULL CHECK (length(key) = 32),"
    " target TEXT NOT NULL,"
    " seen_ms INTEGER NOT NULL,"
    " PRIMARY KEY (key, target)"
    ") STRICT, WITHOUT ROWID;";

/*
 * A line's id is its talk's, shifted, plus its number (store_line_id), so a
 * stretch of a talk is a stretch of the table and of the index of words.
 *
 * A stream is one epoch of one side of a talk; began is how many lines the
 * talk had before it. talks.received is the stream of theirs from which a
 * message was stored last, acked the highest own line that they stored.
 *
 * words holds no text, and lacks the lines of a talk behind its first worded
 * ones: there was no time for them yet. Symbols are words too: store_words.c
 * says how.
 */
static const char history_schema[] =
    "CREATE TABLE talks ("
    " id INTEGER PRIMARY KEY CHECK (id > 0),"
    " key BLOB NOT NULL UNIQUE CHECK (length(key) = 32),"
    " lines INTEGER NOT NULL DEFAULT 0,"
    " acked INTEGER NOT NULL DEFAULT 0,"
    " received INTEGER,"
    " worded INTEGER NOT NULL DEFAULT 0"
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
    " stream INTEGER REFERENCES streams (id)," /* NULL: a note */
    " seq INTEGER CHECK ((seq IS NULL) = (stream IS NULL)),"
    " own INTEGER NOT NULL,"
    " kind INTEGER NOT NULL,"
    " waiting INTEGER NOT NULL," /* enum store_waiting */
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
    " paths BLOB,"            /* each with a NUL at its end */
    " size INTEGER NOT NULL," /* both are 64 bits, whatever their sign */
    " mtime_ns INTEGER NOT NULL,"
    " mode INTEGER NOT NULL,"
    " time_ms INTEGER NOT NULL,"
    " entries INTEGER NOT NULL DEFAULT 0,"
    " list_hash BLOB CHECK (length(list_hash) = 16),"
    " as_name BLOB,"
    " UNIQUE (key, outgoing, token)"
    ") STRICT;"
    "CREATE INDEX transfers_state ON transfers (state, outgoing);";

int
store_schema_make_history(struct store_db *db, struct reason *why)
{
	return store_db_run(db, history_schema, why);
}

/* Nothing is written before this has said yes. */
static int
check_owner(struct store_db *db, int64_t *version, struct reason *why)
{
	int64_t application = 0, tables = 0;

	*version = 0;
	if (store_db_number(db, "PRAGMA user_version", version, why) < 0 ||
	    store_db_number(db, "PRAGMA application_id", &application, why) <
		0 ||
	    store_db_number(
		db, "SELECT count(*) FROM sqlite_schema", &tables, why) < 0)
		return ERR_IO;
	if (tables > 0 &&
	    (application != files[db->file].application || *version <= 0))
		reason_set(why,
		    _("'%s' is the database of another program; move it "
		      "away, or choose another folder with --data"),
		    db->path);
	else if (*version > files[db->file].version)
		reason_set(why,
		    _("'%s' was written by a newer charla; install that "
		      "one, or choose another folder with --data"),
		    db->path);
	else
		return 0;
	store_db_hint(db, false, why);
	return ERR_INVALID;
}

/* Look at a file that is there, without leaving a trace. */
static int
look(struct store_db *db, bool writable, struct reason *why)
{
	struct store_db peek;
	int64_t version;
	int r;

	if (db->path == NULL)
		return 0;
	r = store_file_check(db, writable, why);
	if (r < 0 || db->fresh)
		return r;
	r = store_file_peek(db, &peek, why);
	if (r == 0)
		r = check_owner(&peek, &version, why);
	store_file_peeked(&peek);
	if (r == 0)
		db->fresh = version == 0;
	return r;
}

/* Open for good; still nothing is changed in a file that was there. */
static int
connect_file(struct store_db *db, int64_t *version, struct reason *why)
{
	const int no_checkpoint = SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
	int r;

	if (db->path != NULL && (r = store_file_make(db, why)) < 0)
		return r;
	r = store_db_connect(db,
	    db->path != NULL ? db->path : ":memory:", SQLITE_OPEN_READWRITE,
	    why);
	if (r < 0)
		return r;
	sqlite3_db_config(db->sql, no_checkpoint, 1, NULL);
	r = check_owner(db, version, why);
	if (r == 0)
		sqlite3_db_config(db->sql, no_checkpoint, 0, NULL);
	return r;
}

/* Nothing goes to temporary files: nobody would look after those. */
static int
prepare(struct store_db *db, struct reason *why)
{
	return store_db_run(db,
	    "PRAGMA journal_mode = WAL;"
	    "PRAGMA journal_size_limit = 4194304;"
	    "PRAGMA synchronous = FULL;"
	    "PRAGMA foreign_keys = ON;"
	    "PRAGMA temp_store = MEMORY;"
	    "PRAGMA cache_size = -2048;",
	    why);
}

/* Now it is what it says it is: end the transaction that made it so. */
static int
set_version(struct store_db *db, struct reason *why)
{
	char text[SCHEMA_SQL_MAX];

	snprintf(text, sizeof(text), "PRAGMA user_version = %d",
	    files[db->file].version);
	if (store_db_run(db, text, why) < 0)
		return ERR_IO;
	snprintf(text, sizeof(text), "PRAGMA application_id = %d",
	    files[db->file].application);
	if (store_db_run(db, text, why) < 0)
		return ERR_IO;
	if (store_db_commit(db, why) < 0)
		return ERR_IO;
	db->fresh = false;
	return 0;
}

static int
migrate_peers(struct store_db *db, int64_t version, struct reason *why)
{
	int r;

	if (version == files[db->file].version)
		return 0;
	if (store_db_begin(db, why) < 0)
		return ERR_IO;
	if (version > 0)
		r = store_upgrade_peers(db, version, why);
	else
		r = store_db_run(db, peers_schema, why);
	return r < 0 ? r : set_version(db, why);
}

static int
migrate_history(struct store_dbs *dbs, int64_t version, struct reason *why)
{
	struct store_db *db = &dbs->history;
	int r;

	if (version == files[db->file].version)
		return 0;
	if (store_db_begin(db, why) < 0)
		return ERR_IO;
	switch (version) {
	case 1:
		r = store_upgrade_from_1(db, &dbs->peers, why);
		break;
	case 2:
		r = store_upgrade_from_2(db, why);
		break;
	case 3:
		r = store_upgrade_from_3(db, why);
		break;
	default:
		r = store_schema_make_history(db, why);
	}
	return r < 0 ? r : set_version(db, why);
}

int
store_schema_open(struct store_dbs *dbs, const char *peers_path,
    const char *history_path, struct reason *why)
{
	struct store_db *peers = &dbs->peers, *history = &dbs->history;
	int64_t peers_version = 0, history_version = 0;
	int r;

	*peers = (struct store_db){
	    .file = STORE_FILE_PEERS, .path = str_dup(peers_path)};
	*history = (struct store_db){
	    .file = STORE_FILE_HISTORY, .path = str_dup(history_path)};
	if ((r = look(peers, true, why)) < 0 ||
	    (r = look(history, true, why)) < 0 ||
	    (r = connect_file(peers, &peers_version, why)) < 0 ||
	    (r = connect_file(history, &history_version, why)) < 0 ||
	    (r = prepare(peers, why)) < 0 ||
	    (r = migrate_peers(peers, peers_version, why)) < 0 ||
	    (r = prepare(history, why)) < 0)
		return r;
	return migrate_history(dbs, history_version, why);
}

/* Of any version: it is not for us to bring this file up to date. */
static int
copy_known(const struct store_db *file, struct store_db *to, struct reason *why)
{
	struct store_db peek;
	int64_t version = 0;
	int r = store_file_peek(file, &peek, why);

	if (r == 0)
		r = check_owner(&peek, &version, why);
	if (r == 0)
		r = store_peers_copy(&peek, to, version, why);
	store_file_peeked(&peek);
	return r;
}

int
store_schema_open_incognito(
    struct store_dbs *dbs, const char *peers_path, struct reason *why)
{
	struct store_db file = {
	    .file = STORE_FILE_PEERS, .path = str_dup(peers_path)};
	int r = store_schema_open(dbs, NULL, NULL, why);

	if (r == 0)
		r = look(&file, false, why);
	if (r == 0 && file.path != NULL && !file.fresh)
		r = copy_known(&file, &dbs->peers, why);
	store_db_close(&file);
	return r;
}
