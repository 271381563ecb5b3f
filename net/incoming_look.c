/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Jobs about the download folder that belong to nothing we receive just now:
 * what is there under the names of a list, and parts nobody needs any more.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/incoming_internal.h"
#include "net/part_internal.h"
#include "net/tree_path.h"
#include "src/base/util.h"

enum { LOOK_SLICE = 4096 }; /* entries at once, so that others get a turn */

struct look {
	struct worker *disk;
	char *folder;
	struct filelist *list;
	void (*done)(void *arg, const uint8_t *flags);
	void *arg;
	int folder_fd;
	struct tree_path path;
	size_t at, count;
	uint8_t *flags;
};

static uint8_t
look_at_file(const struct entry *e, const struct stat *st)
{
	const struct timespec mtime = part_mtime(e->mtime_ns);
	uint8_t flags = INCOMING_LOOK_THERE;

	if (!S_ISREG(st->st_mode))
		return INCOMING_LOOK_OTHER;
	if ((uint64_t)st->st_size == e->size)
		flags |= INCOMING_LOOK_SIZE;
	if ((flags & INCOMING_LOOK_SIZE) != 0 &&
	    part_is_about(&st->st_mtim, &mtime))
		flags |= INCOMING_LOOK_TIME;
	return flags;
}

static uint8_t
look_at_folder(struct look *l, const char *name)
{
	const int parent_fd = tree_path_fd(&l->path);
	struct tree_level level = {.fd = -1};
	struct stat st;
	uint8_t flags = 0;

	if (parent_fd >= 0) {
		level.fd = tree_open_folder(parent_fd, name);
		if (level.fd >= 0)
			flags = INCOMING_LOOK_THERE;
		else if (fstatat(parent_fd, name, &st, AT_SYMLINK_NOFOLLOW) ==
			 0)
			flags = INCOMING_LOOK_OTHER;
	}
	tree_path_enter(&l->path, &level);
	return flags;
}

static uint8_t
look_at(struct look *l, const struct entry *e)
{
	char name[FILENAME_MAX_BYTES + 1];
	size_t len;
	const char *last = entry_name(e, &len);
	struct stat st;

	memcpy(name, last, len);
	name[len] = '\0';
	(void)tree_path_leave(&l->path, entry_depth(e));
	if (e->kind == ENTRY_FOLDER)
		return look_at_folder(l, name);
	if (e->kind != ENTRY_FILE || tree_path_fd(&l->path) < 0 ||
	    fstatat(tree_path_fd(&l->path), name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	return look_at_file(e, &st);
}

static void
look_begin(struct look *l)
{
	l->folder_fd = open(l->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (l->folder_fd < 0)
		return;
	tree_path_init(&l->path, l->folder_fd);
	l->flags = mem_zalloc(l->count + 1);
}

static void
look_run(void *arg)
{
	struct look *l = arg;
	struct entry e;

	if (l->flags == NULL)
		look_begin(l);
	if (l->flags == NULL)
		return;
	for (unsigned i = 0; i < LOOK_SLICE && l->at < l->count; i++) {
		filelist_entry(l->list, l->at, &e);
		l->flags[l->at++] = look_at(l, &e);
	}
	if (l->at < l->count)
		return;
	tree_path_release(&l->path);
	close(l->folder_fd);
}

static void
look_done(void *arg)
{
	struct look *l = arg;

	if (l->flags != NULL && l->at < l->count) {
		worker_add(l->disk, look_run, look_done, l);
		return;
	}
	l->done(l->arg, l->flags);
	filelist_unref(l->list);
	free(l->flags);
	free(l->folder);
	free(l);
}

void
incoming_look(struct worker *disk, const char *folder, struct filelist *list,
    void (*done)(void *arg, const uint8_t *flags), void *arg)
{
	struct look *l = mem_zalloc(sizeof(*l));

	l->disk = disk;
	l->folder = str_dup(folder);
	l->list = filelist_ref(list);
	l->count = filelist_count(list);
	l->done = done;
	l->arg = arg;
	worker_add(disk, look_run, look_done, l);
}

struct discard {
	char *folder, *part;
};

static void
discard_run(void *arg)
{
	const struct discard *d = arg;

	/* It is one of the two. */
	part_discard(d->folder, d->part);
	tree_discard(d->folder, d->part);
}

static void
discard_done(void *arg)
{
	struct discard *d = arg;

	free(d->folder);
	free(d->part);
	free(d);
}

void
incoming_discard(struct worker *disk, const char *folder, const char *part)
{
	struct discard *d = mem_alloc(sizeof(*d));

	d->folder = str_dup(folder);
	d->part = str_dup(part);
	worker_add(disk, discard_run, discard_done, d);
}
