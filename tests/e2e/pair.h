/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two persons with a bad network in between: beto calls ana through a proxy. */
#ifndef CHARLA_TESTS_PAIR_H
#define CHARLA_TESTS_PAIR_H

#include "tests/e2e/people.h"
#include "tests/e2e/proxy.h"

struct pair {
	struct person ana, beto;
	struct proxy *proxy;
};

/*
 * ana waits, beto calls, ana says /accept, and a message has gone each way:
 * now both know each other on their disks. Zero the pair before.
 */
void pair_meet(struct pair *p);
/* beto calls. What ana calls back gets no answer, so all goes by the proxy. */
void pair_call(struct pair *p);
/* Both leave, and their homes go. */
void pair_end(struct pair *p);

/* /quit, and once more where it asks because a transfer runs. */
void person_leaves(struct person *p);

#endif
