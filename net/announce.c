/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/announce.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "src/base/err.h"
#include "src/base/text.h"

enum { VERSION = 1 };

/* The value of a key; NULL: it is not there. */
static const char *
find(const struct announce_string *strings, size_t count, const char *key,
    size_t *len)
{
	size_t key_len = strlen(key);

	for (size_t i = 0; i < count; i++) {
		const char *s = strings[i].bytes;

		/* RFC 6763, 6.4: case does not count. */
		if (strings[i].len > key_len && s[key_len] == '=' &&
		    strncasecmp(s, key, key_len) == 0) {
			*len = strings[i].len - key_len - 1;
			return s + key_len + 1;
		}
	}
	return NULL;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Exactly want bytes under a key; false where there is anything else. */
static bool
read_hex(const struct announce_string *strings, size_t count, const char *key,
    uint8_t *out, size_t want)
{
	size_t len;
	const char *text = find(strings, count, key, &len);

	if (text == NULL || len != 2 * want)
		return false;
	for (size_t i = 0; i < want; i++) {
		int high = hex_digit(text[2 * i]);
		int low = hex_digit(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

/* The name is whatever its owner says, but for what ends a string. */
static void
read_name(struct announcement *a, const char *service,
    const struct announce_string *strings, size_t count)
{
	size_t len;
	const char *name = find(strings, count, "n", &len);

	if (name == NULL || len == 0 || memchr(name, '\0', len) != NULL) {
		name = service;
		len = strlen(service);
	}
	if (len > sizeof(a->name) - 1)
		len = sizeof(a->name) - 1;
	memcpy(a->name, name, len);
	a->name[len] = '\0';
}

int
announce_parse(struct announcement *a, const char *service,
    const struct announce_string *strings, size_t count)
{
	struct announcement found = {0};
	size_t len;

	if (find(strings, count, "v", &len) == NULL)
		return ERR_PROTO;
	if (read_hex(strings, count, "fp", found.key, sizeof(found.key))) {
		read_name(&found, service, strings, count);
	} else if (read_hex(
		       strings, count, "s", found.salt, sizeof(found.salt)) &&
		   read_hex(
		       strings, count, "m", found.mark, sizeof(found.mark))) {
		found.hidden = true;
	} else {
		return ERR_PROTO;
	}
	*a = found;
	return 0;
}

static void
write_hex(const uint8_t *bytes, size_t count, char *out)
{
	for (size_t i = 0; i < count; i++)
		snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

void
announce_label(
    const struct announcement *a, char out[static ANNOUNCE_LABEL_MAX])
{
	enum { APART_LEN = sizeof(" [0f3a 99c2]") - 1 };
	size_t size = strlen(a->name), len = 0;

	if (a->hidden) {
		write_hex(a->salt, sizeof(a->salt), out);
		return;
	}
	while (len < size) {
		uint32_t cp;
		size_t n = text_decode(a->name + len, size - len, &cp);

		if (len + n > ANNOUNCE_LABEL_MAX - 1 - APART_LEN)
			break;
		len += n;
	}
	memcpy(out, a->name, len);
	snprintf(out + len, ANNOUNCE_LABEL_MAX - len, " [%02x%02x %02x%02x]",
	    a->key[0], a->key[1], a->key[2], a->key[3]);
}

size_t
announce_write(const struct announcement *a, const char *label,
    char out[static ANNOUNCE_STRINGS_MAX][ANNOUNCE_STRING_MAX])
{
	size_t count = 0;

	snprintf(out[count++], ANNOUNCE_STRING_MAX, "v=%d", VERSION);
	if (a->hidden) {
		memcpy(out[count], "s=", 2);
		write_hex(a->salt, sizeof(a->salt), out[count++] + 2);
		memcpy(out[count], "m=", 2);
		write_hex(a->mark, sizeof(a->mark), out[count++] + 2);
		return count;
	}
	memcpy(out[count], "fp=", 3);
	write_hex(a->key, sizeof(a->key), out[count++] + 3);
	if (strcmp(label, a->name) != 0) {
		size_t len = strlen(a->name);

		/* Whole characters only. */
		if (len > ANNOUNCE_STRING_MAX - 3)
			len = ANNOUNCE_STRING_MAX - 3;
		while (len > 0 && (a->name[len] & 0xc0) == 0x80)
			len--;
		snprintf(out[count++], ANNOUNCE_STRING_MAX, "n=%.*s", (int)len,
		    a->name);
	}
	return count;
}
