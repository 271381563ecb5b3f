/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Transfers in words: how one ended, and the list of all. */
#include "src/app_state.h"

#include <stdio.h>
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
	case WHY_GONE:
		return _(": it is not there any more, or cannot be read");
	case WHY_NONE:
	case WHY_TURN:
	case WHY_PERSON:
		break;
	}
	return "";
}

char *
files_size_text(const struct drop *d)
{
	char size[TEXT_SIZE_MAX];
	size_t files;

	text_size(d->size, size);
	if (d->list == NULL)
		return str_dup(size);
	files = filelist_files(d->list);
	return str_printf(
	    ngettext("%zu file, %s", "%zu files, %s", files), files, size);
}

/* Bytes that came over the link. */
static uint64_t
moved(const struct drop *d)
{
	return d->entries > 0 ? d->progress.bytes - d->progress.skipped
			      : d->size - d->resumed;
}

/* "85.5 kB in 3 s, 28.5 MB/s"; the size alone where it took no time. */
static char *
size_and_rate(const struct drop *d)
{
	char *text, *size = files_size_text(d);
	char took[TEXT_DURATION_MAX], rate[TEXT_SIZE_MAX];
	uint64_t ms = clock_mono_ms() - d->begun_ms;

	/* Where it was there already, or began in another run. */
	if (ms < 1000 || d->begun_ms == 0 || moved(d) == 0)
		return size;
	text_duration(ms / 1000, took);
	text_size((uint64_t)((double)moved(d) * 1000 / (double)ms), rate);
	text =
	    str_printf(moved(d) < d->size ? _("%s, the rest of it in %s, %s/s")
					  : _("%s in %s, %s/s"),
		size, took, rate);
	free(size);
	return text;
}

/* more is taken over; NULL: nothing to add. */
static void
add(char **text, char *more)
{
	if (more != NULL)
		str_replace(text, str_printf("%s; %s", *text, more));
	free(more);
}

/* What became of the files of a tree, where that is not simply all well. */
static void
add_counts(const struct drop *d, char **text)
{
	const struct incoming_counts *c = &d->counts;

	if (c->same > 0)
		add(text, str_printf(ngettext("%u was there already",
					 "%u were there already", c->same),
			      c->same));
	if (c->renamed > 0)
		add(text,
		    str_printf(ngettext("%u got another name: its own was "
					"taken",
				   "%u got other names: theirs were taken",
				   c->renamed),
			c->renamed));
	if (c->left_out > 0)
		add(text,
		    str_printf(
			ngettext("%u was left out by the other side",
			    "%u were left out by the other side", c->left_out),
			c->left_out));
	if (c->lost > 0)
		add(text,
		    str_printf(ngettext("%u that was there is gone; ask for "
					"it again",
				   "%u that were there are gone; ask for "
				   "them again",
				   c->lost),
			c->lost));
	if (d->dir == TRANSFER_OUT && d->entries > 0 && d->size > 0 &&
	    moved(d) == 0)
		add(text, str_dup(_("nothing had to be sent")));
	if (d->left_out > 0)
		add(text, str_printf(ngettext("%u was left out",
					 "%u were left out", d->left_out),
			      d->left_out));
}

/* As xxhsum -H2 prints it; nothing for a tree. */
static void
add_hash(const struct drop *d, char **text)
{
	char hex[2 * WIRE_HASH_LEN + 1];

	for (size_t i = 0; i < WIRE_HASH_LEN; i++)
		snprintf(hex + 2 * i, 3, "%02x", d->hash[i]);
	if (d->hashed)
		str_replace(text, str_printf(_("%s, XXH3 %s"), *text, hex));
}

static char *
label_of(const struct drop *d)
{
	return people_label(
	    &d->app->people, d->who->peer.name, d->who->peer.key);
}

/* Where it is now; of several things, the folder that they are in. */
static char *
arrived_text(const struct drop *d, const char *figures)
{
	const bool several = d->list != NULL && filelist_roots(d->list) > 1;
	char *shown = paths_show(several ? d->folder : d->place);
	char *text =
	    several
		? str_printf(_("received in %s, verified: '%s' (%s)"), shown,
		      d->shown, figures)
		: str_printf(_("received, verified: %s (%s)"), shown, figures);

	free(shown);
	return text;
}

void
files_say_done(struct drop *d)
{
	char *figures = size_and_rate(d);
	char *who = label_of(d);
	char *text;

	add_counts(d, &figures);
	add_hash(d, &figures);
	text = d->place != NULL
		   ? arrived_text(d, figures)
		   : str_printf(_("%s received '%s', verified (%s)"), who,
			 d->shown, figures);
	history_note(d->app, d->who, text);
	app_tell(d->app, &(struct news){.kind = NEWS_DONE, .text = text});
	free(text);
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
	if (row != NULL && row->state == ROW_QUEUED)
		return str_dup(_("waits for its turn"));
	if (row != NULL && row->state == ROW_PAUSED)
		return str_printf("%d %%, %s", percent, row->note);
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
		if (d->listing)
			return str_dup(_("its list is coming"));
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
	const bool in = d->dir == TRANSFER_IN;
	const char *words = in ? _("incoming") : _("outgoing");
	const char *arrow = in ? "\u2193" : "\u2191";
	char *size = files_size_text(d);
	char *state = state_text(d);
	char *who = label_of(d);

	app_say(app, LINE_HELP, "%3u %s %s (%s)  %s  %s", d->number,
	    app->plain ? words : arrow, d->shown ? d->shown : "", size,
	    d->who != app->partner ? who : "", state);
	free(who);
	free(state);
	free(size);
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
