/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Entries get their names. Nothing that has a name loses it: a folder that is
 * there is used, anything else that is there stays, and ours gets the next
 * name that is free. A name that the file system does not take is written in
 * a way that it does.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/tree_internal.h"
#include "src/base/util.h"

enum {
	PLACE_RESCUES = 100, /* how often somebody may remove our folders */
	/*
	 * Ways to write a name: as it is; without what FAT and its like
	 * refuse; with letters of ASCII only, and short. Some encrypted
	 * folders take 143 bytes.
	 */
	PLACE_FORMS = 3,
	PLACE_SHORT = 120,
};

/* An entry on its way to a name. */
struct wanted {
	struct tree_in *t;
	int parent_fd;
	const char *staged; /* a file: what it is called; NULL: a folder */
	mode_t mode;        /* a folder: to be made with */
	char name[FILENAME_MAX_BYTES + 1]; /* the one it got */
	unsigned form, number;             /* how that was chosen */
	int fd;                            /* a folder, open */
	bool made;
};

static bool
is_plain(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || strchr(" ()-._", c) != NULL;
}

/* name in another form; out holds one of FILENAME_MAX_BYTES. */
static void
write_name(const char *name, unsigned form, char *out)
{
	size_t len = strlen(name);

	filename_choice(name, 0, out);
	if (form == 0)
		return;
	for (char *c = out; *c != '\0'; c++) {
		if (form == 1 ? strchr("\"*:<>?\\|", *c) != NULL
			      : !is_plain(*c))
			*c = '_';
	}
	for (; len > 0 && (out[len - 1] == '.' || out[len - 1] == ' '); len--)
		out[len - 1] = '_';
	if (form < 2 || len <= PLACE_SHORT)
		return;

	/* The end stays: it tells what kind of file it is. */
	const char *dot = strrchr(out, '.');
	const size_t end = dot != NULL ? strlen(dot) : 0;
	if (end < PLACE_SHORT / 2)
		memmove(out + PLACE_SHORT - end, out + len - end, end);
	out[PLACE_SHORT] = '\0';
}

/* Does errno mean that no file can be called so? */
static bool
is_refused(int error)
{
	return error == EINVAL || error == ENAMETOOLONG || error == EILSEQ;
}

/* A folder of that name: new, or the one that is there already. */
static int
try_folder(struct wanted *w, const char *name)
{
	w->made = mkdirat(w->parent_fd, name, w->mode) == 0;
	if (!w->made && (errno != EEXIST || w->number > 0))
		return -1;
	w->fd = tree_open_folder(w->parent_fd, name);
	if (w->fd >= 0)
		return 0;
	/* Something else has it, or has got it just now. */
	if (errno == ENOTDIR || errno == ELOOP || errno == EXDEV ||
	    (errno == ENOENT && !part_folder_is_gone(w->parent_fd)))
		errno = EEXIST;
	return -1;
}

static int
try_names(struct wanted *w, const char *name)
{
	int result = -1;

	errno = EEXIST;
	for (w->number = 0; w->number <= FILENAME_TRIES; w->number++) {
		filename_choice(name, w->number, w->name);
		result = w->staged == NULL
			     ? try_folder(w, w->name)
			     : fsys_rename_new(w->t->stage_fd, w->staged,
				   w->parent_fd, w->name);
		if (result == 0 || errno != EEXIST)
			break;
	}
	return result;
}

static int
give_name(struct wanted *w, const char *name)
{
	char written[FILENAME_MAX_BYTES + 1];
	int result = -1;

	for (w->form = 0; w->form < PLACE_FORMS; w->form++) {
		write_name(name, w->form, written);
		result = try_names(w, written);
		if (result == 0 || !is_refused(errno))
			break;
	}
	return result;
}

static void
note_path(struct tree_in *t, const char *name)
{
	if (t->path == NULL && t->placing.path.depth == 0)
		t->path = part_join(t->plan->folder, name);
}

static void
note_name(struct tree_in *t, const struct entry *e, const struct wanted *w)
{
	note_path(t, w->name);
	if (w->form == 0)
		return;
	t->counts.unnamed++;
	if (t->first_unnamed == NULL) {
		t->first_unnamed = str_ndup(e->path, e->path_len);
		t->counts.first_unnamed = t->first_unnamed;
	}
}

/*
 * Somebody has removed a folder that we were in: go back to where it is made.
 * What was in it already went with it.
 */
static bool
go_back(struct tree_in *t)
{
	struct tree_placing *p = &t->placing;

	for (unsigned i = 1; i <= p->path.depth; i++) {
		if (!part_folder_is_gone(p->path.levels[i].fd))
			continue;
		if (p->rescues++ >= PLACE_RESCUES)
			return false;
		p->at = p->path.levels[i].entry;
		while (p->path.depth >= i)
			tree_path_drop(&p->path);
		return true;
	}
	return false;
}

static int
fail_place(struct tree_in *t, const struct entry *e, int error, struct fault *f)
{
	if (error == ENOENT && go_back(t))
		return 0;
	if (error == ENOENT && tree_stage_is_gone(t))
		return part_fail_removed(t->plan, f);
	return tree_fail_entry(t, e, error, f);
}

static int
place_folder(struct tree_in *t, const struct entry *e, struct fault *f)
{
	struct tree_placing *p = &t->placing;
	struct wanted w = {
	    .t = t,
	    .parent_fd = tree_path_fd(&p->path),
	    .mode = ((mode_t)e->mode & 0777) | S_IRWXU,
	};
	char name[FILENAME_MAX_BYTES + 1];

	tree_name(t, e, name);
	if (give_name(&w, name) < 0)
		return fail_place(t, e, errno, f);
	note_name(t, e, &w);

	const struct tree_level level = {
	    .fd = w.fd,
	    .made = w.made,
	    .mtime_ns = e->mtime_ns,
	    .entry = p->at,
	};
	tree_path_enter(&p->path, &level);
	p->at++;
	return 0;
}

static bool
is_staged(const struct tree_in *t, const char *staged)
{
	struct stat st;

	return fstatat(t->stage_fd, staged, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static int
place_file(struct tree_in *t, const struct entry *e, struct fault *f)
{
	struct tree_placing *p = &t->placing;
	char name[FILENAME_MAX_BYTES + 1], staged[TREE_STAGED_MAX];
	struct wanted w = {
	    .t = t,
	    .parent_fd = tree_path_fd(&p->path),
	    .staged = staged,
	};

	tree_name(t, e, name);
	tree_stage_name(e, staged);
	if (give_name(&w, name) == 0) {
		note_name(t, e, &w);
		t->counts.files++;
		t->counts.renamed += w.number > 0;
	} else if (errno == ENOENT && !tree_stage_is_gone(t) &&
		   !is_staged(t, staged)) {
		t->counts.lost++;
	} else {
		return fail_place(t, e, errno, f);
	}
	t->fates[p->at++] = FATE_PLACED;
	return 0;
}

/* It was there, and was not sent: so it should still be there. */
static int
look_again(struct tree_in *t, const struct entry *e)
{
	struct tree_placing *p = &t->placing;
	const struct tree_same *same = &t->same[p->same];
	char listed[FILENAME_MAX_BYTES + 1], name[FILENAME_MAX_BYTES + 1];
	struct stat st;

	tree_name(t, e, listed);
	filename_choice(listed, same->choice, name);
	if (fstatat(tree_path_fd(&p->path), name, &st, AT_SYMLINK_NOFOLLOW) ==
		0 &&
	    S_ISREG(st.st_mode) && tree_seen(&st) == same->seen) {
		t->counts.same++;
		note_path(t, name);
	} else {
		t->counts.lost++;
	}
	p->same++;
	t->fates[p->at++] = FATE_PLACED;
	return 0;
}

int
tree_place(struct tree_in *t, struct fault *f)
{
	struct tree_placing *p = &t->placing;
	struct entry e;

	filelist_entry(t->list, p->at, &e);
	if (tree_path_leave(&p->path, entry_depth(&e)) < 0)
		return part_fail(t->plan, errno, f);
	if (e.kind == ENTRY_FOLDER)
		return place_folder(t, &e, f);
	if (t->fates[p->at] == FATE_STAGED)
		return place_file(t, &e, f);
	if (t->fates[p->at] == FATE_SAME)
		return look_again(t, &e);
	p->at++;
	return 0;
}
