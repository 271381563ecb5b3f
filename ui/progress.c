/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A row is a head (arrow and number), the name, a bar and the parts behind it
 * (progress_parts.c). The name of a tree is that of the file it is on, once it
 * is on one. What is given to each depends on what does not change while it
 * runs, so that all stand still.
 */
#include "ui/progress.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/util.h"
#include "ui/bidi.h"
#include "ui/progress_parts.h"

enum {
	GAP = 2,        /* columns between two parts */
	NAME_KEEP = 16, /* parts go before the name gets shorter than this */
	NAME_MIN = 3,   /* a shorter one goes itself */
	FILE_KEEP = 10, /* the same for the file a tree is on */
	FILE_ROOM = 32, /* columns it gets where there are so many */
	BAR_MIN = 8,
	BAR_MAX = 20,
	BLOCK_LEN = 3, /* bytes */
};

static const char block_full[] = "\xe2\x96\x88", block_empty[] = "\xe2\x96\x91";

/* Columns for what stands before the parts; 0: not there. */
struct shares {
	int name, bar;
};

static bool
is_on_file(const struct row *row)
{
	return row->files > 0 && row->current != NULL;
}

/* Columns the name would like to have. */
static int
name_width(const struct row *row)
{
	return is_on_file(row) ? FILE_ROOM : text_columns(row->name);
}

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

uint64_t
progress_stalled(const struct row *row, uint64_t now_ms)
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
	if (row->state != ROW_RUNNING || row->pace.seconds_left == 0 ||
	    progress_stalled(row, now_ms) > 0)
		return UINT64_MAX;
	return row->done < row->size ? row->pace.seconds_left : 0;
}

static int
least(int a, int b)
{
	return a < b ? a : b;
}

/* Columns that are left before the parts; drops some of them to get keep. */
static int
make_room(struct part parts[PARTS], int columns, int keep)
{
	static const enum part_name order[] = {
	    PART_FILES, PART_BYTES, PART_RATE, PART_STATE};
	size_t i;

	for (i = 0; i < PARTS; i++)
		columns -= parts[i].room > 0 ? GAP + parts[i].room : 0;
	for (i = 0; i < COUNT(order) && columns < keep; i++) {
		struct part *part = &parts[order[i]];

		columns += part->room > 0 ? GAP + part->room : 0;
		free(part->text);
		part->text = NULL;
		part->room = 0;
	}
	return columns;
}

static void
grow(int *share, int most, int *left)
{
	int more = least(most - *share, *left);

	*share += more;
	*left -= more;
}

/* Not where there is not enough for the least and the gap before it. */
static void
begin_share(int *share, int at_least, int *left)
{
	if (*left < GAP + at_least)
		return;
	*share = at_least;
	*left -= GAP + at_least;
}

/*
 * First each gets the least it needs, or nothing; then they grow. Nothing but
 * the name has a place where a part had to go, or nothing has begun.
 */
static struct shares
share_out(const struct part parts[PARTS], const struct row *row, int room)
{
	bool tree = row->files > 0;
	bool begun =
	    parts[PART_PERCENT].room > 0 && row->state != ROW_CONTINUING;
	bool whole = parts[tree ? PART_FILES : PART_BYTES].room > 0;
	int width = name_width(row);
	struct shares s = {.name = least(width, least(NAME_KEEP, room))};
	int left = room - s.name;

	if (begun && whole)
		begin_share(&s.bar, BAR_MIN, &left);
	grow(&s.name, width, &left);
	if (s.bar > 0)
		grow(&s.bar, BAR_MAX, &left);
	return s;
}

/* Put text behind what is there already. */
static void
append(char **line, const char *gap, const char *text)
{
	str_replace(line, str_printf("%s%s%s", *line, gap, text));
}

/* The file it is on takes the whole share, however short its name is. */
static void
append_name(char **line, const struct row *row, int columns)
{
	bool on_file = is_on_file(row);
	char *cut = text_cut(on_file ? row->current : row->name, columns, true);
	int rest = on_file ? columns - text_columns(cut) : 0;

	append(line, "", cut);
	append(line, "", bidi_close(cut));
	str_replace(line, str_printf("%s%*s", *line, rest, ""));
	free(cut);
}

static bool
is_block(const char *text)
{
	return memcmp(text, block_full, BLOCK_LEN) == 0 ||
	       memcmp(text, block_empty, BLOCK_LEN) == 0;
}

static void
append_bar(char **line, int columns, int percent)
{
	char bar[BAR_MAX * BLOCK_LEN + 1] = "";
	int i, full = columns * percent / 100;

	for (i = 0; i < columns; i++)
		memcpy(bar + BLOCK_LEN * i, i < full ? block_full : block_empty,
		    BLOCK_LEN);
	bar[BLOCK_LEN * columns] = '\0';
	append(line, "  ", bar);
}

static void
append_shares(char **line, const struct shares *s, const struct row *row)
{
	append_name(line, row, s->name);
	if (s->bar > 0)
		append_bar(
		    line, s->bar, progress_percent(row->done, row->size));
}

char *
progress_text(const struct row *row, int columns, uint64_t now_ms)
{
	struct part parts[PARTS] = {{NULL, 0}};
	int room, width = name_width(row);
	const char *gap = "  ";
	struct shares shares;
	char *cut, *line;
	size_t i;

	line = str_printf("%s %u ",
	    row->incoming ? "\xe2\x86\x93" : "\xe2\x86\x91", row->number);
	progress_parts(parts, row, now_ms);
	room = make_room(parts, columns - text_columns(line),
	    is_on_file(row) ? FILE_KEEP : least(width, NAME_KEEP));
	if (room >= least(width, NAME_MIN) || parts[PART_PERCENT].room == 0) {
		shares = share_out(parts, row, room);
		append_shares(&line, &shares, row);
	} else {
		gap = "";
	}
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

size_t
progress_bar(const char *text, size_t *len)
{
	size_t end = strlen(text), start;

	while (end >= BLOCK_LEN && !is_block(text + end - BLOCK_LEN))
		end--;
	if (end < BLOCK_LEN)
		end = 0;
	start = end;
	while (start >= BLOCK_LEN && is_block(text + start - BLOCK_LEN))
		start -= BLOCK_LEN;
	*len = end - start;
	return start;
}
