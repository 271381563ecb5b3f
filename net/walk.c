/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/walk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "net/walk_internal.h"
#include "src/base/i18n.h"
#include "src/base/util.h"

int
walk_fail(struct fault *f, const char *shown, int error)
{
	*f = (struct fault){.why = fsys_why(error)};
	switch (error) {
	case ENOENT:
	case ENOTDIR:
	case ENAMETOOLONG:
		f->why = WHY_GONE;
		reason_set(&f->reason,
		    _("there is no file or folder '%s'; check the name"),
		    shown);
		break;
	case ELOOP:
		f->why = WHY_GONE;
		reason_set(&f->reason,
		    _("'%s' is a link that leads nowhere; name the file "
		      "itself"),
		    shown);
		break;
	case EACCES:
	case EPERM:
		reason_set(&f->reason,
		    _("no permission to read '%s'; ask its owner, or make a "
		      "copy you may read"),
		    shown);
		break;
	default:
		reason_set(&f->reason,
		    _("cannot read '%s' (%s); check the disk it is on"), shown,
		    strerror(error));
		break;
	}
	return ERR_IO;
}

static void
take_paths(struct walk_roots *roots, struct walk *out)
{
	out->paths = mem_alloc(roots->count * sizeof(*out->paths));
	for (size_t i = 0; i < roots->count; i++) {
		out->paths[i] = roots->roots[i].path;
		roots->roots[i].path = NULL;
	}
	out->path_count = roots->count;
}

int
walk_run(const char *const *words, size_t count, bool patterns,
    const atomic_bool *stop, struct walk *out, struct fault *f)
{
	struct walk_roots roots = {.count = 0};
	struct walk_notes notes = {.kinds = {{.count = 0}}};
	int r;

	*out = (struct walk){.list = filelist_new()};
	r = walk_words(words, count, patterns, stop, &roots, f);
	for (size_t i = 0; r == 0 && i < roots.count; i++)
		r = walk_tree(&roots.roots[i], stop, out->list, &notes, f);
	if (r == 0) {
		walk_notes_write(&notes, out);
		take_paths(&roots, out);
	} else {
		walk_release(out);
	}
	walk_notes_release(&notes);
	walk_roots_release(&roots);
	return r;
}

void
walk_release(struct walk *w)
{
	for (size_t i = 0; i < w->path_count; i++)
		free(w->paths[i]);
	free(w->paths);
	for (size_t i = 0; i < w->note_count; i++)
		free(w->notes[i]);
	filelist_unref(w->list);
	*w = (struct walk){.list = NULL};
}
