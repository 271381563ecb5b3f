/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is sent is opened, recorded and offered: for the first time, and again
 * in every session until the other side has it or does not want it.
 */
#include "src/app_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "src/base/i18n.h"
#include "src/base/util.h"

/* 1 to 2^63 - 1, and never the same twice. */
static uint64_t
new_token(void)
{
	uint64_t token = 0;

	while (token == 0) {
		if (getrandom(&token, sizeof(token), 0) !=
			(ssize_t)sizeof(token) &&
		    errno != EINTR)
			fatal("no random numbers: %s", strerror(errno));
		token &= INT64_MAX;
	}
	return token;
}

static struct frame_offer
offer_of(const struct drop *d)
{
	struct frame_offer offer = {
	    .token = d->token,
	    .size = d->size,
	    .mtime_ns = d->mtime_ns,
	    .mode = d->mode,
	    .entries = d->entries,
	    .name = d->name,
	    .name_len = strlen(d->name),
	};
	size_t len = 1; /* not known, and never sent */

	if (d->list != NULL)
		filelist_bytes(d->list, &len);
	if (d->entries > 0)
		offer.list_len = (uint32_t)len;
	return offer;
}

/* They may have part of it: the only way to tell them that it is over. */
static void
offer_and_cancel(struct drop *d, struct link *l, enum wire_why why)
{
	struct frame_offer offer = offer_of(d);

	if (session_offer(l->session, &offer, &d->id) < 0)
		return; /* at the next meeting, then */
	session_cancel(l->session, TRANSFER_OUT, d->id, why);
	drop_end(d, STORE_TRANSFER_ENDED);
}

static void
say_offered(const struct drop *d, const struct link *l)
{
	char *size = files_size_text(d);

	app_say(d->app, LINE_NOTICE,
	    _("%u: '%s' (%s) is offered to %s; /cancel %u takes it back"),
	    d->number, d->shown, size, l->label, d->number);
	free(size);
}

static void
offer_now(struct drop *d, struct link *l)
{
	struct frame_offer offer = offer_of(d);

	if (session_offer(l->session, &offer, &d->id) < 0) {
		app_say(d->app, LINE_NOTICE,
		    _("'%s' is offered later: too many offers are open"),
		    d->shown);
		drop_take_off_link(d);
		d->tried_on = 0;
		return;
	}
	d->link = l;
	d->tried_on = l->serial;
	if (d->list != NULL)
		outgoing_send_list(d->outgoing);
	/* How much of it is there, their answer will say. */
	if (d->state == DROP_ACCEPTED) {
		drop_set_row(d, ROW_WAITING);
	} else if (d->state == DROP_OPENING) {
		say_offered(d, l);
		d->state = DROP_OFFERED;
	} else {
		app_say(d->app, LINE_NOTICE,
		    _("%u: '%s' is offered to %s again"), d->number, d->shown,
		    l->label);
	}
}

/* The link that it may be offered on now, or NULL. */
static struct link *
link_to(const struct drop *d)
{
	struct link *l = d->app->current;

	return l != NULL && l->known == d->who ? l : NULL;
}

static void
say_later(const struct drop *d)
{
	char *who =
	    people_label(&d->app->people, d->who->peer.name, d->who->peer.key);

	app_say(d->app, LINE_NOTICE,
	    _("%u: '%s' is offered when %s is connected; /cancel %u takes it "
	      "back"),
	    d->number, d->shown, who, d->number);
	free(who);
}

static void
close_source(struct drop *d)
{
	outgoing_free(d->outgoing);
	d->outgoing = NULL;
}

/*
 * What they accept is recorded over there: so it has to be here before they
 * hear of it.
 */
static void
on_offer_recorded(void *arg, bool ok, const struct reason *why)
{
	struct drop *d = drop_redeem(arg);
	struct link *l;

	(void)ok, (void)why; /* then it does not outlive this run */
	if (d == NULL || d->state != DROP_OPENING)
		return;
	l = link_to(d);
	if (l != NULL && d->outgoing != NULL)
		offer_now(d, l);
	if (d->link != NULL)
		return;
	d->state = DROP_OFFERED;
	close_source(d);
	if (l == NULL)
		say_later(d);
}

static void
describe(struct drop *d, const struct outgoing_event *event)
{
	drop_describe(d, event->offer);
	drop_set_list(
	    d, event->list != NULL ? filelist_ref(event->list) : NULL);
	drop_set_paths(d, event->paths, event->path_count);
}

static void
on_first_opened(struct drop *d, const struct outgoing_event *event)
{
	describe(d, event);
	str_replace(&d->whole, NULL);
	for (size_t i = 0; i < event->note_count; i++)
		app_say(d->app, LINE_NOTICE, "%s", event->notes[i]);
	d->token = new_token();
	drop_record(d, STORE_TRANSFER_OPEN, on_offer_recorded, drop_ticket(d));
}

static bool
has_changed(const struct drop *d, const struct outgoing_event *event)
{
	uint8_t hash[WIRE_HASH_LEN];

	if (event->offer->entries != d->entries ||
	    event->offer->size != d->size)
		return true;
	if (event->list == NULL)
		return event->offer->mtime_ns != d->mtime_ns;
	filelist_hash(event->list, hash);
	return memcmp(hash, d->list_hash, sizeof(hash)) != 0;
}

/* Opened again, for a new session. */
static void
on_opened_again(struct drop *d, const struct outgoing_event *event)
{
	struct link *l = link_to(d);
	bool changed = has_changed(d, event);

	if (l == NULL) {
		close_source(d);
		return;
	}
	describe(d, event);
	if (changed)
		drop_record(d,
		    d->state == DROP_ACCEPTED ? STORE_TRANSFER_RUNNING
					      : STORE_TRANSFER_OPEN,
		    NULL, NULL);
	if (changed && d->state == DROP_ACCEPTED) {
		app_say(d->app, LINE_NOTICE,
		    _("'%s' changed since; starting over"), d->shown);
		model_remove_row(&d->app->model, d->number);
		d->done = 0;
	}
	offer_now(d, l);
	if (d->link != NULL)
		drop_row(d);
}

void
offer_opened(struct drop *d, const struct outgoing_event *event)
{
	if (d->token == 0)
		on_first_opened(d, event);
	else
		on_opened_again(d, event);
}

/* The words are no paths. All of them together may be one, with blanks. */
static bool
try_whole(struct drop *d)
{
	const char *word = d->whole;

	if (word == NULL)
		return false;
	close_source(d);
	send_open(d, &word, 1, false);
	str_replace(&d->whole, NULL);
	return true;
}

void
offer_failed(struct drop *d, const struct outgoing_event *event)
{
	if (d->token == 0 && try_whole(d))
		return;
	app_say(d->app, LINE_ERROR, "%s", event->reason->text);
	if (d->token == 0) {
		drop_free(d);
	} else if (d->link != NULL && d->id != 0) {
		session_cancel(
		    d->link->session, TRANSFER_OUT, d->id, event->why);
		drop_end(d, STORE_TRANSFER_ENDED);
	} else {
		/* The stick may be unplugged only: nothing is given up. */
		close_source(d);
		app_say(d->app, LINE_NOTICE,
		    _("%u: '%s' is tried again at the next meeting; "
		      "/cancel %u ends it"),
		    d->number, d->shown, d->number);
	}
}

void
offer_anew(struct drop *d)
{
	struct link *l = d->link;

	session_cancel(l->session, TRANSFER_OUT, d->id, WHY_CHANGED);
	drop_take_off_link(d);
	d->tried_on = 0;
	files_offer(l);
}

void
app_send(
    struct app *app, const char *const *words, size_t count, const char *whole)
{
	struct drop *d;

	if (app->partner == NULL || app->memory == NULL) {
		app_say(app, LINE_ERROR, "%s",
		    _("nobody is here yet, so nothing was offered; /send it "
		      "again when somebody is"));
		return;
	}
	d = drop_new(app, app->partner, TRANSFER_OUT);
	d->whole = count > 1 ? paths_expand(whole) : NULL;
	send_open(d, words, count, true);
}

void
offer_on(struct drop *d, struct link *l)
{
	if (d->state == DROP_GIVEN_UP)
		offer_and_cancel(d, l, WHY_PERSON);
	else if (d->outgoing == NULL)
		send_open(
		    d, (const char *const *)d->paths, d->path_count, false);
}
