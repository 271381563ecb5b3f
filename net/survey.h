/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A look at this machine's network, for somebody who wants to know why
 * nobody comes. It only looks. All of this may wait: for a worker, or before
 * the loop begins.
 */
#ifndef CHARLA_NET_SURVEY_H
#define CHARLA_NET_SURVEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "net/sock.h"

enum { SURVEY_NAME_MAX = 64 };

/* Who waits on a TCP port, as far as it can be seen. */
struct survey_holder {
	pid_t pid;
	char name[SURVEY_NAME_MAX]; /* of the program; "": not to be seen */
};
/* Linux: by /proc. Elsewhere, and where nobody may know: nobody. */
void survey_holder(uint16_t port, struct survey_holder *out);

#endif
