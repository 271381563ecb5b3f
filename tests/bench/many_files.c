/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/many_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#include "tests/e2e/meeting.h"
#include "tests/e2e/trees.h"

enum { LONG_AGO = 1000000000 };

/* One folder of the tree, with the files from number first on. */
static void
make_folder(const char *path, long first, long files, size_t size)
{
	assert_int_equal(mkdir(path, 0755), 0);
	for (long i = 0; i < files; i++) {
		const char *file = text_of("%s/f%02ld", path, i);

		make_file(file, size, (unsigned)(first + i));
		set_time(file, LONG_AGO + first + i);
	}
	set_time(path, LONG_AGO - 1 - first);
}

void
make_many_files(const char *path, long files, size_t size)
{
	char folder[PATH_MAX];

	assert_int_equal(mkdir(path, 0755), 0);
	for (long first = 0; first < files; first += MANY_IN_FOLDER) {
		long left = files - first;

		snprintf(folder, sizeof(folder), "%s/d%05ld", path,
		    first / MANY_IN_FOLDER);
		make_folder(folder, first,
		    left < MANY_IN_FOLDER ? left : MANY_IN_FOLDER, size);
	}
	set_time(path, LONG_AGO + files);
}
