/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/part.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <xxhash.h>

#include "net/filename.h"
#include "src/base/folder.h"
#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"

enum {
	PART_BEHIND = 8 * 1024 * 1024, /* bytes between two hints to write */
	PART_NAME_TRIES = 4,
};

/* 9999-12-31: beyond it neither people nor file systems know a date. */
static const int64_t mtime_max_ms = INT64_C(253402300799) * 1000;

_Static_assert((int)WIRE_HASH_LEN == (int)sizeof(XXH128_canonical_t),
    "the hash on the wire is XXH3-128");

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

static int
fail(const struct part *p, int error, struct fault *f)
{
	char *folder = fsys_show(p->folder);

	f->why = fsys_why(error);
	explain(&f->reason, folder, error);
	free(folder);
	return ERR_IO;
}

void
part_init(struct part *p)
{
	*p = (struct part){.folder_fd = -1, .fd = -1};
}

void
part_release(struct part *p)
{
	if (p->name[0] != '\0')
		unlinkat(p->folder_fd, p->name, 0);
	if (p->fd >= 0)
		close(p->fd);
	if (p->folder_fd >= 0)
		close(p->folder_fd);
	XXH3_freeState(p->hash);
	part_init(p);
}

/* Better to say it now than after an hour of writing. */
static int
check_room(const struct part *p, struct fault *f)
{
	struct statvfs vfs;

	/* Some file systems do not know: then writing will tell. */
	if (fstatvfs(p->folder_fd, &vfs) < 0 || vfs.f_blocks == 0 ||
	    vfs.f_frsize == 0 || vfs.f_bavail > UINT64_MAX / vfs.f_frsize)
		return 0;

	uint64_t room = (uint64_t)vfs.f_bavail * vfs.f_frsize;
	if (p->size <= room)
		return 0;

	char missing[TEXT_SIZE_MAX];
	char *folder = fsys_show(p->folder);
	text_size(p->size - room, missing);
	f->why = WHY_DISK_FULL;
	reason_set(&f->reason,
	    _("not enough room in '%s': %s are missing; make room, or choose "
	      "another folder with --dir"),
	    folder, missing);
	free(folder);
	return ERR_IO;
}

static int
random_u64(uint64_t *out)
{
	ssize_t n;

	do
		n = getrandom(out, sizeof(*out), 0);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(*out) ? 0 : -1;
}

static int
make_file(struct part *p)
{
	const int flags = O_RDWR | O_CREAT | O_EXCL;
	char name[PART_NAME_MAX];

	for (int i = 0; i < PART_NAME_TRIES && p->fd < 0; i++) {
		uint64_t id;

		if (random_u64(&id) < 0)
			return -1;
		snprintf(name, sizeof(name), ".charla-%016" PRIx64 ".part", id);
		p->fd = fsys_open_beneath(p->folder_fd, name, flags, 0600);
		if (p->fd < 0 && errno != EEXIST)
			return -1;
	}
	if (p->fd < 0)
		return -1;
	memcpy(p->name, name, sizeof(name));
	return 0;
}

int
part_create(struct part *p, const char *folder, uint64_t size, struct fault *f)
{
	p->folder = folder;
	p->size = size;
	if (size > INT64_MAX)
		return fail(p, EFBIG, f);
	if (folder_make(folder) < 0)
		return fail(p, errno, f);
	p->folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (p->folder_fd < 0)
		return fail(p, errno, f);
	if (check_room(p, f) < 0)
		return ERR_IO;
	if (make_file(p) < 0)
		return fail(p, errno, f);

	p->hash = XXH3_createState();
	if (p->hash == NULL)
		fatal("out of memory");
	XXH3_128bits_reset(p->hash);
	return 0;
}

/* Other bytes than agreed. */
static int
fail_size(const struct part *p, uint64_t got, struct fault *f)
{
	f->why = WHY_PROTOCOL;
	reason_set(&f->reason,
	    _("%" PRIu64 " bytes arrived where %" PRIu64
	      " were agreed; nothing was kept, ask for it again"),
	    got, p->size);
	return ERR_IO;
}

int
part_append(struct part *p, const void *data, size_t len, struct fault *f)
{
	uint64_t end;

	if (!add_u64(p->written, len, &end) || end > p->size)
		return fail_size(p, p->written + len, f);
	if (fsys_write_at(p->fd, data, len, p->written) < 0)
		return fail(p, errno, f);
	XXH3_128bits_update(p->hash, data, len);
	p->written = end;

	if (end - p->behind >= PART_BEHIND) {
		fsys_write_behind(p->fd, p->behind, end - p->behind);
		p->behind = end;
	}
	return 0;
}

/*
 * Times and modes are a courtesy: a file system that knows none (FAT, some
 * network ones) refuses, and the file is as good without.
 */
static void
dress(const struct part *p, const struct part_seal *seal)
{
	int64_t ms = seal->mtime_ms;
	mode_t mode = (mode_t)(seal->mode & 0666) & ~fsys_umask();

	ms = ms < 0 ? 0 : ms > mtime_max_ms ? mtime_max_ms : ms;
	const struct timespec times[2] = {
	    {.tv_nsec = UTIME_NOW},
	    {.tv_sec = (time_t)(ms / 1000),
		.tv_nsec = (long)(ms % 1000) * 1000 * 1000},
	};
	/* Whoever asked for the file can always read and replace it. */
	(void)!fchmod(p->fd, mode | S_IRUSR | S_IWUSR);
	(void)!futimens(p->fd, times);
}

int
part_seal(struct part *p, const struct part_seal *seal, struct fault *f)
{
	XXH128_canonical_t hash;

	if (p->written != p->size)
		return fail_size(p, p->written, f);
	XXH128_canonicalFromHash(&hash, XXH3_128bits_digest(p->hash));
	if (memcmp(hash.digest, seal->hash, WIRE_HASH_LEN) != 0) {
		f->why = WHY_HASH;
		reason_set(&f->reason,
		    _("the bytes that arrived are not the bytes that were "
		      "sent; nothing was kept, ask for the file again"));
		return ERR_IO;
	}
	dress(p, seal);
	if (fsync(p->fd) < 0)
		return fail(p, errno, f);
	return 0;
}

/* No name could be given: which sentence says why. */
static int
fail_name(const struct part *p, const char *name, int error, struct fault *f)
{
	if (error != EEXIST && error != EINVAL && error != ENAMETOOLONG)
		return fail(p, error, f);

	char *folder = fsys_show(p->folder);
	char *shown = fsys_show(name);
	f->why = WHY_NAME;
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

int
part_place(struct part *p, const char *name, char **path, struct fault *f)
{
	char choice[FILENAME_MAX_BYTES + 1];
	int result = -1;

	errno = EEXIST;
	for (unsigned i = 0; i <= FILENAME_TRIES && result < 0; i++) {
		if (errno != EEXIST)
			break;
		filename_choice(name, i, choice);
		result = fsys_rename_new(p->folder_fd, p->name, choice);
	}
	if (result < 0)
		return fail_name(p, name, errno, f);
	p->name[0] = '\0';

	/* EINVAL: a file system that does not sync folders. */
	if (fsync(p->folder_fd) < 0 && errno != EINVAL)
		return fail(p, errno, f);
	*path = str_printf("%s%s%s", p->folder,
	    p->folder[strlen(p->folder) - 1] == '/' ? "" : "/", choice);
	return 0;
}
