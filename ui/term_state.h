/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the terminal share; nobody else includes it. */
#ifndef CHARLA_UI_TERM_STATE_H
#define CHARLA_UI_TERM_STATE_H

#include <curses.h>
#include <stdint.h>
#include <stdio.h>

#include "ui/term.h"
#include "ui/term_links.h"
#include "ui/tty.h"

struct term {
	struct tty tty;
	SCREEN *screen;
	FILE *memory; /* what ncurses takes for the terminal */
	char *out;    /* bytes on their way to the real one */
	size_t out_len, out_sent, out_size;
	int rows, columns;
	bool keypad, mouse;
	bool colours;
	bool takes_strings;
	struct term_links links;
	char *parting;     /* to be sent before the modes go; never NULL */
	uint64_t asked_ms; /* when an answer became due; 0: none is */
	bool away;         /* between term_leave and term_enter */
};

#endif
