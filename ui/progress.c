/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A row is a head (arrow and number), the name, a bar and a few parts behind
 * it. Parts have a usual width that is kept free for them, so that name and
 * bar stand still while the numbers change.
 */
#include "ui/progress.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"

enum {
	GAP = 2,     /* columns between two parts */
	BAR_MIN = 8, /* columns; shorter says nothing */
	BAR_MAX = 20,
	NAME_KEEP = 16,  /* parts go before the name gets shorter than this */
	NAME_MIN = 3,    /* a shorter one goes itself */
	RATE_ROOM = 10,  /* "123.4 MB/s" */
	STATE_ROOM = 11, /* "stalled 5 s" */
};

#define RATE_LIMIT 1e18
#define LEFT_LIMIT (100.0 * 24 * 3600) /* seconds; longer is a guess */

/* In the order in which they stand. */
enum part_name { PERCENT, BYTES, RATE, STATE, PARTS };

struct part {
	char *text; /* NULL: nothing to say now */
	int room;   /* columns kept for it; 0: not there */
};

int
progress_percent(uint64_t done, uint64_t size)
{
	if (size == 0)
		return 0;
	if (done >= size)
		return 99;
	if (done > UINT64_MAX / 100)
		done /= size / 100;
	else
		done = done * 100 / size;
	return done > 99 ? 99 : (int)done;
}

/* How long nothing has moved, once that is worth a word; else 0. */
static uint64_t
stalled_seconds(const struct row *row, uint64_t now_ms)
{
	uint64_t last =
	    row->moved_ms > row->begun_ms ? row->moved_ms : row->begun_ms;

	if (row->state != ROW_RUNNING || last == 0 || now_ms < last ||
	    now_ms - last < PROGRESS_STALL_MS)
		return 0;
	return (now_ms - last) / 1000;
}

uint64_t
progress_seconds_left(const struct row *row, uint64_t now_ms)
{
	double seconds;
	uint64_t whole;

	/* Written so that a rate that is no number says no, too. */
	if (row->state != ROW_RUNNING || !(row->rate > 0) ||
	    stalled_seconds(row, now_ms) > 0)
		return UINT64_MAX;
	if (row->done >= row->size)
		return 0;
	seconds = (double)(row->size - row->done) / row->rate;
	if (!(seconds < LEFT_LIMIT))
		return UINT64_MAX;
	whole = (uint64_t)seconds;
	return (double)whole < seconds ? whole + 1 : whole;
}

/* "40.1/85.5 kB", or "999 B/85.5 kB" where the units differ. */
static char *
bytes_text(uint64_t done, uint64_t size)
{
	char left[TEXT_SIZE_MAX], right[TEXT_SIZE_MAX];
	char *unit, *other;

	text_size(done, left);
	text_size(size, right);
	unit = strrchr(left, ' ');
	other = strrchr(right, ' ');
	if (unit != NULL && other != NULL && strcmp(unit, other) == 0)
		*unit = '\0';
	return str_printf("%s/%s", left, right);
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
	text_duration(seconds, duration);
	return str_printf(_("%s left"), duration);
}

static void
set_part(struct part *part, char *text, int room)
{
	int width = text == NULL ? 0 : text_columns(text);

	part->text = text;
	part->room = width > room ? width : room;
}

static void
set_bytes(struct part *part, const struct row *row)
{
	char *most = bytes_text(row->size, row->size);

	set_part(part, bytes_text(row->done, row->size), text_columns(most));
	free(most);
}

static void
set_running(struct part parts[PARTS], const struct row *row, uint64_t now_ms)
{
	uint64_t stalled = stalled_seconds(row, now_ms);
	char duration[TEXT_DURATION_MAX];
	char *state;

	if (stalled > 0) {
		text_duration(stalled, duration);
		state = str_printf(_("stalled %s"), duration);
	} else {
		state = left_text(row, now_ms);
	}
	/* The rate of something that stands still would be a lie. */
	set_part(
	    &parts[RATE], stalled > 0 ? NULL : rate_text(row->rate), RATE_ROOM);
	set_part(&parts[STATE], state, STATE_ROOM);
}

/* Nothing of it has moved so far. */
static void
set_waiting(struct part parts[PARTS], const struct row *row)
{
	char size[TEXT_SIZE_MAX];

	text_size(row->size, size);
	set_part(&parts[BYTES], str_dup(size), 0);
	set_part(&parts[STATE],
	    str_dup(row->state == ROW_AWAY ? _("waiting for the link")
					   : _("waiting for an answer")),
	    0);
}

/* In the room of rate and state together: name and bar stay. */
static void
set_still(struct part parts[PARTS], const char *words)
{
	char *state = str_dup(words);

	set_part(
	    &parts[RATE], NULL, RATE_ROOM + STATE_ROOM - text_columns(state));
	set_part(&parts[STATE], state, 0);
}

static void
set_parts(struct part parts[PARTS], const struct row *row, uint64_t now_ms)
{
	int percent = progress_percent(row->done, row->size);

	if (row->state == ROW_CONTINUING) {
		set_part(&parts[PERCENT],
		    str_printf(_("continuing at %d %%"), percent), 0);
		set_bytes(&parts[BYTES], row);
		return;
	}
	set_part(&parts[PERCENT], str_printf(_("%d %%"), percent),
	    (int)sizeof("99 %") - 1);
	set_bytes(&parts[BYTES], row);
	if (row->state == ROW_RUNNING)
		set_running(parts, row, now_ms);
	else if (row->state == ROW_AWAY)
		set_still(parts, _("waiting for the link"));
	else if (row->state == ROW_PAUSED)
		set_still(parts, row->note != NULL ? row->note : _("paused"));
	else
		set_part(&parts[STATE], str_dup(_("checking")), 0);
}

/* None in narrow rows, and none for what is still being proven. */
static bool
has_bar(const struct part parts[PARTS], const struct row *row)
{
	return row->state != ROW_CONTINUING && parts[PERCENT].text != NULL &&
	       parts[BYTES].text != NULL;
}

/* Columns that are left for the name and the bar; drops parts to get keep. */
static int
make_room(struct part parts[PARTS], int columns, int keep)
{
	static const enum part_name order[] = {BYTES, RATE, STATE};
	size_t i;

	for (i = 0; i < PARTS; i++)
		columns -= parts[i].room > 0 ? GAP + parts[i].room : 0;
	for (i = 0; i < COUNT(order) && columns < keep; i++) {
		struct part *part = &parts[order[i]];

		columns += part->room > 0 ? GAP + part->room : 0;
		free(part->text);
		part->text = NULL;
	}
	return columns;
}

/* Put text behind what is there already. */
static void
append(char **line, const char *gap, const char *text)
{
	str_replace(line, str_printf("%s%s%s", *line, gap, text));
}

static void
append_bar(char **line, int columns, int percent)
{
	char bar[BAR_MAX * 3 + 1] = "";
	int i, full = columns * percent / 100;

	for (i = 0; i < columns; i++)
		memcpy(
		    bar + 3 * i, i < full ? "\xe2\x96\x88" : "\xe2\x96\x91", 3);
	bar[3 * columns] = '\0';
	append(line, "  ", bar);
}

static int
least(int a, int b)
{
	return a < b ? a : b;
}

/* The name and, where there is room enough for it, the bar. */
static void
append_name(char **line, const struct row *row, int room, bool bar)
{
	int columns, width = text_columns(row->name);
	char *name;

	bar = bar && room - least(width, NAME_KEEP) >= GAP + BAR_MIN;
	columns = least(width, bar ? room - GAP - BAR_MIN : room);
	name = text_cut(row->name, columns, true);
	append(line, "", name);
	free(name);
	if (bar)
		append_bar(line, least(room - columns - GAP, BAR_MAX),
		    progress_percent(row->done, row->size));
}

char *
progress_text(const struct row *row, int columns, uint64_t now_ms)
{
	struct part parts[PARTS] = {{NULL, 0}};
	int room, width = text_columns(row->name);
	const char *gap = "  ";
	char *cut, *line;
	size_t i;

	line = str_printf("%s %u ",
	    row->incoming ? "\xe2\x86\x93" : "\xe2\x86\x91", row->number);
	if (row->state == ROW_WAITING ||
	    (row->state == ROW_AWAY && row->done == 0))
		set_waiting(parts, row);
	else
		set_parts(parts, row, now_ms);
	room = make_room(
	    parts, columns - text_columns(line), least(width, NAME_KEEP));
	/* No bar where other parts had to go, or nothing has begun. */
	if (room >= least(width, NAME_MIN) || parts[PERCENT].text == NULL)
		append_name(&line, row, room, has_bar(parts, row));
	else
		gap = "";
	for (i = 0; i < PARTS; i++) {
		if (parts[i].text == NULL)
			continue;
		append(&line, gap, parts[i].text);
		gap = "  ";
		free(parts[i].text);
	}
	cut = text_cut(line, columns, false);
	free(line);
	return cut;
}
