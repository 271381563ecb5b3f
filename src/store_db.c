/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/store_db.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "src/base/i18n.h"
#include "src/base/util.h"

static const char *const texts[DB_QUERY_COUNT] = {
    [DB_PUT_PEER] =
	"INSERT INTO peers (key, name, accepted, first_ms, last_ms, epoch,"
	" last_received, last_sent) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
	" ON CONFLICT (key) DO UPDATE SET"
	" name = excluded.name, accepted = excluded.accepted,"
	" first_ms = excluded.first_ms, last_ms = excluded.last_ms,"
	" last_received = CASE WHEN excluded.epoch IN (0, epoch)"
	"  THEN max(last_received, excluded.last_received)"
	"  ELSE excluded.last_received END,"
	" epoch = CASE excluded.epoch WHEN 0 THEN epoch"
	"  ELSE excluded.epoch END,"
	" last_sent = max(last_sent, excluded.last_sent)",
    [DB_RAISE_PEER] =
	"INSERT INTO peers (key, name, accepted, first_ms, last_ms, epoch,"
	" last_received, last_sent) VALUES (?1, '', 0, ?2, ?2, 0, ?3, ?4)"
	" ON CONFLICT (key) DO UPDATE SET"
	" last_received = max(last_received, excluded.last_received),"
	" last_sent = max(last_sent, excluded.last_sent)",
    [DB_LAST_RECEIVED] = "SELECT last_received FROM peers WHERE key = ?1",
    [DB_PUT_PIN] = "INSERT INTO pins (target, key) VALUES (?1, ?2)"
		   " ON CONFLICT (target) DO UPDATE SET key = excluded.key",
    [DB_PUT_MESSAGE] =
	"INSERT INTO messages"
	" (peer_key, own, epoch, seq, kind, stored, time_ms, text)"
	" SELECT ?1, ?2, CASE ?2 WHEN 1 THEN 0 ELSE epoch END,"
	"  ?3, ?4, ?5, ?6, ?7 FROM peers WHERE key = ?1"
	" ON CONFLICT DO NOTHING",
    [DB_MARK_STORED] =
	"UPDATE messages SET stored = 1 WHERE peer_key = ?1 AND own = 1"
	" AND stored = 0 AND seq <= ?2",
    [DB_LOAD_WAITING] =
	"SELECT seq, kind, time_ms, text FROM messages WHERE peer_key = ?1"
	" AND own = 1 AND stored = 0 ORDER BY seq",
};

int
store_db_fail(const struct store_db *db, struct reason *why)
{
	const char *path = db->path != NULL ? db->path : _("memory");

	/* No handle: SQLite had no memory for one. */
	if (db->sql == NULL)
		fatal("out of memory");
	switch (sqlite3_errcode(db->sql)) {
	case SQLITE_NOTADB:
	case SQLITE_CORRUPT:
		reason_set(why,
		    _("'%s' is damaged, or no history of charla; move it "
		      "away to begin a new one, or bring back a copy"),
		    path);
		break;
	case SQLITE_FULL:
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
		reason_set(why,
		    _("no permission to write '%s' and beside it; mend the "
		      "permissions of the file and its folder, or choose "
		      "another folder with --data"),
		    path);
		break;
	case SQLITE_NOMEM:
		fatal("out of memory");
	default:
		reason_set(why,
		    _("the disk reported an error at '%s' (%s); check the "
		      "disk"),
		    path, sqlite3_errmsg(db->sql));
	}
	return ERR_IO;
}

void
store_db_close(struct store_db *db)
{
	for (size_t i = 0; i < COUNT(db->queries); i++)
		sqlite3_finalize(db->queries[i]);
	sqlite3_close(db->sql);
	free(db->path);
	*db = (struct store_db){0};
}

int
store_db_run(struct store_db *db, const char *text, struct reason *why)
{
	if (sqlite3_exec(db->sql, text, NULL, NULL, NULL) != SQLITE_OK)
		return store_db_fail(db, why);
	return 0;
}

static int
begin(struct store_db *db, struct reason *why)
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

/* The prepared query, with nothing bound; NULL with why. */
static sqlite3_stmt *
get_query(struct store_db *db, enum db_query which, struct reason *why)
{
	sqlite3_stmt **query = &db->queries[which];

	if (*query == NULL &&
	    sqlite3_prepare_v3(db->sql, texts[which], -1,
		SQLITE_PREPARE_PERSISTENT, query, NULL) != SQLITE_OK) {
		store_db_fail(db, why);
		return NULL;
	}
	return *query;
}

/* Run a change whose values are bound; forget them again. */
static int
run_change(struct store_db *db, sqlite3_stmt *query, struct reason *why)
{
	int r = sqlite3_step(query) == SQLITE_DONE ? 0 : store_db_fail(db, why);

	sqlite3_reset(query);
	sqlite3_clear_bindings(query);
	return r;
}

/*
 * Binding fails only for a wrong index, or a value too big: neither happens.
 * What is bound lives until run_change.
 */
static void
bind_key(sqlite3_stmt *query, int at, const uint8_t *key)
{
	sqlite3_bind_blob(query, at, key, STORE_KEY_LEN, SQLITE_STATIC);
}

/* No honest peer gets anywhere near the bound. */
static void
bind_number(sqlite3_stmt *query, int at, uint64_t value)
{
	sqlite3_bind_int64(
	    query, at, value > INT64_MAX ? INT64_MAX : (sqlite3_int64)value);
}

int
store_db_put_peer(
    struct store_db *db, const struct peer *peer, struct reason *why)
{
	sqlite3_stmt *query = get_query(db, DB_PUT_PEER, why);

	if (query == NULL || begin(db, why) < 0)
		return ERR_IO;
	bind_key(query, 1, peer->key);
	sqlite3_bind_text(query, 2, peer->name, -1, SQLITE_STATIC);
	sqlite3_bind_int(query, 3, peer->accepted);
	sqlite3_bind_int64(query, 4, peer->first_ms);
	sqlite3_bind_int64(query, 5, peer->last_ms);
	sqlite3_bind_int64(query, 6, (sqlite3_int64)peer->epoch);
	bind_number(query, 7, peer->last_received);
	bind_number(query, 8, peer->last_sent);
	return run_change(db, query, why);
}

int
store_db_put_pin(struct store_db *db, const struct pin *pin, struct reason *why)
{
	sqlite3_stmt *query = get_query(db, DB_PUT_PIN, why);

	if (query == NULL || begin(db, why) < 0)
		return ERR_IO;
	sqlite3_bind_text(query, 1, pin->target, -1, SQLITE_STATIC);
	bind_key(query, 2, pin->key);
	return run_change(db, query, why);
}

/* Peers are made by their first message where nobody put them before. */
static int
raise_peer(
    struct store_db *db, const struct store_message *m, struct reason *why)
{
	sqlite3_stmt *query = get_query(db, DB_RAISE_PEER, why);

	if (query == NULL)
		return ERR_IO;
	bind_key(query, 1, m->key);
	sqlite3_bind_int64(query, 2, clock_utc_ms());
	bind_number(query, 3, m->own ? 0 : m->seq);
	bind_number(query, 4, m->own ? m->seq : 0);
	return run_change(db, query, why);
}

/* Is the message before m here? */
static bool
has_received(
    struct store_db *db, const struct store_message *m, struct reason *why)
{
	sqlite3_stmt *query = get_query(db, DB_LAST_RECEIVED, why);
	uint64_t last = 0;

	if (query == NULL)
		return false;
	bind_key(query, 1, m->key);
	if (sqlite3_step(query) == SQLITE_ROW)
		last = (uint64_t)sqlite3_column_int64(query, 0);
	sqlite3_reset(query);
	if (last >= m->previous)
		return true;
	reason_set(why, _("a message before this one could not be kept"));
	return false;
}

int
store_db_put_message(
    struct store_db *db, const struct store_message *m, struct reason *why)
{
	sqlite3_stmt *query = get_query(db, DB_PUT_MESSAGE, why);

	if (m->seq == 0 || m->seq > INT64_MAX) {
		reason_set(why, _("a message has a number that cannot be"));
		return ERR_INVALID;
	}
	if (query == NULL || begin(db, why) < 0)
		return ERR_IO;
	if (!m->own && m->previous > 0 && !has_received(db, m, why))
		return ERR_INVALID;
	if (raise_peer(db, m, why) < 0)
		return ERR_IO;
	bind_key(query, 1, m->key);
	sqlite3_bind_int(query, 2, m->own);
	bind_number(query, 3, m->seq);
	sqlite3_bind_int(query, 4, m->kind);
	sqlite3_bind_int(query, 5, m->stored);
	sqlite3_bind_int64(query, 6, m->time_ms);
	/* A blob keeps whatever came, byte for byte; NULL would be no text. */
	sqlite3_bind_blob64(query, 7, m->text_len > 0 ? m->text : "",
	    m->text_len, SQLITE_STATIC);
	return run_change(db, query, why);
}

int
store_db_mark_stored(
    struct store_db *db, const uint8_t *key, uint64_t seq, struct reason *why)
{
	sqlite3_stmt *query = get_query(db, DB_MARK_STORED, why);

	if (query == NULL || begin(db, why) < 0)
		return ERR_IO;
	bind_key(query, 1, key);
	bind_number(query, 2, seq);
	return run_change(db, query, why);
}

int
store_db_load_waiting(struct store_db *db, const uint8_t *key,
    void (*each)(void *arg, const struct store_message *message), void *arg,
    struct reason *why)
{
	sqlite3_stmt *query = get_query(db, DB_LOAD_WAITING, why);
	struct store_message m = {.own = true};
	int r;

	if (query == NULL)
		return ERR_IO;
	bind_key(query, 1, key);
	memcpy(m.key, key, STORE_KEY_LEN);
	while ((r = sqlite3_step(query)) == SQLITE_ROW) {
		m.seq = (uint64_t)sqlite3_column_int64(query, 0);
		m.kind = (uint8_t)sqlite3_column_int(query, 1);
		m.time_ms = sqlite3_column_int64(query, 2);
		m.text = sqlite3_column_blob(query, 3);
		m.text_len = (size_t)sqlite3_column_bytes(query, 3);
		each(arg, &m);
	}
	r = r == SQLITE_DONE ? 0 : store_db_fail(db, why);
	sqlite3_reset(query);
	sqlite3_clear_bindings(query);
	return r;
}

/* Call take for every row that text answers. */
static int
load_rows(struct store_db *db, const char *text,
    void (*take)(struct store_memory *out, sqlite3_stmt *row),
    struct store_memory *out, struct reason *why)
{
	sqlite3_stmt *query = NULL;
	int r = sqlite3_prepare_v2(db->sql, text, -1, &query, NULL);

	if (r == SQLITE_OK) {
		while ((r = sqlite3_step(query)) == SQLITE_ROW)
			take(out, query);
	}
	r = r == SQLITE_DONE ? 0 : store_db_fail(db, why);
	sqlite3_finalize(query);
	return r;
}

/* The schema checks every length that is copied here. */
static void
take_epoch(struct store_memory *out, sqlite3_stmt *row)
{
	memcpy(&out->epoch, sqlite3_column_blob(row, 0), sizeof(out->epoch));
}

static void
take_peer(struct store_memory *out, sqlite3_stmt *row)
{
	struct peer *peer;

	out->peers = mem_realloc(
	    out->peers, (out->peer_count + 1) * sizeof(*out->peers));
	peer = &out->peers[out->peer_count++];
	*peer = (struct peer){
	    .name = str_dup((const char *)sqlite3_column_text(row, 1)),
	    .accepted = sqlite3_column_int(row, 2) != 0,
	    .first_ms = sqlite3_column_int64(row, 3),
	    .last_ms = sqlite3_column_int64(row, 4),
	    .epoch = (uint64_t)sqlite3_column_int64(row, 5),
	    .last_received = (uint64_t)sqlite3_column_int64(row, 6),
	    .last_sent = (uint64_t)sqlite3_column_int64(row, 7),
	};
	memcpy(peer->key, sqlite3_column_blob(row, 0), STORE_KEY_LEN);
}

static void
take_pin(struct store_memory *out, sqlite3_stmt *row)
{
	struct pin *pin;

	out->pins =
	    mem_realloc(out->pins, (out->pin_count + 1) * sizeof(*out->pins));
	pin = &out->pins[out->pin_count++];
	pin->target = str_dup((const char *)sqlite3_column_text(row, 0));
	memcpy(pin->key, sqlite3_column_blob(row, 1), STORE_KEY_LEN);
}

int
store_db_load(struct store_db *db, struct store_memory *out, struct reason *why)
{
	*out = (struct store_memory){0};
	if (load_rows(db, "SELECT epoch FROM meta", take_epoch, out, why) < 0 ||
	    load_rows(db,
		"SELECT key, name, accepted, first_ms, last_ms, epoch,"
		" last_received, last_sent FROM peers ORDER BY first_ms, key",
		take_peer, out, why) < 0 ||
	    load_rows(db, "SELECT target, key FROM pins ORDER BY target",
		take_pin, out, why) < 0)
		return ERR_IO;
	return 0;
}

void
store_db_forget(struct store_memory *memory)
{
	for (size_t i = 0; i < memory->peer_count; i++)
		free(memory->peers[i].name);
	for (size_t i = 0; i < memory->pin_count; i++)
		free(memory->pins[i].target);
	free(memory->peers);
	free(memory->pins);
	*memory = (struct store_memory){0};
}
