/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small files, whole. All of this blocks: for a worker. */
#ifndef CHARLA_BASE_FILE_H
#define CHARLA_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* False with errno. */
bool file_write_all(int fd, const char *bytes, size_t len);
/*
 * A new file, 0600 whatever the umask. With sync it is on the disk after.
 * False with errno; EEXIST where there is one.
 */
bool file_make(const char *path, const char *bytes, size_t len, bool sync);
/* The same in the place of what may be there: one or the other, whole. */
bool file_replace(const char *path, const char *bytes, size_t len);
/*
 * A regular file of at most most bytes, terminated; the caller frees. NULL
 * with errno; EFBIG where it is larger.
 */
char *file_read(const char *path, size_t most, size_t *len);

#endif
