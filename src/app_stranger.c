/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is said about callers who did not get in: each of them once, and few
 * lines a minute however many there are.
 */
#include "src/app_stranger.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/util.h"

enum {
	LINES_A_MINUTE = 8,
	AGAIN_MS = 5 * 60 * 1000, /* then the same is news again */
};

bool
stranger_may_be_told(struct app *app)
{
	if (limiter_allows(&app->strangers, LINES_A_MINUTE))
		return true;
	if (app->strangers.count == LINES_A_MINUTE + 1)
		app_say(app, LINE_NOTICE, "%s",
		    _("many callers did not get through; more of them are "
		      "not shown for a minute"));
	return false;
}

bool
stranger_is_news(struct app *app, const char *text)
{
	const uint64_t now = clock_mono_ms();
	struct told *oldest = &app->told[0];

	for (size_t i = 0; i < COUNT(app->told); i++) {
		struct told *t = &app->told[i];

		if (t->text != NULL && strcmp(t->text, text) == 0 &&
		    now - t->ms < AGAIN_MS)
			return false;
		if (t->ms < oldest->ms)
			oldest = t;
	}
	if (!stranger_may_be_told(app))
		return false;
	str_replace(&oldest->text, str_dup(text));
	oldest->ms = now;
	return true;
}

void
stranger_say(struct app *app, enum line_kind kind, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		fatal("%s", _("out of memory"));
	va_end(ap);
	if (stranger_is_news(app, text))
		app_say(app, kind, "%s", text);
	free(text);
}

void
strangers_release(struct app *app)
{
	for (size_t i = 0; i < COUNT(app->told); i++)
		str_replace(&app->told[i].text, NULL);
}
