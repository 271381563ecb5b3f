/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands behind the name and the bar of a transfer, and how wide. */
#ifndef CHARLA_UI_PROGRESS_PARTS_H
#define CHARLA_UI_PROGRESS_PARTS_H

#include <stdint.h>

#include "src/model.h"

/* In the order in which they stand. */
enum part_name { PART_PERCENT, PART_FILES, PART_BYTES, PART_RATE, PART_STATE };
enum { PARTS = PART_STATE + 1 };

/* The text is filled up in front, so that what is behind it stands still. */
struct part {
	char *text; /* NULL: nothing to say now */
	int room;   /* columns kept for it; 0: not there */
};

/* Fills zeroed parts; the caller frees their texts. */
void progress_parts(
    struct part parts[PARTS], const struct row *row, uint64_t now_ms);

#endif
