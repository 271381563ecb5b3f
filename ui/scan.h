/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How long the key is that some bytes begin with, and what it is. Pure. It
 * keeps nothing: who asks again, with more bytes, gets the better answer.
 */
#ifndef CHARLA_UI_SCAN_H
#define CHARLA_UI_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/token.h"

/* What is being left out, having grown over TOKEN_SEQUENCE_MAX. */
enum scan_skip { SKIP_NONE, SKIP_CSI, SKIP_STRING };

struct scan {
	/* Asked. */
	const uint8_t *s;
	size_t len; /* at least 1 */
	bool last;  /* nothing will follow in time: no waiting for it */

	/* Answered. */
	enum token_type type;
	enum scan_skip skip; /* the rest of this one is to be left out */
	uint64_t wait_ms;    /* not whole: how long to wait; 0: for ever */
};

/* The bytes of the first key, or 0 where it is not whole yet. */
size_t scan_key(struct scan *scan);
/*
 * The bytes that go on with what is left out, a TOKEN_REPORT. At its end
 * *skip becomes SKIP_NONE; that may come with 0 bytes.
 */
size_t scan_rest(struct scan *scan, enum scan_skip *skip);
/* ESC [ 200 ~ */
bool scan_is_paste(const uint8_t *s, size_t len);

#endif
