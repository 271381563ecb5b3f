/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/json.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/util.h"

struct reader {
	const char *at, *end;
	unsigned depth;
};

static struct json *read_value(struct reader *r);

static void
skip_blanks(struct reader *r)
{
	while (r->at < r->end && *r->at != '\0' &&
	       strchr(" \t\r\n", *r->at) != NULL)
		r->at++;
}

static bool
take(struct reader *r, char c)
{
	skip_blanks(r);
	if (r->at == r->end || *r->at != c)
		return false;
	r->at++;
	return true;
}

static bool
take_word(struct reader *r, const char *word)
{
	const size_t len = strlen(word);

	if ((size_t)(r->end - r->at) < len || memcmp(r->at, word, len) != 0)
		return false;
	r->at += len;
	return true;
}

static bool
take_hex(struct reader *r, uint32_t *out)
{
	char digits[5] = "";
	char *end;

	if (r->end - r->at < 4)
		return false;
	memcpy(digits, r->at, 4);
	*out = (uint32_t)strtoul(digits, &end, 16);
	r->at += 4;
	return end == digits + 4;
}

/* What stands behind a backslash; at most 4 bytes. 0: nothing that may. */
static size_t
take_escape(struct reader *r, char out[4])
{
	static const char letters[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
	const char *found;
	uint32_t cp;

	if (r->at == r->end)
		return 0;
	if (*r->at == 'u') {
		r->at++;
		/* Half of a pair becomes U+FFFD; nobody writes them here. */
		return take_hex(r, &cp) && cp != 0 ? text_encode(cp, out) : 0;
	}
	found = *r->at != '\0' ? strchr(letters, *r->at) : NULL;
	if (found == NULL)
		return 0;
	r->at++;
	out[0] = bytes[found - letters];
	return 1;
}

/* What comes next in a string; at most 4 bytes. 0: nothing that may. */
static size_t
take_byte(struct reader *r, char out[4])
{
	if ((unsigned char)*r->at < ' ')
		return 0;
	out[0] = *r->at++;
	return out[0] == '\\' ? take_escape(r, out) : 1;
}

/* Bytes that the string and its end need at most, and an escape does. */
static size_t
string_room(const struct reader *r)
{
	const char *at = r->at;

	while (at < r->end && *at != '"')
		at += *at == '\\' && r->end - at > 1 ? 2 : 1;
	return (size_t)(at - r->at) + 5;
}

/* Behind the quote that opens it; NULL where it is none. */
static char *
read_string(struct reader *r)
{
	char *out = mem_alloc(string_room(r));
	size_t len = 0, more = 1;

	while (r->at < r->end && *r->at != '"') {
		more = take_byte(r, out + len);
		if (more == 0)
			break;
		len += more;
	}
	if (more == 0 || r->at == r->end) {
		free(out);
		return NULL;
	}
	r->at++;
	out[len] = '\0';
	return mem_realloc(out, len + 1);
}

static bool
read_number(struct reader *r, double *out)
{
	char digits[64] = "";
	size_t len = 0;
	char *end;

	while (r->at < r->end && len < sizeof(digits) - 1 && *r->at != '\0' &&
	       strchr("+-.0123456789eE", *r->at) != NULL)
		digits[len++] = *r->at++;
	*out = strtod(digits, &end);
	return len > 0 && *end == '\0';
}

static bool
read_member(struct reader *r, struct json **out)
{
	char *name;

	if (!take(r, '"') || (name = read_string(r)) == NULL)
		return false;
	*out = take(r, ':') ? read_value(r) : NULL;
	if (*out == NULL)
		free(name);
	else
		(*out)->name = name;
	return *out != NULL;
}

/* Up to close; false where something is wrong with it. */
static bool
read_members(struct reader *r, struct json *parent, char close)
{
	struct json **last = &parent->first;

	if (take(r, close))
		return true;
	do {
		if (parent->type == JSON_OBJECT
			? !read_member(r, last)
			: (*last = read_value(r)) == NULL)
			return false;
		last = &(*last)->next;
	} while (take(r, ','));
	return take(r, close);
}

static bool
read_into(struct reader *r, struct json *j)
{
	if (take(r, '{')) {
		j->type = JSON_OBJECT;
		return read_members(r, j, '}');
	}
	if (take(r, '[')) {
		j->type = JSON_ARRAY;
		return read_members(r, j, ']');
	}
	if (take(r, '"')) {
		j->type = JSON_STRING;
		j->string = read_string(r);
		return j->string != NULL;
	}
	if (take_word(r, "null"))
		return true;
	if (take_word(r, "true")) {
		j->type = JSON_TRUE;
		return true;
	}
	if (take_word(r, "false")) {
		j->type = JSON_FALSE;
		return true;
	}
	j->type = JSON_NUMBER;
	return read_number(r, &j->number);
}

static struct json *
read_value(struct reader *r)
{
	struct json *j;
	bool ok;

	if (r->depth == JSON_DEPTH_MAX)
		return NULL;
	r->depth++;
	j = mem_zalloc(sizeof(*j));
	skip_blanks(r);
	ok = read_into(r, j);
	r->depth--;
	if (ok)
		return j;
	json_free(j);
	return NULL;
}

struct json *
json_parse(const char *text, size_t len)
{
	struct reader r = {text, text + len, 0};
	struct json *j = read_value(&r);

	skip_blanks(&r);
	if (j != NULL && r.at != r.end) {
		json_free(j);
		return NULL;
	}
	return j;
}

void
json_free(struct json *j)
{
	struct json *next;

	for (; j != NULL; j = next) {
		next = j->next;
		json_free(j->first);
		free(j->name);
		free(j->string);
		free(j);
	}
}

const struct json *
json_get(const struct json *j, const char *name)
{
	if (j == NULL || j->type != JSON_OBJECT)
		return NULL;
	for (const struct json *m = j->first; m != NULL; m = m->next) {
		if (strcmp(m->name, name) == 0)
			return m;
	}
	return NULL;
}

const char *
json_text(const struct json *j)
{
	return j != NULL ? j->string : NULL;
}

bool
json_is(const struct json *j, const char *text)
{
	return j != NULL && j->type == JSON_STRING &&
	       strcmp(j->string, text) == 0;
}
