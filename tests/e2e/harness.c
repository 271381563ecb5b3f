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
	STEP_MS = 20, /* how often a condition is looked at without news */
	READ_MAX = 64 * 1024,
	READS_MAX = 256, /* of one screen before the others have a turn */
	LIVE_MAX = 64,
};

/* Every live screen: who waits for one has to read them all. */
static struct screen *live;

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

void
make_temp_dir(char path[static 1], size_t size)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(path, size, "%s/charla-test-XXXXXX",
	    tmp != NULL && tmp[0] != '\0' ? tmp : "/tmp");
	if (mkdtemp(path) == NULL)
		harness_fail("mkdtemp %s: %s", path, strerror(errno));
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
		harness_fail("removing %s: %s", path, strerror(errno));
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

static size_t
typed_left(const struct screen *s)
{
	return s->typed.len - s->typed_done;
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
	ssize_t put =
	    write(s->master, s->typed.data + s->typed_done, typed_left(s));

	if (put > 0)
		s->typed_done += (size_t)put;
	if (typed_left(s) == 0)
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
		    (short)(POLLIN | (typed_left(s) > 0 ? POLLOUT : 0));
		count++;
	}
	if (poll(fds, count, ms) <= 0)
		return;
	for (nfds_t i = 0; i < count; i++) {
		if (fds[i].revents & (POLLIN | POLLHUP))
			read_output(of[i]);
		if (fds[i].revents & POLLOUT)
			write_typed(of[i]);
	}
}

bool
screen_wait_for(
    bool (*ready)(void *arg), void *arg, const char *what, int deadline_ms)
{
	int allowed = deadline_scaled(deadline_ms);
	uint64_t end = harness_now_ms() + (uint64_t)allowed;

	screen_pump(0);
	while (!ready(arg)) {
		if (harness_now_ms() >= end) {
			fprintf(stderr, "waited %d ms in vain: %s\n", allowed,
			    what);
			for (struct screen *s = live; s != NULL; s = s->next)
				screen_dump(s, stderr);
			return false;
		}
		screen_pump(STEP_MS);
	}
	return true;
}

/* What a wait below is about; each uses what it needs. */
struct wish {
	struct screen *s;
	const char *text;
	int row, col, count, quiet_ms;
};

static bool
wait_wish(bool (*ready)(void *arg), struct wish *wish, int deadline_ms,
    const char *verb)
{
	char *what = str_printf("%s %s %s", wish->s->name, verb,
	    wish->text != NULL ? wish->text : "");
	bool ok = screen_wait_for(ready, wish, what, deadline_ms);

	free(what);
	return ok;
}

static bool
is_shown(void *arg)
{
	struct wish *wish = arg;

	return screen_find(wish->s, wish->text, NULL) >= 0;
}

static bool
is_gone(void *arg)
{
	return !is_shown(arg);
}

static bool
is_in_row(void *arg)
{
	struct wish *wish = arg;
	char row[SCREEN_ROW_MAX];

	return strstr(screen_row_text(wish->s, wish->row, row), wish->text) !=
	       NULL;
}

static bool
is_counted(void *arg)
{
	struct wish *wish = arg;

	return screen_count(wish->s, wish->text) == wish->count;
}

static bool
is_at_cursor(void *arg)
{
	struct wish *wish = arg;
	int row, col;

	screen_cursor(wish->s, &row, &col);
	return row == wish->row && col == wish->col;
}

static bool
is_quiet(void *arg)
{
	struct wish *wish = arg;

	return harness_now_ms() - wish->s->last_output_ms >=
	       (uint64_t)wish->quiet_ms;
}

static bool
is_ended(void *arg)
{
	struct wish *wish = arg;

	child_look(wish->s);
	return wish->s->ended;
}

bool
screen_wait_text(struct screen *s, const char *text, int deadline_ms)
{
	struct wish wish = {.s = s, .text = text};

	return wait_wish(is_shown, &wish, deadline_ms, "shows");
}

bool
screen_wait_gone(struct screen *s, const char *text, int deadline_ms)
{
	struct wish wish = {.s = s, .text = text};

	return wait_wish(is_gone, &wish, deadline_ms, "no longer shows");
}

bool
screen_wait_row(struct screen *s, int row, const char *text, int deadline_ms)
{
	struct wish wish = {.s = s, .row = row, .text = text};
	char verb[32];

	snprintf(verb, sizeof(verb), "shows in row %d", row);
	return wait_wish(is_in_row, &wish, deadline_ms, verb);
}

bool
screen_wait_count(
    struct screen *s, const char *text, int count, int deadline_ms)
{
	struct wish wish = {.s = s, .count = count, .text = text};
	char verb[32];

	snprintf(verb, sizeof(verb), "shows %d times", count);
	return wait_wish(is_counted, &wish, deadline_ms, verb);
}

bool
screen_wait_cursor(struct screen *s, int row, int col, int deadline_ms)
{
	struct wish wish = {.s = s, .row = row, .col = col};
	char verb[48];

	snprintf(verb, sizeof(verb), "has its cursor at %d,%d", row, col);
	return wait_wish(is_at_cursor, &wish, deadline_ms, verb);
}

bool
screen_wait_quiet(struct screen *s, int quiet_ms, int deadline_ms)
{
	struct wish wish = {.s = s, .quiet_ms = quiet_ms};

	return wait_wish(is_quiet, &wish, deadline_ms, "is quiet");
}

bool
screen_wait_exit(struct screen *s, int deadline_ms, int *status)
{
	struct wish wish = {.s = s};

	if (!wait_wish(is_ended, &wish, deadline_ms, "ends"))
		return false;
	screen_pump(0); /* its last words */
	if (status != NULL)
		*status = s->status;
	return true;
}

static bool
is_taken(void *arg)
{
	struct wish *wish = arg;

	return typed_left(wish->s) == 0;
}

void
screen_send(struct screen *s, const char *bytes, size_t len)
{
	struct wish wish = {.s = s};

	bytes_add(&s->typed, bytes, len);
	if (!wait_wish(is_taken, &wish, 0, "takes what is typed"))
		harness_fail("%s does not read its keyboard", s->name);
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
