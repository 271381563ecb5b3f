/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the part*.c files share, and nobody else includes. */
#ifndef CHARLA_NET_PART_INTERNAL_H
#define CHARLA_NET_PART_INTERNAL_H

#include <sys/stat.h>
#include <time.h>

#include "net/part.h"

/* The time that the whole file gets. */
struct timespec part_mtime(const struct part *p);
/* Is it one file? */
bool part_is_same(const struct stat *a, const struct stat *b);
/* Hash and write from 0 on. */
void part_begin(struct part *p);
/* The folder that is open has been removed: nothing gets a name in it. */
bool part_folder_is_gone(const struct part *p);

/* part_say.c: these fill f and return ERR_IO. */
/* What the system said about the folder, or a file in it. */
int part_fail(const struct part *p, int error, struct fault *f);
/* Bytes were refused. */
int part_fail_write(const struct part *p, int error, struct fault *f);
/* The part file cannot be had: EEXIST, something else has its name. */
int part_fail_open(const struct part *p, int error, struct fault *f);
int part_fail_read(const struct part *p, int error, struct fault *f);
/* So many bytes are too many for the disk. */
int part_fail_room(const struct part *p, uint64_t missing, struct fault *f);
/* More than the whole disk. */
int part_fail_disk(const struct part *p, struct fault *f);
/* Other bytes than agreed: so many. */
int part_fail_size(const struct part *p, uint64_t got, struct fault *f);
int part_fail_hash(struct fault *f);
/* No name could be given. */
int part_fail_name(const struct part *p, int error, struct fault *f);

#endif
