/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a person calls a key: "Ctrl-X Ctrl-E" for \C-x\C-e, "PgUp" for \e[5~.
 * Pure. Sequences come as readline writes them down.
 */
#ifndef CHARLA_UI_KEYNAME_H
#define CHARLA_UI_KEYNAME_H

/* NULL: it has no name. The caller frees. */
char *keyname_of(const char *sequence);
/*
 * The names of several in one: "PgUp, Ctrl-P", each once; where not one has a
 * name, the last as it stands. NULL: there are no sequences. The array ends
 * with NULL, and may be NULL. The caller frees.
 */
char *keyname_list(char *const *sequences);

#endif
