/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/part.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xxhash.h>

#include "net/part_internal.h"
#include "src/base/util.h"

enum {
	PART_BEHIND = 8 * 1024 * 1024, /* bytes between two hints to write */
	PART_SLICE = 1024 * 1024,      /* read at once, so others get a turn */
};

_Static_assert((int)WIRE_HASH_LEN == (int)sizeof(XXH128_canonical_t),
    "the hash on the wire is XXH3-128");

void
part_init(struct part *p, const struct part_plan *plan)
{
	*p = (struct part){.plan = plan, .folder_fd = -1, .fd = -1};
}

void
part_release(struct part *p)
{
	/* Whoever reads it next shall see what is on the disk. */
	if (p->doubtful)
		(void)posix_fadvise(p->fd, 0, 0, POSIX_FADV_DONTNEED);
	if (p->fd >= 0)
		close(p->fd);
	if (p->folder_fd >= 0)
		close(p->folder_fd);
	XXH3_freeState(p->hash);
	part_init(p, p->plan);
}

/* Take the name away, if it is still that of our file. */
static void
remove_name(const struct part *p)
{
	const char *name = p->plan->part;
	struct stat st, named;

	if (fstat(p->fd, &st) == 0 &&
	    fstatat(p->folder_fd, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	    part_is_same(&st, &named))
		unlinkat(p->folder_fd, name, 0);
}

void
part_remove(struct part *p)
{
	if (p->unplaced)
		remove_name(p);
	part_release(p);
}

void
part_begin(struct part *p)
{
	if (p->hash == NULL)
		p->hash = part_new_hash();
	XXH3_128bits_reset(p->hash);
	p->there = p->written = p->behind = 0;
	p->sealed = false;
}

void
part_hash(const struct part *p, uint8_t hash[WIRE_HASH_LEN])
{
	part_digest(p->hash, hash);
}

bool
part_is_read(const struct part *p)
{
	return p->written >= p->there;
}

/* It did not give what it promised: somebody changed it, or the disk is bad. */
static int
read_short(struct part *p, int error, struct fault *f)
{
	/* It was only a guess. */
	if (p->placed[0] != '\0')
		return part_restart(p, f);
	if (error != 0)
		return part_fail_read(p->plan, error, f);
	p->there = p->written;
	return 0;
}

int
part_read(struct part *p, struct fault *f)
{
	const uint64_t left = p->there - p->written;
	const size_t len = left < PART_SLICE ? (size_t)left : PART_SLICE;

	/* A new beginning that came to nothing. */
	if (p->fd < 0)
		return part_restart(p, f);

	uint8_t *bytes = mem_alloc(len);
	ssize_t n = fsys_read_at(p->fd, bytes, len, p->written);
	int result = 0;

	if (n > 0) {
		XXH3_128bits_update(p->hash, bytes, (size_t)n);
		p->written += (uint64_t)n;
		p->behind = p->written;
	} else {
		result = read_short(p, n < 0 ? errno : 0, f);
	}
	free(bytes);
	return result;
}

static int
fail_write(const struct part *p, int error, struct fault *f)
{
	/* How much is missing, where that is known. */
	if (error == ENOSPC && part_check_room(p, f) < 0)
		return ERR_IO;
	return part_fail(p->plan, error, f);
}

/* A byte is hashed when it is written, once. */
static int
write_some(struct part *p, const uint8_t **data, size_t *len, struct fault *f)
{
	ssize_t n = fsys_write_at(p->fd, *data, *len, p->written);

	if (n < 0)
		return fail_write(p, errno, f);
	XXH3_128bits_update(p->hash, *data, (size_t)n);
	p->written += (uint64_t)n;
	*data += n;
	*len -= (size_t)n;
	return 0;
}

int
part_append(struct part *p, const void *data, size_t len, struct fault *f)
{
	const uint8_t *at = data;
	uint64_t end;

	if (!add_u64(p->written, len, &end) || end > p->plan->size)
		return part_fail_size(p->plan, p->written + len, f);
	while (len > 0) {
		if (write_some(p, &at, &len, f) < 0)
			return ERR_IO;
	}
	if (end - p->behind >= PART_BEHIND) {
		fsys_write_behind(p->fd, p->behind, end - p->behind);
		p->behind = end;
	}
	return 0;
}

/*
 * Times and modes are a courtesy: a file system that knows none (FAT, some
 * network ones) refuses, and the file is as good without.
 */
static void
dress(const struct part *p)
{
	const struct part_plan *plan = p->plan;
	const mode_t mode =
	    part_mode(plan->mode, plan->keep_mode, fsys_umask());
	const struct timespec times[2] = {
	    {.tv_nsec = UTIME_NOW}, part_mtime(plan->mtime_ns)};

	(void)!fchmod(p->fd, mode);
	(void)!futimens(p->fd, times);
}

/* All bytes of the file from, once more, into p, from 0 on. */
static int
write_again(struct part *p, int from, struct fault *f)
{
	uint8_t *bytes = mem_alloc(PART_SLICE);
	int result = 0;

	part_begin(p);
	while (result == 0 && p->written < p->plan->size) {
		ssize_t n = fsys_read_at(from, bytes, PART_SLICE, p->written);

		if (n > 0)
			result = part_append(p, bytes, (size_t)n, f);
		else
			result =
			    part_fail_read(p->plan, n < 0 ? errno : EIO, f);
	}
	free(bytes);
	return result;
}

/*
 * After a sync that failed the kernel may take pages for written that are
 * not, and a second sync says nothing. So then every byte is written anew.
 */
static int
sync_file(struct part *p, struct fault *f)
{
	if (fsync(p->fd) == 0) {
		p->doubtful = false;
		p->sealed = true;
		return 0;
	}
	part_fail(p->plan, errno, f);
	p->doubtful = true;
	/* A file that was found is not ours to write to. */
	f->passing = f->passing && p->unplaced;
	return ERR_IO;
}

int
part_seal(struct part *p, const uint8_t hash[WIRE_HASH_LEN], struct fault *f)
{
	uint8_t ours[WIRE_HASH_LEN];

	if (p->sealed)
		return 0;
	if (p->doubtful && write_again(p, p->fd, f) < 0)
		return ERR_IO;
	if (p->written != p->plan->size)
		return part_fail_size(p->plan, p->written, f);
	part_hash(p, ours);
	if (memcmp(ours, hash, WIRE_HASH_LEN) != 0)
		return part_fail_hash(f);
	if (p->unplaced)
		dress(p);
	return sync_file(p, f);
}

int
part_rescue(struct part *p, struct fault *f)
{
	struct part fresh;

	if (!p->unplaced || !part_folder_is_gone(p->folder_fd))
		return 0;
	part_init(&fresh, p->plan);
	if (part_create(&fresh, f) < 0 || write_again(&fresh, p->fd, f) < 0) {
		part_remove(&fresh);
		return ERR_IO;
	}
	part_release(p);
	*p = fresh;
	return 0;
}

static int
give_name(struct part *p, struct fault *f)
{
	int result = -1;

	errno = EEXIST;
	for (unsigned i = 0; i <= FILENAME_TRIES && result < 0; i++) {
		if (errno != EEXIST)
			break;
		filename_choice(p->plan->name, i, p->placed);
		result = fsys_rename_new(
		    p->folder_fd, p->plan->part, p->folder_fd, p->placed);
	}
	if (result < 0 && errno == ENOENT && !part_folder_is_gone(p->folder_fd))
		return part_fail_removed(p->plan, f);
	if (result < 0)
		return part_fail_name(p->plan, errno, f);
	p->unplaced = false;
	return 0;
}

int
part_place(struct part *p, char **path, struct fault *f)
{
	if (p->unplaced && give_name(p, f) < 0)
		return ERR_IO;
	/* A crash between two calls may have left it with both names. */
	remove_name(p);
	/* EINVAL: a file system that does not sync folders. */
	if (fsync(p->folder_fd) < 0 && errno != EINVAL)
		return part_fail(p->plan, errno, f);
	*path = part_join(p->plan->folder, p->placed);
	return 0;
}
