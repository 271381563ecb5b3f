/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/util.h"

enum { SCRATCH_PATIENCE_MS = 60 * 1000, SCRATCH_FDS = 16 };

char *
scratch_new(void)
{
	const char *top = getenv("TMPDIR");
	char *made = str_printf(
	    "%s/charla-unit-XXXXXX", top != NULL && *top ? top : "/tmp");
	char *real;

	assert_non_null(mkdtemp(made));
	real = realpath(made, NULL);
	assert_non_null(real);
	free(made);
	return real;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* A folder that a test has closed has to open again first. */
static int
open_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)ftw;
	(void)type;
	return S_ISDIR(st->st_mode) ? chmod(path, 0700) : 0;
}

void
scratch_free(char *folder)
{
	nftw(folder, open_one, SCRATCH_FDS, FTW_PHYS);
	nftw(folder, remove_one, SCRATCH_FDS, FTW_PHYS | FTW_DEPTH);
	free(folder);
}

char *
scratch_path(const char *folder, const char *name)
{
	return str_printf("%s/%s", folder, name);
}

void
scratch_write(const char *path, const void *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), len);
	close(fd);
}

char *
scratch_read(const char *path, size_t *len)
{
	FILE *f = fopen(path, "re");
	struct stat st;
	char *data;

	if (f == NULL)
		return NULL;
	assert_int_equal(fstat(fileno(f), &st), 0);
	*len = (size_t)st.st_size;
	data = mem_alloc(*len + 1);
	assert_int_equal(fread(data, 1, *len, f), *len);
	data[*len] = '\0';
	fclose(f);
	return data;
}

void
scratch_set_mtime(const char *path, int64_t seconds, long nanoseconds)
{
	const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT},
	    {.tv_sec = (time_t)seconds, .tv_nsec = nanoseconds}};

	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

uint8_t *
scratch_bytes(size_t len, uint32_t seed)
{
	uint8_t *bytes = mem_alloc(len);

	for (size_t i = 0; i < len; i++) {
		seed = seed * 1664525 + 1013904223;
		bytes[i] = (uint8_t)(seed >> 24);
	}
	return bytes;
}

size_t
scratch_count(const char *folder)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	size_t count = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			count++;
	}
	closedir(dir);
	return count;
}

void
scratch_turn(struct worker *w)
{
	struct pollfd p = {.fd = worker_fd(w), .events = POLLIN};

	assert_int_equal(poll(&p, 1, SCRATCH_PATIENCE_MS), 1);
	worker_dispatch(w);
}

void
scratch_settle(struct worker *w)
{
	while (worker_pending(w) > 0)
		scratch_turn(w);
}
