/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CHARLA_UI_PAINT_LIST_H
#define CHARLA_UI_PAINT_LIST_H

#include "ui/paint.h"

/* The list in place of the log; paint_arrange was called. */
void paint_list(struct paint *p);

#endif
