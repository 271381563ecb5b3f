/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One transfer as the controller sees it: who, what, how far; its row on the
 * screen, and its record in the store, which is what a later run goes on
 * from.
 */
#include "src/app_state.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"

enum { PROGRESS_NOTE_MS = 100 };

struct drop_ticket {
	struct app *app;
	struct known *who;
	enum transfer_dir dir;
	uint64_t token;
};

struct drop *
drop_new(struct app *app, struct known *who, enum transfer_dir dir)
{
	struct drop *d = mem_zalloc(sizeof(*d));
	struct drop **end = &app->drops;

	d->app = app;
	d->who = who;
	d->dir = dir;
	d->number = ++app->next_number;
	d->time_ms = clock_utc_ms();
	while (*end != NULL)
		end = &(*end)->next;
	*end = d;
	return d;
}

void
drop_free(struct drop *d)
{
	struct app *app = d->app;
	struct drop **p = &app->drops;

	while (*p != d)
		p = &(*p)->next;
	*p = d->next;
	if (app->shown == d)
		show_close(app);
	model_remove_row(&app->model, d->number);
	outgoing_free(d->outgoing);
	incoming_free(d->incoming, d->recorded);
	drop_set_paths(d, NULL, 0);
	filelist_unref(d->list);
	free(d->name);
	free(d->shown);
	free(d->whole);
	free(d->folder);
	free(d->part);
	free(d->as);
	free(d->place);
	free(d->look);
	free(d);
	app_refresh_status(app);
	turns_give(app);
}

struct drop *
drop_by_id(const struct link *l, enum transfer_dir dir, uint32_t id)
{
	for (struct drop *d = l->app->drops; d != NULL; d = d->next) {
		if (d->link == l && d->dir == dir && d->id == id)
			return d;
	}
	return NULL;
}

struct drop *
drop_by_token(const struct app *app, const struct known *who,
    enum transfer_dir dir, uint64_t token)
{
	for (struct drop *d = app->drops; d != NULL; d = d->next) {
		if (d->who == who && d->dir == dir && d->token == token)
			return d;
	}
	return NULL;
}

struct drop_ticket *
drop_ticket(const struct drop *d)
{
	struct drop_ticket *ticket = mem_zalloc(sizeof(*ticket));

	*ticket = (struct drop_ticket){d->app, d->who, d->dir, d->token};
	return ticket;
}

struct drop *
drop_redeem(struct drop_ticket *ticket)
{
	struct drop *d =
	    drop_by_token(ticket->app, ticket->who, ticket->dir, ticket->token);

	free(ticket);
	return d;
}

void
drop_describe(struct drop *d, const struct frame_offer *offer)
{
	str_replace(&d->name, str_ndup(offer->name, offer->name_len));
	str_replace(
	    &d->shown, text_clean(offer->name, offer->name_len, TEXT_LABEL));
	d->size = offer->size;
	d->mode = offer->mode;
	d->mtime_ns = offer->mtime_ns;
	d->entries = offer->entries;
}

/* "doc/", "a.jpg", "a.jpg and 39 more". */
static char *
tree_label(const struct filelist *list)
{
	size_t roots = filelist_roots(list);
	struct entry first;
	char *name, *label;

	filelist_entry(list, 0, &first);
	name = text_clean(first.path, first.path_len, TEXT_LABEL);
	label = roots == 1 ? str_printf("%s%s", name,
				 first.kind == ENTRY_FOLDER ? "/" : "")
			   : str_printf(ngettext("%s and %zu more",
					    "%s and %zu more", roots - 1),
				 name, roots - 1);
	free(name);
	return label;
}

void
drop_set_list(struct drop *d, struct filelist *list)
{
	if (d->app->shown == d)
		show_close(d->app);
	filelist_unref(d->list);
	d->list = list;
	free(d->look);
	d->look = NULL;
	if (list == NULL)
		return;
	filelist_hash(list, d->list_hash);
	str_replace(&d->shown, tree_label(list));
}

void
drop_set_paths(struct drop *d, const char *const *paths, size_t count)
{
	char **copies = count > 0 ? mem_alloc(count * sizeof(*copies)) : NULL;

	for (size_t i = 0; i < count; i++)
		copies[i] = str_dup(paths[i]);
	for (size_t i = 0; i < d->path_count; i++)
		free(d->paths[i]);
	free(d->paths);
	d->paths = copies;
	d->path_count = count;
}

void
drop_record(struct drop *d, enum store_transfer_state state, store_done *done,
    void *arg)
{
	struct store_transfer record = {
	    .outgoing = d->dir == TRANSFER_OUT,
	    .token = d->token,
	    .state = state,
	    .name = d->name,
	    .folder = d->folder,
	    .part = d->part,
	    .paths = d->paths,
	    .path_count = d->path_count,
	    .entries = d->entries,
	    .as = d->as,
	    .size = d->size,
	    .mtime_ns = d->mtime_ns,
	    .mode = d->mode,
	    .time_ms = d->time_ms,
	};

	/* What was recorded while things were kept is kept up to date. */
	if (!app_records(d->app) && !d->recorded) {
		if (done != NULL)
			done(arg, true, NULL);
		return;
	}
	d->recorded = true;
	memcpy(record.key, d->who->peer.key, STORE_KEY_LEN);
	memcpy(record.list_hash, d->list_hash, STORE_HASH_LEN);
	store_put_transfer(d->app->store, &record, done, arg);
}

static bool
is_shown(const struct drop *d)
{
	return d->who == d->app->partner &&
	       (d->state == DROP_ACCEPTED || d->state == DROP_STORED);
}

void
drop_row(struct drop *d)
{
	struct model *m = &d->app->model;
	struct row *row = model_row(m, d->number);

	app_refresh_status(d->app);
	if (!is_shown(d)) {
		model_remove_row(m, d->number);
		return;
	}
	if (row != NULL)
		return;
	row = model_add_row(
	    m, d->number, d->dir == TRANSFER_IN, d->shown, d->size);
	row->done = d->done;
	if (d->queued)
		model_row_state(m, d->number, ROW_QUEUED);
	else if (d->state == DROP_STORED)
		model_row_state(m, d->number, ROW_CHECKING);
	else if (d->link == NULL)
		model_row_state(m, d->number, ROW_AWAY);
	else if (d->begun)
		model_progress(m, d->number, d->done, clock_mono_ms());
	else
		model_row_state(m, d->number, ROW_CONTINUING);
}

void
drop_set_row(struct drop *d, enum row_state state)
{
	model_row_state(&d->app->model, d->number, state);
	app_refresh_status(d->app);
}

/* Of a tree: which file it is on, how many there are. */
static void
show_files(struct drop *d)
{
	struct model *m = &d->app->model;
	const struct tree_progress *p = &d->progress;
	char *current = NULL;
	struct entry entry;

	if (d->list == NULL)
		return;
	if (p->entry < filelist_count(d->list)) {
		filelist_entry(d->list, p->entry, &entry);
		current = str_ndup(entry.path, entry.path_len);
	}
	model_row_files(
	    m, d->number, p->files, (uint32_t)filelist_files(d->list), current);
	model_row_skipped(m, d->number, p->skipped);
	free(current);
}

/* The row need not know of every block. */
void
drop_progress(struct drop *d, uint64_t done)
{
	uint64_t now = clock_mono_ms();

	d->done = done;
	if (!d->begun) {
		d->begun = true;
		d->begun_ms = now;
		d->resumed = done;
	} else if (now - d->noted_ms < PROGRESS_NOTE_MS && done < d->size) {
		return;
	}
	d->noted_ms = now;
	if (pause_holds(d)) {
		pause_row(d);
		return;
	}
	show_files(d);
	model_progress(&d->app->model, d->number, done, now);
}

void
drop_tree_progress(struct drop *d, const struct tree_progress *p)
{
	d->progress = *p;
	drop_progress(d, p->bytes);
}

void
drop_take_off_link(struct drop *d)
{
	d->link = NULL;
	d->id = 0;
	app_refresh_status(d->app);
	outgoing_free(d->outgoing);
	d->outgoing = NULL;
	incoming_free(d->incoming, true);
	d->incoming = NULL;
	d->begun = false;
	d->listing = false;
	d->answered = false;
	pause_off_link(d);
	if (d->state == DROP_ACCEPTED)
		drop_set_row(d, ROW_AWAY);
	turns_give(d->app);
}

void
drop_end(struct drop *d, enum store_transfer_state state)
{
	struct app *app = d->app;

	if (d->recorded)
		drop_record(d, state, NULL, NULL);
	if (d->incoming != NULL) {
		incoming_free(d->incoming, false);
		d->incoming = NULL;
	} else if (d->part != NULL && state != STORE_TRANSFER_DONE) {
		incoming_discard(app->disk, d->folder, d->part);
	}
	drop_free(d);
	/* There may be room for one that waits. */
	if (app->current != NULL)
		files_offer(app->current);
}

void
drop_give_up(struct drop *d)
{
	struct app *app = d->app;

	d->state = DROP_GIVEN_UP;
	drop_record(d, STORE_TRANSFER_GIVEN_UP, NULL, NULL);
	outgoing_free(d->outgoing);
	d->outgoing = NULL;
	incoming_free(d->incoming, false);
	d->incoming = NULL;
	if (d->part != NULL)
		incoming_discard(app->disk, d->folder, d->part);
	drop_row(d);
	app_refresh_status(app);
}
