/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names in scripts that are written from right to left, in rows that are not.
 * Pure.
 *
 * Terminals that order such text (VTE, Konsole, mlterm) take a row for one
 * paragraph: numbers and bars behind such a name would go to its other side.
 * A left-to-right mark behind it keeps them where they are. It is written into
 * the cell of the name's last character. Isolates (U+2068, U+2069) would do
 * the same for more of the text, but fewer terminals know them, and the Linux
 * console gives each a cell of its own, while the mark has none anywhere.
 * Messages need none: nothing but blanks follows them in their rows.
 */
#ifndef CHARLA_UI_BIDI_H
#define CHARLA_UI_BIDI_H

#include <stdbool.h>

/* Does the clean text hold a character that is written to the left? */
bool bidi_is_rtl(const char *text);
/* What to put behind it: the mark, or "". */
const char *bidi_close(const char *text);

#endif
