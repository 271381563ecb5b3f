/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The file at work, from its opening to the end of its record. That begins in
 * the stream with the first bytes read, so that a file which cannot be read
 * from the beginning is simply left out.
 *
 * Only one folder is open: the root of the entries that it is at. A file is
 * opened by its whole path beneath that, and nothing on it is followed. The
 * root itself may be a symbolic link if it was one when it was listed.
 */
#include "net/tree_out_internal.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <xxhash.h>

#include "net/record.h"

enum {
	TREE_ROOM_MIN = 64,    /* in a block, for any part and some bytes */
	TREE_OPEN_COST = 4096, /* bytes that could be read meanwhile */
	TREE_FILE_FLAGS = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
	TREE_ROOT_FLAGS = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
};

_Static_assert(
    (int)TREE_ROOM_MIN >
	(int)RECORD_FILE_LEN + (int)RECORD_CHUNK_LEN + (int)RECORD_END_LEN,
    "any part fits");

bool
tree_out_is_full(const struct tree_out *t)
{
	return t->block != NULL &&
	       t->block->len > OUTGOING_BLOCK - TREE_ROOM_MIN;
}

void
tree_out_close_root(struct tree_out *t)
{
	if (t->root_fd >= 0)
		close(t->root_fd);
	t->root_fd = -1;
}

/* The file at work, beneath its root. -1 with errno. */
static int
open_file(struct tree_out *t)
{
	const struct entry *e = &t->entry;
	const char *root = t->paths[t->roots - 1];
	const int follow = t->links[t->roots - 1] ? 0 : O_NOFOLLOW;
	const char *slash = memchr(e->path, '/', e->path_len);
	size_t len;

	if (slash == NULL)
		return open(root, TREE_FILE_FLAGS | follow);
	if (t->root_fd < 0)
		t->root_fd = open(root, TREE_ROOT_FLAGS | follow);
	if (t->root_fd < 0)
		return -1;
	len = e->path_len - (size_t)(slash + 1 - e->path);
	memcpy(t->path, slash + 1, len);
	t->path[len] = '\0';
	return fsys_open_path(t->root_fd, t->path, TREE_FILE_FLAGS, 0);
}

/* Where the next part is written. */
static uint8_t *
block_end(const struct tree_out *t)
{
	return t->block->bytes + t->block->len;
}

/* bytes of the file at work are behind us. */
static void
advance(struct tree_out *t, uint64_t bytes, uint64_t skipped)
{
	t->progress.bytes += bytes;
	t->progress.skipped += skipped;
	t->stuck = false;
}

static void
end_file(struct tree_out *t, const uint8_t hash[WIRE_HASH_LEN])
{
	XXH3_128bits_update(t->hashes, hash, WIRE_HASH_LEN);
	t->progress.files++;
	t->busy = t->stuck = false;
}

/* What is over there is the whole of it. */
static int
put_same(struct tree_out *t)
{
	uint8_t hash[WIRE_HASH_LEN];

	if (source_finish(&t->source, hash) < 0)
		return ERR_IO;
	t->block->len += record_put_same(block_end(t));
	advance(t, t->entry.size, t->entry.size);
	end_file(t, hash);
	return 0;
}

static void
begin_record(struct tree_out *t, uint64_t from)
{
	if (t->begun)
		return;
	t->begun = true;
	t->block->len += record_put_file(block_end(t), from);
	advance(t, from, from);
}

/* As much as there is room for, read to where it is sent from. */
static int
put_chunk(struct tree_out *t)
{
	struct source *s = &t->source;
	const uint64_t from = s->got, left = s->size - s->got;
	const size_t head = (t->begun ? 0 : RECORD_FILE_LEN) + RECORD_CHUNK_LEN;
	size_t len = OUTGOING_BLOCK - t->block->len - head;

	if (len > left)
		len = (size_t)left;
	if (source_read(s, block_end(t) + head, len) < 0)
		return ERR_IO;
	begin_record(t, from);
	t->block->len += record_put_chunk(block_end(t), len) + len;
	advance(t, len, 0);
	return 0;
}

static int
put_end(struct tree_out *t)
{
	uint8_t hash[WIRE_HASH_LEN];

	if (source_finish(&t->source, hash) < 0)
		return ERR_IO;
	begin_record(t, t->source.got);
	t->block->len += record_put_end(block_end(t), hash);
	end_file(t, hash);
	return 0;
}

int
tree_out_file(struct tree_out *t, size_t *budget)
{
	struct source *s = &t->source;
	int r = 0;

	if (s->fd < 0) {
		*budget -= *budget < TREE_OPEN_COST ? *budget : TREE_OPEN_COST;
		r = source_attach(s, open_file(t));
	}
	if (r == 0)
		r = source_settle(s, budget);
	if (r < 0)
		return r;
	if (t->claimed && !t->begun && s->got == s->size)
		return put_same(t);
	while (r == 0 && s->got < s->size)
		r = tree_out_is_full(t) ? ERR_AGAIN : put_chunk(t);
	if (r == 0)
		r = tree_out_is_full(t) ? ERR_AGAIN : put_end(t);
	return r;
}

void
tree_out_leave_out(struct tree_out *t)
{
	const uint8_t hash[WIRE_HASH_LEN] = {0};
	const enum wire_why why = source_why(&t->source);
	/* They are behind us already. */
	const uint64_t sent = t->begun ? t->source.base : 0;
	const uint64_t left = t->entry.size - sent;

	if (t->begun)
		t->block->len += record_put_void(block_end(t), why);
	else
		t->block->len += record_put_left_out(block_end(t), why);
	t->left_out++;
	advance(t, left, left);
	end_file(t, hash);
}
