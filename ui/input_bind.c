/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Our commands as readline functions, so that ~/.inputrc can bind them like
 * any other. All of this happens before rl_initialize reads that file.
 */
#include <stdio.h>
#include <string.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "src/base/util.h"
#include "ui/input_state.h"

static int
command(enum input_command c)
{
	input_add_action(input_current(), ACTION_COMMAND, c, NULL);
	return 0;
}

static int
scroll_up(int count, int key)
{
	(void)count, (void)key;
	return command(INPUT_SCROLL_UP);
}

static int
scroll_down(int count, int key)
{
	(void)count, (void)key;
	return command(INPUT_SCROLL_DOWN);
}

static int
scroll_top(int count, int key)
{
	(void)count, (void)key;
	return command(INPUT_SCROLL_TOP);
}

static int
scroll_bottom(int count, int key)
{
	(void)count, (void)key;
	return command(INPUT_SCROLL_BOTTOM);
}

static int
unread(int count, int key)
{
	(void)count, (void)key;
	return command(INPUT_UNREAD);
}

static int
question(int count, int key)
{
	(void)count, (void)key;
	return command(INPUT_QUESTION);
}

static int
bare(int count, int key)
{
	(void)count, (void)key;
	return command(INPUT_BARE);
}

static int
redraw(int count, int key)
{
	(void)count, (void)key;
	return command(INPUT_REDRAW);
}

static int
help(int count, int key)
{
	(void)count, (void)key;
	return command(INPUT_HELP);
}

static int
suspend(int count, int key)
{
	(void)count, (void)key;
	return command(INPUT_SUSPEND);
}

void
input_clear_line(void)
{
	struct input *in = input_current();

	if (rl_end == 0)
		input_add_action(in, ACTION_HINT, 0, NULL);
	if (where_history() < history_length)
		rl_end_of_history(1, 0);
	rl_begin_undo_group();
	rl_delete_text(0, rl_end);
	rl_point = rl_mark = 0;
	rl_end_undo_group();
	if (rl_editing_mode == 0 && rl_get_keymap() != vi_insertion_keymap)
		rl_vi_insertion_mode(1, 0);
	in->changed = true;
}

static int
clear_line(int count, int key)
{
	(void)count, (void)key;
	input_clear_line();
	return 0;
}

/* A search that stands in the line is entered. */
static int
search(int count, int key)
{
	const char *words = input_search_words(rl_line_buffer);

	if (words != NULL && *words != '\0')
		return rl_newline(count, key);
	input_add_action(input_current(), ACTION_SEARCH, 0, NULL);
	return 0;
}

static int
insert_newline(int count, int key)
{
	(void)count, (void)key;
	return rl_insert_text("\n") < 0;
}

static int
edit_line(int count, int key)
{
	(void)count, (void)key;
	return command(INPUT_EDIT);
}

static const struct {
	const char *name;
	rl_command_func_t *run;
} functions[] = {
    {"charla-scroll-up", scroll_up},
    {"charla-scroll-down", scroll_down},
    {"charla-scroll-top", scroll_top},
    {"charla-scroll-bottom", scroll_bottom},
    {"charla-unread", unread},
    {"charla-question", question},
    {"charla-bare", bare},
    {"charla-redraw", redraw},
    {"charla-help", help},
    {"charla-search", search},
    {"charla-clear-line", clear_line},
    {"charla-suspend", suspend},
    {"charla-insert-newline", insert_newline},
    {"charla-line-up", input_row_up},
    {"charla-line-down", input_row_down},
    {"charla-edit-line", edit_line},
    /* As bash calls it; here nothing is executed, only edited. */
    {"edit-and-execute-command", edit_line},
    {"vi-edit-and-execute-command", edit_line},
};

/* The same keys as other terminals send them. */
static const struct {
	const char *sequence, *function;
} aliases[] = {
    {"\033[27;2;13~", "charla-insert-newline"}, /* modifyOtherKeys */
    {"\033[13;3u", "charla-insert-newline"},
    {"\033[27;3;13~", "charla-insert-newline"},
    {"\033OA", "charla-line-up"},
    {"\033OB", "charla-line-down"},
    {"\033[11~", "charla-help"},      /* rxvt */
    {"\033[[A", "charla-help"},       /* Linux console */
    {"\033[7^", "charla-scroll-top"}, /* rxvt */
    {"\033[8^", "charla-scroll-bottom"},
    {"\033[1~", "beginning-of-line"},
    {"\033[7~", "beginning-of-line"},
    {"\033[4~", "end-of-line"},
    {"\033[8~", "end-of-line"},
    {"\033[3~", "delete-char"},
};

static void
bind_key(const char *sequence, const char *name)
{
	rl_command_func_t *run = rl_named_function(name);

	rl_bind_keyseq_in_map(sequence, run, emacs_standard_keymap);
	rl_bind_keyseq_in_map(sequence, run, vi_insertion_keymap);
	/* Enter moves there, whatever is held down with it. */
	if (run != insert_newline)
		rl_bind_keyseq_in_map(sequence, run, vi_movement_keymap);
}

void
input_bind(void)
{
	for (size_t i = 0; i < COUNT(functions); i++)
		rl_add_defun(functions[i].name, functions[i].run, -1);
	for (size_t i = 0; i < ui_key_count; i++)
		bind_key(ui_keys[i].sequence, ui_keys[i].function);
	for (size_t i = 0; i < COUNT(aliases); i++)
		bind_key(aliases[i].sequence, aliases[i].function);
	rl_bind_keyseq_in_map("v", edit_line, vi_movement_keymap);
	rl_variable_bind("show-all-if-ambiguous", "on");
}
