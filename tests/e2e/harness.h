/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Programs in terminals, as a person would use them: each screen is a
 * program on a pty with a terminal model (libvterm) at the other end. Every
 * wait reads the output of all live screens, so that two programs that talk
 * to each other both go on.
 *
 * Waits are for conditions. deadline_ms 0 is the usual one, 20 s; where
 * CHARLA_TEST_SLOW is set (sanitizers, valgrind) every deadline is three
 * times as long. A wait that fails prints what it waited for and all live
 * screens to stderr, and returns false.
 */
#ifndef CHARLA_TESTS_HARNESS_H
#define CHARLA_TESTS_HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>
#include <termios.h>

struct screen;

struct screen_config {
	const char *name;        /* for messages; NULL: argv[0] */
	int rows, cols;          /* 0: 24 and 80 */
	const char *const *argv; /* NULL-terminated; found along PATH */
	/*
	 * NULL-terminated "K=V" on top of the pinned environment (TERM
	 * xterm-256color, LANG C.UTF-8, TZ UTC, INPUTRC /dev/null, HOME and
	 * what the sanitizers need); "K" alone takes K away. May be NULL.
	 */
	const char *const *env;
	const char *home; /* HOME; NULL: a new folder, removed by close */
	const char *cwd;  /* NULL: ours */
};

/* Never NULL: what cannot be started ends the test program. */
struct screen *screen_start(const struct screen_config *config);
/* Kill what still runs, and free. NULL is fine. */
void screen_close(struct screen *s);
void screen_close_all(void);

/* Read what all live screens say for this long, or until there is more. */
void screen_pump(int ms);
/* Wait until ready(arg); what names it in the message of a failure. */
bool screen_wait_for(
    bool (*ready)(void *arg), void *arg, const char *what, int deadline_ms);
/* Text is looked for within single rows. */
bool screen_wait_text(struct screen *s, const char *text, int deadline_ms);
bool screen_wait_gone(struct screen *s, const char *text, int deadline_ms);
bool screen_wait_row(
    struct screen *s, int row, const char *text, int deadline_ms);
/* Exactly count times on the whole screen. */
bool screen_wait_count(
    struct screen *s, const char *text, int count, int deadline_ms);
bool screen_wait_cursor(struct screen *s, int row, int col, int deadline_ms);
/* Nothing was written for quiet_ms: the picture is whole. */
bool screen_wait_quiet(struct screen *s, int quiet_ms, int deadline_ms);
/* status is waitpid's; may be NULL. */
bool screen_wait_exit(struct screen *s, int deadline_ms, int *status);

/* What is to be seen. Rows and columns count from 0. */
enum { SCREEN_ROW_MAX = 4096 };
/* UTF-8 without spaces at the end; returns buf. */
char *screen_row_text(struct screen *s, int row, char buf[SCREEN_ROW_MAX]);
int screen_count(struct screen *s, const char *text);
/* Row of the first place from the top that holds text, or -1. */
int screen_find(struct screen *s, const char *text, int *col);
void screen_cursor(struct screen *s, int *row, int *col);
void screen_size(struct screen *s, int *rows, int *cols);

struct screen_modes {
	bool alternate; /* on the alternate screen */
	bool cursor_visible;
	int mouse;         /* libvterm's VTERM_PROP_MOUSE_*, 0: off */
	unsigned bells;    /* rung so far */
	const char *title; /* never NULL; lives until the next pump */
};
void screen_modes(struct screen *s, struct screen_modes *modes);
/* Was "CSI ? number h" sent, and no "l" since? 2004: bracketed paste. */
bool screen_dec_mode(struct screen *s, int number);

struct screen_style {
	bool bold, underline, reverse;
	int fg, bg; /* palette index; -1: the default; -2: a RGB colour */
};
void screen_style(
    struct screen *s, int row, int col, struct screen_style *style);

/* Everything written since the start. Lives until the next pump. */
const char *screen_output(struct screen *s, size_t *len);
bool screen_output_has(struct screen *s, const char *bytes, size_t len);
/* All rows, the cursor and the modes, for a person who looks for a fault. */
void screen_dump(struct screen *s, FILE *out);

/* What a person does. Sending reads at the same time, so nothing locks. */
void screen_send(struct screen *s, const char *bytes, size_t len);
void screen_keys(struct screen *s, const char *keys);
/*
 * Wait until the program has read everything. Without this, several calls
 * may reach it in one read(2), as a paste would.
 */
bool screen_wait_read(struct screen *s);
/* As a terminal does it: in brackets where the program asked for them. */
void screen_paste(struct screen *s, const char *text);
void screen_resize(struct screen *s, int rows, int cols);

/*
 * As a terminal that has stopped: what the program says is left unread until
 * this is undone. What is typed still goes to it.
 */
void screen_stall(struct screen *s, bool stalled);
/* The terminal takes nothing more. */
bool screen_is_full(struct screen *s);

#define KEYS_ENTER     "\r"
#define KEYS_TAB       "\t"
#define KEYS_ESCAPE    "\033"
#define KEYS_BACKSPACE "\177"
#define KEYS_CTRL(c)   ((char[]){(char)((c)&0x1f), '\0'})
#define KEYS_UP        "\033[A"
#define KEYS_DOWN      "\033[B"
#define KEYS_RIGHT     "\033[C"
#define KEYS_LEFT      "\033[D"
#define KEYS_HOME      "\033[H"
#define KEYS_END       "\033[F"
#define KEYS_DELETE    "\033[3~"
#define KEYS_PAGE_UP   "\033[5~"
#define KEYS_PAGE_DOWN "\033[6~"

pid_t screen_pid(const struct screen *s);
void screen_signal(struct screen *s, int signal_number);
bool screen_is_alive(struct screen *s);

/* The pty's settings: before the program began, and now. */
void screen_termios_before(const struct screen *s, struct termios *t);
void screen_termios_now(const struct screen *s, struct termios *t);
bool screen_termios_restored(const struct screen *s);

/* HOME, as the program sees it. */
const char *screen_home(const struct screen *s);

/* A new folder; what is left of it when the test program ends is removed. */
void make_temp_dir(char path[static 1], size_t size);
void remove_tree(const char *path);
/* ms, or three times that where things are slow. 0: the usual deadline. */
int deadline_scaled(int ms);

#endif
