/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What net/transfer.c (which step is allowed when) and net/transfer_flow.c
 * (how bytes and credit move) share, and nobody else.
 */
#ifndef CHARLA_NET_TRANSFER_INTERNAL_H
#define CHARLA_NET_TRANSFER_INTERNAL_H

#include "net/transfer.h"

bool transfer_is(
    const struct transfer *t, enum transfer_dir dir, enum transfer_state state);
bool transfer_is_tree(const struct transfer *t);
/* A tree whose list is all that may move now. */
bool transfer_is_listing(const struct transfer *t);

/* in: the highest limit there may be now. */
uint64_t transfer_window_end(const struct transfer *t);
/* out: free the first block. */
void transfer_drop_first(struct transfer *t);

#endif
