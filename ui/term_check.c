/* SPDX-License-Identifier: GPL-3.0-or-later */
/* By itself, because curses' term.h takes names such as columns for macros. */
#include "ui/term.h"

#include <curses.h>
#include <stdlib.h>
#include <term.h>
#include <unistd.h>

#include "src/base/i18n.h"

int
term_check(struct reason *why)
{
	const char *name = getenv("TERM");
	const char *cup;
	int status = 0;

	if (name == NULL || *name == '\0')
		name = "unknown";
	if (setupterm(name, STDOUT_FILENO, &status) == ERR || status <= 0) {
		reason_set(why,
		    _("the terminal type '%s' (TERM) is not known here; try "
		      "TERM=xterm charla"),
		    name);
		return ERR_INVALID;
	}
	cup = tigetstr("cup");
	del_curterm(cur_term);
	if (cup == NULL || cup == (char *)-1) {
		reason_set(why,
		    _("a terminal of the type '%s' (TERM) cannot move its "
		      "cursor; try TERM=xterm charla"),
		    name);
		return ERR_INVALID;
	}
	return 0;
}

int
term_colors(void)
{
	TERMINAL *open = cur_term;
	int status = 0, colors;

	if (open == NULL &&
	    (setupterm(NULL, STDOUT_FILENO, &status) == ERR || status <= 0))
		return -1;
	colors = tigetnum("colors");
	if (open == NULL)
		del_curterm(cur_term);
	return colors;
}
