/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Room on the disk: for what is still to come. */
#include "net/part.h"

#include <sys/statvfs.h>

#include "net/part_internal.h"

/* What was found counts as there before it is hashed. */
static uint64_t
still_to_come(const struct part *p)
{
	const uint64_t here = p->there > p->written ? p->there : p->written;

	return p->plan->size - here;
}

int
part_room(
    const struct part_plan *plan, int folder_fd, uint64_t need, struct fault *f)
{
	struct statvfs vfs;

	/* Some file systems do not know: then writing will tell. */
	if (fstatvfs(folder_fd, &vfs) < 0 || vfs.f_blocks == 0 ||
	    vfs.f_frsize == 0 || vfs.f_blocks > UINT64_MAX / vfs.f_frsize ||
	    vfs.f_bavail > UINT64_MAX / vfs.f_frsize)
		return 0;

	const uint64_t all = (uint64_t)vfs.f_blocks * vfs.f_frsize;
	const uint64_t room = (uint64_t)vfs.f_bavail * vfs.f_frsize;

	if (need <= room)
		return 0;
	/* No room will ever be made for that. What is here already is kept. */
	if (need == plan->size && need > all)
		return part_fail_disk(plan, f);
	return part_fail_room(plan, need - room, f);
}

/* Better to say it now than after an hour of writing. */
int
part_check_room(const struct part *p, struct fault *f)
{
	return part_room(p->plan, p->folder_fd, still_to_come(p), f);
}
