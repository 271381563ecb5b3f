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

enum {
	FSYS_UMASK_USUAL = 022,
	FSYS_SHOW_COLUMNS = 120,
};

int
fsys_open_beneath(int folder_fd, const char *name, int flags, mode_t mode)
{
#ifdef SYS_openat2
	struct open_how how = {
	    .flags = (uint64_t)(unsigned)(flags | O_NOFOLLOW | O_CLOEXEC),
	    .mode = (flags & O_CREAT) != 0 ? mode : 0,
	    .resolve =
		RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	long fd = syscall(SYS_openat2, folder_fd, name, &how, sizeof(how));

	/* Old kernels say ENOSYS, containers that filter calls EPERM too. */
	if (fd >= 0 || (errno != ENOSYS && errno != EPERM))
		return (int)fd;
#endif
	if (strchr(name, '/') != NULL || strcmp(name, "..") == 0) {
		errno = EXDEV;
		return -1;
	}
	return openat(folder_fd, name, flags | O_NOFOLLOW | O_CLOEXEC, mode);
}

/* A second name that must be new, then the first one goes. */
static int
rename_by_link(int folder_fd, const char *from, const char *to)
{
	if (linkat(folder_fd, from, folder_fd, to, 0) < 0)
		return -1;
	/* It is in place; should this fail, a spare name of it stays. */
	unlinkat(folder_fd, from, 0);
	return 0;
}

int
fsys_rename_new(int folder_fd, const char *from, const char *to)
{
#ifdef RENAME_NOREPLACE
	if (renameat2(folder_fd, from, folder_fd, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != ENOSYS && errno != EINVAL && errno != EPERM)
		return -1;
	/*
	 * EINVAL: a file system without the flag, or a name that it does not
	 * take. The link tells which: FAT has no links (EPERM).
	 */
	int first = errno;
	if (rename_by_link(folder_fd, from, to) == 0)
		return 0;
	if (errno == EPERM && first != ENOSYS)
		errno = first;
	return -1;
#else
	return rename_by_link(folder_fd, from, to);
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
