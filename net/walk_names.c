/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/walk_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"

enum { NAMES_FIRST = 64 };

static void
add(struct walk_names *names, const char *name)
{
	if (names->count == names->room) {
		names->room = names->room > 0 ? 2 * names->room : NAMES_FIRST;
		names->names = mem_realloc(
		    names->names, names->room * sizeof(*names->names));
	}
	names->names[names->count++] = str_dup(name);
}

void
walk_names_release(struct walk_names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->names[i]);
	free(names->names);
	*names = (struct walk_names){.count = 0};
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorted, and no name twice: a folder that changes may tell it so. */
static void
sort(struct walk_names *names)
{
	size_t kept = 0;

	if (names->count > 0)
		qsort(
		    names->names, names->count, sizeof(*names->names), compare);
	for (size_t i = 0; i < names->count; i++) {
		if (kept > 0 &&
		    strcmp(names->names[kept - 1], names->names[i]) == 0)
			free(names->names[i]);
		else
			names->names[kept++] = names->names[i];
	}
	names->count = kept;
}

int
walk_names_read(DIR *folder, const atomic_bool *stop, struct walk_names *out)
{
	const struct dirent *found;
	int error;

	for (;;) {
		if (atomic_load(stop))
			return ERR_AGAIN;
		errno = 0;
		found = readdir(folder);
		error = errno;
		if (found == NULL)
			break;
		if (strcmp(found->d_name, ".") == 0 ||
		    strcmp(found->d_name, "..") == 0)
			continue;
		if (out->count == FILELIST_ENTRIES_MAX)
			return ERR_FULL;
		add(out, found->d_name);
	}
	sort(out);
	return error == 0 ? 0 : ERR_IO;
}
