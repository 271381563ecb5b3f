/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Breaking text into rows of columns. Pure. Clusters are never split; a
 * double-width one that does not fit goes to the next row; words are kept
 * whole where they fit on a row of their own.
 */
#ifndef CHARLA_UI_WRAP_H
#define CHARLA_UI_WRAP_H

#include <stddef.h>

struct wrap_row {
	size_t start; /* byte offset in the text */
	size_t len;   /* bytes, without the space or newline broken at */
};

/*
 * Word-wrap clean text (newlines break) into rows at most columns wide
 * (columns < 1 counts as 1; a wide cluster then gets a row of its own).
 * Spaces that begin a paragraph stay, those at a break are swallowed.
 * Fills at most max rows, returns how many there would be, at least 1.
 */
size_t wrap_words(
    const char *text, int columns, struct wrap_row *rows, size_t max);
/*
 * The same where the first head bytes, a space at their end, are better not
 * left alone: a word behind them that no row can hold begins in their row.
 */
size_t wrap_behind(const char *text, size_t head, int columns,
    struct wrap_row *rows, size_t max);

#endif
