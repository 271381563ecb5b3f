/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/plain_news.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/util.h"
#include "ui/plain_text.h"

/* Lines of the log that are looked at for what a status would repeat. */
enum { LINES_BEFORE = 8 };

/* What was told of one transfer. */
struct plain_told {
	unsigned number;
	enum row_state state;
	int step;
	uint64_t said_ms;
};

/* Transfers */

static const struct row *
row_of(const struct model *m, unsigned number)
{
	for (size_t i = 0; i < m->row_count; i++) {
		if (m->rows[i].number == number)
			return &m->rows[i];
	}
	return NULL;
}

static void
forget_ended(struct plain_news *n, const struct model *m)
{
	size_t kept = 0;

	for (size_t i = 0; i < n->row_count; i++) {
		if (row_of(m, n->rows[i].number) != NULL)
			n->rows[kept++] = n->rows[i];
	}
	n->row_count = kept;
}

static struct plain_told *
told_of(struct plain_news *n, unsigned number)
{
	for (size_t i = 0; i < n->row_count; i++) {
		if (n->rows[i].number == number)
			return &n->rows[i];
	}
	return NULL;
}

static bool
stands_still(enum row_state state)
{
	return state == ROW_PAUSED || state == ROW_AWAY || state == ROW_QUEUED;
}

/* Before these it is not known whether it will move at once. */
static bool
is_between(enum row_state state)
{
	return state == ROW_WAITING || state == ROW_CONTINUING;
}

static int
step_of(const struct row *row)
{
	int step = plain_step(0, row->done, row->size);

	return step > 0 ? step : 0;
}

static char *
first_of(struct plain_news *n, const struct row *row, uint64_t now_ms)
{
	n->rows = mem_realloc(n->rows, (n->row_count + 1) * sizeof(*n->rows));
	n->rows[n->row_count++] = (struct plain_told){
	    .number = row->number,
	    .state = row->state,
	    .step = step_of(row),
	    .said_ms = now_ms,
	};
	return plain_row(
	    row, stands_still(row->state) ? PLAIN_ROW_STILL : PLAIN_ROW_NEW);
}

static char *
change_of(struct plain_told *t, const struct row *row)
{
	enum row_state before = t->state;

	t->state = row->state;
	if (stands_still(row->state))
		return plain_row(row, PLAIN_ROW_STILL);
	if (row->state == ROW_RUNNING && stands_still(before))
		return plain_row(row, PLAIN_ROW_ON);
	/* Of a short one it is a matter of moments. */
	if (row->state == ROW_CHECKING && t->step > 0)
		return plain_row(row, PLAIN_ROW_CHECKING);
	return NULL;
}

static char *
news_of(struct plain_news *n, const struct row *row, uint64_t now_ms)
{
	struct plain_told *t = told_of(n, row->number);
	char *text;

	if (is_between(row->state))
		return NULL;
	if (t == NULL)
		return first_of(n, row, now_ms);
	if (row->state != t->state) {
		text = change_of(t, row);
		if (text != NULL) {
			t->step = step_of(row);
			t->said_ms = now_ms;
			return text;
		}
	}
	if (row->state != ROW_RUNNING || now_ms < t->said_ms + PLAIN_STEP_MS ||
	    plain_step(t->step, row->done, row->size) < 0)
		return NULL;
	t->step = step_of(row);
	t->said_ms = now_ms;
	return plain_row(row, PLAIN_ROW_STEP);
}

static char *
next_of_rows(struct plain_news *n, const struct model *m, uint64_t now_ms)
{
	char *text = NULL;

	forget_ended(n, m);
	for (size_t i = 0; i < m->row_count && text == NULL; i++)
		text = news_of(n, &m->rows[i], now_ms);
	return text;
}

/* Trust and status */

/* Times of the clock and numbers of seconds make no other status of it. */
static char *
without_digits(const char *text)
{
	char *out = str_dup(text);
	size_t len = 0;

	for (const char *s = text; *s != '\0'; s++) {
		if (*s < '0' || *s > '9')
			out[len++] = *s;
	}
	out[len] = '\0';
	return out;
}

static void
forget_said(struct plain_news *n)
{
	for (size_t i = 0; i < PLAIN_SAID_MAX; i++)
		str_replace(&n->said[i], NULL);
}

static char *
trust_news(struct plain_news *n, const struct model *m)
{
	const char *trust = m->title.trust;
	bool first = n->trust == NULL;

	if (n->trust != NULL && strcmp(n->trust, trust) == 0)
		return NULL;
	str_replace(&n->trust, str_dup(trust));
	forget_said(n);
	/* Who has just started it knows. */
	return first ? NULL : str_printf("%s: %s", _("trust"), trust);
}

/* The log has just said it, at greater length. */
static bool
is_in_log(const struct model *m, const char *status)
{
	size_t from = m->present_count > LINES_BEFORE
			  ? m->present_count - LINES_BEFORE
			  : 0;

	for (size_t i = from; i < m->present_count; i++) {
		const struct line *line = m->present[i];

		if (line->kind == LINE_NOTICE &&
		    strncmp(line->text, status, strlen(status)) == 0)
			return true;
	}
	return false;
}

/* False where it was said since trust changed last. */
static bool
is_fresh(struct plain_news *n, const char *status)
{
	char *masked = without_digits(status);

	for (size_t i = 0; i < PLAIN_SAID_MAX; i++) {
		if (n->said[i] != NULL && strcmp(n->said[i], masked) == 0) {
			free(masked);
			return false;
		}
	}
	str_replace(&n->said[n->said_count++ % PLAIN_SAID_MAX], masked);
	return true;
}

static char *
status_news(struct plain_news *n, const struct model *m, uint64_t now_ms)
{
	if (n->status == NULL || strcmp(n->status, m->status) != 0) {
		str_replace(&n->status, str_dup(m->status));
		n->status_ms = now_ms > 0 ? now_ms : 1;
	}
	if (n->status_ms == 0 || now_ms < n->status_ms + PLAIN_STATUS_MS)
		return NULL;
	n->status_ms = 0;
	if (*n->status == '\0' || is_in_log(m, n->status) ||
	    !is_fresh(n, n->status))
		return NULL;
	return str_printf("%s: %s", _("status"), n->status);
}

uint64_t
plain_news_deadline(const struct plain_news *n)
{
	return n->status_ms != 0 ? n->status_ms + PLAIN_STATUS_MS : 0;
}

/* Own messages */

static bool
is_unsure(const struct line *line)
{
	return line->kind == LINE_OWN &&
	       (line->mark == MARK_WAITING || line->mark == MARK_SENT);
}

void
plain_news_own(struct plain_news *n, uint64_t id, const struct line *line)
{
	if (!is_unsure(line))
		return;
	n->last_id = id;
	if (n->unsure_id == 0)
		n->unsure_id = id;
	if (line->mark == MARK_WAITING) {
		n->waiting++;
		n->waiting_id = id;
	}
}

void
plain_news_forget_lines(struct plain_news *n)
{
	n->waiting = 0;
	n->unsure_id = n->waiting_id = n->last_id = 0;
}

static const struct line *
line_of(const struct model *m, uint64_t id)
{
	if (id < m->first_id || id - m->first_id >= m->present_count)
		return NULL;
	return m->present[id - m->first_id];
}

/* Past those that have arrived, or were taken back. */
static void
pass_sure(struct plain_news *n, const struct model *m)
{
	if (n->unsure_id < m->first_id)
		n->unsure_id = m->first_id;
	for (; n->unsure_id <= n->last_id; n->unsure_id++) {
		const struct line *line = line_of(m, n->unsure_id);

		if (line == NULL || is_unsure(line))
			return;
		if (line->kind == LINE_OWN && line->mark == MARK_BACK &&
		    n->waiting > 0)
			n->waiting--;
	}
}

/* Of those that had gone, so many wait again. */
static size_t
count_lost(struct plain_news *n, const struct model *m)
{
	uint64_t id =
	    n->waiting_id < n->unsure_id ? n->unsure_id : n->waiting_id + 1;
	size_t count = 0;

	for (; id <= n->last_id; id++) {
		const struct line *line = line_of(m, id);

		if (line == NULL || line->kind != LINE_OWN ||
		    line->mark != MARK_WAITING)
			continue;
		count++;
		n->waiting_id = id;
	}
	return count;
}

static char *
own_news(struct plain_news *n, const struct model *m)
{
	size_t count;

	if (n->unsure_id == 0)
		return NULL;
	pass_sure(n, m);
	count = count_lost(n, m);
	if (count > 0) {
		n->waiting += count;
		return str_printf(
		    ngettext("%zu message has not arrived yet, and waits",
			"%zu messages have not arrived yet, and wait", count),
		    count);
	}
	if (n->unsure_id <= n->waiting_id)
		return NULL;
	count = n->waiting;
	n->waiting = 0;
	if (n->unsure_id > n->last_id)
		plain_news_forget_lines(n);
	if (count == 0)
		return NULL;
	return str_printf(
	    ngettext("the message that waited has arrived",
		"the %zu messages that waited have arrived", count),
	    count);
}

char *
plain_news_next(struct plain_news *n, const struct model *m, uint64_t now_ms)
{
	char *text = trust_news(n, m);

	if (text == NULL)
		text = next_of_rows(n, m, now_ms);
	if (text == NULL)
		text = own_news(n, m);
	if (text == NULL)
		text = status_news(n, m, now_ms);
	return text;
}

void
plain_news_release(struct plain_news *n)
{
	free(n->rows);
	free(n->trust);
	free(n->status);
	forget_said(n);
	*n = (struct plain_news){0};
}
