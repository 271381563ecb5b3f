/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One of the two database files behind the store, one call after the other
 * on one thread. For src/store*.c only; the SQLite handle does not leave
 * those files. Everything blocks. Functions return 0, or a negative enum err
 * with why filled; path is part of every sentence.
 */
#ifndef CHARLA_STORE_DB_H
#define CHARLA_STORE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/err.h"

struct sqlite3;
struct sqlite3_stmt;

/* The files are apart so that who is known outlives any history. */
enum store_file { STORE_FILE_PEERS, STORE_FILE_HISTORY };

enum { STORE_QUERIES_MAX = 64 };

struct store_query {
	const char *text;
	struct sqlite3_stmt *prepared;
};

struct store_db {
	enum store_file file;
	char *path; /* NULL: in memory */
	struct sqlite3 *sql;
	bool fresh;    /* there is no such file yet, or nothing in it */
	bool changing; /* a transaction is open */
	bool look;     /* see store_file_peek */
	bool look_makes_index;
	/* The store's: more is asked for than there is time for, */
	bool busy;
	bool behind; /* and so there are lines without their words. */
	struct store_query queries[STORE_QUERIES_MAX];
	size_t query_count;
};

/*
 * Open what is called name (a path, or a URI); flags are SQLite's. path is
 * what a person knows it by; NULL: memory.
 */
int store_db_connect(
    struct store_db *db, const char *name, int flags, struct reason *why);
/* Also after a failed connect. An open transaction is dropped. */
void store_db_close(struct store_db *db);

/* Say what SQLite's last error means for a person; returns ERR_IO. */
int store_db_fail(const struct store_db *db, struct reason *why);
/*
 * Where charla can do without this file, say so at the end of why: without a
 * history always, without peers where there is no file yet, or where the
 * trouble is only with writing to it.
 */
void store_db_hint(const struct store_db *db, bool writing, struct reason *why);

/* Changes belong into a transaction; begin does nothing inside of one. */
int store_db_begin(struct store_db *db, struct reason *why);
int store_db_commit(struct store_db *db, struct reason *why);
void store_db_rollback(struct store_db *db);

/* Statements of our own that need no values and answer nothing. */
int store_db_run(struct store_db *db, const char *text, struct reason *why);
/* The one number that a query without values answers. */
int store_db_number(
    struct store_db *db, const char *text, int64_t *out, struct reason *why);

/*
 * The query, prepared once, with nothing bound; NULL with why. text is an
 * object of its own that lives for ever: it is known by its address.
 */
struct sqlite3_stmt *store_db_query(
    struct store_db *db, const char *text, struct reason *why);
/* 1: there is a row; 0: there is none, or no more; then it is over. */
int store_db_step(
    struct store_db *db, struct sqlite3_stmt *query, struct reason *why);
/*
 * The first columns of the first row, all numbers, and the query is over.
 * 1: it is there; 0: there is none, and numbers stays as it is.
 */
int store_db_row(struct store_db *db, struct sqlite3_stmt *query,
    int64_t *numbers, size_t count, struct reason *why);
/* No more rows are wanted. What was bound is forgotten. */
void store_db_over(struct sqlite3_stmt *query);
/* Run a change whose values are bound. */
int store_db_change(
    struct store_db *db, struct sqlite3_stmt *query, struct reason *why);

/*
 * Binding fails only for a wrong index, or a value too big: neither happens.
 * What is bound lives until the query is over.
 */
void store_bind_key(struct sqlite3_stmt *query, int at, const uint8_t *key);
/* A number too big becomes the biggest there is: 2^63 - 1. */
void store_bind_number(struct sqlite3_stmt *query, int at, uint64_t value);
/* Bytes as they are; data may be NULL where len is 0. */
void store_bind_bytes(
    struct sqlite3_stmt *query, int at, const void *data, size_t len);

uint64_t store_column_number(struct sqlite3_stmt *row, int at);
void store_column_key(struct sqlite3_stmt *row, int at, uint8_t *key);

#endif
