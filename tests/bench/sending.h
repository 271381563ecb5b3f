/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One transfer from the /send to the word that it has arrived. */
#ifndef CHARLA_TESTS_SENDING_H
#define CHARLA_TESTS_SENDING_H

#include "tests/e2e/people.h"

/* Both are connected. Everything that to has said before is cleared. */
void send_and_wait(struct person *from, struct person *to, const char *path);
/*
 * The same as a whole process: from is started, calls to, sends and quits.
 * Seconds from its exec to its end.
 */
double send_process(struct person *from, struct person *to, const char *path);

#endif
