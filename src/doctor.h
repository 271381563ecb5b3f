/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What may keep two people from meeting: facts about this machine and its
 * network, judged into lines for a person. Judging is pure; the facts are
 * gathered by doctor_look.
 */
#ifndef CHARLA_DOCTOR_H
#define CHARLA_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/survey.h"

enum finding_state {
	FINDING_FINE,
	FINDING_WRONG,
	FINDING_UNKNOWN, /* nobody could tell; that is no fault */
};

struct finding {
	enum finding_state state;
	char *text; /* one sentence; what to do is in it */
};

/* Zeroed, it is empty. */
struct findings {
	struct finding *list;
	size_t count;
};

void findings_add(struct findings *f, enum finding_state state, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));
void findings_release(struct findings *f);
size_t findings_wrong(const struct findings *f);
/* "fine     ...", as it is printed; the caller frees. */
char *finding_line(const struct finding *f);
/* The last line: "all is fine", or how much is not. The caller frees. */
char *findings_sum(const struct findings *f);

/* The port others call. */
struct doctor_port {
	uint16_t port;
	bool ours; /* this very program waits there */
	int error; /* of an attempt to wait there; 0: it is free */
	struct survey_holder holder;
	bool only_here; /* bound to an address of this machine alone */
};
void doctor_judge_port(const struct doctor_port *p, struct findings *out);

#endif
