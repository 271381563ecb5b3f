/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/termname.h"

#include <stddef.h>
#include <string.h>

#include "src/base/util.h"

/*
 * The hardware, its emulations that stop there, and consoles. A digit has to
 * follow "vt", for VTE's own name begins so.
 */
static const char *const beginnings[] = {"dumb", "unknown", "linux", "ansi",
    "pcansi", "cons", "wsvt", "sun", "hurd", "mach", "eterm", "emacs", "9term",
    "network", "minitel", "st52", "xterm-vt52"};

static bool
begins(const char *name, const char *beginning)
{
	return strncmp(name, beginning, strlen(beginning)) == 0;
}

bool
termname_swallows_strings(const char *name)
{
	if (name == NULL || *name == '\0')
		return false;
	if (begins(name, "vt") && name[2] >= '0' && name[2] <= '9')
		return false;
	for (size_t i = 0; i < COUNT(beginnings); i++) {
		if (begins(name, beginnings[i]))
			return false;
	}
	return true;
}
