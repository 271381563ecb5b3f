/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One root and all that is in it. Each folder is opened by its name in the
 * one above, so whatever somebody renames meanwhile, a walk never leaves the
 * root. One descriptor is open for each folder on the way down; the list
 * allows no more of them than FILELIST_DEPTH_MAX.
 */
#include "net/walk_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/filename.h"
#include "src/base/i18n.h"
#include "src/base/util.h"

enum {
	FOLDER_FLAGS = O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC,
	FOLDER_MODE_BITS = 0777,
	FOLDER_NS = 1000 * 1000 * 1000, /* in a second */
};

struct walker {
	const struct walk_root *root;
	const atomic_bool *stop;
	struct filelist *list;
	struct walk_notes *notes;
	struct fault *fault;
	char path[FILELIST_PATH_MAX + 1]; /* of the list; where it is */
	size_t path_len;
};

static int
fail_deep(struct walker *w)
{
	*w->fault = (struct fault){.why = WHY_TOO_BIG};
	reason_set(&w->fault->reason,
	    _("the folders in '%s' are nested too deep to be sent as they "
	      "are; pack it with tar first and send that"),
	    w->root->shown);
	return ERR_IO;
}

static int
fail_many(struct walker *w)
{
	*w->fault = (struct fault){.why = WHY_TOO_BIG};
	reason_set(&w->fault->reason,
	    _("there is too much in '%s' to be sent as it is; pack it with "
	      "tar first and send that"),
	    w->root->shown);
	return ERR_IO;
}

static int
fail_here(struct walker *w, int error)
{
	char *shown = fsys_show(w->path);
	int r = walk_fail(w->fault, shown, error);

	free(shown);
	return r;
}

/* At most what 64 bits hold. */
static int64_t
mtime_of(const struct stat *st)
{
	const int64_t seconds = st->st_mtim.tv_sec;

	if (seconds > INT64_MAX / FOLDER_NS - 1)
		return INT64_MAX;
	if (seconds < INT64_MIN / FOLDER_NS)
		return INT64_MIN;
	return seconds * FOLDER_NS + st->st_mtim.tv_nsec;
}

/* The next entry of the list is what stands where the walker is. */
static int
add(struct walker *w, enum entry_kind kind, const struct stat *st)
{
	struct entry entry = {
	    .kind = kind,
	    .mode = (uint16_t)(st->st_mode & FOLDER_MODE_BITS),
	    .size = kind == ENTRY_FILE ? (uint64_t)st->st_size : 0,
	    .mtime_ns = mtime_of(st),
	    .path = w->path,
	    .path_len = w->path_len,
	};
	int r = filelist_add(w->list, &entry);

	if (r == ERR_FULL && entry_depth(&entry) >= FILELIST_DEPTH_MAX)
		return fail_deep(w);
	if (r == ERR_FULL)
		return fail_many(w);
	if (r < 0)
		fatal("walk: the list does not take '%s'", w->path);
	return 0;
}

/* Everything but a folder. */
static int
add_leaf(struct walker *w, const struct stat *st)
{
	if (S_ISREG(st->st_mode))
		return add(w, ENTRY_FILE, st);
	if (S_ISLNK(st->st_mode)) {
		walk_note(w->notes, WALK_NOTE_LINK, w->path);
		return add(w, ENTRY_LINK, st);
	}
	walk_note(w->notes, WALK_NOTE_OTHER, w->path);
	return add(w, ENTRY_OTHER, st);
}

/* Only one that may be searched, too. -1 with errno. */
static int
open_folder(int fd, const char *name, int flags)
{
	int folder = openat(fd, name, FOLDER_FLAGS | flags);
	int error;

	if (folder < 0 || faccessat(folder, ".", X_OK, AT_EACCESS) == 0)
		return folder;
	error = errno;
	close(folder);
	errno = error;
	return -1;
}

static int walk_inside(struct walker *w, int folder);

/* Something in a folder cannot be looked at: tell, and go on. */
static int
note_error(struct walker *w, int error)
{
	switch (error) {
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return fail_here(w, error);
	case EACCES:
	case EPERM:
		walk_note(w->notes, WALK_NOTE_DENIED, w->path);
		return 0;
	default:
		walk_note(w->notes, WALK_NOTE_BROKEN, w->path);
		return 0;
	}
}

static bool
is_gone(int error)
{
	return error == ENOENT || error == ENOTDIR || error == ELOOP;
}

static int
visit_folder(struct walker *w, int fd, const char *name, struct stat *st)
{
	int folder = open_folder(fd, name, O_NOFOLLOW);
	int error = errno, r;

	if (folder < 0 && is_gone(error)) {
		walk_note(w->notes, WALK_NOTE_GONE, w->path);
		return 0;
	}
	if (folder < 0) {
		r = note_error(w, error);
		return r < 0 ? r : add(w, ENTRY_FOLDER, st);
	}
	/* The one that was opened, should it be another by now. */
	if (fstat(folder, st) < 0) {
		error = errno;
		close(folder);
		return note_error(w, error);
	}
	r = add(w, ENTRY_FOLDER, st);
	if (r == 0)
		return walk_inside(w, folder);
	close(folder);
	return r;
}

/* The walker stands on name, which is in the folder fd. */
static int
visit(struct walker *w, int fd, const char *name)
{
	struct stat st;

	if (!filename_is_safe(name, strlen(name))) {
		walk_note(w->notes, WALK_NOTE_NAME, w->path);
		return 0;
	}
	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return is_gone(errno) ? 0 : note_error(w, errno);
	if (S_ISDIR(st.st_mode))
		return visit_folder(w, fd, name, &st);
	return add_leaf(w, &st);
}

/* Go down to name; walk_up goes back. */
static int
walk_down(struct walker *w, const char *name)
{
	const size_t len = strlen(name);
	const size_t slash = w->path_len > 0;

	if (w->path_len + slash + len > FILELIST_PATH_MAX)
		return fail_deep(w);
	if (slash)
		w->path[w->path_len++] = '/';
	memcpy(w->path + w->path_len, name, len + 1);
	w->path_len += len;
	return 0;
}

static void
walk_up(struct walker *w, size_t len)
{
	w->path_len = len;
	w->path[len] = '\0';
}

/* The folder is where the walker is; closed in any case. */
static int
walk_inside(struct walker *w, int folder)
{
	const size_t len = w->path_len;
	struct walk_names names = {.count = 0};
	DIR *dir = fdopendir(folder);
	int r;

	if (dir == NULL) {
		r = fail_here(w, errno);
		close(folder);
		return r;
	}
	r = walk_names_read(dir, w->stop, &names);
	if (r == ERR_FULL)
		r = fail_many(w);
	if (r == ERR_IO) {
		walk_note(w->notes, WALK_NOTE_BROKEN, w->path);
		r = 0;
	}
	for (size_t i = 0; r == 0 && i < names.count; i++) {
		r = atomic_load(w->stop) ? ERR_AGAIN
					 : walk_down(w, names.names[i]);
		if (r == 0)
			r = visit(w, dirfd(dir), names.names[i]);
		walk_up(w, len);
	}
	walk_names_release(&names);
	closedir(dir);
	return r;
}

int
walk_tree(const struct walk_root *root, const atomic_bool *stop,
    struct filelist *list, struct walk_notes *notes, struct fault *f)
{
	struct walker w = {
	    .root = root,
	    .stop = stop,
	    .list = list,
	    .notes = notes,
	    .fault = f,
	};
	struct stat st = root->st;
	int folder, r = walk_down(&w, root->name);

	if (r < 0)
		return r;
	if (!S_ISDIR(st.st_mode))
		return add_leaf(&w, &st);
	folder =
	    open_folder(AT_FDCWD, root->path, root->named ? 0 : O_NOFOLLOW);
	if (folder < 0)
		return walk_fail(f, root->shown, errno);
	r = fstat(folder, &st) < 0 ? walk_fail(f, root->shown, errno)
				   : add(&w, ENTRY_FOLDER, &st);
	if (r == 0)
		return walk_inside(&w, folder);
	close(folder);
	return r;
}
