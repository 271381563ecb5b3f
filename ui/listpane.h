/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which lines of a list are in view, and what its title row says. Pure. It
 * stands in place of the log; each line has one row, and the first row is
 * the title's. However long the list is, only what is in view costs.
 */
#ifndef CHARLA_UI_LISTPANE_H
#define CHARLA_UI_LISTPANE_H

#include <stddef.h>
#include <stdint.h>

#include "src/model.h"

struct listpane {
	uint64_t id;   /* the model's, of the list that is shown */
	size_t count;  /* of lines */
	size_t height; /* rows for lines */
	/*
	 * What the person put at the top. Where the list ends before the
	 * pane does, the line in view there is an earlier one.
	 */
	size_t top;
};

/*
 * A zeroed one is ready. To be called before the others after any change,
 * with the rows of the whole pane, while the model shows a list.
 */
void listpane_update(struct listpane *p, const struct model *m, int height);
/* By pages, of which one row is seen again: less than 0 is back. */
void listpane_page(struct listpane *p, int pages);
/* By rows. */
void listpane_scroll(struct listpane *p, int rows);
void listpane_top(struct listpane *p);
void listpane_bottom(struct listpane *p);
/* Returns how many lines are in view; *from gets the first. */
size_t listpane_view(const struct listpane *p, size_t *from);
/*
 * The row above the lines: the title, at the right which lines these are,
 * and how to leave. At most columns wide; the caller frees.
 */
char *listpane_title(const struct listpane *p, const char *title, int columns);

#endif
