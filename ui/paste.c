/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Dropping bytes can bring together two that make a C1 control; so C1 is
 * looked for in what is kept, not in what comes.
 */
#include "ui/paste.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/util.h"
#include "ui/token.h"

enum { PASTE_FIRST = 4096, C1_LEAD = 0xC2 };

static const char end_marker[] = "\033[201~";

void
paste_begin(struct paste *p)
{
	p->len = p->came = p->matched = 0;
	p->cr = p->full = false;
}

static void
keep(struct paste *p, char c)
{
	if (p->len == TOKEN_PASTE_MAX)
		p->full = true;
	if (p->full)
		return;
	if (p->len == p->size) {
		p->size = p->size == 0 ? PASTE_FIRST : 2 * p->size;
		p->data = mem_realloc(p->data, p->size);
	}
	p->data[p->len++] = c;
}

static bool
is_c1_tail(const struct paste *p, uint8_t byte)
{
	return byte >= 0x80 && byte <= 0x9F && p->len > 0 &&
	       (uint8_t)p->data[p->len - 1] == C1_LEAD;
}

static void
filter(struct paste *p, char c)
{
	uint8_t byte = (uint8_t)c;
	bool cr = p->cr;

	p->cr = c == '\r';
	if (c == '\r' || (c == '\n' && !cr))
		keep(p, '\n');
	else if (byte < 0x20 ? c == '\t' : byte != 0x7F && !is_c1_tail(p, byte))
		keep(p, c);
	else if (byte >= 0x80 && !p->full)
		p->len--;
}

size_t
paste_add(struct paste *p, const char *bytes, size_t len, bool *ended)
{
	size_t i, k, matched;

	*ended = false;
	for (i = 0; i < len; i++) {
		p->came++;
		if (bytes[i] == end_marker[p->matched]) {
			if (++p->matched < sizeof(end_marker) - 1)
				continue;
			p->came -= p->matched;
			p->matched = 0;
			*ended = true;
			return i + 1;
		}
		/* It was none: ESC goes, the rest is text like any other. */
		matched = p->matched;
		p->matched = 0;
		for (k = 0; k < matched; k++)
			filter(p, end_marker[k]);
		if (bytes[i] == end_marker[0])
			p->matched = 1;
		else
			filter(p, bytes[i]);
	}
	return len;
}

void
paste_end(struct paste *p)
{
	size_t back = 0;

	if (!p->full)
		return;
	/* Cut in the middle of a character? Then the whole of it goes. */
	while (back < 3 && back < p->len &&
	       ((uint8_t)p->data[p->len - 1 - back] & 0xC0) == 0x80)
		back++;
	if (back < p->len && (uint8_t)p->data[p->len - 1 - back] >= 0xC0 &&
	    !text_is_utf8(p->data + p->len - 1 - back, back + 1))
		p->len -= back + 1;
}

void
paste_release(struct paste *p)
{
	free(p->data);
	memset(p, 0, sizeof(*p));
}
