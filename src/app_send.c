/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sending what was offered: when the other side has some of it from before,
 * gone on with behind what has been proven.
 */
#include "src/app_state.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/util.h"
#include "ui/progress.h"

static void
say_starting_over(struct drop *d)
{
	app_say(d->app, LINE_NOTICE, _("'%s' changed since; starting over"),
	    d->shown);
}

/* There are more bytes than were offered, or fewer. */
static void
source_changed(struct drop *d)
{
	app_say(d->app, LINE_ERROR,
	    _("'%s' changed while it was being sent; /send it again"),
	    d->shown);
	session_cancel(d->link->session, TRANSFER_OUT, d->id, WHY_CHANGED);
	drop_end(d, STORE_TRANSFER_ENDED);
}

/* All has left, and they are looking at it. */
static void
show_checking(struct drop *d)
{
	const struct transfer *t =
	    session_transfer(d->link->session, TRANSFER_OUT, d->id);

	if (t != NULL &&
	    (t->state == TRANSFER_FINISHING || t->offset == t->size))
		drop_set_row(d, ROW_CHECKING);
}

static void
go_on(struct drop *d, uint64_t from)
{
	drop_progress(d, from);
	show_checking(d);
	outgoing_start(d->outgoing);
}

void
send_start(struct drop *d)
{
	const struct transfer *t =
	    session_transfer(d->link->session, TRANSFER_OUT, d->id);

	if (t == NULL)
		return;
	if (t->state == TRANSFER_PROVING)
		outgoing_prove(d->outgoing, t->offset, t->proof);
	else
		go_on(d, 0);
}

/* What they have was compared with what is here. */
static void
on_proven(struct drop *d, bool proven)
{
	const struct transfer *t;

	if (proven)
		app_say(d->app, LINE_NOTICE, _("'%s' goes on at %d %%"),
		    d->shown, progress_percent(d->done, d->size));
	else
		say_starting_over(d);
	session_begin(d->link->session, d->id, proven);
	t = session_transfer(d->link->session, TRANSFER_OUT, d->id);
	if (t != NULL)
		go_on(d, t->offset);
}

static void
on_finished(struct drop *d, const struct outgoing_event *event)
{
	memcpy(d->hash, event->hash, sizeof(d->hash));
	d->hashed = d->entries == 0;
	d->left_out = event->left_out;
	if (session_finish(d->link->session, d->id, event->hash) < 0)
		source_changed(d);
	else
		show_checking(d);
}

static void
on_outgoing(void *arg, const struct outgoing_event *event)
{
	struct drop *d = arg;

	switch (event->type) {
	case OUTGOING_OPENED:
		offer_opened(d, event);
		break;
	case OUTGOING_PROVEN:
		on_proven(d, event->proven);
		break;
	case OUTGOING_BLOCK_READY:
		if (session_feed(d->link->session, d->id, event->block) < 0)
			source_changed(d);
		break;
	case OUTGOING_STUCK:
		pause_stuck(d, event->why, event->reason, 0);
		break;
	case OUTGOING_UNSTUCK:
		pause_unstuck(d);
		break;
	case OUTGOING_FINISHED:
		on_finished(d, event);
		break;
	case OUTGOING_FAILED:
		offer_failed(d, event);
		break;
	}
}

void
send_open(struct drop *d, const char *const *words, size_t count, bool typed)
{
	struct outgoing_config config = {
	    .disk = d->app->disk,
	    .word_count = count,
	    .patterns = typed,
	    .keep_mode = d->app->options->keep_mode,
	    .on_event = on_outgoing,
	    .arg = d,
	};
	char **expanded = mem_alloc(count * sizeof(*expanded));

	for (size_t i = 0; i < count; i++)
		expanded[i] =
		    typed ? paths_expand(words[i]) : str_dup(words[i]);
	config.words = (const char *const *)expanded;
	d->outgoing = outgoing_new(&config);
	for (size_t i = 0; i < count; i++)
		free(expanded[i]);
	free(expanded);
}

/* What the session says */

static void
on_refused(struct drop *d, enum wire_why why)
{
	if (why == WHY_HAVE) {
		files_say_done(d);
		drop_end(d, STORE_TRANSFER_DONE);
		return;
	}
	if (why == WHY_TOO_MANY) {
		drop_take_off_link(d);
		return;
	}
	d->app->failed = true;
	/* Wanted once, it was cancelled while we were away. */
	if (d->state == DROP_ACCEPTED && why == WHY_PERSON)
		app_say(d->app, LINE_NOTICE, _("%s cancelled '%s'"),
		    d->link->label, d->shown);
	else
		app_say(d->app, LINE_NOTICE, _("%s does not want '%s'%s"),
		    d->link->label, d->shown, files_why(why));
	drop_end(d, STORE_TRANSFER_ENDED);
}

static void
on_answer(struct drop *d, const struct transfer *t)
{
	if (t->state == TRANSFER_REFUSED) {
		on_refused(d, t->why);
		return;
	}
	if (d->state != DROP_ACCEPTED) {
		d->state = DROP_ACCEPTED;
		drop_record(d, STORE_TRANSFER_RUNNING, NULL, NULL);
	}
	d->begun = false;
	d->done = d->entries == 0 ? t->offset : 0;
	model_remove_row(&d->app->model, d->number);
	drop_row(d);
	turn_take(d);
}

static void
on_want(struct drop *d, const struct transfer *t)
{
	struct tree_progress progress;

	outgoing_consumed(d->outgoing, &progress);
	if (t->state == TRANSFER_OFFERED)
		return; /* that was its list */
	if (d->entries > 0)
		drop_tree_progress(d, &progress);
	else
		drop_progress(d, t->offset);
	show_checking(d);
}

static void
on_result(struct drop *d, const struct transfer *t)
{
	if (t->state == TRANSFER_COMPLETE) {
		files_say_done(d);
		drop_end(d, STORE_TRANSFER_DONE);
		return;
	}
	app_say(d->app, LINE_ERROR, _("'%s' did not get to %s%s"), d->shown,
	    d->link->label, files_why(t->why));
	drop_end(d, STORE_TRANSFER_ENDED);
}

void
send_event(struct drop *d, const struct session_event *event)
{
	switch (event->type) {
	case SESSION_ANSWER:
		on_answer(d, event->transfer);
		break;
	case SESSION_CLAIMS:
		outgoing_claims(d->outgoing, event->claims);
		break;
	case SESSION_WANT:
		on_want(d, event->transfer);
		break;
	case SESSION_RESULT:
		on_result(d, event->transfer);
		break;
	case SESSION_PAUSE:
	case SESSION_RESUME:
		pause_heard(d, event->transfer);
		break;
	default:
		break;
	}
}
