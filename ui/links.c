/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/links.h"

#include <string.h>
#include <strings.h>

#include "src/base/text.h"
#include "src/base/util.h"

static const char *const schemes[] = {
    "https://", "http://", "gemini://", "mailto:"};

enum { SCHEME_MAIL = 3, MAIL_MAX = 320, CHARACTER_MAX = 4 };

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

/* What RFC 3986 lets stand in one, by itself or in brackets. */
static bool
is_link_byte(char c)
{
	return c > ' ' && c < 0x7F && strchr("\"<>\\^`{|}", c) == NULL;
}

/* A scheme is not the end of another word. */
static bool
may_begin(const char *text, size_t at)
{
	char before = at > 0 ? text[at - 1] : ' ';

	return !is_alnum(before) && strchr("+-.", before) == NULL;
}

/* Bytes of the scheme at s, 0: none; *which says which. */
static size_t
scheme_at(const char *s, size_t *which)
{
	/* Most words begin otherwise. */
	if (strchr("hHgGmM", *s) == NULL)
		return 0;
	for (size_t i = 0; i < COUNT(schemes); i++) {
		size_t len = strlen(schemes[i]);

		if (strncasecmp(s, schemes[i], len) == 0) {
			*which = i;
			return len;
		}
	}
	return 0;
}

static long
count_of(const char *s, size_t len, char c)
{
	long count = 0;

	for (size_t i = 0; i < len; i++)
		count += s[i] == c;
	return count;
}

/* Without what ends the sentence, or a bracket that was opened before it. */
static size_t
trimmed(const char *s, size_t len)
{
	long round = count_of(s, len, ')') - count_of(s, len, '(');
	long square = count_of(s, len, ']') - count_of(s, len, '[');

	while (len > 0) {
		char last = s[len - 1];

		if (last == ')' && round > 0)
			round--;
		else if (last == ']' && square > 0)
			square--;
		else if (strchr(".,;:!?'*", last) == NULL)
			break;
		len--;
	}
	return len;
}

/* An accent on what would be its last character: that one is not ASCII. */
static size_t
without_accented(const char *s, size_t len)
{
	uint32_t cp;

	if (len == 0 || s[len] == '\0')
		return len;
	text_decode(s + len, strnlen(s + len, CHARACTER_MAX), &cp);
	return text_width(cp) == 0 ? len - 1 : len;
}

/* The name of a mailbox is bounded (RFC 5321), and so is the search for it. */
static bool
begins_mail(const char *s)
{
	size_t at = 0;

	while (at < MAIL_MAX && is_link_byte(s[at]) && s[at] != '@')
		at++;
	return at > 0 && s[at] == '@' && is_alnum(s[at + 1]);
}

static bool
begins_host(const char *s)
{
	return is_alnum(*s) || (*s == '[' && (is_alnum(s[1]) || s[1] == ':'));
}

/*
 * Bytes of the link at s; 0: there is none, which is found out without going
 * far: a text may hold very many beginnings.
 */
static size_t
link_at(const char *s)
{
	size_t which, len = 0, head = scheme_at(s, &which);

	if (head == 0 || !(which == SCHEME_MAIL ? begins_mail(s + head)
						: begins_host(s + head)))
		return 0;
	while (is_link_byte(s[head + len]))
		len++;
	len = without_accented(s + head, len);
	len = trimmed(s + head, len);
	return len > 0 ? head + len : 0;
}

bool
links_next(const char *text, size_t at, struct text_link *link)
{
	for (; text[at] != '\0'; at++) {
		size_t len = may_begin(text, at) ? link_at(text + at) : 0;

		if (len == 0)
			continue;
		link->start = at;
		link->len = len;
		return true;
	}
	return false;
}
