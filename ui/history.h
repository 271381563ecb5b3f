/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The file that keeps what was typed, oldest first: one entry a line, with
 * \n for a newline and \\ for a backslash, because readline's own format
 * loses entries of several lines. Nothing here fails loudly: without the
 * file, the keys of this session are remembered all the same.
 */
#ifndef CHARLA_UI_HISTORY_H
#define CHARLA_UI_HISTORY_H

#include <stdbool.h>

enum {
	HISTORY_ENTRIES_MAX = 2000,
	HISTORY_FILE_MAX = 4 * 1024 * 1024, /* bytes; of more, the last */
};

/*
 * Call each with the entries of the file, oldest first, the newest
 * HISTORY_ENTRIES_MAX of them. A file that holds more, or damage, is
 * replaced by one that does not. False: there is no file, or no way to it.
 */
bool history_file_load(
    const char *path, void (*each)(void *arg, const char *entry), void *arg);
/*
 * Append an entry; makes the file (mode 0600) when it is not there. Opens
 * it anew each time, so that another charla may have replaced it.
 */
bool history_file_append(const char *path, const char *entry);

#endif
