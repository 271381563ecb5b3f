/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes wait in one buffer until they are a whole key. What begins with ESC
 * is also a key when its time runs out: then the scanner is told that these
 * bytes are the last, and must decide.
 */
#include "ui/token.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "ui/paste.h"
#include "ui/scan.h"

enum { BUFFER_FIRST = 4096, ESC = 0x1B };

struct tokenizer {
	char *data;
	size_t head, end, size; /* data[head..end) waits */
	uint64_t fed_ms;        /* when the last bytes came */
	uint64_t deadline;      /* 0: none */
	bool drained;           /* tokenizer_next said false since then */
	size_t due;             /* bytes whose time had run out before that */
	enum scan_skip skip;
	bool pasting, paste_late;
	struct paste paste;
};

struct tokenizer *
tokenizer_new(void)
{
	return mem_zalloc(sizeof(struct tokenizer));
}

void
tokenizer_free(struct tokenizer *t)
{
	if (t == NULL)
		return;
	paste_release(&t->paste);
	free(t->data);
	free(t);
}

/* Room for len more bytes. Moves at most as many as have been read. */
static void
make_room(struct tokenizer *t, size_t len)
{
	size_t waiting = t->end - t->head;

	if (t->size - t->end >= len)
		return;
	if (waiting <= t->head) {
		if (waiting > 0)
			memcpy(t->data, t->data + t->head, waiting);
		t->head = 0;
		t->end = waiting;
	}
	if (t->size - t->end >= len)
		return;
	t->size = 2 * t->size + len + BUFFER_FIRST;
	t->data = mem_realloc(t->data, t->size);
}

void
tokenizer_feed(
    struct tokenizer *t, const char *bytes, size_t len, uint64_t now_ms)
{
	if (len == 0)
		return;
	if (t->deadline != 0 && now_ms >= t->deadline) {
		t->due = t->end - t->head;
		t->paste_late = t->pasting;
	}
	if (now_ms >= t->fed_ms + TOKEN_PASTE_MS)
		t->skip = SKIP_NONE;
	make_room(t, len);
	memcpy(t->data + t->end, bytes, len);
	t->end += len;
	t->fed_ms = now_ms;
	t->deadline = 0;
	t->drained = false;
}

/* Nothing whole is there; in wait_ms (0: never) that changes by itself. */
static bool
wait_for_more(struct tokenizer *t, uint64_t wait_ms)
{
	t->deadline = wait_ms == 0 ? 0 : t->fed_ms + wait_ms;
	t->drained = true;
	return false;
}

static void
take(struct tokenizer *t, size_t len)
{
	t->head += len;
	t->due -= len < t->due ? len : t->due;
	t->deadline = 0;
	t->drained = false;
}

static bool
next_paste(struct tokenizer *t, uint64_t now_ms, struct token *token)
{
	bool ended = t->paste_late;

	if (!ended) {
		take(t, paste_add(&t->paste, t->data + t->head,
			    t->end - t->head, &ended));
		ended = ended || now_ms >= t->fed_ms + TOKEN_PASTE_MS;
	}
	if (!ended)
		return wait_for_more(t, TOKEN_PASTE_MS);
	paste_end(&t->paste);
	t->pasting = t->paste_late = false;
	token->type = TOKEN_PASTE;
	token->bytes = t->paste.data == NULL ? "" : t->paste.data;
	token->len = t->paste.len;
	token->pasted = t->paste.came;
	return true;
}

/* The length of what stands first, 0: not whole. */
static size_t
scan_next(struct tokenizer *t, struct scan *scan)
{
	size_t len;

	if (t->skip != SKIP_NONE) {
		len = scan_rest(scan, &t->skip);
		if (len > 0 || t->skip != SKIP_NONE)
			return len;
	}
	/* Time is nothing to a character: what came since is part of it. */
	if (scan->s[0] != ESC)
		scan->len = t->end - t->head;
	return scan_key(scan);
}

bool
tokenizer_next(struct tokenizer *t, uint64_t now_ms, struct token *token)
{
	struct scan scan = {0};
	size_t len;

	if (t->pasting)
		return next_paste(t, now_ms, token);
	if (t->head == t->end)
		return wait_for_more(t, 0);
	scan.s = (const uint8_t *)t->data + t->head;
	scan.len = t->due > 0 ? t->due : t->end - t->head;
	scan.last = t->due > 0;
	len = scan_next(t, &scan);
	if (len == 0 && scan.wait_ms > 0 &&
	    now_ms >= t->fed_ms + scan.wait_ms) {
		scan.last = true;
		len = scan_next(t, &scan);
	}
	if (len == 0)
		return wait_for_more(t, scan.wait_ms);
	if (scan.skip != SKIP_NONE)
		t->skip = scan.skip;
	token->type = scan.type;
	token->bytes = t->data + t->head;
	token->len = len;
	token->pasted = 0;
	take(t, len);
	if (scan.type != TOKEN_SEQUENCE || !scan_is_paste(scan.s, len))
		return true;
	t->pasting = true;
	paste_begin(&t->paste);
	return next_paste(t, now_ms, token);
}

uint64_t
tokenizer_deadline(const struct tokenizer *t)
{
	if (t->head < t->end && !t->drained)
		return t->fed_ms > 0 ? t->fed_ms : 1;
	return t->deadline;
}
