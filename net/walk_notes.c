/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/walk_internal.h"

#include <stdlib.h>

#include "src/base/i18n.h"
#include "src/base/util.h"

void
walk_note(struct walk_notes *notes, enum walk_note kind, const char *path)
{
	size_t at = notes->kinds[kind].count++;

	if (at < WALK_NOTE_EXAMPLES)
		notes->kinds[kind].examples[at] = fsys_show(path);
}

void
walk_notes_release(struct walk_notes *notes)
{
	for (size_t i = 0; i < WALK_NOTE_KINDS; i++) {
		for (size_t j = 0; j < WALK_NOTE_EXAMPLES; j++)
			free(notes->kinds[i].examples[j]);
	}
}

static char *
write_one(enum walk_note kind, size_t n, const char *names)
{
	switch (kind) {
	case WALK_NOTE_LINK:
		return str_printf(
		    ngettext("%zu symbolic link is listed, not sent (%s)",
			"%zu symbolic links are listed, not sent (%s)", n),
		    n, names);
	case WALK_NOTE_OTHER:
		return str_printf(
		    ngettext("%zu pipe, socket or device is listed, not sent "
			     "(%s)",
			"%zu pipes, sockets or devices are listed, not sent "
			"(%s)",
			n),
		    n, names);
	case WALK_NOTE_NAME:
		return str_printf(
		    ngettext("%zu name holds bytes that are no text, so this "
			     "is not sent (%s); rename it first",
			"%zu names hold bytes that are no text, so these are "
			"not sent (%s); rename them first",
			n),
		    n, names);
	case WALK_NOTE_DENIED:
		return str_printf(
		    ngettext("no permission to look into %zu folder (%s); "
			     "what is in it is not sent",
			"no permission to look into %zu folders (%s); what "
			"is in them is not sent",
			n),
		    n, names);
	case WALK_NOTE_BROKEN:
		return str_printf(
		    ngettext("%zu name cannot be looked at and is not sent "
			     "(%s); check the disk it is on",
			"%zu names cannot be looked at and are not sent (%s); "
			"check the disk they are on",
			n),
		    n, names);
	default:
		return str_printf(
		    ngettext("%zu folder went away meanwhile (%s)",
			"%zu folders went away meanwhile (%s)", n),
		    n, names);
	}
}

void
walk_notes_write(const struct walk_notes *notes, struct walk *out)
{
	for (size_t i = 0; i < WALK_NOTE_KINDS; i++) {
		const size_t n = notes->kinds[i].count;
		char *const *of = notes->kinds[i].examples;
		char *names;

		if (n == 0)
			continue;
		names = str_printf("%s%s%s%s", of[0], n > 1 ? ", " : "",
		    n > 1 ? of[1] : "", n > WALK_NOTE_EXAMPLES ? ", ..." : "");
		out->notes[out->note_count++] =
		    write_one((enum walk_note)i, n, names);
		free(names);
	}
}
