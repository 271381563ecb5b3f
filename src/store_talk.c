/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/store_talk.h"

#include <string.h>

#include <sqlite3.h>

#include "src/base/util.h"

int64_t
store_line_id(int64_t talk, uint64_t number)
{
	if (number > STORE_LINE_MAX)
		number = STORE_LINE_MAX;
	return (talk << STORE_LINE_BITS) + (int64_t)number;
}

uint64_t
store_line_number(int64_t id)
{
	return (uint64_t)id & STORE_LINE_MAX;
}

int
store_talk_find(struct store_db *db, const uint8_t *key, struct store_talk *out,
    struct reason *why)
{
	static const char text[] =
	    "SELECT id, lines, acked, worded FROM talks WHERE key = ?1";
	sqlite3_stmt *query = store_db_query(db, text, why);
	int64_t row[4];
	int r;

	if (query == NULL)
		return ERR_IO;
	store_bind_key(query, 1, key);
	r = store_db_row(db, query, row, COUNT(row), why);
	if (r > 0)
		*out = (struct store_talk){
		    .id = row[0],
		    .lines = (uint64_t)row[1],
		    .acked = (uint64_t)row[2],
		    .worded = (uint64_t)row[3],
		};
	return r;
}

int
store_stream_find(struct store_db *db, int64_t talk, bool own, uint64_t epoch,
    struct store_stream *out, struct reason *why)
{
	static const char text[] =
	    "SELECT id, last, began FROM streams"
	    " WHERE talk = ?1 AND own = ?2 AND epoch = ?3";
	sqlite3_stmt *query = store_db_query(db, text, why);
	int64_t row[3];
	int r;

	if (query == NULL)
		return ERR_IO;
	sqlite3_bind_int64(query, 1, talk);
	sqlite3_bind_int(query, 2, own);
	store_bind_number(query, 3, epoch);
	r = store_db_row(db, query, row, COUNT(row), why);
	if (r > 0)
		*out = (struct store_stream){
		    .id = row[0],
		    .last = (uint64_t)row[1],
		    .began = (uint64_t)row[2],
		};
	return r;
}

int
store_talk_make(struct store_db *db, const uint8_t *key, struct store_talk *out,
    struct reason *why)
{
	static const char text[] = "INSERT INTO talks (key) VALUES (?1)";
	sqlite3_stmt *query = store_db_query(db, text, why);

	if (query == NULL)
		return ERR_IO;
	store_bind_key(query, 1, key);
	if (store_db_change(db, query, why) < 0)
		return ERR_IO;
	*out = (struct store_talk){.id = sqlite3_last_insert_rowid(db->sql)};
	return 0;
}

int
store_stream_raise(struct store_db *db, const struct store_talk *talk,
    const struct store_line *line, struct store_stream *stream,
    struct reason *why)
{
	static const char insert[] =
	    "INSERT INTO streams (last, talk, own, epoch, began)"
	    " VALUES (?1, ?2, ?3, ?4, ?5)";
	static const char update[] =
	    "UPDATE streams SET last = max(last, ?1) WHERE id = ?2";
	bool is_new = stream->id == 0;
	sqlite3_stmt *query = store_db_query(db, is_new ? insert : update, why);

	if (query == NULL)
		return ERR_IO;
	store_bind_number(query, 1, line->seq);
	sqlite3_bind_int64(query, 2, is_new ? talk->id : stream->id);
	if (is_new) {
		sqlite3_bind_int(query, 3, line->own);
		store_bind_number(query, 4, line->epoch);
		store_bind_number(query, 5, talk->lines);
	}
	if (store_db_change(db, query, why) < 0)
		return ERR_IO;
	if (is_new)
		stream->id = sqlite3_last_insert_rowid(db->sql);
	return 0;
}

int
store_talk_update(struct store_db *db, const struct store_talk *talk,
    int64_t received, struct reason *why)
{
	static const char text[] =
	    "UPDATE talks SET lines = ?2, received = ifnull(?3, received),"
	    " worded = ?4 WHERE id = ?1";
	sqlite3_stmt *query = store_db_query(db, text, why);

	if (query == NULL)
		return ERR_IO;
	sqlite3_bind_int64(query, 1, talk->id);
	store_bind_number(query, 2, talk->lines);
	if (received != 0)
		sqlite3_bind_int64(query, 3, received);
	store_bind_number(query, 4, talk->worded);
	return store_db_change(db, query, why);
}

/* Who has a talk but is in no list of peers any more gets an entry too. */
static struct peer *
get_peer(struct store_memory *m, const uint8_t *key)
{
	struct peer *peer;

	for (size_t i = 0; i < m->peer_count; i++) {
		if (memcmp(m->peers[i].key, key, STORE_KEY_LEN) == 0)
			return &m->peers[i];
	}
	m->peers = mem_realloc(m->peers, (m->peer_count + 1) * sizeof(*peer));
	peer = &m->peers[m->peer_count++];
	*peer = (struct peer){.name = str_dup(""), .unlisted = true};
	memcpy(peer->key, key, STORE_KEY_LEN);
	return peer;
}

static int
load_streams(struct store_db *db, int64_t talk, int64_t received,
    struct peer *peer, struct reason *why)
{
	static const char text[] = "SELECT id, epoch, last FROM streams"
				   " WHERE talk = ?1 AND own = 0 ORDER BY id";
	sqlite3_stmt *query = store_db_query(db, text, why);
	int r;

	if (query == NULL)
		return ERR_IO;
	sqlite3_bind_int64(query, 1, talk);
	while ((r = store_db_step(db, query, why)) > 0) {
		const struct stream stream = {
		    .epoch = store_column_number(query, 1),
		    .last = store_column_number(query, 2),
		};

		peer->streams = mem_realloc(
		    peer->streams, (peer->stream_count + 1) * sizeof(stream));
		peer->streams[peer->stream_count++] = stream;
		if (sqlite3_column_int64(query, 0) == received)
			peer->received = stream;
	}
	return r;
}

int
store_talk_load(
    struct store_db *db, struct store_memory *memory, struct reason *why)
{
	static const char text[] =
	    "SELECT id, key, lines, received FROM talks ORDER BY id";
	sqlite3_stmt *query = store_db_query(db, text, why);
	uint8_t key[STORE_KEY_LEN];
	struct peer *peer;
	int r;

	if (query == NULL)
		return ERR_IO;
	while ((r = store_db_step(db, query, why)) > 0) {
		store_column_key(query, 1, key);
		peer = get_peer(memory, key);
		peer->lines = store_column_number(query, 2);
		if (load_streams(db, sqlite3_column_int64(query, 0),
			sqlite3_column_int64(query, 3), peer, why) < 0) {
			store_db_over(query);
			return ERR_IO;
		}
	}
	return r;
}
