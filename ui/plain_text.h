/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What plain mode writes, in words that sound well when they are read aloud.
 * Pure. Each function gives one row without its newline. Every row of what a
 * peer says begins with the peer's name, and no name is written in a way that
 * could pass for words of charla's own.
 */
#ifndef CHARLA_UI_PLAIN_TEXT_H
#define CHARLA_UI_PLAIN_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "src/model.h"

enum { PLAIN_STEP = 10 }; /* percent, between two words about a transfer */

/*
 * The step that a transfer is at, where it is above said: 10, 20 ... 90;
 * else -1. Only a verified file is whole, so there is no 100.
 */
int plain_step(int said, uint64_t done, uint64_t size);

/* A name, in quotes where it could be taken for a word of charla's. */
char *plain_name(const char *name);
/*
 * The row of a line whose text goes on at byte *at; *at moves to the next
 * row, or to SIZE_MAX after the last. The caller frees.
 */
char *plain_line(const struct line *line, size_t *at);

enum plain_row_news {
	PLAIN_ROW_NEW,
	PLAIN_ROW_STEP,     /* moved on to the next step */
	PLAIN_ROW_ON,       /* goes on after it stood still */
	PLAIN_ROW_STILL,    /* stands still; its state says why */
	PLAIN_ROW_CHECKING, /* all bytes are there */
};
/* "receiving al.pdf, 40 percent"; the caller frees. */
char *plain_row(const struct row *row, enum plain_row_news news);

/* "earlier, on Sunday, 22 November 2026:"; the caller frees. */
char *plain_day(int64_t time_ms);

#endif
