/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said when something cannot be received: for both sides. */
#include "net/part_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/text.h"

/* Nothing that passes, unless it is said. */
static void
fault_begin(struct fault *f, enum wire_why why)
{
	f->why = why;
	f->passing = false;
	f->missing = 0;
}

/* One sentence for what the system said about the folder or a file in it. */
static void
explain(struct reason *why, const char *folder, int error)
{
	if (error == ENOSPC)
		reason_set(why,
		    _("the disk of '%s' is full; make room, or choose "
		      "another folder with --dir"),
		    folder);
	else if (error == EDQUOT)
		reason_set(why,
		    _("your share of the disk of '%s' is used up; make "
		      "room, or choose another folder with --dir"),
		    folder);
	else if (error == EACCES || error == EPERM)
		reason_set(why,
		    _("no permission to write in '%s'; choose another "
		      "folder with --dir"),
		    folder);
	else if (error == EROFS)
		reason_set(why,
		    _("the disk of '%s' is read-only; choose another "
		      "folder with --dir"),
		    folder);
	else if (error == EFBIG)
		reason_set(why,
		    _("the file is larger than one file can be in '%s'; "
		      "choose another folder with --dir"),
		    folder);
	else if (error == ENOTDIR)
		reason_set(why,
		    _("'%s' is not a folder; choose another with --dir"),
		    folder);
	else if (error == ENOENT)
		reason_set(why,
		    _("the folder '%s' is not there and cannot be made; "
		      "choose another with --dir"),
		    folder);
	else
		reason_set(why,
		    _("cannot write in '%s' (%s); check the disk, or choose "
		      "another folder with --dir"),
		    folder, strerror(error));
}

int
part_fail(const struct part_plan *plan, int error, struct fault *f)
{
	char *folder = fsys_show(plan->folder);

	fault_begin(f, fsys_why(error));
	f->passing = fsys_may_pass(error);
	explain(&f->reason, folder, error);
	free(folder);
	return ERR_IO;
}

int
part_fail_open(const struct part_plan *plan, int error, struct fault *f)
{
	if (error != EEXIST && error != EWOULDBLOCK)
		return part_fail(plan, error, f);

	char *name = fsys_show(plan->name);
	char *folder = fsys_show(plan->folder);
	fault_begin(f, WHY_DENIED);
	if (error == EEXIST)
		reason_set(&f->reason,
		    _("'%s' cannot be received: in '%s' something else is "
		      "called %s; look at it, move it away, and ask for it "
		      "again"),
		    name, folder, plan->part);
	else
		reason_set(&f->reason,
		    _("'%s' cannot be received: another charla is writing it "
		      "in '%s' just now; end one of the two"),
		    name, folder);
	free(folder);
	free(name);
	return ERR_IO;
}

int
part_fail_read(const struct part_plan *plan, int error, struct fault *f)
{
	char *name = fsys_show(plan->name);
	char *folder = fsys_show(plan->folder);

	fault_begin(f, WHY_IO);
	reason_set(&f->reason,
	    _("what is there of '%s' in '%s' cannot be read (%s); check the "
	      "disk, and ask for it again"),
	    name, folder, strerror(error));
	free(folder);
	free(name);
	return ERR_IO;
}

int
part_fail_room(const struct part_plan *plan, uint64_t missing, struct fault *f)
{
	char size[TEXT_SIZE_MAX];
	char *folder = fsys_show(plan->folder);

	text_size(missing, size);
	fault_begin(f, WHY_DISK_FULL);
	f->passing = true;
	f->missing = missing;
	reason_set(&f->reason,
	    _("not enough room in '%s': %s are missing; make room, or choose "
	      "another folder with --dir"),
	    folder, size);
	free(folder);
	return ERR_IO;
}

int
part_fail_disk(const struct part_plan *plan, struct fault *f)
{
	char size[TEXT_SIZE_MAX];
	char *name = fsys_show(plan->name);
	char *folder = fsys_show(plan->folder);

	text_size(plan->size, size);
	fault_begin(f, WHY_DISK_FULL);
	reason_set(&f->reason,
	    _("'%s' (%s) is larger than the disk of '%s'; choose another "
	      "folder with --dir"),
	    name, size, folder);
	free(folder);
	free(name);
	return ERR_IO;
}

int
part_fail_size(const struct part_plan *plan, uint64_t got, struct fault *f)
{
	fault_begin(f, WHY_PROTOCOL);
	reason_set(&f->reason,
	    _("%" PRIu64 " bytes arrived where %" PRIu64
	      " were agreed; nothing was kept, ask for it again"),
	    got, plan->size);
	return ERR_IO;
}

int
part_fail_hash(struct fault *f)
{
	fault_begin(f, WHY_HASH);
	reason_set(&f->reason,
	    _("the bytes that arrived are not the bytes that were sent; "
	      "nothing was kept, ask for the file again"));
	return ERR_IO;
}

int
part_fail_removed(const struct part_plan *plan, struct fault *f)
{
	char *name = fsys_show(plan->name);
	char *folder = fsys_show(plan->folder);

	fault_begin(f, WHY_IO);
	reason_set(&f->reason,
	    _("what had arrived of '%s' was removed from '%s' meanwhile; ask "
	      "for it again"),
	    name, folder);
	free(folder);
	free(name);
	return ERR_IO;
}

int
part_fail_name(const struct part_plan *plan, int error, struct fault *f)
{
	if (error != EEXIST && error != EINVAL && error != ENAMETOOLONG)
		return part_fail(plan, error, f);

	char *folder = fsys_show(plan->folder);
	char *shown = fsys_show(plan->name);
	fault_begin(f, WHY_NAME);
	reason_set(&f->reason,
	    error == EEXIST
		? _("every name like '%s' is taken in '%s'; move some away, "
		    "or choose another folder with --dir")
		: _("no file can be called '%s' in '%s'; ask for it under "
		    "another name, or choose another folder with --dir"),
	    shown, folder);
	free(shown);
	free(folder);
	return ERR_IO;
}
