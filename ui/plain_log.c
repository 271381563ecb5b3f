/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/plain_log.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"
#include "ui/logpane.h"
#include "ui/plain_text.h"

static void
begin_talk(struct plain_log *l, const struct model *m, struct plain_news *news)
{
	size_t end = (size_t)m->past_end;

	l->talk = m->talk;
	l->next_id = m->first_id;
	l->next_at = 0;
	l->past.end = end;
	l->past.at = end > PLAIN_PAST_MAX ? end - PLAIN_PAST_MAX : 0;
	l->past.row_at = 0;
	l->past.until_ms = 0;
	l->past.begun = false;
	str_replace(&l->past.day, NULL);
	l->found.count = l->found.at = 0;
	l->found.version = m->found_version;
	plain_news_forget_lines(news);
}

/* An earlier talk */

/* A row of a line, with its time in front of the first one. */
static char *
timed_row(const struct plain_log *l, const struct line *line, size_t *at)
{
	char time[TEXT_TIME_MAX] = "";
	bool timed = *at == 0 &&
		     text_time(l->time_format, line->time_ms, time) &&
		     *time != '\0';
	char *row = plain_line(line, at);

	if (timed)
		str_replace(&row, str_printf("%s %s", time, row));
	return row;
}

static char *
end_past(struct plain_log *l)
{
	bool begun = l->past.begun;

	l->past.at = l->past.end;
	l->past.begun = false;
	l->past.until_ms = 0;
	return begun ? str_dup(_("now:")) : NULL;
}

/* NULL: there is no more of it, or it has not come yet (until_ms). */
static char *
past_row(struct plain_log *l, const struct model *m, uint64_t now_ms)
{
	const struct line *line;
	char *day;

	if (l->past.at >= l->past.end)
		return end_past(l);
	if (l->past.until_ms == 0) {
		l->past.until_ms = now_ms + PLAIN_PAST_MS;
		l->handler->want(l->arg, l->past.at, l->past.end - 1);
	}
	line = model_line(m, l->past.at);
	if (line == NULL)
		return now_ms < l->past.until_ms ? NULL : end_past(l);
	day = plain_day(line->time_ms);
	if (l->past.day == NULL || strcmp(day, l->past.day) != 0) {
		str_replace(&l->past.day, day);
		l->past.begun = true;
		return str_dup(day);
	}
	free(day);
	day = timed_row(l, line, &l->past.row_at);
	if (l->past.row_at == SIZE_MAX) {
		l->past.row_at = 0;
		l->past.at++;
	}
	return day;
}

uint64_t
plain_log_holds(const struct plain_log *l)
{
	return l->past.at < l->past.end ? l->past.until_ms : 0;
}

/* A list */

static char *
list_row(struct plain_log *l, const struct model *m)
{
	const struct listing *list = &m->list;
	size_t at = l->list.at;
	char *text, *row;

	if (list->line != NULL && l->list.id != m->list_id) {
		l->list.id = m->list_id;
		l->list.at = 0;
		l->list.open = true;
		return str_printf("%s: %s", _("list"), list->title);
	}
	if (list->line == NULL || !l->list.open)
		return NULL;
	if (at < list->count && at < PLAIN_LIST_MAX) {
		text = list->line(list->arg, at);
		row = str_printf("%s %zu: %s", _("list"), ++l->list.at,
		    text + strspn(text, " "));
		free(text);
		return row;
	}
	l->list.open = false;
	row = at < list->count ? str_printf(_("list: %zu more are not shown"),
				     list->count - at)
			       : NULL;
	l->handler->list_closed(l->arg);
	return row;
}

/* What is said */

static char *
left_out(struct plain_log *l, const struct model *m)
{
	uint64_t count = m->first_id - l->next_id;

	l->next_id = m->first_id;
	l->next_at = 0;
	return str_printf(
	    ngettext("%llu line was left out here: nobody read it in time",
		"%llu lines were left out here: nobody read them in time",
		count),
	    (unsigned long long)count);
}

/* Is there nothing to write about it? */
static bool
is_echo(const struct plain_log *l, const struct line *line)
{
	return l->echoed && line->kind == LINE_OWN &&
	       line->mark != MARK_WAITING;
}

static char *
log_row(struct plain_log *l, const struct model *m, struct plain_news *news)
{
	const struct line *line;
	char *row;

	if (l->next_id < m->first_id)
		return left_out(l, m);
	for (; l->next_id - m->first_id < m->present_count; l->next_id++) {
		line = m->present[l->next_id - m->first_id];
		if (line->kind == LINE_OWN && l->next_at == 0)
			plain_news_own(news, l->next_id, line);
		if (l->next_at == 0 && is_echo(l, line))
			continue;
		row = plain_line(line, &l->next_at);
		if (l->next_at == SIZE_MAX) {
			l->next_at = 0;
			l->next_id++;
		}
		return row;
	}
	return NULL;
}

/* A search */

/* The newest places of it. The search itself stands at the last of them. */
static void
collect_places(struct plain_log *l, const struct model *m)
{
	size_t first = m->found;

	l->found.count = l->found.at = l->found.row_at = l->found.rows = 0;
	l->found.asked = false;
	do
		l->found.places[l->found.count++] = m->found;
	while (l->found.count < PLAIN_FOUND_MAX &&
	       l->handler->search_next(l->arg) && m->found != first);
	l->found.version = m->found_version;
}

static void
next_place(struct plain_log *l)
{
	l->found.at++;
	l->found.row_at = l->found.rows = 0;
	l->found.asked = false;
}

static char *
place_row(struct plain_log *l, const struct line *line)
{
	char *date = log_date_text(line->time_ms);
	char *text = timed_row(l, line, &l->found.row_at);
	char *row = l->found.rows == 0
			? str_printf("%s, %s: %s", _("found"), date, text)
			: str_printf("%s: %s", _("found"), text);

	free(text);
	free(date);
	l->found.rows++;
	if (l->found.row_at == SIZE_MAX || l->found.rows == PLAIN_FOUND_ROWS)
		next_place(l);
	return row;
}

static char *
found_row(struct plain_log *l, const struct model *m)
{
	const struct line *line;
	size_t place;

	if (m->found_version != l->found.version && m->found != SIZE_MAX)
		collect_places(l, m);
	if (l->found.at == l->found.count)
		return NULL;
	place = l->found.places[l->found.at];
	if (model_line(m, place) == NULL && !l->found.asked) {
		l->found.asked = true;
		l->handler->want(l->arg, place, place);
	}
	line = model_line(m, place);
	return line != NULL ? place_row(l, line) : NULL;
}

void
plain_log_end(
    struct plain_log *l, const struct model *m, struct plain_news *news)
{
	if (l->talk != m->talk)
		begin_talk(l, m, news);
	l->past.at = l->past.end;
	l->found.at = l->found.count;
	l->found.version = m->found_version;
}

bool
plain_log_is_busy(const struct plain_log *l, const struct model *m)
{
	return l->found.at < l->found.count || plain_log_holds(l) != 0 ||
	       (m->found_version != l->found.version && m->found != SIZE_MAX) ||
	       (m->list.line != NULL &&
		   (l->list.open || l->list.id != m->list_id));
}

char *
plain_log_next(struct plain_log *l, const struct model *m,
    struct plain_news *news, uint64_t now_ms)
{
	char *row;

	if (l->talk != m->talk)
		begin_talk(l, m, news);
	row = past_row(l, m, now_ms);
	if (row != NULL || plain_log_holds(l) != 0)
		return row;
	row = list_row(l, m);
	if (row == NULL)
		row = log_row(l, m, news);
	if (row == NULL)
		row = found_row(l, m);
	return row;
}

void
plain_log_release(struct plain_log *l)
{
	free(l->past.day);
	*l = (struct plain_log){0};
}
