/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The stream of a tree: the bytes of its list, then a record for every file
 * in it, read beneath its root. All of this is the worker's.
 */
#ifndef CHARLA_NET_TREE_OUT_H
#define CHARLA_NET_TREE_OUT_H

#include "net/filelist.h"

struct tree_out;
struct turn;

/* paths: of the roots, absolute; they stay until it is freed. */
struct tree_out *tree_out_new(struct filelist *list, char *const *paths);
void tree_out_free(struct tree_out *t);

/* The bytes of the list may go. */
void tree_out_list(struct tree_out *t);
/* The records may go, as far as claims tell. */
void tree_out_start(struct tree_out *t);
/* Copied. What is not in order, or of no entry, claims nothing. */
void tree_out_claims(struct tree_out *t, const struct frame_claims *claims);
/* It was stuck; leave_out: from now on what fails is left out. */
void tree_out_retry(struct tree_out *t, bool leave_out);

/* Go on, for a bounded time. */
void tree_out_turn(struct tree_out *t, struct turn *turn);

#endif
