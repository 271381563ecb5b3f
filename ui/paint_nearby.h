/* SPDX-License-Identifier: GPL-3.0-or-later */
/* People nearby, below the log: number, name, trust, address. */
#ifndef CHARLA_UI_PAINT_NEARBY_H
#define CHARLA_UI_PAINT_NEARBY_H

#include "ui/paint.h"

/* The rows it would like. */
int paint_nearby_wish(const struct paint *p);
void paint_nearby(struct paint *p);

#endif
