/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/e2e/beside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"

void
beside_focus(struct screen *s, bool here)
{
	screen_pump(0);
	if (screen_dec_mode(s, 1004))
		screen_keys(s, here ? "\033[I" : "\033[O");
	screen_wait_read(s);
}

/* The place behind the next one of these bytes; NULL: none. */
static const char *
next(struct screen *s, const char *from, const char *bytes)
{
	size_t len;
	const char *all = screen_output(s, &len);
	const char *found;

	if (from == NULL)
		from = all;
	found = memmem(from, len - (size_t)(from - all), bytes, strlen(bytes));
	return found != NULL ? found + strlen(bytes) : NULL;
}

int
beside_count(struct screen *s, const char *bytes)
{
	const char *at = NULL;
	int count = 0;

	while ((at = next(s, at, bytes)) != NULL)
		count++;
	return count;
}

int
beside_titles(struct screen *s)
{
	/* Ours, and terminfo's. */
	return beside_count(s, "\033[22;0t") + beside_count(s, "\033[22;0;0t") -
	       beside_count(s, "\033[23;0t") - beside_count(s, "\033[23;0;0t");
}

int
beside_progress(struct screen *s)
{
	const char *at = NULL;
	int percent = -1;

	while ((at = next(s, at, "\033]9;4;")) != NULL)
		percent = at[0] == '1' ? (int)strtol(at + 2, NULL, 10) : -1;
	return percent;
}

struct wanted {
	struct screen *screen;
	const char *text;
	int count;
};

static bool
has_count(void *arg)
{
	const struct wanted *w = arg;

	return beside_count(w->screen, w->text) == w->count;
}

bool
beside_wait_count(struct screen *s, const char *bytes, int count)
{
	struct wanted w = {s, bytes, count};

	return screen_wait_for(has_count, &w, bytes, 0);
}

static bool
has_title(void *arg)
{
	const struct wanted *w = arg;
	struct screen_modes modes;

	screen_modes(w->screen, &modes);
	return strcmp(modes.title, w->text) == 0;
}

bool
beside_wait_title(struct screen *s, const char *title)
{
	struct wanted w = {s, title, 0};

	return screen_wait_for(has_title, &w, title, 0);
}

static bool
is_so(bool so, const char *what)
{
	if (!so)
		fprintf(stderr, "not as before: %s\n", what);
	return so;
}

static bool
is_as_before(void *arg)
{
	return screen_termios_restored(arg);
}

bool
beside_is_restored(struct screen *s)
{
	static const int modes_off[] = {1, 1000, 1002, 1003, 1004, 1006, 2004};
	struct screen_modes modes;
	bool so;

	so = screen_wait_for(is_as_before, s, "stty as before", 0);
	screen_modes(s, &modes);
	so &= is_so(!modes.alternate, "the alternate screen");
	so &= is_so(modes.cursor_visible, "the cursor");
	for (size_t i = 0; i < COUNT(modes_off); i++) {
		char what[32];

		snprintf(what, sizeof(what), "mode %d", modes_off[i]);
		so &= is_so(!screen_dec_mode(s, modes_off[i]), what);
	}
	so &= is_so(
	    beside_count(s, "\033[?1007s") == beside_count(s, "\033[?1007r"),
	    "mode 1007");
	so &= is_so(beside_titles(s) == 0, "the stack of titles");
	so &= is_so(beside_progress(s) == -1, "the progress");
	return so;
}
