/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/util.h"

bool
file_write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

bool
file_make(const char *path, const char *bytes, size_t len, bool sync)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool ok;
	int error;

	if (fd < 0)
		return false;
	ok = fchmod(fd, 0600) == 0 && file_write_all(fd, bytes, len) &&
	     (!sync || fsync(fd) == 0);
	error = errno;
	if (close(fd) < 0 && ok) {
		error = errno;
		ok = false;
	}
	if (!ok)
		unlink(path);
	errno = error;
	return ok;
}

bool
file_replace(const char *path, const char *bytes, size_t len)
{
	char *fresh = str_printf("%s.%ld", path, (long)getpid());
	bool ok;
	int error;

	/* Of a process with our number, which died in the middle of it. */
	unlink(fresh);
	ok = file_make(fresh, bytes, len, false) && rename(fresh, path) == 0;
	error = errno;
	if (!ok)
		unlink(fresh);
	free(fresh);
	errno = error;
	return ok;
}

/* Up to size bytes; -1 with errno. */
static ssize_t
read_some(int fd, char *bytes, size_t size)
{
	size_t len = 0;

	while (len < size) {
		ssize_t n = read(fd, bytes + len, size - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

char *
file_read(const char *path, size_t most, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *bytes = NULL;
	struct stat st;
	ssize_t n = -1;
	int error;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) < 0) {
		error = errno;
	} else if (!S_ISREG(st.st_mode)) {
		error = EINVAL;
	} else if ((size_t)st.st_size > most) {
		error = EFBIG;
	} else {
		bytes = mem_alloc((size_t)st.st_size + 1);
		n = read_some(fd, bytes, (size_t)st.st_size);
		error = errno;
	}
	close(fd);
	if (n < 0) {
		free(bytes);
		errno = error;
		return NULL;
	}
	bytes[n] = '\0';
	*len = (size_t)n;
	return bytes;
}
