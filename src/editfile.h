/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The file that an editor is given: 0600, in a folder of its own, because
 * editors leave copies beside what they edit. The folder is called after the
 * process, so that a later run knows whose it was. All of this blocks: for a
 * worker.
 */
#ifndef CHARLA_EDITFILE_H
#define CHARLA_EDITFILE_H

#include <stddef.h>

#include "src/base/err.h"

enum { EDITFILE_MAX = 16 * 1024 * 1024 }; /* bytes */

/* A new file in a new folder in folder; *path is the caller's to free. */
int editfile_make(
    const char *folder, const char *text, char **path, struct reason *why);
/* What is in it now, as text_typed has it; the caller frees. */
int editfile_read(const char *path, char **text, struct reason *why);
/* The file, its folder, and what else is in that. */
void editfile_remove(const char *path);
/* Those of processes that are no more. */
void editfile_sweep(const char *folder);

#endif
