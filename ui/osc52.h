/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The clipboard, by way of the terminal. Pure. */
#ifndef CHARLA_UI_OSC52_H
#define CHARLA_UI_OSC52_H

#include <stddef.h>

/* Bytes of text: 99,992 of base64; many terminals take 100,000 in all. */
enum { OSC52_MAX = 74994 };

/* The sequence that puts len bytes there; the caller frees. */
char *osc52_bytes(const char *text, size_t len);

#endif
