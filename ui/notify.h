/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What came while a person looked elsewhere, gathered into one sentence every
 * few seconds. Pure.
 */
#ifndef CHARLA_UI_NOTIFY_H
#define CHARLA_UI_NOTIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	NOTIFY_EVERY_MS = 3000, /* no second sentence before that */
	NOTIFY_COLUMNS = 120,   /* of a sentence */
};

enum news_kind {
	NEWS_MESSAGE,
	NEWS_QUESTION,
	NEWS_DONE,    /* a transfer */
	NEWS_TROUBLE, /* what failed, or has to be known */
	NEWS_KINDS,
};

struct news {
	enum news_kind kind;
	const char *who;  /* NEWS_MESSAGE; else NULL */
	const char *text; /* need not be clean */
	bool action;      /* /me */
};

/* A zeroed one is ready. */
struct notify {
	size_t counts[NEWS_KINDS]; /* of what was not told yet */
	char *text;                /* the last one, in words */
	uint64_t told_ms;          /* when the last sentence was made */
	bool told;                 /* there was one */
};

void notify_release(struct notify *n);
void notify_add(struct notify *n, const struct news *news);
/* The person is back, and sees it all. */
void notify_forget(struct notify *n);
/* When notify_take has a sentence, in clock_mono_ms() time; 0: never. */
uint64_t notify_deadline(const struct notify *n);
/*
 * The sentence, clean and short, or NULL where it is not the time; the caller
 * frees. say_text: what one thing alone says, instead of that it came.
 */
char *notify_take(struct notify *n, bool say_text, uint64_t now_ms);

#endif
