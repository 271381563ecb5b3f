/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/drafts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/util.h"

static const uint8_t nobody[DRAFTS_KEY_LEN];

void
drafts_release(struct drafts *d)
{
	for (size_t i = 0; i < d->count; i++)
		free(d->list[i].text);
	memset(d, 0, sizeof(*d));
}

static size_t
find(const struct drafts *d, const uint8_t *key)
{
	size_t at = 0;

	if (key == NULL)
		key = nobody;
	while (
	    at < d->count && memcmp(d->list[at].key, key, DRAFTS_KEY_LEN) != 0)
		at++;
	return at;
}

const char *
drafts_get(const struct drafts *d, const uint8_t *key)
{
	size_t at = find(d, key);

	return at < d->count ? d->list[at].text : NULL;
}

static void
take_out(struct drafts *d, size_t at)
{
	free(d->list[at].text);
	d->count--;
	memmove(&d->list[at], &d->list[at + 1],
	    (d->count - at) * sizeof(d->list[0]));
}

bool
drafts_set(struct drafts *d, const uint8_t *key, const char *text)
{
	size_t at = find(d, key);

	if (at < d->count ? strcmp(d->list[at].text, text) == 0 : *text == '\0')
		return false;
	if (at < d->count)
		take_out(d, at);
	if (*text == '\0')
		return true;
	if (d->count == DRAFTS_MAX)
		take_out(d, 0);
	memcpy(
	    d->list[d->count].key, key != NULL ? key : nobody, DRAFTS_KEY_LEN);
	d->list[d->count++].text = str_dup(text);
	return true;
}

static int
hex_value(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c != '\0' ? strchr(digits, c) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

/* Reads a key and the blank behind it; returns their length, or 0. */
static size_t
parse_key(const char *s, size_t len, uint8_t key[DRAFTS_KEY_LEN])
{
	enum { HEX = 2 * DRAFTS_KEY_LEN };

	memset(key, 0, DRAFTS_KEY_LEN);
	if (len >= 2 && s[0] == '-' && s[1] == ' ')
		return 2;
	if (len <= HEX || s[HEX] != ' ')
		return 0;
	for (size_t i = 0; i < DRAFTS_KEY_LEN; i++) {
		int high = hex_value(s[2 * i]), low = hex_value(s[2 * i + 1]);

		if (high < 0 || low < 0)
			return 0;
		key[i] = (uint8_t)(high * 16 + low);
	}
	return HEX + 1;
}

static void
parse_line(struct drafts *d, const char *s, size_t len)
{
	uint8_t key[DRAFTS_KEY_LEN];
	size_t skip = parse_key(s, len, key);
	char *text;

	if (skip == 0 || skip == len || memchr(s, '\0', len) != NULL ||
	    !text_is_utf8(s, len))
		return;
	text = text_unescape(s + skip, len - skip);
	drafts_set(d, key, text);
	free(text);
}

void
drafts_parse(struct drafts *d, const char *bytes, size_t len)
{
	while (len > 0) {
		const char *end = memchr(bytes, '\n', len);
		size_t n = end != NULL ? (size_t)(end - bytes) : len;

		/* A line without an end was not written whole. */
		if (end == NULL)
			return;
		parse_line(d, bytes, n);
		bytes += n + 1;
		len -= n + 1;
	}
}

static void
write_key(const uint8_t key[DRAFTS_KEY_LEN], char out[2 * DRAFTS_KEY_LEN + 1])
{
	if (memcmp(key, nobody, DRAFTS_KEY_LEN) == 0) {
		memcpy(out, "-", 2);
		return;
	}
	for (size_t i = 0; i < DRAFTS_KEY_LEN; i++)
		snprintf(out + 2 * i, 3, "%02x", key[i]);
}

char *
drafts_file(const struct drafts *d)
{
	char *out = str_dup("");

	for (size_t i = 0; i < d->count; i++) {
		char key[2 * DRAFTS_KEY_LEN + 1];
		char *text = text_escape(d->list[i].text);

		write_key(d->list[i].key, key);
		str_replace(&out, str_printf("%s%s %s\n", out, key, text));
		free(text);
	}
	return out;
}
