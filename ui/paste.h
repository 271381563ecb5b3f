/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The inside of a bracketed paste, byte by byte as it comes: CR LF and CR
 * become LF, tab and LF stay, every other control (C0, DEL, C1) goes. Pure.
 */
#ifndef CHARLA_UI_PASTE_H
#define CHARLA_UI_PASTE_H

#include <stdbool.h>
#include <stddef.h>

struct paste {
	char *data;
	size_t len, size;
	size_t came;    /* bytes, kept or not */
	size_t matched; /* of the end marker, at the end of what came */
	bool cr;        /* the last byte was a CR */
	bool full;      /* more came than can be kept */
};

/* Begin a new one; a zeroed struct is ready for that. */
void paste_begin(struct paste *p);
/* Returns the bytes used; *ended when ESC [ 201 ~ was the last of them. */
size_t paste_add(struct paste *p, const char *bytes, size_t len, bool *ended);
/* No more will come: data and len are final, whole characters if cut. */
void paste_end(struct paste *p);
void paste_release(struct paste *p);

#endif
