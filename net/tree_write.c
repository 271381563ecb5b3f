/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The stream of records becomes files in the folder to gather in. A part that
 * was read and could not be done stays pending, so that a retry begins just
 * there. Each byte is hashed when it is written, once.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <xxhash.h>

#include "net/tree_internal.h"
#include "src/base/util.h"

enum {
	WRITE_BEHIND = 8 * 1024 * 1024, /* bytes between two hints to write */
};

static int
fail_write(const struct tree_in *t, int error, struct fault *f)
{
	if (error == ENOENT && tree_stage_is_gone(t))
		return part_fail_removed(t->plan, f);
	/* How much is missing, where that is known. */
	if (error == ENOSPC && tree_in_check_room(t, f) < 0)
		return ERR_IO;
	return part_fail(t->plan, error, f);
}

/* It got its mode when it was made, unless the umask is a strange one. */
static void
dress(const struct tree_in *t, int fd, bool found, const struct entry *e)
{
	const mode_t mode = part_mode(e->mode, t->plan->keep_mode, t->mask);
	const struct timespec times[2] = {
	    {.tv_nsec = UTIME_NOW}, part_mtime(e->mtime_ns)};

	if (found || (t->mask & (S_IRUSR | S_IWUSR)) != 0)
		(void)!fchmod(fd, mode);
	(void)!futimens(fd, times);
}

static int
open_staged(struct tree_in *t, const struct entry *e, bool found, int flags)
{
	char name[TREE_STAGED_MAX];

	tree_stage_name(e, name);
	if (found)
		return fsys_open_beneath(t->stage_fd, name,
		    flags | O_WRONLY | O_NONBLOCK | O_NOCTTY, 0);
	return fsys_open_beneath(t->stage_fd, name, O_WRONLY | O_CREAT | O_EXCL,
	    part_mode(e->mode, t->plan->keep_mode, t->mask));
}

static void
remove_staged(struct tree_in *t, const struct entry *e)
{
	char name[TREE_STAGED_MAX];

	tree_stage_name(e, name);
	unlinkat(t->stage_fd, name, 0);
}

/* The record is done with; size: of its file, and so much of it is known. */
static void
end_record(struct tree_in *t, uint64_t size, const uint8_t *hash)
{
	static const uint8_t none[WIRE_HASH_LEN];
	struct tree_writing *w = &t->writing;

	XXH3_128bits_update(w->all, hash != NULL ? hash : none, WIRE_HASH_LEN);
	w->bytes += size;
	t->progress.bytes = w->bytes;
	w->skipped = t->progress.skipped;
	t->progress.files++;
	w->at = tree_next_file(t, w->at + 1);
	t->progress.entry = (uint32_t)w->at;
}

/* Go on with what was claimed, or begin a new file. */
static int
begin_file(struct tree_in *t, const struct entry *e, struct fault *f)
{
	struct tree_writing *w = &t->writing;
	struct tree_claim *claim = tree_claims_at(&t->claims, w->at);
	const bool found = claim != NULL && claim->staged;
	const uint64_t from = w->now.from;

	if (from != 0 && (!found || claim->size != from))
		return tree_fail_records(f);
	w->fd = open_staged(t, e, found, from == 0 ? O_TRUNC : 0);
	if (w->fd < 0 && found && errno == ENOENT)
		return part_fail_removed(t->plan, f);
	if (w->fd < 0)
		return fail_write(t, errno, f);
	if (w->hash == NULL)
		w->hash = part_new_hash();
	if (from == 0)
		XXH3_128bits_reset(w->hash);
	else
		XXH3_copyState(w->hash, claim->state);
	if (from == 0 && claim != NULL)
		t->need += claim->size;
	w->found = found;
	w->size = e->size;
	w->written = w->behind = from;
	t->progress.bytes += from;
	t->progress.skipped += from;
	return 0;
}

static int
write_bytes(struct tree_in *t, struct fault *f)
{
	struct tree_writing *w = &t->writing;
	struct record *r = &w->now;

	if (r->len > w->size - w->written)
		return tree_fail_records(f);
	while (r->len > 0) {
		ssize_t n = fsys_write_at(w->fd, r->bytes, r->len, w->written);

		if (n < 0)
			return fail_write(t, errno, f);
		XXH3_128bits_update(w->hash, r->bytes, (size_t)n);
		r->bytes += n;
		r->len -= (size_t)n;
		w->written += (uint64_t)n;
		t->need -= (uint64_t)n;
		t->progress.bytes += (uint64_t)n;
	}
	if (w->written - w->behind >= WRITE_BEHIND) {
		fsys_write_behind(w->fd, w->behind, w->written - w->behind);
		w->behind = w->written;
	}
	return 0;
}

static int
close_file(struct tree_in *t)
{
	const int fd = t->writing.fd;

	t->writing.fd = -1;
	return close(fd) < 0 && errno != EINTR ? -1 : 0;
}

static int
end_file(struct tree_in *t, const struct entry *e, struct fault *f)
{
	struct tree_writing *w = &t->writing;
	uint8_t hash[WIRE_HASH_LEN];

	part_digest(w->hash, hash);
	if (w->written != w->size)
		return tree_fail_records(f);
	if (memcmp(hash, w->now.hash, WIRE_HASH_LEN) != 0)
		return tree_fail_hash(e, f);
	dress(t, w->fd, w->found, e);
	/* What is refused as late as this cannot be done again. */
	if ((!FSYS_SYNCS_ALL && fsync(w->fd) < 0) || close_file(t) < 0) {
		part_fail(t->plan, errno, f);
		f->passing = false;
		return ERR_IO;
	}
	t->fates[w->at] = FATE_STAGED;
	end_record(t, w->size, hash);
	return 0;
}

/* It could not be read to its end over there. */
static int
drop_file(struct tree_in *t, const struct entry *e)
{
	struct tree_writing *w = &t->writing;

	(void)close_file(t);
	remove_staged(t, e);
	t->need -= w->size - w->written;
	t->counts.left_out++;
	t->progress.skipped = w->skipped + w->size;
	end_record(t, w->size, NULL);
	return 0;
}

static int
leave_out(struct tree_in *t, const struct entry *e)
{
	const struct tree_claim *claim =
	    tree_claims_at(&t->claims, t->writing.at);

	if (claim != NULL && claim->staged)
		remove_staged(t, e);
	t->need -= e->size - (claim != NULL ? claim->size : 0);
	t->counts.left_out++;
	t->progress.skipped += e->size;
	end_record(t, e->size, NULL);
	return 0;
}

static void
remember_same(struct tree_in *t, const struct tree_claim *claim)
{
	if (t->same_count == t->same_room) {
		t->same_room = t->same_room > 0 ? 2 * t->same_room : 64;
		t->same = mem_realloc(t->same, t->same_room * sizeof(*t->same));
	}
	t->same[t->same_count++] =
	    (struct tree_same){claim->seen, claim->choice};
}

static int
take_same(struct tree_in *t, const struct entry *e, struct fault *f)
{
	const struct tree_claim *claim =
	    tree_claims_at(&t->claims, t->writing.at);
	int fd;

	if (claim == NULL || claim->size != e->size)
		return tree_fail_records(f);
	if (claim->staged) {
		/* When it was gathered, there was perhaps no time for this. */
		fd = open_staged(t, e, true, 0);
		if (fd < 0)
			return part_fail_removed(t->plan, f);
		dress(t, fd, true, e);
		close(fd);
		t->fates[t->writing.at] = FATE_STAGED;
	} else {
		remember_same(t, claim);
		t->fates[t->writing.at] = FATE_SAME;
	}
	t->progress.skipped += e->size;
	end_record(t, e->size, claim->hash);
	return 0;
}

/* Records may come for what has been told, and not beyond. */
static int
take(struct tree_in *t, struct fault *f)
{
	const struct tree_writing *w = &t->writing;
	struct entry e;

	if (w->at >= t->survey.told)
		return tree_fail_records(f);
	filelist_entry(t->list, w->at, &e);
	switch (w->now.part) {
	case RECORD_FILE:
		return begin_file(t, &e, f);
	case RECORD_BYTES:
		return write_bytes(t, f);
	case RECORD_END:
		return w->now.why == WHY_NONE ? end_file(t, &e, f)
					      : drop_file(t, &e);
	case RECORD_SAME:
		return take_same(t, &e, f);
	case RECORD_LEFT_OUT:
		return leave_out(t, &e);
	}
	return 0;
}

int
tree_in_write(struct tree_in *t, const uint8_t *bytes, size_t len,
    size_t *taken, struct fault *f)
{
	struct tree_writing *w = &t->writing;
	const uint8_t *at = bytes;
	int r = 0;

	for (;;) {
		if (!w->pending) {
			r = record_read(&w->reader, &at, &len, &w->now);
			if (r < 0)
				break;
			w->pending = true;
		}
		r = take(t, f);
		if (r < 0)
			break;
		w->pending = false;
	}
	*taken = (size_t)(at - bytes);
	if (r == ERR_AGAIN)
		return 0;
	return r == ERR_PROTO ? tree_fail_records(f) : r;
}
