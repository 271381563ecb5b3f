/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The painted screen behind ui.h: its functions mean what they mean there. */
#ifndef CHARLA_UI_SCREEN_H
#define CHARLA_UI_SCREEN_H

#include "ui/ui.h"

struct screen;

int screen_check(struct reason *why);
int screen_open(
    const struct ui_config *config, struct screen **out, struct reason *why);
void screen_close(struct screen *s);
void screen_set(struct screen *s, const struct ui_settings *settings);
bool screen_put_aside(struct screen *s);
char *screen_line(const struct screen *s);
bool screen_replace_line(struct screen *s, const char *from, const char *to);
void screen_remember(struct screen *s, const char *text);
char *screen_bound(const struct screen *s, const char *function);
void screen_keep_history(struct screen *s, bool keep);
void screen_room(const struct screen *s, struct ui_room *room);
int screen_copy(struct screen *s, const char *text);
int screen_input_fd(const struct screen *s);
int screen_output_fd(const struct screen *s);
bool screen_wants_output(const struct screen *s);
void screen_read(struct screen *s, uint64_t now_ms);
void screen_write(struct screen *s);
uint64_t screen_deadline(const struct screen *s);
void screen_tick(struct screen *s, uint64_t now_ms);
void screen_draw(struct screen *s, uint64_t now_ms);
void screen_tell(struct screen *s, const struct news *news);
void screen_resize(struct screen *s);
void screen_suspend(struct screen *s);
void screen_resume(struct screen *s);
void screen_step_aside(struct screen *s, const char *file);
void screen_come_back(struct screen *s);
void screen_interrupt(struct screen *s);

#endif
