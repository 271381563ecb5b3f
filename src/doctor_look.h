/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * charla doctor: gathering what doctor.h judges. What has to be asked of the
 * running program is in the case; for the rest it looks around.
 */
#ifndef CHARLA_DOCTOR_LOOK_H
#define CHARLA_DOCTOR_LOOK_H

#include "net/nearby.h"
#include "src/doctor.h"
#include "src/options.h"

/* Strings and arrays are the case's own. */
struct doctor_case {
	uint16_t port;
	char *bind;   /* NULL: all addresses */
	bool waiting; /* this program has the port */
	char *peer;   /* as a person typed it, or NULL */

	enum nearby_state nearby;
	struct sighting *seen;
	size_t seen_count;

	char *data, *dir; /* as --data and --dir say, or NULL */
	struct doctor_terminal terminal;
	char *link_label;       /* who is connected, or NULL */
	bool link_came_in;      /* they have called us */
	uint64_t link_ahead_ms; /* their clock is later by that, at least */
};

void doctor_case_init(struct doctor_case *c, const struct options *o);
void doctor_case_release(struct doctor_case *c);
/* What Avahi says just now. */
void doctor_case_nearby(struct doctor_case *c, const struct nearby *nearby);
/* All of it, in a few seconds at most: for a worker. */
void doctor_look(const struct doctor_case *c, struct findings *out);
/* The part about people: who is nearby, connected, or was asked for. */
void doctor_look_for_people(const struct doctor_case *c,
    const struct survey_network *n, struct findings *out);
void doctor_look_for_avahi(const struct doctor_case *c,
    const struct survey_network *n, struct findings *out);
void doctor_look_at_firewall(const struct doctor_case *c,
    const struct survey_network *n, struct findings *out);
void doctor_look_around(const struct doctor_case *c, struct findings *out);
/*
 * The terminal belongs to whoever paints on it, so this is not for a worker.
 * open: the screen is, and has shown that it can be painted.
 */
void doctor_look_at_terminal(struct doctor_terminal *t, bool open);

/* The command line's: prints, and returns the exit status. */
int doctor_run(const struct options *o);

#endif
