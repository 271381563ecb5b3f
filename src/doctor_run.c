/* SPDX-License-Identifier: GPL-3.0-or-later */
/* charla doctor, on the command line. */
#include <stdio.h>
#include <stdlib.h>

#include "src/doctor_look.h"

int
doctor_run(const struct options *o)
{
	struct findings all = {0};
	struct doctor_case c;
	int status;
	char *line;

	doctor_case_init(&c, o);
	doctor_look(&c, &all);
	for (size_t i = 0; i < all.count; i++) {
		line = finding_line(&all.list[i]);
		puts(line);
		free(line);
	}
	line = findings_sum(&all);
	puts(line);
	free(line);
	status = findings_wrong(&all) > 0 ? 1 : 0;
	findings_release(&all);
	doctor_case_release(&c);
	return status;
}
