/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A bad cable between two network namespaces, run by a process of ours. */
#ifndef CHARLA_TESTS_NETNS_TUN_H
#define CHARLA_TESTS_NETNS_TUN_H

#include <sys/types.h>

/*
 * Make a TUN device "cable" in the namespaces of both processes and carry
 * packets between them, 100 Mbit/s each way, percent of them lost. Returns
 * the child that does it, once both are there; it ends when *end is closed.
 */
pid_t netns_tun_start(const pid_t of[2], unsigned percent, int *end);

#endif
