/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/fsys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/syscall.h>
#endif
#ifdef SYS_openat2
#include <linux/openat2.h>
#endif

#include "src/base/text.h"
#include "src/base/util.h"

/* What it takes to go through a folder, and not to read it. */
#if defined(O_PATH)
#define FSYS_SEARCH O_PATH
#elif defined(O_SEARCH)
#define FSYS_SEARCH O_SEARCH
#else
#define FSYS_SEARCH O_RDONLY
#endif

enum {
	FSYS_UMASK_USUAL = 022,
	FSYS_SHOW_COLUMNS = 120,
};

/* May this be a component of a path that stays where it is? */
static bool
is_inside(const char *name, size_t len)
{
	return len > 0 && (len != 2 || memcmp(name, "..", 2) != 0);
}

/* No component leads up, and none is empty: so it is not absolute, either. */
static bool
stays_inside(const char *path)
{
	for (;;) {
		const size_t len = strcspn(path, "/");

		if (!is_inside(path, len))
			return false;
		if (path[len] == '\0')
			return true;
		path += len + 1;
	}
}

static int
open_next(int folder_fd, const char *name, size_t len)
{
	char *one = str_ndup(name, len);
	int fd = openat(
	    folder_fd, one, FSYS_SEARCH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int error = errno;

	free(one);
	errno = error;
	return fd;
}

/* One component after the other. */
static int
open_by_steps(int folder_fd, const char *path, int flags, mode_t mode)
{
	const char *slash;
	int at = folder_fd, fd, error;

	for (; (slash = strchr(path, '/')) != NULL; path = slash + 1) {
		fd = open_next(at, path, (size_t)(slash - path));
		error = errno;
		if (at != folder_fd)
			close(at);
		if (fd < 0) {
			errno = error;
			return -1;
		}
		at = fd;
	}
	fd = openat(at, path, flags | O_NOFOLLOW | O_CLOEXEC, mode);
	error = errno;
	if (at != folder_fd)
		close(at);
	errno = error;
	return fd;
}

int
fsys_open_path(int folder_fd, const char *path, int flags, mode_t mode)
{
	if (!stays_inside(path)) {
		errno = EXDEV;
		return -1;
	}
#ifdef SYS_openat2
	struct open_how how = {
	    .flags = (uint64_t)(unsigned)(flags | O_NOFOLLOW | O_CLOEXEC),
	    .mode = (flags & O_CREAT) != 0 ? mode : 0,
	    .resolve =
		RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	long fd = syscall(SYS_openat2, folder_fd, path, &how, sizeof(how));

	/* Old kernels say ENOSYS, containers that filter calls EPERM too. */
	if (fd >= 0 || (errno != ENOSYS && errno != EPERM))
		return (int)fd;
#endif
	return open_by_steps(folder_fd, path, flags, mode);
}

int
fsys_open_beneath(int folder_fd, const char *name, int flags, mode_t mode)
{
	if (strchr(name, '/') != NULL) {
		errno = EXDEV;
		return -1;
	}
	return fsys_open_path(folder_fd, name, flags, mode);
}

/* A second name that must be new, then the first one goes. */
static int
rename_by_link(int from_fd, const char *from, int to_fd, const char *to)
{
	if (linkat(from_fd, from, to_fd, to, 0) < 0)
		return -1;
	/* It is in place; should this fail, a spare name of it stays. */
	unlinkat(from_fd, from, 0);
	return 0;
}

int
fsys_rename_new(int from_fd, const char *from, int to_fd, const char *to)
{
#ifdef RENAME_NOREPLACE
	if (renameat2(from_fd, from, to_fd, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != ENOSYS && errno != EINVAL && errno != EPERM)
		return -1;
	/*
	 * EINVAL: a file system without the flag, or a name that it does not
	 * take. The link tells which: FAT has no links (EPERM).
	 */
	int first = errno;
	if (rename_by_link(from_fd, from, to_fd, to) == 0)
		return 0;
	if (errno == EPERM && first != ENOSYS)
		errno = first;
	return -1;
#else
	return rename_by_link(from_fd, from, to_fd, to);
#endif
}

int
fsys_sync_all(int fd)
{
#ifdef __linux__
	return syncfs(fd);
#else
	(void)fd;
	sync();
	return 0;
#endif
}

int
fsys_lock(int fd)
{
	if (flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
		return -1;
	return 0;
}

ssize_t
fsys_read_at(int fd, void *data, size_t len, uint64_t offset)
{
	ssize_t n;

	do
		n = pread(fd, data, len, (off_t)offset);
	while (n < 0 && errno == EINTR);
	return n;
}

ssize_t
fsys_write_at(int fd, const void *data, size_t len, uint64_t offset)
{
	ssize_t n;

	do
		n = pwrite(fd, data, len, (off_t)offset);
	while (n < 0 && errno == EINTR);
	if (n != 0)
		return n;
	errno = EIO;
	return -1;
}

void
fsys_write_behind(int fd, uint64_t offset, uint64_t len)
{
#ifdef SYNC_FILE_RANGE_WRITE
	/* Only a hint: errors show in fsync. */
	(void)sync_file_range(
	    fd, (off_t)offset, (off_t)len, SYNC_FILE_RANGE_WRITE);
#else
	(void)fd;
	(void)offset;
	(void)len;
#endif
}

mode_t
fsys_umask(void)
{
	/* umask(2) would have to set it to read it: other threads see that. */
	FILE *f = fopen("/proc/self/status", "re");
	static const char label[] = "Umask:";
	unsigned long mask = FSYS_UMASK_USUAL;
	char line[256];

	if (f == NULL)
		return FSYS_UMASK_USUAL;
	while (fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, label, sizeof(label) - 1) == 0)
			mask = strtoul(line + sizeof(label) - 1, NULL, 8);
	}
	fclose(f);
	return (mode_t)mask & 0777;
}

enum wire_why
fsys_why(int error)
{
	switch (error) {
	case ENOSPC:
	case EDQUOT:
		return WHY_DISK_FULL;
	case EACCES:
	case EPERM:
	case EROFS:
		return WHY_DENIED;
	case EFBIG:
		return WHY_TOO_BIG;
	default:
		return WHY_IO;
	}
}

bool
fsys_may_pass(int error)
{
	switch (error) {
	case ENOSPC:
	case EDQUOT:
	case EACCES:
	case EPERM:
	case EROFS:
	case ENOENT:
		return true;
	default:
		return false;
	}
}

char *
fsys_show(const char *path)
{
	char *clean = text_clean(path, strlen(path), TEXT_LABEL);
	char *shown = text_cut(clean, FSYS_SHOW_COLUMNS, true);

	free(clean);
	return shown;
}
