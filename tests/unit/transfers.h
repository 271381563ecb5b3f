/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Transfers to begin with, and blocks for them. For tests. */
#ifndef CHARLA_TESTS_TRANSFERS_H
#define CHARLA_TESTS_TRANSFERS_H

#include "net/transfer.h"

/* Offered just now, as number 1. */
struct transfer *file_offered(enum transfer_dir dir, uint64_t size);
struct transfer *tree_offered(
    enum transfer_dir dir, uint32_t entries, uint32_t list_len);
/* len zeros. */
struct block *new_block(size_t len);
int on_answered(
    struct transfer *t, bool accepted, enum wire_why why, uint64_t offset);

#endif
