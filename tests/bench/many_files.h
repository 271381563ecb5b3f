/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A tree of many small files, to be measured with. */
#ifndef CHARLA_TESTS_MANY_FILES_H
#define CHARLA_TESTS_MANY_FILES_H

#include <stddef.h>

enum { MANY_IN_FOLDER = 100 };

/*
 * A folder at path with folders d00000, d00001, ... of MANY_IN_FOLDER files
 * each, f00 and so on. The files hold size bytes that differ; times lie in
 * the past, and no two have the same.
 */
void make_many_files(const char *path, long files, size_t size);

#endif
