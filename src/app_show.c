/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of a transfer in the place of the log: what is in it, line by line.
 */
#include "src/app_state.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"

/* A component that a plain ls does not show. */
static bool
is_hidden(const struct entry *e)
{
	if (e->path[0] == '.')
		return true;
	for (size_t i = 1; i < e->path_len; i++) {
		if (e->path[i] == '.' && e->path[i - 1] == '/')
			return true;
	}
	return false;
}

/* What lies under its name here. */
static const char *
there_text(const struct entry *e, uint8_t flags)
{
	const uint8_t same = INCOMING_LOOK_SIZE | INCOMING_LOOK_TIME;

	if ((flags & INCOMING_LOOK_OTHER) ||
	    ((flags & INCOMING_LOOK_THERE) && e->kind == ENTRY_FILE &&
		!(flags & INCOMING_LOOK_SIZE)))
		return _("  (another is there: gets a new name)");
	if ((flags & INCOMING_LOOK_THERE) && e->kind == ENTRY_FILE)
		return (flags & same) == same
			   ? _("  (is there already, it seems)")
			   : _("  (one of this size is there)");
	return "";
}

static const char *
kind_text(const struct entry *e)
{
	switch (e->kind) {
	case ENTRY_LINK:
		return _("  (a link: not sent)");
	case ENTRY_OTHER:
		return _("  (no file: not sent)");
	case ENTRY_FILE:
	case ENTRY_FOLDER:
		break;
	}
	return "";
}

static char *
entry_line(const struct drop *d, const struct entry *e, uint8_t flags)
{
	char size[TEXT_SIZE_MAX] = "";
	char *path = text_clean(e->path, e->path_len, TEXT_LABEL);
	char *line;

	if (e->kind == ENTRY_FILE)
		text_size(e->size, size);
	line = str_printf("%10s  %s%s%s%s%s", size, path,
	    e->kind == ENTRY_FOLDER ? "/" : "", kind_text(e),
	    is_hidden(e) ? _("  (hidden)") : "",
	    d->dir == TRANSFER_IN ? there_text(e, flags) : "");
	free(path);
	return line;
}

static char *
on_line(void *arg, size_t at)
{
	const struct drop *d = arg;
	struct entry e = {
	    .kind = ENTRY_FILE,
	    .size = d->size,
	    .path = d->name,
	    .path_len = strlen(d->name),
	};

	if (d->list != NULL)
		filelist_entry(d->list, at, &e);
	return entry_line(d, &e, d->look != NULL ? d->look[at] : 0);
}

/* A question, else one that runs; NULL: none, or several. */
static struct drop *
find(struct app *app, unsigned number)
{
	struct drop *found = NULL;

	for (struct drop *d = app->drops; d != NULL; d = d->next) {
		if (d->listing || d->name == NULL ||
		    d->state == DROP_GIVEN_UP ||
		    (number != 0 ? d->number != number
				 : d->who != app->partner))
			continue;
		if (found != NULL)
			return NULL;
		found = d;
	}
	return found;
}

void
show_close(struct app *app)
{
	app->shown = NULL;
	model_hide_list(&app->model);
	help_close(app);
}

void
app_show(struct app *app, unsigned number)
{
	struct drop *d = find(app, number);
	struct listing listing = {.line = on_line, .arg = d};
	char *size;

	if (app->shown != NULL && number == 0) {
		show_close(app);
		return;
	}
	if (d == NULL || (d->entries > 0 && d->list == NULL)) {
		app_say(app, LINE_ERROR, "%s",
		    d != NULL ? _("its list is known when it is offered again")
		    : number != 0
			? _("there is no transfer with that number; see "
			    "/transfers")
			: _("say which one: /show N; /transfers lists them"));
		return;
	}
	show_close(app);
	app->shown = d;
	size = files_size_text(d);
	listing.title = str_printf("%u: %s, %s", d->number, d->shown, size);
	listing.count = d->list != NULL ? filelist_count(d->list) : 1;
	model_show_list(&app->model, &listing);
	free(listing.title);
	free(size);
}
