/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is new beside the log: transfers, trust, status, and own messages that
 * waited. Pure: told what it is now, it says what is worth a word, once.
 */
#ifndef CHARLA_UI_PLAIN_NEWS_H
#define CHARLA_UI_PLAIN_NEWS_H

#include <stddef.h>
#include <stdint.h>

#include "src/model.h"

enum {
	PLAIN_STEP_MS = 1000,  /* between two steps of one transfer, at least */
	PLAIN_STATUS_MS = 500, /* a status that passes sooner is none */
	PLAIN_SAID_MAX = 8,    /* statuses that are not said again */
};

struct plain_told;

/* A zeroed one has told nothing. */
struct plain_news {
	struct plain_told *rows; /* what was told of each */
	size_t row_count;
	char *trust;
	char *status;               /* as it was seen last, */
	uint64_t status_ms;         /* and since when */
	char *said[PLAIN_SAID_MAX]; /* their digits left out; in turn */
	size_t said_count;
	/*
	 * Ids of own messages: the first and the last that may not have
	 * arrived, and the last one that was told as waiting.
	 */
	uint64_t unsure_id, last_id, waiting_id;
	size_t waiting; /* told so, and not arrived */
};

/* The next piece of news as a row, or NULL. The caller frees. */
char *plain_news_next(
    struct plain_news *n, const struct model *m, uint64_t now_ms);
/* When there will be some by the time alone; 0: never. */
uint64_t plain_news_deadline(const struct plain_news *n);
/* An own line was written. Each id is greater than the one before. */
void plain_news_own(struct plain_news *n, uint64_t id, const struct line *line);
/* The lines are those of another talk. */
void plain_news_forget_lines(struct plain_news *n);
void plain_news_release(struct plain_news *n);

#endif
