/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A model with a log pane that looks at it, for the tests of the pane. */
#ifndef CHARLA_TESTS_LOG_SCENE_H
#define CHARLA_TESTS_LOG_SCENE_H

#include <stddef.h>
#include <stdint.h>

#include "src/model.h"
#include "ui/logpane.h"

enum { COLUMNS = 40, HEIGHT = 10, TIME_COLUMNS = 5 };

struct scene {
	struct model model;
	struct logpane pane;
	struct log_row rows[1000];
	size_t count; /* of rows */
};

/* For cmocka: *state is the scene. */
int scene_set_up(void **state);
int scene_tear_down(void **state);

/* To the present; each says its number, or where it stands. */
void scene_add(struct scene *s, size_t lines);
void scene_add_numbered(struct scene *s, uint64_t number, size_t lines);
void scene_add_text(struct scene *s, const char *text);
void scene_add_line(struct scene *s, enum line_kind kind, int64_t time_ms);
/* Positions of the past, both included, with text. */
void scene_fill(struct scene *s, size_t from, size_t upto, const char *text);
/*
 * Fill what the pane wants, until it has all; returns how often it wanted
 * something.
 */
size_t scene_serve(struct scene *s, const char *text);

/* Update the pane, and get the rows in view. */
void scene_look(struct scene *s, int columns, int height);
/* The view goes from line first to line last, each with one row. */
void scene_assert_view(struct scene *s, size_t first, size_t last);
/* Rows in view of lines that are not in memory. */
size_t scene_blanks(const struct scene *s);

#endif
