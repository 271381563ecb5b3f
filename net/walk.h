/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From what a person typed after /send to a list of everything that is meant.
 * Blocks: for a worker. Folders are walked by descriptor, no symbolic link is
 * followed but one that a person named; sockets, devices and FIFOs are listed
 * and not opened.
 */
#ifndef CHARLA_NET_WALK_H
#define CHARLA_NET_WALK_H

#include <stdatomic.h>

#include "net/filelist.h"
#include "net/fsys.h"

enum { WALK_NOTES_MAX = 8 };

struct walk {
	/* Absolute; one for each root of the list, in its order. */
	char **paths;
	size_t path_count;
	struct filelist *list;
	/* Sentences for the person: what is listed and not sent, or is not
	 * even listed. The last one may say how many more there are. */
	char *notes[WALK_NOTES_MAX];
	size_t note_count;
};

/*
 * words are paths as they are; or, where patterns is set, as a person types
 * them: \ takes the meaning of the character behind it away, and one that is
 * no path by itself is a pattern of the shell. 0, or ERR_IO with f filled; out
 * is empty then. Where stop becomes true meanwhile: ERR_AGAIN, and f is
 * untouched.
 *
 * One word that is a regular file is a list of one file, too.
 */
int walk_run(const char *const *words, size_t count, bool patterns,
    const atomic_bool *stop, struct walk *out, struct fault *f);
void walk_release(struct walk *w);

#endif
