/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the person sees and enters: the painted screen (title, log, transfers,
 * status, input line), or lines alone. It reads the model and never writes
 * it; what the person does goes up through one struct of handlers. It owns
 * the terminal between ui_open and ui_close.
 *
 * Plain mode has no input line of its own: what is said here about that line
 * does nothing there, and of the handlers it uses line, leave, want,
 * search_next, list_closed, refused and ended.
 *
 * The owner polls ui_input_fd for POLLIN and, while ui_wants_output,
 * ui_output_fd for POLLOUT, and calls ui_draw once before it sleeps.
 */
#ifndef CHARLA_UI_UI_H
#define CHARLA_UI_UI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/choices.h"
#include "src/base/err.h"
#include "src/model.h"
#include "ui/notify.h"
#include "ui/osc.h"

struct ui;

enum { UI_PASTE_MAX = 16 * 1024 * 1024 }; /* bytes that are kept */

struct ui_handler {
	/* A whole line (never empty) was entered; may hold newlines. */
	void (*line)(void *arg, const char *text);
	/* The person changed the line: it is empty (or a command) now, or not.
	 */
	void (*edited)(void *arg, bool empty);
	/*
	 * Tab: line up to the cursor; the word begins at byte start. out is
	 * empty, and the screen releases it.
	 */
	void (*complete)(
	    void *arg, const char *line, size_t start, struct choices *out);
	/* Ctrl-D on an empty line. */
	void (*leave)(void *arg);
	/* Positions from to upto (both included) of the past are wanted. */
	void (*want)(void *arg, size_t from, size_t upto);
	/* Ctrl-S: go on with the search; false where none is under way. */
	bool (*search_next)(void *arg);
	/*
	 * Text was pasted into an empty line, and is all that stands there.
	 * ui_replace_line may put something else in its place, also later.
	 */
	void (*pasted)(void *arg, const char *text);
	/*
	 * Text was pasted that is too long for the line, which is as it was.
	 * Of more than UI_PASTE_MAX bytes, came counts all of them.
	 */
	void (*pasted_long)(void *arg, const char *text, size_t came);
	/*
	 * The line is to be written elsewhere; text is what it holds. To be
	 * given back by ui_replace_line.
	 */
	void (*edit)(void *arg, const char *text);
	/* F1: keys and commands are wanted in place of the log, or no more. */
	void (*help)(void *arg);
	/* The person has seen enough of the list: model_hide_list. */
	void (*list_closed)(void *arg);
	/* Something to tell the person (a paste too long, ...). */
	void (*notice)(void *arg, const char *text);
	/* Plain mode: a line that was not taken. */
	void (*refused)(void *arg, const char *text);
	/*
	 * Plain mode, where standard input is no terminal: all has been entered
	 * that ever will be. why is NULL, or says what is broken.
	 */
	void (*ended)(void *arg, const struct reason *why);
};

enum ui_theme {
	UI_THEME_AUTO, /* as the terminal says it is, else what fits both */
	UI_THEME_DARK,
	UI_THEME_LIGHT,
	UI_THEME_MONO,
};

/* What a person can choose, also while it runs. */
struct ui_settings {
	enum ui_theme theme;
	const char *time_format; /* of strftime; in front of each line */
	enum ui_notify notify;   /* how to tell a person who looks elsewhere */
	bool notify_text; /* say what came; else only that something did */
	bool mouse;       /* wheel, and clicks on questions */
	bool title;       /* the terminal's own */
	bool progress;    /* of a transfer, to the terminal: OSC 9;4 */
	bool links;       /* OSC 8 */
};

struct ui_config {
	const struct model *model;
	const struct ui_handler *handler;
	void *arg;
	const char *history_path; /* readline's history; NULL: none kept */
	const struct ui_settings *settings; /* copied */
	bool plain;                         /* lines instead of a screen */
};

/*
 * Can a screen be painted here? ERR_INVALID where it cannot: it has to be
 * plain. why is a sentence where that is a surprise, else empty.
 */
int ui_check(struct reason *why);
/* How many the terminal has, as far as that is known; -1: it is not. */
int ui_colors(void);
/* ERR_INVALID where the terminal cannot do it, with a sentence. */
int ui_open(
    const struct ui_config *config, struct ui **out, struct reason *why);
/* Flush what is drawn (500 ms at most), restore the terminal, free. */
void ui_close(struct ui *ui);

/* What can be drawn in one line of the log, all of it in sight. */
struct ui_room {
	int rows, columns; /* of its text; 0: better nothing is drawn */
	bool light;        /* dark on a light background */
};
void ui_room(const struct ui *ui, struct ui_room *room);

/* Copied; shown with the next frame. */
void ui_set(struct ui *ui, const struct ui_settings *settings);

/*
 * What is being typed, unless it is a command, goes into the line history as
 * if it had been entered. False where there is nothing.
 */
bool ui_put_aside(struct ui *ui);
/*
 * A copy of the line being typed; the caller frees. NULL: what stands there is
 * only looked at, an old line say.
 */
char *ui_line(const struct ui *ui);
/*
 * Where the line being typed is exactly from, put to in its place, as one step
 * that undo takes back. False: it is something else by now.
 */
bool ui_replace_line(struct ui *ui, const char *from, const char *to);
/*
 * Into the line history with it, as if it had been entered. For what has no
 * place in the line.
 */
void ui_remember(struct ui *ui, const char *text);
/*
 * The keys that are bound now to a function of readline or of ours, in words,
 * "PgUp, Ctrl-P"; NULL: none. The caller frees.
 */
char *ui_bound(const struct ui *ui, const char *function);
/* Do entered lines go into readline's history file? At first they do. */
void ui_keep_history(struct ui *ui, bool keep);

/*
 * Ask the terminal to put text into the clipboard; whether it does, it does
 * not say. ERR_FULL: too long; ERR_INVALID: no way there.
 */
int ui_copy(struct ui *ui, const char *text);

int ui_input_fd(const struct ui *ui);
int ui_output_fd(const struct ui *ui);
bool ui_wants_output(const struct ui *ui);
/* Plain mode: something that was asked for has not all been written. */
bool ui_is_busy(const struct ui *ui);
/* Read what is there (POLLIN) and act on it. */
void ui_read(struct ui *ui, uint64_t now_ms);
/* Write what the terminal takes (POLLOUT). */
void ui_write(struct ui *ui);
/* When ui_tick wants to run, in clock_mono_ms() time; 0: never. */
uint64_t ui_deadline(const struct ui *ui);
void ui_tick(struct ui *ui, uint64_t now_ms);
/*
 * Draw one frame if something changed and the last one has left. While
 * transfers run it asks, through ui_deadline, to be drawn again in time to
 * keep rates and "stalled" true.
 */
void ui_draw(struct ui *ui, uint64_t now_ms);

/*
 * Something came that a person wants to know of who looks elsewhere: it is
 * told as the settings say, once it is known that the window has no focus.
 */
void ui_tell(struct ui *ui, const struct news *news);

/*
 * SIGWINCH; SIGTSTP and Ctrl-Z (returns after SIGCONT); SIGCONT; SIGINT. Not
 * for plain mode.
 */
void ui_resize(struct ui *ui);
void ui_suspend(struct ui *ui);
void ui_resume(struct ui *ui);
void ui_interrupt(struct ui *ui);

/*
 * Leave the terminal to another program, which has been given file to work
 * at; that is removed should this program fall meanwhile, and so is its
 * folder. Nothing is drawn or read until ui_come_back.
 */
void ui_step_aside(struct ui *ui, const char *file);
void ui_come_back(struct ui *ui);

/*
 * Every key the screen binds by itself: one table for the man page's check,
 * the help and the bindings. function is what ~/.inputrc can bind.
 */
struct ui_key {
	const char *name;     /* "PgUp" as the man page writes it */
	const char *sequence; /* what the terminal sends */
	const char *function; /* "charla-scroll-up" */
	const char *help;     /* N_() text */
};
extern const struct ui_key ui_keys[];
extern const size_t ui_key_count;
/* Functions of readline's own that are used most; they bring their keys. */
struct ui_line_key {
	const char *function;
	const char *help; /* N_() text */
};
extern const struct ui_line_key ui_line_keys[];
extern const size_t ui_line_key_count;

#endif
