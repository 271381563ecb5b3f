/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Line by line: addresses, or words of a shell if each of them is a path, or
 * one path as it stands. A lone slash, and two at the start, are no path
 * here: so a command begins, and a message that has a slash in front.
 */
#include "src/dropped.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/base/text.h"
#include "src/base/util.h"
#include "src/command.h"

enum { DROPPED_TEXT_MAX = 64 * 1024 }; /* bytes */

static const char scheme[] = "file:";
static const char blanks[] = " \t\r\n";

struct paths {
	char **list;
	size_t count;
	bool full; /* there was one too many */
};

/* path is taken over. False where it is NULL, or one too many. */
static bool
add(struct paths *p, char *path)
{
	p->full |= p->count == DROPPED_MAX;
	if (path == NULL || p->full) {
		free(path);
		return false;
	}
	p->list = mem_realloc(p->list, (p->count + 1) * sizeof(*p->list));
	p->list[p->count++] = path;
	return true;
}

static void
cut_back(struct paths *p, size_t count)
{
	while (p->count > count)
		free(p->list[--p->count]);
}

static bool
is_path(const char *s)
{
	if (s[0] == '~')
		s++;
	return s[0] == '/' && s[1] != '\0' && s[1] != '/';
}

static bool
is_address(const char *s)
{
	return strncasecmp(s, scheme, sizeof(scheme) - 1) == 0;
}

static int
hex_value(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at = c != '\0' ? strchr(digits, c) : NULL;

	return at != NULL ? (int)(at - digits) % 16 : -1;
}

/* A path in an address: RFC 3986, 2.1. NULL: it is none; the caller frees. */
static char *
decode(const char *s)
{
	char *out = mem_alloc(strlen(s) + 1);
	size_t len = 0;
	int high, low;

	for (; *s != '\0'; s++) {
		if (*s != '%') {
			out[len++] = *s;
			continue;
		}
		high = hex_value(s[1]);
		low = high >= 0 ? hex_value(s[2]) : -1;
		if (low < 0 || high + low == 0) {
			free(out);
			return NULL;
		}
		out[len++] = (char)(high * 16 + low);
		s += 2;
	}
	out[len] = '\0';
	return out;
}

/*
 * RFC 8089: file:///path, file:/path, and localhost, which is this machine.
 * What is not UTF-8 cannot stand in the line. NULL; the caller frees.
 */
static char *
from_address(const char *address)
{
	static const char here[] = "localhost/";
	const char *s = address + sizeof(scheme) - 1;
	char *path;

	if (s[0] == '/' && s[1] == '/') {
		s += 2;
		if (strncasecmp(s, here, sizeof(here) - 1) == 0)
			s += sizeof(here) - 2;
	}
	path = decode(s);
	if (path == NULL || path[0] != '/' || !is_path(path) ||
	    !text_is_utf8(path, strlen(path))) {
		free(path);
		return NULL;
	}
	return path;
}

/* No quotes: in an address they are letters like others. */
static bool
add_addresses(struct paths *p, const char *line)
{
	bool ok = true;

	while (ok && *(line += strspn(line, blanks)) != '\0') {
		size_t len = strcspn(line, blanks);
		char *word = str_ndup(line, len);

		ok = is_address(word) && add(p, from_address(word));
		free(word);
		line += len;
	}
	return ok;
}

/* A word that command_split made, as a path; NULL: it is none. */
static char *
from_word(const char *word)
{
	char *plain = mem_alloc(strlen(word) + 1), *path = NULL;
	size_t len = 0;

	for (const char *s = word; *s != '\0'; s++) {
		if (*s == '\\')
			s++;
		plain[len++] = *s;
	}
	plain[len] = '\0';
	if (is_address(plain))
		path = from_address(plain);
	else if (is_path(word)) /* in front of a quoted ~ there is a \ */
		path = str_dup(plain);
	free(plain);
	return path;
}

static bool
add_words(struct paths *p, const char *line)
{
	size_t count, had = p->count;
	char **words;
	bool ok = command_closed(line);

	if (!ok)
		return false;
	words = command_split(line, &count);
	for (size_t i = 0; ok && i < count; i++)
		ok = add(p, from_word(words[i]));
	command_split_free(words, count);
	if (!ok)
		cut_back(p, had);
	return ok;
}

/* Without blanks at both ends; the caller frees. */
static char *
trim(const char *s, size_t len)
{
	while (len > 0 && strchr(blanks, s[len - 1]) != NULL)
		len--;
	while (len > 0 && strchr(blanks, *s) != NULL) {
		s++;
		len--;
	}
	return str_ndup(s, len);
}

static bool
add_line(struct paths *p, const char *line)
{
	char *trimmed = trim(line, strlen(line));
	bool ok = *trimmed == '\0';

	if (is_address(trimmed))
		ok = add_addresses(p, trimmed);
	else if (!ok)
		ok = add_words(p, line) ||
		     (is_path(trimmed) && add(p, str_dup(trimmed)));
	free(trimmed);
	return ok;
}

static bool
add_lines(struct paths *p, const char *text)
{
	bool ok = true;

	while (ok && *text != '\0') {
		size_t len = strcspn(text, "\n");
		char *line = str_ndup(text, len);

		/* Blanks that are escaped count; what ends the line does not.
		 */
		if (len > 0 && line[len - 1] == '\r')
			line[len - 1] = '\0';
		ok = add_line(p, line);
		free(line);
		text += len + (text[len] == '\n');
	}
	if (!ok)
		cut_back(p, 0);
	return ok;
}

char **
dropped_paths(const char *text, size_t *count, char **whole)
{
	struct paths p = {0};
	size_t len = strlen(text);

	*count = 0;
	*whole = NULL;
	/* A quote may go over several lines. */
	if (len > DROPPED_TEXT_MAX ||
	    (!add_lines(&p, text) && !add_words(&p, text)) || p.full ||
	    p.count == 0) {
		dropped_free(p.list, p.count, NULL);
		return NULL;
	}
	*whole = trim(text, len);
	if (!is_path(*whole) || strchr(*whole, '\n') != NULL ||
	    (p.count == 1 && strcmp(*whole, p.list[0]) == 0))
		str_replace(whole, NULL);
	*count = p.count;
	return p.list;
}

void
dropped_free(char **paths, size_t count, char *whole)
{
	for (size_t i = 0; i < count; i++)
		free(paths[i]);
	free(paths);
	free(whole);
}

/* Put path at out, as command_split wants it; returns where it ends. */
static char *
quote(char *out, const char *path)
{
	/* This ~ is to be what it stands for; no other one is. */
	if (path[0] == '~' && path[1] == '/') {
		*out++ = *path++;
		*out++ = *path++;
	}
	*out++ = '\'';
	for (; *path != '\0'; path++) {
		if (*path == '\'')
			out = stpcpy(out, "'\\'");
		*out++ = *path;
	}
	*out++ = '\'';
	return out;
}

static bool
needs_quotes(const char *path)
{
	return strpbrk(path, " \t\n'\"\\*?[]") != NULL || *path == '\0' ||
	       (path[0] == '~' && path[1] != '/');
}

char *
dropped_line(const char *const *paths, size_t count)
{
	static const char command[] = "/send";
	size_t size = sizeof(command);
	char *line, *out;

	/* A blank, two quotes, and at most four bytes for one. */
	for (size_t i = 0; i < count; i++)
		size += 3 + 4 * strlen(paths[i]);
	line = mem_alloc(size);
	out = stpcpy(line, command);
	for (size_t i = 0; i < count; i++) {
		*out++ = ' ';
		out = needs_quotes(paths[i]) ? quote(out, paths[i])
					     : stpcpy(out, paths[i]);
	}
	*out = '\0';
	return line;
}
