/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Room on the disk: for what is still to come of a file. */
#include "net/part.h"

#include <errno.h>
#include <sys/statvfs.h>

#include "net/part_internal.h"

/* What was found counts as there before it is hashed. */
static uint64_t
still_to_come(const struct part *p)
{
	const uint64_t here = p->there > p->written ? p->there : p->written;

	return p->plan->size - here;
}

/* Better to say it now than after an hour of writing. */
int
part_check_room(const struct part *p, struct fault *f)
{
	const uint64_t need = still_to_come(p);
	struct statvfs vfs;

	/* Some file systems do not know: then writing will tell. */
	if (fstatvfs(p->folder_fd, &vfs) < 0 || vfs.f_blocks == 0 ||
	    vfs.f_frsize == 0 || vfs.f_blocks > UINT64_MAX / vfs.f_frsize ||
	    vfs.f_bavail > UINT64_MAX / vfs.f_frsize)
		return 0;

	const uint64_t all = (uint64_t)vfs.f_blocks * vfs.f_frsize;
	const uint64_t room = (uint64_t)vfs.f_bavail * vfs.f_frsize;

	if (need <= room)
		return 0;
	/* No room will ever be made for that. What is here already is kept. */
	if (need == p->plan->size && need > all)
		return part_fail_disk(p, f);
	return part_fail_room(p, need - room, f);
}

int
part_fail_write(const struct part *p, int error, struct fault *f)
{
	/* How much is missing, where that is known. */
	if (error == ENOSPC && part_check_room(p, f) < 0)
		return ERR_IO;
	return part_fail(p, error, f);
}
