/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two descriptors that are silent while nothing changes: the kernel's news
 * about links, addresses and routes, and a timer that never fires but is
 * cancelled when the clock is set, which waking up does. What exactly
 * changed does not matter: whoever is told looks for himself.
 */
#include "net/netwatch.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/timerfd.h>
#endif

#include "src/base/util.h"

#ifdef __linux__

enum { NETWATCH_READS_MAX = 64 }; /* before others have their turn */

struct netwatch {
	void (*changed)(void *arg);
	void *arg;
	int news_fd, clock_fd; /* -1: not here */
	struct watch *news, *clock;
	struct timer *settle;
};

static int
open_news(void)
{
	const struct sockaddr_nl address = {
	    .nl_family = AF_NETLINK,
	    .nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR |
			 RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE,
	};
	int fd = socket(
	    AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (fd >= 0 &&
	    bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static int
open_clock(void)
{
	/* As late as can be said. */
	const struct itimerspec never = {
	    .it_value.tv_sec =
		(time_t)(sizeof(time_t) < sizeof(int64_t) ? INT32_MAX
							  : INT64_MAX),
	};
	int fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);

	if (fd >= 0 &&
	    timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET,
		&never, NULL) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/*
 * The first change begins the wait and later ones do not make it longer, so
 * that a network which never comes to rest is told of too.
 */
static void
note_change(struct netwatch *w)
{
	if (!timer_is_armed(w->settle))
		timer_arm(w->settle, clock_mono_ms() + NETWATCH_SETTLE_MS);
}

static void
news_ready(void *arg, short revents)
{
	struct netwatch *w = arg;
	char start[64]; /* of a message: the rest of it goes */

	(void)revents;
	note_change(w);
	for (int i = 0; i < NETWATCH_READS_MAX; i++) {
		/* ENOBUFS: there was more to tell than there was room. */
		if (recv(w->news_fd, start, sizeof(start), 0) >= 0 ||
		    errno == ENOBUFS || errno == EINTR)
			continue;
		/* Broken, it would wake us for ever. */
		if (errno != EAGAIN)
			watch_events(w->news, 0);
		return;
	}
}

static void
clock_ready(void *arg, short revents)
{
	struct netwatch *w = arg;
	uint64_t expirations;

	(void)revents;
	note_change(w);
	if (read(w->clock_fd, &expirations, sizeof(expirations)) < 0 &&
	    errno != ECANCELED && errno != EAGAIN && errno != EINTR)
		watch_events(w->clock, 0);
}

static void
settled(void *arg)
{
	struct netwatch *w = arg;

	w->changed(w->arg); /* may have freed w */
}

struct netwatch *
netwatch_new(struct loop *loop, void (*changed)(void *arg), void *arg)
{
	struct netwatch *w = mem_zalloc(sizeof(*w));

	w->changed = changed;
	w->arg = arg;
	w->news_fd = open_news();
	w->clock_fd = open_clock();
	w->settle = loop_timer(loop, settled, w);
	if (w->news_fd >= 0)
		w->news = loop_watch(loop, w->news_fd, POLLIN, news_ready, w);
	if (w->clock_fd >= 0)
		w->clock =
		    loop_watch(loop, w->clock_fd, POLLIN, clock_ready, w);
	if (w->news_fd < 0 && w->clock_fd < 0) {
		netwatch_free(w);
		return NULL;
	}
	return w;
}

void
netwatch_free(struct netwatch *w)
{
	if (w == NULL)
		return;
	watch_remove(w->news);
	watch_remove(w->clock);
	timer_remove(w->settle);
	if (w->news_fd >= 0)
		close(w->news_fd);
	if (w->clock_fd >= 0)
		close(w->clock_fd);
	free(w);
}

/* An address without its port. */
struct host {
	int family;
	union {
		struct in_addr in;
		struct in6_addr in6;
	};
	uint32_t scope; /* of a link-local one; else 0 */
};

static bool
host_of(const struct sockaddr *address, struct host *host)
{
	const struct sockaddr_in *in = (const void *)address;
	const struct sockaddr_in6 *in6 = (const void *)address;

	*host = (struct host){.family = address->sa_family};
	if (host->family == AF_INET) {
		host->in = in->sin_addr;
		return true;
	}
	if (host->family != AF_INET6)
		return false;
	host->in6 = in6->sin6_addr;
	if (IN6_IS_ADDR_LINKLOCAL(&host->in6))
		host->scope = in6->sin6_scope_id;
	/* IPv4 in an IPv6 socket: interfaces know it as IPv4. */
	if (IN6_IS_ADDR_V4MAPPED(&host->in6)) {
		host->family = AF_INET;
		memcpy(
		    &host->in, &in6->sin6_addr.s6_addr[12], sizeof(host->in));
	}
	return true;
}

/* Loopback has all of its network, 127.0.0.2 too, not one address only. */
static bool
in_network(const struct in_addr *a, const struct ifaddrs *i)
{
	const struct sockaddr_in *own = (const void *)i->ifa_addr;
	const struct sockaddr_in *mask = (const void *)i->ifa_netmask;

	return (i->ifa_flags & IFF_LOOPBACK) != 0 && mask != NULL &&
	       ((a->s_addr ^ own->sin_addr.s_addr) & mask->sin_addr.s_addr) ==
		   0;
}

static bool
has_address(const struct ifaddrs *i, const struct host *host)
{
	struct host own;

	if (i->ifa_addr == NULL || !host_of(i->ifa_addr, &own) ||
	    own.family != host->family)
		return false;
	if (own.family == AF_INET6)
		return own.scope == host->scope &&
		       IN6_ARE_ADDR_EQUAL(&own.in6, &host->in6);
	return own.in.s_addr == host->in.s_addr || in_network(&host->in, i);
}

bool
netwatch_path_is_up(int fd)
{
	struct sockaddr_storage local = {0};
	socklen_t len = sizeof(local);
	struct ifaddrs *list;
	struct host host;
	bool up = false;

	if (getsockname(fd, (struct sockaddr *)&local, &len) < 0 ||
	    !host_of((struct sockaddr *)&local, &host) || getifaddrs(&list) < 0)
		return true;
	for (const struct ifaddrs *i = list; i != NULL && !up; i = i->ifa_next)
		up = (i->ifa_flags & IFF_UP) != 0 &&
		     (i->ifa_flags & IFF_RUNNING) != 0 && has_address(i, &host);
	freeifaddrs(list);
	return up;
}

#else

struct netwatch *
netwatch_new(struct loop *loop, void (*changed)(void *arg), void *arg)
{
	(void)loop;
	(void)changed;
	(void)arg;
	return NULL;
}

void
netwatch_free(struct netwatch *w)
{
	(void)w;
}

bool
netwatch_path_is_up(int fd)
{
	(void)fd;
	return true;
}

#endif
