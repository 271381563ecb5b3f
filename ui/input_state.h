/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the input line share; nobody else includes it. */
#ifndef CHARLA_UI_INPUT_STATE_H
#define CHARLA_UI_INPUT_STATE_H

#include <stdio.h>

#include "ui/input.h"
#include "ui/token.h"

/* What readline's functions asked for, done once it has returned. */
enum action_type {
	ACTION_LINE,
	ACTION_LEAVE,
	ACTION_HINT,   /* Ctrl-C where nothing was to be emptied */
	ACTION_SEARCH, /* Ctrl-S where there is no /search to enter */
	ACTION_COMMAND,
};

struct action {
	enum action_type type;
	enum input_command command;
	char *text; /* ACTION_LINE; owned */
};

struct input {
	struct input_config config;
	FILE *nowhere; /* what readline prints to */
	struct tokenizer *tokens;
	char *keys; /* bytes readline has not read yet */
	size_t key_count, key_next, key_size;
	uint64_t escape_ms; /* when a lone ESC began to wait for its key */
	bool escape_held;
	bool guess_pastes;
	uint64_t paste_ms; /* when the last unmarked paste came */
	struct action *actions;
	size_t action_count, action_size;
	char *told; /* the line that handler->edited knows */
	size_t told_len, told_size;
	struct input_matches matches;
	/* What was shown until this key: if it is Tab again, more of it. */
	struct {
		size_t count, page;
	} paged;
	int columns;     /* of the screen */
	int goal_column; /* that rows up and down aim at */
	bool keep_history;
	bool changed, bell;
};

/* The one that is open: readline's callbacks have no argument of ours. */
struct input *input_current(void);
/* Whatever waits for more keys, a search too, ends where it is. */
void input_call_off(void);

/* input_token.c: keys, on their way to readline. */
void input_take(struct input *in, const struct token *token, uint64_t now_ms);
/* For readline, when it reads next. */
void input_queue_keys(struct input *in, const char *bytes, size_t len);
bool input_keys_wait(const struct input *in);
/* Let readline have what is queued, and do what it asks for. */
void input_pump(struct input *in);

/* input_bind.c: our functions, their keys and defaults. */
void input_bind(void);
/* The text of the line goes; what it was can be had back with undo. */
void input_clear_line(void);

/* input_rows.c: up and down in a line of several rows */
int input_row_up(int count, int key);
int input_row_down(int count, int key);

/* input_line.c: whole lines, and what follows from them. */
void input_accept(char *line);
void input_add_action(struct input *in, enum action_type type,
    enum input_command command, char *text);
void input_run_actions(struct input *in);
/* Forget actions that were not run. */
void input_drop_actions(struct input *in);
/* Tell handler->edited if the text is not the one of the last time. */
void input_tell_edited(struct input *in);
void input_load_history(struct input *in);
/* A copy with U+FFFD for what is not UTF-8. */
char *input_repair(const char *text, size_t len);

/* input_paste.c: text that did not come key by key. */
void input_paste(struct input *in, const struct token *token);
/* Is this the look of a paste that the terminal did not mark as one? */
bool input_is_paste(
    struct input *in, const char *bytes, size_t len, uint64_t now_ms);

/* input_complete.c */
void input_complete_init(void);
void input_complete_end(void);
void input_clear_matches(struct input *in);

#endif
