/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "src/locale.h"

#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"

/* A process has one locale, and this is what it was asked to be. */
static char letters[64];

/* Texts are UTF-8 inside; a locale that is not gets C.UTF-8 for its letters. */
void
locale_set(void)
{
	setlocale(LC_ALL, "");
	snprintf(letters, sizeof(letters), "%s", nl_langinfo(CODESET));
	if (strcmp(letters, "UTF-8") != 0) {
		/* Readline asks the environment again, so it has to say so. */
		unsetenv("LC_ALL");
		setenv("LC_CTYPE", "C.UTF-8", 1);
		setlocale(LC_CTYPE, "C.UTF-8");
	}
	textdomain("charla");
}

const char *
locale_letters(void)
{
	return letters;
}
