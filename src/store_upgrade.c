/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Version 1 was one file. Its peers and pins go to a file of their own, in a
 * transaction that is over before the history begins to change: a crash in
 * between makes them come a second time, and what is there already stays.
 *
 * An epoch was 64 bits of a store, not of a run. Here it loses its sign; the
 * other side, which knew it too, does the same with it, so a message that
 * waits through the update is still the one that it knows.
 *
 * In version 2 a transfer was one file, and what goes out had one path. In
 * version 3 each line came with its words.
 *
 * The peers' file, which began with version 2 of the history, had a version 1
 * of its own: there nobody's key had been compared. In its version 2 nobody's
 * digits had been found to differ, and nobody was blocked. In its version 3
 * nobody had another name than their own, and only pins said where somebody is.
 */
#include "src/store_schema.h"

#include <string.h>

#include <sqlite3.h>

#include "src/base/util.h"
#include "src/store_peers.h"
#include "src/store_search.h"
#include "src/store_talk.h"

/* ?1: the epoch of the file. Own messages had none. */
static const char name_epochs[] =
    "UPDATE messages SET epoch = CASE own"
    " WHEN 0 THEN max(1, epoch & 0x7fffffffffffffff) ELSE ?1 END";

static const char make_talks[] =
    "UPDATE peers SET epoch = max(1, epoch & 0x7fffffffffffffff);"
    "INSERT INTO talks (key, lines)"
    " SELECT p.key, (SELECT count(*) FROM messages WHERE peer_key = p.key)"
    " FROM peers p WHERE p.last_received > 0 OR p.last_sent > 0 OR EXISTS"
    "  (SELECT 1 FROM messages WHERE peer_key = p.key)"
    " ORDER BY p.first_ms, p.key;"
    "INSERT INTO streams (talk, own, epoch, last, began)"
    " SELECT t.id, 0, n.epoch, max(n.seq), 0 FROM talks t JOIN"
    "  (SELECT peer_key AS key, epoch, seq FROM messages WHERE own = 0"
    "  UNION ALL SELECT key, epoch, last_received FROM peers"
    "  WHERE last_received > 0) n USING (key)"
    " GROUP BY t.id, n.epoch;";

static const char make_own_streams[] =
    "INSERT INTO streams (talk, own, epoch, last, began)"
    " SELECT t.id, 1, ?1, max(n.seq), 0 FROM talks t JOIN"
    "  (SELECT peer_key AS key, seq FROM messages WHERE own <> 0"
    "  UNION ALL SELECT key, last_sent FROM peers"
    "  WHERE last_sent > 0) n USING (key)"
    " GROUP BY t.id";

static const char make_lines[] =
    "INSERT INTO lines"
    " (id, stream, seq, own, kind, waiting, time_ms, text)"
    " SELECT (t.id << 40) +"
    "  row_number() OVER (PARTITION BY t.id ORDER BY m.id),"
    "  s.id, m.seq, s.own, m.kind, s.own AND NOT m.stored, m.time_ms, m.text"
    " FROM messages m JOIN talks t ON t.key = m.peer_key"
    " JOIN streams s ON s.talk = t.id AND s.own = (m.own <> 0)"
    "  AND s.epoch = m.epoch;"
    "UPDATE talks SET"
    " received = (SELECT s.id FROM peers p JOIN streams s"
    "  ON s.talk = talks.id AND s.own = 0 AND s.epoch = p.epoch"
    "  WHERE p.key = talks.key AND p.last_received > 0),"
    " acked = ifnull((SELECT max(id) - (talks.id << 40) FROM lines"
    "  WHERE id BETWEEN talks.id << 40 AND (talks.id << 40) + talks.lines"
    "  AND own = 1 AND waiting = 0), 0);";

static const char drop_old[] = "DROP TABLE messages;"
			       "DROP TABLE peers;"
			       "DROP TABLE pins;"
			       "DROP TABLE meta;";

_Static_assert(STORE_LINE_BITS == 40, "make_lines shifts by it");

/* Paths are bytes; what || makes of two of them is text of the same bytes. */
static const char make_paths[] =
    "ALTER TABLE transfers RENAME COLUMN path TO paths;"
    "ALTER TABLE transfers ADD COLUMN entries INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE transfers ADD COLUMN"
    " list_hash BLOB CHECK (length(list_hash) = 16);"
    "ALTER TABLE transfers ADD COLUMN as_name BLOB;"
    "UPDATE transfers SET paths = CAST(paths || x'00' AS BLOB)"
    " WHERE paths IS NOT NULL;";

/* All lines had their words in the index. */
static const char make_worded[] =
    "ALTER TABLE talks ADD COLUMN worded INTEGER NOT NULL DEFAULT 0;"
    "UPDATE talks SET worded = lines;";

static const char all_worded[] = "UPDATE talks SET worded = lines";

static const char make_verified[] =
    "ALTER TABLE peers ADD COLUMN verified INTEGER NOT NULL DEFAULT 0";

static const char make_marks[] =
    "ALTER TABLE peers ADD COLUMN verified_ms INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE peers ADD COLUMN marked_ms INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE peers ADD COLUMN blocked INTEGER NOT NULL DEFAULT 0;";

static const char make_places[] = "ALTER TABLE peers ADD COLUMN own_name TEXT;"
				  "CREATE TABLE places ("
				  " key BLOB NOT NULL CHECK (length(key) = 32),"
				  " target TEXT NOT NULL,"
				  " seen_ms INTEGER NOT NULL,"
				  " PRIMARY KEY (key, target)"
				  ") STRICT, WITHOUT ROWID;";

static int
read_epoch(struct store_db *db, uint64_t *epoch, struct reason *why)
{
	static const char text[] = "SELECT epoch FROM meta";
	sqlite3_stmt *query = store_db_query(db, text, why);
	int r = query != NULL ? store_db_step(db, query, why) : ERR_IO;

	*epoch = 0;
	if (r > 0) {
		if (sqlite3_column_bytes(query, 0) == sizeof(*epoch))
			memcpy(epoch, sqlite3_column_blob(query, 0),
			    sizeof(*epoch));
		store_db_over(query);
	}
	*epoch &= INT64_MAX;
	if (*epoch == 0)
		*epoch = 1;
	return r < 0 ? r : 0;
}

/* One of the statements that want the epoch of the file. */
static int
run_with(
    struct store_db *db, const char *text, uint64_t epoch, struct reason *why)
{
	sqlite3_stmt *query = store_db_query(db, text, why);

	if (query == NULL)
		return ERR_IO;
	store_bind_number(query, 1, epoch);
	return store_db_change(db, query, why);
}

static int
index_lines(struct store_db *db, struct reason *why)
{
	static const char text[] = "SELECT id, text FROM lines ORDER BY id";
	sqlite3_stmt *query = store_db_query(db, text, why);
	int r = query != NULL ? 1 : ERR_IO;

	while (r > 0 && (r = store_db_step(db, query, why)) > 0) {
		const char *blob = sqlite3_column_blob(query, 1);
		size_t len = (size_t)sqlite3_column_bytes(query, 1);

		if (store_search_add(
			db, sqlite3_column_int64(query, 0), blob, len, why) < 0)
			r = ERR_IO;
	}
	if (query != NULL)
		store_db_over(query);
	return r;
}

int
store_upgrade_from_1(
    struct store_db *history, struct store_db *peers, struct reason *why)
{
	uint64_t epoch;

	if (store_db_begin(peers, why) < 0 ||
	    store_peers_copy(history, peers, 1, why) < 0 ||
	    store_db_commit(peers, why) < 0)
		return ERR_IO;
	if (read_epoch(history, &epoch, why) < 0 ||
	    /* Nothing ever wrote to it. */
	    store_db_run(history, "DROP TABLE transfers", why) < 0 ||
	    store_schema_make_history(history, why) < 0 ||
	    run_with(history, name_epochs, epoch, why) < 0 ||
	    store_db_run(history, make_talks, why) < 0 ||
	    run_with(history, make_own_streams, epoch, why) < 0 ||
	    store_db_run(history, make_lines, why) < 0 ||
	    store_db_run(history, drop_old, why) < 0)
		return ERR_IO;
	if (index_lines(history, why) < 0)
		return ERR_IO;
	return store_db_run(history, all_worded, why);
}

int
store_upgrade_from_2(struct store_db *history, struct reason *why)
{
	int r = store_db_run(history, make_paths, why);

	return r < 0 ? r : store_upgrade_from_3(history, why);
}

int
store_upgrade_from_3(struct store_db *history, struct reason *why)
{
	return store_db_run(history, make_worded, why);
}

int
store_upgrade_peers(struct store_db *peers, int64_t version, struct reason *why)
{
	if (version == 1 && store_db_run(peers, make_verified, why) < 0)
		return ERR_IO;
	if (version <= 2 && store_db_run(peers, make_marks, why) < 0)
		return ERR_IO;
	return store_db_run(peers, make_places, why);
}
