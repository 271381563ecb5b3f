/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/tree_path.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/fsys.h"
#include "net/part_internal.h"
#include "src/base/err.h"
#include "src/base/util.h"

void
tree_path_init(struct tree_path *p, int folder_fd)
{
	p->depth = 0;
	p->levels[0] = (struct tree_level){.fd = folder_fd};
}

int
tree_path_fd(const struct tree_path *p)
{
	return p->levels[p->depth].fd;
}

void
tree_path_enter(struct tree_path *p, const struct tree_level *level)
{
	if (p->depth + 1 >= COUNT(p->levels))
		fatal("tree: too deep");
	p->levels[++p->depth] = *level;
}

/* All that belongs in it is there: nothing changes its time any more. */
static int
leave_one(const struct tree_level *level)
{
	const struct timespec times[2] = {
	    {.tv_nsec = UTIME_NOW}, part_mtime(level->mtime_ns)};

	if (level->fd < 0)
		return 0;
	if (level->made)
		(void)!futimens(level->fd, times);
	if (!FSYS_SYNCS_ALL && fsync(level->fd) < 0 && errno != EINVAL)
		return -1;
	close(level->fd);
	return 0;
}

int
tree_path_leave(struct tree_path *p, unsigned depth)
{
	for (; p->depth > depth; p->depth--) {
		if (leave_one(&p->levels[p->depth]) < 0)
			return -1;
	}
	return 0;
}

void
tree_path_drop(struct tree_path *p)
{
	if (tree_path_fd(p) >= 0)
		close(tree_path_fd(p));
	p->depth--;
}

void
tree_path_release(struct tree_path *p)
{
	while (p->depth > 0)
		tree_path_drop(p);
}

/* Something is mounted there, though perhaps of the same file system. */
static bool
is_mount(int fd)
{
#ifdef STATX_ATTR_MOUNT_ROOT
	struct statx stx;

	return statx(fd, "", AT_EMPTY_PATH, 0, &stx) == 0 &&
	       (stx.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
#else
	(void)fd;
	return false;
#endif
}

int
tree_open_folder(int parent_fd, const char *name)
{
	struct stat parent, st;
	int fd = fsys_open_beneath(parent_fd, name, O_RDONLY | O_DIRECTORY, 0);

	if (fd < 0)
		return -1;
	if (fstat(parent_fd, &parent) == 0 && fstat(fd, &st) == 0 &&
	    st.st_dev == parent.st_dev && !is_mount(fd))
		return fd;
	close(fd);
	errno = EXDEV;
	return -1;
}
