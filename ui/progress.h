/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one-row text of a running transfer: arrow, number, name, of a tree the
 * file it is on, bar, percent, files of a tree, bytes, rate, time left. Pure.
 * Narrow rows lose the bar, then the file it is on, the files, the bytes, the
 * rate and the time; name and percent stay to the last.
 */
#ifndef CHARLA_UI_PROGRESS_H
#define CHARLA_UI_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

#include "src/model.h"

enum { PROGRESS_STALL_MS = 3000 };

/* Never 100 while it runs: only a verified file is that. 0-byte files: 0. */
int progress_percent(uint64_t done, uint64_t size);
/* Seconds since anything moved, once that is worth a word; else 0. */
uint64_t progress_stalled(const struct row *row, uint64_t now_ms);
/* Seconds left, or UINT64_MAX when nobody can say. */
uint64_t progress_seconds_left(const struct row *row, uint64_t now_ms);
/* At most columns wide; the caller frees. */
char *progress_text(const struct row *row, int columns, uint64_t now_ms);

/* Where its bar begins, and its bytes; 0 of them where it has none. */
size_t progress_bar(const char *text, size_t *len);

#endif
