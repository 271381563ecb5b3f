/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The index holds the words of every line and not its text: FTS5 has to be
 * given the text again where a line is taken out.
 */
#include "src/store_search.h"

#include <stdlib.h>

#include <sqlite3.h>

#include "src/base/util.h"
#include "src/store_talk.h"
#include "src/store_words.h"

static int
change(struct store_db *db, const char *query_text, int64_t id,
    const char *text, size_t len, struct reason *why)
{
	sqlite3_stmt *query = store_db_query(db, query_text, why);
	char *words;
	int r;

	if (query == NULL)
		return ERR_IO;
	words = store_words_of(text, len);
	sqlite3_bind_int64(query, 1, id);
	sqlite3_bind_text(query, 2, words, -1, SQLITE_STATIC);
	r = store_db_change(db, query, why);
	free(words);
	return r;
}

int
store_search_add(struct store_db *db, int64_t id, const char *text, size_t len,
    struct reason *why)
{
	static const char query[] =
	    "INSERT INTO words (rowid, text) VALUES (?1, ?2)";

	return change(db, query, id, text, len, why);
}

int
store_search_remove(struct store_db *db, int64_t id, const char *text,
    size_t len, struct reason *why)
{
	static const char query[] = "INSERT INTO words (words, rowid, text)"
				    " VALUES ('delete', ?1, ?2)";

	return change(db, query, id, text, len, why);
}

static int
add_stretch(struct store_db *db, int64_t from, int64_t upto, struct reason *why)
{
	static const char text[] = "SELECT id, text FROM lines"
				   " WHERE id BETWEEN ?1 AND ?2 ORDER BY id";
	sqlite3_stmt *query = store_db_query(db, text, why);
	int r;

	if (query == NULL)
		return ERR_IO;
	sqlite3_bind_int64(query, 1, from);
	sqlite3_bind_int64(query, 2, upto);
	while ((r = store_db_step(db, query, why)) > 0) {
		if (store_search_add(db, sqlite3_column_int64(query, 0),
			sqlite3_column_blob(query, 1),
			(size_t)sqlite3_column_bytes(query, 1), why) < 0) {
			store_db_over(query);
			return ERR_IO;
		}
	}
	return r;
}

/* At most so many lines. */
static int
catch_up(struct store_db *db, const struct store_talk *talk, uint64_t max,
    struct reason *why)
{
	static const char text[] = "UPDATE talks SET worded = ?2 WHERE id = ?1";
	sqlite3_stmt *query = store_db_query(db, text, why);
	uint64_t upto = talk->lines;

	if (upto - talk->worded > max)
		upto = talk->worded + max;
	if (query == NULL || store_db_begin(db, why) < 0 ||
	    add_stretch(db, store_line_id(talk->id, talk->worded + 1),
		store_line_id(talk->id, upto), why) < 0)
		return ERR_IO;
	sqlite3_bind_int64(query, 1, talk->id);
	store_bind_number(query, 2, upto);
	return store_db_change(db, query, why);
}

int
store_search_tidy(struct store_db *db, uint64_t max, struct reason *why)
{
	static const char text[] = "SELECT id, lines, worded FROM talks"
				   " WHERE worded < lines LIMIT 1";
	sqlite3_stmt *query = store_db_query(db, text, why);
	struct store_talk talk = {0};
	int64_t row[3];
	int r;

	db->behind = false;
	if (query == NULL)
		return ERR_IO;
	r = store_db_row(db, query, row, COUNT(row), why);
	if (r <= 0)
		return r;
	talk.id = row[0];
	talk.lines = (uint64_t)row[1];
	talk.worded = (uint64_t)row[2];
	if (catch_up(db, &talk, max, why) < 0)
		return ERR_IO;
	db->behind = true;
	return 0;
}

static int
find(struct store_db *db, int64_t talk, const char *match,
    uint64_t numbers[STORE_FOUND_MAX], size_t *count, struct reason *why)
{
	static const char text[] =
	    "SELECT rowid FROM words WHERE words MATCH ?1"
	    " AND rowid BETWEEN ?2 AND ?3 ORDER BY rowid DESC LIMIT ?4";
	sqlite3_stmt *query = store_db_query(db, text, why);
	int r;

	if (query == NULL)
		return ERR_IO;
	sqlite3_bind_text(query, 1, match, -1, SQLITE_STATIC);
	sqlite3_bind_int64(query, 2, store_line_id(talk, 0));
	sqlite3_bind_int64(query, 3, store_line_id(talk, STORE_LINE_MAX));
	sqlite3_bind_int(query, 4, STORE_FOUND_MAX);
	*count = 0;
	while ((r = store_db_step(db, query, why)) > 0)
		numbers[(*count)++] =
		    store_line_number(sqlite3_column_int64(query, 0));
	return r;
}

int
store_search_find(struct store_db *db, const uint8_t *key, const char *words,
    uint64_t numbers[STORE_FOUND_MAX], size_t *count, struct reason *why)
{
	struct store_talk talk;
	char *match;
	int r = store_talk_find(db, key, &talk, why);

	*count = 0;
	if (r <= 0)
		return r;
	if (talk.worded < talk.lines &&
	    catch_up(db, &talk, UINT64_MAX, why) < 0)
		return ERR_IO;
	match = store_words_query(words);
	r = *match == '\0' ? 0 : find(db, talk.id, match, numbers, count, why);
	free(match);
	return r;
}
