/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/plain_lines.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/util.h"

enum { FIRST_SIZE = 256 };

/* One bad byte becomes the three of U+FFFD. */
static char *
repair(const char *bytes, size_t len, size_t *out_len)
{
	char *out = mem_alloc(len * 3 + 1);
	size_t n = 0;
	uint32_t cp;

	for (size_t at = 0; at < len;) {
		at += text_decode(bytes + at, len - at, &cp);
		n += text_encode(cp != 0 ? cp : 0xFFFD, out + n);
	}
	out[n] = '\0';
	*out_len = n;
	return out;
}

static void
finish(struct plain_lines *l)
{
	size_t len = l->len, came = l->came;
	char *text;

	l->len = l->came = 0;
	if (came > PLAIN_LINE_MAX) {
		l->too_long(l->arg, came);
		return;
	}
	if (len > 0 && l->data[len - 1] == '\r')
		len--;
	text = repair(l->data, len, &len);
	if (len > PLAIN_LINE_MAX)
		l->too_long(l->arg, len);
	else if (text[strspn(text, " \t\r\v\f")] != '\0')
		l->line(l->arg, text);
	free(text);
}

/* Beyond the bound there is nothing to keep. */
static void
keep(struct plain_lines *l, const char *bytes, size_t len)
{
	l->came += len;
	if (l->came > PLAIN_LINE_MAX || len == 0)
		return;
	if (l->len + len > l->size) {
		l->size = l->size == 0 ? FIRST_SIZE : 2 * l->size;
		if (l->size < l->len + len)
			l->size = l->len + len;
		l->data = mem_realloc(l->data, l->size);
	}
	memcpy(l->data + l->len, bytes, len);
	l->len += len;
}

void
plain_lines_feed(struct plain_lines *l, const char *bytes, size_t len)
{
	const char *end;

	while (len > 0) {
		end = memchr(bytes, '\n', len);
		if (end == NULL) {
			keep(l, bytes, len);
			return;
		}
		keep(l, bytes, (size_t)(end - bytes));
		finish(l);
		len -= (size_t)(end - bytes) + 1;
		bytes = end + 1;
	}
}

void
plain_lines_end(struct plain_lines *l)
{
	if (l->came > 0)
		finish(l);
}

void
plain_lines_release(struct plain_lines *l)
{
	free(l->data);
	*l = (struct plain_lines){0};
}
