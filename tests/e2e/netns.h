/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two machines on one cable, in one test: two network namespaces. A process
 * of ours holds each, so nothing is left of them when the test program ends,
 * however it ends. Inside, each end of the cable is called "cable".
 */
#ifndef CHARLA_TESTS_NETNS_H
#define CHARLA_TESTS_NETNS_H

#include <stdbool.h>

#include "tests/e2e/people.h"

struct netns;

enum { NETNS_ANA, NETNS_BETO, NETNS_COUNT };

#define NETNS_ANA_ADDRESS  "10.69.73.1"
#define NETNS_BETO_ADDRESS "10.69.73.2"

/*
 * May we? If not, the reason is printed. Call it before anything else: who is
 * not root becomes root of a user namespace here, where that is allowed.
 */
bool netns_allowed(void);
/* The two ends of a veth pair. Never NULL. */
struct netns *netns_new(void);
/*
 * A cable that loses a share of the packets and takes 100 Mbit/s each way.
 * NULL, and the reason printed, where there is no /dev/net/tun.
 */
struct netns *netns_new_lossy(unsigned percent);
/* NULL is fine. */
void netns_free(struct netns *n);

/* Run a shell command on that machine; a failure ends the test program. */
void netns_run(struct netns *n, int machine, const char *command);
/* A process there, whose namespaces they are. */
pid_t netns_pid(const struct netns *n, int machine);
/* person_start on that machine; to: whom to call, or NULL. */
void netns_person(struct netns *n, int machine, struct person *p,
    const char *name, const char *to);
/* The same with any arguments, which may be NULL. */
void netns_person_with(struct netns *n, int machine, struct person *p,
    const char *name, const char *const extra[]);

#endif
