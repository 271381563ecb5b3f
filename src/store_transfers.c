/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names and paths are bytes to the system, whatever they mean to a person;
 * so they are bytes here, and where there are several of them, each has a NUL
 * at its end. An id is older where it is smaller.
 */
#include "src/store_transfers.h"

#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "src/base/i18n.h"
#include "src/base/util.h"

static void
bind_string(sqlite3_stmt *query, int at, const char *s)
{
	if (s != NULL)
		store_bind_bytes(query, at, s, strlen(s));
}

/* NULL where there are none; the caller frees. */
static char *
join_paths(const struct store_transfer *t, size_t *len)
{
	char *joined = NULL;

	*len = 0;
	for (size_t i = 0; i < t->path_count; i++) {
		size_t size = strlen(t->paths[i]) + 1;

		joined = mem_realloc(joined, *len + size);
		memcpy(joined + *len, t->paths[i], size);
		*len += size;
	}
	return joined;
}

static void
bind_transfer(sqlite3_stmt *query, const struct store_transfer *t)
{
	store_bind_key(query, 1, t->key);
	sqlite3_bind_int(query, 2, t->outgoing);
	store_bind_number(query, 3, t->token);
	sqlite3_bind_int(query, 4, (int)t->state);
	bind_string(query, 5, t->name);
	bind_string(query, 6, t->folder);
	bind_string(query, 7, t->part);
	sqlite3_bind_int64(query, 8, (sqlite3_int64)t->size);
	sqlite3_bind_int64(query, 9, t->mtime_ns);
	sqlite3_bind_int(query, 10, t->mode);
	sqlite3_bind_int64(query, 11, t->time_ms);
	sqlite3_bind_int64(query, 12, t->entries);
	if (t->entries > 0)
		store_bind_bytes(query, 13, t->list_hash, STORE_HASH_LEN);
	bind_string(query, 14, t->as);
}

int
store_transfers_put(
    struct store_db *db, const struct store_transfer *t, struct reason *why)
{
	static const char text[] =
	    "INSERT INTO transfers (key, outgoing, token, state, name,"
	    " folder, part, size, mtime_ns, mode, time_ms, entries,"
	    " list_hash, as_name, paths)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,"
	    " ?13, ?14, ?15)"
	    " ON CONFLICT (key, outgoing, token) DO UPDATE SET"
	    " state = excluded.state, name = excluded.name,"
	    " folder = excluded.folder, part = excluded.part,"
	    " size = excluded.size, mtime_ns = excluded.mtime_ns,"
	    " mode = excluded.mode, time_ms = excluded.time_ms,"
	    " entries = excluded.entries, list_hash = excluded.list_hash,"
	    " as_name = excluded.as_name, paths = excluded.paths";
	sqlite3_stmt *query;
	char *paths;
	size_t len;
	int r;

	if (t->token == 0 || t->token > INT64_MAX) {
		reason_set(why, _("a transfer has a number that cannot be"));
		return ERR_INVALID;
	}
	query = store_db_query(db, text, why);
	if (query == NULL || store_db_begin(db, why) < 0)
		return ERR_IO;
	bind_transfer(query, t);
	paths = join_paths(t, &len);
	if (paths != NULL)
		store_bind_bytes(query, 15, paths, len);
	r = store_db_change(db, query, why);
	free(paths);
	return r;
}

static char *
read_string(sqlite3_stmt *row, int at)
{
	const char *bytes = sqlite3_column_blob(row, at);
	size_t len = (size_t)sqlite3_column_bytes(row, at);

	if (sqlite3_column_type(row, at) == SQLITE_NULL)
		return NULL;
	return str_ndup(bytes, len);
}

/* In a damaged file the last one may lack its end. */
static void
read_paths(sqlite3_stmt *row, int at, struct store_transfer *t)
{
	const char *bytes = sqlite3_column_blob(row, at);
	size_t left = (size_t)sqlite3_column_bytes(row, at);

	while (left > 0) {
		size_t len = strnlen(bytes, left);
		size_t used = len < left ? len + 1 : len;

		t->paths = mem_realloc(
		    t->paths, (t->path_count + 1) * sizeof(*t->paths));
		t->paths[t->path_count++] = str_ndup(bytes, len);
		bytes += used;
		left -= used;
	}
}

static void
read_transfer(sqlite3_stmt *row, struct store_transfer *t)
{
	*t = (struct store_transfer){0};
	store_column_key(row, 0, t->key);
	t->outgoing = sqlite3_column_int(row, 1) != 0;
	t->token = store_column_number(row, 2);
	t->state = (enum store_transfer_state)sqlite3_column_int(row, 3);
	t->name = read_string(row, 4);
	t->folder = read_string(row, 5);
	t->part = read_string(row, 6);
	t->size = store_column_number(row, 7);
	t->mtime_ns = sqlite3_column_int64(row, 8);
	t->mode = (uint16_t)sqlite3_column_int(row, 9);
	t->time_ms = sqlite3_column_int64(row, 10);
	t->entries = (uint32_t)sqlite3_column_int64(row, 11);
	if (sqlite3_column_bytes(row, 12) == STORE_HASH_LEN)
		memcpy(
		    t->list_hash, sqlite3_column_blob(row, 12), STORE_HASH_LEN);
	t->as = read_string(row, 13);
	read_paths(row, 14, t);
}

static int
load(struct store_db *db, const char *text, struct store_transfer **list,
    size_t *count, struct reason *why)
{
	sqlite3_stmt *query = store_db_query(db, text, why);
	int r;

	if (query == NULL)
		return ERR_IO;
	sqlite3_bind_int(query, 1, STORE_FOUND_MAX);
	while ((r = store_db_step(db, query, why)) > 0) {
		*list = mem_realloc(*list, (*count + 1) * sizeof(**list));
		read_transfer(query, &(*list)[(*count)++]);
	}
	return r;
}

int
store_transfers_load(
    struct store_db *db, struct store_memory *memory, struct reason *why)
{
	/* 1, 2 and 4: OPEN, RUNNING, GIVEN_UP; 3: DONE. */
#define TRANSFERS                                                              \
	"SELECT key, outgoing, token, state, name, folder, part, size,"        \
	" mtime_ns, mode, time_ms, entries, list_hash, as_name, paths"         \
	" FROM transfers"
	static const char under_way[] =
	    TRANSFERS " WHERE state IN (1, 2, 4) ORDER BY id";
	static const char arrived[] =
	    TRANSFERS " WHERE state = 3 AND outgoing = 0"
		      " ORDER BY id DESC LIMIT ?1";
#undef TRANSFERS
	int r = load(
	    db, under_way, &memory->transfers, &memory->transfer_count, why);

	return r < 0 ? r
		     : load(db, arrived, &memory->arrived,
			   &memory->arrived_count, why);
}

void
store_transfer_copy(
    struct store_transfer *to, const struct store_transfer *from)
{
	*to = *from;
	to->name = str_dup(from->name);
	to->folder = str_dup(from->folder);
	to->part = str_dup(from->part);
	to->as = str_dup(from->as);
	to->paths = NULL;
	if (from->path_count > 0)
		to->paths = mem_alloc(from->path_count * sizeof(*to->paths));
	for (size_t i = 0; i < from->path_count; i++)
		to->paths[i] = str_dup(from->paths[i]);
}

void
store_transfer_release(struct store_transfer *t)
{
	free(t->name);
	free(t->folder);
	free(t->part);
	free(t->as);
	for (size_t i = 0; i < t->path_count; i++)
		free(t->paths[i]);
	free(t->paths);
}
