/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Own messages go in the order of their lines, and are stored over there in
 * that order. So "stored up to this one" is a number of a line, also where
 * the message itself has none (nothing was kept of it): then it is the line
 * of the one before it in its epoch, or where that epoch began. Between that
 * line and the message's true place there is no own line.
 */
#include "src/store_meet.h"

#include <sqlite3.h>

#include "src/store_talk.h"

/* Lost by the other side, and offered again at once. */
enum { MEET_AGAIN_MAX = 10000 };

static int
find_place(struct store_db *db, const struct store_stream *stream, uint64_t seq,
    uint64_t *place, struct reason *why)
{
	static const char text[] =
	    "SELECT id FROM lines WHERE stream = ?1 AND seq <= ?2"
	    " ORDER BY seq DESC LIMIT 1";
	sqlite3_stmt *query = store_db_query(db, text, why);
	int64_t id;
	int r;

	if (query == NULL)
		return ERR_IO;
	sqlite3_bind_int64(query, 1, stream->id);
	store_bind_number(query, 2, seq);
	r = store_db_row(db, query, &id, 1, why);
	*place = r > 0 ? store_line_number(id) : stream->began;
	return r < 0 ? r : 0;
}

static int
set_acked(struct store_db *db, const struct store_talk *talk, uint64_t acked,
    struct reason *why)
{
	static const char text[] = "UPDATE talks SET acked = ?2 WHERE id = ?1";
	sqlite3_stmt *query = store_db_query(db, text, why);

	if (query == NULL)
		return ERR_IO;
	sqlite3_bind_int64(query, 1, talk->id);
	store_bind_number(query, 2, acked);
	return store_db_change(db, query, why);
}

/*
 * All own lines up to place are stored over there; or they came, and nobody
 * keeps them: then nothing follows from it for another meeting.
 */
static int
mark(struct store_db *db, const struct store_talk *talk, uint64_t place,
    bool kept, struct reason *why)
{
	static const char text[] =
	    "UPDATE lines INDEXED BY lines_waiting SET waiting = ?3"
	    " WHERE waiting = 1 AND id BETWEEN ?1 AND ?2";
	sqlite3_stmt *query = store_db_query(db, text, why);

	if (query == NULL || store_db_begin(db, why) < 0)
		return ERR_IO;
	sqlite3_bind_int64(query, 1, store_line_id(talk->id, 0));
	sqlite3_bind_int64(query, 2, store_line_id(talk->id, place));
	sqlite3_bind_int(query, 3, kept ? LINE_STORED : LINE_SEEN);
	if (store_db_change(db, query, why) < 0)
		return ERR_IO;
	return kept && place > talk->acked ? set_acked(db, talk, place, why)
					   : 0;
}

/* What they had after place, and lost: it waits again. */
static int
unmark(struct store_db *db, const struct store_talk *talk, uint64_t place,
    uint64_t *again, struct reason *why)
{
	static const char text[] =
	    "UPDATE lines SET waiting = 1 WHERE id IN"
	    " (SELECT id FROM lines WHERE id BETWEEN ?1 AND ?2 AND own = 1"
	    "  AND waiting = 0 AND stream IS NOT NULL AND kind < ?3"
	    "  ORDER BY id DESC LIMIT ?4)";
	sqlite3_stmt *query = store_db_query(db, text, why);

	if (query == NULL || store_db_begin(db, why) < 0)
		return ERR_IO;
	sqlite3_bind_int64(query, 1, store_line_id(talk->id, place + 1));
	sqlite3_bind_int64(query, 2, store_line_id(talk->id, talk->acked));
	sqlite3_bind_int(query, 3, STORE_NOTE);
	sqlite3_bind_int(query, 4, MEET_AGAIN_MAX);
	if (store_db_change(db, query, why) < 0)
		return ERR_IO;
	*again = (uint64_t)sqlite3_changes(db->sql);
	return set_acked(db, talk, place, why);
}

/* The stream of ours that they name; 0: we know of no such message. */
static int
find_named(struct store_db *db, int64_t talk, const struct stream *name,
    struct store_stream *out, struct reason *why)
{
	int r;

	if (name->epoch > INT64_MAX)
		return 0;
	r = store_stream_find(db, talk, true, name->epoch, out, why);
	return r > 0 && out->last < name->last ? 0 : r;
}

int
store_meet_mark(struct store_db *db, const uint8_t *key,
    const struct stream *upto, bool kept, struct reason *why)
{
	struct store_talk talk;
	struct store_stream stream;
	uint64_t place;
	int r = store_talk_find(db, key, &talk, why);

	if (r > 0)
		r = find_named(db, talk.id, upto, &stream, why);
	if (r <= 0)
		return r;
	r = find_place(db, &stream, upto->last, &place, why);
	return r < 0 ? r : mark(db, &talk, place, kept, why);
}

int
store_meet_compare(struct store_db *db, const uint8_t *key,
    const struct stream *theirs, struct store_met *met, struct reason *why)
{
	struct store_talk talk = {0};
	struct store_stream stream;
	uint64_t place;
	int r = store_talk_find(db, key, &talk, why);

	*met = (struct store_met){.meeting = STORE_MEET_SAME};
	if (r < 0)
		return r;
	if (theirs->epoch == 0 || theirs->last == 0) {
		if (talk.acked > 0)
			met->meeting = STORE_MEET_NEW;
		return 0;
	}
	if (r > 0)
		r = find_named(db, talk.id, theirs, &stream, why);
	if (r == 0)
		met->meeting = STORE_MEET_AHEAD;
	if (r <= 0)
		return r;
	if (find_place(db, &stream, theirs->last, &place, why) < 0)
		return ERR_IO;
	if (place >= talk.acked)
		return mark(db, &talk, place, true, why);
	if (unmark(db, &talk, place, &met->again, why) < 0)
		return ERR_IO;
	if (met->again > 0)
		met->meeting = STORE_MEET_BEHIND;
	return 0;
}
