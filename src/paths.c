/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/folder.h"
#include "src/base/i18n.h"
#include "src/base/util.h"

/* dir and name with one slash between them. */
static char *
join(const char *dir, const char *name)
{
	size_t len = strlen(dir);

	return str_printf(
	    "%s%s%s", dir, len > 0 && dir[len - 1] == '/' ? "" : "/", name);
}

/* The home folder, without slashes at its end; the caller frees. */
static char *
find_home(void)
{
	const char *home = getenv("HOME");
	const struct passwd *pw;
	size_t len;

	if (home == NULL || home[0] != '/') {
		pw = getpwuid(geteuid());
		home = pw != NULL && pw->pw_dir[0] == '/' ? pw->pw_dir : "/";
	}
	len = strlen(home);
	while (len > 1 && home[len - 1] == '/')
		len--;
	return str_ndup(home, len);
}

/* XDG Base Directory Specification: a relative path is to be ignored. */
static char *
find_base(const char *variable, const char *home, const char *usual)
{
	const char *base = getenv(variable);

	return base != NULL && base[0] == '/' ? str_dup(base)
					      : join(home, usual);
}

char *
paths_expand(const char *path)
{
	const char *rest = path + strcspn(path, "/");
	const struct passwd *pw;
	char *start, *whole;

	if (path[0] != '~')
		return str_dup(path);
	if (rest == path + 1) {
		start = find_home();
	} else {
		char *user = str_ndup(path + 1, (size_t)(rest - path - 1));

		pw = getpwnam(user);
		free(user);
		/* Nobody of that name: then it is the name of a file. */
		if (pw == NULL)
			return str_dup(path);
		start = str_dup(pw->pw_dir);
	}
	whole = *rest == '\0' ? str_dup(start) : join(start, rest + 1);
	free(start);
	return whole;
}

char *
paths_show(const char *path)
{
	char *home = find_home();
	size_t len = strlen(home);
	char *shown;

	if (len > 1 && strncmp(path, home, len) == 0 &&
	    (path[len] == '/' || path[len] == '\0'))
		shown = str_printf("~%s", path + len);
	else
		shown = str_dup(path);
	free(home);
	return shown;
}

int
paths_absolute(const char *given, char **out, struct reason *why)
{
	char *path = paths_expand(given);

	if (path[0] != '/') {
		char *here = getcwd(NULL, 0);

		if (here == NULL) {
			reason_set(why,
			    _("'%s' is below a folder that is gone (%s); give "
			      "a path that begins with /"),
			    given, strerror(errno));
			free(path);
			return ERR_NOT_FOUND;
		}
		str_replace(&path, join(here, path));
		free(here);
	}
	*out = path;
	return 0;
}

static int
fail_errno(const char *path, int error, struct reason *why)
{
	reason_set(why,
	    _("cannot use the folder '%s' (%s); mend that, or choose another "
	      "with --data"),
	    path, strerror(error));
	return error == EACCES || error == EPERM ? ERR_DENIED : ERR_IO;
}

/* Ours, and nobody else's to write: the key and the history lie in it. */
static int
open_folder(const char *path, struct reason *why)
{
	struct stat st;

	if (folder_make(path) < 0 || stat(path, &st) < 0)
		return fail_errno(path, errno, why);
	if (st.st_uid != geteuid()) {
		reason_set(why,
		    _("the folder '%s' belongs to another user; choose one "
		      "of your own with --data"),
		    path);
		return ERR_DENIED;
	}
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
		reason_set(why,
		    _("others can write in the folder '%s'; take that away "
		      "with: chmod go-w '%s'"),
		    path, path);
		return ERR_DENIED;
	}
	return 0;
}

/* 0 also where somebody else has it: then *fd is -1. */
static int
take_lock(const char *data, int *fd, struct reason *why)
{
	const int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
	char *path = join(data, "lock");
	int lock = open(path, flags, 0600);
	int error = lock < 0 ? errno : 0;

	if (error == 0 && flock(lock, LOCK_EX | LOCK_NB) < 0)
		error = errno;
	if (error != 0 && lock >= 0)
		close(lock);
	if (error == 0)
		*fd = lock;
	if (error != 0 && error != EWOULDBLOCK)
		reason_set(why,
		    _("cannot lock '%s' (%s); mend that, or choose another "
		      "folder with --data"),
		    path, strerror(error));
	free(path);
	return error == 0 || error == EWOULDBLOCK ? 0 : ERR_IO;
}

/*
 * The value of a line XDG_DOWNLOAD_DIR="$HOME/..." or "/...", unquoted; NULL
 * for any other line. Only these two forms are allowed (user-dirs.dirs(5)).
 */
static char *
parse_download_line(const char *line, const char *home)
{
	static const char key[] = "XDG_DOWNLOAD_DIR=\"";
	static const char home_mark[] = "$HOME/";
	char *value, *end;

	line += strspn(line, " \t");
	if (strncmp(line, key, sizeof(key) - 1) != 0)
		return NULL;
	value = end = str_dup(line + sizeof(key) - 1);
	for (const char *at = value; *at != '"' && *at != '\0'; at++) {
		if (*at == '\\' && at[1] != '\0')
			at++;
		*end++ = *at;
	}
	*end = '\0';

	if (strncmp(value, home_mark, sizeof(home_mark) - 1) == 0)
		str_replace(&value, join(home, value + sizeof(home_mark) - 1));
	else if (value[0] != '/')
		str_replace(&value, NULL);
	return value;
}

/* What the desktop calls the download folder; NULL where it says nothing. */
static char *
find_desktop_downloads(const char *home)
{
	char *config = find_base("XDG_CONFIG_HOME", home, ".config");
	char *path = join(config, "user-dirs.dirs");
	FILE *f = fopen(path, "re");
	char *line = NULL, *found = NULL;
	size_t size = 0, len;

	while (f != NULL && getline(&line, &size, f) >= 0) {
		char *value = parse_download_line(line, home);

		if (value != NULL)
			str_replace(&found, value);
	}
	free(line);
	if (f != NULL)
		fclose(f);
	free(path);
	free(config);

	/* The home folder itself means that there is none. */
	len = found != NULL ? strlen(found) : 0;
	while (len > 1 && found[len - 1] == '/')
		found[--len] = '\0';
	if (found != NULL && strcmp(found, home) == 0)
		str_replace(&found, NULL);
	return found;
}

static int
find_downloads(
    char **out, const char *given, const char *home, struct reason *why)
{
	if (given != NULL)
		return paths_absolute(given, out, why);
	*out = find_desktop_downloads(home);
	if (*out == NULL)
		*out = join(home, "Downloads");
	return 0;
}

static int
find_folders(
    struct paths *p, const char *given, const char *home, struct reason *why)
{
	char *base;

	if (given != NULL) {
		int r = paths_absolute(given, &p->data, why);

		p->state = r == 0 ? str_dup(p->data) : NULL;
		return r;
	}
	base = find_base("XDG_DATA_HOME", home, ".local/share");
	p->data = join(base, "charla");
	free(base);
	base = find_base("XDG_STATE_HOME", home, ".local/state");
	p->state = join(base, "charla");
	free(base);
	return 0;
}

int
paths_find(struct paths *p, const char *data_dir, const char *downloads_dir,
    struct reason *why)
{
	char *home = find_home();
	int r;

	*p = (struct paths){.lock_fd = -1};
	r = find_folders(p, data_dir, home, why);
	if (r == 0)
		r = find_downloads(&p->downloads, downloads_dir, home, why);
	free(home);
	if (r < 0) {
		paths_release(p);
		return r;
	}
	p->key = join(p->data, "key.pem");
	p->peers = join(p->data, "peers.db");
	p->database = join(p->state, "charla.db");
	p->history = join(p->state, "input-history");
	p->drafts = join(p->state, "drafts");
	return 0;
}

int
paths_open(struct paths *p, const char *data_dir, const char *downloads_dir,
    struct reason *why)
{
	int r = paths_find(p, data_dir, downloads_dir, why);

	if (r < 0)
		return r;
	r = open_folder(p->data, why);
	if (r == 0)
		r = open_folder(p->state, why);
	if (r == 0)
		r = take_lock(p->data, &p->lock_fd, why);
	if (r < 0)
		paths_release(p);
	return r;
}

char *
paths_config_folder(void)
{
	char *home = find_home();
	char *base = find_base("XDG_CONFIG_HOME", home, ".config");
	char *folder = join(base, "charla");

	free(base);
	free(home);
	return folder;
}

void
paths_release(struct paths *p)
{
	if (p->lock_fd >= 0)
		close(p->lock_fd);
	free(p->data);
	free(p->state);
	free(p->key);
	free(p->peers);
	free(p->database);
	free(p->history);
	free(p->drafts);
	free(p->downloads);
	*p = (struct paths){.lock_fd = -1};
}
