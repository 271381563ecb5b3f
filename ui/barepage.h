/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The log without anything around it, for the terminal's own selection: only
 * who said what, and long lines are broken by the terminal, which then knows
 * that they are one. Pure.
 */
#ifndef CHARLA_UI_BAREPAGE_H
#define CHARLA_UI_BAREPAGE_H

#include "src/model.h"

/*
 * What fills so many rows and columns and ends with the line at position
 * lowest; rows end with \r\n only where lines do. The caller frees.
 */
char *barepage_text(
    const struct model *m, size_t lowest, int rows, int columns);

#endif
