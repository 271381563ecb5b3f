/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One frame: every pane, from the model and the input line to the cells. */
#ifndef CHARLA_UI_PAINT_H
#define CHARLA_UI_PAINT_H

#include <stdbool.h>
#include <stdint.h>

#include "src/model.h"
#include "ui/input.h"
#include "ui/layout.h"
#include "ui/lineview.h"
#include "ui/listpane.h"
#include "ui/logpane.h"
#include "ui/term.h"
#include "ui/theme.h"
#include "ui/ui.h"

/* The first five are the owner's; the rest begins zeroed. */
struct paint {
	struct term *term;
	struct input *input;
	const struct model *model;
	const struct ui_settings *settings;
	enum palette palette;
	struct layout layout;
	struct logpane log;
	struct listpane list; /* in its place, while the model has one */
	struct line_view line;
	int line_top; /* the first row of the input line in view */
	struct log_row *rows;
	int row_size;
	size_t row_count; /* rows of the log in the last frame */
};

void paint_release(struct paint *p);
unsigned paint_style(const struct paint *p, enum role role);
/* Does a list stand in place of the log? */
bool paint_shows_list(const struct paint *p);
/* Give every pane its rows, as model, input line and size are now. */
void paint_arrange(struct paint *p);
/* To be arranged before. */
void paint_frame(struct paint *p, uint64_t now_ms);

#endif
