/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Waiting for what a person would wait for. */
#include "tests/e2e/internal.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"

/* How often a condition is looked at where nothing is written. */
enum { STEP_MS = 20, STEP_SHORT_MS = 1 };

/* Looks every step_ms where nothing is written. */
static bool
wait_stepping(bool (*ready)(void *arg), void *arg, const char *what,
    int deadline_ms, int step_ms)
{
	int allowed = deadline_scaled(deadline_ms);
	uint64_t end = harness_now_ms() + (uint64_t)allowed;

	screen_pump(0);
	while (!ready(arg)) {
		if (harness_now_ms() >= end) {
			fprintf(stderr, "waited %d ms in vain: %s\n", allowed,
			    what);
			screen_dump_all(stderr);
			return false;
		}
		screen_pump(step_ms);
	}
	return true;
}

bool
screen_wait_for(
    bool (*ready)(void *arg), void *arg, const char *what, int deadline_ms)
{
	return wait_stepping(ready, arg, what, deadline_ms, STEP_MS);
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
has_rested(const struct wish *wish)
{
	return harness_now_ms() - wish->s->last_output_ms >=
	       (uint64_t)wish->quiet_ms;
}

/* Looks once more, for it may be us who were not running meanwhile. */
static bool
is_quiet(void *arg)
{
	struct wish *wish = arg;

	if (!has_rested(wish))
		return false;
	screen_pump(0);
	return has_rested(wish);
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
	struct wish wish = {.s = s, .quiet_ms = deadline_scaled(quiet_ms)};

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

	return screen_typed_left(wish->s) == 0;
}

/* poll(2) on the program's side also moves along what is on its way. */
static bool
is_read(void *arg)
{
	struct wish *wish = arg;
	struct pollfd fd = {.fd = wish->s->slave, .events = POLLIN};

	child_look(wish->s);
	return wish->s->ended ||
	       (screen_typed_left(wish->s) == 0 && poll(&fd, 1, 0) == 0);
}

bool
screen_wait_read(struct screen *s)
{
	struct wish wish = {.s = s};
	char *what = str_printf("%s reads what is typed", s->name);
	bool ok = wait_stepping(is_read, &wish, what, 0, STEP_SHORT_MS);

	free(what);
	return ok;
}

void
screen_send(struct screen *s, const char *bytes, size_t len)
{
	struct wish wish = {.s = s};

	bytes_add(&s->typed, bytes, len);
	if (!wait_wish(is_taken, &wish, 0, "takes what is typed"))
		harness_fail("%s does not read its keyboard", s->name);
}
