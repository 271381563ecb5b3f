/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The bytes of what is said to the terminal beside the screen: the title of
 * its window, notifications, how far transfers are. Pure. What others wrote
 * is cleaned here in any case, so that no byte of it is a control, and no ';'
 * ends a part.
 */
#ifndef CHARLA_UI_OSC_H
#define CHARLA_UI_OSC_H

#include <stddef.h>

/* How a person who looks elsewhere is told that something came. */
enum ui_notify {
	UI_NOTIFY_NONE,
	UI_NOTIFY_BELL,
	UI_NOTIFY_OSC9,   /* iTerm2, foot, WezTerm, Windows Terminal */
	UI_NOTIFY_OSC99,  /* kitty */
	UI_NOTIFY_OSC777, /* rxvt, VTE, foot */
};

/* xterm's stack of titles: keep the one that is there, and have it back. */
#define OSC_TITLE_SAVE    "\033[22;0t"
#define OSC_TITLE_RESTORE "\033[23;0t"
#define OSC_NO_PROGRESS   "\033]9;4;0\033\\"

/* All of these: the caller frees. */

/* "(3) ana - charla". who may be NULL; "charla" alone is not said twice. */
char *osc_title_text(const char *who, size_t unread);
char *osc_title(const char *text);
/* NULL for UI_NOTIFY_NONE. Bell: also where there are no control strings. */
char *osc_notification(enum ui_notify how, const char *text);
/* ConEmu's OSC 9;4; percent is 0 to 100. */
char *osc_progress(int percent);

#endif
