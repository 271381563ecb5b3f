/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines of talks. For src/store*.c only. */
#ifndef CHARLA_STORE_LINES_H
#define CHARLA_STORE_LINES_H

#include "src/store.h"
#include "src/store_db.h"

typedef void store_each_line(void *arg, const struct store_line *line);

/* See store_put_line. ERR_INVALID, and nothing has changed: it cannot be. */
int store_lines_put(struct store_db *db, const struct store_line *line,
    bool keep, uint64_t *number, struct reason *why);
/* ERR_INVALID, and nothing has changed: it has gone already. */
int store_lines_take_back(struct store_db *db, const uint8_t *key,
    const struct stream *message, struct reason *why);

/* each: text lives until it returns. */
int store_lines_load(struct store_db *db, const uint8_t *key, uint64_t from,
    uint64_t upto, store_each_line *each, void *arg, struct reason *why);
int store_lines_load_waiting(struct store_db *db, const uint8_t *key,
    store_each_line *each, void *arg, struct reason *why);

#endif
