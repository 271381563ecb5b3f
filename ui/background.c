/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/background.h"

#include <stdlib.h>

/* Its own answer is worth more than a variable that a shell handed down. */
enum palette
background_ask(struct term *t)
{
	static const char question[] = THEME_QUESTION;

	if (term_takes_strings(t))
		term_ask(t, question, sizeof(question) - 1);
	return theme_of_variable(getenv("COLORFGBG"));
}

bool
background_heard(
    struct term *t, const char *bytes, size_t len, enum palette *background)
{
	enum palette heard = theme_of_answer(bytes, len);

	if (heard == PALETTE_BOTH)
		return false;
	term_answered(t);
	*background = heard;
	return true;
}

enum palette
background_palette(enum palette background, enum ui_theme theme)
{
	const enum palette palettes[] = {
	    [UI_THEME_AUTO] = background,
	    [UI_THEME_DARK] = PALETTE_DARK,
	    [UI_THEME_LIGHT] = PALETTE_LIGHT,
	    [UI_THEME_MONO] = PALETTE_MONO,
	};

	return theme_palette(palettes[theme], getenv("NO_COLOR"));
}
