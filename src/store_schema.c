/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Opening the database: whose file is it, which version is it, and the steps
 * from each version to the next. Numbers are SQLite's signed 64 bit; an epoch
 * is stored with the bits it has, since only equality counts there.
 */
#include "src/store_db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "src/base/i18n.h"
#include "src/base/util.h"

enum {
	SCHEMA_APPLICATION = 0x6368726c, /* "chrl": whose database it is */
	SCHEMA_BUSY_MS = 5000,
	SCHEMA_FILE_MIN = 512, /* bytes of the smallest SQLite file */
	SCHEMA_SQL_MAX = 64,
};

/* migrations[n] leads from version n to n + 1. What stands never changes. */
static const char *const migrations[] = {
    /* A message of ours has epoch 0, one of theirs that of their store. */
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
    ") STRICT;",
};

_Static_assert(COUNT(migrations) == STORE_SCHEMA,
    "every version has the step that leads to it");

static int
fail_file(const char *path, int error, struct reason *why)
{
	if (error == EACCES || error == EPERM || error == EROFS)
		reason_set(why,
		    _("no permission to write '%s'; mend the permissions of "
		      "the file and its folder, or choose another folder "
		      "with --data"),
		    path);
	else
		reason_set(why,
		    _("cannot open '%s' (%s); mend that, or choose another "
		      "folder with --data"),
		    path, strerror(error));
	return error == EACCES || error == EPERM ? ERR_DENIED : ERR_IO;
}

/* A file that is there already. */
static int
check_file(const char *path, const struct stat *st, struct reason *why)
{
	if (!S_ISREG(st->st_mode)) {
		reason_set(why,
		    _("'%s' is not a file; move it away, or choose another "
		      "folder with --data"),
		    path);
		return ERR_INVALID;
	}
	if (st->st_uid != geteuid()) {
		reason_set(why,
		    _("'%s' belongs to another user; choose a folder of "
		      "your own with --data"),
		    path);
		return ERR_DENIED;
	}
	/* SQLite takes some very short files for new ones, and fills them. */
	if (st->st_size > 0 && st->st_size < SCHEMA_FILE_MIN) {
		reason_set(why,
		    _("'%s' is damaged, or no history of charla; move it "
		      "away to begin a new one, or bring back a copy"),
		    path);
		return ERR_INVALID;
	}
	if ((st->st_mode & 077) != 0 && chmod(path, 0600) < 0)
		return fail_file(path, errno, why);
	if (access(path, R_OK | W_OK) < 0)
		return fail_file(path, errno, why);
	return 0;
}

/*
 * SQLite would make the file with the umask's mode; the files beside it take
 * their mode from it. Ours is made before, and never more open than 0600.
 */
static int
prepare_file(const char *path, struct reason *why)
{
	const int flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC;
	int fd = open(path, flags, 0600);
	struct stat st;

	if (fd >= 0) {
		/* The umask may have taken even that. */
		int error = fchmod(fd, 0600) < 0 ? errno : 0;

		close(fd);
		return error != 0 ? fail_file(path, error, why) : 0;
	}
	if (errno != EEXIST || stat(path, &st) < 0)
		return fail_file(path, errno, why);
	return check_file(path, &st, why);
}

/* The one number that a query answers. */
static int
ask_number(
    struct store_db *db, const char *text, int64_t *out, struct reason *why)
{
	sqlite3_stmt *query = NULL;
	int r = sqlite3_prepare_v2(db->sql, text, -1, &query, NULL);

	if (r == SQLITE_OK)
		r = sqlite3_step(query);
	if (r == SQLITE_ROW)
		*out = sqlite3_column_int64(query, 0);
	r = r == SQLITE_ROW ? 0 : store_db_fail(db, why);
	sqlite3_finalize(query);
	return r;
}

/* Nothing is written before this has said yes. */
static int
check_owner(struct store_db *db, int64_t *version, struct reason *why)
{
	int64_t application = 0, tables = 0;

	*version = 0;
	if (ask_number(db, "PRAGMA user_version", version, why) < 0 ||
	    ask_number(db, "PRAGMA application_id", &application, why) < 0 ||
	    ask_number(db, "SELECT count(*) FROM sqlite_schema", &tables, why) <
		0)
		return ERR_IO;
	if (tables > 0 &&
	    (application != SCHEMA_APPLICATION || *version <= 0)) {
		reason_set(why,
		    _("'%s' is the database of another program; move it "
		      "away, or choose another folder with --data"),
		    db->path);
		return ERR_INVALID;
	}
	if (*version > STORE_SCHEMA) {
		reason_set(why,
		    _("'%s' was written by a newer charla; install that "
		      "one, or choose another folder with --data"),
		    db->path);
		return ERR_INVALID;
	}
	return 0;
}

/* A number that tells this store from every other; never 0. */
static int
put_epoch(struct store_db *db, struct reason *why)
{
	sqlite3_stmt *query = NULL;
	uint8_t epoch[8] = {0};
	ssize_t n;

	do
		n = getrandom(epoch, sizeof(epoch), 0);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)sizeof(epoch))
		fatal("no random numbers: %s", strerror(errno));
	epoch[7] |= 1;

	int r = sqlite3_prepare_v2(db->sql,
	    "INSERT OR IGNORE INTO meta (id, epoch) VALUES (1, ?1)", -1, &query,
	    NULL);
	if (r == SQLITE_OK)
		r = sqlite3_bind_blob(
		    query, 1, epoch, sizeof(epoch), SQLITE_STATIC);
	if (r == SQLITE_OK)
		r = sqlite3_step(query);
	r = r == SQLITE_DONE ? 0 : store_db_fail(db, why);
	sqlite3_finalize(query);
	return r;
}

/* All the steps or none. */
static int
migrate(struct store_db *db, int64_t version, struct reason *why)
{
	char text[SCHEMA_SQL_MAX];

	if (version == STORE_SCHEMA)
		return 0;
	if (store_db_run(db, "BEGIN IMMEDIATE", why) < 0)
		return ERR_IO;
	db->changing = true;
	for (; version < STORE_SCHEMA; version++) {
		if (store_db_run(db, migrations[version], why) < 0)
			return ERR_IO;
	}
	snprintf(
	    text, sizeof(text), "PRAGMA user_version = %d", (int)STORE_SCHEMA);
	if (store_db_run(db, text, why) < 0)
		return ERR_IO;
	snprintf(text, sizeof(text), "PRAGMA application_id = %d",
	    (int)SCHEMA_APPLICATION);
	if (store_db_run(db, text, why) < 0 || put_epoch(db, why) < 0)
		return ERR_IO;
	return store_db_commit(db, why);
}

int
store_db_open(struct store_db *db, const char *path, struct reason *why)
{
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
	const int no_checkpoint = SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
	int64_t version;
	int r;

	*db = (struct store_db){.path = str_dup(path)};
	if (path != NULL && (r = prepare_file(path, why)) < 0)
		return r;
	if (sqlite3_open_v2(path != NULL ? path : ":memory:", &db->sql, flags,
		NULL) != SQLITE_OK)
		return store_db_fail(db, why);
	sqlite3_busy_timeout(db->sql, SCHEMA_BUSY_MS);
	/* Until the file is ours, closing it must not change it either. */
	sqlite3_db_config(db->sql, no_checkpoint, 1, NULL);
	r = check_owner(db, &version, why);
	if (r < 0)
		return r;
	sqlite3_db_config(db->sql, no_checkpoint, 0, NULL);
	if (store_db_run(db,
		"PRAGMA journal_mode = WAL;"
		"PRAGMA synchronous = FULL;"
		"PRAGMA foreign_keys = ON;"
		"PRAGMA cache_size = -512;",
		why) < 0)
		return ERR_IO;
	return migrate(db, version, why);
}
