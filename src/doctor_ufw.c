/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What ufw and firewalld print about themselves. */
#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "src/doctor_firewall.h"

/* "6973", "6000:7000", "6973/tcp", "6000-7000/udp": is the port among them? */
static bool
is_among(const char *text, uint16_t port, const char *protocol)
{
	char *end;
	unsigned long low, high;

	if (*text < '0' || *text > '9')
		return false;
	low = high = strtoul(text, &end, 10);
	if ((*end == ':' || *end == '-') && end[1] >= '0' && end[1] <= '9')
		high = strtoul(end + 1, &end, 10);
	if (*end == '/' && strcmp(end + 1, protocol) != 0)
		return false;
	return (*end == '/' || *end == '\0') && low <= port && port <= high;
}

static bool
is_word(const char *word, const char *wanted)
{
	return word != NULL && strcmp(word, wanted) == 0;
}

/*
 * "6973/tcp   ALLOW   Anywhere"; "(v6)" is another family's. False: the row
 * is about something else.
 */
static bool
read_row(char *row, uint16_t port, enum passage *out)
{
	char *rest = NULL;
	const char *to = strtok_r(row, " \t", &rest);
	const char *action = strtok_r(NULL, " \t", &rest);
	const char *from = strtok_r(NULL, " \t", &rest);

	if (to == NULL || is_word(action, "(v6)"))
		return false;
	if (is_word(from, "IN"))
		from = strtok_r(NULL, " \t", &rest);
	if (from == NULL || is_word(from, "OUT") || is_word(from, "FWD"))
		return false;
	if (strcmp(to, "Anywhere") != 0 && !is_among(to, port, "tcp"))
		return false;
	if (is_word(action, "ALLOW") || is_word(action, "LIMIT"))
		*out =
		    is_word(from, "Anywhere") ? PASSAGE_OPEN : PASSAGE_NARROW;
	else if (is_word(from, "Anywhere"))
		*out = PASSAGE_CLOSED;
	else
		return false;
	return true;
}

/* "Default: deny (incoming), ..." of the long form; else it is to deny. */
static bool
lets_in(const char *status)
{
	static const char start[] = "Default: allow (incoming)";

	return strstr(status, start) != NULL;
}

enum passage
ufw_passage(const char *status, uint16_t port)
{
	char *text = str_dup(status), *rest = text, *row;
	enum passage found = PASSAGE_CLOSED, one;
	bool decided = false, narrow = false;

	if (lets_in(status))
		found = PASSAGE_OPEN;
	while (!decided && (row = strsep(&rest, "\n")) != NULL) {
		if (!read_row(row, port, &one))
			continue;
		/* Who does not fit it comes to the next row. */
		narrow = narrow || one == PASSAGE_NARROW;
		decided = one != PASSAGE_NARROW;
		if (decided)
			found = one;
	}
	free(text);
	return found == PASSAGE_CLOSED && narrow ? PASSAGE_NARROW : found;
}

bool
firewalld_has_port(const char *ports, uint16_t port, const char *protocol)
{
	char *text = str_dup(ports), *rest = text, *word;
	bool found = false;

	while (!found && (word = strsep(&rest, " \t\n")) != NULL)
		found = is_among(word, port, protocol);
	free(text);
	return found;
}

bool
firewalld_has_service(const char *services, const char *name)
{
	char *text = str_dup(services), *rest = text, *word;
	bool found = false;

	while (!found && (word = strsep(&rest, " \t\n")) != NULL)
		found = strcmp(word, name) == 0;
	free(text);
	return found;
}
