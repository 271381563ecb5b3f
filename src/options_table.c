/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "net/wire.h"
#include "src/base/i18n.h"
#include "src/base/text.h"
#include "src/base/util.h"
#include "src/options.h"

enum {
	NAME_CHARS = 64,
	PORT_MAX = 65535,
	AT_ONCE_MAX = 64,
	TIME_COLUMNS = 20,
};

static bool
is_control(uint32_t cp)
{
	return cp < ' ' || (cp >= 0x7f && cp < 0xa0);
}

/* How many characters; 0 also where there are controls, or it is no UTF-8. */
static size_t
count_clean(const char *text)
{
	const size_t len = strlen(text);
	size_t chars = 0;
	uint32_t cp;

	if (!text_is_utf8(text, len))
		return 0;
	for (size_t at = 0; at < len; chars++) {
		at += text_decode(text + at, len - at, &cp);
		if (is_control(cp))
			return 0;
	}
	return chars;
}

int
options_check_name(const char *name, struct reason *why)
{
	const size_t chars = count_clean(name);

	if (chars > 0 && chars <= NAME_CHARS && strlen(name) <= WIRE_NAME_MAX)
		return 0;
	reason_set(why,
	    _("a name has 1 to %d characters, in UTF-8 and without control "
	      "characters; choose another"),
	    NAME_CHARS);
	return ERR_INVALID;
}

static int
check_time_format(const char *format, struct reason *why)
{
	char text[TEXT_TIME_MAX];

	if (*format == '\0')
		return 0;
	if (text_time(format, clock_utc_ms(), text) && count_clean(text) > 0 &&
	    text_columns(text) <= TIME_COLUMNS)
		return 0;
	reason_set(why,
	    _("'%s' is no time to show in front of a line; %%H:%%M is, and "
	      "whatever else date(1) knows, in up to %d columns"),
	    format, TIME_COLUMNS);
	return ERR_INVALID;
}

static const char *const themes[] = {
    [UI_THEME_AUTO] = "auto",
    [UI_THEME_DARK] = "dark",
    [UI_THEME_LIGHT] = "light",
    [UI_THEME_MONO] = "mono",
    NULL,
};

static const char *const notices[] = {
    [UI_NOTIFY_NONE] = "none",
    [UI_NOTIFY_BELL] = "bell",
    [UI_NOTIFY_OSC9] = "osc9",
    [UI_NOTIFY_OSC99] = "osc99",
    [UI_NOTIFY_OSC777] = "osc777",
    NULL,
};

static const char *const announcements[] = {
    [OPTION_ANNOUNCE_ON] = "on",
    [OPTION_ANNOUNCE_PRIVATE] = "private",
    [OPTION_ANNOUNCE_OFF] = "off",
    NULL,
};

#define AT(field) .at = offsetof(struct options, field)

const struct option_row option_table[OPTION_COUNT] = {
    [OPTION_PORT] = {'p', "port", "PORT",
	N_("wait on this port of this machine (6973)"), OPTION_NUMBER,
	OPTION_AT_START, AT(port), .least = 1, .most = PORT_MAX},
    [OPTION_BIND] = {0, "bind", "ADDR",
	N_("wait on this address of this machine only"), OPTION_TEXT,
	OPTION_AT_START, AT(bind)},
    [OPTION_ANNOUNCE] = {0, "announce", "HOW",
	N_("be seen on the network: on, private or off (on)"), OPTION_CHOICE, 0,
	AT(announce), .choices = announcements},
    [OPTION_NAME] = {'n', "name", "NAME",
	N_("the name the other person sees (your login name)"), OPTION_TEXT, 0,
	AT(name), .check = options_check_name},
    [OPTION_DIR] = {0, "dir", "DIR",
	N_("where received files go (your download folder)"), OPTION_TEXT, 0,
	AT(dir)},
    [OPTION_DATA] = {0, "data", "DIR",
	N_("keep the key and the history in this folder"), OPTION_TEXT,
	OPTION_NO_FILE, AT(data)},
    [OPTION_CONFIG] = {0, "config", "FILE",
	N_("read this file instead of charla.conf"), OPTION_TEXT,
	OPTION_NO_FILE, AT(config)},
    [OPTION_KEEP_MODE] = {0, "keep-mode", NULL,
	N_("let programs stay programs, where both sides say so"),
	OPTION_ON_OFF, 0, AT(keep_mode)},
    [OPTION_AT_ONCE] = {0, "at-once", "N",
	N_("send so many at once, the others after them (3)"), OPTION_NUMBER, 0,
	AT(at_once), .least = 1, .most = AT_ONCE_MAX},
    [OPTION_INCOGNITO] = {0, "incognito", NULL,
	N_("keep nothing of what is said, and show no history"), OPTION_ON_OFF,
	OPTION_AT_START, AT(incognito)},
    [OPTION_PLAIN] = {0, "plain", NULL,
	N_("write lines instead of painting the screen"), OPTION_ON_OFF,
	OPTION_AT_START, AT(plain)},
    [OPTION_THEME] = {0, "theme", "THEME",
	N_("colours: auto, dark, light or mono (auto)"), OPTION_CHOICE, 0,
	AT(theme), .choices = themes},
    [OPTION_TIME_FORMAT] = {0, "time-format", "FORMAT",
	N_("time in front of a line, as in date(1) (%H:%M)"), OPTION_TEXT,
	OPTION_CAN_EMPTY, AT(time_format), .check = check_time_format},
    [OPTION_NOTIFY] = {0, "notify", "HOW",
	N_("while you look away: none, bell, osc9, osc99, osc777"),
	OPTION_CHOICE, 0, AT(notify), .choices = notices},
    [OPTION_NOTIFY_TEXT] = {0, "notify-text", NULL,
	N_("say in it what came (on)"), OPTION_ON_OFF, 0, AT(notify_text)},
    [OPTION_MOUSE] = {0, "mouse", NULL,
	N_("the wheel scrolls, a click answers a question (off)"),
	OPTION_ON_OFF, 0, AT(mouse)},
    [OPTION_TITLE] = {0, "title", NULL,
	N_("write who it is into the title of the window (on)"), OPTION_ON_OFF,
	0, AT(title)},
    [OPTION_PROGRESS] = {0, "progress", NULL,
	N_("tell the terminal how far a transfer is (on)"), OPTION_ON_OFF, 0,
	AT(progress)},
    [OPTION_LINKS] = {0, "links", NULL,
	N_("make addresses of the web links to click on (on)"), OPTION_ON_OFF,
	0, AT(links)},
    [OPTION_HELP] = {'h', "help", NULL, N_("show this text and end"),
	OPTION_ACTION, OPTION_NO_FILE, AT(help)},
    [OPTION_VERSION] = {'V', "version", NULL, N_("show the version and end"),
	OPTION_ACTION, OPTION_NO_FILE, AT(version)},
};
