/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a token to readline: what is a key goes there whole, or not at all,
 * for readline would take the tail of an unbound one for text.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/readline.h>

#include "src/base/text.h"
#include "src/base/util.h"
#include "ui/input_state.h"

enum {
	KEY_ESC = 0x1B,
	KEY_CTRL_C = 0x03,
	KEY_CTRL_G = 0x07,
	INPUT_ESCAPE_MS = 1000, /* ESC, then a key: Meta, if it comes so soon */
};

bool
input_keys_wait(const struct input *in)
{
	return in->key_next < in->key_count;
}

void
input_queue_keys(struct input *in, const char *bytes, size_t len)
{
	if (in->key_next == in->key_count)
		in->key_next = in->key_count = 0;
	if (in->key_size - in->key_count < len) {
		in->key_size = (in->key_count + len) * 2;
		in->keys = mem_realloc(in->keys, in->key_size);
	}
	memcpy(in->keys + in->key_count, bytes, len);
	in->key_count += len;
}

/* Some commands are slow on long words: keep the line bounded. */
static void
cap_line(void)
{
	int cut = INPUT_LINE_MAX;

	if (rl_end <= INPUT_LINE_MAX)
		return;
	while (cut > 0 && (rl_line_buffer[cut] & 0xC0) == 0x80)
		cut--;
	rl_delete_text(cut, rl_end);
	if (rl_point > cut)
		rl_point = cut;
	rl_ding();
}

/* Let readline have what is queued. */
void
input_pump(struct input *in)
{
	while (input_keys_wait(in)) {
		rl_callback_read_char();
		cap_line();
	}
	input_run_actions(in);
}

/* The next key is taken as it is: after Ctrl-V, or in the middle of one. */
static bool
takes_anything(void)
{
	return RL_ISSTATE(RL_STATE_MULTIKEY) ||
	       rl_last_func == rl_quoted_insert;
}

/* ESC by itself ends something that is under way. */
static bool
ends_something(void)
{
	return takes_anything() ||
	       RL_ISSTATE(RL_STATE_ISEARCH | RL_STATE_NSEARCH |
			  RL_STATE_NUMERICARG | RL_STATE_VIMOTION |
			  RL_STATE_CHARSEARCH);
}

/* So it does where vi inserts; in its command mode it is of no use. */
static bool
takes_escape(void)
{
	return ends_something() ||
	       (rl_editing_mode == 0 && rl_get_keymap() != vi_movement_keymap);
}

/* vi's R has a keymap of its own, in which readline waits for ESC's rest. */
static bool
replaces(void)
{
	return rl_editing_mode == 0 && rl_get_keymap() != vi_movement_keymap &&
	       rl_get_keymap() != vi_insertion_keymap;
}

static rl_command_func_t *
function_of(const char *bytes, size_t len, int *type)
{
	return rl_function_of_keyseq_len(bytes, len, rl_get_keymap(), type);
}

static bool
is_bound(const char *bytes, size_t len)
{
	int type;

	return function_of(bytes, len, &type) != NULL;
}

/*
 * readline 8.2 ends a search at the first key of Ctrl-X e and the like, and
 * runs the rest where its way out (abort's longjmp) leads nowhere. So the
 * search ends before such a key, unless the key goes on with it.
 */
static void
leave_search(const struct token *token)
{
	rl_command_func_t *run;
	int type = ISFUNC;

	if (!RL_ISSTATE(RL_STATE_ISEARCH) || token->type == TOKEN_TEXT ||
	    token->type == TOKEN_ESCAPE || token->type == TOKEN_PASTE)
		return;
	run = function_of(token->bytes, token->len, &type);
	if (run == NULL || run == rl_reverse_search_history ||
	    run == rl_forward_search_history ||
	    (token->type == TOKEN_CONTROL && type != ISKMAP))
		return;
	input_call_off();
}

/* A cursor or function key. Unbound ones would leave their tail as text. */
static void
take_sequence(struct input *in, const struct token *token)
{
	const char *bytes = token->bytes;
	size_t len = token->len;

	if (token->type == TOKEN_META_SEQUENCE && !takes_anything() &&
	    !is_bound(bytes, len)) {
		bytes++;
		len--;
	}
	if (takes_anything() || is_bound(bytes, len))
		input_queue_keys(in, bytes, len);
	else
		rl_ding();
}

static void
take_key(struct input *in, const struct token *token, bool escaped)
{
	char first = token->bytes[0];

	if (escaped && first != KEY_CTRL_C && first != KEY_CTRL_G)
		input_queue_keys(in, (const char[]){KEY_ESC}, 1);
	if (text_is_utf8(token->bytes, token->len)) {
		input_queue_keys(in, token->bytes, token->len);
	} else {
		/* Half a character would make readline wait for the rest. */
		char *text = input_repair(token->bytes, token->len);

		input_queue_keys(in, text, strlen(text));
		free(text);
	}
}

static void
take_escape(struct input *in, uint64_t now_ms)
{
	if (in->config.escape != NULL && !takes_escape() &&
	    in->config.escape(in->config.arg))
		return;
	if (replaces() && !ends_something()) {
		rl_vi_movement_mode(1, KEY_ESC);
		in->changed = true;
	} else if (rl_editing_mode == 0 || ends_something()) {
		input_queue_keys(in, (const char[]){KEY_ESC}, 1);
	} else {
		in->escape_held = true;
		in->escape_ms = now_ms;
	}
}

void
input_take(struct input *in, const struct token *token, uint64_t now_ms)
{
	bool escaped =
	    in->escape_held && now_ms < in->escape_ms + INPUT_ESCAPE_MS;

	if (token->type == TOKEN_REPORT) {
		if (in->config.report != NULL)
			in->config.report(
			    in->config.arg, token->bytes, token->len);
		return;
	}
	if (in->config.wake != NULL && in->config.wake(in->config.arg) &&
	    token->type != TOKEN_PASTE)
		return;
	in->escape_held = false;
	in->paged.count = in->matches.count;
	in->paged.page = in->matches.page;
	if (in->matches.count > 0)
		input_clear_matches(in);
	/*
	 * Only plain text can wait for more to go together with it; not
	 * into a macro, of which readline then keeps the first letter alone.
	 */
	if (token->type != TOKEN_TEXT ||
	    RL_ISSTATE(RL_STATE_MACRODEF | RL_STATE_MULTIKEY))
		input_pump(in);
	leave_search(token);
	switch (token->type) {
	case TOKEN_TEXT:
	case TOKEN_CONTROL:
		take_key(in, token, escaped);
		break;
	case TOKEN_META:
		input_queue_keys(in, token->bytes, token->len);
		break;
	case TOKEN_ESCAPE:
		take_escape(in, now_ms);
		break;
	case TOKEN_SEQUENCE:
	case TOKEN_META_SEQUENCE:
		take_sequence(in, token);
		break;
	case TOKEN_PASTE:
		input_paste(in, token);
		break;
	case TOKEN_REPORT:
		break;
	}
	if (token->type != TOKEN_TEXT)
		input_pump(in);
}
