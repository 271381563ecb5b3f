/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/e2e/trees.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/e2e/meeting.h"

enum { LONG_AGO = 1000000000, LARGE = 5 * 1024 * 1024 + 7 };

void
set_time(const char *path, long seconds)
{
	const struct timespec times[2] = {
	    {.tv_nsec = UTIME_NOW},
	    {.tv_sec = seconds, .tv_nsec = 123456789},
	};

	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

void
make_tree(const char *where)
{
	char path[PATH_MAX]; /* in_folder forgets */

	static const char *const folders[] = {
	    "", "empty", "a", "a/b", "a/b/c", "año 2026", ".hidden"};
	static const struct {
		const char *name;
		size_t size;
	} files[] = {
	    {"README", 10},
	    {"a/empty", 0},
	    {"a/b/c/deep.txt", 4096},
	    {"a.txt", 65536},
	    {"año 2026/foto (1).jpg", 300000},
	    {".hidden/.secret", 5},
	    {"large.bin", LARGE},
	    {"日本語 \"x\" *.txt", 77},
	};

	snprintf(path, sizeof(path), "%s", where);
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		assert_int_equal(mkdir(in_folder(path, folders[i]), 0755), 0);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		const char *name = in_folder(path, files[i].name);

		make_file(name, files[i].size, (unsigned)i + 1);
		set_time(name, LONG_AGO + (long)i);
	}
	assert_int_equal(symlink("/etc/passwd", in_folder(path, "link")), 0);
	assert_int_equal(mkfifo(in_folder(path, "pipe"), 0600), 0);
	for (size_t i = sizeof(folders) / sizeof(folders[0]); i-- > 0;)
		set_time(in_folder(path, folders[i]), LONG_AGO + 100 + (long)i);
}

static bool
differs(const char *path, const char *why)
{
	print_error("%s: %s\n", path, why);
	return false;
}

static bool
same_entry(const char *a, const char *b)
{
	struct stat sa, sb;

	if (lstat(a, &sa) < 0)
		return differs(a, "is not there");
	if (!S_ISREG(sa.st_mode) && !S_ISDIR(sa.st_mode))
		return true;
	if (lstat(b, &sb) < 0)
		return differs(b, "is not there");
	if ((sa.st_mode & S_IFMT) != (sb.st_mode & S_IFMT))
		return differs(b, "is of another kind");
	if (sa.st_mtim.tv_sec != sb.st_mtim.tv_sec ||
	    sa.st_mtim.tv_nsec != sb.st_mtim.tv_nsec)
		return differs(b, "has another time");
	if (S_ISDIR(sa.st_mode))
		return trees_equal(a, b);
	if (!files_equal(a, b))
		return differs(b, "has other bytes");
	return true;
}

static bool
is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Every name of a is in b; what is told of the same in both is compared. */
static bool
contains(const char *a, const char *b, bool compare)
{
	char pa[PATH_MAX], pb[PATH_MAX];
	bool equal = true;
	struct dirent *e;
	struct stat st;
	DIR *dir = opendir(a);

	if (dir == NULL)
		return differs(a, "is no folder");
	while ((e = readdir(dir)) != NULL) {
		if (is_dots(e->d_name))
			continue;
		snprintf(pa, sizeof(pa), "%s/%s", a, e->d_name);
		snprintf(pb, sizeof(pb), "%s/%s", b, e->d_name);
		if (compare)
			equal = same_entry(pa, pb) && equal;
		else if (lstat(pb, &st) < 0)
			equal = differs(pa, "is too many");
	}
	closedir(dir);
	return equal;
}

bool
trees_equal(const char *a, const char *b)
{
	bool equal = contains(a, b, true);

	return contains(b, a, false) && equal;
}
