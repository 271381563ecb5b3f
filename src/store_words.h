/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is a word, for the search. Pure. The index of words (FTS5, unicode61)
 * takes what lies between blanks and marks for a word, which is not enough
 * where a script writes without blanks, and for symbols such as emoji: here
 * every one of those characters becomes a word of its own. Several words of
 * the index in a row are found as they stand, so any piece of such a text is.
 */
#ifndef CHARLA_STORE_WORDS_H
#define CHARLA_STORE_WORDS_H

#include <stddef.h>

/*
 * A text as the index takes it: UTF-8 with blanks around what is a word of
 * its own, and in place of what is no UTF-8. The same text has to give the
 * same for as long as there are indexes: a change needs a new schema. The
 * caller frees.
 */
char *store_words_of(const char *text, size_t len);
/*
 * The query for all words that are there, in which nothing of them is left
 * that FTS5 would take for its language. Words of which the index knows
 * nothing (marks alone) count as found. The caller frees; "": no words.
 */
char *store_words_query(const char *words);

#endif
