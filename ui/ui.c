/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The door to whichever of the two is open: the painted screen so far. */
#include "ui/ui.h"

#include <stdlib.h>

#include "src/base/util.h"
#include "ui/screen.h"

struct ui {
	struct screen *screen;
};

int
ui_open(const struct ui_config *config, struct ui **out, struct reason *why)
{
	struct ui *ui = mem_zalloc(sizeof(*ui));
	int r = screen_open(config, &ui->screen, why);

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
	screen_close(ui->screen);
	free(ui);
}

void
ui_set(struct ui *ui, const struct ui_settings *settings)
{
	screen_set(ui->screen, settings);
}

bool
ui_put_aside(struct ui *ui)
{
	return screen_put_aside(ui->screen);
}

char *
ui_line(const struct ui *ui)
{
	return screen_line(ui->screen);
}

bool
ui_replace_line(struct ui *ui, const char *from, const char *to)
{
	return screen_replace_line(ui->screen, from, to);
}

void
ui_remember(struct ui *ui, const char *text)
{
	screen_remember(ui->screen, text);
}

char *
ui_bound(const struct ui *ui, const char *function)
{
	return screen_bound(ui->screen, function);
}

void
ui_keep_history(struct ui *ui, bool keep)
{
	screen_keep_history(ui->screen, keep);
}

int
ui_copy(struct ui *ui, const char *text)
{
	return screen_copy(ui->screen, text);
}

int
ui_input_fd(const struct ui *ui)
{
	return screen_input_fd(ui->screen);
}

int
ui_output_fd(const struct ui *ui)
{
	return screen_output_fd(ui->screen);
}

bool
ui_wants_output(const struct ui *ui)
{
	return screen_wants_output(ui->screen);
}

void
ui_read(struct ui *ui, uint64_t now_ms)
{
	screen_read(ui->screen, now_ms);
}

void
ui_write(struct ui *ui)
{
	screen_write(ui->screen);
}

uint64_t
ui_deadline(const struct ui *ui)
{
	return screen_deadline(ui->screen);
}

void
ui_tick(struct ui *ui, uint64_t now_ms)
{
	screen_tick(ui->screen, now_ms);
}

void
ui_draw(struct ui *ui, uint64_t now_ms)
{
	screen_draw(ui->screen, now_ms);
}

void
ui_tell(struct ui *ui, const struct news *news)
{
	screen_tell(ui->screen, news);
}

void
ui_resize(struct ui *ui)
{
	screen_resize(ui->screen);
}

void
ui_suspend(struct ui *ui)
{
	screen_suspend(ui->screen);
}

void
ui_resume(struct ui *ui)
{
	screen_resume(ui->screen);
}

void
ui_step_aside(struct ui *ui, const char *file)
{
	screen_step_aside(ui->screen, file);
}

void
ui_come_back(struct ui *ui)
{
	screen_come_back(ui->screen);
}

void
ui_interrupt(struct ui *ui)
{
	screen_interrupt(ui->screen);
}
