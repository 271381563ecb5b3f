/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the two halves of the proxy say to each other. */
#ifndef CHARLA_TESTS_PROXY_CHILD_H
#define CHARLA_TESTS_PROXY_CHILD_H

#include "tests/e2e/proxy.h"

enum proxy_verb {
	PROXY_LOOK,
	PROXY_CUT,        /* value: with RST? */
	PROXY_HOLE,       /* value: on? */
	PROXY_HOLE_AFTER, /* value: bytes */
	PROXY_RATE,       /* value: bytes a second */
};

/* Each is answered with a struct proxy_state. */
struct proxy_order {
	enum proxy_verb verb;
	uint64_t value;
};

_Noreturn void proxy_child_run(int control, int listener, uint16_t target);

#endif
