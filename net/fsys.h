/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The few file system calls that keep us inside one folder and never replace
 * what is there: Linux's own where the kernel and the file system have them,
 * POSIX where not. Everything here may block: for workers only. Functions
 * return 0 or a descriptor, or -1 with errno.
 */
#ifndef CHARLA_NET_FSYS_H
#define CHARLA_NET_FSYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "net/wire.h"
#include "src/base/err.h"

/* What went wrong with a file: for the other side, and for a person. */
struct fault {
	enum wire_why why;
	struct reason reason;
	/* Writing: room may be made, a folder mended; then it goes on. */
	bool passing;
	uint64_t missing; /* passing: bytes of room; 0: not known, or other */
};

/*
 * Open a path beneath a folder: names and '/' between them, none of them empty
 * or ".." (EXDEV). Nothing is followed: a symbolic link that is the last name
 * is ELOOP, or EEXIST with O_EXCL; one before it ELOOP or ENOTDIR.
 */
int fsys_open_path(int folder_fd, const char *path, int flags, mode_t mode);
/* The same for a plain name; EXDEV also where it has a '/'. */
int fsys_open_beneath(int folder_fd, const char *name, int flags, mode_t mode);
/*
 * Rename from one folder into the same or another one of the same file
 * system; EEXIST where anything at all is called to.
 */
int fsys_rename_new(int from_fd, const char *from, int to_fd, const char *to);
/*
 * Does fsys_sync_all wait until everything on the file system of fd is on the
 * disk? Else every file and folder has to be synced by itself.
 */
#ifdef __linux__
enum { FSYS_SYNCS_ALL = 1 };
#else
enum { FSYS_SYNCS_ALL = 0 };
#endif
int fsys_sync_all(int fd);
/*
 * Keep other processes from this file until it is closed. EWOULDBLOCK where
 * one of them has it; 0 also on a file system that knows no locks.
 */
int fsys_lock(int fd);
/* Up to len bytes from offset on; 0 at the end. */
ssize_t fsys_read_at(int fd, void *data, size_t len, uint64_t offset);
/* Up to len bytes (at least 1) at offset; never 0. */
ssize_t fsys_write_at(int fd, const void *data, size_t len, uint64_t offset);
/* Let the kernel begin to write this range, so that a later fsync is short. */
void fsys_write_behind(int fd, uint64_t offset, uint64_t len);
/* The process's umask, read without changing it. */
mode_t fsys_umask(void);
/* The reason to tell the other side for an errno. */
enum wire_why fsys_why(int error);
/* May a person put an end to this errno, with the file as it is? */
bool fsys_may_pass(int error);
/* A path for a sentence: clean, and not too long. The caller frees. */
char *fsys_show(const char *path);

#endif
