/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "src/base/util.h"
#include "ui/background.h"
#include "ui/mouse.h"
#include "ui/paint_log.h"
#include "ui/screen_state.h"

enum { MOUSE_ROWS = 3 }; /* at a notch of the wheel */

static void
repaint(struct screen *s)
{
	term_repaint(s->term);
	s->dirty = s->urgent = true;
}

bool
screen_close_list(struct screen *s)
{
	if (!paint_shows_list(&s->paint))
		return false;
	s->config.handler->list_closed(s->config.arg);
	s->dirty = s->urgent = true;
	return true;
}

bool
screen_escape(void *arg)
{
	return screen_close_list(arg);
}

static void
scroll_list(struct listpane *list, enum input_command command)
{
	if (command == INPUT_SCROLL_UP)
		listpane_page(list, -1);
	else if (command == INPUT_SCROLL_DOWN)
		listpane_page(list, 1);
	else if (command == INPUT_SCROLL_TOP)
		listpane_top(list);
	else
		listpane_bottom(list);
}

static void
scroll_log(
    struct logpane *log, const struct model *m, enum input_command command)
{
	int page = log->height > 1 ? log->height - 1 : 1;

	if (command == INPUT_SCROLL_UP)
		logpane_scroll(log, m, -page);
	else if (command == INPUT_SCROLL_DOWN)
		logpane_scroll(log, m, page);
	else if (command == INPUT_SCROLL_TOP)
		logpane_top(log, m);
	else
		logpane_bottom(log, m);
}

static void
edit_line(struct screen *s)
{
	const struct ui_handler *handler = s->config.handler;
	struct input_look look;
	char *text;

	input_look(s->input, &look);
	text = str_ndup(look.text, look.len);
	handler->edit(s->config.arg, text);
	free(text);
}

/* To what waits for the person; a list that stands before it goes. */
static void
go_to(struct screen *s, enum input_command command)
{
	const struct model *m = s->config.model;
	struct logpane *log = &s->paint.log;
	bool there;

	if (screen_close_list(s))
		paint_arrange(&s->paint);
	logpane_here(log, m);
	there = command == INPUT_UNREAD ? logpane_to_unread(log, m)
					: logpane_to_question(log, m);
	if (!there)
		term_beep(s->term);
}

/* The mouse is the terminal's own there. */
static void
begin_bare(struct screen *s)
{
	if (screen_close_list(s))
		paint_arrange(&s->paint);
	bare_begin(&s->bare, &s->paint);
	term_set_mouse(s->term, s->settings.mouse && !s->bare.on);
	s->rows_due_ms = 0;
}

/* The window has got the focus, or lost it. */
static void
note_focus(struct screen *s)
{
	struct logpane *log = &s->paint.log;

	if (s->told.focus == FOCUS_AWAY)
		logpane_mark_unread(log, s->config.model);
	else
		logpane_here(log, s->config.model);
	s->dirty = true;
}

bool
screen_wake(void *arg)
{
	struct screen *s = arg;

	if (told_key(&s->told))
		note_focus(s);
	if (!bare_end(&s->bare, &s->paint))
		return false;
	term_set_mouse(s->term, s->settings.mouse);
	s->dirty = s->urgent = true;
	return true;
}

void
screen_command(void *arg, enum input_command command)
{
	struct screen *s = arg;
	const struct model *m = s->config.model;

	paint_arrange(&s->paint);
	s->dirty = s->urgent = true;
	switch (command) {
	case INPUT_SCROLL_UP:
	case INPUT_SCROLL_DOWN:
	case INPUT_SCROLL_TOP:
	case INPUT_SCROLL_BOTTOM:
		if (paint_shows_list(&s->paint))
			scroll_list(&s->paint.list, command);
		else
			scroll_log(&s->paint.log, m, command);
		break;
	case INPUT_UNREAD:
	case INPUT_QUESTION:
		go_to(s, command);
		break;
	case INPUT_BARE:
		begin_bare(s);
		break;
	case INPUT_REDRAW:
		repaint(s);
		break;
	case INPUT_HELP:
		s->config.handler->help(s->config.arg);
		break;
	case INPUT_SUSPEND:
		screen_suspend(s);
		break;
	case INPUT_EDIT:
		edit_line(s);
		break;
	}
}

/* Whoever speaks looks at the present; a search leads elsewhere. */
void
screen_entered(void *arg, const char *text)
{
	struct screen *s = arg;

	if (input_search_words(text) == NULL)
		logpane_bottom(&s->paint.log, s->config.model);
}

/* By so many rows, whichever of the two stands there. */
static void
roll(struct screen *s, int rows)
{
	if (paint_shows_list(&s->paint))
		listpane_scroll(&s->paint.list, rows);
	else
		logpane_scroll(&s->paint.log, s->config.model, rows);
}

/* A question gets its answer into the line: a person still has to enter it. */
static void
answer_question(struct screen *s, int row)
{
	const struct line *line;
	char *text;

	if (paint_shows_list(&s->paint))
		return;
	line = paint_log_at(&s->paint, row);
	if (line == NULL || line->question == 0)
		return;
	text = str_printf("/accept %u", line->question);
	input_replace_line(s->input, "", text);
	free(text);
}

static void
use_mouse(struct screen *s, const struct mouse *mouse)
{
	if (!s->settings.mouse)
		return;
	paint_arrange(&s->paint);
	s->dirty = s->urgent = true;
	if (mouse->act == MOUSE_WHEEL_UP)
		roll(s, -MOUSE_ROWS);
	else if (mouse->act == MOUSE_WHEEL_DOWN)
		roll(s, MOUSE_ROWS);
	else if (mouse->act == MOUSE_PRESS)
		answer_question(s, mouse->row);
}

void
screen_report(void *arg, const char *bytes, size_t len)
{
	struct screen *s = arg;
	struct mouse mouse;

	if (told_focus(&s->told, bytes, len)) {
		note_focus(s);
		return;
	}
	if (mouse_parse(bytes, len, &mouse)) {
		use_mouse(s, &mouse);
		return;
	}
	if (background_heard(s->term, bytes, len, &s->background))
		screen_choose_palette(s);
}
