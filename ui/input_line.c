/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"
#include "ui/history.h"
#include "ui/input_state.h"

char *
input_repair(const char *text, size_t len)
{
	/* One bad byte becomes the three of U+FFFD. */
	char *out = mem_alloc(len * 3 + 1);
	size_t n = 0;
	uint32_t cp;

	for (size_t at = 0; at < len;) {
		at += text_decode(text + at, len - at, &cp);
		n += text_encode(cp, out + n);
	}
	out[n] = '\0';
	return out;
}

void
input_add_action(struct input *in, enum action_type type,
    enum input_command command, char *text)
{
	if (in->action_count == in->action_size) {
		in->action_size = in->action_size * 2 + 4;
		in->actions = mem_realloc(
		    in->actions, in->action_size * sizeof(in->actions[0]));
	}
	in->actions[in->action_count++] =
	    (struct action){.type = type, .command = command, .text = text};
}

void
input_drop_actions(struct input *in)
{
	for (size_t i = 0; i < in->action_count; i++)
		free(in->actions[i].text);
	in->action_count = 0;
}

const char *
input_search_words(const char *text)
{
	static const char blanks[] = " \t\n", name[] = "/search";

	text += strspn(text, blanks);
	if (strncmp(text, name, sizeof(name) - 1) != 0)
		return NULL;
	text += sizeof(name) - 1;
	if (*text != '\0' && strchr(blanks, *text) == NULL)
		return NULL;
	return text + strspn(text, blanks);
}

/* On to the next place; where nothing is searched for, begin to. */
static void
search(struct input *in)
{
	const struct ui_handler *handler = in->config.handler;
	void *arg = in->config.handler_arg;

	if (handler->search_next(arg))
		return;
	if (rl_end > 0) {
		handler->notice(arg,
		    _("to search the history, enter /search and the words"));
		return;
	}
	if (rl_get_keymap() == vi_movement_keymap)
		rl_vi_insertion_mode(1, 0);
	rl_insert_text("/search ");
	in->changed = true;
}

static void
run_action(struct input *in, const struct action *a)
{
	const struct ui_handler *handler = in->config.handler;
	void *arg = in->config.handler_arg;

	switch (a->type) {
	case ACTION_LINE:
		in->config.entered(in->config.arg, a->text);
		handler->line(arg, a->text);
		break;
	case ACTION_LEAVE:
		handler->leave(arg);
		break;
	case ACTION_HINT:
		handler->notice(
		    arg, _("to leave, press Ctrl-D on the empty line or enter "
			   "/quit"));
		break;
	case ACTION_SEARCH:
		search(in);
		break;
	case ACTION_COMMAND:
		in->config.command(in->config.arg, a->command);
		break;
	}
}

void
input_run_actions(struct input *in)
{
	/* Running one may add others, and move the array. */
	for (size_t i = 0; i < in->action_count; i++) {
		struct action a = in->actions[i];

		in->actions[i].text = NULL;
		run_action(in, &a);
		free(a.text);
	}
	in->action_count = 0;
}

/* Entered twice in a row, it is remembered once. */
static void
remember(struct input *in, const char *line)
{
	HIST_ENTRY *last = history_length > 0
			       ? history_get(history_base + history_length - 1)
			       : NULL;

	if (last != NULL && strcmp(last->line, line) == 0)
		return;
	add_history(line);
	if (in->config.history_path != NULL && in->keep_history)
		history_file_append(in->config.history_path, line);
}

void
input_remember(struct input *in, const char *text)
{
	bool browsing = where_history() < history_length;

	remember(in, text);
	if (!browsing)
		using_history();
}

void
input_accept(char *line)
{
	struct input *in = input_current();
	char *text;

	if (line == NULL) {
		input_add_action(in, ACTION_LEAVE, 0, NULL);
		return;
	}
	text = input_repair(line, strlen(line));
	free(line);
	if (text[strspn(text, " \t\r\n\v\f")] != '\0') {
		remember(in, text);
		input_add_action(in, ACTION_LINE, 0, text);
	} else {
		free(text);
	}
	using_history();
}

static void
add_loaded(void *arg, const char *entry)
{
	(void)arg;
	add_history(entry);
}

void
input_load_history(struct input *in)
{
	clear_history();
	using_history();
	stifle_history(HISTORY_ENTRIES_MAX);
	if (in->config.history_path != NULL)
		history_file_load(in->config.history_path, add_loaded, NULL);
	using_history();
}

char *
input_line(const struct input *in)
{
	const HIST_ENTRY *old =
	    where_history() < history_length ? current_history() : NULL;

	(void)in;
	if (RL_ISSTATE(RL_STATE_ISEARCH | RL_STATE_NSEARCH) ||
	    (old != NULL && strcmp(old->line, rl_line_buffer) == 0))
		return NULL;
	return input_repair(rl_line_buffer, (size_t)rl_end);
}

/* Nobody has to know that a command is being typed. */
static bool
is_command(const char *text, size_t len)
{
	return text[0] == '/' && (len < 2 || text[1] != '/');
}

bool
input_put_aside(struct input *in)
{
	char *text = input_repair(rl_line_buffer, (size_t)rl_end);
	bool aside = rl_end > 0 && !is_command(text, (size_t)rl_end);

	if (aside) {
		input_call_off();
		input_clear_line();
		remember(in, text);
		using_history();
		input_run_actions(in);
		input_tell_edited(in);
	}
	free(text);
	return aside;
}

void
input_tell_edited(struct input *in)
{
	size_t len = (size_t)rl_end;

	if (len == in->told_len &&
	    (len == 0 || memcmp(in->told, rl_line_buffer, len) == 0))
		return;
	if (len > in->told_size) {
		in->told_size = len * 2;
		in->told = mem_realloc(in->told, in->told_size);
	}
	if (len > 0)
		memcpy(in->told, rl_line_buffer, len);
	in->told_len = len;
	in->config.handler->edited(
	    in->config.handler_arg, len == 0 || is_command(in->told, len));
}
