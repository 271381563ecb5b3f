/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/sock.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "src/base/i18n.h"

enum {
	LISTEN_BACKLOG = 16,
	/* Bytes that may lie unsent in the kernel: a message waits for them. */
	NOTSENT_MAX = 256 * 1024,
	/* Sent and not acknowledged for so long: the link is dead. */
	UNACKED_MS = 15 * 1000,
};

const char *
sock_error_text(int error)
{
	switch (error) {
	case ECONNREFUSED:
		return _("connection refused");
	case ENETUNREACH:
	case ENETDOWN:
		return _("no route to that network");
	case EHOSTUNREACH:
	case EHOSTDOWN:
		return _("the other machine cannot be reached");
	case ETIMEDOUT:
		return _("no answer");
	case ECONNRESET:
	case EPIPE:
		return _("the other side broke the connection off");
	case ECONNABORTED:
		return _("the connection was given up");
	case EADDRNOTAVAIL:
		return _("no address of this machine fits");
	case EACCES:
	case EPERM:
		return _("this machine does not allow it (a firewall?)");
	case EMFILE:
	case ENFILE:
		return _("too many open files");
	case ENOBUFS:
	case ENOMEM:
		return _("not enough memory");
	default:
		return strerror(error);
	}
}

static int
listen_on(const struct address *at)
{
	int family = at->storage.ss_family, one = 1, error;
	int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	/* Else a port stays taken for a minute after a talk. */
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) < 0)
		goto fail;
	/* One socket a family: both may then sit on the same port. */
	if (family == AF_INET6 &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one)) < 0)
		goto fail;
	if (bind(fd, (const struct sockaddr *)&at->storage, at->len) < 0 ||
	    listen(fd, LISTEN_BACKLOG) < 0)
		goto fail;
	return fd;
fail:
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

static void
set_port(struct address *a, uint16_t port)
{
	if (a->storage.ss_family == AF_INET6)
		((struct sockaddr_in6 *)&a->storage)->sin6_port = htons(port);
	else
		((struct sockaddr_in *)&a->storage)->sin_port = htons(port);
}

static uint16_t
local_port(int fd)
{
	struct address a = {.len = sizeof(a.storage)};

	if (getsockname(fd, (struct sockaddr *)&a.storage, &a.len) < 0)
		return 0;
	return ntohs(a.storage.ss_family == AF_INET6
			 ? ((struct sockaddr_in6 *)&a.storage)->sin6_port
			 : ((struct sockaddr_in *)&a.storage)->sin_port);
}

/* Where to listen: the one address given, or all of both families. */
static size_t
listen_addresses(const char *bind_text, struct address out[SOCK_LISTEN_MAX])
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC,
	    .ai_socktype = SOCK_STREAM,
	    .ai_flags = AI_NUMERICHOST};
	struct addrinfo *found = NULL;

	memset(out, 0, SOCK_LISTEN_MAX * sizeof(*out));
	if (!bind_text) {
		out[0].storage.ss_family = AF_INET6;
		out[0].len = sizeof(struct sockaddr_in6);
		out[1].storage.ss_family = AF_INET;
		out[1].len = sizeof(struct sockaddr_in);
		return 2;
	}
	if (getaddrinfo(bind_text, NULL, &hints, &found) != 0)
		return 0;
	memcpy(&out[0].storage, found->ai_addr, found->ai_addrlen);
	out[0].len = found->ai_addrlen;
	freeaddrinfo(found);
	return 1;
}

static int
explain_listen(
    int error, const char *bind_text, uint16_t port, struct reason *why)
{
	switch (error) {
	case EADDRINUSE:
		reason_set(why,
		    _("port %u is in use by another program; choose another "
		      "with --port"),
		    (unsigned)port);
		return ERR_BUSY;
	case EACCES:
	case EPERM:
		reason_set(why,
		    _("port %u is kept for the system; choose one from 1024 "
		      "up with --port"),
		    (unsigned)port);
		return ERR_DENIED;
	case EADDRNOTAVAIL:
	case ENODEV:
	case EINVAL:
		if (bind_text) {
			reason_set(why,
			    _("'%s' is not an address of this machine; choose "
			      "one of its own with --bind, or leave it out"),
			    bind_text);
			return ERR_INVALID;
		}
		break;
	}
	reason_set(why, _("cannot listen on port %u: %s"), (unsigned)port,
	    sock_error_text(error));
	return ERR_IO;
}

/* A machine may live without one of the two families. */
static bool
family_is_missing(int error)
{
	return error == EAFNOSUPPORT || error == EPROTONOSUPPORT ||
	       error == EADDRNOTAVAIL;
}

int
sock_check_address(const char *text, struct reason *why)
{
	struct address at[SOCK_LISTEN_MAX];

	if (listen_addresses(text, at) > 0)
		return 0;
	reason_set(why,
	    _("'%s' is not an address; give one of this machine's with "
	      "--bind, for example 192.168.1.20"),
	    text);
	return ERR_INVALID;
}

int
sock_listen(const char *bind_text, uint16_t port, int fds[SOCK_LISTEN_MAX],
    struct reason *why)
{
	struct address at[SOCK_LISTEN_MAX];
	size_t count = listen_addresses(bind_text, at);
	int n = 0, error = EAFNOSUPPORT;

	if (count == 0)
		return sock_check_address(bind_text, why);
	for (size_t i = 0; i < count; i++) {
		int fd;

		set_port(&at[i], port);
		fd = listen_on(&at[i]);
		if (fd >= 0) {
			fds[n++] = fd;
			/* Port 0: what was found must do for both. */
			port = local_port(fd);
			continue;
		}
		error = errno;
		if (!bind_text && family_is_missing(error))
			continue;
		while (n > 0)
			close(fds[--n]);
		break;
	}
	return n > 0 ? n : explain_listen(error, bind_text, port, why);
}

int
sock_accept(int listen_fd, struct address *from)
{
	struct address a = {.len = sizeof(a.storage)};
	int fd;

	do {
		a.len = sizeof(a.storage);
		fd = accept4(listen_fd, (struct sockaddr *)&a.storage, &a.len,
		    SOCK_NONBLOCK | SOCK_CLOEXEC);
	} while (fd < 0 && (errno == EINTR || errno == ECONNABORTED));
	if (fd >= 0)
		*from = a;
	return fd;
}

int
sock_connect(const struct address *to)
{
	int fd = socket(to->storage.ss_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int error;

	if (fd < 0)
		return -1;
	if (connect(fd, (const struct sockaddr *)&to->storage, to->len) == 0 ||
	    errno == EINPROGRESS || errno == EINTR)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

/*
 * Calling a port of our own machine on which nobody listens can end in a
 * call to ourselves, when the kernel picks that very port for our end.
 */
static bool
is_own_echo(int fd)
{
	struct address us = {.len = sizeof(us.storage)};
	struct address them = {.len = sizeof(them.storage)};

	return getsockname(fd, (struct sockaddr *)&us.storage, &us.len) == 0 &&
	       getpeername(fd, (struct sockaddr *)&them.storage, &them.len) ==
		   0 &&
	       us.len == them.len &&
	       memcmp(&us.storage, &them.storage, us.len) == 0;
}

int
sock_connect_result(int fd)
{
	int error = 0;
	socklen_t len = sizeof(error);

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		return errno;
	if (error == 0 && is_own_echo(fd))
		return ECONNREFUSED;
	return error;
}

/* Each one helps where there is it; none is needed. */
void
sock_tune(int fd)
{
	int one = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one));
#ifdef TCP_NOTSENT_LOWAT
	int notsent = NOTSENT_MAX;

	setsockopt(
	    fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &notsent, sizeof(notsent));
#endif
#ifdef TCP_USER_TIMEOUT
	int unacked = UNACKED_MS;

	setsockopt(
	    fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unacked, sizeof(unacked));
#endif
}

enum rank {
	RANK_PRIVATE4,
	RANK_OTHER4,
	RANK_WIDE6,
	RANK_LINK6,
	RANK_COUNT,
	RANK_LOOPBACK = RANK_COUNT,
	RANK_NONE,
};

static enum rank
rank4(const struct sockaddr_in *in)
{
	uint32_t a = ntohl(in->sin_addr.s_addr);

	if (a >> 24 == 127)
		return RANK_LOOPBACK;
	/* RFC 1918 */
	if (a >> 24 == 10 || a >> 20 == 0xac1 || a >> 16 == 0xc0a8)
		return RANK_PRIVATE4;
	return RANK_OTHER4;
}

static enum rank
rank_of(const struct ifaddrs *i)
{
	const struct sockaddr_in6 *in6 = (const void *)i->ifa_addr;

	if (!i->ifa_addr || !(i->ifa_flags & IFF_UP) ||
	    !(i->ifa_flags & IFF_RUNNING))
		return RANK_NONE;
	if (i->ifa_addr->sa_family == AF_INET)
		return rank4((const void *)i->ifa_addr);
	if (i->ifa_addr->sa_family != AF_INET6)
		return RANK_NONE;
	if (IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr))
		return RANK_LOOPBACK;
	return IN6_IS_ADDR_LINKLOCAL(&in6->sin6_addr) ? RANK_LINK6 : RANK_WIDE6;
}

static size_t
add_rank(const struct ifaddrs *i, enum rank rank, char out[][SOCK_TEXT_MAX],
    size_t max)
{
	size_t n = 0;

	for (; i && n < max; i = i->ifa_next) {
		struct address a = {0};

		if (rank_of(i) != rank)
			continue;
		a.len = i->ifa_addr->sa_family == AF_INET
			    ? sizeof(struct sockaddr_in)
			    : sizeof(struct sockaddr_in6);
		memcpy(&a.storage, i->ifa_addr, a.len);
		address_text(&a, out[n++]);
	}
	return n;
}

size_t
sock_own_addresses(char out[][SOCK_TEXT_MAX], size_t max)
{
	struct ifaddrs *list;
	size_t n = 0;

	if (getifaddrs(&list) < 0)
		return 0;
	for (int rank = 0; rank < RANK_COUNT; rank++)
		n += add_rank(list, (enum rank)rank, out + n, max - n);
	if (n == 0)
		n = add_rank(list, RANK_LOOPBACK, out, max);
	freeifaddrs(list);
	return n;
}
