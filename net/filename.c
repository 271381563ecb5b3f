/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/filename.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "src/base/text.h"

static const char part_head[] = ".charla-";
static const char part_tail[] = ".part";

enum { PART_DIGITS = 16, DELETE = 0x7f };

bool
filename_is_safe(const char *name, size_t len)
{
	if (len == 0 || len > FILENAME_MAX_BYTES || !text_is_utf8(name, len))
		return false;
	if (name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.')))
		return false;
	for (size_t i = 0; i < len; i++) {
		uint8_t c = (uint8_t)name[i];

		if (c < ' ' || c == DELETE || c == '/')
			return false;
	}
	return true;
}

void
filename_part(uint64_t id, char out[static FILENAME_PART_MAX])
{
	snprintf(out, FILENAME_PART_MAX, "%s%016" PRIx64 "%s", part_head, id,
	    part_tail);
}

bool
filename_is_part(const char *name)
{
	const size_t head = sizeof(part_head) - 1;

	if (strncmp(name, part_head, head) != 0)
		return false;
	name += head;
	return strspn(name, "0123456789abcdef") == PART_DIGITS &&
	       strcmp(name + PART_DIGITS, part_tail) == 0;
}

/* Where the extension of name begins; its end where there is none. */
static size_t
find_extension(const char *name)
{
	static const char tar[] = ".tar";
	const size_t tar_len = sizeof(tar) - 1;
	const char *dot = strrchr(name, '.');

	if (dot == NULL || dot == name)
		return strlen(name);

	size_t at = (size_t)(dot - name);
	if (at > tar_len && strncasecmp(dot - tar_len, tar, tar_len) == 0)
		return at - tar_len;
	return at;
}

/* The longest beginning of s within max bytes that splits no character. */
static size_t
cut_bytes(const char *s, size_t len, size_t max)
{
	if (len <= max)
		return len;
	while (max > 0 && ((uint8_t)s[max] & 0xc0) == 0x80)
		max--;
	return max;
}

void
filename_choice(
    const char *name, unsigned number, char out[FILENAME_MAX_BYTES + 1])
{
	char mark[16] = "";
	size_t stem = find_extension(name);

	if (number > 0)
		snprintf(mark, sizeof(mark), " (%u)", number);

	size_t room = FILENAME_MAX_BYTES - strlen(mark);
	/* An extension that leaves no room for a stem is none. */
	if (strlen(name + stem) >= room)
		stem = strlen(name);

	size_t ext = strlen(name + stem);
	size_t kept = cut_bytes(name, stem, room - ext);
	snprintf(out, FILENAME_MAX_BYTES + 1, "%.*s%s%s", (int)kept, name, mark,
	    name + stem);
}
