/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders with everything in them: made, and compared. */
#ifndef CHARLA_TESTS_TREES_H
#define CHARLA_TESTS_TREES_H

#include <stdbool.h>

/*
 * A folder of files in folders, empty ones, one file over several blocks,
 * names of many kinds, times of long ago, a link and a pipe. Ends the test on
 * failure.
 */
void make_tree(const char *path);
/*
 * The same files and folders with the same bytes and times, and nothing else;
 * links, pipes, sockets and devices of a do not count. What differs is
 * printed.
 */
bool trees_equal(const char *a, const char *b);
/* Set the time of a file or folder, in seconds since 1970. */
void set_time(const char *path, long seconds);

#endif
