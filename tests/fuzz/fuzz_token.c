/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes, read in any pieces, at any times. The first byte of each piece
 * says how long it is and how much time has gone by; the rest is fed.
 * Outside of pastes the tokens are the bytes that came, all of them, in
 * order.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/util.h"
#include "ui/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool truth)
{
	if (!truth)
		abort();
}

struct run {
	struct tokenizer *t;
	uint8_t *fed;
	size_t len;  /* bytes fed */
	size_t seen; /* of those, given back as tokens */
	uint64_t now;
	uint64_t fed_ms;
	bool drained;
	/*
	 * Here began a piece that came when the time of a paste had run out;
	 * an end marker that begins here is not that paste's.
	 */
	size_t late_at;
};

enum { MARKER_LEN = 6 };

static bool
stands_next(const struct run *run, const char *bytes, size_t len)
{
	return len <= run->len - run->seen &&
	       memcmp(run->fed + run->seen, bytes, len) == 0;
}

static void
go_over(struct run *run, const char *bytes, size_t len)
{
	must(stands_next(run, bytes, len));
	run->seen += len;
}

/* A whole token of its kind. */
static void
check_kind(const struct token *token)
{
	uint8_t first = (uint8_t)token->bytes[0];

	must(token->len > 0);
	must(token->pasted == 0);
	switch (token->type) {
	case TOKEN_TEXT:
		must(first >= 0x20 && first != 0x7F);
		must(token->len == 1 || text_is_utf8(token->bytes, token->len));
		break;
	case TOKEN_CONTROL:
		must(token->len == 1 && (first < 0x20 || first == 0x7F));
		must(first != 0x1B);
		break;
	case TOKEN_ESCAPE:
		must(token->len == 1 && first == 0x1B);
		break;
	case TOKEN_META:
		must(token->len >= 2 && token->len <= 5 && first == 0x1B);
		break;
	case TOKEN_SEQUENCE:
		must(token->len >= 3 && first == 0x1B);
		must(token->len <= TOKEN_SEQUENCE_MAX + 1);
		break;
	case TOKEN_META_SEQUENCE:
		must(token->len >= 4 && first == 0x1B);
		must(token->bytes[1] == 0x1B);
		break;
	case TOKEN_REPORT:
		break;
	case TOKEN_PASTE:
		abort();
	}
}

/* No control that could do harm, and no more than came. */
static void
check_paste(struct run *run, const struct token *token)
{
	size_t i;

	must(token->len <= token->pasted);
	must(token->len <= TOKEN_PASTE_MAX);
	for (i = 0; i < token->len; i++) {
		uint8_t byte = (uint8_t)token->bytes[i];

		must(byte >= 0x20 || byte == '\n' || byte == '\t');
		must(byte != 0x7F);
		must(i == 0 || byte < 0x80 || byte > 0x9F ||
		     (uint8_t)token->bytes[i - 1] != 0xC2);
	}
	go_over(run, "\033[200~", MARKER_LEN);
	must(token->pasted <= run->len - run->seen);
	run->seen += token->pasted;
	if (run->seen != run->late_at && run->seen != run->len)
		go_over(run, "\033[201~", MARKER_LEN);
}

static void
drain(struct run *run)
{
	struct token token;

	while (tokenizer_next(run->t, run->now, &token)) {
		if (token.type == TOKEN_PASTE) {
			check_paste(run, &token);
		} else {
			check_kind(&token);
			go_over(run, token.bytes, token.len);
		}
	}
	run->drained = true;
	run->late_at = SIZE_MAX;
}

static void
feed(struct run *run, const uint8_t *bytes, size_t len)
{
	/* A copy of its own, so that reading past it is noticed. */
	char *piece = mem_dup(bytes, len);

	if (run->drained && run->now >= run->fed_ms + TOKEN_PASTE_MS)
		run->late_at = run->len;
	run->drained = false;
	run->fed_ms = run->now;
	memcpy(run->fed + run->len, bytes, len);
	run->len += len;
	tokenizer_feed(run->t, piece, len, run->now);
	free(piece);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint16_t pauses[] = {
	    0, TOKEN_ESCAPE_MS - 1, TOKEN_ESCAPE_MS, TOKEN_PASTE_MS};
	struct run run = {.now = 1, .late_at = SIZE_MAX};
	uint64_t deadline;
	size_t at = 0, len;

	run.t = tokenizer_new();
	run.fed = mem_alloc(size + 1);
	while (at < size) {
		len = data[at] & 0x3F;
		run.now += pauses[data[at] >> 6];
		at++;
		if (len > size - at)
			len = size - at;
		if (len > 0)
			feed(&run, data + at, len);
		at += len;
		/* Now and then nobody looks before more comes. */
		if (len % 7 != 3)
			drain(&run);
	}
	drain(&run);
	while ((deadline = tokenizer_deadline(run.t)) != 0) {
		if (deadline > run.now)
			run.now = deadline;
		drain(&run);
		must(tokenizer_deadline(run.t) != deadline);
	}
	/* Only the beginning of a character may wait for ever. */
	must(run.len - run.seen <= 3);
	tokenizer_free(run.t);
	free(run.fed);
	return 0;
}
