/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The bytes a terminal sends, cut into whole keys. Pure: bytes in, tokens
 * out, time as an argument. One token is a UTF-8 character, a control byte,
 * a whole ESC-key, CSI or SS3 sequence, a whole bracketed paste, or a report
 * (mouse, focus, an answer to a query).
 */
#ifndef CHARLA_UI_TOKEN_H
#define CHARLA_UI_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	TOKEN_ESCAPE_MS = 50,  /* a lone ESC is a key after this */
	TOKEN_PASTE_MS = 2000, /* a paste without its end is over then */
	TOKEN_SEQUENCE_MAX = 256,
	TOKEN_PASTE_MAX =
	    16 * 1024 * 1024, /* bytes kept; more is counted only */
};

/* The bytes are always the whole key, every ESC included. */
enum token_type {
	TOKEN_TEXT,          /* one character, or one byte that is not UTF-8 */
	TOKEN_CONTROL,       /* one control byte but ESC */
	TOKEN_ESCAPE,        /* a lone ESC: its time ran out */
	TOKEN_META,          /* ESC and one character or control byte */
	TOKEN_SEQUENCE,      /* a whole CSI or SS3 */
	TOKEN_META_SEQUENCE, /* ESC ESC [ ... : Meta and a sequence */
	TOKEN_PASTE,         /* newlines as \n, other controls dropped */
	/*
	 * Mouse, focus, answers: for the program. Also what is no key at
	 * all; a piece of something too long does not begin with ESC.
	 */
	TOKEN_REPORT,
};

struct token {
	enum token_type type;
	const char *bytes; /* lives until the next call; not terminated */
	size_t len;
	size_t pasted; /* TOKEN_PASTE: bytes that came, kept or not */
};

struct tokenizer;

struct tokenizer *tokenizer_new(void);
void tokenizer_free(struct tokenizer *t);
/* Add what read(2) gave. */
void tokenizer_feed(
    struct tokenizer *t, const char *bytes, size_t len, uint64_t now_ms);
/* The next whole token; false when more bytes (or time) are needed. */
bool tokenizer_next(struct tokenizer *t, uint64_t now_ms, struct token *token);
/*
 * When waiting bytes become a token by themselves; 0: never. A moment that
 * has passed while tokenizer_next was not called until it said false.
 */
uint64_t tokenizer_deadline(const struct tokenizer *t);

#endif
