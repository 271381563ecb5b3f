/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Everything but the log (model_log.c): title, status, rows. Every change
 * that can be seen makes version grow, and nothing else does: the screen
 * sleeps while it stands still.
 */
#include "src/model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/util.h"

enum {
	RATE_SAMPLE_MS = 100, /* shorter stretches say little */
	RATE_TAU_MS = 3000,   /* how long the rate remembers */
};

static char *
clean(const char *s, enum text_form form)
{
	return s == NULL ? str_dup("") : text_clean(s, strlen(s), form);
}

/* True where copy says something new. Takes copy over. */
static bool
replace(char **old, char *copy)
{
	bool same = strcmp(*old, copy) == 0;

	str_replace(old, copy);
	return !same;
}

void
model_init(struct model *m)
{
	*m = (struct model){.first_id = 1, .found = SIZE_MAX};
	m->title.who = str_dup("");
	m->title.where = str_dup("");
	m->title.trust = str_dup("");
	m->status = str_dup("");
}

static void
free_row(struct row *row)
{
	free(row->name);
	free(row->note);
}

void
model_release(struct model *m)
{
	size_t i;

	model_open(m, 0);
	free(m->present);
	for (i = 0; i < m->row_count; i++)
		free_row(&m->rows[i]);
	free(m->rows);
	free(m->title.who);
	free(m->title.where);
	free(m->title.trust);
	free(m->status);
	free(m->typing);
	*m = (struct model){0};
}

void
model_title(
    struct model *m, const char *who, const char *where, const char *trust)
{
	bool changed = false;

	changed |= replace(&m->title.who, clean(who, TEXT_LABEL));
	changed |= replace(&m->title.where, clean(where, TEXT_LABEL));
	changed |= replace(&m->title.trust, clean(trust, TEXT_LABEL));
	if (changed)
		m->version++;
}

void
model_status(struct model *m, const char *text)
{
	if (replace(&m->status, clean(text, TEXT_LABEL)))
		m->version++;
}

void
model_typing(struct model *m, const char *who)
{
	char *copy = NULL;

	if (who != NULL && who[0] != '\0')
		copy = clean(who, TEXT_LABEL);
	if (copy == NULL ? m->typing != NULL
			 : m->typing == NULL || strcmp(copy, m->typing) != 0)
		m->version++;
	str_replace(&m->typing, copy);
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
	row->name = clean(name, TEXT_LABEL);
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
	free_row(row);
	memmove(row, row + 1, after * sizeof(*row));
	m->row_count--;
	m->version++;
}

/* In a state that sees no bytes move. */
static bool
waits(const struct row *row)
{
	return row->state == ROW_WAITING || row->state == ROW_AWAY ||
	       row->state == ROW_CONTINUING || row->state == ROW_PAUSED;
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
		row->rate = 0;
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
	str_replace(&row->note, clean(note, TEXT_LABEL));
	m->version++;
}

static void
begin(struct row *row, uint64_t done, uint64_t now_ms)
{
	if (waits(row))
		row->state = ROW_RUNNING;
	row->begun_ms = row->moved_ms = row->sample_ms = now_ms;
	row->sample_done = row->done = done;
	row->rate = 0;
}

/*
 * An exponentially weighted average over time, not over samples: each one
 * weighs as much as the time it stands for. A rate of 0 is no average yet.
 */
static void
sample(struct row *row, uint64_t now_ms)
{
	double elapsed, rate;

	if (now_ms < row->sample_ms + RATE_SAMPLE_MS)
		return;
	elapsed = (double)(now_ms - row->sample_ms);
	rate = (double)(row->done - row->sample_done) * 1000 / elapsed;
	if (row->rate > 0)
		row->rate +=
		    (1 - exp(-elapsed / RATE_TAU_MS)) * (rate - row->rate);
	else
		row->rate = rate;
	row->sample_ms = now_ms;
	row->sample_done = row->done;
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
		if (done < row->sample_done)
			row->sample_done = done;
		row->done = done;
		sample(row, now_ms);
	}
	if (row->state != before.state || row->begun_ms != before.begun_ms ||
	    row->done != before.done || row->rate != before.rate)
		m->version++;
}
