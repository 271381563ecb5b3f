/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Parts have a usual width that is kept free for them. Numbers are written
 * to the right of theirs, and sizes in one unit, so that nothing moves while
 * they change.
 */
#include "ui/progress_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"
#include "ui/progress.h"

enum {
	PERCENT_ROOM = 4, /* "99 %" */
	RATE_ROOM = 10,   /* "123.4 MB/s" */
	STATE_ROOM = 15,  /* "1 min 55 s left" */
	GAP = 2,
	MINUTE = 60,
	HOUR = 60 * MINUTE,
};

#define RATE_LIMIT 1e18

static void
set_part(struct part *part, char *text, int room)
{
	int width = text == NULL ? 0 : text_columns(text);

	part->text = text;
	part->room = width > room ? width : room;
}

/* At the right end of its room. */
static void
set_number(struct part *part, char *text, int room)
{
	int width = text == NULL ? room : text_columns(text);

	if (width < room)
		str_replace(&text, str_printf("%*s%s", room - width, "", text));
	set_part(part, text, room);
}

/* "40.1/85.5 MB" */
static char *
bytes_text(uint64_t done, uint64_t size)
{
	static const char units[] = "kMGTPE";
	char whole[TEXT_SIZE_MAX];
	uint64_t tenth = 100, tenths;
	const char *unit;
	size_t i;

	text_size(size, whole);
	unit = strchr(whole, ' ') + 1;
	if (*unit == 'B')
		return str_printf("%ju/%s", (uintmax_t)done, whole);
	for (i = 0; units[i] != '\0' && units[i] != *unit; i++)
		tenth *= 1000;
	tenths = done / tenth + (done % tenth >= tenth / 2);
	return str_printf("%ju.%u/%s", (uintmax_t)(tenths / 10),
	    (unsigned)(tenths % 10), whole);
}

static void
set_bytes(struct part *part, const struct row *row)
{
	char *most = bytes_text(row->size, row->size);

	set_number(part, bytes_text(row->done, row->size), text_columns(most));
	free(most);
}

static char *
files_text(uint32_t done, uint32_t files)
{
	return str_printf(
	    ngettext("%u/%u file", "%u/%u files", files), done, files);
}

/* Only of a tree. */
static void
set_files(struct part *part, const struct row *row)
{
	char *most;

	if (row->files == 0)
		return;
	most = files_text(row->files, row->files);
	set_number(
	    part, files_text(row->files_done, row->files), text_columns(most));
	free(most);
}

static char *
rate_text(double rate)
{
	char size[TEXT_SIZE_MAX];

	if (!(rate >= 1))
		return NULL;
	text_size((uint64_t)(rate < RATE_LIMIT ? rate : RATE_LIMIT), size);
	return str_printf(_("%s/s"), size);
}

static char *
left_text(const struct row *row, uint64_t now_ms)
{
	uint64_t seconds = progress_seconds_left(row, now_ms);
	char duration[TEXT_DURATION_MAX];

	if (seconds == UINT64_MAX)
		return NULL;
	/* Nobody knows these to the second. */
	if (seconds >= 10 * MINUTE && seconds < HOUR)
		return str_printf(_("%u min left"), (unsigned)seconds / MINUTE);
	text_duration(seconds, duration);
	return str_printf(_("%s left"), duration);
}

static void
set_running(struct part parts[PARTS], const struct row *row, uint64_t now_ms)
{
	uint64_t stalled = progress_stalled(row, now_ms);
	char duration[TEXT_DURATION_MAX];
	char *state;

	if (stalled > 0) {
		text_duration(stalled, duration);
		state = str_printf(_("stalled %s"), duration);
	} else {
		state = left_text(row, now_ms);
	}
	/* The rate of something that stands still would be a lie. */
	set_number(&parts[PART_RATE],
	    stalled > 0 ? NULL : rate_text(row->pace.rate), RATE_ROOM);
	set_part(&parts[PART_STATE], state, STATE_ROOM);
}

/* In the room of rate and state together: name and bar stay. */
static void
set_still(struct part parts[PARTS], const char *words)
{
	char *state = str_dup(words);

	set_part(&parts[PART_RATE], NULL,
	    RATE_ROOM + STATE_ROOM - text_columns(state));
	set_part(&parts[PART_STATE], state, 0);
}

static const char *
words_for(const struct row *row)
{
	switch (row->state) {
	case ROW_WAITING:
		return _("waiting for an answer");
	case ROW_AWAY:
		return _("waiting for the link");
	case ROW_QUEUED:
		return _("waits for its turn");
	case ROW_PAUSED:
		return row->note != NULL ? row->note : _("paused");
	case ROW_CHECKING:
		return _("checking");
	case ROW_CONTINUING:
	case ROW_RUNNING:
		break;
	}
	return "";
}

/* Nothing of it has moved so far. */
static void
set_unmoved(struct part parts[PARTS], const struct row *row)
{
	char size[TEXT_SIZE_MAX];

	if (row->files > 0)
		set_part(&parts[PART_FILES],
		    str_printf(ngettext("%u file", "%u files", row->files),
			row->files),
		    0);
	text_size(row->size, size);
	set_part(&parts[PART_BYTES], str_dup(size), 0);
	set_part(&parts[PART_STATE], str_dup(words_for(row)), 0);
}

static bool
is_unmoved(const struct row *row)
{
	return row->state == ROW_WAITING ||
	       ((row->state == ROW_AWAY || row->state == ROW_QUEUED) &&
		   row->done == 0);
}

void
progress_parts(struct part parts[PARTS], const struct row *row, uint64_t now_ms)
{
	int percent = progress_percent(row->done, row->size);

	if (is_unmoved(row)) {
		set_unmoved(parts, row);
		return;
	}
	set_files(&parts[PART_FILES], row);
	set_bytes(&parts[PART_BYTES], row);
	if (row->state == ROW_CONTINUING) {
		set_part(&parts[PART_PERCENT],
		    str_printf(_("continuing at %d %%"), percent), 0);
		return;
	}
	set_number(&parts[PART_PERCENT], str_printf(_("%d %%"), percent),
	    PERCENT_ROOM);
	if (row->state == ROW_RUNNING)
		set_running(parts, row, now_ms);
	else
		set_still(parts, words_for(row));
}
