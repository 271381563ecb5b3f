/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The log as rows, in the order in which a reader wants them: a few lines of
 * an earlier talk first, then what is said from now on, as it comes; in
 * between lists, and what a search has found.
 *
 * Whoever reads slowly reads from the model, which bounds what waits.
 */
#ifndef CHARLA_UI_PLAIN_LOG_H
#define CHARLA_UI_PLAIN_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/plain_news.h"
#include "ui/ui.h"

enum {
	PLAIN_PAST_MAX = 5,    /* lines of an earlier talk */
	PLAIN_PAST_MS = 1000,  /* they may take to come */
	PLAIN_FOUND_MAX = 10,  /* places of a search */
	PLAIN_FOUND_ROWS = 3,  /* of each */
	PLAIN_LIST_MAX = 1000, /* rows of a list */
};

struct plain_log {
	const struct ui_handler *handler;
	void *arg;
	const char *time_format; /* of earlier lines */
	bool echoed; /* what is entered stands on the terminal already */

	uint64_t talk;    /* the model's */
	uint64_t next_id; /* of the line that comes next, */
	size_t next_at;   /* and where its next row begins */
	struct {
		size_t at, end; /* positions */
		size_t row_at;
		uint64_t until_ms; /* 0: not asked for */
		char *day;
		bool begun;
	} past;
	struct {
		size_t places[PLAIN_FOUND_MAX];
		size_t count, at;
		size_t row_at, rows;
		uint64_t version;
		bool asked;
	} found;
	struct {
		uint64_t id;
		size_t at;
		bool open;
	} list;
};

/* The next row, or NULL. Own lines are told to news. The caller frees. */
char *plain_log_next(struct plain_log *l, const struct model *m,
    struct plain_news *news, uint64_t now_ms);
/* Until when nothing else should be written; 0: it may. */
uint64_t plain_log_holds(const struct plain_log *l);
/* Wait for nothing any more. */
void plain_log_end(
    struct plain_log *l, const struct model *m, struct plain_news *news);
/* A list or a search has not been written to its end. */
bool plain_log_is_busy(const struct plain_log *l, const struct model *m);
void plain_log_release(struct plain_log *l);

#endif
