/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which lines the log pane lacks. As a rule they are asked for in stretches
 * that begin where the lines in memory end: so who reads on, page after page,
 * asks rarely, and long before the page is reached.
 */
#include "ui/logpane.h"

enum {
	PAGES_AROUND = 2,
	/*
	 * With no more than these and a stretch at either end of them, nothing
	 * in view makes room for its own surroundings.
	 */
	AROUND_MAX = MODEL_PAST_MAX - LOG_WANTS_MAX,
};

/* Of positions, the end not included. */
struct range {
	size_t from, end;
};

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t
most(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* As far as it lies in all; else empty. */
static struct range
clip(struct range r, struct range all)
{
	r.from = most(least(r.from, all.end), all.from);
	r.end = most(least(r.end, all.end), r.from);
	return r;
}

static struct range
widen(struct range r, size_t by)
{
	r.from -= least(r.from, by);
	r.end += by;
	return r;
}

/* A stretch that joins nothing, with what is in view in its middle. */
static struct range
stretch_around(struct range view)
{
	size_t lines = view.end - view.from;

	if (lines < LOG_WANTS_MAX)
		return widen(view, (LOG_WANTS_MAX - lines) / 2);
	return (struct range){view.end - LOG_WANTS_MAX, view.end};
}

/* What to ask for where part of it is there; empty: nothing. */
static struct range
choose(struct range view, struct range wanted, struct range there)
{
	bool above = there.from > wanted.from, below = there.end < wanted.end;
	struct range none = {0, 0};

	if (there.end <= wanted.from || there.from >= wanted.end)
		return stretch_around(view);
	/* What is in view comes first. */
	if (above && (there.from > view.from || there.end >= view.end))
		return (struct range){
		    there.from - least(there.from, LOG_WANTS_MAX), there.from};
	if (below)
		return (struct range){there.end, there.end + LOG_WANTS_MAX};
	return none;
}

bool
logpane_wants(
    struct logpane *p, const struct model *m, size_t *from, size_t *upto)
{
	struct range all = {m->cleared, (size_t)m->past_end};
	struct range there = {m->past_from, m->past_from + m->past_count};
	struct range view, wanted, get;
	size_t around = PAGES_AROUND * (size_t)p->height;

	if (!logpane_span(p, m, &view.from, &view.end) || all.from >= all.end)
		return false;
	view.end++;
	wanted = clip(widen(view, around), all);
	view = clip(view, all);
	if (wanted.end - wanted.from > AROUND_MAX) {
		view.from =
		    most(view.from, view.end - least(view.end, AROUND_MAX));
		around = (AROUND_MAX - (view.end - view.from)) / 2;
		wanted = clip(widen(view, around), all);
	}
	if (wanted.from == wanted.end)
		return false;
	get = clip(choose(view, wanted, there), all);
	if (get.from == get.end)
		return false;
	*from = get.from;
	*upto = get.end - 1;
	return true;
}
