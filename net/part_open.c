/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How a part file comes to be open: made, or found again. A name in the
 * folder proves nothing, so whatever is found is looked at before it is
 * opened (to open a device may act on it) and again when it is open.
 */
#include "net/part.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "net/part_internal.h"
#include "src/base/folder.h"

enum { PLACED_TRIES = 20 }; /* names a file may have got meanwhile */

int
part_open_folder(const struct part_plan *plan, int *fd, struct fault *f)
{
	if (!filename_is_part(plan->part))
		return part_fail(plan, EINVAL, f);
	/* EEXIST: a link to where nothing is, just now. */
	if (folder_make(plan->folder) < 0)
		return part_fail(plan, errno == EEXIST ? ENOENT : errno, f);
	*fd = open(plan->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *fd < 0 ? part_fail(plan, errno, f) : 0;
}

static int
open_folder(struct part *p, struct fault *f)
{
	if (p->plan->size > INT64_MAX)
		return part_fail(p->plan, EFBIG, f);
	return part_open_folder(p->plan, &p->folder_fd, f);
}

static void
close_keeping_errno(int fd)
{
	int error = errno;

	close(fd);
	errno = error;
}

static int
make_file(struct part *p, struct fault *f)
{
	const int flags = O_RDWR | O_CREAT | O_EXCL;

	part_begin(p);
	if (part_check_room(p, f) < 0)
		return ERR_IO;
	p->fd = fsys_open_beneath(p->folder_fd, p->plan->part, flags, 0600);
	if (p->fd < 0 || fsys_lock(p->fd) < 0)
		return part_fail_open(p->plan, errno, f);
	p->unplaced = true;
	return 0;
}

static bool
is_own(const struct stat *st)
{
	return S_ISREG(st->st_mode) && st->st_uid == geteuid();
}

/* A file of ours; EEXIST where something else has the name. */
static int
open_own(int folder_fd, const char *name, int flags, struct stat *st)
{
	int fd;

	if (fstatat(folder_fd, name, st, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	if (!is_own(st)) {
		errno = EEXIST;
		return -1;
	}
	flags |= O_NONBLOCK | O_NOCTTY;
	fd = fsys_open_beneath(folder_fd, name, flags, 0);
	if (fd >= 0 && (fstat(fd, st) < 0 || !is_own(st))) {
		close(fd);
		errno = EEXIST;
		return -1;
	}
	return fd;
}

/*
 * The part file, locked. ENOENT, too, where it got its name between the open
 * and the lock; EMLINK where it has a second name, so that to write to it
 * would change another file. (Who gives it one just now could write to that
 * file without us.)
 */
static int
open_part(int folder_fd, const char *name, struct stat *st)
{
	struct stat opened;
	int fd = open_own(folder_fd, name, O_RDWR, &opened);

	if (fd < 0)
		return -1;
	if (fsys_lock(fd) < 0 ||
	    fstatat(folder_fd, name, st, AT_SYMLINK_NOFOLLOW) < 0)
		goto fail;
	if (!part_is_same(st, &opened))
		errno = ENOENT;
	else if (st->st_nlink > 1)
		errno = EMLINK;
	else
		return fd;
fail:
	close_keeping_errno(fd);
	return -1;
}

/* Go on where the part file ends. */
static int
take_up(struct part *p, const struct stat *st, struct fault *f)
{
	const uint64_t size = (uint64_t)st->st_size;

	p->unplaced = true;
	/* It may have been sealed, and then not placed. */
	(void)!fchmod(p->fd, 0600);
	part_begin(p);
	if (size <= p->plan->size)
		p->there = size;
	else if (part_restart(p, f) < 0)
		return ERR_IO;
	return part_check_room(p, f);
}

/*
 * The part file is gone. Perhaps it was whole, got its name, and nobody was
 * there any more to tell. Same owner, size and time: the hash will say.
 */
static bool
find_placed(struct part *p)
{
	const struct timespec mtime = part_mtime(p->plan->mtime_ns);
	struct stat st;

	for (unsigned i = 0; i <= PLACED_TRIES; i++) {
		filename_choice(p->plan->name, i, p->placed);
		p->fd = open_own(p->folder_fd, p->placed, O_RDONLY, &st);
		if (p->fd < 0)
			continue;
		if ((uint64_t)st.st_size == p->plan->size &&
		    part_is_about(&st.st_mtim, &mtime)) {
			part_begin(p);
			p->there = p->plan->size;
			return true;
		}
		close(p->fd);
	}
	p->fd = -1;
	p->placed[0] = '\0';
	return false;
}

int
part_create(struct part *p, struct fault *f)
{
	return open_folder(p, f) < 0 ? ERR_IO : make_file(p, f);
}

int
part_resume(struct part *p, struct fault *f)
{
	struct stat st;
	int error;

	if (open_folder(p, f) < 0)
		return ERR_IO;
	p->fd = open_part(p->folder_fd, p->plan->part, &st);
	if (p->fd >= 0)
		return take_up(p, &st, f);
	error = errno;
	if (error != ENOENT && error != EMLINK)
		return part_fail_open(p->plan, error, f);
	if (find_placed(p))
		return 0;
	/* Where its second name is elsewhere, this one stays as it is. */
	return make_file(p, f);
}

/* What is open only looked like the file: leave it, and make one. */
static int
make_instead(struct part *p, struct fault *f)
{
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
	p->placed[0] = '\0';
	if (!part_folder_is_gone(p->folder_fd))
		return make_file(p, f);
	if (p->folder_fd >= 0)
		close(p->folder_fd);
	p->folder_fd = -1;
	return part_create(p, f);
}

int
part_restart(struct part *p, struct fault *f)
{
	/* No descriptor: the last try came to nothing. */
	if (p->placed[0] != '\0' || p->fd < 0)
		return make_instead(p, f);
	part_begin(p);
	return ftruncate(p->fd, 0) < 0 ? part_fail(p->plan, errno, f) : 0;
}

void
part_discard(const char *folder, const char *part)
{
	int folder_fd, fd;
	struct stat st;

	if (!filename_is_part(part))
		return;
	folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder_fd < 0)
		return;
	fd = open_part(folder_fd, part, &st);
	if (fd >= 0) {
		unlinkat(folder_fd, part, 0);
		close(fd);
	}
	close(folder_fd);
}
