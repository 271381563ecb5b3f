/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Does multicast DNS (RFC 6762) come through? A question is sent to everybody
 * on each link, from the port it has to come from. It comes back to us like
 * to everybody else, unless something keeps it out; and others answer.
 */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "net/ipv4.h"
#include "net/survey.h"
#include "src/base/util.h"

enum { MDNS_PORT = 5353, PACKET_MAX = 9000, TTL = 255, SENDERS_MAX = 32 };

#define GROUP4 0xe00000fbU /* 224.0.0.251 */
static const struct in6_addr group6 = {
    .s6_addr = {0xff, 0x02, [15] = 0xfb}}; /* ff02::fb */

/*
 * Two questions: which kinds of services are there (almost everybody answers
 * that), and charlas. The first two bytes are ours, to know it again.
 */
static const unsigned char question[] =
    "\0\0\0\0\0\2\0\0\0\0\0\0"
    "\x09_services\x07_dns-sd\x04_udp\x05local\0\0\x0c\0\1"
    "\x07_charla\x04_tcp\xc0\x23\0\x0c\0\1";

enum { QUESTION_LEN = sizeof(question) - 1 };

struct probe {
	struct survey_multicast *result;
	int way;
	int fd; /* -1: nothing is awaited */
	unsigned index;
	unsigned char packet[QUESTION_LEN];
	struct address senders[SENDERS_MAX];
	size_t sender_count;
};

static bool
set(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value)) == 0;
}

/* Shared with Avahi, which has to be asked at the same port. */
static bool
bind4(int fd, unsigned index)
{
	struct sockaddr_in at = {
	    .sin_family = AF_INET, .sin_port = htons(MDNS_PORT)};
	struct ip_mreqn group = {
	    .imr_multiaddr = {htonl(GROUP4)}, .imr_ifindex = (int)index};

	return bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0 &&
	       setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group,
		   sizeof(group)) == 0 &&
	       setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &group,
		   sizeof(group)) == 0 &&
	       set(fd, IPPROTO_IP, IP_MULTICAST_LOOP, 1) &&
	       set(fd, IPPROTO_IP, IP_MULTICAST_TTL, TTL) &&
	       set(fd, IPPROTO_IP, IP_PKTINFO, 1);
}

static bool
bind6(int fd, unsigned index)
{
	struct sockaddr_in6 at = {
	    .sin6_family = AF_INET6, .sin6_port = htons(MDNS_PORT)};
	struct ipv6_mreq group = {
	    .ipv6mr_multiaddr = group6, .ipv6mr_interface = index};

	return set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1) &&
	       bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0 &&
	       setsockopt(fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &group,
		   sizeof(group)) == 0 &&
	       set(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, (int)index) &&
	       set(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 1) &&
	       set(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, TTL) &&
	       set(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
}

static bool
send_question(const struct probe *p)
{
	const struct sockaddr_in to4 = {.sin_family = AF_INET,
	    .sin_port = htons(MDNS_PORT),
	    .sin_addr = {htonl(GROUP4)}};
	const struct sockaddr_in6 to6 = {.sin6_family = AF_INET6,
	    .sin6_port = htons(MDNS_PORT),
	    .sin6_addr = group6,
	    .sin6_scope_id = p->index};

	return p->way == SURVEY_IPV4 ? sendto(p->fd, p->packet, QUESTION_LEN, 0,
					   (const struct sockaddr *)&to4,
					   sizeof(to4)) == QUESTION_LEN
				     : sendto(p->fd, p->packet, QUESTION_LEN, 0,
					   (const struct sockaddr *)&to6,
					   sizeof(to6)) == QUESTION_LEN;
}

static void
begin(struct probe *p)
{
	struct survey_way *way = &p->result->ways[p->way];
	const bool four = p->way == SURVEY_IPV4;

	way->tried = true;
	memcpy(p->packet, question, QUESTION_LEN);
	if (getrandom(p->packet, 2, GRND_NONBLOCK) != 2)
		p->packet[1] = 1;
	p->fd = socket(four ? AF_INET : AF_INET6,
	    SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (p->fd >= 0 && set(p->fd, SOL_SOCKET, SO_REUSEADDR, 1) &&
	    (four ? bind4(p->fd, p->index) : bind6(p->fd, p->index)) &&
	    send_question(p))
		return;
	way->error = errno;
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
}

/* The interface a packet came in by; 0: the system does not say. */
static unsigned
came_by(struct msghdr *m)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL;
	     c = CMSG_NXTHDR(m, c)) {
		struct in_pktinfo info4;
		struct in6_pktinfo info6;

		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			memcpy(&info4, CMSG_DATA(c), sizeof(info4));
			return (unsigned)info4.ipi_ifindex;
		}
		if (c->cmsg_level == IPPROTO_IPV6 &&
		    c->cmsg_type == IPV6_PKTINFO) {
			memcpy(&info6, CMSG_DATA(c), sizeof(info6));
			return info6.ipi6_ifindex;
		}
	}
	return 0;
}

static bool
is_ours(const struct survey_network *n, const struct address *a)
{
	struct address from = *a;

	for (size_t i = 0; i < n->address_count; i++) {
		struct address own = n->addresses[i].at;

		/* Of both only the address counts. */
		if (own.storage.ss_family != from.storage.ss_family)
			continue;
		if (from.storage.ss_family == AF_INET
			? ipv4_of(&own) == ipv4_of(&from)
			: IN6_ARE_ADDR_EQUAL(
			      &((struct sockaddr_in6 *)&own.storage)->sin6_addr,
			      &((struct sockaddr_in6 *)&from.storage)
				   ->sin6_addr))
			return true;
	}
	return false;
}

static void
heard_answer(struct probe *p, const struct address *from)
{
	for (size_t i = 0; i < p->sender_count; i++) {
		if (address_equal(&p->senders[i], from))
			return;
	}
	if (p->sender_count < SENDERS_MAX)
		p->senders[p->sender_count++] = *from;
}

/* One packet. False: there is none now. */
static bool
take(struct probe *p, const struct survey_network *n)
{
	static const unsigned char answer = 0x80; /* in the third byte */
	unsigned char packet[PACKET_MAX];
	union {
		struct cmsghdr align;
		char bytes[256];
	} control;
	struct address from = {0};
	struct iovec part = {packet, sizeof(packet)};
	struct msghdr m = {.msg_name = &from.storage,
	    .msg_namelen = sizeof(from.storage),
	    .msg_iov = &part,
	    .msg_iovlen = 1,
	    .msg_control = control.bytes,
	    .msg_controllen = sizeof(control.bytes)};
	ssize_t len = recvmsg(p->fd, &m, MSG_DONTWAIT);
	unsigned index;

	if (len < 0)
		return false;
	from.len = m.msg_namelen;
	index = came_by(&m);
	if (len < 3 || (index != 0 && index != p->index))
		return true;
	if ((size_t)len == QUESTION_LEN &&
	    memcmp(packet, p->packet, QUESTION_LEN) == 0)
		p->result->ways[p->way].came_back = true;
	else if ((packet[2] & answer) != 0 && !is_ours(n, &from))
		heard_answer(p, &from);
	return true;
}

/* All that comes until then. */
static void
listen_until(struct probe *probes, size_t count, const struct survey_network *n,
    uint64_t until)
{
	struct pollfd ready[2 * SURVEY_MULTICAST_MAX];
	uint64_t now;

	while ((now = clock_mono_ms()) < until) {
		for (size_t i = 0; i < count; i++)
			ready[i] = (struct pollfd){
			    .fd = probes[i].fd, .events = POLLIN};
		if (poll(ready, count, (int)(until - now)) <= 0)
			continue;
		for (size_t i = 0; i < count; i++) {
			/* Another question, and not more than that. */
			for (int k = 0; (ready[i].revents & POLLIN) != 0 &&
					k < SENDERS_MAX && take(&probes[i], n);
			     k++)
				continue;
		}
	}
}

/* Where nobody has answered, or it did not come back. False: nowhere. */
static bool
ask_again(const struct probe *probes, size_t count)
{
	bool asked = false;

	for (size_t i = 0; i < count; i++) {
		const struct probe *p = &probes[i];

		if (p->fd >= 0 && (p->sender_count == 0 ||
				      !p->result->ways[p->way].came_back))
			asked = send_question(p) || asked;
	}
	return asked;
}

/* Has the link an address of this family that can be used by now? */
static bool
has_address(const struct survey_network *n, size_t link, int family)
{
	for (size_t i = 0; i < n->address_count; i++) {
		const struct survey_address *a = &n->addresses[i];

		if (a->link == link && a->at.storage.ss_family == family &&
		    !a->tentative)
			return true;
	}
	return false;
}

static size_t
prepare(const struct survey_network *n, struct survey_multicast *out,
    struct probe *probes, size_t *probe_count)
{
	static const int families[] = {AF_INET, AF_INET6};
	size_t count = 0;

	for (size_t i = 0; i < n->link_count; i++) {
		const struct survey_link *l = &n->links[i];
		bool used = false;

		if (!l->running || !l->ordinary ||
		    count == SURVEY_MULTICAST_MAX)
			continue;
		memset(&out[count], 0, sizeof(out[count]));
		memcpy(out[count].link, l->name, sizeof(l->name));
		for (int way = 0; way < 2; way++) {
			if (!has_address(n, i, families[way]))
				continue;
			probes[(*probe_count)++] =
			    (struct probe){.result = &out[count],
				.way = way,
				.fd = -1,
				.index = l->index};
			used = true;
		}
		count += used;
	}
	return count;
}

size_t
survey_multicast(const struct survey_network *n,
    struct survey_multicast out[SURVEY_MULTICAST_MAX], int max_ms)
{
	struct probe *probes =
	    mem_zalloc(2 * (size_t)SURVEY_MULTICAST_MAX * sizeof(*probes));
	size_t probe_count = 0;
	size_t count = prepare(n, out, probes, &probe_count);

	for (size_t i = 0; i < probe_count; i++)
		begin(&probes[i]);
	listen_until(
	    probes, probe_count, n, clock_mono_ms() + (uint64_t)max_ms / 2);
	/* Who has said it within the last second says nothing (section 6). */
	if (ask_again(probes, probe_count))
		listen_until(probes, probe_count, n,
		    clock_mono_ms() + (uint64_t)max_ms / 2);
	for (size_t i = 0; i < probe_count; i++) {
		struct probe *p = &probes[i];

		if (p->sender_count > p->result->answers)
			p->result->answers = (unsigned)p->sender_count;
		if (p->fd >= 0)
			close(p->fd);
	}
	free(probes);
	return count;
}
