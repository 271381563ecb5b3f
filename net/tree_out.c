/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The entries are taken one after the other, as far as is known what the other
 * side has of them; what is at work may take many turns. What is not handed
 * over yet stands in block, across turns.
 */
#include "net/tree_out.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <xxhash.h>

#include "net/tree_out_internal.h"
#include "src/base/util.h"

struct tree_out *
tree_out_new(struct filelist *list, char *const *paths)
{
	const size_t roots = filelist_roots(list);
	struct tree_out *t = mem_zalloc(sizeof(*t));
	struct stat st;

	t->list = filelist_ref(list);
	t->count = filelist_count(list);
	t->paths = paths;
	t->links = mem_zalloc(roots * sizeof(*t->links));
	for (size_t i = 0; i < roots; i++)
		t->links[i] = lstat(paths[i], &st) == 0 && S_ISLNK(st.st_mode);
	t->root_fd = -1;
	claimed_init(&t->there);
	source_init(&t->source);
	t->hashes = XXH3_createState();
	if (t->hashes == NULL)
		fatal("out of memory");
	XXH3_128bits_reset(t->hashes);
	return t;
}

void
tree_out_free(struct tree_out *t)
{
	if (t == NULL)
		return;
	tree_out_close_root(t);
	source_release(&t->source);
	claimed_release(&t->there);
	XXH3_freeState(t->hashes);
	filelist_unref(t->list);
	free(t->links);
	free(t->block);
	free(t);
}

void
tree_out_list(struct tree_out *t)
{
	t->listing = true;
}

void
tree_out_start(struct tree_out *t)
{
	t->started = true;
}

void
tree_out_claims(struct tree_out *t, const struct frame_claims *claims)
{
	claimed_add(&t->there, claims, t->count);
}

void
tree_out_retry(struct tree_out *t, bool leave_out)
{
	t->stalled = false;
	t->leave_out |= leave_out;
}

static void
need_block(struct tree_out *t)
{
	if (t->block != NULL)
		return;
	t->block = mem_alloc(sizeof(*t->block) + OUTGOING_BLOCK);
	*t->block = (struct block){.len = 0};
}

static bool
is_listed(const struct tree_out *t)
{
	size_t len;

	filelist_bytes(t->list, &len);
	return t->listed == len;
}

/* As much of the list as a block holds. */
static void
put_list(struct tree_out *t)
{
	size_t len;
	const uint8_t *bytes = filelist_bytes(t->list, &len);

	len -= t->listed;
	if (len > OUTGOING_BLOCK)
		len = OUTGOING_BLOCK;
	need_block(t);
	memcpy(t->block->bytes, bytes + t->listed, len);
	t->block->len = len;
	t->listed += len;
}

/*
 * Find the next file. 0; ERR_AGAIN: nothing is known of what is over there;
 * ERR_NOT_FOUND: that was the last one.
 */
static int
take_next(struct tree_out *t)
{
	struct entry *e = &t->entry;
	struct wire_claim claim;

	while (!t->busy && t->next < t->there.upto) {
		const size_t at = t->next++;

		filelist_entry(t->list, at, e);
		if (memchr(e->path, '/', e->path_len) == NULL) {
			tree_out_close_root(t);
			t->roots++;
		}
		if (e->kind != ENTRY_FILE)
			continue;
		t->busy = true;
		t->begun = false;
		t->progress.entry = (uint32_t)at;
		source_begin(&t->source, e->size, e->mtime_ns);
		t->claimed = claimed_take(&t->there, at, &claim) &&
			     source_claim(&t->source, claim.offset, claim.hash);
	}
	if (t->busy)
		return 0;
	return t->next < t->count ? ERR_AGAIN : ERR_NOT_FOUND;
}

/* The file at work could not be read. */
static enum turn_state
on_fault(struct tree_out *t, struct turn *turn)
{
	char *path;

	source_let_go(&t->source);
	tree_out_close_root(t);
	if (t->leave_out) {
		tree_out_leave_out(t);
		return TURN_MORE;
	}
	path = str_ndup(t->entry.path, t->entry.path_len);
	source_explain(&t->source, path, SOURCE_IN_TREE, &turn->fault);
	free(path);
	t->stalled = t->stuck = true;
	return TURN_STUCK;
}

static enum turn_state
put_records(struct tree_out *t, struct turn *turn)
{
	size_t budget = OUTGOING_SLICE;
	int r;

	while (budget > 0 && !tree_out_is_full(t)) {
		r = take_next(t);
		if (r == ERR_AGAIN)
			return TURN_WAIT;
		if (r == ERR_NOT_FOUND) {
			tree_out_close_root(t);
			return TURN_END;
		}
		need_block(t);
		r = tree_out_file(t, &budget);
		if (r == ERR_IO && on_fault(t, turn) == TURN_STUCK)
			return TURN_STUCK;
	}
	return TURN_MORE;
}

static enum turn_state
go_on(struct tree_out *t, struct turn *turn)
{
	if (t->listing && !is_listed(t)) {
		if (t->block == NULL)
			put_list(t);
		return TURN_MORE;
	}
	if (t->stalled || !t->started)
		return TURN_WAIT;
	return put_records(t, turn);
}

static void
tell_end(const struct tree_out *t, struct turn *turn)
{
	XXH128_canonical_t hash;

	XXH128_canonicalFromHash(&hash, XXH3_128bits_digest(t->hashes));
	memcpy(turn->hash, hash.digest, WIRE_HASH_LEN);
	turn->left_out = t->left_out;
}

void
tree_out_turn(struct tree_out *t, struct turn *turn)
{
	const size_t listed = t->listed;

	turn->state = go_on(t, turn);
	turn->fine = !t->stuck;
	if (turn->state == TURN_END)
		tell_end(t, turn);
	turn->progress = t->progress;
	/* Blocks of the list are of nothing else. */
	turn_hand_over(
	    turn, &t->block, t->listed > listed || tree_out_is_full(t));
}
