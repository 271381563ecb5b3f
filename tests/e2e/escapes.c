/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/e2e/escapes.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/util.h"

enum { ESC = 0x1B, CONTEXT = 40, STRING_MAX = 256 * 1024, STYLE_MAX = 107 };

struct reader {
	const char *bytes;
	size_t len, at;
	int rows, cols;
};

/* Modes that are turned on and off, as they stand behind "?". */
static const char *const modes[] = {"1", "7", "12", "25", "12;25", "1000",
    "1004", "1006", "1007", "1049", "2004"};

/* ESC and one of these. */
static const char simple[] = "78=>M";

/* What a CSI may end in, and what bounds each of its numbers. */
static const struct {
	char final;
	char limits[3]; /* r: rows, c: columns, 3: 3 */
} finals[] = {{'A', "r"}, {'B', "r"}, {'C', "c"}, {'D', "c"}, {'G', "c"},
    {'d', "r"}, {'H', "rc"}, {'J', "3"}, {'K', "3"}, {'L', "r"}, {'M', "r"},
    {'P', "c"}, {'@', "c"}, {'X', "c"}, {'S', "r"}, {'T', "r"}, {'Z', "c"},
    {'b', "c"}, {'r', "rr"}, {'g', "3"}};

static bool
fault(const struct reader *r, size_t from, const char *what)
{
	size_t begin = from > CONTEXT ? from - CONTEXT : 0;

	fprintf(stderr, "output: %s at byte %zu:\n  ", what, from);
	for (size_t i = begin; i < from + CONTEXT && i < r->len; i++) {
		uint8_t c = (uint8_t)r->bytes[i];

		if (i == from)
			fputs(" >>> ", stderr);
		if (c < 0x20 || c >= 0x7f)
			fprintf(stderr, "\\x%02x", c);
		else
			fputc(c, stderr);
	}
	fputc('\n', stderr);
	return false;
}

static bool
is_one_of(const char *text, size_t len, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strlen(list[i]) == len && memcmp(list[i], text, len) == 0)
			return true;
	}
	return false;
}

/* One number up to a ';' or the end, which is not above most; moves *s. */
static bool
number_fits(const char **s, const char *end, long most)
{
	char *stop;
	long n = strtol(*s, &stop, 10);

	if (n < 0 || n > most || stop > end)
		return false;
	*s = stop;
	return *s == end || *(*s)++ == ';';
}

static bool
numbers_fit(
    const struct reader *r, const char *s, size_t len, const char *limits)
{
	const char *end = s + len;

	for (const char *l = limits; s < end; l++) {
		long most = *l == 'r' ? r->rows : *l == 'c' ? r->cols : 3;

		if (*l == '\0' || !number_fits(&s, end, most))
			return false;
	}
	return true;
}

/* SGR: the attributes, and sixteen colours. */
static bool
is_style(const char *s, size_t len)
{
	const char *end = s + len;

	while (s < end) {
		if (!number_fits(&s, end, STYLE_MAX))
			return false;
	}
	return true;
}

static bool
csi_is_ours(const struct reader *r, const char *s, size_t len, char final)
{
	static const char *const titles[] = {
	    "22;0", "22;0;0", "23;0", "23;0;0"};

	if (final == 'm')
		return is_style(s, len);
	if (final == 't')
		return is_one_of(s, len, titles, COUNT(titles));
	if (final == 'l' && len == 1 && *s == '4') /* rmir, at the start */
		return true;
	if (len > 0 && *s == '?')
		return strchr("hlsr", final) != NULL &&
		       is_one_of(s + 1, len - 1, modes, COUNT(modes));
	for (size_t i = 0; i < COUNT(finals); i++) {
		if (finals[i].final == final)
			return numbers_fit(r, s, len, finals[i].limits);
	}
	return false;
}

static bool
read_csi(struct reader *r)
{
	const size_t from = r->at;
	size_t i = from + 2;

	while (i < r->len && (uint8_t)r->bytes[i] >= 0x20 &&
	       (uint8_t)r->bytes[i] < 0x40)
		i++;
	if (i == r->len ||
	    !csi_is_ours(r, r->bytes + from + 2, i - from - 2, r->bytes[i]))
		return fault(r, from, "a control sequence that is not ours");
	r->at = i + 1;
	return true;
}

/*
 * Characters that are no characters: controls, direction, invisible ones. Not
 * U+200C, which languages are written with.
 */
static bool
is_trick(uint32_t cp)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {{0x00, 0x1F}, {0x7F, 0x9F}, {0xAD, 0xAD}, {0x61C, 0x61C},
	    {0x180E, 0x180E}, {0x200B, 0x200B}, {0x200D, 0x200F},
	    {0x2028, 0x202E}, {0x2060, 0x206F}, {0xFE00, 0xFE0F},
	    {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xD800, 0xDFFF},
	    {0xE0000, 0xE0FFF}};

	for (size_t i = 0; i < COUNT(ranges); i++) {
		if (cp >= ranges[i].first && cp <= ranges[i].last)
			return true;
	}
	return false;
}

static bool
text_is_plain(const char *s, size_t len)
{
	uint32_t cp;

	if (!text_is_utf8(s, len))
		return false;
	for (size_t i = 0; i < len;) {
		i += text_decode(s + i, len - i, &cp);
		if (is_trick(cp))
			return false;
	}
	return true;
}

static size_t
count_of(const char *s, size_t len, char c)
{
	size_t count = 0;

	for (size_t i = 0; i < len; i++)
		count += s[i] == c;
	return count;
}

static bool
begins(const char *s, size_t len, const char *with)
{
	return len >= strlen(with) && memcmp(s, with, strlen(with)) == 0;
}

static bool
is_base64(const char *s, size_t len)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz0123456789+/=";

	for (size_t i = 0; i < len; i++) {
		if (memchr(letters, s[i], sizeof(letters) - 1) == NULL)
			return false;
	}
	return true;
}

/* What stands between ESC ] and ESC \, of len bytes. */
static bool
osc_is_ours(const char *s, size_t len)
{
	if (!text_is_plain(s, len))
		return false;
	if (begins(s, len, "2;"))
		return memmem(s, len, "charla", 6) != NULL;
	if (begins(s, len, "8;;"))
		return len == 3;
	if (begins(s, len, "8;"))
		return begins(s, len, "8;id=charla");
	if (begins(s, len, "9;4;"))
		return len <= strlen("9;4;1;100") &&
		       count_of(s, len, ';') == (s[4] == '0' ? 2 : 3);
	if (begins(s, len, "9;"))
		return count_of(s, len, ';') == 1;
	if (begins(s, len, "11;"))
		return len == 4 && s[3] == '?';
	if (begins(s, len, "52;c;"))
		return is_base64(s + 5, len - 5);
	if (begins(s, len, "99;i=charla;"))
		return count_of(s, len, ';') == 2;
	return begins(s, len, "777;notify;charla;") &&
	       count_of(s, len, ';') == 3;
}

static bool
read_osc(struct reader *r)
{
	const size_t from = r->at;
	const char *s = r->bytes + from + 2;
	const char *end = memmem(s, r->len - from - 2, "\033\\", 2);

	if (end == NULL || end - s > STRING_MAX ||
	    !osc_is_ours(s, (size_t)(end - s)))
		return fault(r, from, "a control string that is not ours");
	r->at = (size_t)(end - r->bytes) + 2;
	return true;
}

static bool
read_escape(struct reader *r)
{
	char next = r->at + 1 < r->len ? r->bytes[r->at + 1] : '\0';

	if (next == '[')
		return read_csi(r);
	if (next == ']')
		return read_osc(r);
	if (next == '(' && r->at + 2 < r->len && r->bytes[r->at + 2] == 'B') {
		r->at += 3;
		return true;
	}
	if (next == '\0' || strchr(simple, next) == NULL)
		return fault(r, r->at, "an escape that is not ours");
	r->at += 2;
	return true;
}

static bool
read_one(struct reader *r)
{
	static const char controls[] = "\r\n\b\a\t\017";
	const char *s = r->bytes + r->at;
	uint32_t cp;
	size_t n;

	if (*s == ESC)
		return read_escape(r);
	if (memchr(controls, *s, sizeof(controls) - 1) != NULL) {
		r->at++;
		return true;
	}
	n = text_decode(s, r->len - r->at, &cp);
	if (!text_is_utf8(s, n) || is_trick(cp))
		return fault(r, r->at, "a byte that is no text");
	r->at += n;
	return true;
}

bool
escapes_are_ours(const char *bytes, size_t len, int rows, int cols)
{
	struct reader r = {
	    .bytes = bytes, .len = len, .rows = rows, .cols = cols};

	while (r.at < r.len) {
		if (!read_one(&r))
			return false;
	}
	return true;
}
