/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/e2e/netns_tun.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "src/base/util.h"
#include "tests/e2e/internal.h"

enum {
	PACKET_MAX = 64 * 1024,
	RATE = 100 * 1000 * 1000 / 8, /* bytes a second, each way */
	TURN_MS = 1,
	BURST_MS = 5, /* what may be made up for after a late turn */
};

struct cable {
	int fds[2];
	unsigned percent;
	uint64_t dice, turn_ms;
	int64_t allowance[2]; /* bytes that may leave each end now */
};

/* The device belongs to the namespace in which it is opened. */
static int
open_end(pid_t of)
{
	struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
	char path[64];
	int ns, tun;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)of);
	ns = open(path, O_RDONLY | O_CLOEXEC);
	if (ns < 0 || setns(ns, CLONE_NEWNET) < 0)
		return -1;
	close(ns);
	memcpy(request.ifr_name, "cable", sizeof("cable"));
	tun = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (tun < 0 || ioctl(tun, TUNSETIFF, &request) < 0)
		return -1;
	return tun;
}

/* xorshift64 (Marsaglia 2003). */
static bool
is_lost(struct cable *c)
{
	c->dice ^= c->dice << 13;
	c->dice ^= c->dice >> 7;
	c->dice ^= c->dice << 17;
	return c->dice % 100 < c->percent;
}

static void
refill(struct cable *c)
{
	uint64_t now = clock_mono_ms();
	uint64_t ms = now - c->turn_ms;

	c->turn_ms = now;
	if (ms > BURST_MS)
		ms = BURST_MS;
	for (int i = 0; i < 2; i++) {
		c->allowance[i] += (int64_t)ms * RATE / 1000;
		if (c->allowance[i] > (int64_t)BURST_MS * RATE / 1000)
			c->allowance[i] = (int64_t)BURST_MS * RATE / 1000;
	}
}

static void
carry(struct cable *c, int from)
{
	static char packet[PACKET_MAX];
	ssize_t len;

	while (c->allowance[from] > 0 &&
	       (len = read(c->fds[from], packet, sizeof(packet))) > 0) {
		c->allowance[from] -= len;
		/* A full queue over there loses it as well. */
		if (!is_lost(c) &&
		    write(c->fds[1 - from], packet, (size_t)len) < 0 &&
		    errno != EAGAIN && errno != EIO)
			_exit(1);
	}
}

static _Noreturn void
run(struct cable *c, int end)
{
	for (;;) {
		struct pollfd fds[3] = {{.fd = end, .events = POLLIN}};
		bool full = false;

		refill(c);
		for (int i = 0; i < 2; i++) {
			fds[1 + i].fd = c->allowance[i] > 0 ? c->fds[i] : -1;
			fds[1 + i].events = POLLIN;
			full = full || c->allowance[i] <= 0;
		}
		if (poll(fds, 3, full ? TURN_MS : -1) < 0 || fds[0].revents)
			_exit(0);
		carry(c, 0);
		carry(c, 1);
	}
}

pid_t
netns_tun_start(const pid_t of[2], unsigned percent, int *end)
{
	struct cable c = {
	    .percent = percent, .dice = 6973, .turn_ms = clock_mono_ms()};
	int ready[2], ends[2];
	char byte = 0;
	pid_t pid;

	if (pipe2(ready, O_CLOEXEC) < 0 || pipe2(ends, O_CLOEXEC) < 0 ||
	    (pid = fork()) < 0)
		harness_fail("cable: %s", strerror(errno));
	if (pid == 0) {
		close(ends[1]);
		c.fds[0] = open_end(of[0]);
		c.fds[1] = open_end(of[1]);
		if (c.fds[0] < 0 || c.fds[1] < 0 ||
		    write(ready[1], &byte, 1) != 1)
			_exit(1);
		run(&c, ends[0]);
	}
	close(ready[1]);
	close(ends[0]);
	if (read(ready[0], &byte, 1) != 1)
		harness_fail("cable: no TUN devices");
	close(ready[0]);
	*end = ends[1];
	return pid;
}
