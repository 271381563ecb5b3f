/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is somebody there? By a call, and by what ARP has found out. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/survey.h"
#include "net/survey_table.h"
#include "src/base/util.h"

enum { LOOK_AGAIN_MS = 20, DISCARD_PORT = 9 };

int
survey_call(const struct address *to, int max_ms)
{
	int fd = sock_connect(to), error;
	struct pollfd ready = {.fd = fd, .events = POLLOUT};

	if (fd < 0)
		return errno;
	error =
	    poll(&ready, 1, max_ms) == 1 ? sock_connect_result(fd) : ETIMEDOUT;
	close(fd);
	return error;
}

enum { COLUMN_ADDRESS, COLUMN_FLAGS = 2, COLUMN_LINK = 5, COLUMNS };
enum { ARP_COMPLETE = 0x2 };

/* A row of the table, if it is about this address and complete. */
static bool
fits(char *row, const char *address, char link[SURVEY_NAME_MAX])
{
	char *columns[COLUMNS];

	if (!survey_columns(row, columns, COLUMNS) ||
	    strcmp(columns[COLUMN_ADDRESS], address) != 0 ||
	    (strtoul(columns[COLUMN_FLAGS], NULL, 16) & ARP_COMPLETE) == 0)
		return false;
	snprintf(link, SURVEY_NAME_MAX, "%s", columns[COLUMN_LINK]);
	return true;
}

bool
survey_is_neighbour(const struct address *a, char link[SURVEY_NAME_MAX])
{
	char address[SOCK_TEXT_MAX], row[512];
	bool found = false;
	FILE *f;

	if (a->storage.ss_family != AF_INET)
		return false;
	address_text(a, address);
	f = fopen("/proc/net/arp", "re");
	while (f != NULL && !found && fgets(row, sizeof(row), f) != NULL)
		found = fits(row, address, link);
	if (f != NULL)
		fclose(f);
	return found;
}

bool
survey_ask_neighbour(const struct address *a, const char *link, int max_ms)
{
	const uint64_t until = clock_mono_ms() + (uint64_t)max_ms;
	struct sockaddr_in to = *(const struct sockaddr_in *)&a->storage;
	char where[SURVEY_NAME_MAX] = "";
	bool found = false, sent = false;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	to.sin_port = htons(DISCARD_PORT);
#ifdef SO_BINDTODEVICE
	/* Without a route the system takes it to be there, and asks. */
	sent = fd >= 0 &&
	       setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, link,
		   (socklen_t)strlen(link)) == 0 &&
	       sendto(fd, "", 1, 0, (struct sockaddr *)&to, sizeof(to)) == 1;
#endif
	while (sent && !found && clock_mono_ms() < until) {
		found =
		    survey_is_neighbour(a, where) && strcmp(where, link) == 0;
		if (!found)
			poll(NULL, 0, LOOK_AGAIN_MS);
	}
	if (fd >= 0)
		close(fd);
	return found;
}
