/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/folder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "src/base/util.h"

/* One folder. An existing one may refuse mkdir with any error: ask. */
static int
make_one(const char *path)
{
	struct stat st;

	if (mkdir(path, 0700) == 0)
		return 0;

	int error = errno;
	if (stat(path, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return 0;
		error = ENOTDIR;
	}
	errno = error;
	return -1;
}

int
folder_make(const char *path)
{
	char *copy = str_dup(path);
	int result = make_one(copy);

	/* Most often it is there, or only the last one is missing. */
	if (result < 0 && errno == ENOENT) {
		result = 0;
		for (char *at = copy; result == 0 && *at != '\0'; at++) {
			if (*at != '/' || at == copy || at[-1] == '/')
				continue;
			*at = '\0';
			result = make_one(copy);
			*at = '/';
		}
		if (result == 0)
			result = make_one(copy);
	}

	int error = errno;
	free(copy);
	errno = error;
	return result;
}
