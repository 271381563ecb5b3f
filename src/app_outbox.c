/* SPDX-License-Identifier: GPL-3.0-or-later */
/* /outbox: what waits, and taking it back. */
#include "src/app_state.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"

enum { OUTBOX_TEXT_COLUMNS = 50 };

/* The first words of a message, in one line. */
static char *
short_text(const struct waiting *w)
{
	char *clean = text_clean(w->text, strlen(w->text), TEXT_LABEL);
	char *cut = text_cut(clean, OUTBOX_TEXT_COLUMNS, false);

	free(clean);
	return cut;
}

static bool
has_gone(const struct waiting *w)
{
	return w->sent_on != 0;
}

static void
list_one(struct app *app, const struct waiting *w)
{
	char *text = short_text(w);
	char *who =
	    people_label(&app->people, w->to->peer.name, w->to->peer.key);
	bool on_its_way =
	    app->current != NULL && w->sent_on == app->current->serial;

	app_say(app, LINE_HELP, "%3u %s  %s (%s)", w->ticket, text,
	    on_its_way    ? _("sent, not stored there yet")
	    : has_gone(w) ? _("sent once, sent again at the next meeting")
			  : _("waiting"),
	    who);
	free(who);
	free(text);
}

void
app_list_outbox(struct app *app)
{
	if (app->outbox.first == NULL)
		app_say(app, LINE_HELP, "%s", _("nothing is waiting"));
	for (const struct waiting *w = app->outbox.first; w != NULL;
	     w = w->next)
		list_one(app, w);
}

void
app_drop_message(struct app *app, unsigned number)
{
	struct waiting *w = app->outbox.first;
	char *text;

	while (w != NULL && w->ticket != number)
		w = w->next;
	if (w == NULL) {
		app_say(app, LINE_ERROR,
		    _("no message with the number %u is waiting; see /outbox"),
		    number);
		return;
	}
	if (has_gone(w) || !w->kept) {
		app_say(app, LINE_ERROR, "%s",
		    _("that one has gone already and cannot be taken back"));
		return;
	}
	text = short_text(w);
	app_say(app, LINE_NOTICE,
	    w->old ? _("taken back: '%s'; if it went before charla was last "
		       "closed, it may have arrived")
		   : _("taken back, not sent: '%s'"),
	    text);
	free(text);
	store_take_back(app->store, w->to->peer.key, &w->name, NULL, NULL);
	waiting_mark(w, MARK_BACK);
	waiting_free(w);
}
