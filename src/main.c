/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/app.h"
#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/options.h"

enum { EXIT_USAGE = 2 };

/* Texts are UTF-8 inside; a locale that is not gets C.UTF-8 for its letters. */
static void
set_locale(void)
{
	setlocale(LC_ALL, "");
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0) {
		/* Readline asks the environment again, so it has to say so. */
		unsetenv("LC_ALL");
		setenv("LC_CTYPE", "C.UTF-8", 1);
		setlocale(LC_CTYPE, "C.UTF-8");
	}
	textdomain("charla");
}

int
main(int argc, char **argv)
{
	struct options options;
	struct reason why;
	int status;

	set_locale();
	log_open(getenv("CHARLA_DEBUG"));
	if (options_parse(&options, argc, argv, &why) < 0) {
		fprintf(stderr, "charla: %s\n", why.text);
		return EXIT_USAGE;
	}
	if (options.help) {
		char *help = options_help();

		fputs(help, stdout);
		free(help);
		return 0;
	}
	if (options.version) {
		printf("charla %s\n", CHARLA_VERSION);
		return 0;
	}
	status = app_run(&options, &why);
	if (status != 0)
		fprintf(stderr, "charla: %s\n", why.text);
	return status;
}
