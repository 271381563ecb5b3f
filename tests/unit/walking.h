/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A folder with things in it, and what a walk makes of them. */
#ifndef CHARLA_TESTS_WALKING_H
#define CHARLA_TESTS_WALKING_H

#include <stdbool.h>

#include "net/walk.h"
#include "src/base/err.h"

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

struct walking {
	char *folder;
	char *came_from;
	struct walk walk;
	struct fault fault;
};

/* A new folder, which is the working directory as long as it is open. */
void walking_open(struct walking *s);
void walking_close(struct walking *s);

/*
 * "folder/", "file=content", "link@target", "fifo|" or "socket$"; beneath the
 * working directory.
 */
void walking_make(const char *what);

/* words end with NULL. Fails the test if the walk fails. */
void walking_walk(struct walking *s, bool patterns, const char *const *words);
/* It fails for this reason (NULL: whatever the sentence is). */
void walking_fails(struct walking *s, bool patterns, const char *const *words,
    enum wire_why why, const char *reason);

/* What was listed: "folder/", "file=size", "link@", "other?", one a line. */
void walking_lists(const struct walking *s, const char *expected);
/* All notes, one a line. */
void walking_notes(const struct walking *s, const char *expected);
/* The paths of the roots, beneath the folder, one a line. */
void walking_paths(const struct walking *s, const char *expected);

#endif
