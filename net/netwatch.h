/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tells when the network may be another one than before: a link or an
 * address came or went, or the machine woke up (the clock was set). Linux
 * only (netlink, timerfd); elsewhere it never tells, and keepalives find out.
 */
#ifndef CHARLA_NET_NETWATCH_H
#define CHARLA_NET_NETWATCH_H

#include <stdbool.h>

#include "net/loop.h"

struct netwatch;

enum { NETWATCH_SETTLE_MS = 200 }; /* several changes close by are one */

/* changed runs from the loop. NULL where the system cannot tell. */
struct netwatch *netwatch_new(
    struct loop *loop, void (*changed)(void *arg), void *arg);
void netwatch_free(struct netwatch *w);

/*
 * Is the local address of this connected socket still one of this machine,
 * on an interface that is up and has a carrier? True where nobody can tell.
 */
bool netwatch_path_is_up(int fd);

#endif
