/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keys go to readline whole: each token is queued, and readline takes from
 * the queue through its getc hook, so that it never waits for the rest of a
 * key. What it wants done comes back as actions.
 */
#include "ui/input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "src/base/text.h"
#include "src/base/util.h"
#include "ui/input_state.h"
#include "ui/token.h"

enum { KEY_CTRL_G = 0x07, INPUT_LEAST_COLUMNS = 20 };

static const char prompt[] = "> ";

/* readline has one state per process and gives its callbacks no argument. */
static struct input *current;

struct input *
input_current(void)
{
	return current;
}

/* readline's own is silent without a terminal; the library calls this one. */
int
rl_ding(void)
{
	const char *style = rl_variable_value("bell-style");

	if (current != NULL && (style == NULL || strcmp(style, "none") != 0))
		current->bell = true;
	return 0;
}

static void
note_change(void)
{
	current->changed = true;
}

static int
keys_wait(void)
{
	return input_keys_wait(current);
}

/*
 * A command wants more than its key. That key is not there, and waiting
 * would stop the program, so the command is called off.
 */
static int
next_key(FILE *ignored)
{
	(void)ignored;
	if (!keys_wait())
		return KEY_CTRL_G;
	return (unsigned char)current->keys[current->key_next++];
}

void
input_call_off(void)
{
	bool argument = RL_ISSTATE(RL_STATE_NUMERICARG);

	rl_callback_sigcleanup();
	/* The prompt that the argument stood in front of. */
	if (argument)
		rl_restore_prompt();
	rl_clear_message();
}

static void
start_readline(struct input *in)
{
	rl_readline_name = "charla";
	rl_catch_signals = 0;
	rl_catch_sigwinch = 0;
	rl_change_environment = 0;
	rl_prep_term_function = NULL;
	rl_deprep_term_function = NULL;
	in->nowhere = fopen("/dev/null", "w");
	if (in->nowhere != NULL)
		rl_outstream = in->nowhere;
	/* Our keys first, so that the person's inputrc has the last word. */
	input_bind();
	rl_initialize();
	/* Set earlier, this one would keep terminfo's keys away. */
	rl_redisplay_function = note_change;
	rl_getc_function = next_key;
	rl_input_available_hook = keys_wait;
	input_complete_init();
	input_load_history(in);
	rl_callback_handler_install(prompt, input_accept);
}

struct input *
input_open(const struct input_config *config)
{
	struct input *in = mem_zalloc(sizeof(*in));

	in->config = *config;
	in->tokens = tokenizer_new();
	in->keep_history = true;
	in->changed = true;
	current = in;
	start_readline(in);
	return in;
}

void
input_close(struct input *in)
{
	if (in == NULL)
		return;
	input_call_off();
	/*
	 * History and undo lists are left to readline: while an old line is
	 * being changed they share memory, and freeing them frees it twice.
	 */
	rl_callback_handler_remove();
	rl_redisplay_function = rl_redisplay;
	rl_getc_function = rl_getc;
	rl_input_available_hook = NULL;
	rl_outstream = NULL;
	if (in->nowhere != NULL)
		fclose(in->nowhere);
	input_drop_actions(in);
	input_clear_matches(in);
	input_complete_end();
	tokenizer_free(in->tokens);
	free(in->actions);
	free(in->keys);
	free(in->told);
	free(in);
	current = NULL;
}

bool
input_wants_keypad(void)
{
	const char *value = rl_variable_value("enable-keypad");

	return value != NULL && strcmp(value, "on") == 0;
}

void
input_guess_pastes(struct input *in)
{
	in->guess_pastes = true;
}

void
input_keep_history(struct input *in, bool keep)
{
	in->keep_history = keep;
}

void
input_resize(int rows, int columns)
{
	current->columns = columns;
	/* Where readline computes with these, it subtracts and divides. */
	rl_set_screen_size(rows < 2 ? 2 : rows,
	    columns < INPUT_LEAST_COLUMNS ? INPUT_LEAST_COLUMNS : columns);
}

void
input_tick(struct input *in, uint64_t now_ms)
{
	struct token token;

	while (tokenizer_next(in->tokens, now_ms, &token))
		input_take(in, &token, now_ms);
	input_pump(in);
	input_tell_edited(in);
}

void
input_feed(struct input *in, const char *bytes, size_t len, uint64_t now_ms)
{
	bool paste = input_is_paste(in, bytes, len, now_ms);

	if (paste)
		tokenizer_feed(in->tokens, "\033[200~", 6, now_ms);
	tokenizer_feed(in->tokens, bytes, len, now_ms);
	if (paste)
		tokenizer_feed(in->tokens, "\033[201~", 6, now_ms);
	input_tick(in, now_ms);
}

uint64_t
input_deadline(const struct input *in)
{
	return tokenizer_deadline(in->tokens);
}

void
input_interrupt(struct input *in)
{
	input_call_off();
	input_clear_line();
	input_run_actions(in);
	input_tell_edited(in);
}

bool
input_changed(struct input *in)
{
	bool changed = in->changed;

	in->changed = false;
	return changed;
}

bool
input_take_bell(struct input *in)
{
	bool bell = in->bell;

	in->bell = false;
	return bell;
}

static const char *
mode_name(void)
{
	if (rl_editing_mode != 0)
		return NULL;
	return rl_get_keymap() == vi_movement_keymap ? "[cmd]" : "[ins]";
}

void
input_look(const struct input *in, struct input_look *look)
{
	(void)in;
	memset(look, 0, sizeof(*look));
	look->prompt = rl_display_prompt != NULL ? rl_display_prompt : prompt;
	look->text = rl_line_buffer;
	look->len = (size_t)rl_end;
	look->point = (size_t)rl_point;
	if (rl_mark_active_p()) {
		bool before = rl_mark < rl_point;

		look->marked_from = (size_t)(before ? rl_mark : rl_point);
		look->marked_to = (size_t)(before ? rl_point : rl_mark);
	}
	look->mode = mode_name();
}

const struct input_matches *
input_matches(const struct input *in)
{
	return &in->matches;
}
