/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/told.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/util.h"
#include "ui/osc.h"
#include "ui/progress.h"

void
told_release(struct told *t)
{
	notify_release(&t->notify);
	free(t->title);
	t->title = NULL;
}

static void
is_here(struct told *t)
{
	t->focus = FOCUS_HERE;
	t->unread = 0;
	t->stale = true;
	notify_forget(&t->notify);
}

bool
told_focus(struct told *t, const char *bytes, size_t len)
{
	if (len != 3 || memcmp(bytes, "\033[", 2) != 0 ||
	    (bytes[2] != 'I' && bytes[2] != 'O'))
		return false;
	if (bytes[2] == 'I')
		is_here(t);
	else
		t->focus = FOCUS_AWAY;
	return true;
}

bool
told_key(struct told *t)
{
	if (t->focus != FOCUS_AWAY)
		return false;
	is_here(t);
	return true;
}

void
told_news(struct told *t, const struct news *news)
{
	if (t->focus != FOCUS_AWAY)
		return;
	t->unread++;
	t->stale = true;
	notify_add(&t->notify, news);
}

void
told_set(struct told *t)
{
	t->stale = true;
}

uint64_t
told_deadline(const struct told *t)
{
	return notify_deadline(&t->notify);
}

static void
send(struct told *t, char *bytes)
{
	if (bytes != NULL)
		term_send(t->term, bytes, strlen(bytes));
	free(bytes);
}

static void
write_notification(struct told *t, uint64_t now_ms)
{
	enum ui_notify how = t->settings->notify;
	char *text = notify_take(&t->notify, t->settings->notify_text, now_ms);

	if (text != NULL &&
	    (how == UI_NOTIFY_BELL || term_takes_strings(t->term)))
		send(t, osc_notification(how, text));
	free(text);
}

static void
take_title_back(struct told *t)
{
	if (t->title == NULL)
		return;
	str_replace(&t->title, NULL);
	send(t, str_dup(OSC_TITLE_RESTORE));
	/* terminfo's own way out takes one, too. */
	if (!t->title_saved)
		send(t, str_dup(OSC_TITLE_SAVE));
	t->title_saved = false;
}

static void
write_title(struct told *t)
{
	const char *who = t->model->title.who;
	char *text;

	if (!t->settings->title) {
		take_title_back(t);
		return;
	}
	text = osc_title_text(who, t->unread);
	if (t->title != NULL && strcmp(t->title, text) == 0) {
		free(text);
		return;
	}
	if (t->title == NULL && !term_saves_title(t->term)) {
		send(t, str_dup(OSC_TITLE_SAVE));
		t->title_saved = true;
	}
	send(t, osc_title(text));
	str_replace(&t->title, text);
}

/* Of all that run, as one; -1: none does. */
static int
percent_of(const struct model *m)
{
	uint64_t done = 0, size = 0;
	bool runs = false;

	for (size_t i = 0; i < m->row_count; i++) {
		const struct row *row = &m->rows[i];

		if (row->state != ROW_RUNNING && row->state != ROW_CHECKING)
			continue;
		runs = true;
		if (!add_u64(done, row->done, &done) ||
		    !add_u64(size, row->size, &size))
			return 0;
	}
	return runs ? progress_percent(done, size) : -1;
}

static void
write_progress(struct told *t)
{
	int percent = t->settings->progress ? percent_of(t->model) : -1;

	if (percent + 1 == t->percent)
		return;
	send(t, percent < 0 ? str_dup(OSC_NO_PROGRESS) : osc_progress(percent));
	t->percent = percent + 1;
}

/* What has to be taken back with the screen. */
static void
set_parting(struct told *t)
{
	char *bytes = str_printf("%s%s", t->percent > 0 ? OSC_NO_PROGRESS : "",
	    t->title_saved ? OSC_TITLE_RESTORE : "");

	term_set_parting(t->term, bytes);
	free(bytes);
}

void
told_write(struct told *t, uint64_t now_ms)
{
	write_notification(t, now_ms);
	if ((t->stale || t->version != t->model->version) &&
	    term_takes_strings(t->term)) {
		write_title(t);
		write_progress(t);
		set_parting(t);
	}
	t->version = t->model->version;
	t->stale = false;
	term_write(t->term);
}

void
told_left(struct told *t)
{
	str_replace(&t->title, NULL);
	t->title_saved = false;
	t->percent = 0;
	t->focus = FOCUS_UNKNOWN;
	t->unread = 0;
	t->stale = true;
	notify_forget(&t->notify);
}
