/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "src/app.h"
#include "src/base/i18n.h"
#include "src/base/log.h"
#include "src/config.h"
#include "src/doctor_look.h"
#include "src/locale.h"
#include "src/options.h"

enum { EXIT_USAGE = 2 };

/* Where one was closed, the next file of ours would take its number. */
static void
fill_standard_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

static int
show_help(void)
{
	char *help = options_help();

	fputs(help, stdout);
	free(help);
	return 0;
}

/*
 * charla.conf is looked for as the command line says, and what the command
 * line says goes before it: so that is read twice.
 */
static int
read_options(struct options *o, int argc, char **argv)
{
	struct reason why;
	char *trouble;

	if (options_parse(o, argc, argv, &why) < 0) {
		fprintf(stderr, "charla: %s\n", why.text);
		return ERR_INVALID;
	}
	if (o->help || o->version)
		return 0;
	trouble = config_read(o);
	if (trouble != NULL) {
		fprintf(stderr, "charla: %s\n", trouble);
		free(trouble);
		return ERR_INVALID;
	}
	return options_parse(o, argc, argv, &why);
}

int
main(int argc, char **argv)
{
	struct options options;
	struct reason why;
	int status = 0;

	fill_standard_descriptors();
	locale_set();
	log_open(getenv("CHARLA_DEBUG"));
	options_init(&options);
	if (read_options(&options, argc, argv) < 0) {
		status = EXIT_USAGE;
	} else if (options.help) {
		status = show_help();
	} else if (options.version) {
		printf("charla %s\n", CHARLA_VERSION);
	} else if (options.doctor) {
		status = doctor_run(&options);
	} else {
		status = app_run(&options, &why);
		if (status != 0)
			fprintf(stderr, "charla: %s\n", why.text);
	}
	options_release(&options);
	return status;
}
