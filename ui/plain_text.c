/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/plain_text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"
#include "ui/logpane.h"
#include "ui/progress.h"

/* What rows begin with; no name is written as one of these. */
static const char *const words[] = {
    N_("you"),
    N_("question"),
    N_("warning"),
    N_("error"),
    N_("status"),
    N_("trust"),
    N_("found"),
    N_("earlier"),
    N_("list"),
    N_("sending"),
    N_("receiving"),
};

int
plain_step(int said, uint64_t done, uint64_t size)
{
	int percent = progress_percent(done, size);
	int step = percent - percent % PLAIN_STEP;

	return step > 0 && step > said ? step : -1;
}

static bool
begins_with_word(const char *name)
{
	for (size_t i = 0; i < COUNT(words); i++) {
		const char *word = _(words[i]);
		size_t len = strlen(word);

		if (strncasecmp(name, word, len) == 0 &&
		    (name[len] == '\0' || name[len] == ' ' || name[len] == ','))
			return true;
	}
	return false;
}

char *
plain_name(const char *name)
{
	if (begins_with_word(name) || strpbrk(name, ":,*'\"") != NULL ||
	    name[0] == ' ' || name[0] == '\0')
		return str_printf("'%s'", name);
	return str_dup(name);
}

/* Own ones: how far it is, where that is worth a word. */
static const char *
mark_words(const struct line *line)
{
	if (line->mark == MARK_WAITING)
		return _(", not sent yet");
	return line->mark == MARK_BACK ? _(", taken back") : "";
}

static char *
own_head(const struct line *line)
{
	const char *mark = mark_words(line);

	if (!line->action)
		return str_printf("%s%s: ", _("you"), mark);
	return *mark == '\0'
		   ? str_printf("* %s ", line->who)
		   : str_printf("%s%s: * %s ", _("you"), mark, line->who);
}

/* What stands in front of each row of it. The caller frees. */
static char *
head(const struct line *line, bool first)
{
	char *name, *text;
	bool numbered;

	switch (line->kind) {
	case LINE_OWN:
		return own_head(line);
	case LINE_PEER:
		name = plain_name(line->who);
		text = str_printf(line->action ? "* %s " : "%s: ", name);
		free(name);
		return text;
	case LINE_WARNING:
		return str_printf("%s: ", _("warning"));
	case LINE_ERROR:
		return str_printf("%s: ", _("error"));
	case LINE_QUESTION:
		/* As a rule its number comes first. */
		numbered =
		    first && line->text[0] >= '0' && line->text[0] <= '9';
		return str_printf(numbered ? "%s " : "%s: ", _("question"));
	case LINE_NOTICE:
	case LINE_HELP:
		break;
	}
	return str_dup(first ? "" : "  ");
}

/* Columns are for eyes: one row, with single blanks at its breaks. */
static char *
help_row(const char *text)
{
	char *row = mem_alloc(strlen(text) + 1);
	size_t len = 0;

	text += strspn(text, " \n");
	while (*text != '\0') {
		if (*text == '\n') {
			text += strspn(text, " \n");
			row[len++] = ' ';
		} else {
			row[len++] = *text++;
		}
	}
	row[len] = '\0';
	return row;
}

char *
plain_line(const struct line *line, size_t *at)
{
	const char *text = line->text + *at;
	size_t len = strcspn(text, "\n");
	char *front, *row;

	if (line->kind == LINE_HELP) {
		*at = SIZE_MAX;
		return help_row(line->text);
	}
	front = head(line, *at == 0);
	*at = text[len] == '\0' ? SIZE_MAX : *at + len + 1;
	row = str_printf("%s%.*s", front, (int)len, text);
	free(front);
	return row;
}

/* ", 40 percent", and of a tree ", 3 of 12 files"; or how large it is. */
static char *
how_far(const struct row *row, int percent)
{
	char size[TEXT_SIZE_MAX];

	text_size(row->size, size);
	if (percent == 0 && row->files > 0)
		return str_printf(
		    ngettext(", %u file, %s", ", %u files, %s", row->files),
		    row->files, size);
	if (percent == 0)
		return str_printf(", %s", size);
	if (row->files > 0)
		return str_printf(
		    ngettext(", %d percent, %u of %u file",
			", %d percent, %u of %u files", row->files),
		    percent, row->files_done, row->files);
	return str_printf(_(", %d percent"), percent);
}

static const char *
still_words(const struct row *row)
{
	if (row->state == ROW_PAUSED)
		return row->note != NULL ? row->note : _("paused");
	return row->state == ROW_QUEUED ? _("waits for its turn")
					: _("waiting for the link");
}

char *
plain_row(const struct row *row, enum plain_row_news news)
{
	const char *verb = row->incoming ? _("receiving") : _("sending");
	int percent = progress_percent(row->done, row->size);
	char *far;
	char *text = NULL;

	if (news == PLAIN_ROW_STEP)
		percent -= percent % PLAIN_STEP;
	far = how_far(row, percent);
	switch (news) {
	case PLAIN_ROW_NEW:
	case PLAIN_ROW_STEP:
		text = str_printf("%s %s%s", verb, row->name, far);
		break;
	case PLAIN_ROW_ON:
		text = str_printf(_("%s %s goes on%s"), verb, row->name, far);
		break;
	case PLAIN_ROW_STILL:
		text = str_printf(
		    "%s %s%s, %s", verb, row->name, far, still_words(row));
		break;
	case PLAIN_ROW_CHECKING:
		text = str_printf("%s %s, %s", verb, row->name, _("checking"));
		break;
	}
	free(far);
	return text;
}

char *
plain_day(int64_t time_ms)
{
	char *date = log_date_text(time_ms);
	char *text = str_printf(_("earlier, on %s:"), date);

	free(date);
	return text;
}
