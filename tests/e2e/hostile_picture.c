/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A folder before and after: what is in it, in words. */
#include "tests/e2e/hostile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/e2e/meeting.h"

struct painting {
	FILE *out;
	bool loose;
	size_t root_len;
};

/* Nothing of it is told but whether two are the same. */
static uint64_t
content_of(const char *path)
{
	FILE *f = fopen(path, "r");
	uint64_t hash = 14695981039346656037u;
	int c;

	if (f == NULL)
		return 0;
	while ((c = getc(f)) != EOF)
		hash = (hash ^ (uint64_t)c) * 1099511628211u;
	fclose(f);
	return hash;
}

static void
paint_one(struct painting *p, const char *path, const struct stat *st)
{
	const bool times = !p->loose || !S_ISDIR(st->st_mode);
	char target[1024] = "";
	ssize_t n = 0;

	if (S_ISLNK(st->st_mode))
		n = readlink(path, target, sizeof(target) - 1);
	target[n > 0 ? n : 0] = '\0';
	fprintf(p->out,
	    "%s: mode %o, inode %llu, %llu bytes, time %lld.%ld, "
	    "content %llx%s%s\n",
	    path + p->root_len, (unsigned)st->st_mode,
	    (unsigned long long)st->st_ino,
	    S_ISREG(st->st_mode) ? (unsigned long long)st->st_size : 0ULL,
	    times ? (long long)st->st_mtim.tv_sec : 0LL,
	    times ? st->st_mtim.tv_nsec : 0L,
	    S_ISREG(st->st_mode) ? (unsigned long long)content_of(path) : 0ULL,
	    target[0] != '\0' ? ", to " : "", target);
}

static void
paint(struct painting *p, const char *folder)
{
	struct dirent **names;
	int count = scandir(folder, &names, NULL, alphasort);

	for (int i = 0; i < count; i++) {
		char *path = str_printf("%s/%s", folder, names[i]->d_name);
		const char *rest = path + p->root_len;
		struct stat st;

		if (strcmp(names[i]->d_name, "..") != 0 &&
		    strcmp(rest, "/data") != 0 && lstat(path, &st) == 0) {
			paint_one(p, path, &st);
			if (S_ISDIR(st.st_mode) &&
			    strcmp(names[i]->d_name, ".") != 0)
				paint(p, path);
		}
		free(path);
		free(names[i]);
	}
	if (count >= 0)
		free(names);
}

char *
picture_of(const char *root, bool loose)
{
	struct painting p = {.loose = loose, .root_len = strlen(root)};
	size_t size;
	char *text = NULL;

	p.out = open_memstream(&text, &size);
	assert_non_null(p.out);
	paint(&p, root);
	fclose(p.out);
	return text;
}

/* Lines of a that are not in b; a line break stands in front of each in b. */
static void
print_missing(const char *a, const char *b, const char *what)
{
	char *copy = str_dup(a), *rest = copy, *line;

	while ((line = strsep(&rest, "\n")) != NULL) {
		if (*line != '\0' && strstr(b, line) == NULL)
			print_error("%s %s\n", what, line);
	}
	free(copy);
}

bool
pictures_equal(char *before, char *after)
{
	const bool equal = strcmp(before, after) == 0;

	if (!equal) {
		print_missing(before, after, "before:");
		print_missing(after, before, "after: ");
	}
	free(before);
	free(after);
	return equal;
}

bool
no_parts(const char *folder)
{
	return count_files(folder, ".part") == 0;
}
