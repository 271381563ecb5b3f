/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the part*.c and tree_*.c files share, and nobody else includes. */
#ifndef CHARLA_NET_PART_INTERNAL_H
#define CHARLA_NET_PART_INTERNAL_H

#include <sys/stat.h>
#include <time.h>

#include "net/part.h"

/* The time that a whole file gets, and the mode; whatever was offered. */
struct timespec part_mtime(int64_t mtime_ns);
mode_t part_mode(uint16_t mode, bool keep_mode, mode_t mask);
/* "folder/name"; the caller frees. */
char *part_join(const char *folder, const char *name);
/* Is it about that time? Some file systems keep every other second. */
bool part_is_about(const struct timespec *a, const struct timespec *b);
/* Is it one file? */
bool part_is_same(const struct stat *a, const struct stat *b);
/* What a digest is on the wire. */
void part_digest(const struct XXH3_state_s *state, uint8_t hash[WIRE_HASH_LEN]);
struct XXH3_state_s *part_new_hash(void);
/* Hash and write from 0 on. */
void part_begin(struct part *p);
/* The folder is made where it is missing, and opened. */
int part_open_folder(const struct part_plan *plan, int *fd, struct fault *f);
/* An open folder has been removed: nothing gets a name in it. */
bool part_folder_is_gone(int folder_fd);
/* Are so many bytes free for what the plan has still to write? */
int part_room(const struct part_plan *plan, int folder_fd, uint64_t need,
    struct fault *f);

/* part_say.c: these fill f and return ERR_IO. */
/* What the system said about the folder, or a file in it. */
int part_fail(const struct part_plan *plan, int error, struct fault *f);
/* The part cannot be had: EEXIST, something else has its name. */
int part_fail_open(const struct part_plan *plan, int error, struct fault *f);
int part_fail_read(const struct part_plan *plan, int error, struct fault *f);
/* So many bytes are too many for the disk. */
int part_fail_room(
    const struct part_plan *plan, uint64_t missing, struct fault *f);
/* More than the whole disk. */
int part_fail_disk(const struct part_plan *plan, struct fault *f);
/* Other bytes than agreed: so many. */
int part_fail_size(const struct part_plan *plan, uint64_t got, struct fault *f);
int part_fail_hash(struct fault *f);
/* Somebody took it away while it was written to. */
int part_fail_removed(const struct part_plan *plan, struct fault *f);
/* No name could be given. */
int part_fail_name(const struct part_plan *plan, int error, struct fault *f);

#endif
