/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Somebody who types, key by key, and how long the screens take to show it.
 * The line is empty at first and shorter than the window.
 */
#ifndef CHARLA_TESTS_TYPING_H
#define CHARLA_TESTS_TYPING_H

#include "tests/e2e/people.h"

struct typing {
	struct person *person;
	int keys; /* in the line so far */
};

/* Milliseconds until it stands in the line; 5 s where that takes longer. */
double typing_key(struct typing *t, char key);
/* Enter; milliseconds until text stands on somebody's screen, as above. */
double typing_enter(struct typing *t, struct person *who, const char *text);
/* Take back what is in the line. */
void typing_clear(struct typing *t);

#endif
