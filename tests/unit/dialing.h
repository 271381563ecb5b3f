/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One dial in a loop with its resolver, and all that it told. */
#ifndef CHARLA_TESTS_DIALING_H
#define CHARLA_TESTS_DIALING_H

#include "net/dial.h"

enum { DIALING_WAITS_MAX = 16 };

struct dialing {
	struct loop *loop;
	struct worker *resolver;
	struct watch *watch;
	struct dial *dial;
	int fd;      /* connected, or -1 */
	int gate[2]; /* a pipe that the resolver hangs on; -1: it does not */
	char address[SOCK_TEXT_MAX];
	char why[512];
	uint64_t waits[DIALING_WAITS_MAX];
	unsigned count[DIAL_WAITING + 1];
	char last; /* t, c or w: what was told last */
	bool free_inside;
	bool hurry; /* do not wait for the next try */
};

/* For cmocka: *state is a struct dialing. */
int dialing_set_up(void **state);
int dialing_tear_down(void **state);

#define DIALING_CASE(f)                                                        \
	cmocka_unit_test_setup_teardown(f, dialing_set_up, dialing_tear_down)

void dialing_call(struct dialing *s, const char *host, uint16_t port);
void dialing_call_later(
    struct dialing *s, const char *host, uint16_t port, uint64_t delay_ms);
/* Let go of the dial, and of what it connected. */
void dialing_hang_up(struct dialing *s);
/* As if a name server did not answer: what is looked up from now on waits. */
void dialing_hang_resolver(struct dialing *s);
void dialing_free_resolver(struct dialing *s);
/* Turn the loop until so many of these have been told. */
void dialing_until(
    struct dialing *s, enum dial_event_type type, unsigned count);
/* Listen at an address; returns the port, or 0 where that is not possible. */
uint16_t dialing_listen(const char *host, uint16_t port, int *fd);

#endif
