/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names and paths are bytes to the system, whatever they mean to a person;
 * so they are bytes here. An id is older where it is smaller.
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

int
store_transfers_put(
    struct store_db *db, const struct store_transfer *t, struct reason *why)
{
	static const char text[] =
	    "INSERT INTO transfers (key, outgoing, token, state, name,"
	    " folder, part, path, size, mtime_ns, mode, time_ms)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
	    " ON CONFLICT (key, outgoing, token) DO UPDATE SET"
	    " state = excluded.state, name = excluded.name,"
	    " folder = excluded.folder, part = excluded.part,"
	    " path = excluded.path, size = excluded.size,"
	    " mtime_ns = excluded.mtime_ns, mode = excluded.mode,"
	    " time_ms = excluded.time_ms";
	sqlite3_stmt *query;

	if (t->token == 0 || t->token > INT64_MAX) {
		reason_set(why, _("a transfer has a number that cannot be"));
		return ERR_INVALID;
	}
	query = store_db_query(db, text, why);
	if (query == NULL || store_db_begin(db, why) < 0)
		return ERR_IO;
	store_bind_key(query, 1, t->key);
	sqlite3_bind_int(query, 2, t->outgoing);
	store_bind_number(query, 3, t->token);
	sqlite3_bind_int(query, 4, (int)t->state);
	bind_string(query, 5, t->name);
	bind_string(query, 6, t->folder);
	bind_string(query, 7, t->part);
	bind_string(query, 8, t->path);
	sqlite3_bind_int64(query, 9, (sqlite3_int64)t->size);
	sqlite3_bind_int64(query, 10, t->mtime_ns);
	sqlite3_bind_int(query, 11, t->mode);
	sqlite3_bind_int64(query, 12, t->time_ms);
	return store_db_change(db, query, why);
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

static void
read_transfer(sqlite3_stmt *row, struct store_transfer *t)
{
	store_column_key(row, 0, t->key);
	t->outgoing = sqlite3_column_int(row, 1) != 0;
	t->token = store_column_number(row, 2);
	t->state = (enum store_transfer_state)sqlite3_column_int(row, 3);
	t->name = read_string(row, 4);
	t->folder = read_string(row, 5);
	t->part = read_string(row, 6);
	t->path = read_string(row, 7);
	t->size = store_column_number(row, 8);
	t->mtime_ns = sqlite3_column_int64(row, 9);
	t->mode = (uint16_t)sqlite3_column_int(row, 10);
	t->time_ms = sqlite3_column_int64(row, 11);
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
	"SELECT key, outgoing, token, state, name, folder, part, path,"        \
	" size, mtime_ns, mode, time_ms FROM transfers"
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
	to->path = str_dup(from->path);
}

void
store_transfer_release(struct store_transfer *t)
{
	free(t->name);
	free(t->folder);
	free(t->part);
	free(t->path);
}
