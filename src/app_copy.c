/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was said, taken out of the log: its links, and the clipboard. */
#include "src/app_state.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"
#include "ui/links.h"

enum { SAMPLE_COLUMNS = 30 };

static bool
is_said(const struct line *line)
{
	return line->kind == LINE_OWN || line->kind == LINE_PEER;
}

void
copy_release(struct app *app)
{
	for (size_t i = 0; i < app->url_count; i++)
		free(app->urls[i]);
	app->url_count = 0;
}

static bool
is_listed(const struct app *app, const char *url)
{
	for (size_t i = 0; i < app->url_count; i++) {
		if (strcmp(app->urls[i], url) == 0)
			return true;
	}
	return false;
}

/* The links of a line from the last to the first, each once. */
static void
list_line(struct app *app, const char *text)
{
	struct text_link links[APP_URLS];
	size_t count = 0, at = 0;

	/* Of very many, the last ones. */
	while (links_next(text, at, &links[count % APP_URLS])) {
		at =
		    links[count % APP_URLS].start + links[count % APP_URLS].len;
		count++;
	}
	for (size_t n = 0; n < count && n < APP_URLS; n++) {
		const struct text_link *link =
		    &links[(count - 1 - n) % APP_URLS];
		char *url = str_ndup(text + link->start, link->len);

		if (app->url_count < APP_URLS && !is_listed(app, url))
			app->urls[app->url_count++] = url;
		else
			free(url);
	}
}

/*
 * From the newest line back as far as they are in memory, so that numbers
 * count from what was said last.
 */
static void
list_urls(struct app *app)
{
	const struct model *m = &app->model;

	copy_release(app);
	for (size_t at = model_total(m); at > 0; at--) {
		const struct line *line = model_line(m, at - 1);

		if (line == NULL || app->url_count == APP_URLS)
			break;
		if (is_said(line))
			list_line(app, line->text);
	}
}

void
app_urls(struct app *app)
{
	list_urls(app);
	if (app->url_count == 0) {
		app_say(
		    app, LINE_NOTICE, "%s", _("there is no link in the log"));
		return;
	}
	for (size_t i = 0; i < app->url_count; i++)
		app_say(app, LINE_HELP, "%3zu  %s", i + 1, app->urls[i]);
	app_say(app, LINE_HELP, "%s",
	    _("the newest is 1; /copy url N puts one into the clipboard"));
}

/* The number-th newest message of the other person, or NULL. */
static const struct line *
find_message(const struct app *app, unsigned number)
{
	const struct model *m = &app->model;

	for (size_t at = model_total(m); at > 0; at--) {
		const struct line *line = model_line(m, at - 1);

		if (line == NULL)
			break;
		if (line->kind == LINE_PEER && --number == 0)
			return line;
	}
	return NULL;
}

/* Its first words, in one row. The caller frees. */
static char *
sample_of(const char *text)
{
	char *line = str_ndup(text, strcspn(text, "\n"));
	char *cut = text_cut(line, SAMPLE_COLUMNS, false);

	if (strcmp(cut, text) != 0 && strcmp(cut, line) == 0)
		str_replace(&cut, str_printf("%s\u2026", line));
	free(line);
	return cut;
}

static void
copy(struct app *app, const char *text)
{
	char size[TEXT_SIZE_MAX];
	char *sample;

	switch (ui_copy(app->ui, text)) {
	case 0:
		sample = sample_of(text);
		app_say(app, LINE_NOTICE,
		    _("to the clipboard: %s (if it does not arrive, the "
		      "terminal has to allow that; see man charla)"),
		    sample);
		free(sample);
		return;
	case ERR_FULL:
		text_size(strlen(text), size);
		app_say(app, LINE_ERROR,
		    _("%s are too much for the clipboard of a terminal"), size);
		return;
	default:
		app_say(app, LINE_ERROR, "%s",
		    _("this terminal gives no way to the clipboard"));
		return;
	}
}

void
app_copy_message(struct app *app, unsigned number)
{
	const struct line *line = find_message(app, number > 0 ? number : 1);

	if (line != NULL)
		copy(app, line->text);
	else
		app_say(app, LINE_ERROR, "%s",
		    number > 1 ? _("so many messages of the other person are "
				   "not in the log")
			       : _("the other person has not said anything "
				   "here"));
}

void
app_copy_url(struct app *app, unsigned number)
{
	/* The numbers are those of the list that the person has seen. */
	if (number == 0 || app->url_count == 0)
		list_urls(app);
	if (number == 0)
		number = 1;
	if (number <= app->url_count)
		copy(app, app->urls[number - 1]);
	else
		app_say(app, LINE_ERROR, "%s",
		    app->url_count == 0
			? _("there is no link in the log")
			: _("there is no link with that number; /url lists "
			    "them"));
}
