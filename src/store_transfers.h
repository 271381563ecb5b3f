/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Transfers in the history. For src/store*.c only. */
#ifndef CHARLA_STORE_TRANSFERS_H
#define CHARLA_STORE_TRANSFERS_H

#include "src/store.h"
#include "src/store_db.h"

/* Strings that are NULL stay so. ERR_INVALID: its token cannot be. */
int store_transfers_put(
    struct store_db *db, const struct store_transfer *t, struct reason *why);
/* Fill transfers and arrived of memory. */
int store_transfers_load(
    struct store_db *db, struct store_memory *memory, struct reason *why);

void store_transfer_copy(
    struct store_transfer *to, const struct store_transfer *from);
/* Frees what is in it. */
void store_transfer_release(struct store_transfer *t);

#endif
