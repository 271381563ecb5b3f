/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/walk_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/filename.h"
#include "src/base/i18n.h"
#include "src/base/util.h"

enum { ROOTS_FIRST = 8 };

static void
root_release(struct walk_root *root)
{
	free(root->path);
	free(root->shown);
}

void
walk_roots_release(struct walk_roots *roots)
{
	for (size_t i = 0; i < roots->count; i++)
		root_release(&roots->roots[i]);
	free(roots->roots);
	*roots = (struct walk_roots){.count = 0};
}

static const char *
last_component(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static bool
is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Cut off the slashes at the end, but for that of "/". */
static void
trim(char *path)
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		path[--len] = '\0';
}

/*
 * With a name at its end: "." and ".." are asked for theirs. Anything else
 * stays as it was said. NULL with errno.
 */
static char *
make_absolute(const char *said)
{
	char *path, *folder;

	if (is_dots(last_component(said)))
		return realpath(said, NULL);
	if (said[0] == '/')
		return str_dup(said);
	folder = getcwd(NULL, 0);
	if (folder == NULL)
		return NULL;
	path =
	    str_printf("%s/%s", strcmp(folder, "/") == 0 ? "" : folder, said);
	free(folder);
	return path;
}

/* Of root, which has its path. */
static int
check_name(const struct walk_root *root, struct fault *f)
{
	if (filename_is_safe(root->name, strlen(root->name)))
		return 0;
	*f = (struct fault){.why = WHY_NAME};
	if (root->name[0] == '\0')
		reason_set(&f->reason,
		    _("'%s' is the top of all folders and has no name; name "
		      "what is in it"),
		    root->shown);
	else
		reason_set(&f->reason,
		    _("the name of '%s' holds bytes that are no text; rename "
		      "it first"),
		    root->shown);
	return ERR_IO;
}

static bool
is_missing(int error)
{
	return error == ENOENT || error == ENOTDIR;
}

/* What it is. */
static int
look_at(struct walk_root *root, const char *said, struct fault *f)
{
	struct stat link;

	if ((root->named ? stat : lstat)(said, &root->st) == 0)
		return 0;

	int error = errno;
	if (is_missing(error) && lstat(said, &link) == 0)
		error = ELOOP;
	return walk_fail(f, root->shown, error);
}

/* What it is called, and where it is. */
static int
place(struct walk_root *root, const char *said, struct fault *f)
{
	root->path = make_absolute(said);
	if (root->path == NULL)
		return walk_fail(f, root->shown, errno);
	root->name = last_component(root->path);
	if (check_name(root, f) < 0)
		return ERR_IO;
	/* Folders are opened soon. */
	if (S_ISREG(root->st.st_mode) &&
	    faccessat(AT_FDCWD, root->path, R_OK, AT_EACCESS) < 0)
		return walk_fail(f, root->shown, errno);
	return 0;
}

static struct walk_root *
push(struct walk_roots *roots)
{
	if (roots->count == roots->room) {
		roots->room = roots->room > 0 ? 2 * roots->room : ROOTS_FIRST;
		roots->roots = mem_realloc(
		    roots->roots, roots->room * sizeof(*roots->roots));
	}
	return &roots->roots[roots->count++];
}

int
walk_roots_add(
    struct walk_roots *roots, const char *said, bool named, struct fault *f)
{
	char *trimmed = str_dup(said);
	struct walk_root *root;
	int r = 0;

	trim(trimmed);
	/* ".*" fits "." and "..", and nobody means them. */
	if (named || !is_dots(last_component(trimmed))) {
		root = push(roots);
		*root = (struct walk_root){
		    .shown = fsys_show(said), .named = named};
		r = look_at(root, trimmed, f);
		if (r == 0)
			r = place(root, trimmed, f);
	}
	free(trimmed);
	return r;
}

static int
by_name(const void *a, const void *b)
{
	const struct walk_root *one = a, *other = b;
	const int order = strcmp(one->name, other->name);

	return order != 0 ? order : strcmp(one->path, other->path);
}

static int
fail_doubles(const char *name, struct fault *f)
{
	char *shown = fsys_show(name);

	*f = (struct fault){.why = WHY_NAME};
	reason_set(&f->reason,
	    _("two of these are called '%s'; send them one after the other"),
	    shown);
	free(shown);
	return ERR_IO;
}

/* What was said twice counts once; else a name belongs to one root only. */
static int
leave_out_doubles(struct walk_roots *roots, struct fault *f)
{
	size_t kept = 0;

	for (size_t i = 0; i < roots->count; i++) {
		struct walk_root root = roots->roots[i];
		struct walk_root *last = &roots->roots[kept > 0 ? kept - 1 : 0];

		if (kept == 0 || strcmp(last->name, root.name) != 0) {
			roots->roots[i] = roots->roots[kept];
			roots->roots[kept++] = root;
		} else if (last->st.st_dev != root.st.st_dev ||
			   last->st.st_ino != root.st.st_ino) {
			return fail_doubles(root.name, f);
		}
	}
	for (size_t i = kept; i < roots->count; i++)
		root_release(&roots->roots[i]);
	roots->count = kept;
	return 0;
}

/* At least one file or folder must be among them. */
static int
check_kinds(const struct walk_roots *roots, struct fault *f)
{
	const struct walk_root *first = roots->roots;

	for (size_t i = 0; i < roots->count; i++) {
		mode_t mode = roots->roots[i].st.st_mode;

		if (S_ISREG(mode) || S_ISDIR(mode))
			return 0;
	}
	*f = (struct fault){.why = WHY_DENIED};
	if (roots->count == 0)
		reason_set(
		    &f->reason, _("nothing is named that could be sent"));
	else if (S_ISLNK(first->st.st_mode))
		reason_set(&f->reason,
		    _("'%s' is a symbolic link; to send what it leads to, "
		      "name it in full"),
		    first->shown);
	else
		reason_set(&f->reason,
		    _("'%s' is a pipe, a socket or a device; only files and "
		      "folders can be sent"),
		    first->shown);
	return ERR_IO;
}

int
walk_roots_complete(struct walk_roots *roots, struct fault *f)
{
	if (roots->count > 0)
		qsort(
		    roots->roots, roots->count, sizeof(*roots->roots), by_name);
	if (leave_out_doubles(roots, f) < 0)
		return ERR_IO;
	return check_kinds(roots, f);
}
