/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Judging this machine: clock, folders, terminal, letters. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/doctor.h"

enum { YEAR_MIN = 2025, YEAR_MAX = 2100, YEAR_ZERO = 1900 };
enum { AHEAD_MAX_MS = 120 * 1000 };

static bool
is_plausible(int64_t utc_ms)
{
	const time_t when = (time_t)(utc_ms / 1000);
	struct tm tm;

	return gmtime_r(&when, &tm) != NULL &&
	       tm.tm_year + YEAR_ZERO >= YEAR_MIN &&
	       tm.tm_year + YEAR_ZERO <= YEAR_MAX;
}

void
doctor_judge_clock(const struct doctor_clock *c, struct findings *out)
{
	char text[TEXT_TIME_MAX], ahead[TEXT_DURATION_MAX];

	text_time("%Y-%m-%d %H:%M", c->utc_ms, text);
	text_duration(c->ahead_ms / 1000, ahead);
	if (!is_plausible(c->utc_ms))
		findings_add(out, FINDING_WRONG,
		    _("the clock says %s, which cannot be; set it, or let the "
		      "network do so: sudo timedatectl set-ntp true"),
		    text);
	else if (c->linked != NULL && c->ahead_ms > AHEAD_MAX_MS)
		findings_add(out, FINDING_WRONG,
		    _("the clock says %s, and the one of %s is %s ahead; one "
		      "of them is wrong: set it, or let the network do so: "
		      "sudo timedatectl set-ntp true"),
		    text, c->linked, ahead);
	else
		findings_add(out, FINDING_FINE, _("the clock says %s"), text);
}

/* False, and it was told: it cannot be used. */
static bool
judge_use(const struct doctor_folder *f, struct findings *out)
{
	if (f->error != 0) {
		findings_add(out, FINDING_WRONG,
		    _("%s, %s, cannot be used: %s; mend that, or choose "
		      "another with %s"),
		    f->what, f->path, strerror(f->error), f->option);
	} else if (f->exists && !f->is_folder) {
		findings_add(out, FINDING_WRONG,
		    _("%s, %s, is no folder; move it away, or choose another "
		      "with %s"),
		    f->what, f->path, f->option);
	} else if (f->exists && f->private && !f->own) {
		findings_add(out, FINDING_WRONG,
		    _("%s, %s, belongs to another user; choose one of your own "
		      "with %s"),
		    f->what, f->path, f->option);
	} else if (f->exists && f->private && (f->mode & 022) != 0) {
		findings_add(out, FINDING_WRONG,
		    _("%s, %s, can be written by others; run: chmod go-w '%s'"),
		    f->what, f->path, f->path);
	} else if (!f->writable) {
		findings_add(out, FINDING_WRONG,
		    _("%s, %s, cannot be written to; mend that, or choose "
		      "another with %s"),
		    f->what, f->path, f->option);
	} else {
		return true;
	}
	return false;
}

void
doctor_judge_folder(const struct doctor_folder *f, struct findings *out)
{
	char room[TEXT_SIZE_MAX];

	if (!judge_use(f, out))
		return;
	text_size(f->room, room);
	if (f->room < DOCTOR_ROOM_MIN)
		findings_add(out, FINDING_WRONG,
		    _("%s, %s, has only %s left; make room there, or choose "
		      "another with %s"),
		    f->what, f->path, room, f->option);
	else if (f->exists)
		findings_add(out, FINDING_FINE, _("%s: %s, mode %04o, %s free"),
		    f->what, f->path, f->mode, room);
	else
		findings_add(out, FINDING_FINE,
		    _("%s: %s, to be made when it is needed, %s free"), f->what,
		    f->path, room);
}

void
doctor_judge_key(const char *path, unsigned mode, struct findings *out)
{
	if ((mode & 077) != 0)
		findings_add(out, FINDING_WRONG,
		    _("your key, %s, can be read by others; run: chmod 600 "
		      "'%s'"),
		    path, path);
	else
		findings_add(
		    out, FINDING_FINE, _("your key: %s, for you alone"), path);
}

enum { ROWS_MIN = 6, COLUMNS_MIN = 40, COLOURS_MIN = 8 };

void
doctor_judge_terminal(const struct doctor_terminal *t, struct findings *out)
{
	if (!t->terminal)
		findings_add(out, FINDING_UNKNOWN, "%s",
		    _("the terminal: this is not written to one"));
	else if (!t->paintable && t->why.text[0] != '\0')
		findings_add(out, FINDING_WRONG, "%s", t->why.text);
	else if (!t->paintable)
		findings_add(out, FINDING_FINE,
		    _("the terminal (TERM=%s) gets lines, as nothing can be "
		      "painted there"),
		    t->type);
	else if (t->rows == 0)
		findings_add(out, FINDING_FINE,
		    _("the terminal: TERM=%s; it does not say how large it is"),
		    t->type);
	else if (t->rows < ROWS_MIN || t->columns < COLUMNS_MIN)
		findings_add(out, FINDING_WRONG,
		    _("the terminal has %d columns and %d rows, which is too "
		      "small to read in; make the window larger"),
		    t->columns, t->rows);
	else if (t->colours < COLOURS_MIN)
		findings_add(out, FINDING_FINE,
		    _("the terminal: TERM=%s, %d columns, %d rows, no colours"),
		    t->type, t->columns, t->rows);
	else
		findings_add(out, FINDING_FINE,
		    _("the terminal: TERM=%s, %d columns, %d rows, %d colours"),
		    t->type, t->columns, t->rows, t->colours);
}

void
doctor_judge_letters(const char *letters, struct findings *out)
{
	if (strcmp(letters, "UTF-8") == 0)
		findings_add(out, FINDING_FINE, "%s",
		    _("letters: UTF-8, which holds all languages"));
	else
		findings_add(out, FINDING_WRONG,
		    _("letters: the locale asks for %s, and charla writes "
		      "UTF-8, which may look wrong; put this into ~/.profile: "
		      "export LANG=C.UTF-8"),
		    letters);
}
