/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/term.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/base/util.h"
#include "ui/term_state.h"
#include "ui/termname.h"

/* DECSTBM without numbers: every row scrolls (ECMA-48 has no name for it). */
#define SCROLL_ALL "\033[r"

enum {
	TERM_FLUSH_MS = 500,
	TERM_ANSWER_MS = 1000, /* later than that, none comes */
	TERM_AWAIT_MS = 100,   /* for one that is due, at the end */
};

/*
 * Bracketed paste and reports of the focus on. Alternate scroll off (it would
 * turn the wheel into arrow keys); what the terminal had is saved and restored,
 * because pagers depend on it.
 */
static const char modes_on[] = "\033[?2004h\033[?1004h\033[?1007s\033[?1007l";
static const char modes_off[] = "\033[?1007r\033[?1004l\033[?2004l";

/* Buttons and the wheel, with numbers of any size. */
static const char mouse_on[] = "\033[?1000h\033[?1006h";
static const char mouse_off[] = "\033[?1006l\033[?1000l";

static void
out_add(struct term *t, const char *bytes, size_t len)
{
	if (t->out_sent == t->out_len)
		t->out_sent = t->out_len = 0;
	if (t->out_size - t->out_len < len) {
		t->out_size = (t->out_len + len) * 2;
		t->out = mem_realloc(t->out, t->out_size);
	}
	memcpy(t->out + t->out_len, bytes, len);
	t->out_len += len;
}

static void
out_add_string(struct term *t, const char *text)
{
	out_add(t, text, strlen(text));
}

static void
out_add_capability(struct term *t, const char *name)
{
	const char *text = tigetstr(name);

	if (text != NULL && text != (char *)-1)
		out_add_string(t, text);
}

/* Take over what ncurses has written since the last time. */
static void
collect(struct term *t)
{
	int fd = fileno(t->memory);
	off_t end = lseek(fd, 0, SEEK_CUR);
	char chunk[8192];
	off_t at = 0;

	while (at < end) {
		ssize_t n = pread(fd, chunk, sizeof(chunk), at);

		if (n <= 0)
			break;
		out_add(t, chunk, (size_t)n);
		at += n;
	}
	if (ftruncate(fd, 0) == 0)
		lseek(fd, 0, SEEK_SET);
}

static void
flush_out(struct term *t)
{
	uint64_t end = clock_mono_ms() + TERM_FLUSH_MS;
	uint64_t now;

	term_write(t);
	while (term_wants_output(t) && (now = clock_mono_ms()) < end) {
		if (tty_wait(&t->tty, (int)(end - now)))
			term_write(t);
	}
}

static bool
start_colours(void)
{
	if (!has_colors() || start_color() == ERR ||
	    use_default_colors() == ERR)
		return false;
	/* A pair has the number of its colour. */
	for (short i = COLOR_RED; i < COLOR_WHITE; i++)
		init_pair(i, i, -1);
	return true;
}

static FILE *
open_memory(void)
{
	int fd = memfd_create("charla-screen", MFD_CLOEXEC);
	FILE *file;

	if (fd < 0)
		return tmpfile();
	file = fdopen(fd, "w+");
	if (file == NULL)
		close(fd);
	return file;
}

/* What a crash sends behind the modes: our parting, the other screen. */
static void
set_way_back(struct term *t)
{
	const char *screen = tigetstr("rmcup");
	char *bytes;

	/* Padding is for hardware, and for those who can compute it. */
	if (screen == NULL || screen == (char *)-1 ||
	    strstr(screen, "$<") != NULL)
		screen = "";
	bytes = str_printf("%s%s", t->parting, screen);
	tty_set_way_back(&t->tty, bytes);
	free(bytes);
}

static void
enter_modes(struct term *t)
{
	out_add_string(t, modes_on);
	if (t->mouse)
		out_add_string(t, mouse_on);
	if (t->keypad)
		out_add_capability(t, "smkx");
}

static void
leave_modes(struct term *t)
{
	if (t->keypad)
		out_add_capability(t, "rmkx");
	if (t->mouse)
		out_add_string(t, mouse_off);
	out_add_string(t, modes_off);
}

/* Set name to a number, or back to what it was (NULL: not set). */
static void
set_number(const char *name, int number)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", number);
	setenv(name, text, 1);
}

static void
put_back(const char *name, char *value)
{
	if (value != NULL)
		setenv(name, value, 1);
	else
		unsetenv(name);
	free(value);
}

/*
 * ncurses cannot ask a file in memory how large it is, and sets the region
 * that scrolls to the size it believes in: it is told by LINES and COLUMNS,
 * for this one call.
 */
static SCREEN *
start_screen(struct term *t)
{
	char *lines = str_dup(getenv("LINES"));
	char *columns = str_dup(getenv("COLUMNS"));
	SCREEN *screen;

	tty_size(&t->tty, &t->rows, &t->columns);
	set_number("LINES", t->rows);
	set_number("COLUMNS", t->columns);
	use_env(TRUE);
	screen = newterm(NULL, t->memory, stdin);
	/* A frame is whole: ncurses would stop at the next key. */
	typeahead(-1);
	use_env(FALSE);
	put_back("LINES", lines);
	put_back("COLUMNS", columns);
	return screen;
}

int
term_open(bool keypad, struct term **out, struct reason *why)
{
	struct term *t = mem_zalloc(sizeof(*t));

	if (tty_open(&t->tty, why) < 0) {
		free(t);
		return ERR_INVALID;
	}
	t->memory = open_memory();
	if (t->memory != NULL)
		t->screen = start_screen(t);
	if (t->screen == NULL) {
		reason_set(why, _("cannot start drawing: %s"), strerror(errno));
		if (t->memory != NULL)
			fclose(t->memory);
		tty_close(&t->tty);
		free(t);
		return ERR_INVALID;
	}
	t->parting = str_dup("");
	set_way_back(t);
	t->keypad = keypad;
	t->colours = start_colours();
	t->takes_strings = termname_swallows_strings(getenv("TERM"));
	tty_hold(&t->tty);
	enter_modes(t);
	term_resize(t);
	*out = t;
	return 0;
}

void
term_close(struct term *t)
{
	if (t == NULL)
		return;
	if (!t->away)
		term_leave(t);
	delscreen(t->screen);
	fclose(t->memory);
	tty_close(&t->tty);
	term_links_release(&t->links);
	free(t->parting);
	free(t->out);
	free(t);
}

bool
term_marks_pastes(const struct term *t)
{
	/* A name of ncurses' own: bracketed paste, enable. */
	const char *enable = tigetstr("BE");

	(void)t;
	return enable != NULL && enable != (char *)-1;
}

int
term_output_fd(const struct term *t)
{
	return t->tty.out;
}

bool
term_wants_output(const struct term *t)
{
	return t->out_sent < t->out_len;
}

void
term_write(struct term *t)
{
	while (term_wants_output(t)) {
		long n = tty_write(
		    &t->tty, t->out + t->out_sent, t->out_len - t->out_sent);

		if (n == 0)
			return;
		if (n < 0) /* nobody looks any more */
			t->out_sent = t->out_len;
		else
			t->out_sent += (size_t)n;
	}
}

/* What the terminal shows is not what we have drawn. */
static void
forget(struct term *t)
{
	clearok(curscr, TRUE);
	term_links_forget(&t->links);
}

int
term_rows(const struct term *t)
{
	return t->rows;
}

int
term_columns(const struct term *t)
{
	return t->columns;
}

void
term_resize(struct term *t)
{
	tty_size(&t->tty, &t->rows, &t->columns);
	/* The region that scrolls is still that of the old size. */
	out_add(t, SCROLL_ALL, sizeof(SCROLL_ALL) - 1);
	/*
	 * Also where it is as large as before: it may have been smaller in
	 * between, and lost what did not fit.
	 */
	forget(t);
	if (!is_term_resized(t->rows, t->columns))
		return;
	/* Where it fails, drawing goes on in what ncurses has. */
	if (resizeterm(t->rows, t->columns) == ERR) {
		t->rows = getmaxy(stdscr);
		t->columns = getmaxx(stdscr);
	}
}

void
term_repaint(struct term *t)
{
	forget(t);
}

void
term_beep(struct term *t)
{
	(void)t;
	beep();
}

bool
term_takes_strings(const struct term *t)
{
	return t->takes_strings;
}

void
term_send(struct term *t, const char *bytes, size_t len)
{
	if (!t->away)
		out_add(t, bytes, len);
}

void
term_ask(struct term *t, const char *bytes, size_t len)
{
	term_send(t, bytes, len);
	t->asked_ms = clock_mono_ms();
}

void
term_answered(struct term *t)
{
	t->asked_ms = 0;
}

bool
term_saves_title(const struct term *t)
{
	const char *screen = tigetstr("smcup");

	(void)t;
	return screen != NULL && screen != (char *)-1 &&
	       strstr(screen, "\033[22;") != NULL;
}

void
term_set_parting(struct term *t, const char *bytes)
{
	if (t->away || strcmp(t->parting, bytes) == 0)
		return;
	str_replace(&t->parting, str_dup(bytes));
	set_way_back(t);
}

void
term_set_mouse(struct term *t, bool on)
{
	if (t->mouse != on && !t->away)
		out_add_string(t, on ? mouse_on : mouse_off);
	t->mouse = on;
}

static void
write_links(struct term *t)
{
	char *bytes = term_links_bytes(&t->links, t->colours);

	if (bytes != NULL)
		out_add_string(t, bytes);
	free(bytes);
}

void
term_end(struct term *t, int row, int column)
{
	move(row, column);
	wnoutrefresh(stdscr);
	doupdate();
	collect(t);
	write_links(t);
	term_write(t);
}

void
term_page(struct term *t, const char *text)
{
	out_add_capability(t, "sgr0");
	out_add_capability(t, "clear");
	out_add_string(t, text);
	term_write(t);
}

void
term_leave(struct term *t)
{
	endwin();
	collect(t);
	out_add_string(t, t->parting);
	leave_modes(t);
	flush_out(t);
	if (term_wants_output(t)) {
		t->out_sent = t->out_len;
		tty_abandon(&t->tty);
	}
	if (t->asked_ms != 0 && clock_mono_ms() < t->asked_ms + TERM_ANSWER_MS)
		tty_discard(&t->tty, TERM_AWAIT_MS);
	t->asked_ms = 0;
	tty_release(&t->tty);
	term_set_parting(t, "");
	t->away = true;
}

void
term_guard_file(struct term *t, const char *path)
{
	(void)t;
	tty_guard_file(path);
}

void
term_enter(struct term *t)
{
	/* Nobody left: what was kept for the way back is not kept twice. */
	if (!t->away) {
		out_add_string(t, t->parting);
		leave_modes(t);
		term_set_parting(t, "");
	}
	t->away = false;
	tty_hold(&t->tty);
	if (!isendwin())
		endwin();
	term_resize(t);
	forget(t);
	/* This draws the old frame; its owner soon draws a new one. */
	refresh();
	collect(t);
	enter_modes(t);
	term_write(t);
}
