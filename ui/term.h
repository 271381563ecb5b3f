/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The screen as cells, by ncurses. ncurses draws into memory; each finished
 * frame is copied to the terminal as fast as the terminal takes it, so one
 * that has stopped reading never stops us.
 */
#ifndef CHARLA_UI_TERM_H
#define CHARLA_UI_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/err.h"
#include "ui/style.h"

struct term;

/* Where and how text goes; drawing moves column. */
struct term_pen {
	int row, column;
	int limit;      /* the first column that is not ours */
	unsigned style; /* enum term_style */
};

/*
 * Can this terminal be drawn on? ERR_INVALID with a sentence if not. To be
 * asked before readline starts: both keep terminfo's current entry.
 */
int term_check(struct reason *why);
/* By terminfo; -1: it does not know the terminal. */
int term_colors(void);
/* keypad: switch the keypad to its application mode. */
int term_open(bool keypad, struct term **out, struct reason *why);
/* Lets what is drawn out (500 ms at most); restores the terminal. */
void term_close(struct term *t);

/*
 * Does it say where a paste begins and ends? By what terminfo knows, so
 * false may also be ignorance.
 */
bool term_marks_pastes(const struct term *t);

int term_output_fd(const struct term *t);
/* Is there something left to write? */
bool term_wants_output(const struct term *t);
/* Write what the terminal takes. */
void term_write(struct term *t);

int term_rows(const struct term *t);
int term_columns(const struct term *t);
/* Ask for the size again. */
void term_resize(struct term *t);
/* Forget what the terminal shows: the next frame draws everything. */
void term_repaint(struct term *t);
void term_beep(struct term *t);
/*
 * Does it swallow control strings (OSC) that it does not know? Else none are
 * to be sent.
 */
bool term_takes_strings(const struct term *t);
/*
 * Sequences that leave the cells and the cursor as they are; they follow what
 * was drawn so far.
 */
void term_send(struct term *t, const char *bytes, size_t len);
/*
 * The same for what the terminal answers, as if it were typed. An answer that
 * is still due when the terminal is given back does not go to the shell.
 */
void term_ask(struct term *t, const char *bytes, size_t len);
void term_answered(struct term *t);

/* Shall it tell of its wheel and buttons? At first it does not. */
void term_set_mouse(struct term *t, bool on);
/* Does its own way to the screen and back keep the title of the window? */
bool term_saves_title(const struct term *t);
/*
 * What is sent, too, when the terminal is given back, by a crash as well, and
 * then forgotten: it undoes what term_send did.
 */
void term_set_parting(struct term *t, const char *bytes);

/* A frame: begin, text, end. */
void term_begin(struct term *t);
/*
 * Draw clean UTF-8 until it ends or the limit is reached; a wide character
 * is never cut in half.
 */
void term_text(
    struct term *t, struct term_pen *pen, const char *text, size_t len);
/*
 * The same for len bytes of printable ASCII that are all or part of the
 * address url, so that they can be opened. id: that of all its parts.
 */
struct term_link {
	const char *url;
	size_t len; /* of url */
	uint32_t id;
};
void term_link_text(struct term *t, struct term_pen *pen, const char *text,
    size_t len, const struct term_link *link);
/* Blanks up to the limit. */
void term_fill(struct term *t, struct term_pen *pen);
/* The cursor belongs there. */
void term_end(struct term *t, int row, int column);

/*
 * Instead of a frame, until term_repaint: clean text alone, with \r\n at the
 * ends of lines, which the terminal wraps by itself.
 */
void term_page(struct term *t, const char *text);

/* Give the terminal back for a while, and take it again. */
void term_leave(struct term *t);
/*
 * Should the program fall, this file goes, and its folder if nothing else is
 * in it. Until it is set anew, or to NULL.
 */
void term_guard_file(struct term *t, const char *path);
/* Also right when nobody left: after SIGCONT the modes may be anyone's. */
void term_enter(struct term *t);

#endif
