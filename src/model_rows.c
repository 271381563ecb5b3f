/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The transfers: what each one does, and how far it is. */
#include "src/model.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/util.h"

static char *
clean(const char *s)
{
	return s == NULL ? NULL : text_clean(s, strlen(s), TEXT_LABEL);
}

static bool
is_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

struct row *
model_row(struct model *m, unsigned number)
{
	size_t i;

	for (i = 0; i < m->row_count; i++)
		if (m->rows[i].number == number)
			return &m->rows[i];
	return NULL;
}

struct row *
model_add_row(struct model *m, unsigned number, bool incoming, const char *name,
    uint64_t size)
{
	struct row *row;

	m->rows = mem_realloc(m->rows, (m->row_count + 1) * sizeof(m->rows[0]));
	row = &m->rows[m->row_count++];
	*row = (struct row){.number = number, .incoming = incoming};
	row->name = clean(name != NULL ? name : "");
	row->size = size;
	m->version++;
	return row;
}

void
model_remove_row(struct model *m, unsigned number)
{
	struct row *row = model_row(m, number);
	size_t after;

	if (row == NULL)
		return;
	after = m->row_count - (size_t)(row - m->rows) - 1;
	free(row->name);
	free(row->note);
	free(row->current);
	memmove(row, row + 1, after * sizeof(*row));
	m->row_count--;
	m->version++;
}

/* In a state that sees no bytes move. */
static bool
waits(const struct row *row)
{
	return row->state == ROW_WAITING || row->state == ROW_AWAY ||
	       row->state == ROW_CONTINUING || row->state == ROW_PAUSED ||
	       row->state == ROW_QUEUED;
}

void
model_row_state(struct model *m, unsigned number, enum row_state state)
{
	struct row *row = model_row(m, number);

	if (row == NULL || row->state == state)
		return;
	/* What was measured before a pause says nothing about afterwards. */
	if (state != ROW_CHECKING) {
		row->begun_ms = 0;
		row->pace = (struct pace){0};
	}
	row->state = state;
	m->version++;
}

void
model_row_pause(struct model *m, unsigned number, const char *note)
{
	struct row *row = model_row(m, number);

	if (row == NULL)
		return;
	model_row_state(m, number, ROW_PAUSED);
	str_replace(&row->note, clean(note != NULL ? note : ""));
	m->version++;
}

/* Bytes that went over the wire. */
static uint64_t
moved(const struct row *row)
{
	return row->done > row->skipped ? row->done - row->skipped : 0;
}

static void
begin(struct row *row, uint64_t done, uint64_t now_ms)
{
	if (waits(row))
		row->state = ROW_RUNNING;
	row->done = done;
	row->begun_ms = row->moved_ms = now_ms;
	pace_begin(&row->pace, moved(row), now_ms);
}

void
model_progress(struct model *m, unsigned number, uint64_t done, uint64_t now_ms)
{
	struct row *row = model_row(m, number);
	struct row before;

	if (row == NULL)
		return;
	before = *row;
	if (done > row->size)
		done = row->size;
	if (waits(row) || row->begun_ms == 0) {
		begin(row, done, now_ms);
	} else {
		if (done > row->done)
			row->moved_ms = now_ms;
		row->done = done;
		pace_note(
		    &row->pace, moved(row), row->size - row->done, now_ms);
	}
	if (row->state != before.state || row->begun_ms != before.begun_ms ||
	    row->done != before.done || row->pace.rate != before.pace.rate ||
	    row->pace.seconds_left != before.pace.seconds_left)
		m->version++;
}

void
model_row_skipped(struct model *m, unsigned number, uint64_t skipped)
{
	struct row *row = model_row(m, number);
	uint64_t to_come, spared;

	if (row == NULL)
		return;
	to_come = row->size > row->done ? row->size - row->done : 0;
	spared = skipped > row->skipped ? skipped - row->skipped : 0;
	if (spared > to_come)
		spared = to_come;
	pace_spare(&row->pace, to_come, to_come - spared);
	row->skipped = skipped;
}

void
model_row_files(struct model *m, unsigned number, uint32_t files_done,
    uint32_t files, const char *current)
{
	struct row *row = model_row(m, number);
	char *copy;

	if (row == NULL)
		return;
	copy = clean(current);
	if (row->files_done != files_done || row->files != files ||
	    !is_same(row->current, copy))
		m->version++;
	row->files_done = files_done;
	row->files = files;
	str_replace(&row->current, copy);
}
