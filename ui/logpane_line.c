/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How one line of the log is written: its indent, its text, its date. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"
#include "ui/bidi.h"
#include "ui/logpane.h"

enum { DAY_NAME_MAX = 128 };

int
log_indent(const struct logpane *p, enum line_kind kind)
{
	int whole = p->time_columns + 1 + LOG_INDENT_MARK;

	if (p->columns < LOG_MARK_COLUMNS)
		return 0;
	if (kind == LINE_HELP || p->time_columns == 0 ||
	    p->columns < whole + LOG_TEXT_LEAST)
		return LOG_INDENT_MARK;
	return whole;
}

char *
log_text(const struct line *line, size_t *head)
{
	bool own = line->kind == LINE_OWN;
	const char *close = line->who != NULL ? bidi_close(line->who) : "";
	char *who, *text;

	if (line->who == NULL)
		who = str_dup("");
	else if (line->action)
		who = str_printf("* %s%s ", line->who, close);
	else
		who = str_printf(own ? "%s%s> " : "%s%s: ", line->who, close);
	*head = strlen(who);
	text = str_printf("%s%s", who, line->text);
	free(who);
	return text;
}

/* False where the time is beyond all calendars. */
static bool
local_time(int64_t time_ms, struct tm *tm)
{
	time_t seconds = (time_t)(time_ms / 1000);

	return localtime_r(&seconds, tm) != NULL;
}

static bool
other_day(const struct line *line, const struct line *before)
{
	struct tm a, b;

	if (!local_time(line->time_ms, &a))
		return false;
	return !local_time(before->time_ms, &b) || a.tm_year != b.tm_year ||
	       a.tm_yday != b.tm_yday;
}

bool
log_begins_day(const struct model *m, size_t position)
{
	const struct line *line = model_line(m, position), *before;
	struct tm tm;

	if (line == NULL || line->kind == LINE_HELP)
		return false;
	/* Help has no day: it stands between the lines that have one. */
	do {
		if (position <= m->cleared && m->past_end > 0)
			return local_time(line->time_ms, &tm);
		if (position == 0)
			return false;
		before = model_line(m, --position);
	} while (before != NULL && before->kind == LINE_HELP);
	return before != NULL && other_day(line, before);
}

/* A part of the date in the words of the locale; the caller frees. */
static char *
in_words(const char *name, size_t len)
{
	return text_clean(name, len, TEXT_LABEL);
}

char *
log_unread_text(int columns)
{
	char *text = str_printf("── %s ──", _("new"));

	if (text_columns(text) > columns)
		str_replace(&text, text_cut(_("new"), columns, false));
	return text;
}

char *
log_date_text(int64_t time_ms)
{
	char name[DAY_NAME_MAX];
	char *day, *month, *date;
	struct tm tm;

	if (!local_time(time_ms, &tm))
		return str_dup("");
	day = in_words(name, strftime(name, sizeof(name), "%A", &tm));
	month = in_words(name, strftime(name, sizeof(name), "%B", &tm));
	date = str_printf(
	    _("%s, %d %s %d"), day, tm.tm_mday, month, tm.tm_year + 1900);
	free(day);
	free(month);
	return date;
}

char *
log_day_text(int64_t time_ms, int columns)
{
	char *date = log_date_text(time_ms);
	char *text = str_printf("── %s ──", date);

	if (*date == '\0')
		str_replace(&text, str_dup(""));
	else if (text_columns(text) > columns)
		str_replace(&text, text_cut(date, columns, false));
	free(date);
	return text;
}
