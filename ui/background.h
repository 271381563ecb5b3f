/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which palette fits: by the settings, the environment and the terminal. */
#ifndef CHARLA_UI_BACKGROUND_H
#define CHARLA_UI_BACKGROUND_H

#include "ui/term.h"
#include "ui/theme.h"
#include "ui/ui.h"

/* What the terminal's background is made for; PALETTE_BOTH: not known. */
enum palette background_ask(struct term *t);
/* Is that its answer? Then *background is known. */
bool background_heard(
    struct term *t, const char *bytes, size_t len, enum palette *background);
enum palette background_palette(enum palette background, enum ui_theme theme);

#endif
