/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/base/i18n.h"
#include "src/base/util.h"
#include "ui/ui.h"

/* clang-format off */
const struct ui_key ui_keys[] = {
	{"PgUp", "\033[5~", "charla-scroll-up",
	    N_("look back a page")},
	{"PgDn", "\033[6~", "charla-scroll-down",
	    N_("look forward a page")},
	{"Ctrl-Home", "\033[1;5H", "charla-scroll-top",
	    N_("look at the first line")},
	{"Ctrl-End", "\033[1;5F", "charla-scroll-bottom",
	    N_("back to the newest line")},
	{"Ctrl-S", "\023", "charla-search",
	    N_("search the history; again: the next older place")},
	{"Alt-Enter", "\033\r", "charla-insert-newline",
	    N_("begin a new line in the message")},
	{"Shift-Enter", "\033[13;2u", "charla-insert-newline",
	    N_("the same, where the terminal tells it from Enter")},
	{"Ctrl-X Ctrl-E", "\030\005", "charla-edit-line",
	    N_("write the line in your editor; v in vi's command mode")},
	{"Ctrl-C", "\003", "charla-clear-line",
	    N_("empty the input line")},
	{"Ctrl-L", "\014", "charla-redraw",
	    N_("draw the whole screen again")},
	{"Ctrl-Z", "\032", "charla-suspend",
	    N_("back to the shell; fg returns")},
	{"F1", "\033OP", "charla-help",
	    N_("list the commands, as /help does")},
};
/* clang-format on */
const size_t ui_key_count = COUNT(ui_keys);
