/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which rows of the message log are in view. Pure. It knows the model's
 * lines by their position and walks from the lowest row in view upwards, so
 * that the price is that of what is seen, however long the log is.
 *
 * A line stands in two columns: an indent, "HH:MM M ", and its text, wrapped,
 * with who said it in front. The first line of a day has the date in a row
 * above it, and the first unread one a row that says so. A line that is not in
 * memory is one blank row until it arrives.
 */
#ifndef CHARLA_UI_LOGPANE_H
#define CHARLA_UI_LOGPANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/model.h"

enum {
	LOG_INDENT_MARK = 2,   /* "M " */
	LOG_TEXT_LEAST = 22,   /* columns of text; else there is no time */
	LOG_MARK_COLUMNS = 12, /* narrower: no mark either */
	LOG_COUNTED = 512,     /* lines whose rows are remembered */
	LOG_WANTS_MAX = 256,   /* lines asked for at once */
};

/* What was asked for, until the person scrolls on. */
enum log_goal {
	LOG_GOAL_NONE,
	LOG_GOAL_TOP,
	LOG_GOAL_FOUND,
	LOG_GOAL_UNREAD,
	LOG_GOAL_QUESTION,
};

struct logpane {
	int time_columns; /* the owner's, before an update; 0: no time */
	int columns, height;
	bool scrolled;   /* else the newest row is in view */
	size_t line;     /* scrolled: the lowest row in view */
	size_t row;      /* its number in the line, the date's row included */
	uint64_t number; /* of the line or, without one, of one above it */
	enum log_goal goal;
	bool reached;  /* the goal: it is in its place, with all around it */
	size_t seen;   /* lines that have been in view, or above it */
	bool resting;  /* out of sight: nothing new is seen */
	size_t target; /* the line of the last two goals */

	/* What came while the person was away. */
	bool away;        /* nothing is seen */
	bool marked;      /* what comes from unread_from on is unread */
	bool has_unread;  /* and something came: */
	bool unread_seen; /* the row above it, since they are back */
	size_t unread, unread_from;

	/* The model, as it was at the last update. */
	uint64_t talk, layout, past_end, found_version;
	int64_t shift;
	size_t cleared;

	/* Of the line at a position, at position % LOG_COUNTED. */
	int counted_time; /* time_columns then */
	struct {
		size_t position;
		uint32_t rows; /* of its text; 0: nothing is remembered here */
		bool dated;
	} counted[LOG_COUNTED];
};

#define LOG_DATE_ROW   SIZE_MAX
#define LOG_UNREAD_ROW (SIZE_MAX - 1)

/* A row in view: the row-th of the line's text, or one of those above it. */
struct log_row {
	size_t line, row;
};

/* A zeroed one is ready. To be called before the others after any change. */
void logpane_update(
    struct logpane *p, const struct model *m, int columns, int height);
/*
 * In its place while something else is shown there: it keeps where it is,
 * and what comes meanwhile is unseen. Of the others only logpane_bottom and
 * logpane_unseen are for this time.
 */
void logpane_rest(struct logpane *p, const struct model *m);
/* By so many rows: less than 0 is back, towards older lines. */
void logpane_scroll(struct logpane *p, const struct model *m, int rows);
void logpane_top(struct logpane *p, const struct model *m);
void logpane_bottom(struct logpane *p, const struct model *m);
/*
 * The person looks away from here: the first line that comes from now on has
 * a row above it that says so. Where there is one that was not seen yet, it
 * stays. Their own lines and help are not unread.
 */
void logpane_mark_unread(struct logpane *p, const struct model *m);
/* They are back: what is in view from now on is seen. */
void logpane_here(struct logpane *p, const struct model *m);
/* They type or enter something: they are here; a row that was seen goes. */
void logpane_typed(struct logpane *p, const struct model *m);
/*
 * Go to the first unread line or, without one, to the first that came while
 * we looked elsewhere. False: there is neither.
 */
bool logpane_to_unread(struct logpane *p, const struct model *m);
/*
 * Go to an open question: the next one after that of the last time, the
 * first after the last. False: there is none.
 */
bool logpane_to_question(struct logpane *p, const struct model *m);
/* Lines that came while we looked elsewhere, and are still below. */
size_t logpane_unseen(const struct logpane *p, const struct model *m);
/*
 * The rows in view, from top to bottom, at most p->height of them; returns
 * how many.
 */
size_t logpane_view(
    struct logpane *p, const struct model *m, struct log_row *rows);
/* The lines in view, both included; false: none. */
bool logpane_span(
    struct logpane *p, const struct model *m, size_t *from, size_t *upto);
/*
 * Lines of the past that are in view, or would be soon, and not in memory:
 * positions *from to *upto, both included. The same ones as long as nothing
 * changes. False: everything is there.
 */
bool logpane_wants(
    struct logpane *p, const struct model *m, size_t *from, size_t *upto);

/* Columns kept free before the text of such a line. */
int log_indent(const struct logpane *p, enum line_kind kind);
/*
 * The text as it is wrapped, with who said it in front; *head gets the
 * bytes of that. The caller frees.
 */
char *log_text(const struct line *line, size_t *head);
/*
 * Does a day begin with this line? Where the line before it is not in memory
 * nobody can say so. The first line in view of all begins one if there is a
 * past: who has none knows what day it is.
 */
bool log_begins_day(const struct model *m, size_t position);
/* "new", as a row; the caller frees. */
char *log_unread_text(int columns);
/* "Sunday, 22 November 2026" on this machine's wall; the caller frees. */
char *log_date_text(int64_t time_ms);
/* The same as a row between the lines; the caller frees. */
char *log_day_text(int64_t time_ms, int columns);

/* Between the files of the pane. */
void logpane_find_unread(struct logpane *p, const struct model *m);
void logpane_go(struct logpane *p, const struct model *m, enum log_goal goal);

#endif
