/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * JSON (RFC 8259), as programs of this machine print it: read whole, into a
 * tree. Pure.
 */
#ifndef CHARLA_JSON_H
#define CHARLA_JSON_H

#include <stdbool.h>
#include <stddef.h>

enum json_type {
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
};

struct json {
	enum json_type type;
	char *name;   /* in an object; else NULL */
	char *string; /* of a string; else NULL. Without NUL in it */
	double number;
	struct json *first; /* of an array or an object */
	struct json *next;  /* in the one it is in */
};

enum { JSON_DEPTH_MAX = 64 };

/* NULL where it is no JSON, or nested too deeply. */
struct json *json_parse(const char *text, size_t len);
void json_free(struct json *j);
/* The member of an object; NULL where there is none, or j is no object. */
const struct json *json_get(const struct json *j, const char *name);
/* Its string; NULL where it is none, or j is NULL. */
const char *json_text(const struct json *j);
/* Is it this string? */
bool json_is(const struct json *j, const char *text);

#endif
