/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/store_lines.h"

#include <string.h>

#include <sqlite3.h>

#include "src/store_talk.h"

#define LINES(index)                                                           \
	"SELECT l.id, l.own, s.epoch, l.seq, l.kind, l.waiting, l.time_ms,"    \
	" l.text FROM lines l " index                                          \
	" LEFT JOIN streams s ON s.id = l.stream"

/* A note has no epoch and no seq: NULL is read as 0. */
static void
read_line(sqlite3_stmt *row, struct store_line *line)
{
	line->number = store_line_number(sqlite3_column_int64(row, 0));
	line->own = sqlite3_column_int(row, 1) != 0;
	line->epoch = store_column_number(row, 2);
	line->seq = store_column_number(row, 3);
	line->kind = (uint8_t)sqlite3_column_int(row, 4);
	line->stored = sqlite3_column_int(row, 5) != LINE_WAITING;
	line->seen = sqlite3_column_int(row, 5) == LINE_SEEN;
	line->time_ms = sqlite3_column_int64(row, 6);
	line->text = sqlite3_column_blob(row, 7);
	line->text_len = (size_t)sqlite3_column_bytes(row, 7);
}

/* What text answers for the lines from to upto of a talk. */
static int
load(struct store_db *db, const char *text, const uint8_t *key, uint64_t from,
    uint64_t upto, store_each_line *each, void *arg, struct reason *why)
{
	struct store_line line = {0};
	struct store_talk talk;
	sqlite3_stmt *query;
	int r = store_talk_find(db, key, &talk, why);

	if (r <= 0)
		return r;
	query = store_db_query(db, text, why);
	if (query == NULL)
		return ERR_IO;
	sqlite3_bind_int64(query, 1, store_line_id(talk.id, from));
	sqlite3_bind_int64(query, 2, store_line_id(talk.id, upto));
	memcpy(line.key, key, STORE_KEY_LEN);
	while ((r = store_db_step(db, query, why)) > 0) {
		read_line(query, &line);
		each(arg, &line);
	}
	return r;
}

int
store_lines_load(struct store_db *db, const uint8_t *key, uint64_t from,
    uint64_t upto, store_each_line *each, void *arg, struct reason *why)
{
	static const char text[] =
	    LINES("") " WHERE l.id BETWEEN ?1 AND ?2 ORDER BY l.id";

	return load(db, text, key, from, upto, each, arg, why);
}

int
store_lines_load_waiting(struct store_db *db, const uint8_t *key,
    store_each_line *each, void *arg, struct reason *why)
{
	static const char text[] =
	    LINES("INDEXED BY lines_waiting") " WHERE l.waiting = 1 AND l.id "
					      "BETWEEN ?1 AND ?2 ORDER BY l.id";

	return load(db, text, key, 0, STORE_LINE_MAX, each, arg, why);
}
