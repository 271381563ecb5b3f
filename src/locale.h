/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The language and the letters of the person in front. */
#ifndef CHARLA_LOCALE_H
#define CHARLA_LOCALE_H

/* Once, at the start: as the environment says, but in UTF-8. */
void locale_set(void);
/* The letters the environment asked for: "UTF-8", "ANSI_X3.4-1968", ... */
const char *locale_letters(void);

#endif
