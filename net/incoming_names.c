/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of files we receive: what a peer may say, and what we call our own. */
#include "net/incoming.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "net/filename.h"
#include "src/base/text.h"

enum { INCOMING_NAME_DELETE = 0x7f };

_Static_assert((int)INCOMING_PART_MAX == (int)FILENAME_PART_MAX,
    "the name of a part file fits");

int
incoming_check_name(const char *name, size_t len)
{
	if (len == 0 || len > WIRE_NAME_MAX || !text_is_utf8(name, len))
		return ERR_DENIED;
	if (name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.')))
		return ERR_DENIED;
	for (size_t i = 0; i < len; i++) {
		uint8_t c = (uint8_t)name[i];

		if (c < ' ' || c == INCOMING_NAME_DELETE || c == '/')
			return ERR_DENIED;
	}
	return 0;
}

void
incoming_part_name(char out[static INCOMING_PART_MAX])
{
	uint64_t id;
	ssize_t n;

	do
		n = getrandom(&id, sizeof(id), 0);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)sizeof(id))
		fatal("no random numbers: %s", strerror(errno));
	filename_part(id, out);
}
