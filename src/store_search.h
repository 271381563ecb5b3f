/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The index of the words of a history. For src/store*.c only. */
#ifndef CHARLA_STORE_SEARCH_H
#define CHARLA_STORE_SEARCH_H

#include "src/store.h"
#include "src/store_db.h"

/* Within a change; id is store_line_id. The ids of a talk ascend. */
int store_search_add(struct store_db *db, int64_t id, const char *text,
    size_t len, struct reason *why);
/* text: the same that was added. */
int store_search_remove(struct store_db *db, int64_t id, const char *text,
    size_t len, struct reason *why);

/*
 * Add what is lacking, of a talk that lacks something, at most so many lines.
 * db->behind becomes whether there may be more.
 */
int store_search_tidy(struct store_db *db, uint64_t max, struct reason *why);

/* See store_search: the numbers, and how many there are in *count. */
int store_search_find(struct store_db *db, const uint8_t *key,
    const char *words, uint64_t numbers[STORE_FOUND_MAX], size_t *count,
    struct reason *why);

#endif
