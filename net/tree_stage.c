/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The private folder that the files of a tree are gathered in. It is ours when
 * it is a folder that we own; while it is open, it is locked. Its files are
 * called by 32 digits; whatever else may be in it is not touched.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <xxhash.h>

#include "net/tree_internal.h"
#include "src/base/util.h"

static const char digits[] = "0123456789abcdef";

static void
put_u64(uint8_t out[static 8], uint64_t v)
{
	for (size_t i = 8; i > 0; i--) {
		out[i - 1] = (uint8_t)(v & 0xff);
		v >>= 8;
	}
}

void
tree_stage_name(const struct entry *e, char out[TREE_STAGED_MAX])
{
	uint8_t bytes[FILELIST_PATH_MAX + 1 + 8 + 8];
	XXH128_canonical_t hash;
	uint8_t *at = bytes + e->path_len;

	memcpy(bytes, e->path, e->path_len);
	*at++ = '\0';
	put_u64(at, e->size);
	put_u64(at + 8, (uint64_t)e->mtime_ns);
	XXH128_canonicalFromHash(
	    &hash, XXH3_128bits(bytes, e->path_len + 1 + 8 + 8));
	for (size_t i = 0; i < sizeof(hash.digest); i++) {
		out[2 * i] = digits[hash.digest[i] >> 4];
		out[2 * i + 1] = digits[hash.digest[i] & 0xf];
	}
	out[TREE_STAGED_MAX - 1] = '\0';
}

static bool
is_staged_name(const char *name)
{
	return strspn(name, digits) == TREE_STAGED_MAX - 1 &&
	       name[TREE_STAGED_MAX - 1] == '\0';
}

static bool
is_own(const struct stat *st)
{
	return S_ISDIR(st->st_mode) && st->st_uid == geteuid();
}

static bool
has_name(int stage_fd, int folder_fd, const char *name)
{
	struct stat st, named;

	return fstat(stage_fd, &st) == 0 &&
	       fstatat(folder_fd, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	       part_is_same(&st, &named);
}

/*
 * Open and lock it. ENOENT also where it went away between the two; EEXIST
 * where something else has the name.
 */
static int
open_stage(int folder_fd, const char *name)
{
	struct stat st;
	int fd = fsys_open_beneath(folder_fd, name, O_RDONLY | O_DIRECTORY, 0);
	int error = EEXIST;

	if (fd < 0) {
		if (errno == ELOOP || errno == ENOTDIR)
			errno = EEXIST;
		return -1;
	}
	if (fstat(fd, &st) < 0 || !is_own(&st))
		goto fail;
	error = EWOULDBLOCK;
	if (fsys_lock(fd) < 0)
		goto fail;
	error = ENOENT;
	if (!has_name(fd, folder_fd, name))
		goto fail;
	return fd;
fail:
	close(fd);
	errno = error;
	return -1;
}

int
tree_stage_open(struct tree_in *t, bool resume, struct fault *f)
{
	const char *name = t->plan->part;

	t->resumed = resume;
	if (resume) {
		t->stage_fd = open_stage(t->folder_fd, name);
		if (t->stage_fd < 0 && errno != ENOENT)
			return part_fail_open(t->plan, errno, f);
		/* Nobody else is to look into it, whatever became of it. */
		if (t->stage_fd >= 0)
			(void)!fchmod(t->stage_fd, 0700);
		if (t->stage_fd >= 0)
			return 0;
	}
	t->fresh = true;
	if (mkdirat(t->folder_fd, name, 0700) < 0)
		return part_fail_open(t->plan, errno, f);
	t->stage_fd = open_stage(t->folder_fd, name);
	if (t->stage_fd >= 0)
		return 0;
	part_fail_open(t->plan, errno, f);
	unlinkat(t->folder_fd, name, AT_REMOVEDIR);
	return ERR_IO;
}

bool
tree_stage_is_gone(const struct tree_in *t)
{
	return part_folder_is_gone(t->stage_fd);
}

static bool
is_file(int fd, const struct dirent *entry)
{
	struct stat st;

	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_REG;
	return fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISREG(st.st_mode);
}

/* How many were removed. */
static size_t
empty_stage(int stage_fd)
{
	size_t count = 0;
	int fd = openat(stage_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *entry;

	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	while ((entry = readdir(dir)) != NULL) {
		if (is_staged_name(entry->d_name) && is_file(fd, entry))
			count += unlinkat(fd, entry->d_name, 0) == 0;
	}
	closedir(dir);
	return count;
}

/* With what is in it, as far as that is ours. */
static void
remove_stage(int folder_fd, int stage_fd, const char *name)
{
	do {
		if (has_name(stage_fd, folder_fd, name) &&
		    unlinkat(folder_fd, name, AT_REMOVEDIR) == 0)
			return;
	} while (empty_stage(stage_fd) > 0);
}

void
tree_stage_remove(struct tree_in *t)
{
	remove_stage(t->folder_fd, t->stage_fd, t->plan->part);
}

void
tree_discard(const char *folder, const char *part)
{
	int folder_fd, fd;

	if (!filename_is_part(part))
		return;
	folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder_fd < 0)
		return;
	fd = open_stage(folder_fd, part);
	if (fd >= 0) {
		remove_stage(folder_fd, fd, part);
		close(fd);
	}
	close(folder_fd);
}
