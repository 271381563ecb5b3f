/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The list of a tree that is offered to us. It comes before anybody is asked,
 * so that all of it can be seen; and before a tree that was accepted once
 * goes on, since only what was agreed to may come.
 */
#include "src/app_state.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/util.h"

/* Bytes of lists that are here, or on their way, and not answered. */
static size_t
held(const struct app *app)
{
	size_t sum = 0, len;

	for (const struct drop *d = app->drops; d != NULL; d = d->next) {
		if (d->dir != TRANSFER_IN || d->list == NULL)
			continue;
		filelist_bytes(d->list, &len);
		sum += d->listing ? d->list_len : len;
	}
	return sum;
}

bool
list_begin(struct drop *d, const struct frame_offer *offer)
{
	drop_set_list(d, NULL);
	if (held(d->app) + offer->list_len > APP_LISTS_MAX) {
		session_refuse(d->link->session, d->id, WHY_TOO_MANY);
		return false;
	}
	d->list = filelist_new();
	d->list_len = offer->list_len;
	d->listing = true;
	d->offered_size = offer->size;
	d->offered_entries = offer->entries;
	session_take_list(d->link->session, d->id);
	return true;
}

/* It is not what was announced, or no list: their charla is broken, or worse.
 */
static void
refuse(struct drop *d)
{
	app_say(d->app, LINE_WARNING,
	    _("%s offered files with a list that makes no sense, or with names "
	      "that no file can have here: refused"),
	    d->link->label);
	session_refuse(d->link->session, d->id, WHY_NAME);
	drop_end(d, STORE_TRANSFER_ENDED);
}

struct look {
	struct drop_ticket *ticket;
	size_t count;
};

static void
on_look(void *arg, const uint8_t *flags)
{
	struct look *look = arg;
	struct drop *d = drop_redeem(look->ticket);

	if (d != NULL && flags != NULL && d->list != NULL &&
	    filelist_count(d->list) == look->count) {
		free(d->look);
		d->look = mem_dup(flags, look->count);
	}
	free(look);
}

/* What is there already: for whoever wants to see. */
static void
look(struct drop *d)
{
	struct look *job = mem_alloc(sizeof(*job));

	*job = (struct look){drop_ticket(d), filelist_count(d->list)};
	incoming_look(
	    d->app->disk, d->app->paths.downloads, d->list, on_look, job);
}

/* It was accepted once; is it still the same? */
static void
compare(struct drop *d)
{
	if (d->entries > 0 &&
	    memcmp(d->agreed, d->list_hash, WIRE_HASH_LEN) == 0) {
		receive_go_on(d);
		return;
	}
	app_say(d->app, LINE_NOTICE, _("'%s' changed since"), d->shown);
	/* It was a file: what is here of that is void. */
	if (d->entries == 0)
		receive_forget_part(d);
	d->entries = d->offered_entries;
	d->size = d->offered_size;
	d->state = DROP_OFFERED;
	drop_row(d);
	receive_ask(d);
}

static void
whole(struct drop *d)
{
	d->listing = false;
	if (!filelist_is_whole(d->list) ||
	    filelist_count(d->list) != d->offered_entries ||
	    filelist_size(d->list) != d->offered_size) {
		refuse(d);
		return;
	}
	drop_set_list(d, filelist_ref(d->list));
	if (d->state == DROP_ACCEPTED) {
		compare(d);
		return;
	}
	look(d);
	receive_ask(d);
}

void
list_data(struct drop *d, const struct session_event *event)
{
	const bool last = event->transfer->offset == event->transfer->list_len;
	struct session *s = d->link->session;

	if (filelist_feed(d->list, event->data, event->data_len) < 0) {
		refuse(d);
		return;
	}
	session_drained(s, d->id, event->data_len);
	if (last)
		whole(d);
}
