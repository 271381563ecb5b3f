/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/store_places.h"

#include <sqlite3.h>

static int
trim(struct store_db *db, const struct place *place, struct reason *why)
{
	static const char text[] =
	    "DELETE FROM places WHERE key = ?1 AND target NOT IN"
	    " (SELECT target FROM places WHERE key = ?1"
	    " ORDER BY seen_ms DESC, target LIMIT ?2)";
	sqlite3_stmt *query = store_db_query(db, text, why);

	if (query == NULL)
		return ERR_IO;
	store_bind_key(query, 1, place->key);
	sqlite3_bind_int(query, 2, STORE_PLACES_MAX);
	return store_db_change(db, query, why);
}

int
store_places_put(
    struct store_db *db, const struct place *place, struct reason *why)
{
	static const char text[] =
	    "INSERT INTO places (key, target, seen_ms) VALUES (?1, ?2, ?3)"
	    " ON CONFLICT (key, target) DO UPDATE SET"
	    " seen_ms = max(seen_ms, excluded.seen_ms)";
	sqlite3_stmt *query = store_db_query(db, text, why);

	if (query == NULL || store_db_begin(db, why) < 0)
		return ERR_IO;
	store_bind_key(query, 1, place->key);
	sqlite3_bind_text(query, 2, place->target, -1, SQLITE_STATIC);
	sqlite3_bind_int64(query, 3, place->seen_ms);
	if (store_db_change(db, query, why) < 0)
		return ERR_IO;
	return trim(db, place, why);
}
