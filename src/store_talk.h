/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Talks, and the streams that the messages in them belong to. For
 * src/store*.c only. What finds returns 1 where it is there, 0 where it is
 * not, or a negative enum err with why filled.
 */
#ifndef CHARLA_STORE_TALK_H
#define CHARLA_STORE_TALK_H

#include "src/store.h"
#include "src/store_db.h"

/* Where an own line has come to; theirs are LINE_STORED. */
enum store_waiting {
	LINE_STORED = 0,
	LINE_WAITING = 1, /* what the index holds */
	LINE_SEEN = 2,    /* it came, and nobody keeps it there */
};

enum { STORE_LINE_BITS = 40 };
#define STORE_LINE_MAX ((UINT64_C(1) << STORE_LINE_BITS) - 1)

struct store_talk {
	int64_t id; /* 0: not made yet */
	uint64_t lines;
	uint64_t acked;  /* number of the highest own line that they stored */
	uint64_t worded; /* lines whose words are in the index */
};

/* One epoch of one side of a talk. */
struct store_stream {
	int64_t id; /* 0: not made yet */
	uint64_t last;
	uint64_t began; /* lines of the talk before it */
};

/* The lines of a talk are one stretch of ids, in their order. */
int64_t store_line_id(int64_t talk, uint64_t number);
uint64_t store_line_number(int64_t id);

int store_talk_find(struct store_db *db, const uint8_t *key,
    struct store_talk *out, struct reason *why);
int store_talk_make(struct store_db *db, const uint8_t *key,
    struct store_talk *out, struct reason *why);
/* received: id of the stream of theirs in which something came; 0: none. */
int store_talk_update(struct store_db *db, const struct store_talk *talk,
    int64_t received, struct reason *why);

int store_stream_find(struct store_db *db, int64_t talk, bool own,
    uint64_t epoch, struct store_stream *out, struct reason *why);
/* It goes up to line->seq from here on; one that is not made yet is made. */
int store_stream_raise(struct store_db *db, const struct store_talk *talk,
    const struct store_line *line, struct store_stream *stream,
    struct reason *why);

/* Fill what the history knows of the peers in memory, and add strangers. */
int store_talk_load(
    struct store_db *db, struct store_memory *memory, struct reason *why);

#endif
