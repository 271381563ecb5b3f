/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Peers and pins in their file. For src/store*.c only. */
#ifndef CHARLA_STORE_PEERS_H
#define CHARLA_STORE_PEERS_H

#include "src/store.h"
#include "src/store_db.h"

int store_peers_put(
    struct store_db *db, const struct peer *peer, struct reason *why);
int store_peers_put_pin(
    struct store_db *db, const struct pin *pin, struct reason *why);

/* Out of every table. */
int store_peers_forget(
    struct store_db *db, const uint8_t key[STORE_KEY_LEN], struct reason *why);

/*
 * Copy peers and pins from another database that has such tables; what to
 * knows already stays as it is there. version: of from's table of peers, as of
 * the peers' file; what a column that is missing would say is no.
 */
int store_peers_copy(struct store_db *from, struct store_db *to,
    int64_t version, struct reason *why);

/* Append to memory. */
int store_peers_load(
    struct store_db *db, struct store_memory *memory, struct reason *why);

#endif
