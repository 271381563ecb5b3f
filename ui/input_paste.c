/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pasted text is put into the line and never acts: its newlines do not
 * send, and in vi's command mode its letters are no commands.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/readline.h>

#include "src/base/util.h"
#include "ui/input_state.h"

enum { PASTE_GOES_ON_MS = 30 };

_Static_assert((size_t)UI_PASTE_MAX == TOKEN_PASTE_MAX, "what is kept");

/* A search string is one line. */
static void
paste_into_search(struct input *in, char *text)
{
	for (char *p = text; *p != '\0'; p++) {
		if (*p == '\n' || *p == '\t')
			*p = ' ';
	}
	input_queue_keys(in, text, strlen(text));
}

static void
paste_into_line(struct input *in, const char *text)
{
	const struct ui_handler *handler = in->config.handler;
	bool alone = rl_end == 0 && *text != '\0';

	input_call_off();
	rl_begin_undo_group();
	rl_insert_text(text);
	rl_end_undo_group();
	in->changed = true;
	if (alone && handler->pasted != NULL)
		handler->pasted(in->config.handler_arg, text);
}

void
input_paste(struct input *in, const struct token *token)
{
	char *text;

	text = input_repair(token->bytes, token->len);
	if ((size_t)rl_end + strlen(text) > INPUT_LINE_MAX)
		in->config.handler->pasted_long(
		    in->config.handler_arg, text, token->pasted);
	else if (RL_ISSTATE(RL_STATE_ISEARCH | RL_STATE_NSEARCH))
		paste_into_search(in, text);
	else
		paste_into_line(in, text);
	free(text);
}

bool
input_replace_line(struct input *in, const char *from, const char *to)
{
	size_t len = strlen(from);

	/* What a search shows is not the line. */
	if (RL_ISSTATE(RL_STATE_ISEARCH | RL_STATE_NSEARCH) ||
	    strlen(to) > INPUT_LINE_MAX || (size_t)rl_end != len ||
	    memcmp(rl_line_buffer, from, len) != 0)
		return false;
	input_call_off();
	input_clear_matches(in);
	rl_begin_undo_group();
	rl_delete_text(0, rl_end);
	rl_point = rl_mark = 0;
	rl_deactivate_mark();
	rl_insert_text(to);
	rl_end_undo_group();
	/* There, the cursor never stands behind the last character. */
	if (rl_get_keymap() == vi_movement_keymap)
		rl_backward_char(1, 0);
	in->changed = true;
	input_tell_edited(in);
	return true;
}

static bool
prints(char c)
{
	return (unsigned char)c >= ' ' && c != 0x7F;
}

/* Two line ends or more with text before and after each. */
static bool
has_inner_lines(const char *bytes, size_t len)
{
	bool text = false, ended = false;
	int inner = 0;

	for (size_t i = 0; i < len; i++) {
		if (prints(bytes[i])) {
			inner += ended;
			text = true;
			ended = false;
		} else if (bytes[i] == '\r' && text) {
			ended = true;
		}
	}
	return inner >= 2;
}

bool
input_is_paste(struct input *in, const char *bytes, size_t len, uint64_t now_ms)
{
	bool goes_on =
	    in->paste_ms != 0 && now_ms < in->paste_ms + PASTE_GOES_ON_MS;

	/* Only where no key has begun, and none is among the bytes. */
	if (!in->guess_pastes || tokenizer_deadline(in->tokens) != 0 ||
	    memchr(bytes, '\033', len) != NULL)
		return false;
	if (!has_inner_lines(bytes, len) &&
	    !(goes_on && len > 1 && memchr(bytes, '\r', len) != NULL))
		return false;
	in->paste_ms = now_ms;
	return true;
}
