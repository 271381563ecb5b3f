/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Transfers in words: how one ended, and the list of all. */
#include "src/app_state.h"

#include <stdlib.h>

#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"
#include "ui/progress.h"

const char *
files_why(enum wire_why why)
{
	switch (why) {
	case WHY_NAME:
		return _(": no file can have that name there");
	case WHY_DISK_FULL:
		return _(": the disk over there is full");
	case WHY_DENIED:
		return _(": no permission over there");
	case WHY_IO:
		return _(": the disk over there reported an error");
	case WHY_HASH:
		return _(": the bytes that arrived were not the bytes sent; "
			 "/send it again");
	case WHY_CHANGED:
		return _(": it changed while it was being sent");
	case WHY_PROTOCOL:
		return _(": other bytes came than were agreed");
	case WHY_TOO_MANY:
		return _(": too many offers are open over there");
	case WHY_TOO_BIG:
		return _(": it is larger than a file can be there");
	case WHY_HAVE:
		return _(": it is there already");
	case WHY_NONE:
	case WHY_PERSON:
		break;
	}
	return "";
}

/* "85.5 kB in 3 s, 28.5 MB/s"; the size alone where it took no time. */
static char *
size_and_rate(const struct drop *d)
{
	char size[TEXT_SIZE_MAX], took[TEXT_DURATION_MAX];
	char rate[TEXT_SIZE_MAX];
	uint64_t ms = clock_mono_ms() - d->begun_ms;

	text_size(d->size, size);
	/* Where it was there already, or began in another run. */
	if (ms < 1000 || d->begun_ms == 0 || d->resumed == d->size)
		return str_dup(size);
	text_duration(ms / 1000, took);
	text_size(
	    (uint64_t)((double)(d->size - d->resumed) * 1000 / (double)ms),
	    rate);
	if (d->resumed > 0)
		return str_printf(
		    _("%s, the rest of it in %s, %s/s"), size, took, rate);
	return str_printf(_("%s in %s, %s/s"), size, took, rate);
}

static char *
label_of(const struct drop *d)
{
	return people_label(
	    &d->app->people, d->who->peer.name, d->who->peer.key);
}

void
files_say_done(struct drop *d, const char *path)
{
	char *figures = size_and_rate(d);
	char *who = label_of(d);
	char *shown = path != NULL ? paths_show(path) : NULL;
	char *text =
	    path != NULL
		? str_printf(_("received, verified: %s (%s)"), shown, figures)
		: str_printf(_("%s received '%s', verified (%s)"), who,
		      d->shown, figures);

	history_note(d->app, d->who, text);
	free(text);
	free(shown);
	free(who);
	free(figures);
}

/* How an accepted one goes. */
static char *
running_state(const struct drop *d)
{
	const struct row *row = model_row(&d->app->model, d->number);
	int percent = progress_percent(d->done, d->size);

	if (row != NULL && row->state == ROW_CHECKING)
		return str_dup(_("checking"));
	if (d->link == NULL && d->done > 0)
		return str_printf(
		    _("%d %%, goes on at the next meeting"), percent);
	if (d->link == NULL)
		return str_dup(_("goes on at the next meeting"));
	return str_printf(_("%d %%"), percent);
}

static char *
state_text(const struct drop *d)
{
	switch (d->state) {
	case DROP_OPENING:
		return str_dup(_("opening"));
	case DROP_OFFERED:
		if (d->dir == TRANSFER_IN)
			return str_printf(_("/accept %u or /reject %u"),
			    d->number, d->number);
		return str_dup(d->link != NULL
				   ? _("waiting for an answer")
				   : _("is offered at the next meeting"));
	case DROP_ACCEPTED:
	case DROP_STORED:
		return running_state(d);
	case DROP_GIVEN_UP:
		break;
	}
	return str_dup("");
}

static void
list_one(const struct drop *d)
{
	struct app *app = d->app;
	const char *arrow = d->dir == TRANSFER_IN ? "\u2193" : "\u2191";
	char size[TEXT_SIZE_MAX];
	char *state = state_text(d);
	char *who = label_of(d);

	text_size(d->size, size);
	app_say(app, LINE_HELP, "%3u %s %s (%s)  %s  %s", d->number, arrow,
	    d->shown ? d->shown : "", size, d->who != app->partner ? who : "",
	    state);
	free(who);
	free(state);
}

void
app_list_transfers(struct app *app)
{
	size_t count = 0;

	for (const struct drop *d = app->drops; d != NULL; d = d->next) {
		if (d->state == DROP_GIVEN_UP)
			continue;
		list_one(d);
		count++;
	}
	if (count == 0)
		app_say(app, LINE_HELP, "%s", _("no transfers"));
}
