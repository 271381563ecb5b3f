/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CHARLA_UI_PAINT_LOG_H
#define CHARLA_UI_PAINT_LOG_H

#include "ui/paint.h"

/* The pane of messages; paint_arrange was called. */
void paint_log(struct paint *p);

/* The line that was painted in this row of the screen; NULL: none. */
const struct line *paint_log_at(const struct paint *p, int row);

#endif
