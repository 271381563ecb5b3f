/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The screen's clockwork: when a frame is due. A key's frame comes at once;
 * the others at most every UI_FRAME_MS, and none before the last one has
 * left for the terminal.
 */
#include "ui/screen.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/util.h"
#include "ui/background.h"
#include "ui/logtime.h"
#include "ui/osc52.h"
#include "ui/progress.h"
#include "ui/screen_state.h"
#include "ui/told.h"

enum {
	UI_READ_MAX = 64 * 1024,
	UI_TYPED_MAX = 256, /* bytes in one read: more is no single key */
	UI_FRAME_MS = 16,
	UI_ROWS_MS = 250,     /* between frames while a transfer moves */
	UI_STALLED_MS = 1000, /* while none does */
};

void
screen_choose_palette(struct screen *s)
{
	s->paint.palette = background_palette(s->background, s->settings.theme);
	s->dirty = true;
}

/* Who has a terminal that is called dumb knows that it is. */
int
screen_check(struct reason *why)
{
	const char *type = getenv("TERM");
	bool terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);

	if (terminal && term_check(why) == 0)
		return 0;
	if (!terminal || type == NULL || strcmp(type, "dumb") == 0)
		why->text[0] = '\0';
	return ERR_INVALID;
}

int
screen_open(
    const struct ui_config *config, struct screen **out, struct reason *why)
{
	struct screen *s;
	struct input_config input = {
	    .handler = config->handler,
	    .handler_arg = config->arg,
	    .command = screen_command,
	    .entered = screen_entered,
	    .escape = screen_escape,
	    .wake = screen_wake,
	    .report = screen_report,
	    .history_path = config->history_path,
	};

	if (term_check(why) < 0)
		return ERR_INVALID;
	s = mem_zalloc(sizeof(*s));
	s->config = *config;
	screen_set(s, config->settings);
	input.arg = s;
	s->input = input_open(&input);
	if (term_open(input_wants_keypad(), &s->term, why) < 0) {
		input_close(s->input);
		free(s->time_format);
		free(s);
		return ERR_INVALID;
	}
	if (!term_marks_pastes(s->term))
		input_guess_pastes(s->input);
	s->paint.term = s->term;
	s->paint.input = s->input;
	s->paint.model = config->model;
	s->paint.settings = &s->settings;
	s->told.term = s->term;
	s->told.model = config->model;
	s->told.settings = &s->settings;
	s->background = background_ask(s->term);
	screen_choose_palette(s);
	term_set_mouse(s->term, s->settings.mouse);
	s->dirty = s->urgent = true;
	input_resize(term_rows(s->term), term_columns(s->term));
	*out = s;
	return 0;
}

void
screen_close(struct screen *s)
{
	if (s == NULL)
		return;
	if (s->aside)
		screen_come_back(s);
	term_close(s->term);
	input_close(s->input);
	paint_release(&s->paint);
	told_release(&s->told);
	free(s->time_format);
	free(s);
}

void
screen_room(const struct screen *s, struct ui_room *room)
{
	const struct layout *l = &s->paint.layout;

	room->rows = l->log.height;
	room->columns = l->columns - log_indent(&s->paint.log, LINE_HELP);
	room->light = s->paint.palette == PALETTE_LIGHT;
}

void
screen_set(struct screen *s, const struct ui_settings *settings)
{
	/* Nothing else takes a link off the cells again. */
	if (s->term != NULL && s->settings.links != settings->links)
		term_repaint(s->term);
	str_replace(&s->time_format, str_dup(settings->time_format));
	s->settings = *settings;
	s->settings.time_format = s->time_format;
	told_set(&s->told);
	s->paint.log.time_columns = logtime_columns(s->time_format);
	/* While it opens there is no terminal yet. */
	if (s->term != NULL)
		term_set_mouse(s->term, s->settings.mouse && !s->bare.on);
	screen_choose_palette(s);
}

bool
screen_put_aside(struct screen *s)
{
	return input_put_aside(s->input);
}

char *
screen_line(const struct screen *s)
{
	return input_line(s->input);
}

bool
screen_replace_line(struct screen *s, const char *from, const char *to)
{
	return input_replace_line(s->input, from, to);
}

void
screen_remember(struct screen *s, const char *text)
{
	input_remember(s->input, text);
}

void
screen_keep_history(struct screen *s, bool keep)
{
	input_keep_history(s->input, keep);
}

char *
screen_bound(const struct screen *s, const char *function)
{
	(void)s;
	return input_bound(function);
}

int
screen_copy(struct screen *s, const char *text)
{
	size_t len = strlen(text);
	char *bytes;

	if (!term_takes_strings(s->term))
		return ERR_INVALID;
	if (len > OSC52_MAX)
		return ERR_FULL;
	bytes = osc52_bytes(text, len);
	term_send(s->term, bytes, strlen(bytes));
	free(bytes);
	s->dirty = true;
	return 0;
}

int
screen_input_fd(const struct screen *s)
{
	return s->ended || s->aside ? -1 : STDIN_FILENO;
}

int
screen_output_fd(const struct screen *s)
{
	return term_output_fd(s->term);
}

bool
screen_wants_output(const struct screen *s)
{
	return !s->aside && term_wants_output(s->term);
}

void
screen_read(struct screen *s, uint64_t now_ms)
{
	char bytes[UI_READ_MAX];
	ssize_t n = read(STDIN_FILENO, bytes, sizeof(bytes));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		/* The terminal is gone: nobody is left to ask. */
		s->ended = true;
		s->config.handler->leave(s->config.arg);
		return;
	}
	input_feed(s->input, bytes, (size_t)n, now_ms);
	if (n <= UI_TYPED_MAX)
		s->urgent = true;
}

void
screen_write(struct screen *s)
{
	term_write(s->term);
}

static bool
wants_frame(const struct screen *s)
{
	if (s->bare.on)
		return !s->bare.drawn;
	return s->dirty || s->urgent ||
	       s->drawn_version != s->config.model->version;
}

/* 0: never. */
static uint64_t
sooner(uint64_t a, uint64_t b)
{
	return a == 0 || (b != 0 && b < a) ? b : a;
}

uint64_t
screen_deadline(const struct screen *s)
{
	uint64_t due = input_deadline(s->input);
	uint64_t frame = 0;

	if (s->aside)
		return 0;
	/* While a frame is on its way, POLLOUT comes first. */
	if (screen_wants_output(s))
		return due;
	frame = wants_frame(s) ? s->drawn_ms + UI_FRAME_MS : s->rows_due_ms;
	return sooner(sooner(due, frame), told_deadline(&s->told));
}

void
screen_tick(struct screen *s, uint64_t now_ms)
{
	uint64_t due = input_deadline(s->input);

	if (due != 0 && now_ms >= due) {
		input_tick(s->input, now_ms);
		s->urgent = true;
	}
}

/* When what is on the screen about transfers stops being true. */
static uint64_t
rows_due(const struct screen *s, uint64_t now_ms)
{
	const struct model *m = s->config.model;
	uint64_t due = 0;

	for (int i = 0; i < s->paint.layout.transfers.height; i++) {
		const struct row *row = &m->rows[i];

		if (row->state != ROW_RUNNING)
			continue;
		if (now_ms < row->moved_ms + PROGRESS_STALL_MS)
			return now_ms + UI_ROWS_MS;
		due = now_ms + UI_STALLED_MS;
	}
	return due;
}

/* Ask for lines that are lacking, but for the same ones only once. */
static void
ask_for_lines(struct screen *s)
{
	const struct model *m = s->config.model;
	size_t from, upto;

	if (paint_shows_list(&s->paint) ||
	    !logpane_wants(&s->paint.log, m, &from, &upto) ||
	    (s->wanted.layout == m->layout && s->wanted.from == from &&
		s->wanted.upto == upto))
		return;
	s->wanted.layout = m->layout;
	s->wanted.from = from;
	s->wanted.upto = upto;
	s->config.handler->want(s->config.arg, from, upto);
}

/* What a search has found is in the log. */
static void
show_found(struct screen *s)
{
	const struct model *m = s->config.model;

	if (s->found_version != m->found_version && m->found != SIZE_MAX)
		screen_close_list(s);
	s->found_version = m->found_version;
}

static bool
frame_is_due(const struct screen *s, uint64_t now_ms)
{
	bool rows = s->rows_due_ms != 0 && now_ms >= s->rows_due_ms;

	return (wants_frame(s) || rows) &&
	       (s->urgent || now_ms >= s->drawn_ms + UI_FRAME_MS);
}

static void
draw_frame(struct screen *s, uint64_t now_ms)
{
	if (input_take_bell(s->input))
		term_beep(s->term);
	show_found(s);
	paint_arrange(&s->paint);
	s->drawn_version = s->config.model->version;
	ask_for_lines(s);
	if (s->drawn_version != s->config.model->version) {
		/* The answer was at hand. */
		paint_arrange(&s->paint);
		s->drawn_version = s->config.model->version;
	}
	paint_frame(&s->paint, now_ms);
	s->drawn_ms = now_ms;
	s->rows_due_ms = rows_due(s, now_ms);
	s->dirty = s->urgent = false;
}

void
screen_draw(struct screen *s, uint64_t now_ms)
{
	if (s->aside)
		return;
	if (input_changed(s->input)) {
		logpane_typed(&s->paint.log, s->config.model);
		s->dirty = true;
	}
	if (term_wants_output(s->term))
		return;
	if (s->bare.on) {
		bare_draw(&s->bare, &s->paint);
		s->dirty = s->urgent = false;
	} else if (frame_is_due(s, now_ms)) {
		draw_frame(s, now_ms);
	}
	told_write(&s->told, now_ms);
}

void
screen_tell(struct screen *s, const struct news *news)
{
	told_news(&s->told, news);
}

void
screen_resize(struct screen *s)
{
	if (s->aside)
		return;
	term_resize(s->term);
	input_resize(term_rows(s->term), term_columns(s->term));
	s->dirty = s->urgent = true;
	bare_stale(&s->bare);
}

void
screen_resume(struct screen *s)
{
	if (s->aside)
		return;
	term_enter(s->term);
	told_left(&s->told);
	screen_resize(s);
}

void
screen_step_aside(struct screen *s, const char *file)
{
	term_leave(s->term);
	term_guard_file(s->term, file);
	s->aside = true;
}

void
screen_come_back(struct screen *s)
{
	if (!s->aside)
		return;
	s->aside = false;
	screen_resume(s);
}

/*
 * The whole job stops, as it would by the terminal's own Ctrl-Z: there may
 * be a script around us. The signal arrives before kill returns.
 */
void
screen_suspend(struct screen *s)
{
	struct sigaction stop = {.sa_handler = SIG_DFL}, old;
	sigset_t just_this, mask;

	if (!s->aside)
		term_leave(s->term);
	sigemptyset(&stop.sa_mask);
	sigaction(SIGTSTP, &stop, &old);
	sigemptyset(&just_this);
	sigaddset(&just_this, SIGTSTP);
	pthread_sigmask(SIG_UNBLOCK, &just_this, &mask);
	kill(0, SIGTSTP);
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
	sigaction(SIGTSTP, &old, NULL);
	screen_resume(s);
}

void
screen_interrupt(struct screen *s)
{
	if (s->aside)
		return;
	input_interrupt(s->input);
	s->dirty = s->urgent = true;
}
