/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said: lines in the log, the title, the status line. */
#include "src/app_state.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/app_verify.h"
#include "src/base/i18n.h"
#include "src/base/util.h"

enum { MINUTE_MS = 60 * 1000 };

void
app_tell(struct app *app, const struct news *news)
{
	if (app->ui != NULL)
		ui_tell(app->ui, news);
}

/* What somebody who looks elsewhere wants to know of, by its kind. */
static void
tell_line(struct app *app, enum line_kind kind, const char *text)
{
	const struct news news = {
	    .kind = kind == LINE_QUESTION ? NEWS_QUESTION : NEWS_TROUBLE,
	    .text = text,
	};

	if (kind == LINE_QUESTION || kind == LINE_WARNING || kind == LINE_ERROR)
		app_tell(app, &news);
}

/* Of spec there are kind and question. */
static void __attribute__((format(printf, 3, 0)))
say(struct app *app, struct line_spec *spec, const char *fmt, va_list ap)
{
	char *text = NULL;

	if (vasprintf(&text, fmt, ap) < 0)
		fatal("%s", _("out of memory"));
	spec->time_ms = clock_utc_ms();
	spec->text = text;
	model_add(&app->model, spec);
	tell_line(app, spec->kind, text);
	if (spec->kind == LINE_ERROR)
		app->failed = true;
	free(text);
}

void
app_say(struct app *app, enum line_kind kind, const char *fmt, ...)
{
	struct line_spec spec = {.kind = kind};
	va_list ap;

	va_start(ap, fmt);
	say(app, &spec, fmt, ap);
	va_end(ap);
}

void
app_say_question(struct app *app, unsigned number, const char *fmt, ...)
{
	struct line_spec spec = {.kind = LINE_QUESTION, .question = number};
	va_list ap;

	va_start(ap, fmt);
	say(app, &spec, fmt, ap);
	va_end(ap);
}

void
app_clock(int64_t utc_ms, char out[static 16])
{
	time_t when = (time_t)(utc_ms / 1000);
	struct tm tm;

	if (localtime_r(&when, &tm) == NULL ||
	    strftime(out, 16, "%H:%M:%S", &tm) == 0)
		out[0] = '\0';
}

void
app_date(int64_t utc_ms, char out[static APP_DATE_MAX])
{
	time_t when = (time_t)(utc_ms / 1000);
	struct tm tm;

	if (localtime_r(&when, &tm) == NULL ||
	    strftime(out, APP_DATE_MAX, "%Y-%m-%d %H:%M", &tm) == 0)
		snprintf(out, APP_DATE_MAX, "?");
}

void
app_say_key(struct app *app, const char *label, const struct fingerprint *key)
{
	char text[FINGERPRINT_TEXT_MAX];
	int half;

	fingerprint_text(key, text);
	half = (int)strlen(text) / 2;
	app_say(app, LINE_HELP, "    %-7s %.*s\n    %-7s %s", label, half, text,
	    "", text + half + 1);
}

bool
limiter_allows(struct limiter *limiter, unsigned a_minute)
{
	uint64_t now = clock_mono_ms();

	if (limiter->count == 0 || now - limiter->since_ms > MINUTE_MS) {
		limiter->since_ms = now;
		limiter->count = 0;
	}
	limiter->count++;
	return limiter->count <= a_minute;
}

/* What the title adds to the trust: is what is said kept? */
static const char *
keeping_text(const struct app *app)
{
	if (app->options->incognito)
		return _(", incognito");
	return app->keeping || app->guest ? "" : _(", log off");
}

void
app_refresh_title(struct app *app)
{
	const struct link *l = app->current;
	const char *who = app->guest ? _("charla (guest)") : "charla";
	char *trust =
	    str_printf("%s%s", l != NULL ? verify_trust(l) : _("not connected"),
		keeping_text(app));

	if (l != NULL)
		model_title(
		    &app->model, l->label, conn_address(l->conn), trust);
	else
		model_title(&app->model,
		    app->partner_label != NULL ? app->partner_label : who, NULL,
		    trust);
	free(trust);
}

size_t
app_question_count(const struct app *app)
{
	size_t count = files_question_count(app);

	for (const struct link *l = app->links; l != NULL; l = l->next)
		count += l->state == LINK_KNOCKING;
	return count;
}
