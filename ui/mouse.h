/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a terminal says of its mouse, in the form of mode 1006. Pure. */
#ifndef CHARLA_UI_MOUSE_H
#define CHARLA_UI_MOUSE_H

#include <stdbool.h>
#include <stddef.h>

enum mouse_act {
	MOUSE_WHEEL_UP,
	MOUSE_WHEEL_DOWN,
	MOUSE_PRESS, /* of the first button, and no key with it */
	MOUSE_OTHER,
};

struct mouse {
	enum mouse_act act;
	int row, column; /* from 0 */
};

/* ESC [ < button ; column ; row, then M or m. False: it is something else. */
bool mouse_parse(const char *bytes, size_t len, struct mouse *out);

#endif
