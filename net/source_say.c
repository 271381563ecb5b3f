/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said when a file cannot be sent: to both sides. */
#include "net/source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"

#ifndef ENOMEDIUM
#define ENOMEDIUM ENODEV
#endif

enum wire_why
source_why(const struct source *s)
{
	switch (s->error) {
	case SOURCE_CHANGED:
	case EISDIR:
	case ELOOP: /* a symbolic link is in its place */
		return WHY_CHANGED;
	case ENOENT:
	case ENOTDIR:
	case ENXIO:
	case ESTALE:
	case ENODEV:
#if ENOMEDIUM != ENODEV
	case ENOMEDIUM:
#endif
		return WHY_GONE;
	case EACCES:
	case EPERM:
		return WHY_DENIED;
	default:
		return WHY_IO;
	}
}

static void
say_gone(struct reason *why, const char *shown, enum source_use use)
{
	if (use == SOURCE_OFFERED)
		reason_set(
		    why, _("there is no file '%s'; check the name"), shown);
	else if (use == SOURCE_ALONE)
		reason_set(why,
		    _("'%s' is not there any more; put it back, then "
		      "/resume"),
		    shown);
	else
		reason_set(why,
		    _("'%s' is not there any more; put it back, or /resume "
		      "goes on without it"),
		    shown);
}

static void
say_denied(struct reason *why, const char *shown, enum source_use use)
{
	if (use == SOURCE_OFFERED)
		reason_set(why,
		    _("no permission to read '%s'; ask its owner, or make a "
		      "copy you may read"),
		    shown);
	else if (use == SOURCE_ALONE)
		reason_set(why,
		    _("no permission to read '%s'; make it readable, then "
		      "/resume"),
		    shown);
	else
		reason_set(why,
		    _("no permission to read '%s'; make it readable, or "
		      "/resume goes on without it"),
		    shown);
}

static void
say_changed(struct reason *why, const char *shown, enum source_use use)
{
	if (use == SOURCE_OFFERED)
		reason_set(why,
		    _("'%s' was changed just now; send it again when nothing "
		      "writes to it"),
		    shown);
	else if (use == SOURCE_ALONE)
		reason_set(why,
		    _("'%s' was changed since it was offered; /cancel it, "
		      "and send it again when nothing writes to it"),
		    shown);
	else
		reason_set(why,
		    _("'%s' was changed since it was offered; /resume goes "
		      "on without it"),
		    shown);
}

static void
say_broken(
    struct reason *why, const char *shown, int error, enum source_use use)
{
	if (use == SOURCE_OFFERED)
		reason_set(why,
		    _("cannot read '%s' (%s); check the disk it is on"), shown,
		    strerror(error));
	else if (use == SOURCE_ALONE)
		reason_set(why,
		    _("cannot read '%s' (%s); check the disk it is on, then "
		      "/resume"),
		    shown, strerror(error));
	else
		reason_set(why,
		    _("cannot read '%s' (%s); check the disk it is on, or "
		      "/resume goes on without it"),
		    shown, strerror(error));
}

void
source_explain(const struct source *s, const char *path, enum source_use use,
    struct fault *f)
{
	char *shown = fsys_show(path);

	*f = (struct fault){.why = source_why(s)};
	switch (f->why) {
	case WHY_GONE:
		say_gone(&f->reason, shown, use);
		break;
	case WHY_DENIED:
		say_denied(&f->reason, shown, use);
		break;
	case WHY_CHANGED:
		say_changed(&f->reason, shown, use);
		break;
	default:
		say_broken(&f->reason, shown, s->error, use);
		break;
	}
	free(shown);
}
