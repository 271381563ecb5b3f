/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everything that can have a name in a folder, and whether it was touched. */
#ifndef CHARLA_TESTS_PLANTING_H
#define CHARLA_TESTS_PLANTING_H

#include <stdbool.h>
#include <sys/stat.h>

/*
 * f: a file, 0: a read-only one, d: a folder, p: a pipe, u: a socket, s: a
 * link to outside, n: a link to nowhere, l: a second name of outside.
 */
void plant(const char *path, char kind, const char *outside);
/* Fails the test where anything about it is not as it was. */
void planted_same(const struct stat *before, const char *path);

/*
 * The same check once more in a process where Linux's own calls (openat2,
 * renameat2) are not there. False with a line where that is not possible.
 */
bool on_old_kernel(void (*check)(void));

#endif
