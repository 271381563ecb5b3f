/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a transfer of several files or of whole folders consists of: a list
 * of entries, as bytes (that is how it goes over the wire, and how it is
 * kept) with an index. Pure.
 *
 *     entry: u8 kind | u16 mode | u64 size | i64 mtime_ns | u16 len | path
 *
 * Paths are relative, their components separated by '/'. Each component is a
 * name that incoming_check_name would take. Entries stand in order: by path,
 * byte for byte, where '/' is lower than any other byte. So a folder comes
 * before all that is in it, what is in it follows at once, and no path comes
 * twice. Whatever is in a folder, that folder is an entry of kind
 * ENTRY_FOLDER; at the top there may be any number of entries, the roots.
 */
#ifndef CHARLA_NET_FILELIST_H
#define CHARLA_NET_FILELIST_H

#include "net/wire.h"

enum {
	FILELIST_MAX = 32 * 1024 * 1024, /* bytes of a list */
	FILELIST_ENTRIES_MAX = 1000 * 1000,
	FILELIST_PATH_MAX = 4095, /* bytes */
	FILELIST_DEPTH_MAX = 100, /* components of a path */
};

enum entry_kind {
	ENTRY_FILE = 1,
	ENTRY_FOLDER = 2,
	ENTRY_LINK = 3,  /* a symbolic link: listed, never made or followed */
	ENTRY_OTHER = 4, /* a socket, a device, a FIFO: the same */
};

struct entry {
	enum entry_kind kind;
	uint16_t mode; /* permission bits */
	uint64_t size; /* bytes; 0 but for files */
	int64_t mtime_ns;
	const char *path; /* not terminated */
	size_t path_len;
};

/* How far a tree has come; for the one end or the other. */
struct tree_progress {
	uint32_t entry;   /* number of the file it is on */
	uint32_t files;   /* files behind it, in whatever way */
	uint64_t bytes;   /* of files, sent or not, that are behind it */
	uint64_t skipped; /* of these: were there already, or left out */
};

struct filelist;

/* Shared by reference, also between threads once it is complete. */
struct filelist *filelist_new(void);
struct filelist *filelist_ref(struct filelist *l);
void filelist_unref(struct filelist *l);

/*
 * The next entry, copied. ERR_FULL over one of the bounds; ERR_INVALID where
 * it breaks a rule above. Then nothing was added.
 */
int filelist_add(struct filelist *l, const struct entry *entry);
/*
 * The same from bytes as they arrive, cut anywhere. ERR_FULL, or ERR_PROTO
 * where they are no list; then it is of no more use.
 */
int filelist_feed(struct filelist *l, const uint8_t *bytes, size_t len);
/* No part of an entry waits for the rest of it. */
bool filelist_is_whole(const struct filelist *l);

/* All entries; as long as nothing is added. */
const uint8_t *filelist_bytes(const struct filelist *l, size_t *len);
size_t filelist_count(const struct filelist *l);
/* Entry number at (less than the count), as long as nothing is added. */
void filelist_entry(const struct filelist *l, size_t at, struct entry *out);
size_t filelist_files(const struct filelist *l); /* kind ENTRY_FILE */
size_t filelist_roots(const struct filelist *l);
/* Bytes of all files; checked: it fits into an int64_t. */
uint64_t filelist_size(const struct filelist *l);
/* XXH3-128 of the bytes. */
void filelist_hash(const struct filelist *l, uint8_t hash[WIRE_HASH_LEN]);

/* The last component of an entry's path. */
const char *entry_name(const struct entry *entry, size_t *len);
/* 0: a root; else how many components its path has before the last. */
unsigned entry_depth(const struct entry *entry);

#endif
