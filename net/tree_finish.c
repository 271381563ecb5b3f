/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * When all records have come: the bytes are brought to the disk, then
 * everything gets its name, then the names are brought there. Whoever looks
 * after a crash finds a file whole under its name, or gathered, or both not.
 */
#include <errno.h>
#include <string.h>

#include "net/tree_internal.h"

enum { FINISH_SLICE = 512 }; /* entries at once, so that others get a turn */

/*
 * After a sync that failed nobody knows which of the files are on the disk,
 * and another one would not tell.
 */
static int
sync_files(struct tree_in *t, struct fault *f)
{
	if (fsys_sync_all(t->stage_fd) == 0)
		return 0;
	part_fail(t->plan, errno, f);
	f->passing = false;
	return ERR_IO;
}

static int
seal(struct tree_in *t, const uint8_t hash[WIRE_HASH_LEN], struct fault *f)
{
	const struct tree_writing *w = &t->writing;
	uint8_t ours[WIRE_HASH_LEN];

	if (w->pending || !record_is_between(&w->reader) || w->at < t->count)
		return tree_fail_records(f);
	part_digest(w->all, ours);
	if (memcmp(ours, hash, WIRE_HASH_LEN) != 0)
		return part_fail_hash(f);
	if (tree_stage_is_gone(t))
		return part_fail_removed(t->plan, f);
	return sync_files(t, f);
}

/* The names; the bytes are there, so this may be tried again. */
static int
settle(struct tree_in *t, struct fault *f)
{
	if (tree_path_leave(&t->placing.path, 0) < 0 ||
	    fsys_sync_all(t->folder_fd) < 0)
		return part_fail(t->plan, errno, f);
	tree_stage_remove(t);
	tree_in_release(t);
	return 0;
}

int
tree_in_finish(
    struct tree_in *t, const uint8_t hash[WIRE_HASH_LEN], struct fault *f)
{
	struct tree_placing *p = &t->placing;

	if (!p->sealed) {
		if (seal(t, hash, f) < 0)
			return ERR_IO;
		p->sealed = true;
		return ERR_AGAIN;
	}
	for (unsigned i = 0; i < FINISH_SLICE && p->at < t->count; i++) {
		if (tree_place(t, f) < 0)
			return ERR_IO;
	}
	return p->at < t->count ? ERR_AGAIN : settle(t, f);
}
