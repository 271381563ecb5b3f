/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/store_words.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/base/util.h"

/*
 * More words than these are not asked for, nor more of one: a query costs
 * what it says, and nobody types that much.
 */
enum { WORDS_MAX = 16, WORD_MAX = 256, NOT_UTF8 = 0xFFFD };

struct range {
	uint32_t first, last;
};

/*
 * Each is a word: symbols of more than ASCII, and the scripts that need no
 * blanks (line breaking class SA of UAX 14, and what East Asia writes; not
 * Hangul, which has blanks). A mark among them is none, alone or not.
 */
static const struct range alone[] = {
    {0x00A6, 0x00A6},   /* broken bar */
    {0x00A9, 0x00A9},   /* copyright */
    {0x00AE, 0x00AE},   /* registered */
    {0x00B0, 0x00B0},   /* degree */
    {0x0E00, 0x0EFF},   /* Thai, Lao */
    {0x1000, 0x109F},   /* Myanmar */
    {0x1780, 0x17FF},   /* Khmer */
    {0x1950, 0x19FF},   /* Tai Le, New Tai Lue */
    {0x1A20, 0x1AAF},   /* Tai Tham */
    {0x1B00, 0x1B7F},   /* Balinese */
    {0x2190, 0x2BFF},   /* arrows to the symbols of maps and games */
    {0x2E80, 0x2FDF},   /* radicals */
    {0x3003, 0x30FF},   /* CJK marks that are letters, Hiragana, Katakana */
    {0x3100, 0x312F},   /* Bopomofo */
    {0x3190, 0x9FFF},   /* more of Katakana and Bopomofo; Han */
    {0xA980, 0xA9FF},   /* Javanese, more Myanmar */
    {0xAA60, 0xAADF},   /* more Myanmar, Tai Viet */
    {0xF900, 0xFAFF},   /* Han again */
    {0xFF66, 0xFF9F},   /* narrow Katakana */
    {0x16FE0, 0x1B2FF}, /* Tangut, Khitan, more Kana, Nushu */
    {0x1F000, 0x1FAFF}, /* emoji */
    {0x20000, 0x3FFFF}, /* more Han */
};

static bool
is_alone(uint32_t c)
{
	size_t low = 0, high = COUNT(alone);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (c > alone[middle].last)
			low = middle + 1;
		else if (c < alone[middle].first)
			high = middle;
		else
			return true;
	}
	return false;
}

/* U+00A0 and its like too: nobody sees the difference. */
static bool
is_blank(uint32_t c)
{
	return c <= ' ' || c == 0x7F || c == 0xA0 || c == 0x1680 ||
	       (c >= 0x2000 && c <= 0x200B) || c == 0x2028 || c == 0x2029 ||
	       c == 0x202F || c == 0x205F || c == 0x3000 || c == 0xFEFF;
}

char *
store_words_of(const char *text, size_t len)
{
	/* The smallest that gets blanks has two bytes. */
	char *out = mem_alloc(2 * len + 1);
	size_t at = 0, to = 0, used;
	uint32_t c;

	while (at < len) {
		used = text_decode(text + at, len - at, &c);
		if (is_blank(c) || c == NOT_UTF8) {
			out[to++] = ' ';
		} else if (is_alone(c)) {
			out[to++] = ' ';
			memcpy(out + to, text + at, used);
			to += used;
			out[to++] = ' ';
		} else {
			memcpy(out + to, text + at, used);
			to += used;
		}
		at += used;
	}
	out[to] = '\0';
	return out;
}

/* Bytes at s up to the first character that is (not) a blank. */
static size_t
span(const char *s, bool blanks)
{
	size_t len = strlen(s), at = 0, used;
	uint32_t c;

	while (at < len) {
		used = text_decode(s + at, len - at, &c);
		if (is_blank(c) != blanks)
			break;
		at += used;
	}
	return at;
}

/*
 * One word as a string of FTS5, in which a quote is two; the star lets its
 * last letters be missing. Returns where it ends.
 */
static char *
put_word(char *out, const char *word, size_t len)
{
	char *spaced;

	if (len > WORD_MAX) {
		len = WORD_MAX;
		while ((word[len] & 0xC0) == 0x80)
			len--;
	}
	spaced = store_words_of(word, len);
	*out++ = '"';
	for (const char *s = spaced; *s != '\0'; s++) {
		if (*s == '"')
			*out++ = '"';
		*out++ = *s;
	}
	*out++ = '"';
	/* What is a word of its own is whole. */
	if (out[-2] != ' ')
		*out++ = '*';
	*out++ = ' ';
	free(spaced);
	return out;
}

char *
store_words_query(const char *words)
{
	/* Each byte at most two; and quotes, star and blank for each word. */
	char *query = mem_alloc(2 * strlen(words) + 4 * WORDS_MAX + 1);
	char *out = query;
	size_t len;

	for (size_t i = 0; i < WORDS_MAX; i++) {
		words += span(words, true);
		len = span(words, false);
		if (len == 0)
			break;
		out = put_word(out, words, len);
		words += len;
	}
	*out = '\0';
	return query;
}
