/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is offered: everything that is meant, looked at on the worker. */
#include "net/outgoing_internal.h"

#include "src/base/err.h"

enum { MODE_BITS = 0777, MODE_EXECUTE_BITS = 0111 };

static bool
is_program(const struct entry *entry)
{
	return entry->kind == ENTRY_FILE &&
	       (entry->mode & MODE_EXECUTE_BITS) != 0;
}

static bool
has_programs(const struct filelist *list)
{
	for (size_t i = 0; i < filelist_count(list); i++) {
		struct entry entry;

		filelist_entry(list, i, &entry);
		if (is_program(&entry))
			return true;
	}
	return false;
}

/* A list cannot be changed: the same one, with no file to be executed. */
static struct filelist *
without_execute_bits(const struct filelist *list)
{
	struct filelist *out = filelist_new();

	for (size_t i = 0; i < filelist_count(list); i++) {
		struct entry entry;

		filelist_entry(list, i, &entry);
		if (is_program(&entry))
			entry.mode &= MODE_BITS & ~MODE_EXECUTE_BITS;
		if (filelist_add(out, &entry) < 0)
			fatal("outgoing: a list does not take its entry");
	}
	return out;
}

static bool
is_one_file(const struct filelist *list)
{
	struct entry entry;

	if (filelist_count(list) != 1)
		return false;
	filelist_entry(list, 0, &entry);
	return entry.kind == ENTRY_FILE;
}

int
outgoing_open(struct outgoing *o, struct fault *f)
{
	const struct outgoing_config *c = &o->config;
	struct walk *w = &o->walk;
	int r = walk_run((const char *const *)o->words, c->word_count,
	    c->patterns, &o->freed, w, f);

	if (r < 0)
		return r;
	if (is_one_file(w->list)) {
		r = file_out_open(&o->file, w->paths[0], &o->mode, f);
		if (!c->keep_mode)
			o->mode &= MODE_BITS & ~MODE_EXECUTE_BITS;
		return r;
	}
	if (!c->keep_mode && has_programs(w->list)) {
		struct filelist *plain = without_execute_bits(w->list);

		filelist_unref(w->list);
		w->list = plain;
	}
	o->tree = tree_out_new(w->list, w->paths);
	return 0;
}

static void
offer_of_file(const struct outgoing *o, struct frame_offer *offer)
{
	offer->size = o->file.source.size;
	offer->mtime_ns = o->file.source.mtime_ns;
	offer->mode = o->mode;
}

static void
offer_of_tree(const struct outgoing *o, struct frame_offer *offer)
{
	size_t len;

	filelist_bytes(o->walk.list, &len);
	offer->entries = (uint32_t)filelist_count(o->walk.list);
	offer->list_len = (uint32_t)len;
	offer->size = filelist_size(o->walk.list);
}

void
outgoing_tell_opened(struct outgoing *o)
{
	struct frame_offer offer = {.size = 0};
	const struct outgoing_event event = {
	    .type = OUTGOING_OPENED,
	    .offer = &offer,
	    .paths = (const char *const *)o->walk.paths,
	    .path_count = o->walk.path_count,
	    .list = o->tree != NULL ? o->walk.list : NULL,
	    .notes = (const char *const *)o->walk.notes,
	    .note_count = o->walk.note_count,
	};
	struct entry first;

	filelist_entry(o->walk.list, 0, &first);
	offer.name = entry_name(&first, &offer.name_len);
	if (o->tree != NULL)
		offer_of_tree(o, &offer);
	else
		offer_of_file(o, &offer);
	outgoing_tell(o, &event);
}
