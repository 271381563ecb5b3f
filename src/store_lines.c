/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/store_lines.h"

#include <sqlite3.h>

#include "src/base/i18n.h"
#include "src/base/util.h"
#include "src/store_search.h"
#include "src/store_talk.h"

/* The line of a message; *id is 0 where there is none. */
static int
find_message(struct store_db *db, int64_t stream, uint64_t seq, int64_t *id,
    struct reason *why)
{
	static const char text[] =
	    "SELECT id FROM lines WHERE stream = ?1 AND seq = ?2";
	sqlite3_stmt *query = store_db_query(db, text, why);

	*id = 0;
	if (query == NULL)
		return ERR_IO;
	sqlite3_bind_int64(query, 1, stream);
	store_bind_number(query, 2, seq);
	return store_db_row(db, query, id, 1, why);
}

static int
insert_line(struct store_db *db, const struct store_talk *talk, int64_t stream,
    const struct store_line *line, struct reason *why)
{
	const int64_t id = store_line_id(talk->id, talk->lines);

	static const char text[] =
	    "INSERT INTO lines"
	    " (id, own, kind, waiting, time_ms, text, stream, seq)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
	sqlite3_stmt *query = store_db_query(db, text, why);

	if (query == NULL)
		return ERR_IO;
	sqlite3_bind_int64(query, 1, id);
	sqlite3_bind_int(query, 2, line->own);
	sqlite3_bind_int(query, 3, line->kind);
	sqlite3_bind_int(query, 4, line->own && stream != 0 && !line->stored);
	sqlite3_bind_int64(query, 5, line->time_ms);
	store_bind_bytes(query, 6, line->text, line->text_len);
	if (stream != 0) {
		sqlite3_bind_int64(query, 7, stream);
		store_bind_number(query, 8, line->seq);
	}
	return store_db_change(db, query, why);
}

/*
 * The words of the newest line, unless there is no time for it: nobody waits
 * for them. They are added in the order of the lines.
 */
static int
index_line(struct store_db *db, struct store_talk *talk,
    const struct store_line *line, struct reason *why)
{
	const int64_t id = store_line_id(talk->id, talk->lines);

	if (db->busy || talk->worded + 1 != talk->lines) {
		db->behind = true;
		return 0;
	}
	talk->worded = talk->lines;
	return store_search_add(db, id, line->text, line->text_len, why);
}

/* Can there be such a line? */
static int
check(const struct store_line *line, struct reason *why)
{
	if ((line->epoch == 0) == (line->seq == 0) &&
	    line->epoch <= INT64_MAX && line->seq <= INT64_MAX)
		return 0;
	reason_set(why, _("a message has a number that cannot be"));
	return ERR_INVALID;
}

/*
 * Is the message here? 1: yes, and *number is its line's, or 0 where nothing
 * was kept of it. What of theirs is passed by is here: none is left out. Of
 * ours one may be put late.
 */
static int
find_again(struct store_db *db, const struct store_line *line,
    const struct store_stream *stream, uint64_t *number, struct reason *why)
{
	int64_t id = 0;
	int r = 0;

	if (!line->own && stream->last < line->previous) {
		reason_set(
		    why, _("a message before this one could not be kept"));
		return ERR_INVALID;
	}
	if (line->seq <= stream->last)
		r = find_message(db, stream->id, line->seq, &id, why);
	if (r < 0)
		return r;
	*number = store_line_number(id);
	return r > 0 || (!line->own && line->seq <= stream->last);
}

static int
add_line(struct store_db *db, const struct store_line *line, bool keep,
    struct store_talk *talk, struct store_stream *stream, struct reason *why)
{
	bool message = line->seq != 0;

	if (store_db_begin(db, why) < 0)
		return ERR_IO;
	if (talk->id == 0 && store_talk_make(db, line->key, talk, why) < 0)
		return ERR_IO;
	if (message && store_stream_raise(db, talk, line, stream, why) < 0)
		return ERR_IO;
	if (keep) {
		talk->lines++;
		if (insert_line(db, talk, stream->id, line, why) < 0 ||
		    index_line(db, talk, line, why) < 0)
			return ERR_IO;
	}
	return store_talk_update(
	    db, talk, message && !line->own ? stream->id : 0, why);
}

int
store_lines_put(struct store_db *db, const struct store_line *line, bool keep,
    uint64_t *number, struct reason *why)
{
	struct store_talk talk = {0};
	struct store_stream stream = {0};
	bool message = line->seq != 0;
	int r;

	*number = 0;
	if (check(line, why) < 0)
		return ERR_INVALID;
	if (!message && !keep)
		return 0;
	r = store_talk_find(db, line->key, &talk, why);
	if (r > 0 && message)
		r = store_stream_find(
		    db, talk.id, line->own, line->epoch, &stream, why);
	if (r >= 0 && message)
		r = find_again(db, line, &stream, number, why);
	if (r < 0 || (r > 0 && message))
		return r < 0 ? r : 0;
	if (add_line(db, line, keep, &talk, &stream, why) < 0)
		return ERR_IO;
	*number = keep ? talk.lines : 0;
	return 0;
}

/* Its words go from the index, if they are there. */
static int
remove_words(struct store_db *db, const struct store_talk *talk, int64_t id,
    sqlite3_stmt *row, struct reason *why)
{
	if (store_line_number(id) > talk->worded)
		return 0;
	return store_search_remove(db, id, sqlite3_column_blob(row, 0),
	    (size_t)sqlite3_column_bytes(row, 0), why);
}

/* What a line holds. */
static int
empty_line(struct store_db *db, int64_t id, struct reason *why)
{
	static const char update[] =
	    "UPDATE lines SET kind = ?2, waiting = 0, text = x''"
	    " WHERE id = ?1";
	sqlite3_stmt *query = store_db_query(db, update, why);

	if (query == NULL)
		return ERR_IO;
	sqlite3_bind_int64(query, 1, id);
	sqlite3_bind_int(query, 2, STORE_TAKEN_BACK);
	return store_db_change(db, query, why);
}

static int
take_back(struct store_db *db, const struct store_talk *talk, int64_t id,
    struct reason *why)
{
	static const char select[] =
	    "SELECT text, waiting, kind FROM lines WHERE id = ?1";
	sqlite3_stmt *query = store_db_query(db, select, why);
	int r;

	if (query == NULL)
		return ERR_IO;
	sqlite3_bind_int64(query, 1, id);
	r = store_db_step(db, query, why);
	if (r <= 0)
		return r;
	if (sqlite3_column_int(query, 1) == LINE_WAITING) {
		r = store_db_begin(db, why);
		if (r == 0)
			r = remove_words(db, talk, id, query, why);
		if (r == 0)
			r = empty_line(db, id, why);
	} else if (sqlite3_column_int(query, 2) == STORE_TAKEN_BACK) {
		r = 0;
	} else {
		reason_set(why, _("that message has gone already"));
		r = ERR_INVALID;
	}
	store_db_over(query);
	return r;
}

int
store_lines_take_back(struct store_db *db, const uint8_t *key,
    const struct stream *message, struct reason *why)
{
	struct store_talk talk = {0};
	struct store_stream stream = {0};
	int64_t id = 0;
	int r = store_talk_find(db, key, &talk, why);

	if (r > 0)
		r = store_stream_find(
		    db, talk.id, true, message->epoch, &stream, why);
	if (r > 0)
		r = find_message(db, stream.id, message->last, &id, why);
	return r > 0 ? take_back(db, &talk, id, why) : r;
}
