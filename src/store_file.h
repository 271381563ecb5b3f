/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The database files as files: whose they are, their modes, and a look into
 * one that leaves no trace. For src/store*.c only.
 */
#ifndef CHARLA_STORE_FILE_H
#define CHARLA_STORE_FILE_H

#include "src/store_db.h"

/*
 * In all of these db has its path, and no connection yet.
 *
 * May the file be ours, by what the system says about it? Nothing is changed.
 * db->fresh: there is none. writable: one that is there has to be.
 */
int store_file_check(struct store_db *db, bool writable, struct reason *why);
/*
 * Make it, or take from one that is there what others may do with it: the
 * files that SQLite puts beside it get their mode from it.
 */
int store_file_make(const struct store_db *db, struct reason *why);

/*
 * Connect look to db's file for reading; neither the file nor its folder
 * changes, even where they could. Nobody may write to the file meanwhile.
 */
int store_file_peek(
    const struct store_db *db, struct store_db *look, struct reason *why);
/* Also after a failed peek. */
void store_file_peeked(struct store_db *look);

#endif
