/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The database behind the store, one call after the other on one thread.
 * For src/store*.c only; the SQLite handle does not leave those files.
 * Everything blocks. Functions return 0, or a negative enum err with why
 * filled; path is part of every sentence.
 */
#ifndef CHARLA_STORE_DB_H
#define CHARLA_STORE_DB_H

#include "src/store.h"

struct sqlite3;
struct sqlite3_stmt;

enum db_query {
	DB_PUT_PEER,
	DB_RAISE_PEER,
	DB_LAST_RECEIVED,
	DB_PUT_PIN,
	DB_PUT_MESSAGE,
	DB_MARK_STORED,
	DB_LOAD_WAITING,
	DB_QUERY_COUNT,
};

struct store_db {
	char *path; /* NULL: in memory */
	struct sqlite3 *sql;
	struct sqlite3_stmt *queries[DB_QUERY_COUNT]; /* NULL: not yet */
	bool changing; /* a transaction is open */
};

/*
 * Open, make or update the file at path (NULL: in memory). One that is not
 * ours, damaged, or from a newer charla is refused and left as it is.
 */
int store_db_open(struct store_db *db, const char *path, struct reason *why);
/* Also after a failed open. An open transaction is dropped. */
void store_db_close(struct store_db *db);
/* Everything known at the start; free it with store_db_forget. */
int store_db_load(
    struct store_db *db, struct store_memory *out, struct reason *why);
void store_db_forget(struct store_memory *memory);
/* Say what SQLite's last error means for a person; returns ERR_IO. */
int store_db_fail(const struct store_db *db, struct reason *why);

/* Statements of our own that need no values and answer nothing. */
int store_db_run(struct store_db *db, const char *text, struct reason *why);

/* Changes begin a transaction; it lasts until one of these. */
int store_db_commit(struct store_db *db, struct reason *why);
void store_db_rollback(struct store_db *db);

int store_db_put_peer(
    struct store_db *db, const struct peer *peer, struct reason *why);
int store_db_put_pin(
    struct store_db *db, const struct pin *pin, struct reason *why);
/* ERR_INVALID, and nothing has changed, where seq cannot be. */
int store_db_put_message(
    struct store_db *db, const struct store_message *m, struct reason *why);
int store_db_mark_stored(
    struct store_db *db, const uint8_t *key, uint64_t seq, struct reason *why);
/* each: text lives until it returns. */
int store_db_load_waiting(struct store_db *db, const uint8_t *key,
    void (*each)(void *arg, const struct store_message *message), void *arg,
    struct reason *why);

#endif
