/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Transfers in words: how one ended, and the list of all. */
#include "src/app_state.h"

#include <stdlib.h>

#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"

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
	if (ms < 1000)
		return str_dup(size);
	text_duration(ms / 1000, took);
	text_size((uint64_t)((double)d->size * 1000 / (double)ms), rate);
	return str_printf(_("%s in %s, %s/s"), size, took, rate);
}

void
files_say_done(const struct drop *d, const char *path)
{
	char *figures = size_and_rate(d);

	if (path != NULL) {
		char *shown = paths_show(path);

		app_say(d->app, LINE_NOTICE, _("received, verified: %s (%s)"),
		    shown, figures);
		free(shown);
	} else {
		app_say(d->app, LINE_NOTICE,
		    _("%s received '%s', verified (%s)"), d->link->label,
		    d->shown, figures);
	}
	free(figures);
}

static void
list_one(const struct drop *d)
{
	struct app *app = d->app;
	const struct row *row = model_row(&app->model, d->number);
	const char *arrow = d->dir == TRANSFER_IN ? "\u2193" : "\u2191";
	char size[TEXT_SIZE_MAX];
	char *state;

	text_size(d->size, size);
	if (row != NULL && row->state == ROW_CHECKING)
		state = str_dup(_("checking"));
	else if (row != NULL && d->size > 0)
		state = str_printf(
		    "%d %%", (int)((double)row->done * 100 / (double)d->size));
	else if (row != NULL)
		state = str_dup(_("running"));
	else if (d->dir == TRANSFER_IN)
		state = str_printf(
		    _("/accept %u or /reject %u"), d->number, d->number);
	else
		state = str_dup(_("waiting for an answer"));
	app_say(app, LINE_HELP, "%3u %s %s (%s)  %s", d->number, arrow,
	    d->shown ? d->shown : "", size, state);
	free(state);
}

void
app_list_transfers(struct app *app)
{
	if (app->drops == NULL)
		app_say(app, LINE_HELP, "%s", _("no transfers"));
	for (const struct drop *d = app->drops; d != NULL; d = d->next)
		list_one(d);
}
