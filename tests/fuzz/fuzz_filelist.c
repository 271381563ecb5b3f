/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A list as a peer may send it. The first byte says in what pieces it
 * arrives; the rest is the list. Whatever is taken keeps every rule, and
 * makes the same list again, entry by entry.
 */
#include <stdlib.h>
#include <string.h>

#include "net/filelist.h"
#include "net/filename.h"
#include "src/base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool truth)
{
	if (!truth)
		abort();
}

/* What the entry stands in: it is on the way down to the last one. */
struct way {
	struct entry folders[FILELIST_DEPTH_MAX];
	unsigned depth;
};

/* '/' below all others. */
static bool
is_lower(char a, char b)
{
	if (a == '/' || b == '/')
		return a == '/';
	return (uint8_t)a < (uint8_t)b;
}

static void
check_order(const struct entry *last, const struct entry *next)
{
	size_t same = 0;

	while (same < last->path_len && same < next->path_len &&
	       last->path[same] == next->path[same])
		same++;
	must(same < next->path_len);
	must(same == last->path_len ||
	     is_lower(last->path[same], next->path[same]));
}

static void
check_entry(struct way *way, const struct entry *e)
{
	unsigned depth = entry_depth(e);
	const struct entry *above;
	const char *name;
	size_t len;

	must(e->kind >= ENTRY_FILE && e->kind <= ENTRY_OTHER);
	must(e->mode <= 0777 && (e->kind == ENTRY_FILE || e->size == 0));
	must(e->path_len > 0 && e->path_len <= FILELIST_PATH_MAX);
	must(depth < FILELIST_DEPTH_MAX && depth <= way->depth);
	name = entry_name(e, &len);
	must(filename_is_safe(name, len));
	must(name + len == e->path + e->path_len);
	if (depth > 0) {
		above = &way->folders[depth - 1];
		must(above->path_len + 1 + len == e->path_len);
		must(memcmp(above->path, e->path, above->path_len) == 0);
		must(name[-1] == '/');
	}
	way->depth = depth;
	if (e->kind == ENTRY_FOLDER && depth + 1 < FILELIST_DEPTH_MAX)
		way->folders[way->depth++] = *e;
}

static void
check_list(const struct filelist *l)
{
	struct filelist *again = filelist_new();
	struct way *way = calloc(1, sizeof(*way));
	size_t count = filelist_count(l), files = 0, roots = 0, len, len_again;
	uint64_t size = 0;
	struct entry last = {.path_len = 0}, e;

	must(way != NULL);
	for (size_t i = 0; i < count; i++) {
		filelist_entry(l, i, &e);
		check_entry(way, &e);
		if (i > 0)
			check_order(&last, &e);
		must(filelist_add(again, &e) == 0);
		files += e.kind == ENTRY_FILE;
		roots += entry_depth(&e) == 0;
		must(e.size <= INT64_MAX - size);
		size += e.size;
		last = e;
	}
	must(filelist_files(l) == files && filelist_roots(l) == roots);
	must(filelist_size(l) == size && filelist_count(again) == count);
	filelist_bytes(l, &len);
	filelist_bytes(again, &len_again);
	must(len == len_again);
	must(len == 0 || memcmp(filelist_bytes(l, &len),
			     filelist_bytes(again, &len), len) == 0);
	filelist_unref(again);
	free(way);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct filelist *l, *whole;
	size_t piece, len, taken;
	int r = 0, r_whole;

	if (size < 1)
		return 0;
	piece = (size_t)data[0] + 1;
	data++;
	size--;
	l = filelist_new();
	for (size_t at = 0; r == 0 && at < size; at += len) {
		len = piece < size - at ? piece : size - at;
		r = filelist_feed(l, data + at, len);
	}
	must(r == 0 || r == ERR_PROTO || r == ERR_FULL);
	must(r == 0 || !filelist_is_whole(l));
	check_list(l);
	must(filelist_bytes(l, &taken) == NULL || taken <= size);
	must(r < 0 || filelist_is_whole(l) == (taken == size));

	whole = filelist_new();
	r_whole = filelist_feed(whole, data, size);
	must(r == r_whole && filelist_count(l) == filelist_count(whole));
	filelist_unref(whole);
	filelist_unref(l);
	return 0;
}
