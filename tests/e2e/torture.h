/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ana waits, beto calls her through a bad network (proxy.h), and both type,
 * send files, die, stop and come back as dice from a seed say. In the end
 * everything that was seen to be kept must be there, once and in order.
 *
 *     torture_begin(&t, seed);
 *     for (...)
 *             torture_round(&t);
 *     torture_settle(&t);
 *     torture_leave(&t);
 *     torture_check(&t);
 *     torture_end(&t);
 *
 * A failure is one of cmocka's asserts. What is done is told on stdout.
 */
#ifndef CHARLA_TESTS_TORTURE_H
#define CHARLA_TESTS_TORTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/e2e/people.h"
#include "tests/e2e/proxy.h"

enum {
	TORTURE_SAID_MAX = 50000,
	TORTURE_PARCELS_MAX = 10000,
	TORTURE_NUMBERS_MAX = 10000,
	TORTURE_STARTS_MAX = 10000,
};

/* One of the two. Messages are "a-00001", "a-00002" ... */
struct side {
	struct person person;
	char letter;
	unsigned said; /* the number of the last message */
	/* Killed before it was seen to be kept: it may be there or not. */
	bool maybe[TORTURE_SAID_MAX + 1];
	/* Questions that were answered in this run of the program. */
	bool answered[TORTURE_NUMBERS_MAX];
	pid_t pids[TORTURE_STARTS_MAX];
	size_t starts;
};

/* A file that was sent; it lies in its sender's home. */
struct parcel {
	int from; /* index of the side */
	char name[24];
	bool maybe; /* as with messages */
};

struct torture {
	uint64_t dice;
	bool with_files;
	bool long_run; /* also what takes long */
	unsigned round;
	struct proxy *proxy;
	struct side sides[2];
	struct parcel parcels[TORTURE_PARCELS_MAX];
	size_t parcel_count;
};

/* The two have met once. */
void torture_begin(struct torture *t, uint64_t seed);
/* One or two things happen. */
void torture_round(struct torture *t);
/* Wait until all has arrived, and look at both screens. */
void torture_settle(struct torture *t);
void torture_leave(struct torture *t);
/* What is on both disks now. */
void torture_check(struct torture *t);
void torture_end(struct torture *t);

/* For torture*.c. 0 to sides - 1. */
uint64_t torture_roll(struct torture *t, uint64_t sides);
void torture_start(struct torture *t, struct side *s);
void torture_kill(struct side *s);
/* Type the next message; where wait, until it is seen to be kept. */
void torture_say(struct side *s, bool wait);
/* /accept every question that is to be seen and has not been answered. */
void torture_answer(struct side *s);
/* Each sees that the other is there; waits for that. */
bool torture_is_connected(struct torture *t);
struct side *torture_other(struct torture *t, const struct side *s);
/* "a-00017"; lives until the 8th next text_of. */
const char *torture_words(const struct side *s, unsigned number);

#endif
