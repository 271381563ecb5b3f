/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "src/base/util.h"
#include "tests/unit/log_scene.h"

enum { SERVED_MAX = 100 };

int
scene_set_up(void **state)
{
	struct scene *s = mem_zalloc(sizeof(*s));

	model_init(&s->model);
	s->pane.time_columns = TIME_COLUMNS;
	*state = s;
	return 0;
}

int
scene_tear_down(void **state)
{
	struct scene *s = *state;

	model_release(&s->model);
	free(s);
	return 0;
}

static void
add(struct scene *s, const char *text, uint64_t number)
{
	const struct line_spec spec = {
	    .kind = LINE_NOTICE, .text = text, .number = number};

	model_add(&s->model, &spec);
}

void
scene_add(struct scene *s, size_t lines)
{
	while (lines-- > 0) {
		char *text = str_printf("at %zu", model_total(&s->model));

		add(s, text, 0);
		free(text);
	}
}

void
scene_add_numbered(struct scene *s, uint64_t number, size_t lines)
{
	while (lines-- > 0) {
		char *text = str_printf("number %ju", (uintmax_t)number);

		add(s, text, number++);
		free(text);
	}
}

void
scene_add_text(struct scene *s, const char *text)
{
	add(s, text, 0);
}

void
scene_add_line(struct scene *s, enum line_kind kind, int64_t time_ms)
{
	const struct line_spec spec = {
	    .kind = kind, .who = "ana", .text = "hi", .time_ms = time_ms};

	model_add(&s->model, &spec);
}

void
scene_fill(struct scene *s, size_t from, size_t upto, const char *text)
{
	size_t count = upto - from + 1;
	struct line_spec *specs = mem_zalloc(count * sizeof(*specs));

	for (size_t i = 0; i < count; i++) {
		specs[i].kind = LINE_NOTICE;
		specs[i].text = text;
		specs[i].number = from + i + 1;
	}
	model_fill(&s->model, specs, count);
	free(specs);
}

size_t
scene_serve(struct scene *s, const char *text)
{
	size_t from, upto, served = 0;

	while (logpane_wants(&s->pane, &s->model, &from, &upto)) {
		assert_true(from <= upto && upto < s->model.past_end);
		assert_in_range(upto - from + 1, 1, LOG_WANTS_MAX);
		for (size_t i = from; i <= upto; i++)
			assert_null(model_line(&s->model, i));
		assert_true(++served < SERVED_MAX);
		scene_fill(s, from, upto, text);
		logpane_update(
		    &s->pane, &s->model, s->pane.columns, s->pane.height);
	}
	s->count = logpane_view(&s->pane, &s->model, s->rows);
	return served;
}

void
scene_look(struct scene *s, int columns, int height)
{
	logpane_update(&s->pane, &s->model, columns, height);
	s->count = logpane_view(&s->pane, &s->model, s->rows);
	assert_true(s->count <= (size_t)(height > 0 ? height : 0));
}

void
scene_assert_view(struct scene *s, size_t first, size_t last)
{
	scene_look(s, COLUMNS, HEIGHT);
	assert_int_equal(s->count, last - first + 1);
	for (size_t i = 0; i < s->count; i++) {
		assert_int_equal(s->rows[i].line, first + i);
		assert_int_equal(s->rows[i].row, 0);
	}
}

size_t
scene_blanks(const struct scene *s)
{
	size_t blanks = 0;

	for (size_t i = 0; i < s->count; i++)
		blanks += model_line(&s->model, s->rows[i].line) == NULL;
	return blanks;
}
