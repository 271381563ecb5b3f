/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/lookalike.h"

#include <wctype.h>

#include "src/base/util.h"

enum {
	FULL_WIDTH_FIRST = 0xff01,
	FULL_WIDTH_LAST = 0xff5e,
	FULL_WIDTH_SHIFT = 0xff01 - '!',
	LATIN_FIRST = 0xe0,
	LATIN_LAST = 0xff,
	GRAVE = 0x300,
	ACUTE = 0x301,
	CIRCUMFLEX = 0x302,
	TILDE = 0x303,
	DIAERESIS = 0x308,
	RING = 0x30a,
	CEDILLA = 0x327,
};

/*
 * By the small letter, and where that looks like none, by the capital one:
 * case does not count in a name, so "ВОВА" is "вова", and may be "BOBA".
 */
static const struct {
	uint16_t c;
	char letter;
} letters[] = {
    {0x131, 'i'}, {0x251, 'a'}, {0x261, 'g'}, {0x269, 'i'}, {0x28b, 'v'},
    {0x28f, 'y'}, /* Latin: dotless i, and phonetic ones */
    {0x3b1, 'a'}, {0x3b2, 'b'}, {0x3b5, 'e'}, {0x3b6, 'z'}, {0x3b7, 'h'},
    {0x3b9, 'i'}, {0x3ba, 'k'}, {0x3bc, 'm'}, {0x3bd, 'v'}, {0x3bf, 'o'},
    {0x3c1, 'p'}, {0x3c4, 't'}, {0x3c5, 'u'}, {0x3c7, 'x'}, {0x3f2, 'c'},
    {0x3f3, 'j'}, /* Greek */
    {0x430, 'a'}, {0x432, 'b'}, {0x435, 'e'}, {0x43a, 'k'}, {0x43c, 'm'},
    {0x43d, 'h'}, {0x43e, 'o'}, {0x440, 'p'}, {0x441, 'c'}, {0x442, 't'},
    {0x443, 'y'}, {0x445, 'x'}, {0x455, 's'}, {0x456, 'i'}, {0x458, 'j'},
    {0x475, 'v'}, {0x4af, 'y'}, {0x4bb, 'h'}, {0x4cf, 'l'}, {0x501, 'd'},
    {0x51b, 'q'}, {0x51d, 'w'}, /* Cyrillic */
    {0x563, 'q'}, {0x570, 'h'}, {0x578, 'n'}, {0x57d, 'u'}, {0x581, 'g'},
    {0x584, 'f'}, {0x585, 'o'}, /* Armenian */
    {0x2170, 'i'}, {0x2174, 'v'}, {0x2179, 'x'}, {0x217c, 'l'}, {0x217d, 'c'},
    {0x217e, 'd'}, {0x217f, 'm'}, /* Roman numerals */
};

/* U+00E0 to U+00FF; without a mark: itself. */
static const struct {
	char letter;
	uint16_t mark;
} latin[LATIN_LAST - LATIN_FIRST + 1] = {
    {'a', GRAVE},
    {'a', ACUTE},
    {'a', CIRCUMFLEX},
    {'a', TILDE},
    {'a', DIAERESIS},
    {'a', RING},
    {0, 0},
    {'c', CEDILLA},
    {'e', GRAVE},
    {'e', ACUTE},
    {'e', CIRCUMFLEX},
    {'e', DIAERESIS},
    {'i', GRAVE},
    {'i', ACUTE},
    {'i', CIRCUMFLEX},
    {'i', DIAERESIS},
    {0, 0},
    {'n', TILDE},
    {'o', GRAVE},
    {'o', ACUTE},
    {'o', CIRCUMFLEX},
    {'o', TILDE},
    {'o', DIAERESIS},
    {0, 0},
    {0, 0},
    {'u', GRAVE},
    {'u', ACUTE},
    {'u', CIRCUMFLEX},
    {'u', DIAERESIS},
    {'y', ACUTE},
    {0, 0},
    {'y', DIAERESIS},
};

bool
lookalike_is_blank(uint32_t c)
{
	/* Those that do not break a line are no space to the C library. */
	static const uint32_t blanks[] = {
	    0xa0, 0x115f, 0x2007, 0x202f, 0x2800, 0x3164, 0x1d159};

	for (size_t i = 0; i < COUNT(blanks); i++) {
		if (blanks[i] == c)
			return true;
	}
	return iswspace((wint_t)c) != 0;
}

bool
lookalike_is_nothing(uint32_t c)
{
	/* Persian needs the first one, so the sanitiser keeps it. */
	return c == 0x200c || c == 0x1160;
}

uint32_t
lookalike_of(uint32_t c)
{
	if (c >= FULL_WIDTH_FIRST && c <= FULL_WIDTH_LAST)
		return c - FULL_WIDTH_SHIFT;
	for (size_t i = 0; i < COUNT(letters); i++) {
		if (letters[i].c == c)
			return (unsigned char)letters[i].letter;
	}
	return c;
}

uint32_t
lookalike_base(uint32_t c, uint32_t *mark)
{
	*mark = 0;
	if (c < LATIN_FIRST || c > LATIN_LAST ||
	    latin[c - LATIN_FIRST].letter == 0)
		return c;
	*mark = latin[c - LATIN_FIRST].mark;
	return (unsigned char)latin[c - LATIN_FIRST].letter;
}
