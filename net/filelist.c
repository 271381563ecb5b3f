/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The bytes stand in one buffer, as they came, with the offset of each entry.
 * Only bytes before whole are entries; behind it may be the beginning of one.
 *
 * Where '/' is the lowest byte, whatever stands between a folder and a path
 * in it is in that folder, too. So one look at the entry before tells whether
 * the folder of the next one is there: it is that folder, or is in it.
 */
#include "net/filelist.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "net/filename.h"
#include "src/base/err.h"
#include "src/base/util.h"

enum {
	ENTRY_HEAD_LEN = 1 + 2 + 8 + 8 + 2,
	ENTRY_MODE_BITS = 0777,
	OFFSETS_FIRST = 64,
};

struct filelist {
	atomic_uint refs;
	bool broken; /* by what was fed */
	struct buf bytes;
	size_t whole;
	uint32_t *offsets; /* of the entries in bytes */
	size_t count;
	size_t room; /* of offsets */
	size_t files;
	size_t roots;
	uint64_t size;
};

_Static_assert(FILELIST_MAX <= UINT32_MAX, "an offset fits");

struct filelist *
filelist_new(void)
{
	struct filelist *l = mem_zalloc(sizeof(*l));

	atomic_init(&l->refs, 1);
	buf_init(&l->bytes, FILELIST_MAX);
	return l;
}

struct filelist *
filelist_ref(struct filelist *l)
{
	atomic_fetch_add(&l->refs, 1);
	return l;
}

void
filelist_unref(struct filelist *l)
{
	if (l == NULL || atomic_fetch_sub(&l->refs, 1) > 1)
		return;
	buf_release(&l->bytes);
	free(l->offsets);
	free(l);
}

/* Read what goes before a path, and where that begins. */
static int
read_head(struct buf *view, struct entry *out)
{
	uint8_t kind;
	uint16_t path_len;
	uint64_t mtime;

	if (buf_len(view) < ENTRY_HEAD_LEN)
		return ERR_AGAIN;
	buf_get_u8(view, &kind);
	buf_get_u16(view, &out->mode);
	buf_get_u64(view, &out->size);
	buf_get_u64(view, &mtime);
	buf_get_u16(view, &path_len);
	out->kind = kind;
	out->mtime_ns = (int64_t)mtime;
	out->path = (const char *)buf_data(view);
	out->path_len = path_len;
	return 0;
}

size_t
filelist_count(const struct filelist *l)
{
	return l->count;
}

void
filelist_entry(const struct filelist *l, size_t at, struct entry *out)
{
	struct buf view;

	buf_view(&view, buf_data(&l->bytes) + l->offsets[at],
	    l->whole - l->offsets[at]);
	if (read_head(&view, out) < 0)
		fatal("filelist: no entry %zu", at);
}

const char *
entry_name(const struct entry *entry, size_t *len)
{
	const char *slash = memrchr(entry->path, '/', entry->path_len);
	const char *name = slash != NULL ? slash + 1 : entry->path;

	*len = entry->path_len - (size_t)(name - entry->path);
	return name;
}

unsigned
entry_depth(const struct entry *entry)
{
	unsigned depth = 0;

	for (size_t i = 0; i < entry->path_len; i++)
		depth += entry->path[i] == '/';
	return depth;
}

/* What can be told before the path is there. */
static int
check_head(const struct filelist *l, const struct entry *entry)
{
	if (entry->kind < ENTRY_FILE || entry->kind > ENTRY_OTHER ||
	    (entry->mode & ~ENTRY_MODE_BITS) != 0 ||
	    (entry->kind != ENTRY_FILE && entry->size != 0) ||
	    entry->path_len == 0)
		return ERR_INVALID;
	if (entry->size > INT64_MAX - l->size ||
	    entry->path_len > FILELIST_PATH_MAX ||
	    l->count == FILELIST_ENTRIES_MAX)
		return ERR_FULL;
	return 0;
}

/* Every component is a name, and there are not too many. */
static int
check_components(const struct entry *entry)
{
	const char *at = entry->path;
	const char *end = at + entry->path_len;

	if (entry_depth(entry) >= FILELIST_DEPTH_MAX)
		return ERR_FULL;
	for (;;) {
		const char *slash = memchr(at, '/', (size_t)(end - at));
		const char *stop = slash != NULL ? slash : end;

		if (!filename_is_safe(at, (size_t)(stop - at)))
			return ERR_INVALID;
		if (slash == NULL)
			return 0;
		at = slash + 1;
	}
}

/* NUL is in no path, so its place is free for '/'. */
static uint8_t
rank(char c)
{
	return c == '/' ? 0 : (uint8_t)c;
}

/* b comes behind a. */
static bool
is_behind(const struct entry *a, const struct entry *b)
{
	const size_t len =
	    a->path_len < b->path_len ? a->path_len : b->path_len;

	for (size_t i = 0; i < len; i++) {
		if (a->path[i] != b->path[i])
			return rank(a->path[i]) < rank(b->path[i]);
	}
	return a->path_len < b->path_len;
}

/* Everything about entry where last is the one before it. */
static int
check_order(const struct entry *last, const struct entry *entry)
{
	size_t name_len, folder_len;

	if (!is_behind(last, entry))
		return ERR_INVALID;
	entry_name(entry, &name_len);
	if (name_len == entry->path_len)
		return 0;
	folder_len = entry->path_len - name_len - 1;
	if (last->path_len < folder_len ||
	    memcmp(last->path, entry->path, folder_len) != 0)
		return ERR_INVALID;
	/* Longer, and yet lower: it goes on with '/', so it is inside. */
	if (last->path_len > folder_len || last->kind == ENTRY_FOLDER)
		return 0;
	return ERR_INVALID;
}

static int
check_path(const struct filelist *l, const struct entry *entry)
{
	struct entry last;
	int r = check_components(entry);

	if (r < 0)
		return r;
	if (l->count == 0)
		return entry_depth(entry) == 0 ? 0 : ERR_INVALID;
	filelist_entry(l, l->count - 1, &last);
	return check_order(&last, entry);
}

/* The entry has been checked, and its bytes stand at whole. */
static void
take(struct filelist *l, const struct entry *entry)
{
	if (l->count == l->room) {
		l->room = l->room > 0 ? 2 * l->room : OFFSETS_FIRST;
		l->offsets =
		    mem_realloc(l->offsets, l->room * sizeof(*l->offsets));
	}
	l->offsets[l->count++] = (uint32_t)l->whole;
	l->whole += ENTRY_HEAD_LEN + entry->path_len;
	l->size += entry->size;
	l->files += entry->kind == ENTRY_FILE;
	l->roots += entry_depth(entry) == 0;
}

int
filelist_add(struct filelist *l, const struct entry *entry)
{
	int r;

	if (!filelist_is_whole(l))
		return ERR_INVALID;
	r = check_head(l, entry);
	if (r == 0)
		r = check_path(l, entry);
	if (r < 0)
		return r;
	if (buf_room(&l->bytes) < ENTRY_HEAD_LEN + entry->path_len)
		return ERR_FULL;
	buf_put_u8(&l->bytes, (uint8_t)entry->kind);
	buf_put_u16(&l->bytes, entry->mode);
	buf_put_u64(&l->bytes, entry->size);
	buf_put_u64(&l->bytes, (uint64_t)entry->mtime_ns);
	buf_put_str(&l->bytes, entry->path, entry->path_len);
	take(l, entry);
	return 0;
}

/* Take in whatever is whole. */
static int
parse(struct filelist *l)
{
	struct entry entry;
	struct buf view;
	int r;

	buf_view(&view, buf_data(&l->bytes) + l->whole,
	    buf_len(&l->bytes) - l->whole);
	while (read_head(&view, &entry) == 0) {
		r = check_head(l, &entry);
		if (r < 0)
			return r;
		if (buf_skip(&view, entry.path_len) < 0)
			break;
		r = check_path(l, &entry);
		if (r < 0)
			return r;
		take(l, &entry);
	}
	return 0;
}

int
filelist_feed(struct filelist *l, const uint8_t *bytes, size_t len)
{
	int r;

	if (l->broken)
		return ERR_PROTO;
	if (len == 0)
		return 0;
	r = buf_put(&l->bytes, bytes, len);
	if (r == 0)
		r = parse(l);
	l->broken = r < 0;
	return r == ERR_INVALID ? ERR_PROTO : r;
}

bool
filelist_is_whole(const struct filelist *l)
{
	return !l->broken && l->whole == buf_len(&l->bytes);
}

const uint8_t *
filelist_bytes(const struct filelist *l, size_t *len)
{
	*len = l->whole;
	return buf_data(&l->bytes);
}

size_t
filelist_files(const struct filelist *l)
{
	return l->files;
}

size_t
filelist_roots(const struct filelist *l)
{
	return l->roots;
}

uint64_t
filelist_size(const struct filelist *l)
{
	return l->size;
}

void
filelist_hash(const struct filelist *l, uint8_t hash[WIRE_HASH_LEN])
{
	XXH128_canonical_t canonical;

	XXH128_canonicalFromHash(
	    &canonical, XXH3_128bits(buf_data(&l->bytes), l->whole));
	memcpy(hash, canonical.digest, WIRE_HASH_LEN);
}
