/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/editfile.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"

static const char folder_start[] = "edit-";
static const char file_name[] = "message.txt";

static int
fail(const char *path, struct reason *why)
{
	reason_set(why, _("cannot write '%s': %s"), path, strerror(errno));
	return ERR_IO;
}

/* Editors are used to a newline at the end. */
static bool
fill(const char *path, const char *text)
{
	char *lines = str_printf("%s%s", text, *text != '\0' ? "\n" : "");
	bool ok = file_make(path, lines, strlen(lines), false);

	free(lines);
	return ok;
}

int
editfile_make(
    const char *folder, const char *text, char **path, struct reason *why)
{
	char *own =
	    str_printf("%s/%s%ld-XXXXXX", folder, folder_start, (long)getpid());
	char *file;
	int r = 0;

	if (mkdtemp(own) == NULL) {
		r = fail(own, why);
		free(own);
		return r;
	}
	file = str_printf("%s/%s", own, file_name);
	if (!fill(file, text)) {
		r = fail(file, why);
		editfile_remove(file);
		free(file);
	} else {
		*path = file;
	}
	free(own);
	return r;
}

int
editfile_read(const char *path, char **text, struct reason *why)
{
	size_t len;
	char *bytes = file_read(path, EDITFILE_MAX, &len);

	if (bytes == NULL) {
		reason_set(
		    why, _("cannot read '%s': %s"), path, strerror(errno));
		return ERR_IO;
	}
	*text = text_typed(bytes, len);
	free(bytes);
	return 0;
}

/* A folder without folders in it. */
static void
remove_folder(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir != NULL)
		closedir(dir);
	rmdir(path);
}

void
editfile_remove(const char *path)
{
	char *folder = str_ndup(path, (size_t)(strrchr(path, '/') - path));

	remove_folder(folder);
	free(folder);
}

/* "edit-PID-...", and nobody has that number. */
static bool
is_left_over(const char *name)
{
	const size_t len = sizeof(folder_start) - 1;
	char *end;
	long pid;

	if (strncmp(name, folder_start, len) != 0)
		return false;
	pid = strtol(name + len, &end, 10);
	return pid > 0 && *end == '-' && kill((pid_t)pid, 0) < 0 &&
	       errno == ESRCH;
}

void
editfile_sweep(const char *folder)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		char *path;

		if (!is_left_over(entry->d_name))
			continue;
		path = str_printf("%s/%s", folder, entry->d_name);
		remove_folder(path);
		free(path);
	}
	if (dir != NULL)
		closedir(dir);
}
