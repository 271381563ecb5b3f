/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The input line, by readline: bytes from the keyboard in, entered lines
 * and commands out. It draws nothing. readline's state is one per process,
 * so there can be only one of these at a time.
 *
 * All callbacks but complete run after readline has returned, so they may
 * use everything here but input_close.
 */
#ifndef CHARLA_UI_INPUT_H
#define CHARLA_UI_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/ui.h"

struct input;

enum { INPUT_LINE_MAX = 64 * 1024 }; /* bytes: what a message may hold */

/* What keys ask for beside editing; the functions of ui_keys. */
enum input_command {
	INPUT_SCROLL_UP,
	INPUT_SCROLL_DOWN,
	INPUT_SCROLL_TOP,
	INPUT_SCROLL_BOTTOM,
	INPUT_UNREAD,
	INPUT_QUESTION,
	INPUT_BARE,
	INPUT_REDRAW,
	INPUT_HELP,
	INPUT_SUSPEND,
	INPUT_EDIT,
};

struct input_config {
	const struct ui_handler *handler;
	void (*command)(void *arg, enum input_command command);
	/* The line was entered; comes before handler->line. */
	void (*entered)(void *arg, const char *text);
	/*
	 * Escape by itself, where it means nothing to readline; true: to the
	 * owner it does. May be NULL.
	 */
	bool (*escape)(void *arg);
	/*
	 * A key, before it means anything; true: it shall mean nothing. May
	 * be NULL.
	 */
	bool (*wake)(void *arg);
	/*
	 * What is no key: mouse, focus, an answer to a question. len bytes.
	 * May be NULL.
	 */
	void (*report)(void *arg, const char *bytes, size_t len);
	void *arg;                /* of command to report */
	void *handler_arg;        /* of handler */
	const char *history_path; /* NULL: none kept */
};

/* Reads ~/.inputrc, so it may write to standard error. */
struct input *input_open(const struct input_config *config);
void input_close(struct input *in);

/* The person wants the keypad in its application mode (inputrc). */
bool input_wants_keypad(void);
/* The terminal does not mark pastes: tell them by their look. */
void input_guess_pastes(struct input *in);
void input_resize(int rows, int columns);

/* See ui_bound. */
char *input_bound(const char *function);
/* Do entered lines go into the file at history_path? At first they do. */
void input_keep_history(struct input *in, bool keep);

/* Bytes that were read from the keyboard. */
void input_feed(
    struct input *in, const char *bytes, size_t len, uint64_t now_ms);
/* When input_tick has something to do; 0: never. */
uint64_t input_deadline(const struct input *in);
void input_tick(struct input *in, uint64_t now_ms);
/* See ui_put_aside. */
bool input_put_aside(struct input *in);
/* See ui_line. */
char *input_line(const struct input *in);
/* See ui_remember. */
void input_remember(struct input *in, const char *text);
/* See ui_replace_line. */
bool input_replace_line(struct input *in, const char *from, const char *to);
/* As Ctrl-C does. */
void input_interrupt(struct input *in);

/* True once after each change of what input_look says. */
bool input_changed(struct input *in);
/* True once after something that deserves a beep. */
bool input_take_bell(struct input *in);

/* The line as it is to be drawn; valid until the next call that changes it. */
struct input_look {
	const char *prompt;
	const char *text; /* raw bytes */
	size_t len, point;
	size_t marked_from, marked_to; /* the region; empty: none */
	const char *mode;              /* "[cmd]", "[ins]", or NULL */
};
void input_look(const struct input *in, struct input_look *look);

/*
 * What a line that is /search, and nothing else, searches for: the rest of
 * it, which may be empty. NULL: it is something else.
 */
const char *input_search_words(const char *text);

/* What the last Tab found, clean; gone with the next key. */
struct input_matches {
	struct choice *list;
	size_t count;
	int width;      /* columns of the widest word */
	int help_width; /* of the widest help; 0: there is none */
	size_t page;    /* grows with every Tab that finds the same again */
};
const struct input_matches *input_matches(const struct input *in);

#endif
