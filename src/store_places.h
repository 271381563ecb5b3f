/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where people were, in the peers' file. For src/store*.c only. */
#ifndef CHARLA_STORE_PLACES_H
#define CHARLA_STORE_PLACES_H

#include "src/store.h"
#include "src/store_db.h"

/* Insert or renew; of one key the newest STORE_PLACES_MAX stay. */
int store_places_put(
    struct store_db *db, const struct place *place, struct reason *why);

#endif
