/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What could stand somewhere in a line: what Tab chooses from. Pure. */
#ifndef CHARLA_BASE_CHOICES_H
#define CHARLA_BASE_CHOICES_H

#include <stdbool.h>
#include <stddef.h>

struct choice {
	char *word;
	char *help; /* a few words about it; NULL: none */
};

/* A zeroed one is empty. */
struct choices {
	bool paths; /* the file system says; list is ignored */
	struct choice *list;
	size_t count, size;
};

/* Copied; help may be NULL. */
void choices_add(struct choices *c, const char *word, const char *help);
/* The same, where word begins with prefix. */
void choices_add_if(
    struct choices *c, const char *prefix, const char *word, const char *help);
/* Empties it. */
void choices_release(struct choices *c);

#endif
