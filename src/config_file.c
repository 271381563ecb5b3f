/* SPDX-License-Identifier: GPL-3.0-or-later */
/* charla.conf on the disk. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/folder.h"
#include "src/base/i18n.h"
#include "src/base/util.h"
#include "src/config.h"
#include "src/paths.h"

enum { MODE_BITS = 0777 };

char *
config_path(const struct options *o)
{
	char *folder, *path;

	if (o->config != NULL)
		return paths_expand(o->config);
	folder =
	    o->data != NULL ? paths_expand(o->data) : paths_config_folder();
	path = str_printf("%s/charla.conf", folder);
	free(folder);
	return path;
}

/* All of it, terminated. NULL with errno; EFBIG, EILSEQ: no text of ours. */
static char *
read_text(int fd)
{
	char *text = mem_alloc(CONFIG_MAX + 1);
	size_t len = 0;
	ssize_t n;

	do {
		n = read(fd, text + len, CONFIG_MAX + 1 - len);
		len += n > 0 ? (size_t)n : 0;
	} while (n > 0 && len <= CONFIG_MAX);
	if (n >= 0 && len > CONFIG_MAX)
		errno = EFBIG;
	else if (n == 0 && memchr(text, '\0', len) != NULL)
		errno = EILSEQ;
	else if (n == 0) {
		text[len] = '\0';
		return text;
	}
	free(text);
	return NULL;
}

/* NULL with errno. A FIFO is not waited for. */
static char *
read_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char *text = NULL;
	int error = errno;

	if (fd >= 0) {
		text = read_text(fd);
		error = errno;
		close(fd);
	}
	errno = error;
	return text;
}

char *
config_read(struct options *o)
{
	char *path = config_path(o);
	char *text = read_file(path);
	char *trouble = NULL;

	if (text != NULL)
		trouble = config_apply(o, path, text);
	else if (errno != ENOENT || o->config != NULL)
		trouble = str_printf(
		    _("cannot read '%s': %s"), path, strerror(errno));
	free(text);
	free(path);
	return trouble;
}

static int
write_all(int fd, const char *text)
{
	size_t left = strlen(text);

	while (left > 0) {
		ssize_t n = write(fd, text, left);

		if (n < 0)
			return -1;
		text += n;
		left -= (size_t)n;
	}
	return fsync(fd);
}

/* Beside it first, then in its place. -1 with errno. */
static int
replace_file(const char *path, const char *text)
{
	char *beside = str_printf("%s.XXXXXX", path);
	int fd = mkostemp(beside, O_CLOEXEC);
	struct stat st;
	int r = -1, error;

	if (fd >= 0) {
		if (stat(path, &st) == 0)
			(void)!fchmod(fd, st.st_mode & MODE_BITS);
		r = write_all(fd, text);
		if (close(fd) < 0)
			r = -1;
		if (r == 0)
			r = rename(beside, path);
		error = errno;
		if (r < 0)
			unlink(beside);
		errno = error;
	}
	free(beside);
	return r;
}

static int
make_folder(const char *path)
{
	char *folder = str_ndup(path, (size_t)(strrchr(path, '/') - path));
	int r = *folder != '\0' ? folder_make(folder) : 0;

	free(folder);
	return r;
}

int
config_save(const char *path, const struct config_change *changes, size_t count,
    struct reason *why)
{
	char *real = realpath(path, NULL);
	const char *target = real != NULL ? real : path;
	char *before = read_file(target), *after;
	int r = -1;

	if (before != NULL || errno == ENOENT) {
		after = config_rewrite(
		    before != NULL ? before : "", changes, count);
		r = before == NULL ? make_folder(target) : 0;
		if (r == 0)
			r = replace_file(target, after);
		free(after);
	}
	if (r < 0)
		reason_set(
		    why, _("cannot write '%s': %s"), path, strerror(errno));
	free(before);
	free(real);
	return r < 0 ? ERR_IO : 0;
}
