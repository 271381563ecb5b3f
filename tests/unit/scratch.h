/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A folder for one test, its files, and waiting for a worker. */
#ifndef CHARLA_TESTS_SCRATCH_H
#define CHARLA_TESTS_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/worker.h"

/* A new empty folder below $TMPDIR or /tmp, mode 0700; its real path. */
char *scratch_new(void);
/* Remove it with everything in it, and free the path. */
void scratch_free(char *folder);

/* "folder/name"; the caller frees. */
char *scratch_path(const char *folder, const char *name);
void scratch_write(const char *path, const void *data, size_t len);
/* The whole file, terminated; the caller frees. NULL: it is not there. */
char *scratch_read(const char *path, size_t *len);
void scratch_set_mtime(const char *path, int64_t seconds, long nanoseconds);
/* Bytes that look random and are the same every time; the caller frees. */
uint8_t *scratch_bytes(size_t len, uint32_t seed);
/* Entries of a folder, without "." and "..". */
size_t scratch_count(const char *folder);

/* Dispatch until nothing is pending; fails the test after a minute. */
void scratch_settle(struct worker *w);
/* Dispatch what is there, or arrives. */
void scratch_turn(struct worker *w);

#endif
