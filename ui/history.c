/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/history.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/file.h"
#include "src/base/log.h"
#include "src/base/text.h"
#include "src/base/util.h"

/* The file's last bytes, whole lines only; terminated. */
struct content {
	char *bytes;
	size_t len;
	bool damaged; /* too long, or its last line has no end */
};

/* Drop what stands before the first newline: the rest of a cut line. */
static void
drop_first_line(struct content *c)
{
	char *end = memchr(c->bytes, '\n', c->len);
	size_t cut = end == NULL ? c->len : (size_t)(end - c->bytes) + 1;

	c->len -= cut;
	memmove(c->bytes, c->bytes + cut, c->len);
}

static bool
read_content(int fd, struct content *c)
{
	struct stat st;
	size_t size = HISTORY_FILE_MAX;
	off_t start = 0;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	if (st.st_size > HISTORY_FILE_MAX)
		start = st.st_size - HISTORY_FILE_MAX;
	else
		size = (size_t)st.st_size;
	c->bytes = mem_alloc(size + 1);
	c->len = 0;
	while (c->len < size) {
		ssize_t n = pread(fd, c->bytes + c->len, size - c->len,
		    start + (off_t)c->len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		c->len += (size_t)n;
	}
	c->damaged = start > 0 || (c->len > 0 && c->bytes[c->len - 1] != '\n');
	if (start > 0)
		drop_first_line(c);
	return true;
}

/* Where the line at start ends: its newline, or the end of it all. */
static size_t
line_end(const struct content *c, size_t start)
{
	char *end = memchr(c->bytes + start, '\n', c->len - start);

	return end == NULL ? c->len : (size_t)(end - c->bytes);
}

static bool
usable(const char *line, size_t len)
{
	return len > 0 && memchr(line, '\0', len) == NULL &&
	       text_is_utf8(line, len);
}

/* The offset where the newest HISTORY_ENTRIES_MAX lines begin. */
static size_t
newest(const struct content *c)
{
	size_t lines = 0, start = 0;

	for (; start < c->len; start = line_end(c, start) + 1)
		lines++;
	for (start = 0; lines > HISTORY_ENTRIES_MAX; lines--)
		start = line_end(c, start) + 1;
	return start;
}

/* Write content from start on into a new file, then put it in place. */
static void
compact(const char *path, const struct content *c, size_t start)
{
	char *fresh = str_printf("%s.XXXXXX", path);
	int fd = mkostemp(fresh, O_CLOEXEC);
	bool ok =
	    fd >= 0 && file_write_all(fd, c->bytes + start, c->len - start);

	if (ok && c->len > start && c->bytes[c->len - 1] != '\n')
		ok = file_write_all(fd, "\n", 1);
	if (fd >= 0 && close(fd) < 0)
		ok = false;
	if (!ok || rename(fresh, path) < 0) {
		log_debug(
		    "history: cannot replace %s: %s", path, strerror(errno));
		if (fd >= 0)
			unlink(fresh);
	}
	free(fresh);
}

bool
history_file_load(
    const char *path, void (*each)(void *arg, const char *entry), void *arg)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct content c;
	size_t first;
	bool ok;

	if (fd < 0)
		return false;
	ok = read_content(fd, &c);
	if (ok && fchmod(fd, 0600) < 0)
		log_debug("history: %s: %s", path, strerror(errno));
	close(fd);
	if (!ok)
		return false;
	first = newest(&c);
	for (size_t start = first; start < c.len;) {
		size_t end = line_end(&c, start);

		if (usable(c.bytes + start, end - start)) {
			char *entry =
			    text_unescape(c.bytes + start, end - start);

			each(arg, entry);
			free(entry);
		}
		start = end + 1;
	}
	if (first > 0 || c.damaged)
		compact(path, &c, first);
	free(c.bytes);
	return true;
}

bool
history_file_append(const char *path, const char *entry)
{
	int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK;
	int fd = open(path, flags, 0600);
	char *escaped, *line;
	bool ok;

	if (fd < 0) {
		log_debug("history: %s: %s", path, strerror(errno));
		return false;
	}
	/* Whatever the umask took away. */
	fchmod(fd, 0600);
	escaped = text_escape(entry);
	line = str_printf("%s\n", escaped);
	ok = file_write_all(fd, line, strlen(line));
	free(line);
	free(escaped);
	if (close(fd) < 0)
		ok = false;
	return ok;
}
