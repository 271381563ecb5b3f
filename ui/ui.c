/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The screen's clockwork: when a frame is due. A key's frame comes at once;
 * the others at most every UI_FRAME_MS, and none before the last one has
 * left for the terminal.
 */
#include "ui/ui.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "src/base/util.h"
#include "ui/input.h"
#include "ui/logtime.h"
#include "ui/paint.h"
#include "ui/progress.h"
#include "ui/term.h"
#include "ui/theme.h"

enum {
	UI_READ_MAX = 64 * 1024,
	UI_TYPED_MAX = 256, /* bytes in one read: more is no single key */
	UI_FRAME_MS = 16,
	UI_ROWS_MS = 250,     /* between frames while a transfer moves */
	UI_STALLED_MS = 1000, /* while none does */
};

struct ui {
	struct ui_config config;
	struct ui_settings settings;
	char *time_format;
	enum palette background; /* what it is made for, if that is known */
	struct term *term;
	struct input *input;
	struct paint paint;
	uint64_t drawn_version; /* of the model */
	uint64_t drawn_ms;
	uint64_t rows_due_ms;   /* 0: nothing moves by itself */
	uint64_t found_version; /* of the model, when it was drawn */
	struct {
		uint64_t layout; /* of the model, when they were asked for */
		size_t from, upto;
	} wanted;    /* lines of the past */
	bool dirty;  /* something but the model changed */
	bool urgent; /* by a key */
	bool aside;  /* the terminal is another program's for a while */
	bool ended;  /* nothing will come from the keyboard */
};

static void
repaint(struct ui *ui)
{
	term_repaint(ui->term);
	ui->dirty = ui->urgent = true;
}

/* True where there was a list, and it is gone now. */
static bool
close_list(struct ui *ui)
{
	if (!paint_shows_list(&ui->paint))
		return false;
	ui->config.handler->list_closed(ui->config.arg);
	ui->dirty = ui->urgent = true;
	return true;
}

static bool
escape_pressed(void *arg)
{
	return close_list(arg);
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
edit_line(struct ui *ui)
{
	const struct ui_handler *handler = ui->config.handler;
	struct input_look look;
	char *text;

	input_look(ui->input, &look);
	text = str_ndup(look.text, look.len);
	handler->edit(ui->config.arg, text);
	free(text);
}

static void
run_command(void *arg, enum input_command command)
{
	struct ui *ui = arg;
	const struct model *m = ui->config.model;

	paint_arrange(&ui->paint);
	ui->dirty = ui->urgent = true;
	switch (command) {
	case INPUT_SCROLL_UP:
	case INPUT_SCROLL_DOWN:
	case INPUT_SCROLL_TOP:
	case INPUT_SCROLL_BOTTOM:
		if (paint_shows_list(&ui->paint))
			scroll_list(&ui->paint.list, command);
		else
			scroll_log(&ui->paint.log, m, command);
		break;
	case INPUT_REDRAW:
		repaint(ui);
		break;
	case INPUT_HELP:
		close_list(ui);
		logpane_bottom(&ui->paint.log, m);
		ui->config.handler->line(ui->config.arg, "/help");
		break;
	case INPUT_SUSPEND:
		ui_suspend(ui);
		break;
	case INPUT_EDIT:
		edit_line(ui);
		break;
	}
}

/* Whoever speaks looks at the present; a search leads elsewhere. */
static void
line_entered(void *arg, const char *text)
{
	struct ui *ui = arg;

	if (input_search_words(text) == NULL)
		logpane_bottom(&ui->paint.log, ui->config.model);
}

/* The palette is that of the settings and of what the terminal said. */
static void
choose_palette(struct ui *ui)
{
	const enum palette palettes[] = {
	    [UI_THEME_AUTO] = ui->background,
	    [UI_THEME_DARK] = PALETTE_DARK,
	    [UI_THEME_LIGHT] = PALETTE_LIGHT,
	    [UI_THEME_MONO] = PALETTE_MONO,
	};

	ui->paint.palette =
	    theme_palette(palettes[ui->settings.theme], getenv("NO_COLOR"));
	ui->dirty = true;
}

static void
report_heard(void *arg, const char *bytes, size_t len)
{
	struct ui *ui = arg;
	enum palette background = theme_of_answer(bytes, len);

	if (background == PALETTE_BOTH)
		return;
	term_answered(ui->term);
	ui->background = background;
	choose_palette(ui);
}

/* Its own answer is worth more than a variable that a shell handed down. */
static void
ask_background(struct ui *ui)
{
	static const char question[] = THEME_QUESTION;

	ui->background = theme_of_variable(getenv("COLORFGBG"));
	choose_palette(ui);
	if (term_takes_strings(ui->term))
		term_ask(ui->term, question, sizeof(question) - 1);
}

int
ui_open(const struct ui_config *config, struct ui **out, struct reason *why)
{
	struct ui *ui;
	struct input_config input = {
	    .handler = config->handler,
	    .handler_arg = config->arg,
	    .command = run_command,
	    .entered = line_entered,
	    .escape = escape_pressed,
	    .report = report_heard,
	    .history_path = config->history_path,
	};

	if (term_check(why) < 0)
		return ERR_INVALID;
	ui = mem_zalloc(sizeof(*ui));
	ui->config = *config;
	ui_set(ui, config->settings);
	input.arg = ui;
	ui->input = input_open(&input);
	if (term_open(input_wants_keypad(), &ui->term, why) < 0) {
		input_close(ui->input);
		free(ui->time_format);
		free(ui);
		return ERR_INVALID;
	}
	if (!term_marks_pastes(ui->term))
		input_guess_pastes(ui->input);
	ui->paint.term = ui->term;
	ui->paint.input = ui->input;
	ui->paint.model = config->model;
	ui->paint.settings = &ui->settings;
	ask_background(ui);
	ui->dirty = ui->urgent = true;
	input_resize(term_rows(ui->term), term_columns(ui->term));
	*out = ui;
	return 0;
}

void
ui_close(struct ui *ui)
{
	if (ui == NULL)
		return;
	if (ui->aside)
		ui_come_back(ui);
	term_close(ui->term);
	input_close(ui->input);
	paint_release(&ui->paint);
	free(ui->time_format);
	free(ui);
}

void
ui_set(struct ui *ui, const struct ui_settings *settings)
{
	str_replace(&ui->time_format, str_dup(settings->time_format));
	ui->settings = *settings;
	ui->settings.time_format = ui->time_format;
	ui->paint.log.time_columns = logtime_columns(ui->time_format);
	choose_palette(ui);
}

bool
ui_put_aside(struct ui *ui)
{
	return input_put_aside(ui->input);
}

bool
ui_replace_line(struct ui *ui, const char *from, const char *to)
{
	return input_replace_line(ui->input, from, to);
}

void
ui_remember(struct ui *ui, const char *text)
{
	input_remember(ui->input, text);
}

void
ui_keep_history(struct ui *ui, bool keep)
{
	input_keep_history(ui->input, keep);
}

int
ui_input_fd(const struct ui *ui)
{
	return ui->ended || ui->aside ? -1 : STDIN_FILENO;
}

int
ui_output_fd(const struct ui *ui)
{
	return term_output_fd(ui->term);
}

bool
ui_wants_output(const struct ui *ui)
{
	return !ui->aside && term_wants_output(ui->term);
}

void
ui_read(struct ui *ui, uint64_t now_ms)
{
	char bytes[UI_READ_MAX];
	ssize_t n = read(STDIN_FILENO, bytes, sizeof(bytes));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		/* The terminal is gone: nobody is left to ask. */
		ui->ended = true;
		ui->config.handler->leave(ui->config.arg);
		return;
	}
	input_feed(ui->input, bytes, (size_t)n, now_ms);
	if (n <= UI_TYPED_MAX)
		ui->urgent = true;
}

void
ui_write(struct ui *ui)
{
	term_write(ui->term);
}

static bool
wants_frame(const struct ui *ui)
{
	return ui->dirty || ui->urgent ||
	       ui->drawn_version != ui->config.model->version;
}

uint64_t
ui_deadline(const struct ui *ui)
{
	uint64_t due = input_deadline(ui->input);
	uint64_t frame = 0;

	if (ui->aside)
		return 0;
	/* While a frame is on its way, POLLOUT comes first. */
	if (!ui_wants_output(ui))
		frame = wants_frame(ui) ? ui->drawn_ms + UI_FRAME_MS
					: ui->rows_due_ms;
	if (due == 0 || (frame != 0 && frame < due))
		due = frame;
	return due;
}

void
ui_tick(struct ui *ui, uint64_t now_ms)
{
	uint64_t due = input_deadline(ui->input);

	if (due != 0 && now_ms >= due) {
		input_tick(ui->input, now_ms);
		ui->urgent = true;
	}
}

/* When what is on the screen about transfers stops being true. */
static uint64_t
rows_due(const struct ui *ui, uint64_t now_ms)
{
	const struct model *m = ui->config.model;
	uint64_t due = 0;

	for (int i = 0; i < ui->paint.layout.transfers.height; i++) {
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
ask_for_lines(struct ui *ui)
{
	const struct model *m = ui->config.model;
	size_t from, upto;

	if (paint_shows_list(&ui->paint) ||
	    !logpane_wants(&ui->paint.log, m, &from, &upto) ||
	    (ui->wanted.layout == m->layout && ui->wanted.from == from &&
		ui->wanted.upto == upto))
		return;
	ui->wanted.layout = m->layout;
	ui->wanted.from = from;
	ui->wanted.upto = upto;
	ui->config.handler->want(ui->config.arg, from, upto);
}

/* What a search has found is in the log. */
static void
show_found(struct ui *ui)
{
	const struct model *m = ui->config.model;

	if (ui->found_version != m->found_version && m->found != SIZE_MAX)
		close_list(ui);
	ui->found_version = m->found_version;
}

void
ui_draw(struct ui *ui, uint64_t now_ms)
{
	bool rows = ui->rows_due_ms != 0 && now_ms >= ui->rows_due_ms;

	if (ui->aside)
		return;
	if (input_changed(ui->input))
		ui->dirty = true;
	if ((!wants_frame(ui) && !rows) || term_wants_output(ui->term))
		return;
	if (!ui->urgent && now_ms < ui->drawn_ms + UI_FRAME_MS)
		return;
	if (input_take_bell(ui->input))
		term_beep(ui->term);
	show_found(ui);
	paint_arrange(&ui->paint);
	ui->drawn_version = ui->config.model->version;
	ask_for_lines(ui);
	if (ui->drawn_version != ui->config.model->version) {
		/* The answer was at hand. */
		paint_arrange(&ui->paint);
		ui->drawn_version = ui->config.model->version;
	}
	paint_frame(&ui->paint, now_ms);
	ui->drawn_ms = now_ms;
	ui->rows_due_ms = rows_due(ui, now_ms);
	ui->dirty = ui->urgent = false;
}

void
ui_resize(struct ui *ui)
{
	if (ui->aside)
		return;
	term_resize(ui->term);
	input_resize(term_rows(ui->term), term_columns(ui->term));
	ui->dirty = ui->urgent = true;
}

void
ui_resume(struct ui *ui)
{
	if (ui->aside)
		return;
	term_enter(ui->term);
	ui_resize(ui);
}

void
ui_step_aside(struct ui *ui, const char *file)
{
	term_leave(ui->term);
	term_guard_file(ui->term, file);
	ui->aside = true;
}

void
ui_come_back(struct ui *ui)
{
	if (!ui->aside)
		return;
	ui->aside = false;
	ui_resume(ui);
}

/*
 * The whole job stops, as it would by the terminal's own Ctrl-Z: there may
 * be a script around us. The signal arrives before kill returns.
 */
void
ui_suspend(struct ui *ui)
{
	struct sigaction stop = {.sa_handler = SIG_DFL}, old;
	sigset_t just_this, mask;

	if (!ui->aside)
		term_leave(ui->term);
	sigemptyset(&stop.sa_mask);
	sigaction(SIGTSTP, &stop, &old);
	sigemptyset(&just_this);
	sigaddset(&just_this, SIGTSTP);
	pthread_sigmask(SIG_UNBLOCK, &just_this, &mask);
	kill(0, SIGTSTP);
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
	sigaction(SIGTSTP, &old, NULL);
	ui_resume(ui);
}

void
ui_interrupt(struct ui *ui)
{
	if (ui->aside)
		return;
	input_interrupt(ui->input);
	ui->dirty = ui->urgent = true;
}
