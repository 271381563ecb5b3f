/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Is a pasted text a list of paths? Terminals paste what is dropped on their
 * window: plain, quoted, escaped by backslashes, or as file:// addresses;
 * several with blanks or newlines between them. Pure.
 */
#ifndef CHARLA_DROPPED_H
#define CHARLA_DROPPED_H

#include <stddef.h>

enum { DROPPED_MAX = 1000 }; /* paths in one paste */

/*
 * The paths that text would be, each absolute or with ~/ in front, or NULL
 * where it is none. Whether they exist is for the caller to find out; where
 * the text could as well be one path just as it stands, with its blanks and
 * quotes, that is told of as *whole (else NULL), to be tried before the
 * paths. The caller frees, with dropped_free.
 */
char **dropped_paths(const char *text, size_t *count, char **whole);
void dropped_free(char **paths, size_t count, char *whole);
/* The line that sends them: "/send 'a b' c", each word quoted where needed. */
char *dropped_line(const char *const *paths, size_t count);

#endif
