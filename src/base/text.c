/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * UTF-8 and columns. A cluster here is what one cell of the screen takes: a
 * character and the zero-width ones behind it, no more than curses can hold
 * in one cell. That is simpler than UAX 29 on purpose: the sanitiser has
 * dropped what would join wider things together.
 */
#include "src/base/text.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "src/base/util.h"

enum { REPLACEMENT = 0xFFFD, CLUSTER_MAX = 5 };

static const char ellipsis[] = "\xe2\x80\xa6";

/*
 * What may follow a lead byte (RFC 3629, section 4): how many bytes, and
 * the range of the first of them, which keeps overlong forms, surrogates
 * and values over U+10FFFF out. 0 where s is no lead byte.
 */
static size_t
tail_of(uint8_t lead, uint8_t *low, uint8_t *high)
{
	*low = 0x80;
	*high = 0xBF;
	if (lead < 0xC2 || lead > 0xF4)
		return 0;
	if (lead == 0xE0)
		*low = 0xA0;
	else if (lead == 0xED)
		*high = 0x9F;
	else if (lead == 0xF0)
		*low = 0x90;
	else if (lead == 0xF4)
		*high = 0x8F;
	return lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
}

/* Like text_decode, and says whether the bytes were right. */
static size_t
decode(const char *s, size_t len, uint32_t *cp, bool *valid)
{
	uint8_t lead = (uint8_t)s[0], low, high;
	size_t tail, i;
	uint32_t value;

	*valid = true;
	*cp = lead;
	if (lead < 0x80)
		return 1;
	*valid = false;
	*cp = REPLACEMENT;
	tail = tail_of(lead, &low, &high);
	if (tail == 0)
		return 1;
	value = lead & (0x3Fu >> tail);
	for (i = 1; i <= tail; i++) {
		if (i == len || (uint8_t)s[i] < low || (uint8_t)s[i] > high)
			return i;
		value = value << 6 | ((uint8_t)s[i] & 0x3Fu);
		low = 0x80;
		high = 0xBF;
	}
	*valid = true;
	*cp = value;
	return i;
}

size_t
text_decode(const char *s, size_t len, uint32_t *cp)
{
	bool valid;

	return decode(s, len, cp, &valid);
}

size_t
text_encode(uint32_t cp, char out[4])
{
	if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
		cp = REPLACEMENT;
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xC0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3F));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xE0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
		out[2] = (char)(0x80 | (cp & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
	out[3] = (char)(0x80 | (cp & 0x3F));
	return 4;
}

bool
text_is_utf8(const char *s, size_t len)
{
	bool valid = true;
	uint32_t cp;
	size_t i;

	for (i = 0; i < len && valid;)
		i += decode(s + i, len - i, &cp, &valid);
	return valid;
}

int
text_width(uint32_t cp)
{
	int width;

	/* ASCII and C1: most of what is written needs no table. */
	if (cp <= 0x9F)
		return 1;
	width = wcwidth((wchar_t)cp);
	return width < 0 ? 1 : width > 2 ? 2 : width;
}

size_t
text_cluster(const char *s, size_t len, int *width)
{
	size_t used, next;
	uint32_t cp;
	int i;

	*width = 0;
	if (len == 0)
		return 0;
	used = text_decode(s, len, &cp);
	*width = text_width(cp);
	for (i = 1; i < CLUSTER_MAX && used < len; i++) {
		next = text_decode(s + used, len - used, &cp);
		if (text_width(cp) > 0)
			break;
		used += next;
	}
	return used;
}

int
text_columns(const char *s)
{
	size_t len = strlen(s), i;
	int columns = 0, width;

	for (i = 0; i < len; columns += width)
		i += text_cluster(s + i, len - i, &width);
	return columns;
}

size_t
text_fit(const char *s, int columns)
{
	size_t len = strlen(s), fit = 0, next;
	int width;

	while (fit < len) {
		next = text_cluster(s + fit, len - fit, &width);
		if (width > columns)
			break;
		columns -= width;
		fit += next;
	}
	return fit;
}

/* Where the last columns of s begin: whole clusters, the first not bare. */
static size_t
tail_start(const char *s, int columns)
{
	size_t len = strlen(s), i = 0, next;
	int rest = text_columns(s), width;

	while (i < len) {
		next = text_cluster(s + i, len - i, &width);
		if (rest <= columns && width > 0)
			break;
		rest -= width;
		i += next;
	}
	return i;
}

char *
text_cut(const char *s, int columns, bool middle)
{
	size_t head, tail;
	char *start, *cut;
	int room;

	if (columns < 1)
		return str_dup("");
	if (text_columns(s) <= columns)
		return str_dup(s);
	room = columns - 1;
	head = text_fit(s, middle ? room - room / 2 : room);
	start = str_ndup(s, head);
	tail = middle ? tail_start(s, room - text_columns(start)) : strlen(s);
	cut = str_printf("%s%s%s", start, ellipsis, s + tail);
	free(start);
	return cut;
}
