/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One pass over the clusters, one row at a time. The row under way remembers
 * the last place where it could be broken, and how wide it was there: a word
 * that moves to the next row is not measured again. Addresses are words that
 * can begin anywhere.
 */
#include "ui/wrap.h"

#include <stdbool.h>
#include <string.h>

#include "src/base/text.h"
#include "ui/links.h"

struct wrap {
	struct wrap_row *rows;
	size_t count, max;
	size_t columns;
	size_t head; /* bytes that are not left alone; 0: none */
	const char *text;

	/* The row under way. */
	size_t start;
	size_t end;            /* of what fits */
	size_t width;          /* so far, spaces that hang over included */
	bool has_word;         /* not only spaces */
	bool wide;             /* the last cluster was a double-width one */
	size_t last, last_len; /* that cluster */

	/* Its last break: where it would end, and the next one begin. */
	bool can_break;
	size_t break_end, break_next, break_width;
	bool break_word; /* has_word before the break */
};

static void
emit(struct wrap *w, size_t end)
{
	if (w->count < w->max) {
		w->rows[w->count].start = w->start;
		w->rows[w->count].len = end - w->start;
	}
	w->count++;
}

static void
begin(struct wrap *w, size_t start)
{
	w->start = w->end = start;
	w->width = 0;
	w->has_word = w->wide = w->can_break = false;
}

static void
mark_break(struct wrap *w, size_t end, size_t next)
{
	w->can_break = true;
	w->break_end = end;
	w->break_next = next;
	w->break_width = w->width;
	w->break_word = w->has_word;
}

/* Can a row hold the word at pos? */
static bool
word_fits(const struct wrap *w, size_t pos)
{
	size_t left = strlen(w->text + pos), used, columns = 0;
	int width;

	while (left > 0 && strchr(" \n", w->text[pos]) == NULL) {
		used = text_cluster(w->text + pos, left, &width);
		columns += (size_t)width;
		if (columns > w->columns)
			return false;
		pos += used;
		left -= used;
	}
	return true;
}

/* The cluster at pos does not fit: go on with a new row. */
static void
turn(struct wrap *w, size_t pos)
{
	if (w->can_break && w->head > 0 && w->break_next == w->head &&
	    pos > w->head && !word_fits(w, w->head))
		w->can_break = false;
	if (!w->can_break) {
		emit(w, pos);
		begin(w, pos);
		return;
	}
	/* An indent that leaves no room for its word goes, not the row. */
	if (w->break_word)
		emit(w, w->break_end);
	w->start = w->break_next;
	w->width -= w->break_width;
	w->can_break = false;
}

/*
 * An address that does not fit behind what it is glued to, even in a row that
 * begins there, may begin one by itself.
 */
static void
begin_link(struct wrap *w, size_t pos, const struct text_link *link)
{
	size_t glued = w->width - (w->can_break ? w->break_width : 0);

	if (glued > 0 && glued + link->len > w->columns)
		mark_break(w, pos, pos);
}

static void
add_space(struct wrap *w, size_t pos)
{
	size_t end = w->end;

	/* Of several spaces in a row, the first one ends the row. */
	if (w->can_break && w->break_next == pos)
		end = w->break_end;
	w->width++;
	if (w->width <= w->columns)
		w->end = pos + 1;
	w->wide = false;
	mark_break(w, end, pos + 1);
}

/* Is it in this text of wide characters? */
static bool
is_one_of(const char *cluster, size_t len, const char *all)
{
	for (; *all != '\0'; all++) {
		if (strncmp(all, cluster, len) == 0)
			return true;
	}
	return false;
}

/*
 * Between two wide characters a row may end, but no row begins with what
 * closes something, nor ends with what opens it (UAX 14: CL, NS, EX; OP).
 */
static void
between_wide(struct wrap *w, size_t pos, size_t len)
{
	static const char closing[] =
	    "、。，．・：；？！ー々）〕］｝〉》」』】〙〗"
	    "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ";
	static const char opening[] = "（〔［｛〈《「『【〘〖";

	if (!is_one_of(w->text + pos, len, closing) &&
	    !is_one_of(w->text + w->last, w->last_len, opening))
		mark_break(w, pos, pos);
}

static void
add_cluster(struct wrap *w, size_t pos, size_t len, int width)
{
	size_t columns = (size_t)width;

	if (width == 2 && w->wide)
		between_wide(w, pos, len);
	w->last = pos;
	w->last_len = len;
	while (w->width > 0 && columns > 0 && w->width + columns > w->columns)
		turn(w, pos);
	w->width += columns;
	w->end = pos + len;
	w->has_word = true;
	if (columns > 0)
		w->wide = width == 2;
}

size_t
wrap_words(const char *text, int columns, struct wrap_row *rows, size_t max)
{
	return wrap_behind(text, 0, columns, rows, max);
}

size_t
wrap_behind(const char *text, size_t head, int columns, struct wrap_row *rows,
    size_t max)
{
	struct wrap w = {.rows = rows, .max = max, .text = text, .head = head};
	size_t pos = 0, len = strlen(text), used;
	struct text_link link;
	bool has_link = links_next(text, 0, &link);
	int width;

	w.columns = columns < 1 ? 1 : (size_t)columns;
	while (pos < len) {
		if (text[pos] == '\n') {
			emit(&w, w.end);
			begin(&w, ++pos);
			continue;
		}
		if (has_link && pos >= link.start) {
			begin_link(&w, pos, &link);
			has_link =
			    links_next(text, link.start + link.len, &link);
		}
		used = text_cluster(text + pos, len - pos, &width);
		if (used == 1 && text[pos] == ' ')
			add_space(&w, pos);
		else
			add_cluster(&w, pos, used, width);
		pos += used;
	}
	emit(&w, w.end);
	return w.count;
}
