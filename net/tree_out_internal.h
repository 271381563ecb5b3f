/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by the files of tree_out. */
#ifndef CHARLA_NET_TREE_OUT_INTERNAL_H
#define CHARLA_NET_TREE_OUT_INTERNAL_H

#include "net/claimed.h"
#include "net/outgoing_internal.h"

struct tree_out {
	struct filelist *list;
	size_t count;         /* of its entries */
	char *const *paths;   /* of its roots */
	bool *links;          /* of its roots: it was a symbolic link */
	struct claimed there; /* what the other side has */
	bool listing, started, leave_out;
	size_t listed; /* bytes of the list that are in blocks */

	size_t roots; /* so far */
	int root_fd;  /* of the last one; -1: not open */
	size_t next;  /* entry */
	/* A file is at work: the entry before next. */
	bool busy, begun, claimed;
	struct entry entry;
	struct source source;
	char path[FILELIST_PATH_MAX + 1]; /* of the last one opened */

	bool stalled; /* waits to be tried again */
	bool stuck;   /* until it works */
	struct block *block;
	struct tree_progress progress;
	uint32_t left_out;
	struct XXH3_state_s *hashes; /* over those of the files */
};

/* No part fits for sure any more. */
bool tree_out_is_full(const struct tree_out *t);
void tree_out_close_root(struct tree_out *t);
/*
 * Go on with the file at work; there is a block that is not full. 0, and it is
 * behind us; ERR_AGAIN: it needs another turn, or block; ERR_IO: see source.
 */
int tree_out_file(struct tree_out *t, size_t *budget);
/* Go on without it: nothing of it has left, or what has left is void. */
void tree_out_leave_out(struct tree_out *t);

#endif
