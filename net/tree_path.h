/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The folders from the download folder down to an entry of a list, as open
 * descriptors. A list tells folders before what is in them, so one walk
 * through it opens each of them once.
 */
#ifndef CHARLA_NET_TREE_PATH_H
#define CHARLA_NET_TREE_PATH_H

#include "net/filelist.h"

/* A folder on the way. */
struct tree_level {
	int fd;           /* -1: it is not there */
	bool made;        /* by us: it gets this time when it is left */
	int64_t mtime_ns; /* since 1970 */
	size_t entry;     /* of the list */
};

struct tree_path {
	struct tree_level levels[FILELIST_DEPTH_MAX + 1];
	unsigned depth; /* of levels, those below the first */
};

/* folder_fd stays the caller's. */
void tree_path_init(struct tree_path *p, int folder_fd);
/* The folder that is entered last. */
int tree_path_fd(const struct tree_path *p);
/* The descriptor of level is taken over. */
void tree_path_enter(struct tree_path *p, const struct tree_level *level);
/*
 * Go up to where an entry of this depth is. 0, or -1 with errno where a folder
 * could not be synced (only where FSYS_SYNCS_ALL is 0); then try again.
 */
int tree_path_leave(struct tree_path *p, unsigned depth);
/* Go up by one, or all the way, and leave it as it is. */
void tree_path_drop(struct tree_path *p);
void tree_path_release(struct tree_path *p);

/*
 * Open a folder in a folder, for things to be moved to: no link, nothing of
 * another file system (EXDEV), and nothing that is no folder (ENOTDIR, ELOOP).
 */
int tree_open_folder(int parent_fd, const char *name);

#endif
