/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/store_peers.h"

#include <sqlite3.h>

#include "src/base/util.h"
#include "src/store_places.h"

#define PEER_COLUMNS                                                           \
	" (key, name, accepted, first_ms, last_ms, verified, verified_ms,"     \
	" marked_ms, blocked, own_name)"
#define PEER_VALUES " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"

static void
bind_peer(sqlite3_stmt *query, const struct peer *peer)
{
	store_bind_key(query, 1, peer->key);
	sqlite3_bind_text(query, 2, peer->name, -1, SQLITE_STATIC);
	sqlite3_bind_int(query, 3, peer->accepted);
	sqlite3_bind_int64(query, 4, peer->first_ms);
	sqlite3_bind_int64(query, 5, peer->last_ms);
	sqlite3_bind_int(query, 6, peer->verified);
	sqlite3_bind_int64(query, 7, peer->verified_ms);
	sqlite3_bind_int64(query, 8, peer->marked_ms);
	sqlite3_bind_int(query, 9, peer->blocked);
	if (peer->own_name != NULL)
		sqlite3_bind_text(query, 10, peer->own_name, -1, SQLITE_STATIC);
}

static int
put(struct store_db *db, const char *text, const struct peer *peer,
    struct reason *why)
{
	sqlite3_stmt *query = store_db_query(db, text, why);

	if (query == NULL || store_db_begin(db, why) < 0)
		return ERR_IO;
	bind_peer(query, peer);
	return store_db_change(db, query, why);
}

static int
put_pin(struct store_db *db, const char *text, const struct pin *pin,
    struct reason *why)
{
	sqlite3_stmt *query = store_db_query(db, text, why);

	if (query == NULL || store_db_begin(db, why) < 0)
		return ERR_IO;
	sqlite3_bind_text(query, 1, pin->target, -1, SQLITE_STATIC);
	store_bind_key(query, 2, pin->key);
	return store_db_change(db, query, why);
}

int
store_peers_put(
    struct store_db *db, const struct peer *peer, struct reason *why)
{
	static const char text[] =
	    "INSERT INTO peers" PEER_COLUMNS PEER_VALUES
	    " ON CONFLICT (key) DO UPDATE SET"
	    " name = excluded.name, accepted = excluded.accepted,"
	    " first_ms = excluded.first_ms, last_ms = excluded.last_ms,"
	    " verified = excluded.verified,"
	    " verified_ms = excluded.verified_ms,"
	    " marked_ms = excluded.marked_ms, blocked = excluded.blocked,"
	    " own_name = excluded.own_name";

	return put(db, text, peer, why);
}

int
store_peers_put_pin(
    struct store_db *db, const struct pin *pin, struct reason *why)
{
	static const char text[] =
	    "INSERT INTO pins (target, key) VALUES (?1, ?2)"
	    " ON CONFLICT (target) DO UPDATE SET key = excluded.key";

	return put_pin(db, text, pin, why);
}

static const char all_peers[] =
    "SELECT key, name, accepted, first_ms, last_ms,"
    " verified, verified_ms, marked_ms, blocked, own_name FROM peers"
    " ORDER BY first_ms, key";
/* Where columns are missing. */
static const char all_peers_1[] =
    "SELECT key, name, accepted, first_ms, last_ms, 0, 0, 0, 0, NULL"
    " FROM peers"
    " ORDER BY first_ms, key";
static const char all_peers_2[] =
    "SELECT key, name, accepted, first_ms, last_ms, verified, 0, 0, 0,"
    " NULL FROM peers ORDER BY first_ms, key";
static const char all_peers_3[] =
    "SELECT key, name, accepted, first_ms, last_ms,"
    " verified, verified_ms, marked_ms, blocked, NULL FROM peers"
    " ORDER BY first_ms, key";
enum { PLACES_SINCE = 4 };
static const char all_places[] =
    "SELECT target, key, seen_ms FROM places ORDER BY key, seen_ms DESC";
static const char all_pins[] = "SELECT target, key FROM pins ORDER BY target";

/* The names live until the next step. */
static struct peer
read_peer(sqlite3_stmt *row)
{
	struct peer peer = {
	    .name = (char *)sqlite3_column_text(row, 1),
	    .accepted = sqlite3_column_int(row, 2) != 0,
	    .first_ms = sqlite3_column_int64(row, 3),
	    .last_ms = sqlite3_column_int64(row, 4),
	    .verified = sqlite3_column_int(row, 5) != 0,
	    .verified_ms = sqlite3_column_int64(row, 6),
	    .marked_ms = sqlite3_column_int64(row, 7),
	    .blocked = sqlite3_column_int(row, 8) != 0,
	    .own_name = (char *)sqlite3_column_text(row, 9),
	};

	store_column_key(row, 0, peer.key);
	return peer;
}

/* The same for the target. */
static struct pin
read_pin(sqlite3_stmt *row)
{
	struct pin pin = {.target = (char *)sqlite3_column_text(row, 0)};

	store_column_key(row, 1, pin.key);
	return pin;
}

static struct place
read_place(sqlite3_stmt *row)
{
	struct place place = {
	    .target = (char *)sqlite3_column_text(row, 0),
	    .seen_ms = sqlite3_column_int64(row, 2),
	};

	store_column_key(row, 1, place.key);
	return place;
}

/* Call take for every row; it returns 0, or an error that ends it. */
static int
each_row(struct store_db *db, const char *text,
    int (*take)(void *arg, sqlite3_stmt *row, struct reason *why), void *arg,
    struct reason *why)
{
	sqlite3_stmt *query = store_db_query(db, text, why);
	int r;

	if (query == NULL)
		return ERR_IO;
	while ((r = store_db_step(db, query, why)) > 0) {
		if (take(arg, query, why) < 0) {
			store_db_over(query);
			return ERR_IO;
		}
	}
	return r;
}

static int
copy_peer(void *arg, sqlite3_stmt *row, struct reason *why)
{
	static const char text[] =
	    "INSERT OR IGNORE INTO peers" PEER_COLUMNS PEER_VALUES;
	const struct peer peer = read_peer(row);

	return put(arg, text, &peer, why);
}

static int
copy_pin(void *arg, sqlite3_stmt *row, struct reason *why)
{
	static const char text[] =
	    "INSERT OR IGNORE INTO pins (target, key) VALUES (?1, ?2)";
	const struct pin pin = read_pin(row);

	return put_pin(arg, text, &pin, why);
}

static int
copy_place(void *arg, sqlite3_stmt *row, struct reason *why)
{
	const struct place place = read_place(row);

	return store_places_put(arg, &place, why);
}

int
store_peers_copy(struct store_db *from, struct store_db *to, int64_t version,
    struct reason *why)
{
	const char *peers = version == 1   ? all_peers_1
			    : version == 2 ? all_peers_2
			    : version == 3 ? all_peers_3
					   : all_peers;

	if (store_db_begin(to, why) < 0 ||
	    each_row(from, peers, copy_peer, to, why) < 0 ||
	    each_row(from, all_pins, copy_pin, to, why) < 0)
		return ERR_IO;
	if (version >= PLACES_SINCE &&
	    each_row(from, all_places, copy_place, to, why) < 0)
		return ERR_IO;
	return store_db_commit(to, why);
}

static int
load_peer(void *arg, sqlite3_stmt *row, struct reason *why)
{
	struct store_memory *m = arg;
	struct peer *peer;

	(void)why;
	m->peers = mem_realloc(m->peers, (m->peer_count + 1) * sizeof(*peer));
	peer = &m->peers[m->peer_count++];
	*peer = read_peer(row);
	peer->name = str_dup(peer->name);
	peer->own_name = str_dup(peer->own_name);
	return 0;
}

static int
load_pin(void *arg, sqlite3_stmt *row, struct reason *why)
{
	struct store_memory *m = arg;
	struct pin *pin;

	(void)why;
	m->pins = mem_realloc(m->pins, (m->pin_count + 1) * sizeof(*pin));
	pin = &m->pins[m->pin_count++];
	*pin = read_pin(row);
	pin->target = str_dup(pin->target);
	return 0;
}

static int
load_place(void *arg, sqlite3_stmt *row, struct reason *why)
{
	struct store_memory *m = arg;
	struct place *place;

	(void)why;
	m->places =
	    mem_realloc(m->places, (m->place_count + 1) * sizeof(*place));
	place = &m->places[m->place_count++];
	*place = read_place(row);
	place->target = str_dup(place->target);
	return 0;
}

int
store_peers_load(
    struct store_db *db, struct store_memory *memory, struct reason *why)
{
	int r = each_row(db, all_peers, load_peer, memory, why);

	if (r == 0)
		r = each_row(db, all_pins, load_pin, memory, why);
	return r < 0 ? r : each_row(db, all_places, load_place, memory, why);
}

int
store_peers_forget(
    struct store_db *db, const uint8_t key[STORE_KEY_LEN], struct reason *why)
{
	static const char *const texts[] = {
	    "DELETE FROM peers WHERE key = ?1",
	    "DELETE FROM pins WHERE key = ?1",
	    "DELETE FROM places WHERE key = ?1",
	};

	for (size_t i = 0; i < COUNT(texts); i++) {
		sqlite3_stmt *query = store_db_query(db, texts[i], why);

		if (query == NULL || store_db_begin(db, why) < 0)
			return ERR_IO;
		store_bind_key(query, 1, key);
		if (store_db_change(db, query, why) < 0)
			return ERR_IO;
	}
	return 0;
}
