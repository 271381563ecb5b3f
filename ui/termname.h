/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the name of a terminal type says beyond terminfo. Pure. */
#ifndef CHARLA_UI_TERMNAME_H
#define CHARLA_UI_TERMNAME_H

#include <stdbool.h>

/*
 * Does such a terminal swallow the control strings (OSC) that it does not
 * understand? The others would show parts of them. name may be NULL.
 */
bool termname_swallows_strings(const char *name);

#endif
