/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A bad network: a TCP forwarder between two programs on 127.0.0.1, in a
 * process of its own, that cuts connections, swallows what is sent, or lets
 * little through. It ends when it is freed, when the test program dies, and
 * after half an hour in any case.
 */
#ifndef CHARLA_TESTS_PROXY_H
#define CHARLA_TESTS_PROXY_H

#include <stdbool.h>
#include <stdint.h>

struct proxy;

struct proxy_state {
	uint64_t from_caller, from_called; /* bytes taken from each side */
	unsigned callers;                  /* who ever connected */
	bool hole;                         /* nothing is forwarded now */
};

/* Who connects to proxy_port is forwarded to target_port. Never NULL. */
struct proxy *proxy_start(uint16_t target_port);
/* NULL is fine. */
void proxy_free(struct proxy *p);
uint16_t proxy_port(const struct proxy *p);

/* Each of these is done when it returns. */

/* Every connection ends, with RST or with FIN; new ones are welcome. */
void proxy_cut(struct proxy *p, bool reset);
/* As if the cable was out: what is sent waits in the kernels' buffers. */
void proxy_hole(struct proxy *p, bool on);
/* The same by itself, after so many bytes more, both ways together. */
void proxy_hole_after(struct proxy *p, uint64_t bytes);
/* Bytes a second, both ways together; 0: as fast as it goes. */
void proxy_rate(struct proxy *p, uint64_t bytes);
struct proxy_state proxy_look(struct proxy *p);

/* For screen_wait_for; arg is the proxy. */
bool proxy_is_hole(void *arg);

#endif
