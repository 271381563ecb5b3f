/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/theme.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const unsigned styles[ROLE_COUNT][PALETTE_COUNT] = {
	/* On both; dark; light; mono. */
	[ROLE_TEXT] = {TERM_PLAIN, TERM_PLAIN, TERM_PLAIN, TERM_PLAIN},
	[ROLE_TITLE] = {TERM_REVERSE, TERM_REVERSE, TERM_REVERSE, TERM_REVERSE},
	[ROLE_STATUS] = {TERM_PLAIN, TERM_PLAIN, TERM_PLAIN, TERM_PLAIN},
	[ROLE_ALERT] = {TERM_BOLD, TERM_BOLD, TERM_BOLD, TERM_BOLD},
	[ROLE_TIME] = {TERM_DIM, TERM_DIM, TERM_DIM, TERM_DIM},
	[ROLE_DAY] = {TERM_DIM, TERM_DIM, TERM_DIM, TERM_DIM},
	[ROLE_UNREAD] = {TERM_BOLD | TERM_RED, TERM_BOLD | TERM_RED,
	    TERM_BOLD | TERM_RED, TERM_BOLD},
	[ROLE_OWN_MARK] = {TERM_DIM, TERM_DIM, TERM_DIM, TERM_DIM},
	[ROLE_OWN_NAME] = {TERM_PLAIN, TERM_GREEN, TERM_BLUE, TERM_PLAIN},
	[ROLE_PEER_NAME] = {TERM_BOLD | TERM_MAGENTA, TERM_BOLD | TERM_CYAN,
	    TERM_BOLD | TERM_MAGENTA, TERM_BOLD},
	[ROLE_NOTICE_MARK] = {TERM_DIM, TERM_DIM, TERM_DIM, TERM_DIM},
	[ROLE_NOTICE] = {TERM_PLAIN, TERM_PLAIN, TERM_PLAIN, TERM_PLAIN},
	[ROLE_WARNING_MARK] = {TERM_BOLD | TERM_RED, TERM_BOLD | TERM_YELLOW,
	    TERM_BOLD | TERM_RED, TERM_BOLD},
	[ROLE_WARNING] = {TERM_BOLD, TERM_BOLD, TERM_BOLD, TERM_BOLD},
	[ROLE_ERROR_MARK] = {TERM_RED, TERM_RED, TERM_RED, TERM_PLAIN},
	[ROLE_ERROR] = {TERM_PLAIN, TERM_PLAIN, TERM_PLAIN, TERM_PLAIN},
	[ROLE_QUESTION_MARK] = {TERM_BOLD | TERM_MAGENTA,
	    TERM_BOLD | TERM_YELLOW, TERM_BOLD | TERM_MAGENTA, TERM_BOLD},
	[ROLE_QUESTION] = {TERM_BOLD, TERM_BOLD, TERM_BOLD, TERM_BOLD},
	[ROLE_LINK] = {TERM_UNDERLINE, TERM_UNDERLINE | TERM_CYAN,
	    TERM_UNDERLINE | TERM_BLUE, TERM_UNDERLINE},
	[ROLE_FOUND] = {TERM_REVERSE, TERM_REVERSE, TERM_REVERSE, TERM_REVERSE},
	[ROLE_LIST_TITLE] = {TERM_BOLD, TERM_BOLD, TERM_BOLD, TERM_BOLD},
	[ROLE_LIST] = {TERM_PLAIN, TERM_PLAIN, TERM_PLAIN, TERM_PLAIN},
	[ROLE_TRANSFER] = {TERM_PLAIN, TERM_PLAIN, TERM_PLAIN, TERM_PLAIN},
	[ROLE_BAR] = {TERM_PLAIN, TERM_GREEN, TERM_BLUE, TERM_PLAIN},
	[ROLE_MATCH] = {TERM_PLAIN, TERM_PLAIN, TERM_PLAIN, TERM_PLAIN},
	[ROLE_MATCH_HELP] = {TERM_DIM, TERM_DIM, TERM_DIM, TERM_DIM},
	[ROLE_CONTROL] = {TERM_BOLD, TERM_BOLD, TERM_BOLD, TERM_BOLD},
	[ROLE_FAINT] = {TERM_DIM, TERM_DIM, TERM_DIM, TERM_DIM},
	[ROLE_REGION] = {TERM_REVERSE, TERM_REVERSE, TERM_REVERSE, TERM_REVERSE},
};
/* clang-format on */

unsigned
theme_style(enum palette palette, enum role role)
{
	return styles[role][palette];
}

enum palette
theme_palette(enum palette wanted, const char *no_color)
{
	/* As no-color.org has it: present and not empty. */
	return no_color != NULL && *no_color != '\0' ? PALETTE_MONO : wanted;
}

enum palette
theme_of_variable(const char *colorfgbg)
{
	const char *last;
	char *end;
	long colour;

	if (colorfgbg == NULL)
		return PALETTE_BOTH;
	/* "foreground;background", of rxvt also with a third in between. */
	last = strrchr(colorfgbg, ';');
	if (last == NULL || last[1] < '0' || last[1] > '9')
		return PALETTE_BOTH;
	colour = strtol(last + 1, &end, 10);
	if (*end != '\0' || colour > 15)
		return PALETTE_BOTH;
	return colour == 7 || colour > 8 ? PALETTE_LIGHT : PALETTE_DARK;
}

static bool
hex_digit(char c, unsigned *value)
{
	static const char digits[] = "0123456789abcdef";
	const char lower = c >= 'A' && c <= 'F' ? (char)(c - 'A' + 'a') : c;
	const char *at = c != '\0' ? strchr(digits, lower) : NULL;

	if (at != NULL)
		*value = (unsigned)(at - digits);
	return at != NULL;
}

/*
 * One part of an X11 colour: 1 to 4 hexadecimal digits, up to the end or a
 * slash. Thousandths of the brightest; moves *s behind it.
 */
static bool
colour_part(const char **s, const char *end, unsigned *part)
{
	unsigned value = 0, most = 0, digit;
	const char *p = *s;

	while (p < end && most < 0xFFFF && hex_digit(*p, &digit)) {
		value = value << 4 | digit;
		most = most << 4 | 0xF;
		p++;
	}
	if (most == 0 || (p < end && *p != '/'))
		return false;
	*part = value * 1000 / most;
	*s = p < end ? p + 1 : p;
	return true;
}

/* The text between ESC ] 11 ; and BEL or ESC \; false: it is none. */
static bool
answer_text(const char *bytes, size_t len, const char **text, const char **end)
{
	static const char head[] = "\033]11;";
	const size_t head_len = sizeof(head) - 1;

	if (len <= head_len || memcmp(bytes, head, head_len) != 0)
		return false;
	*text = bytes + head_len;
	*end = bytes + len;
	if ((*end)[-1] == '\a')
		*end -= 1;
	else if (len >= head_len + 2 && memcmp(*end - 2, "\033\\", 2) == 0)
		*end -= 2;
	else
		return false;
	return true;
}

enum palette
theme_of_answer(const char *bytes, size_t len)
{
	static const char rgb[] = "rgb:", rgba[] = "rgba:";
	const char *s, *end;
	unsigned red, green, blue;

	if (!answer_text(bytes, len, &s, &end))
		return PALETTE_BOTH;
	if ((size_t)(end - s) > 4 && memcmp(s, rgb, 4) == 0)
		s += 4;
	else if ((size_t)(end - s) > 5 && memcmp(s, rgba, 5) == 0)
		s += 5;
	else
		return PALETTE_BOTH;
	if (!colour_part(&s, end, &red) || !colour_part(&s, end, &green) ||
	    !colour_part(&s, end, &blue))
		return PALETTE_BOTH;
	/* Rec. 709's luma, of the values as they are: which half is enough. */
	return 2126 * red + 7152 * green + 722 * blue > 5000 * 1000
		   ? PALETTE_LIGHT
		   : PALETTE_DARK;
}
