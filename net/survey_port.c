/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who holds a port: from the socket's inode to the process that has it open. */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/survey.h"
#include "net/survey_table.h"

enum {
	TCP_LISTENING = 0x0a, /* as /proc/net/tcp says it */
	INODES_MAX = 16,
};

struct inodes {
	unsigned long list[INODES_MAX];
	size_t count;
};

/* The columns of the kernel's tables that count here; numbers from 0. */
enum { COLUMN_LOCAL = 1, COLUMN_STATE = 3, COLUMN_INODE = 9, COLUMNS };

static void
read_row(char *line, uint16_t port, struct inodes *out)
{
	char *columns[COLUMNS], *colon;

	if (!survey_columns(line, columns, COLUMNS))
		return;
	colon = strchr(columns[COLUMN_LOCAL], ':');
	if (colon != NULL && strtoul(colon + 1, NULL, 16) == port &&
	    strtoul(columns[COLUMN_STATE], NULL, 16) == TCP_LISTENING)
		out->list[out->count++] =
		    strtoul(columns[COLUMN_INODE], NULL, 10);
}

/* What listens on port, of one of the two tables. */
static void
read_table(const char *path, uint16_t port, struct inodes *out)
{
	FILE *f = fopen(path, "re");
	char line[512];

	while (f != NULL && out->count < INODES_MAX &&
	       fgets(line, sizeof(line), f) != NULL)
		read_row(line, port, out);
	if (f != NULL)
		fclose(f);
}

static bool
is_one_of(const char *link, const struct inodes *wanted)
{
	static const char start[] = "socket:[";
	unsigned long inode;

	if (strncmp(link, start, sizeof(start) - 1) != 0)
		return false;
	inode = strtoul(link + sizeof(start) - 1, NULL, 10);
	for (size_t i = 0; i < wanted->count; i++) {
		if (wanted->list[i] == inode)
			return true;
	}
	return false;
}

static bool
has_one_of(const char *pid, const struct inodes *wanted)
{
	char path[64 + 2 * sizeof(((struct dirent *)0)->d_name)], link[64];
	const struct dirent *entry;
	bool found = false;
	ssize_t len;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	d = opendir(path);
	while (d != NULL && !found && (entry = readdir(d)) != NULL) {
		snprintf(
		    path, sizeof(path), "/proc/%s/fd/%s", pid, entry->d_name);
		len = readlink(path, link, sizeof(link) - 1);
		if (len <= 0)
			continue;
		link[len] = '\0';
		found = is_one_of(link, wanted);
	}
	if (d != NULL)
		closedir(d);
	return found;
}

/* What runs there; /proc/PID/comm is what it calls itself. */
static void
read_name(const char *pid, char out[SURVEY_NAME_MAX])
{
	char path[64 + sizeof(((struct dirent *)0)->d_name)];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	f = fopen(path, "re");
	if (f == NULL)
		return;
	if (fgets(out, SURVEY_NAME_MAX, f) != NULL)
		out[strcspn(out, "\n")] = '\0';
	fclose(f);
}

void
survey_holder(uint16_t port, struct survey_holder *out)
{
	struct inodes wanted = {0};
	const struct dirent *entry;
	DIR *d;

	*out = (struct survey_holder){0};
	read_table("/proc/net/tcp", port, &wanted);
	read_table("/proc/net/tcp6", port, &wanted);
	if (wanted.count == 0)
		return;
	d = opendir("/proc");
	while (d != NULL && out->pid == 0 && (entry = readdir(d)) != NULL) {
		if (!isdigit((unsigned char)entry->d_name[0]) ||
		    !has_one_of(entry->d_name, &wanted))
			continue;
		out->pid = (pid_t)strtol(entry->d_name, NULL, 10);
		read_name(entry->d_name, out->name);
	}
	if (d != NULL)
		closedir(d);
}
