/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/e2e/harness.h"

#include <errno.h>
#include <ftw.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/e2e/internal.h"

enum {
	DEADLINE_MS = 20 * 1000,
	SLOW_FACTOR = 3,
	READ_MAX = 64 * 1024,
	READS_MAX = 256, /* of one screen before the others have a turn */
	LIVE_MAX = 64,
	FOLDERS_MAX = 256,
};

/* Every live screen: who waits for one has to read them all. */
static struct screen *live;

/* Folders to remove when a failed test has not; used from atexit. */
static char *folders[FOLDERS_MAX];

void
harness_fail(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fputs("harness: ", stderr);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
	va_end(args);
	screen_close_all();
	exit(1);
}

uint64_t
harness_now_ms(void)
{
	return clock_mono_ms();
}

int
deadline_scaled(int ms)
{
	const char *slow = getenv("CHARLA_TEST_SLOW");

	if (ms <= 0)
		ms = DEADLINE_MS;
	return slow != NULL && slow[0] != '\0' ? ms * SLOW_FACTOR : ms;
}

/* There is always a terminating NUL after the bytes. */
void
bytes_add(struct bytes *b, const char *data, size_t len)
{
	if (b->len + len + 1 > b->size) {
		b->size = (b->len + len + 1) * 2;
		b->data = mem_realloc(b->data, b->size);
	}
	if (len > 0)
		memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	if (type == FTW_DNR)
		fprintf(stderr, "harness: cannot look into %s\n", path);
	return remove(path);
}

void
remove_tree(const char *path)
{
	if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) < 0 &&
	    errno != ENOENT)
		fprintf(stderr, "harness: removing %s: %s\n", path,
		    strerror(errno));
	for (size_t i = 0; i < FOLDERS_MAX; i++) {
		if (folders[i] != NULL && strcmp(folders[i], path) == 0) {
			free(folders[i]);
			folders[i] = NULL;
		}
	}
}

static void
clean_up(void)
{
	screen_close_all();
	for (size_t i = 0; i < FOLDERS_MAX; i++) {
		if (folders[i] != NULL) {
			char *path = str_dup(folders[i]);

			remove_tree(path);
			free(path);
		}
	}
}

void
make_temp_dir(char path[static 1], size_t size)
{
	static bool registered; /* with atexit, once */
	const char *tmp = getenv("TMPDIR");
	size_t i = 0;

	if (!registered)
		atexit(clean_up);
	registered = true;
	snprintf(path, size, "%s/charla-test-XXXXXX",
	    tmp != NULL && tmp[0] != '\0' ? tmp : "/tmp");
	if (mkdtemp(path) == NULL)
		harness_fail("mkdtemp %s: %s", path, strerror(errno));
	while (i < FOLDERS_MAX && folders[i] != NULL)
		i++;
	if (i == FOLDERS_MAX)
		harness_fail("more than %d folders", FOLDERS_MAX);
	folders[i] = str_dup(path);
}

struct screen *
screen_start(const struct screen_config *config)
{
	struct screen *s = mem_zalloc(sizeof(*s));

	s->name = str_dup(config->name ? config->name : config->argv[0]);
	s->rows = config->rows > 0 ? config->rows : 24;
	s->cols = config->cols > 0 ? config->cols : 80;
	if (config->home != NULL) {
		s->home = str_dup(config->home);
	} else {
		char path[256];

		make_temp_dir(path, sizeof(path));
		s->home = str_dup(path);
		s->own_home = true;
	}
	bytes_add(&s->output, "", 0);
	picture_open(s);
	child_start(s, config);
	s->last_output_ms = harness_now_ms();
	s->next = live;
	live = s;
	return s;
}

void
screen_close(struct screen *s)
{
	struct screen **link = &live;

	if (s == NULL)
		return;
	while (*link != NULL && *link != s)
		link = &(*link)->next;
	if (*link == NULL)
		return;
	*link = s->next;
	child_kill(s);
	close(s->master);
	close(s->slave);
	picture_close(s);
	if (s->own_home)
		remove_tree(s->home);
	free(s->output.data);
	free(s->typed.data);
	free(s->home);
	free(s->name);
	free(s);
}

void
screen_close_all(void)
{
	while (live != NULL)
		screen_close(live);
}

const char *
screen_home(const struct screen *s)
{
	return s->home;
}

size_t
screen_typed_left(const struct screen *s)
{
	return s->typed.len - s->typed_done;
}

void
screen_stall(struct screen *s, bool stalled)
{
	s->stalled = stalled;
}

bool
screen_is_full(struct screen *s)
{
	struct pollfd fd = {.fd = s->slave, .events = POLLOUT};

	return poll(&fd, 1, 0) == 0;
}

static void
read_output(struct screen *s)
{
	static char chunk[READ_MAX]; /* too large for the stack */

	for (int i = 0; i < READS_MAX; i++) {
		ssize_t got = read(s->master, chunk, sizeof(chunk));

		if (got <= 0)
			break;
		bytes_add(&s->output, chunk, (size_t)got);
		picture_feed(s, chunk, (size_t)got);
		s->last_output_ms = harness_now_ms();
	}
}

static void
write_typed(struct screen *s)
{
	ssize_t put = write(
	    s->master, s->typed.data + s->typed_done, screen_typed_left(s));

	if (put > 0)
		s->typed_done += (size_t)put;
	if (screen_typed_left(s) == 0)
		s->typed.len = s->typed_done = 0;
}

void
screen_pump(int ms)
{
	struct pollfd fds[LIVE_MAX];
	struct screen *of[LIVE_MAX];
	nfds_t count = 0;

	for (struct screen *s = live; s != NULL; s = s->next) {
		if (count == LIVE_MAX)
			harness_fail("more than %d screens", LIVE_MAX);
		of[count] = s;
		fds[count].fd = s->master;
		fds[count].events =
		    (short)((s->stalled ? 0 : POLLIN) |
			    (screen_typed_left(s) > 0 ? POLLOUT : 0));
		count++;
	}
	if (poll(fds, count, ms) <= 0)
		return;
	for (nfds_t i = 0; i < count; i++) {
		if (fds[i].revents & (POLLIN | POLLHUP) && !of[i]->stalled)
			read_output(of[i]);
		if (fds[i].revents & POLLOUT)
			write_typed(of[i]);
	}
}

void
screen_dump_all(FILE *out)
{
	for (struct screen *s = live; s != NULL; s = s->next)
		screen_dump(s, out);
}

void
screen_keys(struct screen *s, const char *keys)
{
	screen_send(s, keys, strlen(keys));
}

void
screen_paste(struct screen *s, const char *text)
{
	bool brackets;

	screen_pump(0);
	brackets = screen_dec_mode(s, 2004);
	if (brackets)
		screen_keys(s, "\033[200~");
	screen_keys(s, text);
	if (brackets)
		screen_keys(s, "\033[201~");
}

void
screen_resize(struct screen *s, int rows, int cols)
{
	struct winsize size = {
	    .ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};

	screen_pump(0); /* what was written for the old size */
	s->rows = rows;
	s->cols = cols;
	vterm_set_size(s->vterm, rows, cols);
	if (ioctl(s->master, TIOCSWINSZ, &size) < 0)
		harness_fail("TIOCSWINSZ: %s", strerror(errno));
}
