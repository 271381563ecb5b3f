/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The door to whichever of the two is open; plain mode lacks some parts. */
#include "ui/ui.h"

#include <stdlib.h>

#include "src/base/util.h"
#include "ui/plain.h"
#include "ui/screen.h"
#include "ui/term.h"

/* One of them. */
struct ui {
	struct screen *screen;
	struct plain *plain;
};

int
ui_check(struct reason *why)
{
	return screen_check(why);
}

int
ui_colors(void)
{
	return term_colors();
}

int
ui_open(const struct ui_config *config, struct ui **out, struct reason *why)
{
	struct ui *ui = mem_zalloc(sizeof(*ui));
	int r = 0;

	if (config->plain)
		ui->plain = plain_open(config);
	else
		r = screen_open(config, &ui->screen, why);
	if (r < 0) {
		free(ui);
		return r;
	}
	*out = ui;
	return 0;
}

void
ui_close(struct ui *ui)
{
	if (ui == NULL)
		return;
	if (ui->plain != NULL)
		plain_close(ui->plain);
	else
		screen_close(ui->screen);
	free(ui);
}

void
ui_set(struct ui *ui, const struct ui_settings *settings)
{
	if (ui->plain != NULL)
		plain_set(ui->plain, settings);
	else
		screen_set(ui->screen, settings);
}

void
ui_room(const struct ui *ui, struct ui_room *room)
{
	*room = (struct ui_room){0};
	if (ui->screen != NULL)
		screen_room(ui->screen, room);
}

bool
ui_put_aside(struct ui *ui)
{
	return ui->screen != NULL && screen_put_aside(ui->screen);
}

char *
ui_line(const struct ui *ui)
{
	return ui->screen != NULL ? screen_line(ui->screen) : NULL;
}

bool
ui_replace_line(struct ui *ui, const char *from, const char *to)
{
	return ui->screen != NULL && screen_replace_line(ui->screen, from, to);
}

void
ui_remember(struct ui *ui, const char *text)
{
	if (ui->screen != NULL)
		screen_remember(ui->screen, text);
}

char *
ui_bound(const struct ui *ui, const char *function)
{
	return ui->screen != NULL ? screen_bound(ui->screen, function) : NULL;
}

void
ui_keep_history(struct ui *ui, bool keep)
{
	if (ui->screen != NULL)
		screen_keep_history(ui->screen, keep);
}

int
ui_copy(struct ui *ui, const char *text)
{
	return ui->screen != NULL ? screen_copy(ui->screen, text) : ERR_INVALID;
}

int
ui_input_fd(const struct ui *ui)
{
	return ui->plain != NULL ? plain_input_fd(ui->plain)
				 : screen_input_fd(ui->screen);
}

int
ui_output_fd(const struct ui *ui)
{
	return ui->plain != NULL ? plain_output_fd(ui->plain)
				 : screen_output_fd(ui->screen);
}

bool
ui_wants_output(const struct ui *ui)
{
	return ui->plain != NULL ? plain_wants_output(ui->plain)
				 : screen_wants_output(ui->screen);
}

bool
ui_is_busy(const struct ui *ui)
{
	return ui->plain != NULL && plain_is_busy(ui->plain);
}

void
ui_read(struct ui *ui, uint64_t now_ms)
{
	if (ui->plain != NULL)
		plain_read(ui->plain, now_ms);
	else
		screen_read(ui->screen, now_ms);
}

void
ui_write(struct ui *ui)
{
	if (ui->plain != NULL)
		plain_write(ui->plain);
	else
		screen_write(ui->screen);
}

uint64_t
ui_deadline(const struct ui *ui)
{
	return ui->plain != NULL ? plain_deadline(ui->plain)
				 : screen_deadline(ui->screen);
}

void
ui_tick(struct ui *ui, uint64_t now_ms)
{
	if (ui->screen != NULL)
		screen_tick(ui->screen, now_ms);
}

void
ui_draw(struct ui *ui, uint64_t now_ms)
{
	if (ui->plain != NULL)
		plain_draw(ui->plain, now_ms);
	else
		screen_draw(ui->screen, now_ms);
}

void
ui_tell(struct ui *ui, const struct news *news)
{
	if (ui->screen != NULL)
		screen_tell(ui->screen, news);
}

void
ui_resize(struct ui *ui)
{
	if (ui->screen != NULL)
		screen_resize(ui->screen);
}

void
ui_suspend(struct ui *ui)
{
	if (ui->screen != NULL)
		screen_suspend(ui->screen);
}

void
ui_resume(struct ui *ui)
{
	if (ui->screen != NULL)
		screen_resume(ui->screen);
}

void
ui_step_aside(struct ui *ui, const char *file)
{
	if (ui->screen != NULL)
		screen_step_aside(ui->screen, file);
}

void
ui_come_back(struct ui *ui)
{
	if (ui->screen != NULL)
		screen_come_back(ui->screen);
}

void
ui_interrupt(struct ui *ui)
{
	if (ui->screen != NULL)
		screen_interrupt(ui->screen);
}
