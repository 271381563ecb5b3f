/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which rows of the message log are in view. Pure. It knows the model's
 * lines by their number and walks from the lowest row in view upwards, so
 * that the price is that of what is seen, however long the log is.
 *
 * A line stands in two columns: an indent with its time and mark, and its
 * text, wrapped, with who said it in front.
 */
#ifndef CHARLA_UI_LOGPANE_H
#define CHARLA_UI_LOGPANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/model.h"

enum {
	LOG_INDENT = 8,      /* "HH:MM M " */
	LOG_INDENT_MARK = 2, /* narrower: no time */
	LOG_TIME_COLUMNS = 30,
	LOG_MARK_COLUMNS = 12, /* narrower still: no mark */
};

struct logpane {
	int columns, height;
	uint32_t *rows; /* per line: how many rows; 0: not counted yet */
	size_t known;   /* lines that rows has room for */
	bool scrolled;  /* else the newest row is in view */
	size_t line;    /* scrolled: the lowest row in view */
	size_t row;     /* its number in the line */
	size_t seen;    /* lines that have been in view, or above it */
};

/* A row in view: the row-th of the line. */
struct log_row {
	size_t line, row;
};

/* A zeroed one is ready. */
void logpane_release(struct logpane *p);
/* To be called before the others when size or model have changed. */
void logpane_update(
    struct logpane *p, const struct model *m, int columns, int height);
/* By so many rows: less than 0 is back, towards older lines. */
void logpane_scroll(struct logpane *p, const struct model *m, int rows);
void logpane_top(struct logpane *p, const struct model *m);
void logpane_bottom(struct logpane *p, const struct model *m);
/* Lines that came while we looked elsewhere, and are still below. */
size_t logpane_unseen(const struct logpane *p, const struct model *m);
/*
 * The rows in view, from top to bottom, at most p->height of them; returns
 * how many.
 */
size_t logpane_view(
    struct logpane *p, const struct model *m, struct log_row *rows);

/* Columns kept free before the text of such a line. */
int log_indent(enum line_kind kind, int columns);
/*
 * The text as it is wrapped, with who said it in front; *head gets the
 * bytes of that. The caller frees.
 */
char *log_text(const struct line *line, size_t *head);

#endif
