/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Plain mode behind ui.h: lines instead of a screen, in a pipe too. What it
 * has no part for (the input line, its history) is not here.
 */
#ifndef CHARLA_UI_PLAIN_H
#define CHARLA_UI_PLAIN_H

#include "ui/ui.h"

struct plain;

struct plain *plain_open(const struct ui_config *config);
void plain_close(struct plain *p);
void plain_set(struct plain *p, const struct ui_settings *settings);
int plain_input_fd(const struct plain *p);
int plain_output_fd(const struct plain *p);
bool plain_wants_output(const struct plain *p);
bool plain_is_busy(const struct plain *p);
void plain_read(struct plain *p, uint64_t now_ms);
void plain_write(struct plain *p);
uint64_t plain_deadline(const struct plain *p);
void plain_draw(struct plain *p, uint64_t now_ms);

#endif
