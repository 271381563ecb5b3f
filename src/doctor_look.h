/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * charla doctor: gathering what doctor.h judges. What has to be asked of the
 * running program is in the case; for the rest it looks around.
 */
#ifndef CHARLA_DOCTOR_LOOK_H
#define CHARLA_DOCTOR_LOOK_H

#include "src/doctor.h"
#include "src/options.h"

/* The strings are the case's own. */
struct doctor_case {
	uint16_t port;
	char *bind;   /* NULL: all addresses */
	bool waiting; /* this program has the port */
};

void doctor_case_init(struct doctor_case *c, const struct options *o);
void doctor_case_release(struct doctor_case *c);
/* All of it, in a few seconds at most: for a worker. */
void doctor_look(const struct doctor_case *c, struct findings *out);

/* The command line's: prints, and returns the exit status. */
int doctor_run(const struct options *o);

#endif
