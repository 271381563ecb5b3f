/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of the title row. Pure. */
#ifndef CHARLA_UI_TITLETEXT_H
#define CHARLA_UI_TITLETEXT_H

#include "src/model.h"

/*
 * At most columns wide. What there is no room for goes in this order: the
 * address, the name, and of the trust its first parts, so that the last one
 * can be read as long as the terminal holds it. The caller frees.
 */
char *title_text(const struct title *title, int columns);

#endif
