/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which names may come from a peer, what a file is called until it is whole,
 * and when its name is taken. Pure.
 */
#ifndef CHARLA_NET_FILENAME_H
#define CHARLA_NET_FILENAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	FILENAME_MAX_BYTES = 255,
	FILENAME_TRIES = 10 * 1000,
	FILENAME_PART_MAX = 32,
};

/*
 * The one rule for names from a peer: reject, don't clean. False for empty,
 * ".", "..", longer than FILENAME_MAX_BYTES, or anything that holds '/', a
 * control byte (C0, DEL; so NUL too) or is not UTF-8. Whatever else passes,
 * in any script, is a plain name in one folder.
 */
bool filename_is_safe(const char *name, size_t len);

/* A part file's name: ".charla-", 16 digits (0-9, a-f), ".part". */
void filename_part(uint64_t id, char out[static FILENAME_PART_MAX]);
bool filename_is_part(const char *name);

/*
 * The number-th choice for name: itself for 0, then "name (1).ext",
 * "name (2).ext" ... The number goes before the last dot, or before ".tar.*";
 * a dot at the start begins no extension. What grows too long loses whole
 * characters before the number, or at the end where there is no stem to cut.
 * name is at most FILENAME_MAX_BYTES long.
 */
void filename_choice(
    const char *name, unsigned number, char out[FILENAME_MAX_BYTES + 1]);

#endif
