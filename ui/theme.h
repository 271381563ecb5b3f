/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How everything looks: one table of roles and palettes. Pure. Colours are
 * the terminal's own, so the person's palette decides what they are; each is
 * one that can be read on the background it is meant for. What a colour
 * tells is told by a sign, a word or an attribute, too.
 */
#ifndef CHARLA_UI_THEME_H
#define CHARLA_UI_THEME_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/style.h"

enum role {
	ROLE_TEXT,
	ROLE_TITLE,
	ROLE_STATUS,
	ROLE_ALERT, /* in the status line: mode, what is out of view */
	ROLE_TIME,
	ROLE_DAY,
	ROLE_UNREAD,
	ROLE_OWN_MARK,
	ROLE_OWN_NAME,
	ROLE_PEER_NAME,
	ROLE_NOTICE_MARK,
	ROLE_NOTICE,
	ROLE_WARNING_MARK,
	ROLE_WARNING,
	ROLE_ERROR_MARK,
	ROLE_ERROR,
	ROLE_QUESTION_MARK,
	ROLE_QUESTION,
	ROLE_LINK,
	ROLE_FOUND, /* on top of another one */
	ROLE_LIST_TITLE,
	ROLE_LIST,
	ROLE_TRANSFER,
	ROLE_BAR,
	ROLE_MATCH, /* what could stand at the cursor */
	ROLE_MATCH_HELP,
	ROLE_CONTROL, /* ^X in the input line */
	ROLE_FAINT,   /* \x80 there */
	ROLE_REGION,  /* on top of another one */
	ROLE_COUNT,
};

enum palette {
	PALETTE_BOTH, /* can be read on dark and on light */
	PALETTE_DARK,
	PALETTE_LIGHT,
	PALETTE_MONO,
	PALETTE_COUNT,
};

unsigned theme_style(enum palette palette, enum role role);

/* wanted, or what NO_COLOR's value (may be NULL) makes of it. */
enum palette theme_palette(enum palette wanted, const char *no_color);

/*
 * What the background is made for: of COLORFGBG's value, and of a terminal's
 * answer to THEME_QUESTION. PALETTE_BOTH: it does not say.
 */
enum palette theme_of_variable(const char *colorfgbg);
enum palette theme_of_answer(const char *bytes, size_t len);
/* "Which colour is the background?" (xterm's OSC 11). */
#define THEME_QUESTION "\033]11;?\033\\"

#endif
