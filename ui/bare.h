/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log alone on the screen, which holds still until a key comes. */
#ifndef CHARLA_UI_BARE_H
#define CHARLA_UI_BARE_H

#include "ui/paint.h"

struct bare {
	bool on, drawn;
	size_t lowest; /* the position of the last line */
};

/* With what is in view now; nothing happens where there is nothing. */
void bare_begin(struct bare *b, struct paint *p);
/* True where it was on. */
bool bare_end(struct bare *b, struct paint *p);
/* Once, and again after a change of the size: bare_stale. */
void bare_draw(struct bare *b, struct paint *p);
void bare_stale(struct bare *b);

#endif
