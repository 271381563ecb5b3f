/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far the other side has our messages. For src/store*.c only. */
#ifndef CHARLA_STORE_MEET_H
#define CHARLA_STORE_MEET_H

#include "src/store.h"
#include "src/store_db.h"

/* See store_mark_stored. */
int store_meet_mark(struct store_db *db, const uint8_t *key,
    const struct stream *upto, bool kept, struct reason *why);
/* See store_meet; loads nothing. */
int store_meet_compare(struct store_db *db, const uint8_t *key,
    const struct stream *theirs, struct store_met *met, struct reason *why);

#endif
