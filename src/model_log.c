/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The log: each line in a block of its own. The past is a window that moves
 * over the history, the present a list that grows at its end and, when it
 * is full, gives its older half to the past. Only numbers are given: the
 * lines themselves are in the history, and come back when they are wanted.
 */
#include "src/model.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/util.h"

enum { PRESENT_FIRST = 64 };

static struct line *
line_new(const struct line_spec *spec, uint64_t number)
{
	const char *who = spec->who != NULL ? spec->who : "";
	struct line *line = mem_zalloc(sizeof(*line));

	line->kind = spec->kind;
	line->mark = spec->mark;
	line->action = spec->action;
	line->time_ms = spec->time_ms;
	line->number = number;
	line->awaits = spec->awaits;
	line->question = spec->question;
	if (spec->kind == LINE_OWN || spec->kind == LINE_PEER)
		line->who = text_clean(who, strlen(who), TEXT_LABEL);
	line->text = text_clean(spec->text, strlen(spec->text), TEXT_BLOCK);
	return line;
}

static void
line_free(struct line *line)
{
	if (line == NULL)
		return;
	free(line->who);
	free(line->text);
	free(line);
}

static void
free_lines(struct line **lines, size_t count)
{
	for (size_t i = 0; i < count; i++)
		line_free(lines[i]);
}

static void
set_past(struct model *m, struct line **lines, size_t from, size_t count)
{
	free_lines(m->past, m->past_count);
	free(m->past);
	m->past = lines;
	m->past_from = from;
	m->past_count = count;
}

void
model_open(struct model *m, uint64_t past_end)
{
	set_past(m, NULL, 0, 0);
	free_lines(m->present, m->present_count);
	m->first_id += m->present_count;
	m->present_count = 0;
	m->present_bytes = 0;
	m->past_end = past_end;
	m->cleared = 0;
	m->found = SIZE_MAX;
	m->layout++;
	m->talk++;
	m->version++;
}

/* The highest number among the first count lines of the present, or more. */
static uint64_t
highest(const struct model *m, size_t count)
{
	uint64_t number = m->past_end;

	for (size_t i = 0; i < count; i++) {
		if (m->present[i]->number > number)
			number = m->present[i]->number;
	}
	return number;
}

/*
 * Where a position will be when the present has given away so many lines. Of
 * those, what stood before it and has a number is what stands before it then.
 */
static size_t
moved(const struct model *m, size_t position, size_t given)
{
	size_t first = (size_t)m->past_end;

	if (position == SIZE_MAX || position <= first)
		return position;
	if (position - first < given)
		return (size_t)highest(m, position - first);
	return position - first - given + (size_t)highest(m, given);
}

/*
 * The older half, as far as it is known where its lines belong; 0: too few of
 * them, so it can wait.
 */
static size_t
to_give(const struct model *m)
{
	const size_t half = m->present_count / 2;
	size_t given = 0;

	while (given < half && !m->present[given]->awaits)
		given++;
	return given < half / 2 ? 0 : given;
}

static void
give_to_past(struct model *m)
{
	const size_t given = to_give(m);
	uint64_t past_end;

	if (given == 0)
		return;
	past_end = highest(m, given);
	m->cleared = moved(m, m->cleared, given);
	m->found = moved(m, m->found, given);
	m->shift += (int64_t)(past_end - m->past_end) - (int64_t)given;
	m->past_end = past_end;
	for (size_t i = 0; i < given; i++)
		m->present_bytes -= strlen(m->present[i]->text);
	free_lines(m->present, given);
	m->present_count -= given;
	memmove(m->present, m->present + given,
	    m->present_count * sizeof(struct line *));
	m->first_id += given;
	m->layout++;
}

void
model_settle_questions(
    struct model *m, bool (*is_open)(void *arg, unsigned number), void *arg)
{
	size_t open = 0;

	for (size_t i = 0; i < m->present_count && m->questions > 0; i++) {
		struct line *line = m->present[i];

		if (line->question == 0)
			continue;
		if (is_open(arg, line->question)) {
			open++;
		} else {
			line->question = 0;
			m->version++;
		}
	}
	m->questions = open;
}

/* The same question anew: the line of the first time is none any more. */
static bool
is_other(void *arg, unsigned number)
{
	return number != *(const unsigned *)arg;
}

uint64_t
model_add(struct model *m, const struct line_spec *spec)
{
	if (m->present_count >= MODEL_PRESENT_MAX ||
	    (m->present_bytes > MODEL_PRESENT_BYTES && m->present_count > 1))
		give_to_past(m);
	if (m->present_count == m->present_size) {
		m->present_size =
		    m->present_size > 0 ? 2 * m->present_size : PRESENT_FIRST;
		m->present = mem_realloc(
		    m->present, m->present_size * sizeof(struct line *));
	}
	if (spec->question > 0) {
		model_settle_questions(m, is_other, (void *)&spec->question);
		m->questions++;
	}
	m->present[m->present_count] = line_new(spec, spec->number);
	m->present_bytes += strlen(m->present[m->present_count]->text);
	m->version++;
	return m->first_id + m->present_count++;
}

static struct line *
by_id(const struct model *m, uint64_t id)
{
	if (id < m->first_id || id - m->first_id >= m->present_count)
		return NULL;
	return m->present[id - m->first_id];
}

static struct line *
at_position(const struct model *m, size_t position)
{
	size_t past = (size_t)m->past_end;

	if (position >= past)
		return position - past < m->present_count
			   ? m->present[position - past]
			   : NULL;
	if (position < m->past_from || position - m->past_from >= m->past_count)
		return NULL;
	return m->past[position - m->past_from];
}

static void
set_mark(struct model *m, struct line *line, enum line_mark mark)
{
	if (line == NULL || line->mark == mark)
		return;
	line->mark = mark;
	m->version++;
}

void
model_mark(struct model *m, uint64_t id, enum line_mark mark)
{
	set_mark(m, by_id(m, id), mark);
}

void
model_set_number(struct model *m, uint64_t id, uint64_t number)
{
	struct line *line = by_id(m, id);

	if (line == NULL)
		return;
	line->number = number;
	line->awaits = false;
}

void
model_mark_number(struct model *m, uint64_t number, enum line_mark mark)
{
	set_mark(m, at_position(m, model_position(m, number)), mark);
}

/* The specs that number lines of the past, and no more than there is room. */
static size_t
usable(const struct model *m, const struct line_spec *specs, size_t count)
{
	uint64_t first = count > 0 ? specs[0].number : 0;

	if (first == 0 || first > m->past_end)
		return 0;
	if (count > MODEL_PAST_MAX)
		count = MODEL_PAST_MAX;
	if (count > m->past_end - first + 1)
		count = (size_t)(m->past_end - first + 1);
	return count;
}

void
model_fill(struct model *m, const struct line_spec *specs, size_t count)
{
	size_t first, end, from, upto, old_end = m->past_from + m->past_count;
	struct line **lines;

	count = usable(m, specs, count);
	if (count == 0)
		return;
	from = first = (size_t)(specs[0].number - 1);
	upto = end = first + count;
	if (first <= old_end && end >= m->past_from && m->past_count > 0) {
		if (m->past_from < from)
			from = m->past_from;
		if (old_end > upto)
			upto = old_end;
	}
	/* The new lines stand at one end, if there are too many at all. */
	if (upto - from > MODEL_PAST_MAX && from == first)
		upto = from + MODEL_PAST_MAX;
	else if (upto - from > MODEL_PAST_MAX)
		from = upto - MODEL_PAST_MAX;
	lines = mem_alloc((upto - from) * sizeof(struct line *));
	for (size_t i = from; i < upto; i++) {
		if (i >= first && i < end) {
			lines[i - from] = line_new(&specs[i - first], i + 1);
		} else {
			lines[i - from] = m->past[i - m->past_from];
			m->past[i - m->past_from] = NULL;
		}
	}
	set_past(m, lines, from, upto - from);
	m->layout++;
	m->version++;
}

size_t
model_total(const struct model *m)
{
	return (size_t)m->past_end + m->present_count;
}

const struct line *
model_line(const struct model *m, size_t position)
{
	return at_position(m, position);
}

size_t
model_position(const struct model *m, uint64_t number)
{
	if (number == 0)
		return SIZE_MAX;
	if (number <= m->past_end)
		return (size_t)(number - 1);
	/* Who asks means a late one, as a rule. */
	for (size_t i = m->present_count; i > 0; i--) {
		if (m->present[i - 1]->number == number)
			return (size_t)m->past_end + i - 1;
	}
	return SIZE_MAX;
}

void
model_find(struct model *m, size_t position)
{
	if (position >= model_total(m)) {
		if (m->found != SIZE_MAX)
			m->version++;
		m->found = SIZE_MAX;
		return;
	}
	if (position < m->cleared)
		m->cleared = 0;
	m->found = position;
	m->found_version++;
	m->version++;
}

void
model_clear(struct model *m)
{
	if (m->cleared == model_total(m))
		return;
	m->cleared = model_total(m);
	m->version++;
}
