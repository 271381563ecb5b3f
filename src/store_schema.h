/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is in the two files, and how they are opened. For src/store*.c only. */
#ifndef CHARLA_STORE_SCHEMA_H
#define CHARLA_STORE_SCHEMA_H

#include "src/store_db.h"

enum { STORE_PEERS_SCHEMA = 4 };

struct store_dbs {
	struct store_db peers, history;
};

/*
 * Open, make or update both files; a path that is NULL is memory. A file that
 * is not ours, damaged, or from a newer charla is refused, and both are left
 * as they are. Close both after that too.
 */
int store_schema_open(struct store_dbs *dbs, const char *peers_path,
    const char *history_path, struct reason *why);
/* Both in memory; who is known is copied from peers_path, if it is there. */
int store_schema_open_incognito(
    struct store_dbs *dbs, const char *peers_path, struct reason *why);

/* The tables of the history as they are now, into a file without tables. */
int store_schema_make_history(struct store_db *db, struct reason *why);
/*
 * To what there is now, in a transaction of the history that is open. From
 * version 1, which knew one file for everything: peers gets those that it
 * knew, and its pins, and keeps them, whatever becomes of the rest.
 */
int store_upgrade_from_1(
    struct store_db *history, struct store_db *peers, struct reason *why);
int store_upgrade_from_2(struct store_db *history, struct reason *why);
int store_upgrade_from_3(struct store_db *history, struct reason *why);
/* The same for the peers' file, which counts its own versions: from 1 on. */
int store_upgrade_peers(
    struct store_db *peers, int64_t version, struct reason *why);

#endif
