/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of files we receive: what a peer may say, and what we call our own. */
#include "net/incoming.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "net/filename.h"

_Static_assert((int)INCOMING_PART_MAX == (int)FILENAME_PART_MAX,
    "the name of a part file fits");
_Static_assert((int)WIRE_NAME_MAX == (int)FILENAME_MAX_BYTES,
    "a name of the wire is a name of a file");

int
incoming_check_name(const char *name, size_t len)
{
	return filename_is_safe(name, len) ? 0 : ERR_DENIED;
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
