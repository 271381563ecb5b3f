/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/e2e/meeting.h"

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

enum { CHUNK = 64 * 1024 };

void
meet(struct person *ana, struct person *beto)
{
	person_start(ana, "ana", NULL);
	assert_true(person_sees(ana, "waiting for a call"));
	person_call(beto, "beto", ana);
	assert_true(person_sees(ana, "beto knocks"));
	assert_true(person_sees(beto, "ringing"));
	person_type(ana, "/accept");
	assert_true(person_sees(ana, "connected with beto"));
	assert_true(person_sees(beto, "connected with ana"));
}

void
both_verify(struct person *ana, struct person *beto)
{
	assert_true(person_sees(ana, "compare "));
	assert_true(person_sees(beto, "compare "));
	person_type(ana, "/verify");
	person_type(beto, "/verify");
	assert_true(person_sees(ana, "encrypted, VERIFIED"));
	assert_true(person_sees(beto, "encrypted, VERIFIED"));
}

void
part(struct person *ana, struct person *beto)
{
	person_release(beto);
	person_release(ana);
}

void
make_file(const char *path, size_t size, unsigned seed)
{
	FILE *f = fopen(path, "w");
	uint64_t x = seed * 2654435769u + 1;
	static uint64_t chunk[CHUNK / sizeof(uint64_t)];

	assert_non_null(f);
	while (size > 0) {
		size_t n = size < CHUNK ? size : CHUNK;

		for (size_t i = 0; i < CHUNK / sizeof(uint64_t); i++) {
			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
			chunk[i] = x;
		}
		assert_int_equal(fwrite(chunk, 1, n, f), n);
		size -= n;
	}
	assert_int_equal(fclose(f), 0);
}

bool
files_equal(const char *a, const char *b)
{
	FILE *fa = fopen(a, "r"), *fb = fopen(b, "r");
	static char ba[CHUNK], bb[CHUNK];
	bool equal = fa != NULL && fb != NULL;

	while (equal) {
		size_t na = fread(ba, 1, CHUNK, fa);
		size_t nb = fread(bb, 1, CHUNK, fb);

		equal = na == nb && memcmp(ba, bb, na) == 0;
		if (na == 0)
			break;
	}
	if (fa != NULL)
		fclose(fa);
	if (fb != NULL)
		fclose(fb);
	return equal;
}

int
count_files(const char *folder, const char *part_of_name)
{
	DIR *dir = opendir(folder);
	struct dirent *e;
	int count = 0;

	if (dir == NULL)
		return 0;
	while ((e = readdir(dir)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (part_of_name == NULL ||
		    strstr(e->d_name, part_of_name) != NULL)
			count++;
	}
	closedir(dir);
	return count;
}

const char *
in_folder(const char *folder, const char *name)
{
	static char paths[8][8192];
	static int next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

void
write_strace_wrapper(const char *path, const char *options)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fprintf(f, "#!/bin/sh\nexec strace -qq -o %s.trace %s '%s' \"$@\"\n",
	    path, options, getenv("CHARLA"));
	fclose(f);
	assert_int_equal(chmod(path, 0700), 0);
}

const char *
text_of(const char *fmt, ...)
{
	static char texts[8][8192];
	static int next;
	char *text = texts[next++ % 8];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(texts[0]), fmt, ap);
	va_end(ap);
	return text;
}
