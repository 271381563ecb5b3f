/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders on disk. Blocks: at the start of the program, or on a worker. */
#ifndef CHARLA_BASE_FOLDER_H
#define CHARLA_BASE_FOLDER_H

/*
 * Make path and what is missing above it, mode 0700. 0 also where it is
 * there; -1 with errno. A link to a folder counts as one.
 */
int folder_make(const char *path);

#endif
