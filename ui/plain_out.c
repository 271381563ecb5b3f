/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/plain_out.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/util.h"

enum {
	CAREFUL_MAX = 512,   /* what POSIX lets a pipe take whole */
	LAST_WAIT_MS = 2000, /* without a byte taken: give it up */
};

/*
 * A second opening of a pipe or a terminal has flags of its own. That of a
 * file would have an offset of its own, too; but a file never blocks like
 * that.
 */
static int
open_again(void)
{
	const char *name =
	    isatty(STDOUT_FILENO) ? ttyname(STDOUT_FILENO) : "/dev/fd/1";
	int flags = O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	struct stat before, after;
	int fd;

	if (name == NULL || fstat(STDOUT_FILENO, &before) < 0)
		return -1;
	fd = open(name, flags);
	if (fd < 0)
		return -1;
	if (fstat(fd, &after) < 0 || before.st_dev != after.st_dev ||
	    before.st_ino != after.st_ino) {
		close(fd);
		return -1;
	}
	return fd;
}

void
plain_out_open(struct plain_out *o)
{
	struct stat st;
	bool file = fstat(STDOUT_FILENO, &st) == 0 && S_ISREG(st.st_mode);
	int fd = file ? -1 : open_again();

	*o = (struct plain_out){
	    .fd = fd >= 0 ? fd : STDOUT_FILENO,
	    .ours = fd >= 0,
	    .careful = fd < 0 && !file,
	};
}

void
plain_out_row(struct plain_out *o, const char *text)
{
	size_t len = strlen(text);

	if (o->gone)
		return;
	if (o->done > 0) {
		memmove(o->data, o->data + o->done, o->len - o->done);
		o->len -= o->done;
		o->done = 0;
	}
	if (o->len + len + 1 > o->size) {
		o->size = (o->len + len + 1) * 2;
		o->data = mem_realloc(o->data, o->size);
	}
	memcpy(o->data + o->len, text, len);
	o->data[o->len + len] = '\n';
	o->len += len + 1;
}

bool
plain_out_wants(const struct plain_out *o)
{
	return o->len > o->done;
}

bool
plain_out_has_room(const struct plain_out *o)
{
	return o->len - o->done < PLAIN_OUT_ENOUGH;
}

static void
lose(struct plain_out *o, int error)
{
	o->gone = true;
	o->error = error;
	o->len = o->done = 0;
}

/* Bytes that it took; 0: none just now. */
static size_t
write_some(struct plain_out *o)
{
	size_t len = o->len - o->done;
	ssize_t n;

	if (o->careful && len > CAREFUL_MAX)
		len = CAREFUL_MAX;
	n = write(o->fd, o->data + o->done, len);
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		lose(o, errno);
	if (n <= 0)
		return 0;
	o->done += (size_t)n;
	if (o->done == o->len)
		o->len = o->done = 0;
	return (size_t)n;
}

void
plain_out_write(struct plain_out *o, bool polled)
{
	if (o->careful) {
		if (polled && plain_out_wants(o))
			write_some(o);
		return;
	}
	while (plain_out_wants(o) && write_some(o) > 0)
		;
}

bool
plain_out_flush(struct plain_out *o)
{
	struct pollfd out = {.fd = o->fd, .events = POLLOUT};

	while (plain_out_wants(o)) {
		int r = poll(&out, 1, LAST_WAIT_MS);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return false;
		plain_out_write(o, true);
	}
	return !o->gone;
}

void
plain_out_close(struct plain_out *o)
{
	if (o->ours)
		close(o->fd);
	free(o->data);
	*o = (struct plain_out){0};
}
