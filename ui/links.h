/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Addresses in a text that a terminal could open: http, https, mailto and
 * gemini, in printable ASCII. Pure.
 */
#ifndef CHARLA_UI_LINKS_H
#define CHARLA_UI_LINKS_H

#include <stdbool.h>
#include <stddef.h>

struct text_link {
	size_t start, len; /* bytes of the text */
};

/*
 * The first one that begins at byte at or behind it. What ends a sentence or
 * a bracket around it does not belong to it. False: there is none.
 */
bool links_next(const char *text, size_t at, struct text_link *link);

#endif
