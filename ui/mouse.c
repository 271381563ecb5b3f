/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bits of the button are those of xterm's ctlseqs, "Extended coordinates".
 */
#include "ui/mouse.h"

#include <string.h>

enum {
	NUMBERS = 3,
	NUMBER_MAX = 9999,
	BUTTON_WHEEL = 64,
	BUTTON_KEYS = 4 | 8 | 16, /* shift, meta, control */
};

/* "1;2;3" and the letter behind it; false: it is not that. */
static bool
read_numbers(const char *s, size_t len, int numbers[NUMBERS], char *letter)
{
	size_t at = 0;

	for (int i = 0; i < NUMBERS; i++) {
		size_t start = at;

		numbers[i] = 0;
		for (; at < len && s[at] >= '0' && s[at] <= '9'; at++) {
			numbers[i] = numbers[i] * 10 + (s[at] - '0');
			if (numbers[i] > NUMBER_MAX)
				return false;
		}
		if (at == start || at == len)
			return false;
		if (i < NUMBERS - 1 && s[at++] != ';')
			return false;
	}
	*letter = s[at];
	return at + 1 == len;
}

bool
mouse_parse(const char *bytes, size_t len, struct mouse *out)
{
	static const char start[] = "\033[<";
	const size_t skip = sizeof(start) - 1;
	int numbers[NUMBERS];
	char letter;

	if (len < skip || memcmp(bytes, start, skip) != 0 ||
	    !read_numbers(bytes + skip, len - skip, numbers, &letter) ||
	    (letter != 'M' && letter != 'm'))
		return false;
	out->column = numbers[1] > 0 ? numbers[1] - 1 : 0;
	out->row = numbers[2] > 0 ? numbers[2] - 1 : 0;
	out->act = MOUSE_OTHER;
	if (letter == 'm')
		return true;
	if ((numbers[0] & ~BUTTON_KEYS) == BUTTON_WHEEL)
		out->act = MOUSE_WHEEL_UP;
	else if ((numbers[0] & ~BUTTON_KEYS) == BUTTON_WHEEL + 1)
		out->act = MOUSE_WHEEL_DOWN;
	else if (numbers[0] == 0)
		out->act = MOUSE_PRESS;
	return true;
}
