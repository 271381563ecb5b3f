/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The calls of the C library by which bytes reach a disk, each with a nap
 * before it where its descriptor lies in the slow folder. The path is asked of
 * the kernel at every call: descriptors are closed and come again as others.
 */
#include "tests/shim/slow_write.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* A preloaded library has no other place for what it learns at its start. */
static struct {
	char folder[PATH_MAX];
	struct timespec nap;
	struct slow_tally *tally; /* NULL: nobody asks */
} slow;

__attribute__((constructor)) static void
begin(void)
{
	const char *folder = getenv("SLOW_FOLDER");
	const char *ms = getenv("SLOW_MS");
	const char *tally = getenv("SLOW_TALLY");
	long length = ms != NULL ? strtol(ms, NULL, 10) : 0;
	int fd = tally != NULL ? open(tally, O_RDWR | O_CLOEXEC) : -1;

	if (folder != NULL)
		snprintf(slow.folder, sizeof(slow.folder), "%s", folder);
	slow.nap.tv_sec = length / 1000;
	slow.nap.tv_nsec = length % 1000 * 1000 * 1000;
	if (fd < 0)
		return;
	slow.tally = mmap(NULL, sizeof(*slow.tally), PROT_READ | PROT_WRITE,
	    MAP_SHARED, fd, 0);
	if (slow.tally == MAP_FAILED)
		slow.tally = NULL;
	close(fd);
}

/* The folder itself, too: it is synced. */
static bool
is_slow(int fd)
{
	size_t len = strlen(slow.folder);
	char link[64], path[PATH_MAX];
	ssize_t got;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	got = len > 0 ? readlink(link, path, sizeof(path) - 1) : -1;
	if (got < 0)
		return false;
	path[got] = '\0';
	return strncmp(path, slow.folder, len) == 0 &&
	       (path[len] == '/' || path[len] == '\0');
}

/* True where it is to be counted afterwards. errno stays as it was. */
static bool
nap(int fd)
{
	int saved = errno;
	bool is = is_slow(fd);
	struct timespec left = slow.nap;

	while (is && nanosleep(&left, &left) < 0 && errno == EINTR)
		continue;
	errno = saved;
	return is;
}

static ssize_t
written(bool is, ssize_t got)
{
	if (is && got >= 0 && slow.tally != NULL) {
		slow.tally->writes++;
		slow.tally->bytes += (unsigned long long)got;
	}
	return got;
}

static int
synced(bool is, int got)
{
	if (is && got == 0 && slow.tally != NULL)
		slow.tally->syncs++;
	return got;
}

/* What the name means without us, into *function. */
static void
find(const char *name, void *function)
{
	void *found = dlsym(RTLD_NEXT, name);

	memcpy(function, &found, sizeof(found));
}

ssize_t
write(int fd, const void *data, size_t len)
{
	ssize_t (*real)(int, const void *, size_t);
	bool is = nap(fd);

	find("write", &real);
	return written(is, real(fd, data, len));
}

ssize_t
pwrite(int fd, const void *data, size_t len, off_t offset)
{
	ssize_t (*real)(int, const void *, size_t, off_t);
	bool is = nap(fd);

	find("pwrite", &real);
	return written(is, real(fd, data, len, offset));
}

ssize_t
writev(int fd, const struct iovec *parts, int count)
{
	ssize_t (*real)(int, const struct iovec *, int);
	bool is = nap(fd);

	find("writev", &real);
	return written(is, real(fd, parts, count));
}

int
fsync(int fd)
{
	int (*real)(int);
	bool is = nap(fd);

	find("fsync", &real);
	return synced(is, real(fd));
}

int
fdatasync(int fd)
{
	int (*real)(int);
	bool is = nap(fd);

	find("fdatasync", &real);
	return synced(is, real(fd));
}

int
syncfs(int fd)
{
	int (*real)(int);
	bool is = nap(fd);

	find("syncfs", &real);
	return synced(is, real(fd));
}

#ifdef __GLIBC__ /* elsewhere every offset has 64 bits */

ssize_t
pwrite64(int fd, const void *data, size_t len, off64_t offset)
{
	ssize_t (*real)(int, const void *, size_t, off64_t);
	bool is = nap(fd);

	find("pwrite64", &real);
	return written(is, real(fd, data, len, offset));
}

int
sync_file_range(int fd, off64_t from, off64_t len, unsigned flags)
{
	int (*real)(int, off64_t, off64_t, unsigned);
	bool is = nap(fd);

	find("sync_file_range", &real);
	return synced(is, real(fd, from, len, flags));
}

#endif
