/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What was typed and not entered, one text for each talk. Pure. In its file
 * each is a line: the key of the other person in hex, or "-" for nobody yet,
 * a blank, and the text as text_escape has it; the newest last.
 */
#ifndef CHARLA_DRAFTS_H
#define CHARLA_DRAFTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	DRAFTS_KEY_LEN = 32,
	DRAFTS_MAX = 64, /* of more, the oldest go */
	DRAFTS_FILE_MAX = 16 * 1024 * 1024,
};

struct draft {
	uint8_t key[DRAFTS_KEY_LEN]; /* all zero: nobody yet */
	char *text;
};

/* A zeroed one is empty. */
struct drafts {
	struct draft list[DRAFTS_MAX];
	size_t count;
};

void drafts_release(struct drafts *d);
/* key NULL: nobody yet. NULL: there is none. Valid until the next change. */
const char *drafts_get(const struct drafts *d, const uint8_t *key);
/* Copied; "" takes it away. False: it is like that already. */
bool drafts_set(struct drafts *d, const uint8_t *key, const char *text);
/* Add what a file holds; damaged lines are let go. */
void drafts_parse(struct drafts *d, const char *bytes, size_t len);
/* The whole file; the caller frees. */
char *drafts_file(const struct drafts *d);

#endif
