/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/store_db.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "src/base/i18n.h"
#include "src/base/util.h"
#include "src/store.h"

enum { STORE_BUSY_MS = 5000 };

void
store_db_hint(const struct store_db *db, bool writing, struct reason *why)
{
	const struct reason said = *why;

	if (db->path == NULL ||
	    (db->file == STORE_FILE_PEERS && !db->fresh && !writing))
		return;
	reason_set(why, _("%s; charla --incognito goes on without history"),
	    said.text);
}

static void
say_damaged(enum store_file file, const char *path, struct reason *why)
{
	if (file == STORE_FILE_HISTORY)
		reason_set(why,
		    _("'%s' is damaged, or no history of charla; move it "
		      "away to begin a new one, or bring back a copy"),
		    path);
	else
		reason_set(why,
		    _("'%s' is damaged, or not charla's; bring back a copy, "
		      "or move it away and begin with nobody known"),
		    path);
}

/* The files beside a database need room too; then SQLite says less. */
static bool
is_full(struct sqlite3 *sql)
{
	int error = sqlite3_system_errno(sql);

	return sqlite3_errcode(sql) == SQLITE_FULL ||
	       (sqlite3_errcode(sql) == SQLITE_IOERR &&
		   (error == ENOSPC || error == EDQUOT || error == EFBIG));
}

int
store_db_fail(const struct store_db *db, struct reason *why)
{
	const char *path = db->path != NULL ? db->path : _("memory");
	bool writing = false;

	/* No handle: SQLite had no memory for one. */
	if (db->sql == NULL)
		fatal("%s", _("out of memory"));
	switch (is_full(db->sql) ? SQLITE_FULL : sqlite3_errcode(db->sql)) {
	case SQLITE_NOTADB:
	case SQLITE_CORRUPT:
		say_damaged(db->file, path, why);
		break;
	case SQLITE_FULL:
		writing = true;
		reason_set(why, _("the disk of '%s' is full; make room"), path);
		break;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		reason_set(why,
		    _("'%s' is in use by another program; close that one"),
		    path);
		break;
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
	case SQLITE_PERM:
		writing = !db->look;
		reason_set(why,
		    _("no permission to write '%s' and beside it; mend the "
		      "permissions of the file and its folder, or choose "
		      "another folder with --data"),
		    path);
		break;
	case SQLITE_NOMEM:
		fatal("%s", _("out of memory"));
	default:
		reason_set(why,
		    _("the disk reported an error at '%s' (%s); check the "
		      "disk"),
		    path, sqlite3_errmsg(db->sql));
	}
	store_db_hint(db, writing, why);
	return ERR_IO;
}

int
store_db_connect(
    struct store_db *db, const char *name, int flags, struct reason *why)
{
	if (sqlite3_open_v2(
		name, &db->sql, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		return store_db_fail(db, why);
	sqlite3_busy_timeout(db->sql, STORE_BUSY_MS);
	return 0;
}

void
store_db_close(struct store_db *db)
{
	for (size_t i = 0; i < db->query_count; i++)
		sqlite3_finalize(db->queries[i].prepared);
	sqlite3_close(db->sql);
	free(db->path);
	*db = (struct store_db){.file = db->file};
}

int
store_db_run(struct store_db *db, const char *text, struct reason *why)
{
	if (sqlite3_exec(db->sql, text, NULL, NULL, NULL) != SQLITE_OK)
		return store_db_fail(db, why);
	return 0;
}

int
store_db_begin(struct store_db *db, struct reason *why)
{
	if (db->changing)
		return 0;
	if (store_db_run(db, "BEGIN IMMEDIATE", why) < 0)
		return ERR_IO;
	db->changing = true;
	return 0;
}

int
store_db_commit(struct store_db *db, struct reason *why)
{
	if (!db->changing)
		return 0;
	if (store_db_run(db, "COMMIT", why) < 0) {
		store_db_rollback(db);
		return ERR_IO;
	}
	db->changing = false;
	return 0;
}

void
store_db_rollback(struct store_db *db)
{
	/* After some errors SQLite has done it already; then this fails. */
	if (db->changing)
		sqlite3_exec(db->sql, "ROLLBACK", NULL, NULL, NULL);
	db->changing = false;
}

int
store_db_number(
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

sqlite3_stmt *
store_db_query(struct store_db *db, const char *text, struct reason *why)
{
	sqlite3_stmt *query = NULL;

	for (size_t i = 0; i < db->query_count; i++) {
		if (db->queries[i].text == text)
			return db->queries[i].prepared;
	}
	if (db->query_count == STORE_QUERIES_MAX)
		fatal("store: too many queries");
	if (sqlite3_prepare_v3(db->sql, text, -1, SQLITE_PREPARE_PERSISTENT,
		&query, NULL) != SQLITE_OK) {
		store_db_fail(db, why);
		return NULL;
	}
	db->queries[db->query_count++] = (struct store_query){text, query};
	return query;
}

void
store_db_over(sqlite3_stmt *query)
{
	sqlite3_reset(query);
	sqlite3_clear_bindings(query);
}

int
store_db_step(struct store_db *db, sqlite3_stmt *query, struct reason *why)
{
	int r = sqlite3_step(query);

	if (r == SQLITE_ROW)
		return 1;
	r = r == SQLITE_DONE ? 0 : store_db_fail(db, why);
	store_db_over(query);
	return r;
}

int
store_db_row(struct store_db *db, sqlite3_stmt *query, int64_t *numbers,
    size_t count, struct reason *why)
{
	int r = store_db_step(db, query, why);

	if (r <= 0)
		return r;
	for (size_t i = 0; i < count; i++)
		numbers[i] = sqlite3_column_int64(query, (int)i);
	store_db_over(query);
	return r;
}

int
store_db_change(struct store_db *db, sqlite3_stmt *query, struct reason *why)
{
	int r = store_db_step(db, query, why);

	if (r > 0)
		store_db_over(query);
	return r < 0 ? r : 0;
}

void
store_bind_key(sqlite3_stmt *query, int at, const uint8_t *key)
{
	sqlite3_bind_blob(query, at, key, STORE_KEY_LEN, SQLITE_STATIC);
}

void
store_bind_number(sqlite3_stmt *query, int at, uint64_t value)
{
	sqlite3_bind_int64(
	    query, at, value > INT64_MAX ? INT64_MAX : (sqlite3_int64)value);
}

void
store_bind_bytes(sqlite3_stmt *query, int at, const void *data, size_t len)
{
	/* NULL would be no bytes at all. */
	sqlite3_bind_blob64(query, at, len > 0 ? data : "", len, SQLITE_STATIC);
}

uint64_t
store_column_number(sqlite3_stmt *row, int at)
{
	return (uint64_t)sqlite3_column_int64(row, at);
}

/* The schema checks the length; a damaged file may hold another one. */
void
store_column_key(sqlite3_stmt *row, int at, uint8_t *key)
{
	const void *data = sqlite3_column_blob(row, at);
	int len = sqlite3_column_bytes(row, at);

	memset(key, 0, STORE_KEY_LEN);
	if (len > 0)
		memcpy(key, data,
		    len < STORE_KEY_LEN ? (size_t)len : STORE_KEY_LEN);
}
