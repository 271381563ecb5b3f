/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What waits for the person: unread lines, and open questions. */
#include "ui/logpane.h"

static bool
is_news(const struct line *line)
{
	return line != NULL && line->kind != LINE_OWN &&
	       line->kind != LINE_HELP;
}

/*
 * The row above the first unread line goes. Where that line is the lowest in
 * view, the row of it that is the lowest stays so.
 */
static void
take_away(struct logpane *p)
{
	size_t slot = p->unread % LOG_COUNTED;
	size_t row =
	    p->counted[slot].position == p->unread && p->counted[slot].dated
		? 1
		: 0;

	if (p->scrolled && p->line == p->unread && p->row > row)
		p->row--;
	p->has_unread = p->marked = false;
}

/* Since the last time, something may have come, or been hidden. */
void
logpane_find_unread(struct logpane *p, const struct model *m)
{
	size_t total = model_total(m);

	if (p->has_unread && p->unread < m->cleared)
		p->has_unread = p->marked = false;
	if (!p->marked || p->has_unread)
		return;
	while (
	    p->unread_from < total && !is_news(model_line(m, p->unread_from)))
		p->unread_from++;
	if (p->unread_from >= total)
		return;
	p->has_unread = true;
	p->unread = p->unread_from;
}

void
logpane_mark_unread(struct logpane *p, const struct model *m)
{
	p->away = true;
	if (p->has_unread && !p->unread_seen)
		return;
	if (p->has_unread)
		take_away(p);
	p->marked = true;
	p->unread_seen = false;
	p->unread_from = model_total(m);
}

void
logpane_here(struct logpane *p, const struct model *m)
{
	bool same = m->talk == p->talk && m->shift == p->shift &&
		    m->past_end == p->past_end;

	p->away = false;
	/* What came since the last update may be unread, but nothing later. */
	if (same)
		logpane_find_unread(p, m);
	if (same && !p->has_unread)
		p->marked = false;
}

void
logpane_typed(struct logpane *p, const struct model *m)
{
	logpane_here(p, m);
	if (p->has_unread && p->unread_seen)
		take_away(p);
}

bool
logpane_to_unread(struct logpane *p, const struct model *m)
{
	bool unread = p->has_unread && p->unread >= m->cleared;

	if (!unread && logpane_unseen(p, m) == 0)
		return false;
	p->target = unread ? p->unread : p->seen;
	logpane_go(p, m, LOG_GOAL_UNREAD);
	return true;
}

/* An open question from position on, or SIZE_MAX. */
static size_t
question_from(const struct model *m, size_t position)
{
	size_t total = model_total(m);

	/* None is in the past: that has no questions. */
	if (position < (size_t)m->past_end)
		position = (size_t)m->past_end;
	if (position < m->cleared)
		position = m->cleared;
	for (; position < total; position++) {
		const struct line *line = model_line(m, position);

		if (line != NULL && line->question > 0)
			return position;
	}
	return SIZE_MAX;
}

bool
logpane_to_question(struct logpane *p, const struct model *m)
{
	size_t position = SIZE_MAX;

	if (p->goal == LOG_GOAL_QUESTION)
		position = question_from(m, p->target + 1);
	if (position == SIZE_MAX)
		position = question_from(m, 0);
	if (position == SIZE_MAX)
		return false;
	p->target = position;
	logpane_go(p, m, LOG_GOAL_QUESTION);
	return true;
}
