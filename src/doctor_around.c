/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gathering: clock, folders, terminal, letters. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "src/base/i18n.h"
#include "src/base/util.h"
#include "src/doctor_look.h"
#include "src/locale.h"
#include "src/paths.h"

void
doctor_look_at_terminal(struct doctor_terminal *t, bool open)
{
	const char *type = getenv("TERM");
	struct winsize size = {0};

	*t = (struct doctor_terminal){
	    .terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO),
	    .colours = ui_colors(),
	};
	t->type = str_dup(type != NULL ? type : "");
	t->paintable = t->terminal && (open || ui_check(&t->why) == 0);
	if (t->terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
		t->rows = size.ws_row;
		t->columns = size.ws_col;
	}
}

/* The folder that is there, of path and those above it. */
static char *
nearest(const char *path)
{
	char *above = str_dup(path), *slash;
	struct stat st;

	while (stat(above, &st) < 0 && errno == ENOENT &&
	       (slash = strrchr(above, '/')) != NULL) {
		if (slash == above) {
			above[1] = '\0';
			break;
		}
		*slash = '\0';
	}
	return above;
}

static void
look_at_folder(struct doctor_folder *f, const char *path, struct findings *out)
{
	char *there = nearest(path), *shown = paths_show(path);
	struct statvfs room;
	struct stat st;

	f->path = shown;
	if (stat(path, &st) == 0) {
		f->exists = true;
		f->is_folder = S_ISDIR(st.st_mode);
		f->mode = st.st_mode & 07777;
		f->own = st.st_uid == geteuid();
	} else if (errno != ENOENT) {
		f->error = errno;
	}
	f->writable = access(there, W_OK | X_OK) == 0;
	if (f->error == 0 && statvfs(there, &room) == 0)
		f->room = (uint64_t)room.f_bavail * room.f_frsize;
	doctor_judge_folder(f, out);
	free(there);
	free(shown);
}

static void
look_at_key(const char *path, struct findings *out)
{
	char *shown = paths_show(path);
	struct stat st;

	if (stat(path, &st) == 0)
		doctor_judge_key(shown, st.st_mode & 07777, out);
	free(shown);
}

static void
look_at_folders(const struct doctor_case *c, struct findings *out)
{
	struct doctor_folder data = {.what = _("key and people you know"),
	    .option = "--data",
	    .private = true};
	struct doctor_folder state = {
	    .what = _("history"), .option = "--data", .private = true};
	struct doctor_folder downloads = {
	    .what = _("received files"), .option = "--dir"};
	struct reason why;
	struct paths p;

	if (paths_find(&p, c->data, c->dir, &why) < 0) {
		findings_add(out, FINDING_WRONG, "%s", why.text);
		return;
	}
	if (strcmp(p.data, p.state) == 0)
		data.what = _("key and history");
	look_at_folder(&data, p.data, out);
	look_at_key(p.key, out);
	if (strcmp(p.data, p.state) != 0)
		look_at_folder(&state, p.state, out);
	look_at_folder(&downloads, p.downloads, out);
	paths_release(&p);
}

void
doctor_look_around(const struct doctor_case *c, struct findings *out)
{
	const struct doctor_clock clock = {.utc_ms = clock_utc_ms(),
	    .linked = c->link_label,
	    .ahead_ms = c->link_ahead_ms};

	doctor_judge_clock(&clock, out);
	look_at_folders(c, out);
	doctor_judge_terminal(&c->terminal, out);
	doctor_judge_letters(locale_letters(), out);
}
