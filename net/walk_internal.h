/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of a walk share: the roots, and what to tell about it. */
#ifndef CHARLA_NET_WALK_INTERNAL_H
#define CHARLA_NET_WALK_INTERNAL_H

#include <dirent.h>
#include <sys/stat.h>

#include "net/walk.h"

struct walk_root {
	char *path;       /* absolute, no slash at its end */
	const char *name; /* in path: its last component */
	char *shown;      /* as it was typed or found, for sentences */
	/* Named in full: a symbolic link counts as what it leads to. */
	bool named;
	struct stat st;
};

struct walk_roots {
	struct walk_root *roots;
	size_t count;
	size_t room;
};

void walk_roots_release(struct walk_roots *roots);
/* One that is there, as it was typed or found. 0, or ERR_IO with f filled. */
int walk_roots_add(
    struct walk_roots *roots, const char *said, bool named, struct fault *f);
/*
 * All are there: put them in order, by name. ERR_IO with f filled where two
 * would have one name, or none can be sent.
 */
int walk_roots_complete(struct walk_roots *roots, struct fault *f);

/* What the words stand for. 0, ERR_IO with f filled, or ERR_AGAIN. */
int walk_words(const char *const *words, size_t count, bool patterns,
    const atomic_bool *stop, struct walk_roots *out, struct fault *f);

/* What is in a folder. */
struct walk_names {
	char **names;
	size_t count;
	size_t room;
};

/*
 * All of them, in order. ERR_IO: the folder could not be read to its end; out
 * has what could be. ERR_FULL: more than a list may have. ERR_AGAIN: stopped.
 */
int walk_names_read(
    DIR *folder, const atomic_bool *stop, struct walk_names *out);
void walk_names_release(struct walk_names *names);

enum walk_note {
	WALK_NOTE_LINK,
	WALK_NOTE_OTHER,
	WALK_NOTE_NAME,   /* no name that may be sent; not listed */
	WALK_NOTE_DENIED, /* a folder; listed */
	WALK_NOTE_BROKEN, /* by the disk, say */
	WALK_NOTE_GONE,   /* a folder; not listed */
	WALK_NOTE_KINDS,
};

_Static_assert((int)WALK_NOTE_KINDS <= (int)WALK_NOTES_MAX,
    "there is room for a sentence of each kind");

enum { WALK_NOTE_EXAMPLES = 2 };

/* Counted, so that many things of one kind are one sentence. */
struct walk_notes {
	struct {
		size_t count;
		char *examples[WALK_NOTE_EXAMPLES];
	} kinds[WALK_NOTE_KINDS];
};

void walk_note(struct walk_notes *notes, enum walk_note kind, const char *path);
void walk_notes_write(const struct walk_notes *notes, struct walk *out);
void walk_notes_release(struct walk_notes *notes);

/*
 * Add root and all that is in it to the list. 0, ERR_IO with f filled, or
 * ERR_AGAIN.
 */
int walk_tree(const struct walk_root *root, const atomic_bool *stop,
    struct filelist *list, struct walk_notes *notes, struct fault *f);

/* ERR_IO, with f saying what an errno means for what is shown. */
int walk_fail(struct fault *f, const char *shown, int error);

#endif
